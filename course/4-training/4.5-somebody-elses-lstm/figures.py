"""Figures of 4.5: the same weights in two layouts, and the LSTM block with its three peepholes."""

from course.figures.block import COLUMN, GATES, STATE, block
from course.figures.draw import INK, LABEL, MUTED, NOTE, ROUTE_1, ROUTE_2, C, Canvas, H, X

GATE_COLORS = {"f": C, "i": ROUTE_1, "g": ROUTE_2, "o": X}


def two_layouts() -> Canvas:
    """The same weights in two layouts. Left, ours: four blocks f, i, g, o on top of one another, each with a part for h and a part for
    x. Right, theirs: two matrices, one for x and one for h, in which the four gates stand side by side as columns, in the order
    i, f, o, g.
    """
    canvas = Canvas(9.2, 3.6)
    for k, gate in enumerate("figo"):
        y = 2.65 - 0.6 * k
        canvas.box(1.9, y, 1.3, 0.52, f"${gate}$", edge=GATE_COLORS[gate], radius=0.04)
        canvas.box(3.1, y, 0.9, 0.52, f"${gate}$", edge=GATE_COLORS[gate], radius=0.04)
    canvas.text(1.9, 3.15, "$h$", LABEL, H)
    canvas.text(3.1, 3.15, "$x$", LABEL, X)
    canvas.text(2.4, 0.35, "ours: W times z", NOTE, INK)
    for k, gate in enumerate("ifog"):
        x = 5.9 + 0.75 * k
        canvas.box(x, 2.6, 0.67, 0.7, f"${gate}$", edge=GATE_COLORS[gate], radius=0.04)
        canvas.box(x, 1.4, 0.67, 1.1, f"${gate}$", edge=GATE_COLORS[gate], radius=0.04)
    canvas.text(5.35, 2.6, "$x$", LABEL, X)
    canvas.text(5.35, 1.4, "$h$", LABEL, H)
    canvas.text(7.0, 0.35, "theirs: x times Wx, plus h times Wh", NOTE, INK)
    canvas.line((4.55, 0.7), (4.55, 3.2), color=MUTED, width=1.2, dashed=True)
    return canvas


def peepholes() -> Canvas:
    """The LSTM block of 3.1 with three extra lines. From c_{t-1}, before anything happens to it, one leads down to the
    forget gate and one to the input gate. From the new cell state c_t a third leads down to the output gate. The candidate
    has none.
    """
    canvas = block()
    color = ROUTE_1
    seen = canvas.fork(1.5, STATE, color)
    canvas.forward(seen, (COLUMN["f"] - 0.33, GATES), via=[(1.5, GATES)], color=color)
    turn = canvas.fork(1.5, 3.4, color)
    canvas.forward(turn, (COLUMN["i"] - 0.33, GATES), via=[(2.95, 3.4), (2.95, GATES)], color=color)
    canvas.forward(canvas.fork(5.15, STATE, color), (COLUMN["o"] - 0.33, GATES), via=[(5.15, GATES)], color=color)
    for x, y, gate in ((1.75, 2.3, "f"), (2.7, 2.56, "i"), (5.4, 2.75, "o")):
        canvas.text(x, y, f"$p_{gate}$", LABEL, color)
    return canvas


FIGURES = {"two-layouts": two_layouts, "peepholes": peepholes}
