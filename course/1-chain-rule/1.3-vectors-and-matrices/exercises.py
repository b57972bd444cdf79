"""The exercises of 1.3 Vectors and matrices."""

from functools import partial

import numpy as np

from autograde.judging import draw
from autograde.judging.exercise import Exercise, Written
from autograde.judging.questions import Choice, Guess, Recall
from lstm_ref import stages

TITLE = "1.3 Vectors and matrices"

numbers = partial(draw.numbers, low=0.5, high=2.0)


def an_affine_stage(rng, m=3, n=4):
    return {"W": numbers(rng, m, n), "x": numbers(rng, n), "dz": numbers(rng, m)}


def an_output(rng):
    return {"s": rng.uniform(0.1, 0.9)}


def a_gate(rng, H=5):
    return {
        "i": rng.uniform(0.1, 0.9, H),
        "g": rng.uniform(0.2, 0.9, H) * rng.choice([-1, 1], H),
        "dy": numbers(rng, H),
    }


def a_gate_input(rng, H=3, D=5):
    return {"W": numbers(rng, H, H + D), "df_hat": numbers(rng, H)}


def some_rows(rng, n=3, m=4):
    return {"X": numbers(rng, n, m), "dY": numbers(rng, n, m)}


def some_scores(rng, K=4, size=1.0, around=0.0):
    return {"z": size * numbers(rng, K) + around}


def three_scores(rng):
    return dict(zip(("z0", "z1", "z2"), numbers(rng, 3), strict=True))


def two_heads(rng, K=4, n=3, size=1.0):
    """The right class never has the largest score: `p - onehot` is then no difference of two numbers near 1."""
    z = size * numbers(rng, K)
    k = int(rng.choice(np.argsort(z)[:-1]))
    return {"z": z, "k": k, "y": numbers(rng, n), "t": numbers(rng, n)}


def sigmoid_slope(s):
    return stages.sigmoid_backward(s, 1.0)


def gated_backward(i, g, dy):
    di, dg = stages.product_backward(i, g, dy)
    di_hat = stages.sigmoid_backward(i, di)
    dg_hat = stages.tanh_backward(g, dg)
    return di_hat, dg_hat


def gate_input_backward(W, df_hat):
    H = len(df_hat)
    v = np.zeros(W.shape[1])  # what goes in plays no part in its own gradient
    _, dv, _ = stages.affine_backward(W, v, df_hat)
    dh, dx = stages.concatenate_backward(H, dv)
    return dh, dx


def broadcast_backward(X, dY):
    da = (dY * X).sum(axis=1, keepdims=True)
    db = stages.over_batch(dY)
    return da, db


def softmax(z):
    return stages.softmax(z)


def dL_dz0(z0, z1, z2):
    z = np.array([z0, z1, z2])
    dz = stages.cross_entropy_backward(z, np.array(0))
    return dz[0]


def error_signals(z, k, y, t):
    dz = stages.cross_entropy_backward(z, np.array(k))
    dy = stages.squared_error_backward(y, t)
    return dz, dy


EXERCISES = (
    Exercise(
        name="affine_backward",
        points=3,
        problem=an_affine_stage,
        reference=stages.affine_backward,
        outputs=("dW", "dx", "db"),
        hints=(
            "Write the double loop first: `dW[i, j] = dz[i] * x[j]`, with `dW` made by `np.zeros_like(W)`.",
            "A table of all products of two vectors is an outer product; NumPy has `np.outer(rows, columns)`.",
            "$\\mathrm{d}x_j = \\sum_i W_{ij}\\,\\mathrm{d}z_i$ sums over the *first* index of $W$. `W @ something` sums over the "
            "second. What exchanges the two?",
        ),
        probes={"a single input": {"n": 1}},
    ),
    Exercise(
        name="sigmoid_slope",
        kind="expression",
        problem=an_output,
        reference=sigmoid_slope,
        hints=(
            "The chain rule for $u^{-1}$ with $u = 1 + e^{-z}$: the outer derivative is $-u^{-2}$, the inner one $-e^{-z}$.",
            "So the slope is $e^{-z} / (1 + e^{-z})^2$. Now replace $1 / (1 + e^{-z})$ by $s$ wherever it stands.",
            "That leaves $s^2 e^{-z}$. Put in $e^{-z} = (1 - s)/s$.",
        ),
    ),
    Exercise(
        name="gated_backward",
        points=2,
        problem=a_gate,
        reference=gated_backward,
        outputs=("di_hat", "dg_hat"),
        hints=(
            "Two steps, four lines: `di` and `dg` from the product, then `di_hat` from `di` and `dg_hat` from `dg`.",
            "In the product each factor scales the gradient of the other.",
            "Both activations give you their outputs, `i` and `g`: their slopes are written with these, with no `exp` or "
            "`tanh` to compute.",
        ),
    ),
    Exercise(
        name="gate_input_backward",
        points=2,
        problem=a_gate_input,
        reference=gate_input_backward,
        outputs=("dh", "dx"),
        hints=(
            "Call the joined vector $v = [h, x]$. Its gradient is what `affine_backward` calls `dx`.",
            "How long is `h`? As long as `df_hat`, since `W` has the shape `(H, H + D)`.",
            "`dv[:H]` are the first `H` entries. And from there on?",
        ),
        probes={"one input": {"D": 1}},
    ),
    Exercise(
        name="broadcast_backward",
        points=2,
        problem=some_rows,
        reference=broadcast_backward,
        outputs=("da", "db"),
        hints=(
            "Without broadcasting: $Y_{ij} = a_i X_{ij} + b_j$. For which $i$ and $j$ does $b_j$ occur? And $a_i$?",
            "`array.sum(axis=0)` adds the rows together and leaves one number per column.",
            "`keepdims=True` leaves an axis of length 1 where `sum` has added up.",
        ),
        probes={"a single row": {"n": 1}},
    ),
    Exercise(
        name="softmax",
        points=2,
        problem=some_scores,
        reference=softmax,
        hints=(
            "Two steps: exponentials of all scores, then divide by their sum.",
            "Before the exponential, subtract the same number from all scores, one that leaves none above zero.",
            "`z.max()` is the largest score.",
        ),
        probes={"large scores": {"size": 1000.0}, "scores far below zero": {"around": -2000.0}},
    ),
    Exercise(
        name="dL_dz0",
        points=2,
        kind="expression",
        problem=three_scores,
        reference=dL_dz0,
        hints=(
            "Term by term. The derivative of $-z_0$ is a number.",
            "The derivative of $\\log u$ is $u'/u$. Which of the three exponentials in $u$ depends on $z_0$?",
            "The second term becomes `sp.exp(z0) / (sp.exp(z0) + sp.exp(z1) + sp.exp(z2))`. Do not forget the first.",
        ),
    ),
    Exercise(
        name="error_signals",
        points=2,
        problem=two_heads,
        reference=error_signals,
        outputs=("dz", "dy"),
        hints=(
            "A one-hot vector: `np.zeros_like(z)`, then a 1 at position `k`.",
            "Each of the two results is what came out minus what was wanted. For the scores, what came out is a probability.",
        ),
        probes={"large scores": {"size": 1000.0}},
    ),
    Written(
        name="sum_not_mean",
        model=(
            "It should be the sum over the rows. Broadcasting uses b once in every row, so b is a fork with n routes to the "
            "loss, and over routes derivatives add; if the loss is a mean, its 1/n has already arrived with the gradient. "
            "The mean has the same shape (m,) as the sum and is n times too small, so the shape alone cannot tell them "
            "apart: only the numbers can, for example a nudge of b."
        ),
        guide=(
            "The gradient of b is the sum over the rows, because b is used once in each row and the derivatives of several "
            "routes add.",
            "Sum and mean (or a square matrix and its transpose) have the same shape; only a comparison of numbers tells them "
            "apart.",
        ),
    ),
)

GUESSES = (
    Guess(
        "copied_bias",
        "A bias `b (m,)` was added to every one of `n` rows. What comes back to it?",
        {
            "a": Choice("the gradient of the first row", "Every row used the same `b`. A nudge of it moves them all."),
            "b": Choice(
                "the sum over the rows", "Yes: each row is an arrow out of the fork, and at a fork gradients add."
            ),
            "c": Choice(
                "the mean over the rows",
                "The shape would fit. But nothing was divided by `n` on the way forward; if the loss is a mean, its $1/n$ has come back already.",
            ),
        },
        right="b",
    ),
)

RECALL = (
    Recall(
        "`z = W @ x`. What is `dx`, in NumPy, from `W` and `dz`?",
        ("W.T @ dz", "W.T@dz", "dz @ W"),
        "The transposed matrix: what flows out of an input comes back to it.",
    ),
    Recall(
        "`W` is `(4, 3)`. How many numbers has `dW`?",
        (12,),
        "As many as `W`: a gradient has the shape of what it belongs to.",
    ),
    Recall(
        "A gate's output is 0.2. What is the slope of the sigmoid there? A number.",
        (0.16,),
        "$s (1 - s) = 0.2 \\cdot 0.8 = 0.16$.",
    ),
    Recall(
        "Softmax gives 0.7 for the right class. What is `dz` there, for cross-entropy? A number.",
        (-0.3,),
        "$p - 1 = -0.3$: probability minus one-hot.",
    ),
    Recall(
        "A bias is copied to every row on the way forward. On the way back, is it a sum or a mean over the rows?",
        ("sum", "a sum"),
        "Forward a copy, backward a sum.",
    ),
)
