"""Figures of 0.2: shapes, and how they are stretched."""

from course.figures.draw import FAINT, LABEL, NOTE, C, Canvas, H, X


def three_shapes() -> Canvas:
    """Three arrays. x has the shape (3,): three numbers in a line, with one axis. c has the shape (3, 1): three rows of one
    number each, a column with two axes. W has the shape (2, 3): two rows of three numbers.
    """
    canvas = Canvas(8.6, 2.3)
    for x, rows, cols, color, name, shape in (
        (1.5, 1, 3, X, "$x$", "(3,)"),
        (4.2, 3, 1, H, "$c$", "(3, 1)"),
        (6.9, 2, 3, C, "$W$", "(2, 3)"),
    ):
        array = canvas.array(x, 1.35, rows, cols, color, cell=0.36)
        canvas.text(x, 0.35, shape, LABEL, color)
        canvas.note(array, name, "left", size=LABEL, color=color)
    return canvas


def broadcasting() -> Canvas:
    """Broadcasting, twice. Left: X of shape (2, 3) plus r of shape (3,): r is put below both rows. Right: X of shape (2, 3)
    plus c of shape (2, 1): c is put beside all three columns.
    """
    canvas = Canvas(9.2, 2.5)
    for left, name, shape, color, rows, cols in ((0.0, "$r$", "(3,)", X, 1, 3), (4.7, "$c$", "(2, 1)", H, 2, 1)):
        canvas.array(left + 1.0, 1.45, 2, 3, C, cell=0.36)
        canvas.text(left + 1.0, 0.45, "(2, 3)", NOTE, C)
        canvas.text(left + 1.85, 1.45, "$+$", LABEL)
        canvas.array(left + 2.9, 1.45, 2, 3, FAINT, cell=0.36)
        canvas.array(left + 2.9 - 0.18 * (3 - cols), 1.45 + 0.18 * (2 - rows), rows, cols, color, cell=0.36)
        canvas.text(left + 2.9, 0.45, shape, NOTE, color)
        canvas.text(left + 2.9, 2.15, name, LABEL, color)
    return canvas


FIGURES = {"three-shapes": three_shapes, "broadcasting": broadcasting}
