"""Figures of 3.1: the LSTM block, growing stage by stage, and three blocks in a row."""

from course.figures.block import GATED, JOINED, KEPT, RIGHT, SHOWN, SUMS, WRITTEN, block
from course.figures.draw import TITLE, C, Canvas, H, X
from course.figures.geometry import Shape


def lstm_concatenate() -> Canvas:
    """The block with its first stage. The last output h_{t-1}, from the left, and the input x_t, from below, meet at a
    bar and leave it as z_t. Beside it, z_t as a stack: the H numbers of h_{t-1} first, the D numbers of x_t after them.
    """
    return block(JOINED)


def lstm_sums() -> Canvas:
    """Second stage. z_t forks into four boxes with the weights W_f, W_i, W_g and W_o. Out of them come four sums:
    f hat, i hat, g hat and o hat.
    """
    return block(SUMS)


def lstm_gates() -> Canvas:
    """Third stage. The four boxes now end in an activation: sigma for f_t, i_t and o_t, which lie between 0 and 1, and
    tanh for g_t, which lies between -1 and 1.
    """
    return block(GATED)


def lstm_keep() -> Canvas:
    """Fourth stage. The cell state c_{t-1} comes in at the top left and is multiplied, entry by entry, by the forget gate
    f_t. The other three gates are not used yet.
    """
    return block(KEPT)


def lstm_write() -> Canvas:
    """Fifth stage. i_t times g_t, entry by entry, is added to what was kept. The sum leaves on the right as the new cell
    state c_t. The output gate o_t is not used yet.
    """
    return block(WRITTEN)


def lstm_cell() -> Canvas:
    """The LSTM block. The cell state runs along the top: c_{t-1} is multiplied by the forget gate f_t, then i_t
    times g_t is added, giving c_t. Below, h_{t-1} and x_t are joined and feed four gates: sigmoid for f_t, i_t and o_t,
    tanh for the candidate g_t. c_t forks: right to the next block, and down through tanh, times o_t, to give h_t.
    """
    return block(SHOWN)


def lstm_unrolled() -> Canvas:
    """Three LSTM blocks in a row. Two lines run from each block to the next: the cell state c on top, the output h below.
    On the left c_0 and h_0 come in. Each block reads its own input, x_1, x_2, x_3. Each output h_t forks: down to its
    loss L_t, and right to the next block.
    """
    canvas = Canvas(9.2, 3.5)
    upper, lower, low = 2.75, 1.95, 0.55
    before: Shape | None = None
    for t, x in ((1, 1.95), (2, 4.6), (3, 7.25)):
        cell = canvas.box(x, 2.35, 1.25, 1.6, "LSTM")
        start = before.right[0] if before else 0.62
        canvas.forward((start, upper), (cell.left[0], upper), color=C, width=3)
        canvas.forward((start, lower), (cell.left[0], lower), color=H, width=2.4)
        canvas.forward((x, low + 0.25), cell, color=X)
        canvas.text(x, low, f"$x_{t}$", TITLE, X)
        loss = canvas.node(x + 1.05, low, f"$L_{t}$", r=0.28)
        canvas.forward(canvas.fork(loss.x, lower, H), loss, color=H, width=1.8)
        canvas.text(loss.x, upper + 0.25, f"$c_{t}$", TITLE, C)
        canvas.text(loss.x + 0.05, lower + 0.25, f"$h_{t}$", TITLE, H)
        before = cell
    canvas.forward((before.right[0], upper), (RIGHT, upper), color=C, width=3)
    canvas.forward((before.right[0], lower), (RIGHT, lower), color=H, width=2.4)
    canvas.text(0.35, upper, "$c_0$", TITLE, C)
    canvas.text(0.35, lower, "$h_0$", TITLE, H)
    return canvas


FIGURES = {
    "lstm-concatenate": lstm_concatenate,
    "lstm-sums": lstm_sums,
    "lstm-gates": lstm_gates,
    "lstm-keep": lstm_keep,
    "lstm-write": lstm_write,
    "lstm-cell": lstm_cell,
    "lstm-unrolled": lstm_unrolled,
}
