"""Figures of 2.2: three routes through two steps, the fork at h, one step back, the last error's way, and chunks."""

from course.figures.draw import CELL_EDGE, FAINT, GRAD, INK, LABEL, MUTED, NOTE, TANH, TITLE, Canvas, H, X
from course.figures.geometry import Shape

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
            name: canvas.node(left + x, y, f"${name}$", H if name[0] == "h" else INK, r=0.26) for name, (x, y) in at.items()
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
    canvas = Canvas(9.2, 4.1)
    middle = 1.55
    before: Shape | tuple[float, float] = (0.75, middle)
    canvas.text(0.5, middle, "$h_0$", TITLE, H)
    for t, x in ((1, 2.05), (2, 4.75), (3, 7.45)):
        step = canvas.gate(x, middle, TANH, w=0.86, h=0.66)
        dot = canvas.fork(x + 1.05, middle, H)
        loss = canvas.node(x + 1.05, 3.4, f"$L_{t}$", r=0.32)
        canvas.forward(before, step, color=H, shift=0.1)
        canvas.backward(step, before, shift=0.1)
        canvas.forward((x - 0.1, 0.62), (x - 0.1, middle - 0.33), color=X)
        canvas.backward((x + 0.1, middle - 0.33), (x + 0.1, 0.62))
        canvas.text(x, 0.38, f"$x_{t}$", TITLE, X)
        canvas.forward(step, dot, color=H, shift=0.1)
        canvas.backward(dot, step, shift=0.1)
        canvas.forward(dot, loss, shift=0.1)
        canvas.backward(loss, dot, shift=0.1)
        canvas.text(x + 1.05 - 0.32, middle + 0.36, f"$h_{t}$", TITLE, H)
        before = dot
    canvas.text(6.0, 2.6, "from this step's loss", NOTE, GRAD, align="left")
    canvas.text(5.95, 1.05, "from the next step:", NOTE, GRAD, align="left")
    canvas.text(5.95, 0.78, "dh_next", NOTE, GRAD, align="left")
    return canvas


def one_step_back() -> Canvas:
    """One step, forward in solid and backward in dashed red arrows. The input x_t and the state h_{t-1} enter a box with
    the sum W_xh x + W_hh h + b_h. Out of it comes the pre-activation h-hat, which goes through tanh to h_t. There is the
    fork: up, through W_hy and b_y, to the scores y_t and the loss L_t; and right, to the next step. Back come dy and
    dh_next; from both, dh; then dh-hat; then dx, dh_prev and the gradients of the weights.
    """
    canvas = Canvas(9.2, 4.6)
    middle = 1.9
    total = canvas.gate(2.75, middle, r"$W_{xh}\,x_t + W_{hh}\,h_{t-1} + b_h$", w=2.75, h=0.62)
    squash = canvas.pill(5.45, middle, TANH, w=0.82, h=0.5)
    dot = canvas.fork(7.1, middle, H)
    readout = canvas.gate(7.1, 2.95, r"$W_{hy},\,b_y$", w=1.0, h=0.46)
    loss = canvas.node(7.1, 4.1, "$L_t$", r=0.3)
    for start, end, color, ahead, back in (
        ((0.3, middle), total, H, "", ""),
        (total, squash, INK, r"$\hat h_t$", r"$\mathrm{d}\hat h_t$"),
        (squash, dot, H, "$h_t$", r"$\mathrm{d}h_t$"),
        (dot, (8.85, middle), H, "", "dh_next"),
        (dot, readout, H, "", ""),
        (readout, loss, INK, "$y_t$", r"$\mathrm{d}y_t$"),
        ((2.2, 0.75), (2.2, middle - 0.31), X, "", ""),
    ):
        canvas.forward(start, end, color=color, shift=0.1, label=ahead)
        canvas.backward(end, start, shift=0.1, label=back, size=NOTE if back == "dh_next" else LABEL)
    canvas.text(0.75, middle + 0.38, "$h_{t-1}$", LABEL, H)
    canvas.text(0.75, middle - 0.38, r"$\mathrm{d}h_{t-1}$", LABEL, GRAD)
    canvas.text(1.85, 0.5, "$x_t$", LABEL, X)
    canvas.text(2.5, 0.5, r"$\mathrm{d}x_t$", LABEL, GRAD)
    canvas.backward((3.6, middle - 0.31), (3.6, 0.75))
    canvas.text(4.15, 0.5, r"$\mathrm{d}W_{xh}\;\;\mathrm{d}W_{hh}\;\;\mathrm{d}b_h$", LABEL, GRAD)
    canvas.text(8.2, middle + 0.34, "next step", NOTE, MUTED)
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
    canvas.text(4.2, 2.75, "the error enters here, and only here", NOTE, GRAD)
    canvas.backward((6.3, 2.75), (7.75, 2.75))
    return canvas


def chunks() -> Canvas:
    """Six steps in two chunks of three, with a loss at each step. The solid arrow of the state runs through all six. The
    dashed red arrows run back inside each chunk; the one from step 4 to step 3 is missing: the state goes on, the gradient
    stops.
    """
    canvas = Canvas(9.2, 3.9)
    middle = 1.5
    for left, name in ((0.85, "chunk 1"), (5.25, "chunk 2")):
        canvas.box(left + 1.55, 1.75, 3.5, 2.6, radius=0.2, behind=True)
        canvas.text(left + 1.55, 3.42, name, NOTE)
    before: Shape | tuple[float, float] = (0.2, middle + 0.1)
    for t in range(1, 7):
        x = 0.2 + 1.2 * t + (0.8 if t > 3 else 0)
        step = canvas.gate(x, middle, f"$h_{t}$", w=0.62, h=0.56)
        loss = canvas.node(x, 2.6, f"$L_{t}$", r=0.28)
        canvas.forward((x, 0.7), step, color=X, width=1.8)
        canvas.forward(step, loss, color=H, shift=0.09, width=1.8)
        canvas.backward(loss, step, shift=0.09)
        if isinstance(before, Shape):
            canvas.forward(before, step, color=H, shift=0.1)
            if t != 4:
                canvas.backward(step, before, shift=0.1)
        else:
            canvas.forward(before, (step.left[0], middle + 0.1), color=H)
        before = step
    canvas.text(4.6, middle + 0.42, "", NOTE)
    canvas.text(4.6, 0.22, "between the chunks the state goes on and the gradient stops", NOTE, MUTED)
    return canvas


FIGURES = {
    "three-routes": three_routes,
    "fork-at-h": fork_at_h,
    "one-step-back": one_step_back,
    "last-error": last_error,
    "chunks": chunks,
}
