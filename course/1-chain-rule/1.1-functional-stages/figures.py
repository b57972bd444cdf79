"""Figures of 1.1: a computation as a line of stages, and how neighbours cancel."""

from itertools import pairwise

from course.figures.draw import GRAD, INK, LABEL, MUTED, ROUTE_1, ROUTE_2, Canvas, X


def stages() -> Canvas:
    """sin(2x + 2) as two stages. Forward, solid: x goes into g = 2x + 2, and g into f = sin g; each stage remembers its
    input. Backward, dashed: df = 1 comes in on the right, the second stage multiplies it by cos g, the first by 2, and
    dx comes out on the left.
    """
    canvas = Canvas(9.2, 2.4)
    x = canvas.node(0.75, 1.05, "$x$", X)
    first, second = (canvas.box(at, 1.05, 1.7, 1.25, radius=0.14) for at in (3.0, 5.9))
    f = canvas.node(8.45, 1.05, "$f$")
    for stage, formula, local, kept in (
        (first, "$g = 2x + 2$", r"$\times\,2$", "$x$"),
        (second, r"$f = \sin g$", r"$\times\,\cos g$", "$g$"),
    ):
        canvas.text(stage.x, 1.40, formula, LABEL)
        canvas.text(stage.x, 0.70, local, LABEL, GRAD)
        canvas.note(stage, f"remembers {kept}", "above", color=MUTED, gap=0.14)
    for start, end, value, gradient in (
        (x, first, "", r"$\mathrm{d}x$"),
        (first, second, "$g$", r"$\mathrm{d}g$"),
        (second, f, "", r"$\mathrm{d}f = 1$"),
    ):
        canvas.forward(start, end, shift=0.14, label=value)
        canvas.backward(end, start, shift=0.14, label=gradient)
    return canvas


def cancel() -> Canvas:
    """x leads to g, g to f, f to e. In the product de/df times df/dg times dg/dx each inner name stands once above and
    once below a neighbour's bar; the two df cancel, the two dg cancel, and de/dx is left.
    """
    canvas = Canvas(8.0, 2.8)
    names = ("x", "g", "f", "e")
    colors = {"x": X, "g": ROUTE_1, "f": ROUTE_2, "e": INK}
    nodes = [canvas.node(1.0 + 2.0 * k, 2.2, f"${name}$", colors[name]) for k, name in enumerate(names)]
    for start, end in pairwise(nodes):
        canvas.forward(start, end)
    terms = (("e", "f"), ("f", "g"), ("g", "x"), ("e", "x"))
    for k, (top, bottom) in enumerate(terms):
        x = 1.45 + 1.6 * k + (0.15 if k == 3 else 0)
        canvas.line((x - 0.24, 0.9), (x + 0.24, 0.9), width=1.3)
        for name, y in ((top, 1.16), (bottom, 0.62)):
            canvas.text(x, y, rf"$\mathrm{{d}}{name}$", 20, colors[name])
            if k < 3 and name in "fg":
                canvas.strike(x, y, colors[name], reach=0.26)
    for x, sign in ((2.25, r"$\cdot$"), (3.85, r"$\cdot$"), (5.5, "$=$")):
        canvas.text(x, 0.9, sign, 20)
    return canvas


def nudge() -> Canvas:
    """A nudge on its way through sin(2x + 2), at x = 0.5. At x a mark of length 1. After the stage 2x + 2 it is 2 long. After
    the sine it is 1.98 long and points the other way.
    """
    canvas = Canvas(9.2, 2.3)
    x, f = canvas.node(1.0, 1.5, "$x$", X), canvas.node(8.2, 1.5, "$f$")
    g = canvas.node(4.6, 1.5, "$g$")
    for start, end, stage in ((x, g, "$2x + 2$"), (g, f, r"$\sin g$")):
        box = canvas.box((start.x + end.x) / 2, 1.5, 1.4, 0.62, stage)
        canvas.forward(start, box)
        canvas.forward(box, end)
    for beat, at, length, said in ((0.5, x, 0.45, "$+1$"), (2, g, 0.9, "$+2$"), (3.5, f, -0.89, "$-1.98$")):
        with canvas.at(beat):
            canvas.forward((at.x - length / 2, 0.85), (at.x + length / 2, 0.85), color=ROUTE_1, width=3)
            canvas.text(at.x, 0.45, said, LABEL, ROUTE_1)
    for beat, (left, right), factor in ((1.2, (x, g), r"$\times\,2$"), (2.7, (g, f), r"$\times\,\cos 3$")):
        with canvas.at(beat):
            canvas.text((left.x + right.x) / 2, 0.85, factor, LABEL, GRAD)
    return canvas


def weight_line() -> Canvas:
    """A line of three stages that starts at the weight w: z = w x, with x coming in from below, then p = tanh z, then
    L = half the square of p minus t, with the target t coming in from below. Dashed arrows lead back from dL = 1
    through dp and dz to dw.
    """
    canvas = Canvas(9.2, 2.5)
    w, loss = canvas.node(0.6, 1.75, "$w$"), canvas.node(8.6, 1.75, "$L$")
    formulas = (
        (2.35, 1.35, "$z = w x$"),
        (4.5, 1.5, r"$p = \mathrm{tanh}\,z$"),
        (6.8, 1.6, r"$L = \frac{1}{2}(p - t)^2$"),
    )
    product, tanh, error = (canvas.box(at, 1.75, width, 0.8, formula) for at, width, formula in formulas)
    for start, end, value, gradient in (
        (w, product, "", r"$\mathrm{d}w$"),
        (product, tanh, "$z$", r"$\mathrm{d}z$"),
        (tanh, error, "$p$", r"$\mathrm{d}p$"),
        (error, loss, "", r"$1$"),
    ):
        canvas.forward(start, end, shift=0.13, label=value)
        canvas.backward(end, start, shift=0.13, label=gradient)
    for stage, name, color in ((product, "$x$", X), (error, "$t$", MUTED)):
        canvas.forward(canvas.node(stage.x, 0.45, name, color), stage, color=color)
    return canvas


FIGURES = {"stages": stages, "nudge": nudge, "cancel": cancel, "weight-line": weight_line}
