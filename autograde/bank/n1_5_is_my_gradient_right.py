"""The exercises of 1.5 Is my gradient right?"""

import numpy as np

from autograde.exercise import Exercise, Mistake, Written
from autograde.functions import Given

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
        model="central_error = h**2 / 6 * (-8 * sp.cos(2 * x + 2))",
        mistakes=(
            Mistake(
                "the inner derivative is missing",
                "2**3",
                "1",
                "The sine was differentiated three times, and the $2x + 2$ inside it never. Each time, the chain rule asks for "
                "one more factor.",
            ),
            Mistake(
                "the inner derivative only once",
                "2**3",
                "2",
                "The factor from $2x + 2$ is there once. How often did you differentiate?",
            ),
            Mistake(
                "the sign of the third derivative",
                "-inner",
                "inner",
                "The sign is not right. Go through the three derivatives of sine one at a time.",
            ),
            Mistake(
                "sine again",
                "np.cos",
                "np.sin",
                "Sine comes back to sine after two derivatives, and after four. How many did you take?",
            ),
            Mistake(
                "the second derivative",
                "-inner * np.cos(2 * x + 2)",
                "-4 * np.sin(2 * x + 2)",
                "This holds $f''$. In the difference $f(x+h) - f(x-h)$ that term appears twice, with which signs?",
            ),
            Mistake(
                "not divided by all of 2h",
                "h**2 / 6",
                "h**2 / 3",
                "The difference of the two lines has this term twice. And what is it divided by afterwards?",
            ),
            Mistake(
                "the cubic term, not divided by h",
                "h**2 / 6",
                "h**3 / 6",
                "That is the term of the series. The quotient divides it once more.",
            ),
            Mistake(
                "the one-sided error",
                "h**2 / 6 * third",
                "h / 2 * -4 * np.sin(2 * x + 2)",
                "That is the error of the one-sided quotient. In the central one, the first line that is left over comes later.",
            ),
            Mistake(
                "the whole error",
                "h**2 / 6 * third",
                "(np.sin(2 * (x + h) + 2) - np.sin(2 * (x - h) + 2)) / (2 * h) - 2 * np.cos(2 * x + 2)",
                "That is the error with all its terms. Only the leading one is asked for, the one with the lowest power of $h$.",
            ),
        ),
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
        mistakes=(
            Mistake(
                "one-sided",
                "(f(above) - f(below)) / (2 * step)",
                "(f(above) - f(x)) / step",
                "You went up and not down. That is a derivative too, but look at what its error does when the step gets smaller.",
            ),
            Mistake(
                "up only, and divided by two steps",
                "x[i] - step",
                "x[i]",
                "Every number is about half of what it should be. How far apart are the two points at which you called `f`?",
            ),
            Mistake(
                "divided by one step",
                "(2 * step)",
                "step",
                "Every number is twice what it should be. How far apart are the two points at which you called `f`?",
            ),
            Mistake(
                "halved, then multiplied by the step",
                "/ (2 * step)",
                "/ 2 * step",
                "Python reads `a / 2 * step` from left to right: it divides by 2 and then *multiplies*. Brackets help.",
            ),
            Mistake(
                "only the second value is divided",
                "(f(above) - f(below)) / (2 * step)",
                "f(above) - f(below) / (2 * step)",
                "Without brackets, only the second value of `f` is divided.",
            ),
            Mistake(
                "below minus above",
                "f(above) - f(below)",
                "f(below) - f(above)",
                "Every sign is turned round. Which of the two comes first?",
            ),
            Mistake(
                "all entries move at once",
                "above[i] = x[i] + step\n        below[i] = x[i] - step",
                "above = x + step\n        below = x - step",
                "You have the same number everywhere, because all of `x` was moved. One entry at a time: the others stay.",
            ),
            Mistake(
                "the entries stay moved",
                "    for i in np.ndindex(x.shape):\n        above = x.copy()\n        below = x.copy()\n",
                "    above = x.copy()\n    below = x.copy()\n    for i in np.ndindex(x.shape):\n",
                "The first entry is right, and from there on it goes astray: an entry that was moved stays where it was put. "
                "Each turn of the loop must start from `x` itself.",
            ),
            Mistake(
                "a step of your own",
                "    slope = np.zeros(x.shape)\n",
                "    slope = np.zeros(x.shape)\n    step = 1e-5\n",
                "These would be good numbers, but not with the step that was asked for. Is `step` set anew inside your function?",
            ),
        ),
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
        mistakes=(
            Mistake(
                "the real part was taken",
                ".imag",
                ".real",
                "These numbers are huge: the real part is `f(x)` itself. Where did the derivative go?",
            ),
            Mistake(
                "not divided by the step",
                ".imag / step",
                ".imag",
                "These numbers are tiny. The imaginary part is the step *times* the derivative.",
            ),
            Mistake(
                "divided by two steps",
                ".imag / step",
                ".imag / (2 * step)",
                "Every number is half of what it should be. There is one point here, at a distance of one step, and nothing "
                "on the other side.",
            ),
            Mistake(
                "a real step",
                "1j * step",
                "step",
                "All of it is zero: what went into `f` was real. Is your step imaginary, and can your copy of `x` hold a "
                "complex number?",
            ),
            Mistake(
                "all entries move at once",
                "moved[i] = x[i] + 1j * step",
                "moved = x + 1j * step",
                "You have the same number everywhere, because all of `x` was moved. One entry at a time: the others stay.",
            ),
            Mistake(
                "the entries stay moved",
                "    for i in np.ndindex(x.shape):\n        moved = x.astype(complex)\n",
                "    moved = x.astype(complex)\n    for i in np.ndindex(x.shape):\n",
                "The first entry is right, and each later one holds the sum of all before it: what was moved stays moved. Each "
                "turn of the loop must start from `x` itself.",
            ),
        ),
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
        mistakes=(
            Mistake(
                "entry by entry",
                "np.abs(found - wanted).max() / np.abs(wanted).max()",
                "(np.abs(found - wanted) / np.abs(wanted)).max()",
                "You divided each difference by its own entry. One entry here is nearly zero, and its harmless difference now "
                "drowns all others.",
            ),
            Mistake(
                "not divided",
                " / np.abs(wanted).max()",
                "",
                "That is the largest difference itself. Is 0.001 large or small? It depends on how large the gradient is.",
            ),
            Mistake(
                "averaged",
                "np.abs(found - wanted).max()",
                "np.abs(found - wanted).mean()",
                "With a mean, one wrong entry among a million disappears. Which entry should decide?",
            ),
            Mistake(
                "divided by what is being checked",
                "/ np.abs(wanted).max()",
                "/ np.abs(found).max()",
                "You divided by the size of `found`, which is the one in doubt. A wrong gradient that is far too large would look "
                "better than it is.",
            ),
            Mistake(
                "lengths instead of largest entries",
                "np.abs(found - wanted).max() / np.abs(wanted).max()",
                "np.sqrt(((found - wanted) ** 2).sum() / (wanted**2).sum())",
                "You divided length by length. Among many right entries, a single wrong one is thinned out. Which entry should "
                "decide?",
            ),
            Mistake(
                "the signs above",
                "np.abs(found - wanted).max()",
                "(found - wanted).max()",
                "You took the largest difference with its sign, so that a difference downward never counts.",
            ),
            Mistake(
                "the signs below",
                "np.abs(wanted).max()",
                "wanted.max()",
                "You divided by the largest entry with its sign. An entry of $-2$ is larger in size than one of $1$.",
            ),
            Mistake(
                "different shapes were broadcast",
                "    if np.shape(found) != np.shape(wanted):\n        return np.inf\n",
                "",
                "When the shapes agree, all is right. With `(1, 4)` against `(4,)`, NumPy stretched one to fit the other and "
                "said nothing. Compare the shapes first.",
            ),
        ),
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
        mistakes=(
            Mistake(
                "the gradient was summed without the direction",
                "(g * d).sum()",
                "g.sum()",
                "The slope goes along the direction, and what you compare it with does not. An entry that moves *down* adds "
                "its derivative with which sign?",
            ),
            Mistake(
                "every entry moves up",
                "1j * step * d",
                "1j * step",
                "You moved every entry up by the step. Each has a direction of its own.",
            ),
            Mistake(
                "the slope is not divided by the step",
                ".imag / step",
                ".imag",
                "The slope came out as almost nothing, so that only what is claimed is left. Is the imaginary part divided by the "
                "step?",
            ),
            Mistake(
                "not divided by the typical size",
                " / typical",
                "",
                "That is the gap itself. Is it large or small? Divide by the size that a sum of this gradient's entries with "
                "random signs typically has.",
            ),
            Mistake(
                "the root is missing",
                "np.sqrt(sum((g**2).sum() for g in gradients))",
                "sum((g**2).sum() for g in gradients)",
                "You divided by the sum of squares. Twice the gradient, twice the gap: the size must double as well, not "
                "quadruple.",
            ),
            Mistake(
                "divided by the largest entry",
                "np.sqrt(sum((g**2).sum() for g in gradients))",
                "max(np.abs(g).max() for g in gradients)",
                "You divided by the largest entry. Here a great many entries add up, and it is their root of the sum of squares "
                "that says how large such a sum typically is.",
            ),
        ),
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
        mistakes=(
            Mistake(
                "still sigma' of an activation",
                "* y * (1 - y)",
                "* sigmoid(y) * (1 - sigmoid(y))",
                "These are the careless numbers. The slope of the sigmoid is wanted at $z$. What has already happened to `y`?",
            ),
            Mistake(
                "sigma instead of its slope",
                "* y * (1 - y)",
                "* y",
                "You multiplied by the output of the sigmoid, where its slope is due.",
            ),
            Mistake(
                "the sigmoid is left out",
                "* y * (1 - y)",
                "",
                "That is `dy`, at the output of the sigmoid. `dz` lies in front of it: one stage further back.",
            ),
            Mistake(
                "the sign of the loss",
                "y - target",
                "target - y",
                "Every sign is turned round. When `y` is above its target, does the loss grow or shrink with `y`?",
            ),
            Mistake(
                "tanh' instead of sigma'",
                "y * (1 - y)",
                "(1 - y**2)",
                "That is the slope of tanh. This output went through a sigmoid.",
            ),
        ),
        hints=(
            "Two factors: how the loss moves with $y$, and how $y$ moves with $z$. One of the two is careless.",
            "In 1.3 the sigmoid's slope was written with its *output*. `y` is that output.",
        ),
    ),
    Exercise(
        name="mended_through",
        problem=a_layer,
        reference=mended_through,
        mistakes=(
            Mistake(
                "still not transposed",
                "U.T @ dz",
                "U @ dz",
                "These are the careless numbers. Write one entry out: entry $j$ of what went in feeds every $z_i$, through $U_{ij}$. "
                "Which index is summed over?",
            ),
            Mistake(
                "tanh' is left out",
                "dh * (1 - h**2)",
                "dh",
                "The matrix is right, and the stage after it was skipped: between `h` and the matrix there is a tanh.",
            ),
            Mistake(
                "tanh' of an activation",
                "(1 - h**2)",
                "(1 - np.tanh(h) ** 2)",
                "`h` has been through tanh already.",
            ),
            Mistake(
                "the tanh after the matrix",
                "return U.T @ dz",
                "return (U.T @ dh) * (1 - h**2)",
                "Both stages are there, in the wrong order. Going back, the stage that came last comes first.",
            ),
        ),
        hints=(
            "Compare with the affine stage of 1.3: forward `W @ x`. And backward?",
            "Because `U` is square, its shape cannot help you. With a `U` of 3 by 2, which product would fit at all?",
        ),
    ),
    Exercise(
        name="mended_shared",
        problem=a_shared_weight,
        reference=mended_shared,
        mistakes=(
            Mistake(
                "still overwritten",
                "return first + second",
                "return first",
                "These are the careless numbers: what the use between `h1` and `h2` contributes, and nothing else. Does the second "
                "line keep what the first one found?",
            ),
            Mistake(
                "the other use only",
                "return first + second",
                "return second",
                "Now the use between `h2` and `h3` is there and the other one is gone. `U` moves in both places at once.",
            ),
            Mistake(
                "averaged",
                "return first + second",
                "return (first + second) / 2",
                "Both uses are there, and you took their mean. A nudge of `U` makes both movements, in full.",
            ),
            Mistake(
                "multiplied",
                "return first + second",
                "return first * second",
                "Along a route we multiply. These are two routes from `U` to the loss.",
            ),
            Mistake(
                "the two uses were mixed up",
                "dh3 * (1 - h3**2), h2",
                "dh3 * (1 - h3**2), h1",
                "Both terms use the same input. In the second use, `U` multiplies what?",
            ),
        ),
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
