"""Figures of 1.5: difference quotients, and a step off the real axis."""

import numpy as np

from course.figures.draw import GRAD, LABEL, MUTED, NOTE, ROUTE_1, ROUTE_2, Canvas, H, X


def secant() -> Canvas:
    """A curve, its tangent at x and two chords. The forward chord, from x to x + h, is much steeper than the tangent;
    the central one, from x - h to x + h, is nearly parallel to it.
    """
    canvas = Canvas(8.8, 4.8)
    ground, x, h = 0.65, 5.3, 1.9

    def f(at: float) -> float:
        return 0.75 + 0.12 * np.exp(0.55 * (at - 1.3))

    at = np.linspace(2.3, 7.5, 80)
    canvas.curve(at, f(at), width=2.6)
    canvas.forward((2.0, ground), (8.2, ground), color=MUTED, width=1.4)
    slope = 0.55 * (f(x) - 0.75)
    canvas.line((x - 1.7, f(x) - 1.7 * slope), (x + 2.7, f(x) + 2.7 * slope), color=GRAD)
    canvas.line((x, f(x)), (x + h, f(x + h)), color=ROUTE_1)
    canvas.line((x - h, f(x - h)), (x + h, f(x + h)), color=ROUTE_2)
    for point, name in ((x - h, "$x-h$"), (x, "$x$"), (x + h, "$x+h$")):
        canvas.line((point, ground), (point, f(point)), color=MUTED, width=1, dashed=True)
        canvas.fork(point, f(point))
        canvas.text(point, ground - 0.27, name, LABEL)
    for y, color, name, quotient in (
        (4.3, GRAD, "tangent", "$f'(x)$"),
        (3.6, ROUTE_1, "forward", r"$\dfrac{f(x+h) - f(x)}{h}$"),
        (2.9, ROUTE_2, "central", r"$\dfrac{f(x+h) - f(x-h)}{2h}$"),
    ):
        canvas.line((0.4, y), (0.9, y), color=color)
        canvas.text(1.05, y, name, NOTE, color, align="left")
        canvas.text(1.95, y, quotient, NOTE, color, align="left")
    return canvas


def complex_step() -> Canvas:
    """The complex step. Left, the plane of inputs: from x on the real axis go up by h to x + ih. Right, the plane of
    outputs: f(x) lies on the real axis, and f(x + ih) lies about h times f'(x) above it. So the derivative is the
    imaginary part over h, with nothing subtracted.
    """
    canvas = Canvas(9.2, 3.9)
    for left, name, start, end, rise, color in (
        (0.5, "inputs", "$x$", "$x + i h$", "$h$", X),
        (5.3, "outputs", "$f(x)$", r"$f(x + i h)$", r"$\approx h\, f'(x)$", H),
    ):
        ground = 1.5
        canvas.forward((left, ground), (left + 3.2, ground), color=MUTED, width=1.4, label="Re", at=0.95, size=NOTE)
        canvas.forward(
            (left + 0.5, ground - 0.3), (left + 0.5, 3.5), color=MUTED, width=1.4, label="Im", at=0.95, size=NOTE
        )
        top = 2.3 if name == "inputs" else 2.9
        foot, head = canvas.fork(left + 1.8, ground, color), canvas.fork(left + 1.8, top, color)
        canvas.forward(foot, head, color=color, label=rise, flip=True)
        canvas.note(foot, start, "below", size=LABEL, color=color)
        canvas.note(head, end, "above", size=LABEL, color=color)
    canvas.forward((3.9, 2.4), (5.1, 2.4), label="$f$")
    canvas.formula(4.6, 0.45, r"$f'(x)\;\approx\;\mathrm{Im}\,f(x + i h)\,/\,h$")
    return canvas


FIGURES = {"secant": secant, "complex-step": complex_step}
