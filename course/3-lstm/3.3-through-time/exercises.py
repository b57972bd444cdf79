"""The exercises of 3.3 Through time."""

from types import SimpleNamespace

import numpy as np

from autograde.judging.draw import numbers
from autograde.judging.exercise import Exercise, Written
from autograde.judging.questions import Choice, Guess, Recall
from lstm_ref import lstm, stages

TITLE = "3.3 Through time"


def _weights(rng, H, D):
    return {"W": numbers(rng, 4, H, H + D), "b": numbers(rng, 4, H)}


def lstm_forward(W, b, x, h0, c0):
    _, _, steps = lstm.sweep_forward(lstm.Params(W, b), x, h0, c0)
    return [SimpleNamespace(**step._asdict()) for step in steps]


def a_sequence_back(rng, T=3, H=4, D=2, many_to_one=False, steep=1.0):
    """A forward pass and gradients to send back, `steep` times as large: on every h and on the last c, or on the last h alone."""
    weights = _weights(rng, H, D)
    steps = lstm_forward(**weights, x=numbers(rng, T, D), h0=numbers(rng, H), c0=numbers(rng, H))
    dh_loss, dc_T = steep * numbers(rng, T, H), steep * numbers(rng, H)
    if many_to_one:
        dh_loss[:-1], dc_T = 0, 0 * dc_T
    return {"W": weights["W"], "steps": steps, "dh_loss": dh_loss, "dc_T": dc_T}


def what_arrives(rng, H=4, steep=1.0):
    step = a_sequence_back(rng, T=1, H=H)["steps"][0]
    return {"step": step, "dh_in": steep * numbers(rng, H), "dc_in": steep * numbers(rng, H)}


def edges_to_learn(rng, T=3, H=4, D=2, updates=3):
    data = {"x": numbers(rng, T, D), "target": numbers(rng, T, H) / 2, "h0": numbers(rng, H), "c0": numbers(rng, H)}
    return _weights(rng, H, D) | data | {"rate": rng.uniform(0.5, 0.9), "updates": updates}


def _params(W):
    """These weights, and biases of zero: a way back never sees the biases."""
    return lstm.Params(W, np.zeros(W.shape[:2]))


def sweep_arrivals(W, steps, dh_loss, dc_T):
    _, blocks = lstm.sweep_backward(_params(W), steps, dh_loss, dc_T)
    return np.stack([block.dh for block in blocks]), np.stack([block.dc_next for block in blocks])


def sweep_backward(W, steps, dh_loss, dc_T):
    gradients, _ = lstm.sweep_backward(_params(W), steps, dh_loss, dc_T)
    return *gradients.params, gradients.x, gradients.h0, gradients.c0


def sweep_row(step, dh_in, dc_in):
    do, dc = lstm.output_backward(step, dh_in, dc_in)
    df, di, dg, _ = lstm.update_backward(step, dc)
    dW, _ = lstm.weights_backward(step, *lstm.gates_backward(step, df, di, dg, do))
    return dW[0], dW[3]


def sweep_learn_edges(W, b, x, target, h0, c0, rate, updates):
    params = lstm.Params(W, b)
    for _ in range(updates):
        h, _, steps = lstm.sweep_forward(params, x, h0, c0)
        gradients, _ = lstm.sweep_backward(params, steps, stages.squared_error_backward(h, target))
        h0 = h0 - rate * gradients.h0
        c0 = c0 - rate * gradients.c0
    return h0, c0


EXERCISES = (
    Exercise(
        name="sweep_arrivals",
        points=2,
        problem=a_sequence_back,
        reference=sweep_arrivals,
        outputs=("dh_in", "dc_in"),
        hints=(
            "Begin at the last block. From the right nothing arrives along `h`, and `dc_T` along `c`.",
            "`lstm_step_backward` returns `dh_prev` and `dc_prev` last. For the block before, these are what arrives from the right.",
            "In the loop over `reversed(range(T))`: note what arrives at block `t`, call `lstm_step_backward` with it, keep its last two "
            "results for the next turn.",
        ),
        probes={"one block": {"T": 1}, "a longer sequence": {"T": 12}, "gradients that are large": {"steep": 1000.0}},
    ),
    Exercise(
        name="sweep_backward",
        points=5,
        problem=a_sequence_back,
        reference=sweep_backward,
        outputs=("dW", "db", "dx", "dh0", "dc0"),
        draws=2,
        hints=(
            "It is `sweep_arrivals` with eyes open: the same loop, and now the first three results are kept too.",
            "`W` and `b` are used in every block, so their gradients add up. Each `x[t]` is used once.",
            "When the loop is through, what would be handed to a block before the first? Those are the gradients of `h0` and `c0`.",
        ),
        probes={
            "one block": {"T": 1},
            "a loss at the last step alone": {"many_to_one": True},
            "a longer sequence": {"T": 12},
            "gradients that are large": {"steep": 1000.0},
        },
    ),
    Exercise(
        name="sweep_row",
        points=2,
        problem=what_arrives,
        reference=sweep_row,
        outputs=("dW_f", "dW_o"),
        hints=(
            "The road to $W_f$: from `h` to `c` (two local derivatives), add what arrives at `c`, on to `f`, to its hat, to the weight.",
            "The road to $W_o$ leaves `h` by the other branch: the output gate multiplies $\\tanh(c)$. No `c` fork there.",
            "The last step of each road is an outer product: `np.outer(df_hat, step.z)`.",
        ),
        probes={"gradients that are large": {"steep": 4000.0}},
    ),
    Exercise(
        name="sweep_learn_edges",
        points=2,
        problem=edges_to_learn,
        reference=sweep_learn_edges,
        outputs=("h0", "c0"),
        hints=(
            "Each update: forward from the present edges, `dh_loss`, your sweep, and then a step downhill for both.",
            "The loss is half the squared error, so `dh_loss` is `h - target`, and it does not see the last cell state: `dc_T` is zero.",
            "`h = np.array([step.h for step in steps])`. Write `h0 = h0 - ...`, not `h0 -= ...`: the caller's array is not yours.",
        ),
        probes={"one update": {"updates": 1}, "a longer sequence": {"T": 12, "updates": 1}},
    ),
    Written(
        name="two_wires",
        points=2,
        model=(
            "Between blocks my sweep carries two arrays. dh_next is what comes back along h: it starts at zero, is added to the "
            "step's own loss at the fork of h, and ends as the gradient of h0. dc_next comes back along the cell state: it starts as "
            "dc_T, is added at the fork of c to what came up from h, and ends as the gradient of c0. W is used by every block, so a "
            "nudge of W moves all of them and their contributions add. An input x_t is read by one block alone."
        ),
        guide=(
            "Along h: starts at zero, meets the step's own loss at the fork of h, ends as the gradient of h0.",
            "Along c: starts as dc_T, meets what comes up from h at the fork of c, ends as the gradient of c0.",
            "W is shared by all blocks, so each adds a row; x_t is used once.",
        ),
    ),
)

GUESSES = (
    Guess(
        "rows_that_vanish",
        "Three blocks, a loss at the last step only. Which of the three rows of dW are zero?",
        {
            "a": Choice(
                "Rows 1 and 2: no loss, no gradient.",
                "Their own losses say nothing. But the loss of block 3 depends on what blocks 1 and 2 handed on, and it comes back along both wires.",
            ),
            "b": Choice(
                "Row 3.",
                "It is the one that hears the loss first. With a loss at the *first* step only, rows 2 and 3 would be zero.",
            ),
            "c": Choice("None.", "Yes: zero plus what arrives from the right."),
        },
        right="c",
    ),
)

RECALL = (
    Recall(
        "How many wires carry gradients from one LSTM block to the block before? A number.",
        (2, "two"),
        "Two: along $h$ and along $c$.",
    ),
    Recall(
        "At the last block, what arrives from the right along $h$? A number.",
        (0, "zero", "zeros"),
        "Zero: there is no next block.",
    ),
    Recall(
        "With a loss at the last step alone, are the first block's contributions to `dW` zero? Answer `yes` or `no`.",
        ("no",),
        "No: errors come back to it along both wires.",
    ),
    Recall(
        "In which order does a backward pass visit the blocks: `first to last` or `last to first`?",
        ("last to first", "last"),
        "Last to first: a block needs what the next one hands it.",
    ),
    Recall(
        "The same `W` serves all blocks. Are the blocks' contributions to `dW` added or averaged?",
        ("added", "add", "summed", "they are added"),
        "Added: one row for each block.",
    ),
)
