"""Figures of 4.1: what leaves the loop, a batch, four gates in one matrix, rows that belong together."""

from course.figures.draw import (
    CELL,
    CELL_EDGE,
    FAINT,
    GATE_EDGE,
    GRAD,
    INK,
    LABEL,
    MUTED,
    NOTE,
    PAPER,
    ROUTE_1,
    ROUTE_2,
    SMALL,
    TITLE,
    Canvas,
    H,
    X,
)
from course.figures.geometry import Shape

WIDE, TALL = 2.3, 0.44


def out_of_the_loop() -> Canvas:
    """Two loops over time, forward and backward, and what leaves them. Forward: W_x times x_t, plus b, moves out,
    before the loop. W_h times h_{t-1}, the gates, c_t and h_t stay. Backward: the local derivatives move out, before the
    loop. ds_t, dc_{t-1} and dh_{t-1} stay. dW, db and dx_t move out, after the loop.
    """
    canvas = Canvas(9.2, 4.7)
    before, loop, after = 1.5, 4.6, 7.7
    for x, title in ((before, "before the loop"), (loop, "in the loop"), (after, "after the loop")):
        canvas.text(x, 4.42, title, NOTE, MUTED)

    canvas.box(loop, 3.2, 2.75, 2.0, behind=True)
    canvas.text(loop, 3.97, r"for $t = 1, \ldots, T$", SMALL, MUTED)
    sums = _ghost(canvas, loop, 3.55, "$W_x\\, x_t + b$")
    _chip(canvas, loop, 3.02, "$W_h\\, h_{t-1}$")
    _chip(canvas, loop, 2.49, "$f\\; i\\; g\\; o\\,,\\;\\; c_t\\,,\\; h_t$")
    canvas.forward(sums, _chip(canvas, before, 3.55, "for all $t$ at once", ROUTE_2), color=ROUTE_2)

    canvas.box(loop, 1.1, 2.75, 2.0, behind=True)
    canvas.text(loop, 1.87, r"for $t = T, \ldots, 1$", SMALL, MUTED)
    local = _ghost(canvas, loop, 1.45, "local derivatives")
    _chip(canvas, loop, 0.92, "$\\mathrm{d}s_t\\,,\\; \\mathrm{d}c_{t-1}\\,,\\; \\mathrm{d}h_{t-1}$", GRAD)
    late = _ghost(canvas, loop, 0.39, "$\\mathrm{d}W\\,,\\; \\mathrm{d}b\\,,\\; \\mathrm{d}x_t$")
    canvas.forward(local, _chip(canvas, before, 1.45, "for all $t$ at once", ROUTE_2), color=ROUTE_2)
    canvas.forward(late, _chip(canvas, after, 0.39, "for all $t$ at once", ROUTE_2), color=ROUTE_2)

    canvas.text(after, 3.2, "forward", TITLE)
    canvas.text(after, 1.3, "backward", TITLE, GRAD)
    return canvas


def batch_grid() -> Canvas:
    """A grid of 4 rows and 6 columns. Each row is a sequence, each column a step. A frame around a row: one
    sequence, all steps. A frame around a column: one step of all sequences, a matrix of B rows.
    """
    canvas = Canvas(9.2, 3.3)
    cell, left, bottom = 0.52, 2.0, 0.45
    grid = canvas.array(left + 3 * cell, bottom + 2 * cell, 4, 6, X, cell=cell)
    canvas.forward((left, 2.78), (left + 6 * cell, 2.78), color=MUTED, width=1.6)
    canvas.text(left + 3 * cell, 3.0, "steps, $T$", NOTE, MUTED)
    canvas.forward((1.72, bottom + 4 * cell), (1.72, bottom), color=MUTED, width=1.6)
    canvas.text(1.5, grid.y, "sequences, $B$", NOTE, MUTED, align="right")

    row, column = bottom + 2.5 * cell, left + 3.5 * cell
    canvas.box(grid.x, row, 6 * cell + 0.1, cell + 0.08, fill="none", edge=ROUTE_1, radius=0.06)
    canvas.box(column, grid.y, cell + 0.08, 4 * cell + 0.1, fill="none", edge=ROUTE_2, radius=0.06)
    canvas.line((left + 6 * cell + 0.05, row), (5.8, row), color=ROUTE_1, width=1.6)
    canvas.text(5.9, row, "x[:, n]", LABEL, ROUTE_1, align="left", bold=True)
    canvas.text(6.8, row, "one sequence", NOTE, INK, align="left")
    canvas.line((column, bottom - 0.05), (column, 0.2), (5.8, 0.2), color=ROUTE_2, width=1.6)
    canvas.text(5.9, 0.2, "x[t]", LABEL, ROUTE_2, align="left", bold=True)
    canvas.text(6.8, 0.2, "one step of all, (B, D)", NOTE, INK, align="left")
    return canvas


def four_gates_one_matrix() -> Canvas:
    """Left, four small matrices W_f, W_i, W_g and W_o, each with H rows and H + D columns, each multiplied with z: four
    products. Right, the four on top of one another: one matrix with 4H rows, one product, and a result that falls into
    four parts, f, i, g and o.
    """
    canvas = Canvas(9.2, 4.7)
    cell, rows, wide, deep = 0.2, 3, 3, 2
    heights = [3.65, 2.75, 1.85, 0.95]
    canvas.text(2.1, 4.4, "four products", NOTE)
    for y, k in zip(heights, "figo", strict=True):
        _matrix(canvas, 1.7, y, rows, wide, deep, cell)
        canvas.text(0.95, y, f"$W_{k}$", TITLE, align="right")
        canvas.text(2.45, y, "$z$", TITLE)
        canvas.text(2.75, y, "$=$", TITLE)
        canvas.array(3.1, y, rows, 1, GATE_EDGE, cell=cell)
        canvas.text(3.35, y, rf"$\hat{{{k}}}$", TITLE, align="left")
    canvas.text(1.7, 0.4, "H by H + D", SMALL, MUTED)
    canvas.line((4.3, 0.4), (4.3, 4.4), color=FAINT, width=1.2)

    canvas.text(6.9, 4.4, "one product", NOTE)
    middle, step = 2.3, rows * cell
    for n, k in enumerate("figo"):
        y = middle + (1.5 - n) * step
        _matrix(canvas, 6.0, y, rows, wide, deep, cell)
        canvas.text(5.3, y, f"$W_{k}$", TITLE, align="right")
        canvas.array(8.0, y, rows, 1, GATE_EDGE, cell=cell)
        canvas.text(8.25, y, rf"$\hat{{{k}}}$", TITLE, align="left")
        if n:
            for x, half in ((6.0, 0.62), (8.0, 0.2)):
                canvas.line((x - half, y + step / 2), (x + half, y + step / 2), color=INK, width=1.4)
    for n, (color, count) in enumerate(((H, wide), (X, deep))):
        canvas.array(7.05, middle + 0.2 - n * 0.5, count, 1, color, cell=cell)
    canvas.text(7.05, middle + 0.72, "$z$", TITLE)
    canvas.text(7.5, middle, "$=$", TITLE)
    canvas.text(6.0, 0.4, "4H by H + D", SMALL, MUTED)
    canvas.text(5.8, 3.78, "$h_{t-1}$", LABEL, H)
    canvas.text(6.3, 3.78, "$x_t$", LABEL, X)
    return canvas


def rows_that_belong_together() -> Canvas:
    """Left, the rows of dsums for T = 3 steps and B = 2 sequences: ds_1, ds_2, ds_3, two rows each. Right, the rows of z
    that belong to them: h_0 and x_1, h_1 and x_2, h_2 and x_3. Below, the array h with T + 1 = 4 entries, h_0 to h_3. The
    last one is read by no step.
    """
    canvas = Canvas(9.2, 4.4)
    cell = 0.24
    canvas.text(3.1, 4.1, "dsums", TITLE, GRAD)
    canvas.text(7.0, 4.1, "z", TITLE)
    for t in range(3):
        y = 3.5 - 0.68 * t
        canvas.text(0.35, y, f"step {t + 1}", NOTE, MUTED, align="left")
        canvas.text(1.55, y, rf"$\mathrm{{d}}s_{t + 1}$", TITLE, GRAD, align="right")
        canvas.array(3.1, y, 2, 12, GRAD, cell=cell)
        canvas.line((4.75, y), (5.75, y), color=MUTED, width=1.6, dashed=True)
        canvas.text(6.3, y, f"$h_{t}$", TITLE, H, align="right")
        _matrix(canvas, 7.0, y, 2, 3, 2, cell)
        canvas.text(7.72, y, f"$x_{t + 1}$", TITLE, X, align="left")
    canvas.line((0.4, 1.55), (8.8, 1.55), color=FAINT, width=1.2)
    canvas.text(1.55, 0.9, "h", TITLE, H, align="right")
    for t in range(4):
        color = H if t < 3 else MUTED
        array = canvas.array(2.2 + 1.3 * t, 0.9, 2, 3, color, cell=cell)
        canvas.note(array, f"$h_{t}$", size=TITLE, color=color)
    canvas.text(6.65, 0.9, "read by no step", NOTE, MUTED, align="left")
    return canvas


def _chip(canvas: Canvas, x: float, y: float, label: str, edge: str = INK) -> Shape:
    return canvas.box(x, y, WIDE, TALL, label, fill=PAPER, edge=edge)


def _ghost(canvas: Canvas, x: float, y: float, label: str) -> Shape:
    """A chip that has left its place."""
    box = canvas.box(x, y, WIDE, TALL, fill=CELL, edge=CELL_EDGE)
    canvas.text(x, y, label, LABEL, MUTED)
    return box


def _matrix(canvas: Canvas, x: float, y: float, rows: int, wide: int, deep: int, cell: float) -> None:
    """A gate's weights: `wide` columns for h and `deep` for x."""
    canvas.array(x - deep * cell / 2, y, rows, wide, H, cell=cell)
    canvas.array(x + wide * cell / 2, y, rows, deep, X, cell=cell)


FIGURES = {
    "out-of-the-loop": out_of_the_loop,
    "batch-grid": batch_grid,
    "four-gates-one-matrix": four_gates_one_matrix,
    "rows-that-belong-together": rows_that_belong_together,
}
