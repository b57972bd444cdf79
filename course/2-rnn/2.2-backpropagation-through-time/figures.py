"""Figures of 2.2: three routes through two steps, the fork at h, one step back, the last error's way, chunks."""

from course.figures.draw import (
    CELL_EDGE,
    FAINT,
    GRAD,
    INK,
    LABEL,
    MUTED,
    NOTE,
    SMALL,
    TANH,
    TITLE,
    Canvas,
    H,
    X,
)
from course.figures.geometry import Shape

DIM = 0.12
"""Opacity of what is still to be lit."""

ROUTES = (("first", "from $L_1$"), ("second", "from $L_2$, short"), ("both", "from $L_2$, long"))


def three_routes() -> Canvas:
    """Three copies of the same graph of two steps: h_0 leads to h_1 and h_1 to h_2; h_1 gives the loss L_1 and h_2 the
    loss L_2; the weight w_h goes into both steps. In each copy one dashed route back is drawn. From L_1 over h_1 to w_h.
    From L_2 over h_2 to w_h. And the long one, from L_2 over h_2 and h_1 to w_h.
    """
    canvas = Canvas(9.2, 3.5)
    for k, (route, title) in enumerate(ROUTES):
        left = 0.2 + 3.05 * k
        canvas.text(left + 1.35, 3.2, title, NOTE, GRAD)
        if k:
            canvas.line((left - 0.15, 0.3), (left - 0.15, 3.3), color=FAINT, width=1.2)
        at = {"h_0": (0.3, 1.5), "h_1": (1.35, 1.5), "h_2": (2.4, 1.5), "L_1": (1.35, 2.6), "L_2": (2.4, 2.6)}
        nodes = {
            name: canvas.node(left + x, y, f"${name}$", H if name[0] == "h" else INK, r=0.26)
            for name, (x, y) in at.items()
        }
        nodes["w_h"] = canvas.node(left + 1.875, 0.45, "$w_h$", r=0.27)
        back = {
            "first": ("L_1 h_1", "h_1 w_h"),
            "second": ("L_2 h_2", "h_2 w_h"),
            "both": ("L_2 h_2", "h_2 h_1", "h_1 w_h"),
        }[route]
        for arrow in ("h_0 h_1", "h_1 h_2", "h_1 L_1", "h_2 L_2", "w_h h_1", "w_h h_2"):
            start, end = arrow.split()
            on = f"{end} {start}" in back
            canvas.forward(nodes[start], nodes[end], color=CELL_EDGE, width=1.6, shift=0.09 if on else 0)
            if on:
                canvas.backward(nodes[end], nodes[start], shift=0.09, width=2.2)
    return canvas


def fork_at_h() -> Canvas:
    """A recurrent network unrolled over three steps. Solid arrows run forward: from each state h_t, a green dot, one
    goes up to the loss L_t and one goes right into the next step. Dashed red arrows run back: into each dot one comes
    down from the loss of this step and one comes from the right, from the next step, and they add. From the last state
    no arrow goes on, so there nothing comes from the right.
    """
    canvas = Canvas(9.2, 4.0)
    ahead, back = 1.65, 1.35
    canvas.text(0.45, 1.5, "$h_0$", TITLE, H)
    dot: tuple[float, float] | Shape = (0.7, ahead)
    plus: tuple[float, float] | Shape = (0.7, back)
    for t, x in ((1, 1.85), (2, 4.6), (3, 7.35)):
        returns = 9.5 - 1.5 * t
        step = canvas.gate(x, 1.5, TANH, w=0.86, h=0.7)
        with canvas.at(t, unlit=DIM):
            canvas.forward(dot, (step.left[0], ahead), color=H)
            canvas.forward((x - 0.12, 0.62), (x - 0.12, step.bottom[1]), color=X)
        with canvas.at(returns + 1):
            canvas.backward((step.left[0], back), plus)
            canvas.backward((x + 0.12, step.bottom[1]), (x + 0.12, 0.62))
        canvas.text(x, 0.38, f"$x_{t}$", TITLE, X)
        dot, plus = _fork(canvas, x + 0.9, ahead, back)
        loss = canvas.node(x + 1.06, 3.3, f"$L_{t}$", r=0.34)
        with canvas.at(t + 0.5, unlit=DIM):
            canvas.line((step.right[0], ahead), dot, color=H)
            canvas.forward(dot, (dot.x, loss.y - 0.3))
        with canvas.at(returns):
            canvas.backward((plus.x, loss.y - 0.3), plus)
        with canvas.at(returns + 0.5):
            canvas.backward(plus, (step.right[0], back))
        canvas.text(x + 0.66, ahead + 0.28, f"$h_{t}$", TITLE, H)
    with canvas.at(5):
        canvas.text(5.98, 2.45, "from this step's loss", NOTE, GRAD, align="left")
    with canvas.at(4.5, until=6):
        canvas.text(8.5, back - 0.36, "dh_next = 0", NOTE, GRAD)
    with canvas.at(6):
        canvas.text(6.45, back - 0.24, "dh_next", NOTE, GRAD)
    with canvas.at(7.5, until=9):
        canvas.text(3.7, back - 0.24, "dh_next", NOTE, GRAD)
    with canvas.at(9, until=11):
        canvas.text(1.05, back - 0.24, "dh0", NOTE, GRAD)
    return canvas


def one_step_back() -> Canvas:
    """One step, forward in solid and backward in dashed red arrows. The input x_t and the state h_{t-1} enter a box with
    the sum W_xh x + W_hh h + b_h. Out of it comes the pre-activation h-hat, which goes through tanh to h_t. There is the
    fork: up, through W_hy and b_y, to the scores y_t and the loss L_t; and right, to the next step. Back come dy and
    dh_next; from both, dh; then dh-hat; then dx, dh_prev and the gradients of the weights.
    """
    canvas = Canvas(9.2, 4.5)
    ahead, back = 1.95, 1.65
    total = canvas.gate(2.75, 1.8, r"$W_{xh}\,x_t + W_{hh}\,h_{t-1} + b_h$", w=2.75, h=0.66)
    squash = canvas.pill(5.4, 1.8, TANH, w=0.82, h=0.56)
    for start, end, color, label, returned in (
        (0.3, total.left[0], H, "$h_{t-1}$", "dh_prev"),
        (total.right[0], squash.left[0], INK, r"$\hat h_t$", r"$\mathrm{d}\hat h_t$"),
    ):
        canvas.forward((start, ahead), (end, ahead), color=color, label=label)
        canvas.backward((end, back), (start, back), label=returned)
    dot, plus = _fork(canvas, 6.95, ahead, back)
    canvas.line((squash.right[0], ahead), dot, color=H)
    canvas.backward(plus, (squash.right[0], back))
    canvas.text(6.35, ahead + 0.26, "$h_t$", LABEL, H)
    canvas.text(6.35, back - 0.26, r"$\mathrm{d}h_t$", LABEL, GRAD)
    readout = canvas.gate(7.11, 2.85, r"$W_{hy},\,b_y$", w=1.0, h=0.46)
    loss = canvas.node(7.11, 4.05, "$L_t$", r=0.3)
    canvas.forward(dot, (8.9, ahead), color=H)
    canvas.backward((8.9, back), plus, label="dh_next", size=NOTE, at=0.45)
    canvas.text(8.35, ahead + 0.22, "next step", NOTE, MUTED)
    canvas.forward(dot, (dot.x, readout.bottom[1]), color=H)
    canvas.backward((plus.x, readout.bottom[1]), plus)
    canvas.forward((dot.x, readout.top[1]), (dot.x, loss.y - 0.24), label="$y_t$")
    canvas.backward((plus.x, loss.y - 0.24), (plus.x, readout.top[1]), label=r"$\mathrm{d}y_t$")
    canvas.forward((2.1, 0.7), (2.1, total.bottom[1]), color=X)
    canvas.backward((2.35, total.bottom[1]), (2.35, 0.7))
    canvas.backward((3.6, total.bottom[1]), (3.6, 0.7))
    canvas.text(1.95, 0.45, "$x_t$", LABEL, X)
    canvas.text(2.5, 0.45, r"$\mathrm{d}x_t$", LABEL, GRAD)
    canvas.text(4.05, 0.45, r"$\mathrm{d}W_{xh}\;\;\mathrm{d}W_{hh}\;\;\mathrm{d}b_h$", LABEL, GRAD)
    return canvas


def last_error() -> Canvas:
    """Four steps with a loss at the last one only. Dashed red arrows run from the loss L_4 down to the last step, and
    from there to the left, step by step, back to h_0. Above the first three steps stands a zero: no error enters there,
    and yet the gradient passes through them.
    """
    canvas = Canvas(9.2, 3.3)
    middle = 1.35
    before: Shape | tuple[float, float] = (0.8, middle)
    canvas.text(0.5, middle, "$h_0$", TITLE, H)
    for t in range(1, 5):
        x = 0.2 + 2.0 * t
        step = canvas.gate(x, middle, f"$h_{t}$", w=0.8, h=0.6)
        canvas.forward(before, step, color=H, shift=0.1)
        canvas.backward(step, before, shift=0.1)
        canvas.forward((x - 0.1, 0.55), (x - 0.1, middle - 0.3), color=X)
        canvas.backward((x + 0.1, middle - 0.3), (x + 0.1, 0.55))
        canvas.text(x, 0.32, f"$x_{t}$", TITLE, X)
        if t < 4:
            canvas.text(x, 2.15, "$0$", TITLE, MUTED)
        else:
            loss = canvas.node(x, 2.75, "$L_4$", r=0.32)
            canvas.forward(step, loss, color=H, shift=0.1)
            canvas.backward(loss, step, shift=0.1)
        before = step
    canvas.text(5.3, 2.75, "the error enters here, and only here", NOTE, GRAD)
    canvas.backward((7.05, 2.75), (7.8, 2.75))
    return canvas


def chunks() -> Canvas:
    """Six steps in two chunks of three, with a loss at each step. The solid arrow of the state runs through all six. The
    dashed red arrows run back inside each chunk; the one from step 4 to step 3 is missing: the state goes on, the gradient
    stops.
    """
    canvas = Canvas(9.2, 3.5)
    middle = 1.35
    for x, name in ((2.35, "chunk 1"), (7.05, "chunk 2")):
        canvas.box(x, 1.5, 3.3, 2.6, radius=0.2, behind=True)
        canvas.text(x, 3.1, name, NOTE)
    before = None
    for t in range(1, 7):
        there = t if t < 4 else t + 4
        back = 7.5 - t if t < 4 else 18 - t
        x = 0.1 + 1.125 * t + (1.325 if t > 3 else 0)
        step = canvas.gate(x, middle, f"$h_{t}$", w=0.6, h=0.56)
        loss = canvas.node(x, 2.4, f"$L_{t}$", r=0.27)
        with canvas.at(there, unlit=DIM):
            canvas.forward((x, 0.45), step, color=X, width=1.8)
            canvas.forward(step, loss, color=H, shift=0.09, width=1.8)
            if before is None:
                canvas.forward((0.2, middle + 0.1), (step.left[0], middle + 0.1), color=H)
            else:
                canvas.forward(before, step, color=H, shift=0.1)
        with canvas.at(back):
            canvas.backward(loss, step, shift=0.09)
        if before is not None and t != 4:
            with canvas.at(back + 0.5):
                canvas.backward(step, before, shift=0.1)
        before = step
    with canvas.at(8):
        canvas.text(4.7, middle + 0.47, "the state\ngoes on", SMALL, H)
    with canvas.at(15):
        canvas.text(4.7, middle - 0.3, "the gradient\nstops", SMALL, GRAD)
    return canvas


def _fork(canvas: Canvas, x: float, ahead: float, back: float) -> tuple[Shape, Shape]:
    """The dot where a stage's output is copied, and the circle where two gradients add."""
    return canvas.fork(x, ahead, H), canvas.op(x + 0.32, back, "$+$", r=0.14)


FIGURES = {
    "three-routes": three_routes,
    "rnn-fork-at-h": fork_at_h,
    "one-step-back": one_step_back,
    "last-error": last_error,
    "chunks": chunks,
}
