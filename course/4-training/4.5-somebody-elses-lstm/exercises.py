"""The exercises of 4.5 Somebody else's LSTM."""

from types import SimpleNamespace

import numpy as np

from autograde.judging.draw import numbers
from autograde.judging.exercise import Exercise, Written
from autograde.judging.questions import Choice, Convention, Guess, Recall
from lstm_ref import layouts, lstm, peephole

TITLE = "4.5 Somebody else's LSTM"


def a_batch_of_columns(rng, n=3, m=2, T=4):
    return {"x": numbers(rng, n, m, T)}


def weights_for_rows(rng, H=3, D=2):
    return {"Wx": numbers(rng, D, 4 * H), "Wh": numbers(rng, H, 4 * H), "b": numbers(rng, 4 * H)}


def weights_of_ours(rng, H=3, D=2):
    return {"W": numbers(rng, 4, H, H + D), "b": numbers(rng, 4, H)}


def one_coupled_unit(rng):
    return {"dc": 1.3, "c_prev": float(numbers(rng)), "g": float(numbers(rng)), "i": rng.uniform(0.2, 0.8)}


def a_peephole_step(rng, H=5, D=2, dh=1.0, dc_next=1.0):
    W, P = numbers(rng, 4, H, H + D, low=0.15, high=0.6), numbers(rng, 3, H)
    b = np.linspace(-0.7, 0.8, 4 * H).reshape(4, H)
    step = peephole_step(W, P, b, numbers(rng, D), numbers(rng, H), numbers(rng, H))
    return {"W": W, "P": P, "step": step, "dh": dh * numbers(rng, H), "dc_next": dc_next * numbers(rng, H)}


def layout_time_first(x):
    return x.transpose(2, 1, 0)


def layout_from_rows(Wx, Wh, b):
    return tuple(layouts.lstm_from_rows(Wx, Wh, b))


def layout_to_rows(W, b):
    return layouts.lstm_to_rows(lstm.Params(W, b))


def layout_coupled(dc, c_prev, g, i):
    di = dc * (g - c_prev)
    return di * i * (1 - i)


def _kept(step, names):
    return SimpleNamespace(**{name: getattr(step, name) for name in names.split()})


def peephole_step(W, P, b, x, h_prev, c_prev):
    _, _, step = peephole.cell_forward(peephole.Params(W, P, b), x, h_prev, c_prev)
    return _kept(step, "x h_prev c_prev z f i g o c h")


def peephole_backward(W, P, step, dh, dc_next):
    block = peephole.cell_backward(peephole.Params(W, P, np.zeros(W.shape[:2])), step, dh, dc_next)
    return block.dW, block.dP, block.db, block.dx, block.dh_prev, block.dc_prev


EXERCISES = (
    Exercise(
        name="layout_time_first",
        problem=a_batch_of_columns,
        reference=layout_time_first,
        alone="an order of axes, and no computation of a network",
        hints=(
            "Which axis of theirs is our first one? `np.transpose` takes the axes of the old array in the order of the new one.",
            "`x.transpose(..., ..., ...)` with the numbers 0, 1, 2 in the order that you need: time, batch, features.",
        ),
    ),
    Exercise(
        name="layout_from_rows",
        points=3,
        problem=weights_for_rows,
        reference=layout_from_rows,
        outputs=("W", "b"),
        hints=(
            "Three things happen: x and h are joined, columns become rows, the gates change places. Take one after the other.",
            "`np.concatenate([..., ...])` of `Wh` and `Wx`, in the order of `z`, has the shape `(H + D, 4H)`. Its transpose reshapes to `(4, H, H + D)`.",
            "Theirs is i f o g, ours f i g o. Where in theirs does our first gate stand, our second, ...? `W[[...]]` picks them in that order.",
        ),
    ),
    Exercise(
        name="layout_to_rows",
        points=2,
        problem=weights_of_ours,
        reference=layout_to_rows,
        outputs=("Wx", "Wh", "b"),
        hints=(
            "Walk back along your `layout_from_rows`, from its last line to its first.",
            "Gates first, then `reshape(4 * H, H + D)`, then the transpose; its first H rows act on `h`, the others on `x`.",
        ),
    ),
    Exercise(
        name="layout_coupled",
        kind="expression",
        points=2,
        problem=one_coupled_unit,
        reference=layout_coupled,
        alone="an expression in SymPy",
        hints=(
            "$i_t$ stands in two places of $c_t$ now. It is a fork: a term for each.",
            "The two terms have different signs. Then the slope of the sigmoid, as ever.",
        ),
    ),
    Exercise(
        name="peephole_backward",
        points=3,
        problem=a_peephole_step,
        reference=peephole_backward,
        outputs=("dW", "dP", "db", "dx", "dh_prev", "dc_prev"),
        probes={
            "a block where `dh` is zero": {"dh": 0.0},
            "a last block, where `dc_next` is zero": {"dc_next": 0.0},
            "gradients that are large": {"dh": 1000.0, "dc_next": 1000.0},
        },
        hints=(
            "Start from your backward pass of 3.2. Each of the three new lines in the figure adds one term to a gradient that you have, "
            "and one row to `dP`.",
            "In which order? $o_t$ looks at $c_t$, so on the way back `do_hat` must be there before `dc`.",
            "A peephole is $\\hat f_t = \\dots + p_f \\odot c_{t-1}$: a product. It hands `df_hat * c_prev` to $p_f$. And to the "
            "other factor? The same for $p_i$; for $p_o$ it is $c_t$ that was seen.",
        ),
    ),
    Written(
        name="layout_what_to_ask",
        points=2,
        model=(
            "I run both networks on the same small random problem, with one of their weights set at a time if I must, and compare the "
            "outputs at every step and all gradients; a batch, two layers of numbers that differ and no zeros, so that nothing can be exchanged "
            "unseen. Shapes that fit prove nothing: with the gates in another order, or a matrix reshaped where it should be transposed, all "
            "shapes are right and the network is another one. And I read their forward pass for what no layout shows: what each gate "
            "multiplies, whether h is squeezed by a tanh, whether a bias is added at run time."
        ),
        guide=(
            "Same small problem through both, outputs and gradients compared; shapes that fit prove nothing.",
            "Read the forward formulas for conventions that no reordering mends (gates coupled or turned round, no tanh at the output, a bias added at run time).",
        ),
    ),
)

GUESSES = (
    Guess(
        "layout_reshaped",
        "Their `x` has the shape `(n_x, m, T)`, with `m` sequences side by side. You need `(T, m, n_x)` and write `x.reshape(T, m, n_x)`. What happens?",
        {
            "a": Choice(
                "NumPy complains: the axes do not fit",
                "It asks only that the number of entries stays. It does.",
            ),
            "b": Choice(
                "the shape is right, the numbers are mixed, and nothing complains",
                "Reshape never exchanges axes (4.1). The network would train, on sequences that nobody wrote.",
            ),
            "c": Choice(
                "it is what is needed: the sizes are where they belong",
                "The sizes are, and the numbers are not: they are read in their old order.",
            ),
        },
        right="b",
    ),
)

OF_AN_LSTM = {
    "a": Choice(
        "PyTorch's and Keras's: gates i f g o", "It shows in the order: the tanh is on the third part of four."
    ),
    "b": Choice("CS231n's: gates i f o g", "It shows in the order: the tanh is on the last part of four."),
    "c": Choice(
        "TensorFlow 1's: gates i g f o, and a constant on the forget gate",
        "It shows in two places: the tanh is on the second part, and 1 is added to the sum of f.",
    ),
    "d": Choice("coupled gates", "It shows at the cell state: what is kept is `1 - i`, and there is no forget gate."),
    "e": Choice("an output that is not squeezed", "It shows in the last line: `h` is `o * c`, without a tanh."),
}
OF_A_GRU = {
    "a": Choice(
        "PyTorch's, and ours",
        "It shows in two places: `r` scales what the matrix has made, and `z` keeps the old state.",
    ),
    "b": Choice(
        "Cho et al. 2014",
        "It shows in two places: `r` scales the state *before* the matrix, and `z` keeps the old state.",
    ),
    "c": Choice(
        "Chung et al. 2014",
        "It shows in two places: `r` scales the state *before* the matrix, and `z` lets the new one in.",
    ),
    "d": Choice(
        "PyTorch's with $z$ turned round",
        "It shows in two places: `r` scales what the matrix has made, and `z` lets the new state in.",
    ),
}

_ROWS = """
def step(x, h, c, Wx, Wh, b):
    sums = x @ Wx + h @ Wh + b
"""
_GRU = """
def step(x, h, W, U, b, b_q):
    r, z = (sigmoid(W[k] @ x + U[k] @ h + b[k]) for k in range(2))
"""

CONVENTIONS = (
    Convention(
        "i f g o",
        "lstm_step",
        _ROWS
        + """    one, two, three, four = np.split(sums, 4)
    c = sigmoid(two) * c + sigmoid(one) * np.tanh(three)
    return sigmoid(four) * np.tanh(c), c
""",
        OF_AN_LSTM,
        right="a",
    ),
    Convention(
        "i f o g",
        "lstm_step",
        _ROWS
        + """    one, two, three, four = np.split(sums, 4)
    c = sigmoid(two) * c + sigmoid(one) * np.tanh(four)
    return sigmoid(three) * np.tanh(c), c
""",
        OF_AN_LSTM,
        right="b",
    ),
    Convention(
        "i g f o",
        "lstm_step",
        _ROWS
        + """    one, two, three, four = np.split(sums, 4)
    c = sigmoid(three + 1) * c + sigmoid(one) * np.tanh(two)
    return sigmoid(four) * np.tanh(c), c
""",
        OF_AN_LSTM,
        right="c",
    ),
    Convention(
        "coupled gates",
        "lstm_step",
        _ROWS
        + """    one, two, three = np.split(sums, 3)
    i = sigmoid(one)
    c = c - i * c + i * np.tanh(two)
    return sigmoid(three) * np.tanh(c), c
""",
        OF_AN_LSTM,
        right="d",
    ),
    Convention(
        "h = o c",
        "lstm_step",
        _ROWS
        + """    gates = sigmoid(sums)
    i, f, _, o = np.split(gates, 4)
    c = f * c + i * np.tanh(np.split(sums, 4)[2])
    return o * c, c
""",
        OF_AN_LSTM,
        right="e",
    ),
    Convention(
        "r after the matrix, z keeps",
        "gru_step",
        _GRU
        + """    n = np.tanh(W[2] @ x + b[2] + r * (U[2] @ h + b_q))
    return n + z * (h - n)
""",
        OF_A_GRU,
        right="a",
    ),
    Convention(
        "r before the matrix, z keeps",
        "gru_step",
        _GRU
        + """    n = np.tanh(W[2] @ x + b[2] + U[2] @ (r * h) + b_q)
    return z * h + (1 - z) * n
""",
        OF_A_GRU,
        right="b",
    ),
    Convention(
        "r before the matrix, z lets in",
        "gru_step",
        _GRU
        + """    n = np.tanh(W[2] @ x + b[2] + U[2] @ (r * h) + b_q)
    return h + z * (n - h)
""",
        OF_A_GRU,
        right="c",
    ),
    Convention(
        "r after the matrix, z lets in",
        "gru_step",
        _GRU
        + """    n = np.tanh(W[2] @ x + b[2] + r * (U[2] @ h + b_q))
    return (1 - z) * h + z * n
""",
        OF_A_GRU,
        right="d",
    ),
)
"""For ``practice(level=4)``."""

RECALL = (
    Recall(
        "Their gates stand in the order i f o g, ours in f i g o. At which place, counted from 0, is our g in theirs?",
        (3,),
        "At 3, the last.",
    ),
    Recall(
        "Coupled gates: `f = 1 - i`. In how many places of the new cell state does `i` stand?",
        (2, "two"),
        "Two: it lets the new in, and the old out. A fork.",
    ),
    Recall(
        "An LSTM with peepholes: which gate looks at the *new* cell state, f, i or o?",
        ("o", "output", "the output gate", "output gate"),
        "The output gate: it is computed after the new cell state.",
    ),
)
