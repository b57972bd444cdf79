"""Figures of 3.5: the highway along c and the roads through h, the valves seen from behind, and one step's four routes."""

from course.figures.draw import FAINT, GRAD, INK, LABEL, MUTED, NOTE, SMALL, TITLE, C, Canvas, H


def highway() -> Canvas:
    """Four cell states, c_1 to c_4, in a row. Along the top a thick gradient runs straight from c_4 back to c_1 and is
    multiplied by f_4, f_3 and f_2. Below stand h_1 to h_3. From each c a thin road leads down to its h, and from there
    through the weights W of the gates up to the next c; gradients come back along these roads too.
    """
    canvas = Canvas(9.2, 3.75)
    top, low = 2.6, 0.85
    xs = (1.0, 3.4, 5.8, 8.2)
    cells = [canvas.node(x, top, f"$c_{t}$", C) for t, x in enumerate(xs, 1)]
    outs = [canvas.node(x, low, f"$h_{t}$", H, r=0.27) for t, x in enumerate(xs[:3], 1)]
    for t, (a, b) in enumerate(zip(cells[:-1], cells[1:], strict=True), 2):
        canvas.forward(a, b, color=C, width=3, shift=-0.1)
        canvas.backward(b, a, width=3.4, shift=-0.12)
        canvas.text((a.x + b.x) / 2, top + 0.4, rf"$\times\,f_{t}$", TITLE, GRAD)
    for out, cell, after in zip(outs, cells[:-1], cells[1:], strict=True):
        canvas.forward(cell, out, color=H, width=1.4, shift=0.08)
        canvas.backward(out, cell, width=1.3, shift=0.08)
        gates = canvas.gate((out.x + after.x) / 2 + 0.1, 1.5, "$W$", w=0.56, h=0.42)
        canvas.forward(out, gates, color=H, width=1.4, shift=0.07)
        canvas.backward(gates, out, width=1.3, shift=0.07)
        canvas.forward(gates, after, color=H, width=1.4, shift=0.07)
        canvas.backward(after, gates, width=1.3, shift=0.07)
    canvas.text(4.6, 3.45, "the highway: forget gates, nothing else", NOTE, C)
    canvas.text(4.6, 0.25, "the roads through $h$: a weight at every step", NOTE, H)
    return canvas


def valves() -> Canvas:
    """Three cell states, each with a gradient arriving from the right. Hold, forget gate open and input gate closed: it
    passes on to the left at full size. Write, forget gate closed and input gate open: it turns down to the candidate g,
    and the way left is barred. Erase, both closed: it ends there.
    """
    canvas = Canvas(9.2, 2.75)
    for left, name, keeps, lets_in in ((0.0, "hold", 1, 0), (3.1, "write", 0, 1), (6.2, "erase", 0, 0)):
        c = canvas.node(left + 1.7, 1.55, "$c_t$", C)
        canvas.text(left + 1.5, 2.45, f"{name}:  $f = {keeps}$,  $i = {lets_in}$", NOTE)
        canvas.backward((left + 2.85, c.y), c, width=3.4)
        older, offered = (left + 0.2, c.y), (c.x, 0.62)
        if keeps:
            canvas.backward(c, older, width=3.4)
        else:
            canvas.line(c, older, color=FAINT, width=2.2)
            canvas.line((left + 0.8, c.y - 0.2), (left + 0.8, c.y + 0.2), width=4)
        if lets_in:
            canvas.backward(c, offered, width=3.4)
        else:
            canvas.line(c, offered, color=FAINT, width=2.2)
            canvas.line((c.x - 0.2, 0.92), (c.x + 0.2, 0.92), width=4)
        canvas.text(left + 0.45, c.y + 0.38, "$c_{t-1}$", LABEL, C if keeps else MUTED)
        canvas.text(c.x, 0.38, "$g_t$", LABEL, INK if lets_in else MUTED)
    for x in (3.08, 6.18):
        canvas.line((x, 0.3), (x, 2.5), color=FAINT, width=1.2)
    return canvas


def half_shut() -> Canvas:
    """Two rows of five cell states, c_1 to c_5, with a gradient of 1 that comes back from c_5 to c_1. In the upper row all
    forget gates stand at 0.5: it halves at each, 0.5, 0.25, 0.12, 0.06, and its arrows become ever thinner. In the lower row
    they stand at 0.95: 0.95, 0.90, 0.86, 0.81 is left, and the arrows stay thick.
    """
    canvas = Canvas(9.2, 3.7)
    xs = (2.1, 3.75, 5.4, 7.05, 8.6)
    for y, f in ((2.7, 0.5), (0.95, 0.95)):
        canvas.text(0.15, y, f"$f = {f}$", LABEL, align="left")
        cells = [canvas.node(x, y, f"$c_{t}$", C) for t, x in enumerate(xs, 1)]
        canvas.text(xs[-1], y + 0.55, "1", LABEL, GRAD)
        for k, (after, cell) in enumerate(zip(cells[:0:-1], cells[-2::-1], strict=True), 1):
            with canvas.at(k):
                canvas.backward(after, cell, width=max(6 * f**k, 0.7))
                canvas.text(cell.x, y + 0.55, f"{f**k:.2f}", LABEL, GRAD)
    return canvas


def three_roads() -> Canvas:
    """One unit over one step, from c_1 to c_2. Straight across, thick: the highway, times f_2. The other way leads down
    to h_1, by tanh and the output gate o_1, and forks into three: by the weight w_f to the forget gate f_2, by w_i to
    the input gate i_2, by w_g to the candidate g_2; and all three go on to c_2.
    """
    canvas = Canvas(9.2, 4.1)
    c_1, c_2 = canvas.node(1.1, 3.3, "$c_1$", C), canvas.node(8.1, 3.3, "$c_2$", C)
    canvas.forward(c_1, c_2, color=C, width=3.4, label=r"$\times\,f_2$", size=TITLE)
    h_1 = canvas.node(1.1, 1.4, "$h_1$", H)
    canvas.forward(c_1, h_1, color=H)
    canvas.text(1.25, 2.4, "by tanh and $o_1$", NOTE, H, align="left")
    spread = canvas.fork(2.3, h_1.y, H)
    canvas.line(h_1, spread, color=H)
    for y, gate, what in ((2.2, "f", "forget gate"), (1.4, "i", "input gate"), (0.6, "g", "candidate")):
        box = canvas.gate(4.6, y, f"${gate}_2$")
        via = [] if y == spread.y else [(2.3, y)]
        canvas.forward(spread, box, color=H, via=via, label=f"$w_{gate}$", at=0.55)
        canvas.text(5.05, y - 0.22, what, SMALL, MUTED, align="left")
        canvas.forward(box, c_2, color=H, via=[(c_2.x, y)])
    return canvas


FIGURES = {
    "flow-highway": highway,
    "flow-valves": valves,
    "flow-half-shut": half_shut,
    "flow-three-roads": three_roads,
}
