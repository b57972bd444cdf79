"""The exercises of 3.6 Find the fault."""

from types import SimpleNamespace

import numpy as np

from autograde.asking.given import Given
from autograde.judging.draw import numbers
from autograde.judging.exercise import Exercise, Written
from autograde.judging.questions import Choice, Guess, Recall
from lstm_ref import lstm

TITLE = "3.6 Find the fault"


def a_sequence_back(rng, T=3, H=4, D=2):
    """A forward pass and gradients to send back: on every h and on the last c."""
    params = lstm.Params(numbers(rng, 4, H, H + D), numbers(rng, 4, H))
    _, _, steps = lstm.sweep_forward(params, numbers(rng, T, D), numbers(rng, H), numbers(rng, H))
    steps = [SimpleNamespace(**step._asdict()) for step in steps]
    return {"W": params.W, "steps": steps, "dh_loss": numbers(rng, T, H), "dc_T": numbers(rng, H)}


def a_loss_on_h(rng, T=3):
    problem = a_sequence_back(rng, T)
    del problem["dc_T"]
    return problem


def one_block(rng):
    problem = a_sequence_back(rng, T=1, H=3)
    return {"W": problem["W"], "step": problem["steps"][0], "dh": problem["dh_loss"][0], "dc_next": problem["dc_T"]}


def a_backward_to_test(rng, linear=False):
    w, b = numbers(rng, 3, 4), 0 if linear else numbers(rng, 3, 4)
    return {"backward": Given("linear", (w, b)), "dh_loss": numbers(rng, 3, 4)}


def a_fork(rng):
    o_1, f_2 = rng.uniform(0.2, 0.8, 2)
    return {"dh_1": 1.3, "dc_2": -0.6, "o_1": o_1, "f_2": f_2, "c_1": float(numbers(rng))}


def _params(W):
    """These weights, and biases of zero: a way back never sees the biases."""
    return lstm.Params(W, np.zeros(W.shape[:2]))


def sweep_backward(W, steps, dh_loss, dc_T):
    gradients, _ = lstm.sweep_backward(_params(W), steps, dh_loss, dc_T)
    return *gradients.params, gradients.x, gradients.h0, gradients.c0


def block_backward(W, step, dh, dc_next):
    block = lstm.cell_backward(_params(W), step, dh, dc_next)
    return block.dW, block.db, block.dx, block.dh_prev


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
        outputs=("dW", "db", "dx", "dh0", "dc0"),
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
        outputs=("dW", "db", "dx", "dh0", "dc0"),
        hints=(
            "In one block everything is right but `dc0`, which is what that block passes on along `c`.",
            "The line that makes what is passed on along `c`: does it double when `dc` doubles?",
        ),
        probes={"one block": {"T": 1}},
    ),
)

GUESSES = (
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
        "The loss is doubled. By which factor does every gradient grow? A number.",
        (2, "two"),
        "2: a gradient is linear in the loss. A term that does not double does not belong in it.",
    ),
    Recall(
        "$\\mathrm{d}c_{t+1} = 3$, $f_{t+1} = 0.5$, and 1 comes up from $h_t$. What is $\\mathrm{d}c_t$? A number.",
        (2.5,),
        "$1 + 3 \\cdot 0.5 = 2.5$: the forget gate multiplies what the next block knows.",
    ),
    Recall(
        "A sweep is right with one block and wrong with four. Is the mistake `inside` the block or `between` blocks?",
        ("between", "between blocks", "between the blocks"),
        "Between them: one block alone has been shown to be right.",
    ),
    Recall(
        "A backward pass is wrong, and the loss still falls in training. Can that be? Answer `yes` or `no`.",
        ("yes",),
        "Yes: most wrong gradients still point nearly the right way.",
    ),
    Recall(
        "With `dh_loss = 0` a backward pass returns a gradient that is not zero. Is it right? Answer `yes` or `no`.",
        ("no",),
        "No: without a loss there is nothing to differentiate.",
    ),
)
