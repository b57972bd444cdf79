"""The figure of 3.6: the c fork as printed and corrected."""

from course.figures.draw import FAINT, GRAD, LABEL, MUTED, NOTE, SMALL, C, Canvas, H


def fork() -> Canvas:
    """The c fork twice. Left, as printed: one branch comes from the loss through h_t and is multiplied by the local
    derivative; the other is the forget gate f_{t+1} alone, with no loss behind it. Right, corrected: both branches come from
    the loss, one through h_t, one through c_{t+1} as dc_{t+1} times f_{t+1}, and then they add.
    """
    canvas = Canvas(9.2, 4.0)
    canvas.line((4.6, 0.3), (4.6, 3.75), color=FAINT, width=1.2)
    for left, title, right in ((0.0, "as printed", False), (4.6, "corrected", True)):
        canvas.text(left + 2.3, 3.7, title, NOTE)
        c = canvas.node(left + 0.75, 2.75, "$c_t$", C)
        h = canvas.node(left + 0.75, 1.2, "$h_t$", H)
        after = canvas.node(left + 2.55, 2.75, "$c_{t+1}$", C if right else MUTED, r=0.36)
        loss = canvas.node(left + 4.05, 1.2, "$L$", r=0.3)
        canvas.backward(loss, h)
        canvas.text(left + 2.4, 1.44, r"$\mathrm{d}h_t$", LABEL, GRAD)
        canvas.backward(h, c)
        canvas.text(left + 1.62, 1.95, r"$\times\,o_t\,(1-\tanh^2 c_t)$", NOTE)
        canvas.backward(after, c, width=3)
        canvas.text(left + 1.62, 3.05, r"$\times\,f_{t+1}$" if right else r"$f_{t+1}$", LABEL)
        if right:
            canvas.backward(loss, after, via=[(loss.x, after.y)], width=3)
            canvas.text(left + 3.45, 3.05, r"$\mathrm{d}c_{t+1}$", LABEL, GRAD)
        else:
            canvas.text(left + 3.5, 2.75, "no loss here", SMALL, MUTED)
    canvas.formula(2.3, 0.45, r"$\mathrm{d}h_t\,o_t\,(1-\tanh^2 c_t)\;+\;$", (r"$f_{t+1}$", GRAD), size=LABEL)
    canvas.formula(
        6.9, 0.45, r"$\mathrm{d}h_t\,o_t\,(1-\tanh^2 c_t)\;+\;$", (r"$\mathrm{d}c_{t+1}\,f_{t+1}$", GRAD), size=LABEL
    )
    return canvas


FIGURES = {"sweep-fork": fork}
