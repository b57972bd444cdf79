"""The exercises of 1.5 Is my gradient right?"""

from functools import partial

import numpy as np

from autograde.asking.given import Given
from autograde.judging import draw
from autograde.judging.exercise import Exercise, Written
from autograde.judging.questions import Choice, Guess, Recall
from lstm_ref import gradcheck

TITLE = "1.5 Is my gradient right?"

numbers = partial(draw.numbers, low=0.5, high=1.5)


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
)
