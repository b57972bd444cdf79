"""Figures of 1.5: difference quotients, a step off the real axis, and the network of the bug hunt."""

import numpy as np

from course.figures.draw import GATE_EDGE, GRAD, INK, LABEL, MUTED, NOTE, ROUTE_1, ROUTE_2, SIGMA, TANH, Canvas, H, X


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


def shared_weight() -> Canvas:
    """A network in a line. From x through W to h1, through U to h2, through the same U to h3, through V to y and the loss L.
    U is drawn once: from a fork above it, one arrow goes to h2 and one to h3.
    """
    canvas = Canvas(9.4, 2.6)
    line, low = 1.9, 0.55
    places = zip(
        (0.7, 2.3, 3.9, 5.5, 7.1, 8.7), ("x", "h_1", "h_2", "h_3", "y", "L"), (X, H, H, H, INK, INK), strict=True
    )
    values = [canvas.node(x, line, f"${name}$", color) for x, name, color in places]
    for start, end, stage in zip(values[:-1], values[1:], (TANH, TANH, TANH, SIGMA, ""), strict=True):
        canvas.forward(start, end, label=stage, size=NOTE)
    _, h1, h2, h3, y, _ = values
    for target, name in ((h1, "W"), (y, "V")):
        canvas.forward(canvas.node(target.x, low, f"${name}$", GATE_EDGE), target, color=GATE_EDGE)
    shared = canvas.node((h2.x + h3.x) / 2, low, "$U$", GATE_EDGE)
    fork = canvas.fork(shared.x, low + 0.6, GATE_EDGE)
    canvas.line(shared, fork, color=GATE_EDGE)
    for target in (h2, h3):
        canvas.forward(fork, target, color=GATE_EDGE)
    return canvas


FIGURES = {"secant": secant, "complex-step": complex_step, "shared-weight": shared_weight}
