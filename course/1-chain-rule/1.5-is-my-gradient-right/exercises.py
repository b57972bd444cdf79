"""The exercises of 1.5 Is my gradient right?"""

from functools import partial

import numpy as np

from autograde.asking.given import Given
from autograde.judging import draw
from autograde.judging.exercise import Exercise, Written
from autograde.judging.questions import Choice, Guess, Recall
from lstm_ref import gradcheck, stages

TITLE = "1.5 Is my gradient right?"

numbers = partial(draw.numbers, low=0.5, high=1.5)
_hidden = partial(draw.numbers, low=0.3, high=0.8)


def a_point(rng):
    return {"x": rng.uniform(0.1, 0.5), "h": rng.uniform(0.1, 0.3)}


def _a_loss(rng, vector):
    if vector:
        return {"f": Given("sum_tanh", (numbers(rng, 3, 4) / 2,)), "x": numbers(rng, 4)}
    return {"f": Given("layer", (numbers(rng, 3), numbers(rng, 2))), "x": numbers(rng, 3, 2) / 2}


def a_loss_and_step(rng, vector=False):
    """The step is large, so that rounding, which is divided by it, stays far below the tolerance."""
    return {**_a_loss(rng, vector), "step": rng.uniform(0.01, 0.03)}


def a_loss_and_tiny_step(rng, vector=False):
    """The step is not so tiny that forgetting to divide by it would look like zero."""
    return {**_a_loss(rng, vector), "step": rng.uniform(1e-8, 3e-8)}


def two_gradients(rng, sign=-1, wanted_like=None):
    """The largest entry and the largest difference have this sign; one entry is nearly zero."""
    wanted, gap = numbers(rng, 3, 4), 1e-3 * numbers(rng, 3, 4)
    wanted[1, 2] *= 1e-6
    wanted[0, 1], gap[2, 0] = sign * rng.uniform(1.6, 2.0), sign * rng.uniform(1.6e-3, 2e-3)
    found = wanted + gap
    if wanted_like is None:
        return {"found": found, "wanted": wanted}
    return {"found": found[:1], "wanted": np.ravel(wanted)[: np.prod(wanted_like)].reshape(wanted_like)}


def a_claimed_gradient(rng):
    f = Given("squared_error", (numbers(rng, 2), numbers(rng, 3)))
    shapes = ((3, 2), (3,))
    arrays, gradients = ([numbers(rng, *s) / 2 for s in shapes] for _ in range(2))
    directions = [rng.choice([-1.0, 1.0], s) for s in shapes]
    return {"f": f, "arrays": arrays, "gradients": gradients, "directions": directions}


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


def central_error(x, h):
    inner = 2**3
    third = -inner * np.cos(2 * x + 2)
    return h**2 / 6 * third


def central_difference(f, x, step):
    return gradcheck.central_difference(f, x, step)


def complex_step(f, x, step=1e-30):
    return gradcheck.complex_step(f, x, step)


def relative_error(found, wanted):
    if np.shape(found) != np.shape(wanted):
        return np.inf
    return gradcheck.relative_error(found, wanted)


def directional_check(f, arrays, gradients, directions):
    return gradcheck.error_along(f, arrays, gradients, directions)


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
        name="central_error",
        kind="expression",
        points=2,
        problem=a_point,
        reference=central_error,
        alone="the error of a quotient, as a formula: lstm_ref has the quotient",
        hints=(
            "Write the series for $f(x+h)$, and below it the one for $f(x-h)$: the same, with the sign of every odd power "
            "turned round. Subtract the lines.",
            "What survives is twice the term with $h$ and twice the term with $h^3$. Divide both by $2h$.",
            "The third derivative of $\\sin(2x+2)$ is the only thing left to find. `sp.diff(f, x, 3)` tells you whether yours is "
            "right.",
        ),
    ),
    Exercise(
        name="central_difference",
        points=3,
        problem=a_loss_and_step,
        reference=central_difference,
        float32=False,
        hints=(
            "For every index `i`: a copy of `x` with one entry larger, a copy with the same entry smaller, two calls of `f`.",
            "`for i in np.ndindex(x.shape):` visits every entry; `x[i]` works for a vector and for a matrix.",
            "Start with `slope = np.zeros(x.shape)`. In the loop: `above = x.copy()`, then `above[i] += step`.",
        ),
        probes={"a vector": {"vector": True}},
    ),
    Exercise(
        name="complex_step",
        points=2,
        problem=a_loss_and_tiny_step,
        reference=complex_step,
        rtol=1e-12,  # a central difference, at 1e-10 or so, is not a complex step
        float32=False,
        hints=(
            "It is your `central_difference` with one point instead of two.",
            "An array of floats cannot hold a complex number: `x.astype(complex)` makes a copy that can.",
            "`1j` is the imaginary unit. The imaginary part of a number `v` is `v.imag`.",
        ),
        probes={"a vector": {"vector": True}},
    ),
    Exercise(
        name="relative_error",
        points=2,
        problem=two_gradients,
        reference=relative_error,
        float32=False,
        hints=(
            "One number over one number: the largest difference in size, over the largest entry of `wanted` in size.",
            "`np.abs(...).max()` is the largest size in an array, whatever the signs.",
            "First line: if `np.shape(found)` is not `np.shape(wanted)`, return `np.inf`.",
        ),
        probes={
            "differences upward": {"sign": 1},
            "arrays of different shapes": {"wanted_like": (4,)},
            "a single row against a single number": {"wanted_like": (1, 1)},
        },
    ),
    Exercise(
        name="directional_check",
        points=3,
        problem=a_claimed_gradient,
        reference=directional_check,
        draws=5,
        hints=(
            "Three numbers: the slope (one call of `f`), what the gradients claim it is, and the typical size.",
            "`zip(arrays, directions)` gives each array with its direction. Every array becomes `a + 1j * step * d`, with a "
            "tiny step; then `f(*moved)`.",
            "The claim is the sum of `(g * d).sum()` over all gradients. The typical size is the root of the sum of `(g**2).sum()`.",
        ),
    ),
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
        name="step_too_small",
        model=(
            "Nothing is proved yet. At a step of 1e-12 the two values of the loss agree in nearly all of their 16 digits; the "
            "subtraction leaves the last few, which are rounding, and dividing by the tiny step makes that large: about "
            "1e-16 / 1e-12, or 1e-4 and more. An error of 1e-3 may be the checker's own. Take a step near 1e-5, where the sum of "
            "both errors is smallest, or better a complex step, which subtracts nothing. If the error stays, there is a bug."
        ),
        guide=(
            "With so small a step, rounding (about 1e-16, divided by the step) is as large as what was found, so the check says "
            "nothing about the backward pass.",
            "Check again with a step near 1e-5, or with a complex step; an error that stays is a bug.",
        ),
    ),
)

GUESSES = (
    Guess(
        "ten_times_smaller",
        "Make the step ten times smaller. What becomes of the error of the *central* difference?",
        {
            "a": Choice(
                "It becomes ten times smaller, too.",
                "That is the one-sided quotient. In the central one, what goes with the step itself cancels.",
            ),
            "b": Choice("It becomes a hundred times smaller.", "Yes: it goes with the square of the step."),
            "c": Choice(
                "Nothing: it is exact.",
                "It would be for a straight line or a parabola. The cube bends in another way on the left than on the right.",
            ),
        },
        right="b",
    ),
    Guess(
        "best_step",
        "Which of these steps gives the smallest error of the central difference?",
        {
            "a": Choice(
                "1e-13: the smaller, the better.",
                "So says the formula for the error. But the computer rounds, and with this step it rounds nearly everything away.",
            ),
            "b": Choice("1e-5.", "Yes, about there. Watch what happens on both sides of it."),
            "c": Choice(
                "1e-8: the square root of the precision.",
                "That is the rule for the *one-sided* quotient, whose error goes with the step. The central one may step further.",
            ),
        },
        right="b",
    ),
    Guess(
        "what_abs_gives",
        "The complex step of `np.abs(x).sum()`: what will come out for each entry?",
        {
            "a": Choice(
                "Its sign, -1 or 1.",
                "That is the derivative. But the absolute value of a complex number is a length, and a length is real.",
            ),
            "b": Choice("0.", "Yes: a length is real, and nothing is left in the imaginary part."),
            "c": Choice(
                "An error: complex numbers have no absolute value.",
                "They have one, their length. That it raises nothing is what makes it dangerous.",
            ),
        },
        right="b",
    ),
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
        "How many calls of the loss does a central difference need for 20 numbers? A number.",
        (40,),
        "40: two for each number.",
    ),
    Recall(
        "The step is made ten times smaller. By which factor does the error of a central difference shrink (before rounding shows)? A number.",
        (100,),
        "100: the error goes with the square of the step.",
    ),
    Recall(
        "Which part of `f(x + 1j * step)` holds the derivative: real or imaginary?",
        ("imaginary", "imag", "the imaginary part"),
        "The imaginary part, over the step.",
    ),
    Recall(
        "What does a relative error divide by: the largest entry of `found` or of `wanted`?",
        ("wanted", "of wanted"),
        "`wanted`, the one that we trust.",
    ),
    Recall(
        "A check fails. Before you look at the backward pass you call the loss twice at one place, and the values differ. "
        "Name one thing that may have been left on or carried over.",
        ("dropout", "state", "the state", "hidden state", "the hidden state", "h"),
        "Dropout, or a state that is carried on.",
    ),
)
