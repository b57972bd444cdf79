"""The figure of 4.3: the GRU block."""

from course.figures.draw import LABEL, SIGMA, TANH, TITLE, Canvas, H, X

TOP, SEAT, PAST, INPUT = 4.1, 2.05, 1.35, 0.72
"""Heights: the state, the gates, the line of h_{t-1} below them, the line of x_t."""


def gru_block() -> Canvas:
    """The GRU block. The state runs along the top: h_{t-1} is multiplied by z_t, then (1 - z_t) times n_t is added, giving h_t.
    Below, h_{t-1} and x_t feed the update gate z_t and the reset gate r_t. U_n makes q_t from h_{t-1} alone; r_t times
    q_t goes, together with x_t, into a tanh that gives the candidate n_t.
    """
    canvas = Canvas(9.2, 4.7)
    canvas.box(4.6, 2.5, 6.9, 4.1, radius=0.25, behind=True)
    z, r = canvas.gate(2.3, SEAT, SIGMA), canvas.gate(3.7, SEAT, SIGMA)
    q = canvas.box(5.0, SEAT, 0.66, 0.46, "$U_n$", radius=0.08)
    reset, n = canvas.op(5.0, 2.92, r"$\odot$"), canvas.gate(6.2, 2.92, TANH)
    keep, write, add = (
        canvas.op(2.3, TOP, r"$\odot$"),
        canvas.op(7.3, 3.48, r"$\odot$"),
        canvas.op(7.3, TOP, "$+$"),
    )
    rest = canvas.pill(4.4, 3.48, "$1 - z_t$", w=1.05)

    split = canvas.fork(1.5, TOP, H)
    canvas.line((0.35, TOP), split, color=H, width=2.6)
    canvas.forward(split, keep, color=H, width=2.6)
    canvas.forward(keep, add, color=H, width=2.6)
    canvas.forward(add, (8.85, TOP), color=H, width=2.6)
    canvas.forward(split, q, via=[(1.5, PAST), (5.0, PAST)], color=H)
    canvas.forward((0.35, INPUT), n, via=[(6.2, INPUT)], color=X)
    for gate in (z, r):
        for x, low, color in ((gate.x - 0.14, PAST, H), (gate.x + 0.14, INPUT, X)):
            canvas.forward(canvas.fork(x, low, color), (x, gate.bottom[1]), color=color)

    canvas.forward(z, keep)
    canvas.forward(canvas.fork(2.3, 3.48), rest)
    canvas.forward(rest, write)
    canvas.forward(r, reset, via=[(3.7, reset.y)])
    canvas.forward(q, reset)
    canvas.forward(reset, n)
    canvas.forward(n, write, via=[(7.3, n.y)])
    canvas.forward(write, add)

    for x, y, name, color in (
        (0.68, TOP + 0.27, "$h_{t-1}$", H),
        (8.5, TOP + 0.27, "$h_t$", H),
        (0.6, INPUT + 0.25, "$x_t$", X),
    ):
        canvas.text(x, y, name, TITLE, color)
    for x, y, name in ((2.57, 2.9, "$z_t$"), (3.95, 2.68, "$r_t$"), (5.25, 2.5, "$q_t$"), (7.05, 2.66, "$n_t$")):
        canvas.text(x, y, name, LABEL)
    return canvas


FIGURES = {"gru-block": gru_block}
