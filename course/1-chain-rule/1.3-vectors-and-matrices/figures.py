"""Figures of 1.3: what each stage sends back, with shapes."""

from course.figures.draw import FAINT, GATE_EDGE, GRAD, INK, LABEL, MUTED, NOTE, SMALL, TITLE, Canvas, H, Side, X
from course.figures.geometry import Shape

Factor = tuple[int, int, str, str, str]
"""An array in an equation: rows, columns, colour, name, shape."""


def vjp() -> Canvas:
    """A stage as a box. Forward, solid: x of shape (n,) goes in, y = s(x) of shape (m,) comes out. Backward, dashed:
    dy, shaped like y, goes in, and dx = J transposed times dy, shaped like x, comes out.
    """
    canvas = Canvas(8.4, 2.1)
    x, y = canvas.node(0.8, 1.05, "$x$", X), canvas.node(7.6, 1.05, "$y$")
    stage = canvas.box(4.2, 1.05, 2.5, 1.4, radius=0.14)
    canvas.text(4.2, 1.41, "$y = s(x)$", TITLE)
    canvas.text(4.2, 0.69, r"$\mathrm{d}x = J^{\!\top} \mathrm{d}y$", TITLE, GRAD)
    for start, end, gradient in ((x, stage, "x"), (stage, y, "y")):
        canvas.forward(start, end, shift=0.14)
        canvas.backward(end, start, shift=0.14, label=rf"$\mathrm{{d}}{gradient}$")
    canvas.note(x, "(n,)", color=MUTED)
    canvas.note(y, "(m,)", color=MUTED)
    return canvas


def affine() -> Canvas:
    """The affine stage in shapes. Forward: z (H,) is W (H, D) times x (D,), plus b (H,). Backward: dW (H, D) is the
    outer product of dz and x; dx (D,) is W transposed times dz; db is dz.
    """
    canvas = Canvas(9.4, 5.1)
    x, dz = (4, 1, X, "$x$", "(D,)"), (3, 1, GRAD, r"$\mathrm{d}z$", "(H,)")
    z, b = (3, 1, INK, "$z$", "(H,)"), (3, 1, GATE_EDGE, "$b$", "(H,)")
    _equation(canvas, 4.7, 3.9, z, "$=$", (3, 4, GATE_EDGE, "$W$", "(H, D)"), x, "$+$", b)
    canvas.line((0.4, 2.6), (9.0, 2.6), color=FAINT, width=1)
    dw = (3, 4, GRAD, r"$\mathrm{d}W$", "(H, D)")
    _equation(canvas, 2.05, 1.3, dw, "$=$", dz, (1, 4, X, r"$x^{\!\top}$", "(D,)"))
    dx = (4, 1, GRAD, r"$\mathrm{d}x$", "(D,)")
    _equation(canvas, 5.7, 1.3, dx, "$=$", (4, 3, GATE_EDGE, r"$W^{\!\top}$", "(D, H)"), dz)
    _equation(canvas, 8.35, 1.3, (3, 1, GRAD, r"$\mathrm{d}b$", "(H,)"), "$=$", dz)
    return canvas


def broadcast() -> Canvas:
    """Broadcasting, twice. Left, forward: one row b is copied into every row. Right, backward: each copy brings its own
    gradient, and the gradient of b is the sum of these rows.
    """
    canvas = Canvas(9.2, 3.0)
    for left, title, color in ((0.0, "forward: copy", INK), (4.6, "backward: add", GRAD)):
        back = left > 0
        canvas.text(left + 2.3, 2.65, title, NOTE, color)
        ink = GRAD if back else GATE_EDGE
        row = canvas.array(left + 0.95, 1.25, 1, 4, ink, cell=0.28)
        canvas.note(row, r"$\mathrm{d}b$" if back else "$b$", "above", size=TITLE, color=ink)
        meet = canvas.op(left + 2.1, 1.25, "$+$") if back else canvas.fork(left + 2.1, 1.25, ink)
        rows = [canvas.array(left + 3.7, y, 1, 4, ink, cell=0.28) for y in (2.05, 1.25, 0.45)]
        for copy in rows:
            via = [] if copy.y == row.y else [(meet.x, copy.y)]
            if back:
                canvas.backward(copy, meet, via=via)
            else:
                canvas.forward(meet, copy, via=via, color=ink)
        if back:
            canvas.backward(meet, row)
        else:
            canvas.line(row, meet, color=ink)
    return canvas


def softmax_cross_entropy() -> Canvas:
    """Softmax with cross-entropy. Forward: the scores z = (2, 1, 0) become probabilities p = (0.67, 0.24, 0.09), and
    the loss is minus the logarithm of the target's, 0.41. Backward, both stages at once: dz is p minus the
    one-hot target, (-0.33, 0.24, 0.09).
    """
    canvas = Canvas(9.2, 5.1)
    top, low = 3.6, 1.1
    z = _column(canvas, 1.2, top, INK, "$z$", "2", "1", "0")
    p = _column(canvas, 4.5, top, H, "$p$", "0.67", "0.24", "0.09")
    softmax = canvas.pill(2.85, top, "softmax", w=1.3, h=0.5)
    entropy = canvas.box(6.4, top, 1.4, 0.6, r"$-\log\, p_0$")
    loss = canvas.node(8.3, top, "$L$")
    canvas.note(entropy, "target: class 0", "above", color=MUTED)
    canvas.note(loss, "0.41", "above", color=MUTED)
    for start, end in ((z, softmax), (softmax, p), (p, entropy), (entropy, loss)):
        canvas.forward(start, end)
    dz = _column(canvas, 1.2, low, GRAD, r"$\mathrm{d}z$", "-0.33", "0.24", "0.09", side="left")
    for x, sign in ((1.95, "$=$"), (3.45, "$-$")):
        canvas.text(x, low, sign, TITLE)
    _column(canvas, 2.7, low, H, "$p$", "0.67", "0.24", "0.09")
    target = _column(canvas, 4.2, low, MUTED, "one-hot", "1", "0", "0")
    canvas.backward(loss, (target.right[0] + 0.25, low), via=[(loss.x, low)])
    canvas.text(6.5, low + 0.22, "both stages at once", NOTE, GRAD)
    canvas.backward(dz, z)
    return canvas


FIGURES = {
    "vjp": vjp,
    "affine": affine,
    "broadcast": broadcast,
    "softmax-cross-entropy": softmax_cross_entropy,
}


def _equation(canvas: Canvas, x: float, y: float, *terms: Factor | str) -> None:
    """Arrays and signs in a row centred on `x`, names above and shapes below."""
    cell, air = 0.28, 0.16
    widths = [0.2 if isinstance(term, str) else term[1] * cell for term in terms]
    left = x - (sum(widths) + air * (len(terms) - 1)) / 2
    for term, width in zip(terms, widths, strict=True):
        middle = left + width / 2
        if isinstance(term, str):
            canvas.text(middle, y, term, TITLE)
        else:
            rows, cols, color, name, shape = term
            canvas.array(middle, y, rows, cols, color, cell=cell)
            canvas.text(middle, y + 0.8, name, LABEL, color)
            canvas.text(middle, y - 0.8, shape, SMALL, MUTED)
        left += width + air


def _column(canvas: Canvas, x: float, y: float, color: str, name: str, *values: str, side: Side = "above") -> Shape:
    """A column of numbers with its name beside it."""
    array = canvas.array(x, y, len(values), 1, color, cell=0.58, values=[f"${value}$" for value in values])
    canvas.note(array, name, side, size=TITLE, color=color)
    return array
