"""The figure of 2.4: chunks and windows."""

from course.figures.draw import FAINT, GRAD, MUTED, NOTE, Canvas


def two_truncations() -> Canvas:
    """Three tables, each with a row for each loss, L_1 to L_6, and a column for each step, 1 to 6. A red square says that the
    loss is sent back to the step. In full: the triangle from the diagonal down to the left. In chunks of 3: two small
    triangles, of the steps 1 to 3 and 4 to 6. With a window of 3: a band of three squares in each row, ending on the diagonal.
    """
    canvas = Canvas(9.2, 3.7)
    cell, top = 0.34, 2.6
    first = {"in full": lambda t: 1, "in chunks of 3": lambda t: t - (t - 1) % 3, "a window of 3": lambda t: t - 2}
    for k, (title, reaches) in enumerate(first.items()):
        left = 0.95 + 3.0 * k
        canvas.text(left + 2.5 * cell, top + 0.75, title, NOTE)
        for t in range(1, 7):
            y = top - (t - 1) * cell
            canvas.text(left + (t - 1) * cell, top + 0.36, f"${t}$", NOTE, MUTED)
            canvas.text(left - 0.42, y, f"$L_{t}$", NOTE)
            for s in range(1, 7):
                canvas.array(left + (s - 1) * cell, y, 1, 1, FAINT, cell=cell - 0.04)
            with canvas.at(t, unlit=0.0):
                for s in range(max(1, reaches(t)), t + 1):
                    canvas.array(left + (s - 1) * cell, y, 1, 1, GRAD, cell=cell - 0.04)
        squares = sum(t + 1 - max(1, reaches(t)) for t in range(1, 7))
        canvas.text(left + 2.5 * cell, 0.38, f"{squares} squares", NOTE, GRAD)
    return canvas


FIGURES = {"two-truncations": two_truncations}
