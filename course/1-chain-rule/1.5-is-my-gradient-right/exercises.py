"""The exercises of 1.5 Is my gradient right?"""

import numpy as np

from autograde.judging.exercise import Exercise, Written
from autograde.asking.given import Given

TITLE = "1.5 Is my gradient right?"


def _numbers(rng, *shape):
    """Numbers between 0.5 and 1.5 in size, of either sign: nothing is zero."""
    return rng.uniform(0.5, 1.5, shape) * rng.choice([-1.0, 1.0], shape)


def a_point(rng):
    return {"x": rng.uniform(0.1, 0.5), "h": rng.uniform(0.1, 0.3)}


def _a_loss(rng, vector):
    if vector:
        return {"f": Given("sum_tanh", (_numbers(rng, 3, 4) / 2,)), "x": _numbers(rng, 4)}
    return {"f": Given("layer", (_numbers(rng, 3), _numbers(rng, 2))), "x": _numbers(rng, 3, 2) / 2}


def a_loss_and_step(rng, vector=False):
    """The step is large, so that rounding, which is divided by it, stays far below the tolerance."""
    return {**_a_loss(rng, vector), "step": rng.uniform(0.01, 0.03)}


def a_loss_and_tiny_step(rng, vector=False):
    """The step is not so tiny that forgetting to divide by it would look like zero."""
    return {**_a_loss(rng, vector), "step": rng.uniform(1e-8, 3e-8)}


def two_gradients(rng, sign=-1, shapes_differ=False):
    """The largest entry and the largest difference have this sign; one entry is nearly zero."""
    wanted, gap = _numbers(rng, 3, 4), 1e-3 * _numbers(rng, 3, 4)
    wanted[1, 2] *= 1e-6
    wanted[0, 1], gap[2, 0] = sign * rng.uniform(1.6, 2.0), sign * rng.uniform(1.6e-3, 2e-3)
    found = wanted + gap
    return {"found": found[:1], "wanted": wanted[0]} if shapes_differ else {"found": found, "wanted": wanted}


def a_claimed_gradient(rng):
    f = Given("squared_error", (_numbers(rng, 2), _numbers(rng, 3)))
    shapes = ((3, 2), (3,))
    arrays, gradients = ([_numbers(rng, *s) / 2 for s in shapes] for _ in range(2))
    directions = [rng.choice([-1.0, 1.0], s) for s in shapes]
    return {"f": f, "arrays": arrays, "gradients": gradients, "directions": directions}


def an_output(rng):
    return {"y": rng.uniform(0.1, 0.9, 3), "target": rng.uniform(0.1, 0.9, 3)}


def _hidden(rng):
    return rng.uniform(0.3, 0.8, 4) * rng.choice([-1.0, 1.0], 4)


def a_layer(rng):
    return {"U": _numbers(rng, 4, 4), "h": _hidden(rng), "dh": _numbers(rng, 4)}


def a_shared_weight(rng):
    return {
        "h1": _hidden(rng),
        "h2": _hidden(rng),
        "h3": _hidden(rng),
        "dh2": _numbers(rng, 4),
        "dh3": _numbers(rng, 4),
    }


def central_error(x, h):
    inner = 2**3
    third = -inner * np.cos(2 * x + 2)
    return h**2 / 6 * third


def central_difference(f, x, step):
    slope = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        above = x.copy()
        below = x.copy()
        above[i] = x[i] + step
        below[i] = x[i] - step
        slope[i] = (f(above) - f(below)) / (2 * step)
    return slope


def complex_step(f, x, step=1e-30):
    slope = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        moved = x.astype(complex)
        moved[i] = x[i] + 1j * step
        slope[i] = f(moved).imag / step
    return slope


def relative_error(found, wanted):
    if np.shape(found) != np.shape(wanted):
        return np.inf
    return np.abs(found - wanted).max() / np.abs(wanted).max()


def directional_check(f, arrays, gradients, directions):
    step = 1e-30
    moved = [a + 1j * step * d for a, d in zip(arrays, directions)]  # noqa: B905
    slope = f(*moved).imag / step
    claimed = sum((g * d).sum() for g, d in zip(gradients, directions))  # noqa: B905
    typical = np.sqrt(sum((g**2).sum() for g in gradients))
    return abs(slope - claimed) / typical


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def mended_output(y, target):
    dy = y - target
    return dy * y * (1 - y)


def mended_through(U, h, dh):
    dz = dh * (1 - h**2)
    return U.T @ dz


def mended_shared(h1, h2, h3, dh2, dh3):
    first = np.outer(dh2 * (1 - h2**2), h1)
    second = np.outer(dh3 * (1 - h3**2), h2)
    return first + second


EXERCISES = (
    Exercise(
        name="central_error",
        kind="expression",
        points=2,
        problem=a_point,
        reference=central_error,
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
        hints=(
            "One number over one number: the largest difference in size, over the largest entry of `wanted` in size.",
            "`np.abs(...).max()` is the largest size in an array, whatever the signs.",
            "First line: if `np.shape(found)` is not `np.shape(wanted)`, return `np.inf`.",
        ),
        probes={"differences upward": {"sign": 1}, "arrays of different shapes": {"shapes_differ": True}},
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
