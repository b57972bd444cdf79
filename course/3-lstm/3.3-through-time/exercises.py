"""The exercises of 3.3 Through time."""

from types import SimpleNamespace

import numpy as np

from autograde.asking.given import Given
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


def a_sequence_back(rng, T=3, H=4, D=2, many_to_one=False):
    """A forward pass and gradients to send back: on every h and on the last c, or on the last h alone."""
    weights = _weights(rng, H, D)
    steps = lstm_forward(**weights, x=numbers(rng, T, D), h0=numbers(rng, H), c0=numbers(rng, H))
    dh_loss, dc_T = numbers(rng, T, H), numbers(rng, H)
    if many_to_one:
        dh_loss[:-1], dc_T = 0, 0 * dc_T
    return {"W": weights["W"], "steps": steps, "dh_loss": dh_loss, "dc_T": dc_T}


def a_loss_on_h(rng, **options):
    problem = a_sequence_back(rng, **options)
    del problem["dc_T"]
    return problem


def one_block(rng, H=3, D=2):
    weights = _weights(rng, H, D)
    (step,) = lstm_forward(**weights, x=numbers(rng, 1, D), h0=numbers(rng, H), c0=numbers(rng, H))
    return {"W": weights["W"], "step": step, "dh": numbers(rng, H), "dc_next": numbers(rng, H)}


def what_arrives(rng):
    problem = one_block(rng, H=4)
    return {"step": problem["step"], "dh_in": problem["dh"], "dc_in": problem["dc_next"]}


def edges_to_learn(rng, T=3, H=4, D=2, updates=3):
    data = {"x": numbers(rng, T, D), "target": numbers(rng, T, H) / 2, "h0": numbers(rng, H), "c0": numbers(rng, H)}
    return _weights(rng, H, D) | data | {"rate": rng.uniform(0.5, 0.9), "updates": updates}


def a_backward_to_test(rng, linear=False):
    w, b = numbers(rng, 5), 0 if linear else numbers(rng, 5)
    return {"backward": Given("linear", (w, b)), "dh_loss": numbers(rng, 5)}


def a_fork(rng):
    o_1, f_2 = rng.uniform(0.2, 0.8, 2)
    return {"dh_1": 1.3, "dc_2": -0.6, "o_1": o_1, "f_2": f_2, "c_1": float(numbers(rng))}


def _params(W):
    """These weights, and biases of zero: a way back never sees the biases."""
    return lstm.Params(W, np.zeros(W.shape[:2]))


def block_backward(W, step, dh, dc_next):
    block = lstm.cell_backward(_params(W), step, dh, dc_next)
    return block.dW, block.db, block.dx, block.dh_prev


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


def sweep_as_printed(W, steps, dh_loss):
    T, H = dh_loss.shape
    params = _params(W)
    dW = np.zeros(W.shape)
    dh_next = np.zeros(H)
    fork = np.zeros(H)
    for t in reversed(range(T)):
        block = lstm.cell_backward(params, steps[t], dh_loss[t] + dh_next, fork)
        dW = dW + block.dW
        dh_next = block.dh_prev
        fork = steps[t].f
    return dW


def relative_error(found, wanted):
    return np.abs(found - wanted).max() / np.abs(wanted).max()


def sweep_linearity(backward, dh_loss):
    once = backward(dh_loss)
    twice = backward(2 * dh_loss)
    return relative_error(twice, 2 * once)


def sweep_fork(dh_1, dc_2, o_1, f_2, c_1):
    first = SimpleNamespace(o=o_1, c=c_1)
    second = SimpleNamespace(c_prev=c_1, f=f_2, i=np.nan, g=np.nan)  # what it writes plays no part at the fork
    _, _, _, dc_next = lstm.update_backward(second, dc_2)
    _, dc_1 = lstm.output_backward(first, dh_1, dc_next)
    return dc_1


SWEPT = ("dW", "db", "dx", "dh0", "dc0")
OF_A_BLOCK = ("dW", "db", "dx", "dh_prev")


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
        probes={"one block": {"T": 1}},
    ),
    Exercise(
        name="sweep_backward",
        points=5,
        problem=a_sequence_back,
        reference=sweep_backward,
        outputs=SWEPT,
        draws=2,
        hints=(
            "It is `sweep_arrivals` with eyes open: the same loop, and now the first three results are kept too.",
            "`W` and `b` are used in every block, so their gradients add up. Each `x[t]` is used once.",
            "When the loop is through, what would be handed to a block before the first? Those are the gradients of `h0` and `c0`.",
        ),
        probes={"one block": {"T": 1}, "a loss at the last step alone": {"many_to_one": True}},
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
        probes={"one update": {"updates": 1}},
    ),
    Exercise(
        name="sweep_as_printed",
        points=2,
        problem=a_loss_on_h,
        reference=sweep_as_printed,
        hints=(
            "Your sweep, with another thing handed along the wire of `c`.",
            "`lstm_step_backward` adds its last argument at the `c` fork. What does the printed formula add there?",
            "At the end of each turn, keep `steps[t].f`: it is the *next* block's forget gate for the block that comes now.",
        ),
        probes={"one block": {"T": 1}},
    ),
    Exercise(
        name="sweep_linearity",
        points=1,
        problem=a_backward_to_test,
        reference=sweep_linearity,
        alone="a property of any backward pass, measured with the notebook's own relative error",
        hints=(
            "Two calls of `backward`: with `dh_loss` and with `2 * dh_loss`.",
            "`relative_error(found, wanted)`: found is the gradient of the doubled loss, wanted is twice the gradient of the single one.",
        ),
        probes={"a backward pass that passes": {"linear": True}},
    ),
    Written(
        name="why_f_multiplies",
        points=3,
        model=(
            "At a fork one adds derivatives of the same loss. Their two terms have the same thing below the line, the cell state, but not "
            "the same thing above it: one says how the error moves, the other how the next cell state moves. A movement of the next cell "
            "state is not yet a movement of the error; it has to be multiplied by how the error moves with it. So the branch is the "
            "derivative at the next cell state times the forget gate, and doubles with the loss. The printed term does not: it is "
            "there even when there is no error at all."
        ),
        guide=(
            "Terms that meet at a fork must be derivatives of the same thing, the loss, with respect to the same thing.",
            "The forget gate is a local derivative of one cell state with respect to the one before; it says nothing of the loss until it "
            "is multiplied by the derivative of the loss with respect to the next cell state.",
            "A sign of it: the printed term does not grow with the loss, and stays when the loss is zero.",
        ),
    ),
    Exercise(
        name="sweep_fork",
        kind="expression",
        points=2,
        problem=a_fork,
        reference=sweep_fork,
        hints=(
            "Two routes leave $c_1$. Walk each back from the loss: what is known at its end, times the local derivatives on the way.",
            "Through $h_1$: three factors. Through $c_2$: two.",
        ),
    ),
    Exercise(
        name="mended_sweep",
        points=1,
        problem=a_sequence_back,
        reference=sweep_backward,
        outputs=SWEPT,
        hints=(
            "One block is right and three are not. So what is wrong lies between the blocks.",
            "`dh_prev` and `dc_prev` come back in every turn. Where are they used?",
        ),
        probes={"one block": {"T": 1}},
    ),
    Exercise(
        name="mended_slopes",
        points=1,
        problem=one_block,
        reference=block_backward,
        outputs=OF_A_BLOCK,
        hints=(
            "All four gates are wrong. What do their four lines have in common?",
            "`d_sigmoid(z)` wants what goes *into* the sigmoid. Which field of `step` holds it for the forget gate?",
        ),
    ),
    Exercise(
        name="mended_gate",
        points=1,
        problem=one_block,
        reference=block_backward,
        outputs=OF_A_BLOCK,
        hints=(
            "One gate alone is wrong, and `dx` and `dh_prev` because they hear of it.",
            "Hold the line of that gate against the line of the forget gate.",
        ),
    ),
    Exercise(
        name="mended_fork",
        points=1,
        problem=a_sequence_back,
        reference=sweep_backward,
        outputs=SWEPT,
        hints=(
            "In one block everything is right but `dc0`, which is what that block passes on along `c`.",
            "The line that makes what is passed on along `c`: does it double when `dc` doubles?",
        ),
        probes={"one block": {"T": 1}},
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
    Guess(
        "nearly_right",
        "How many of the twelve still point nearly the right way, with a median cosine of 0.8 or more?",
        {
            "a": Choice(
                "None: a wrong gradient leads elsewhere.",
                "If it did, training would tell. Most of what a mistake leaves is still the right sum of the right routes.",
            ),
            "b": Choice(
                "Three or four.",
                "So many of them are harmless to look at? There are more: watch the column of cosines.",
            ),
            "c": Choice("Nine.", "Yes. A loss that falls says little about a gradient."),
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
        "$\\mathrm{d}c_{t+1} = 3$, $f_{t+1} = 0.5$, and 1 comes up from $h_t$. What is $\\mathrm{d}c_t$? A number.",
        (2.5,),
        "$1 + 3 \\cdot 0.5 = 2.5$: the forget gate multiplies what the next block knows.",
    ),
    Recall(
        "The loss is doubled. By which factor does every gradient grow? A number.",
        (2, "two"),
        "2: a gradient is linear in the loss. A term that does not double does not belong in it.",
    ),
    Recall(
        "The same `W` serves all blocks. Are the blocks' contributions to `dW` added or averaged?",
        ("added", "add", "summed", "they are added"),
        "Added: one row for each block.",
    ),
)
