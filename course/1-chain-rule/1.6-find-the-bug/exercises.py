"""The exercises of 1.6 Find the bug."""

from functools import partial

import numpy as np

from autograde.asking.given import Given
from autograde.judging import draw
from autograde.judging.exercise import Exercise, Written
from autograde.judging.questions import Choice, Guess, Recall
from lstm_ref import gradcheck, stages

TITLE = "1.6 Find the bug"

numbers = partial(draw.numbers, low=0.5, high=1.5)
_hidden = partial(draw.numbers, low=0.3, high=0.8)


def an_output(rng):
    return {"y": rng.uniform(0.1, 0.9, 3), "target": rng.uniform(0.1, 0.9, 3)}


def a_layer(rng):
    return {"U": numbers(rng, 4, 4), "h": _hidden(rng, 4), "dh": numbers(rng, 4)}


def a_shared_weight(rng):
    return {
        "h1": _hidden(rng, 4),
        "h2": _hidden(rng, 4),
        "h3": _hidden(rng, 4),
        "dh2": numbers(rng, 4),
        "dh3": numbers(rng, 4),
    }


def a_loss_in_training(rng):
    loss = Given("in_training", (numbers(rng, 3, 4), numbers(rng, 3, 4)))
    data = {"W": numbers(rng, 4, 4).astype(np.float32), "h": _hidden(rng, 4), "seed": int(rng.integers(1, 1000))}
    return {"loss": loss} | data | {"step": rng.uniform(0.01, 0.03)}


def seven_reports(rng):
    """A right backward pass of `a = tanh(X w)`, `L = sum (a - t)^2 / 2`, and seven checks of it; the same for everybody."""
    own = np.random.default_rng(15)
    X, w, t = own.normal(size=(4, 5)), own.normal(0, 0.5, 5), own.normal(0, 2, 4)
    w[2] = 3e-6  # at the corner of the loss of C
    memory = np.zeros(4)
    a = np.tanh(X @ w)
    gradient = X.T @ ((a - t) * (1 - a**2))

    def loss(w, kept=1.0):
        return ((kept * np.tanh(X @ w + memory) - t) ** 2).sum() / 2

    def carried_on(w):
        value = loss(w)
        memory[:] = np.tanh(X @ w + memory)
        return value

    def in_float32(w):
        single = [v.astype(np.float32) for v in (X, w, t)]
        return float(((np.tanh(single[0] @ single[1]) - single[2]) ** 2).sum() / 2)

    def moved_for_good(loss, w, step):
        up, down = (w + s * step * np.tri(5) for s in (1, -1))
        return np.array([loss(a) - loss(b) for a, b in zip(up, down, strict=True)]) / (2 * step)

    def report(loss, backward=gradient, check=gradcheck.central_difference):
        def fresh(row):
            memory[:] = 0
            return row()

        return {
            "backward pass": backward,
            "check": fresh(lambda: check(loss, w, 1e-5)),
            "a tenth of it": fresh(lambda: check(loss, w, 1e-6)),
            "the loss": fresh(lambda: np.array([loss(w) for _ in range(4)])),
        }

    reports = {
        "A": report(lambda w: loss(w) / 4),
        "B": report(carried_on),
        "C": report(lambda w: loss(w) + np.maximum(w, 0).sum(), gradient + (w > 0)),
        "D": report(in_float32),
        "E": report(loss, check=moved_for_good),
        "F": report(loss, gradient / np.linalg.norm(gradient)),
        "G": report(lambda w: loss(w, kept=own.random(4) < 0.5)),
    }
    return {"reports": reports}


def mended_output(y, target):
    dy = stages.squared_error_backward(y, target)
    return stages.sigmoid_backward(y, dy)


def mended_through(U, h, dh):
    dz = stages.tanh_backward(h, dh)
    before = np.zeros_like(h)  # what went in plays no part in its own gradient
    _, dbefore, _ = stages.affine_backward(U, before, dz)
    return dbefore


def mended_shared(h1, h2, h3, dh2, dh3):
    first = stages.outer(stages.tanh_backward(h2, dh2), h1)
    second = stages.outer(stages.tanh_backward(h3, dh3), h2)
    return first + second


def check_suspects(reports):
    made = {
        "A": "averaged",
        "B": "state",
        "C": "kink",
        "D": "float32",
        "E": "not put back",
        "F": "clipped",
        "G": "dropout",
    }
    return tuple(made[friend] for friend in reports)


def steady_difference(loss, W, h, seed, step):
    W = W.astype(float)

    def same_each_time(moved):
        state, rng = h.copy(), np.random.default_rng(seed)
        return loss(moved, state, rng)

    return gradcheck.central_difference(same_each_time, W, step)


EXERCISES = (
    Exercise(
        name="mended_output",
        problem=an_output,
        reference=mended_output,
        hints=(
            "Two factors: how the loss moves with $y$, and how $y$ moves with $z$. One of the two is careless.",
            "In 1.3 the sigmoid's slope was written with its *output*. `y` is that output.",
        ),
    ),
    Exercise(
        name="mended_through",
        problem=a_layer,
        reference=mended_through,
        hints=(
            "Compare with the affine stage of 1.3: forward `W @ x`. And backward?",
            "Because `U` is square, its shape cannot help you. With a `U` of 3 by 2, which product would fit at all?",
        ),
    ),
    Exercise(
        name="mended_shared",
        problem=a_shared_weight,
        reference=mended_shared,
        hints=(
            "`U` is a fork: it feeds `h2` and it feeds `h3`. What does a fork do on the way back?",
            "Both lines of the careless version are right. What is wrong is what happens between them.",
        ),
    ),
    Exercise(
        name="check_suspects",
        kind="value",
        points=2,
        problem=seven_reports,
        reference=check_suspects,
        fixed="said of reports that the text prints",
        alone="names of mistakes, not numbers",
        outputs=tuple("ABCDEFG"),
        hints=(
            "First the last line of each report: whose loss changes although nothing was moved? Of these two, one settles down.",
            "Then divide the check by the backward pass, entry by entry. Two friends get the same factor everywhere; what is the length "
            "of each of these gradients (`np.linalg.norm`)?",
            "Of the three that are left, one has a single wrong entry, one is right in the first entry, and one gets worse with a smaller step.",
        ),
    ),
    Exercise(
        name="steady_difference",
        points=2,
        problem=a_loss_in_training,
        reference=steady_difference,
        float32=False,
        hints=(
            "Make a function of one argument that calls `loss` with the other two as they were at the start, and hand it to your "
            "`central_difference`.",
            "`h.copy()` and `np.random.default_rng(seed)` have to stand *inside* that function: they are needed anew at every call.",
            "`W.astype(float)` is a copy in float64.",
        ),
    ),
    Written(
        name="a_check_that_fails",
        model=(
            "Not yet. First see whether the check is right: call the loss twice at one place, and if the values differ, copy the state, set "
            "the seed and switch dropout off. Then see that all parameters are put back, that a sum is compared with a sum, before clipping, in "
            "float64, and away from corners. If the check still fails, begin at the loss: the first gradient that is wrong, seen from there, "
            "has the bug in its own stage; behind it everything is wrong."
        ),
        guide=(
            "The check itself may be wrong: is the loss the same function at every call (state, seed, dropout), and do both sides mean the same "
            "thing (mean, clipping, float64)?",
            "If it is the backward pass: start at the loss, and look into the first stage whose gradient is wrong.",
        ),
    ),
)

GUESSES = (
    Guess(
        "which_gradient_wins",
        "After 200 steps of descent, which loss will be lower?",
        {
            "a": Choice(
                "The true gradient's: every other direction is worse.",
                "It is the steepest direction for a *tiny* step. For 200 steps of a given rate nothing is promised.",
            ),
            "b": Choice(
                "The careless one's never falls at all.",
                "Three bugs, and still most of its entries point roughly the right way. That is why nobody notices.",
            ),
            "c": Choice("The careless one's.", "Yes, here. It is luck, and you will see whose."),
        },
        right="c",
    ),
)

RECALL = (
    Recall(
        "A backward pass is wrong somewhere. At which end do you begin to check: at the loss, or at the input?",
        ("the loss", "loss", "at the loss"),
        "At the loss: behind the first wrong stage everything is wrong.",
    ),
    Recall(
        "One matrix is used in two layers. On the way back, `dU = ...` or `dU += ...` for the second one? Write `=` or `+=`.",
        ("+=",),
        "`+=`: its two uses are a fork.",
    ),
    Recall(
        "A check fails. Before you look at the backward pass you call the loss twice at one place, and the values differ. "
        "Name one thing that may have been left on or carried over.",
        ("dropout", "state", "the state", "hidden state", "the hidden state", "h"),
        "Dropout, or a state that is carried on.",
    ),
)
