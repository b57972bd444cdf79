"""Figures of 3.1: the LSTM block."""

from course.figures.draw import NOTE, SIGMA, TANH, C, Canvas, H, X


def lstm_cell() -> Canvas:
    """The LSTM block. The cell state runs along the top: c_{t-1} is multiplied by the forget gate f_t, then i_t
    times g_t is added, giving c_t. Below, h_{t-1} and x_t feed four gates: sigmoid for f_t, i_t and o_t, tanh for the
    candidate g_t. c_t forks: right to the next block, and down through tanh, times o_t, to give h_t.
    """
    canvas = Canvas(9.2, 4.7)
    canvas.box(4.6, 2.65, 6.6, 3.7, radius=0.25, behind=True)
    state, gates, bus = 3.85, 2.05, 1.3
    column = {"f": 2.2, "i": 3.35, "g": 4.35, "o": 5.6}
    out = 6.75

    keep, add = canvas.op(column["f"], state, r"$\odot$"), canvas.op(column["g"], state, "$+$")
    write, emit = canvas.op(column["g"], 3.05, r"$\odot$"), canvas.op(out, 2.48, r"$\odot$")
    squash = canvas.pill(out, 3.22, TANH)
    gate = {k: canvas.gate(x, gates, TANH if k == "g" else SIGMA) for k, x in column.items()}

    canvas.forward((0.35, state), keep, color=C, width=3)
    canvas.forward(keep, add, color=C, width=3)
    canvas.forward(add, (8.85, state), color=C, width=3)
    canvas.forward(canvas.fork(out, state, C), squash, color=C)
    canvas.forward(squash, emit)
    canvas.forward(emit, (8.85, bus), via=[(out, bus)], color=H, width=2.4)

    canvas.forward((0.35, bus), gate["o"], via=[(column["o"], bus)], color=H)
    for k in "fig":
        canvas.forward(canvas.fork(column[k], bus, H), gate[k], color=H)
    canvas.line((1.75, 0.25), canvas.fork(1.75, bus, X), color=X, width=2.4)

    canvas.forward(gate["f"], keep, label="$f_t$", flip=True)
    canvas.forward(gate["i"], write, via=[(column["i"], write.y)])
    canvas.forward(gate["g"], write, label="$g_t$", flip=True)
    canvas.forward(write, add)
    canvas.forward(gate["o"], emit, via=[(column["o"], emit.y)], label="$o_t$", at=0.55)
    canvas.text(3.12, 2.65, "$i_t$")

    for x, y, name, color in (
        (0.65, state, "$c_{t-1}$", C),
        (8.45, state, "$c_t$", C),
        (0.65, bus, "$h_{t-1}$", H),
        (8.45, bus, "$h_t$", H),
        (2.0, 0.2, "$x_t$", X),
    ):
        canvas.text(x, y + 0.27, name, 18, color)
    canvas.text(5.55, 4.2, r"$c_t = f_t \odot c_{t-1} + i_t \odot g_t$", NOTE, C)
    return canvas


FIGURES = {"lstm-cell": lstm_cell}
