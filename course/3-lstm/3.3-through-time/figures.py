"""Figures of 3.3: errors between blocks and inside one, Kang & Seo's three rows, and the c fork as printed and corrected."""

from course.figures.draw import CELL_EDGE, FAINT, GRAD, INK, LABEL, MUTED, NOTE, SMALL, TITLE, C, Canvas, H, X

NEXT = r"{\mathrm{next}}"
BACK = 11.0
"""The beat from which, in the moving twin, the way back is counted."""


def unrolled() -> Canvas:
    """Three LSTM blocks in a row, c_0 and h_0 on the left. Forward, solid: c and h run from block to block, each x
    comes from below, each h goes up to its loss. Backward, dashed red: along every one of these arrows a gradient comes
    back, thick along c, where block t multiplies it by f_t. Into block 3 come zero along h
    and dc_T along c; out of block 1 on the left come dh_0 and dc_0.
    """
    canvas = Canvas(9.2, 5.0)
    canvas.text(4.6, 4.72, "forward: solid          backward: dashed, thick along $c$", NOTE, MUTED)
    rows = {"c": 3.1, "dc": 2.74, "h": 1.94, "dh": 1.58}
    for t, x in ((1, 1.75), (2, 4.55), (3, 7.35)):
        block = canvas.box(x, 2.35, 1.5, 2.1, "", radius=0.18)
        canvas.text(x, 2.42, f"block {t}", NOTE, MUTED)
        canvas.text(x - 0.3, 2.92, rf"$\times f_{t}$", LABEL, GRAD)
        loss = canvas.node(x, 4.2, f"$L_{t}$", r=0.27)
        canvas.text(x - 0.12, 0.36, f"$x_{t}$", TITLE, X)
        with canvas.at(t, unlit=0.12):
            canvas.forward((x - 0.12, 0.6), (x - 0.12, block.bottom[1]), color=X)
            canvas.forward((x - 0.12, block.top[1]), (x - 0.12, loss.bottom[1] + 0.03), color=H)
        with canvas.at(BACK - 1.5 * t - 0.75):
            canvas.backward((x + 0.12, loss.bottom[1] + 0.03), (x + 0.12, block.top[1]))
            canvas.text(x + 0.72, 3.68, rf"$\partial L_{t}/\partial h_{t}$", LABEL, GRAD)
            canvas.backward((x + 0.12, block.bottom[1]), (x + 0.12, 0.6))
            canvas.text(x + 0.5, 0.8, rf"$\mathrm{{d}}x_{t}$", LABEL, GRAD)
    for k, (a, b) in enumerate(((0.1, 1.0), (2.5, 3.8), (5.3, 6.6), (8.1, 9.1))):
        with canvas.at(k + 0.5, unlit=0.12):
            canvas.forward((a, rows["c"]), (b, rows["c"]), color=C, width=2.8)
            canvas.forward((a, rows["h"]), (b, rows["h"]), color=H)
        middle = (a + b) / 2
        canvas.text(middle, rows["c"] + 0.24, f"$c_{k}$", TITLE, C)
        canvas.text(middle, rows["h"] + 0.24, f"$h_{k}$", TITLE, H)
        where = {0: "0", 3: "T"}.get(k, NEXT)
        with canvas.at(BACK - 1.5 * (k + 1)):
            canvas.backward((b, rows["dc"]), (a, rows["dc"]), width=3.2)
            canvas.backward((b, rows["dh"]), (a, rows["dh"]))
            canvas.text(middle, rows["dc"] - 0.25, rf"$\mathrm{{d}}c_{where}$", LABEL, GRAD)
            canvas.text(middle, rows["dh"] - 0.25, rf"$\mathrm{{d}}h_{where}$" if k < 3 else "$0$", LABEL, GRAD)
    return canvas


def inside() -> Canvas:
    """The errors inside one block, from right to left. At h the loss's own gradient and what the next block passed back
    add to dh. One branch leads to the output gate, the other through o and the slope of tanh to c, where what the next
    block passed along c is added: dc. From dc errors go to f, i and g, and, times f, straight on to the previous c. The four
    gates' errors meet in a sum that gives the gradients of the previous h and of x.
    """
    canvas = Canvas(9.2, 4.6)
    canvas.box(4.5, 2.35, 7.1, 4.0, radius=0.25, behind=True)
    top, low = 3.75, 1.2
    add_c, add_h = canvas.op(6.3, top, "$+$"), canvas.op(7.4, low, "$+$")
    gates = {
        k: canvas.node(4.2, y, rf"$\hat {k}_t$", r=0.27) for k, y in zip("figo", (3.0, 2.4, 1.8, 1.2), strict=True)
    }
    meet = canvas.op(2.5, 2.1, "$+$")
    canvas.backward((9.05, top), add_c, width=3.2)
    canvas.text(8.62, top + 0.26, r"$\mathrm{d}c_{\mathrm{next}}$", LABEL, GRAD)
    canvas.backward((9.05, low), add_h)
    canvas.text(8.62, low + 0.26, r"$\mathrm{d}h_{\mathrm{next}}$", LABEL, GRAD)
    canvas.backward((7.4, 0.12), add_h)
    canvas.text(6.9, 0.62, "own loss", NOTE, GRAD)
    split = canvas.fork(6.3, low, GRAD)
    canvas.line(add_h, split, color=GRAD, width=1.8, dashed=True)
    canvas.text(6.85, low + 0.24, r"$\mathrm{d}h_t$", LABEL, GRAD)
    canvas.backward(split, add_c)
    canvas.text(7.13, 2.35, r"$\times\,o_t\,(1-\tanh^2 c_t)$", NOTE)
    canvas.backward(split, gates["o"])
    canvas.text(5.35, low - 0.26, r"$\times\,\tanh c_t$", NOTE)
    spread = canvas.fork(5.3, top, GRAD)
    canvas.line(add_c, spread, color=GRAD, width=3.2, dashed=True)
    canvas.text(5.8, top + 0.25, r"$\mathrm{d}c_t$", LABEL, GRAD)
    canvas.backward(spread, (0.15, top), width=3.2)
    canvas.text(2.7, top + 0.25, r"$\times\,f_t$", LABEL)
    canvas.text(0.5, top + 0.26, r"$\mathrm{d}c_{\mathrm{prev}}$", LABEL, GRAD)
    for k in "fig":
        canvas.backward(spread, gates[k])
    for gate in gates.values():
        canvas.backward(gate, meet)
    canvas.text(3.35, 3.0, r"$W^{\!\top}$", LABEL)
    canvas.backward(meet, (0.15, 2.1))
    canvas.text(0.5, 2.36, r"$\mathrm{d}h_{\mathrm{prev}}$", LABEL, GRAD)
    canvas.backward(meet, (2.5, 0.12))
    canvas.text(2.87, 0.62, r"$\mathrm{d}x_t$", LABEL, GRAD)
    return canvas


def rows() -> Canvas:
    """The three rows of the gradient of W_f, as Kang and Seo write them, one below the other. Row 3: the gradient enters
    block 3 from its loss and drops a share at the copy of W_f there. Row 2: the gradient enters block 2 from its loss
    and from block 3. Row 1: it enters block 1 from its loss and from blocks 2 and 3. The three shares add up to dW_f.
    """
    canvas = Canvas(9.2, 4.45)
    xs = {1: 2.9, 2: 4.7, 3: 6.5}
    for row, y in ((3, 3.6), (2, 2.35), (1, 1.1)):
        canvas.text(0.25, y, f"row {row}", NOTE, INK, align="left")
        for t, x in xs.items():
            on, here = t >= row, t == row
            canvas.box(x, y, 0.95, 0.56, f"block {t}", size=SMALL, edge=GRAD if here else (CELL_EDGE if on else FAINT))
            if on:
                canvas.backward((x + 0.18, y + 0.68), (x + 0.18, y + 0.28))
                canvas.text(x - 0.06, y + 0.5, f"$L_{t}$", SMALL, GRAD)
            if t > row:
                canvas.backward((x - 0.475, y + 0.08), (x - 1.325, y + 0.08), width=2.6)
                canvas.backward((x - 0.475, y - 0.1), (x - 1.325, y - 0.1), width=1.4)
        canvas.backward((xs[row], y - 0.28), (7.75, y - 0.42), via=[(xs[row], y - 0.42)])
        canvas.text(8.35, y - 0.36, rf"$\mathrm{{d}}W_f^{{({row})}}$", TITLE, GRAD)
        if row > 1:
            canvas.text(8.35, y - 1.0, "$+$", TITLE)
    canvas.text(8.35, 0.22, r"$=\;\mathrm{d}W_f$", TITLE, GRAD)
    canvas.text(0.25, 0.3, "two dashed arrows between blocks: along $c$ and along $h$", SMALL, MUTED, align="left")
    return canvas


FIGURES = {"sweep-unrolled": unrolled, "sweep-inside": inside, "sweep-rows": rows}
