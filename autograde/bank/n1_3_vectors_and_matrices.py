"""The exercises of 1.3 Vectors and matrices."""

import numpy as np

from autograde.exercise import Exercise, Mistake, Written

TITLE = "1.3 Vectors and matrices"


def _numbers(rng, *shape):
    """Numbers between 0.5 and 2 in size, of either sign: nothing is zero, nothing is one."""
    return rng.uniform(0.5, 2.0, shape) * rng.choice([-1.0, 1.0], shape)


def an_affine_stage(rng, m=3, n=4):
    return {"W": _numbers(rng, m, n), "x": _numbers(rng, n), "dz": _numbers(rng, m)}


def an_output(rng):
    return {"s": rng.uniform(0.1, 0.9)}


def a_gate(rng, H=5):
    return {
        "i": rng.uniform(0.1, 0.9, H),
        "g": rng.uniform(0.2, 0.9, H) * rng.choice([-1, 1], H),
        "dy": _numbers(rng, H),
    }


def a_gate_input(rng, H=3, D=5):
    return {"W": _numbers(rng, H, H + D), "df_hat": _numbers(rng, H)}


def some_rows(rng, n=3, m=4):
    return {"X": _numbers(rng, n, m), "dY": _numbers(rng, n, m)}


def some_scores(rng, K=4, size=1.0, around=0.0):
    return {"z": size * _numbers(rng, K) + around}


def three_scores(rng):
    return dict(zip(("z0", "z1", "z2"), _numbers(rng, 3), strict=True))


def two_heads(rng, K=4, n=3, size=1.0):
    """The right class never has the largest score: `p - onehot` is then no difference of two numbers near 1."""
    z = size * _numbers(rng, K)
    k = int(rng.choice(np.argsort(z)[:-1]))
    return {"z": z, "k": k, "y": _numbers(rng, n), "t": _numbers(rng, n)}


def affine_backward(W, x, dz):
    dW = np.outer(dz, x)
    dx = W.T @ dz
    db = dz.copy()
    return dW, dx, db


def sigmoid_slope(s):
    return s * (1 - s)


def gated_backward(i, g, dy):
    di = dy * g
    dg = dy * i
    di_hat = di * i * (1 - i)
    dg_hat = dg * (1 - g**2)
    return di_hat, dg_hat


def gate_input_backward(W, df_hat):
    H = len(df_hat)
    dv = W.T @ df_hat
    dh = dv[:H]
    dx = dv[H:]
    return dh, dx


def broadcast_backward(X, dY):
    da = (dY * X).sum(axis=1, keepdims=True)
    db = dY.sum(axis=0)
    return da, db


def softmax(z):
    shifted = z - z.max()
    e = np.exp(shifted)
    return e / e.sum()


def dL_dz0(z0, z1, z2):
    total = np.exp(z0) + np.exp(z1) + np.exp(z2)
    p0 = np.exp(z0) / total
    return -1 + p0


def error_signals(z, k, y, t):
    p = softmax(z)
    onehot = np.zeros_like(z)
    onehot[k] = 1
    dz = p - onehot
    dy = y - t
    return dz, dy


EXERCISES = (
    Exercise(
        name="affine_backward",
        points=3,
        problem=an_affine_stage,
        reference=affine_backward,
        outputs=("dW", "dx", "db"),
        mistakes=(
            Mistake(
                "the outer product is the other way round",
                "np.outer(dz, x)",
                "np.outer(x, dz)",
                "Your `dW` has a row for each input and a column for each output. `W` has it the other way. Which of `dz` and "
                "`x` must run down the rows?",
            ),
            Mistake(
                "W stands where x belongs in dW",
                "np.outer(dz, x)",
                "dz[:, None] * W",
                "In `dW` you scaled the rows of `W`. What stands next to a weight in the sum, and so becomes its local "
                "derivative?",
            ),
            Mistake(
                "the gradient that came in is missing from dW",
                "np.outer(dz, x)",
                "np.outer(np.ones_like(dz), x)",
                "Your `dW` holds local derivatives: it knows how the weights move $z$, not how $z$ moves the loss. What has to "
                "multiply each row?",
            ),
            Mistake(
                "the input is missing from dW",
                "np.outer(dz, x)",
                "np.outer(dz, np.ones_like(x))",
                "Every column of your `dW` is the same. A weight is multiplied by an input; so is its effect.",
            ),
            Mistake(
                "the routes from x were not added",
                "W.T @ dz",
                "W.T * dz",
                "Your `dx` still has one number for each route. An input feeds every output: what do we do with the routes "
                "of a fork?",
            ),
            Mistake(
                "the gradient that came in is missing from dx",
                "W.T @ dz",
                "W.sum(axis=0)",
                "Your `dx` adds up local derivatives. Before they are added, each must be multiplied by the total "
                "derivative of the output that it leads to.",
            ),
            Mistake(
                "a local derivative stands for db",
                "dz.copy()",
                "np.ones_like(dz)",
                "A bias moves its output one to one, so the *local* derivative is 1. How much does the loss move, then?",
            ),
            Mistake(
                "a single number stands for db",
                "dz.copy()",
                "dz.sum()",
                "You added the gradients of all outputs. Each bias serves one output only. Which shape has `b`?",
            ),
            Mistake(
                "the results stand in another order",
                "return dW, dx, db",
                "return dW, db, dx",
                "The results seem to be there, but not in the order `dW`, `dx`, `db`.",
            ),
        ),
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
        mistakes=(
            Mistake(
                "the sigmoid was taken twice",
                "s * (1 - s)",
                "np.exp(-s) / (1 + np.exp(-s)) ** 2",
                "This is the slope of the sigmoid at the point $s$. But `s` is what came *out* of the sigmoid: it has been "
                "through the exponential already.",
            ),
            Mistake(
                "the slope of tanh",
                "s * (1 - s)",
                "1 - s**2",
                "That is how the slope of tanh is written with its output. The sigmoid has another.",
            ),
            Mistake(
                "the sigmoid, not its slope",
                "s * (1 - s)",
                "s",
                "That is the sigmoid itself. Where it is nearly 1, it is nearly flat; is your expression small there?",
            ),
            Mistake(
                "the inner derivative is missing",
                "s * (1 - s)",
                "s**2",
                "You have one over the square, and not yet the derivative of what was inside it. What is the derivative "
                "of $1 + e^{-z}$?",
            ),
            Mistake(
                "a factor is missing",
                "s * (1 - s)",
                "1 - s",
                "Where the output is nearly 0, the sigmoid is flat, and your expression is nearly 1 there. Write $e^{-z}/(1+e^{-z})^2$ as a "
                "product of two fractions and look at each.",
            ),
            Mistake(
                "a minus sign too many",
                "s * (1 - s)",
                "s * (s - 1)",
                "The size is right. The sigmoid rises everywhere, so its slope cannot be negative. Two minus signs meet on the way: "
                "one from $u^{-1}$, one from $e^{-z}$.",
            ),
        ),
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
        mistakes=(
            Mistake(
                "each factor was scaled by itself",
                "di = dy * g\n    dg = dy * i",
                "di = dy * i\n    dg = dy * g",
                "In the product you multiplied the gradient of each factor by that same factor. If $i$ is nudged, what decides "
                "how far $i \\odot g$ moves?",
            ),
            Mistake(
                "the product was passed over",
                "di = dy * g\n    dg = dy * i",
                "di = dy\n    dg = dy",
                "You went from $y$ straight to the activations, as if $y$ were a sum. Between them stands a product.",
            ),
            Mistake(
                "the gradient that came in is missing",
                "di = dy * g\n    dg = dy * i",
                "di = g\n    dg = i",
                "These are the derivatives of $y$. We want those of the loss; `dy` says how $y$ moves the loss.",
            ),
            Mistake(
                "sigmoid' was taken of an activation",
                "i * (1 - i)",
                "1 / (1 + np.exp(-i)) * (1 - 1 / (1 + np.exp(-i)))",
                "`i` has been through the sigmoid already, and you sent it through once more. The slope can be had from the "
                "output alone.",
            ),
            Mistake(
                "the sigmoid stands for its slope",
                "di * i * (1 - i)",
                "di * i",
                "For `di_hat` you multiplied by the sigmoid, not by its slope. Your `sigmoid_slope` has one factor more.",
            ),
            Mistake(
                "the sigmoid was not passed",
                "di_hat = di * i * (1 - i)",
                "di_hat = di",
                "Your `di_hat` is the gradient *after* the sigmoid. One more stage to go.",
            ),
            Mistake(
                "tanh's slope at the sigmoid",
                "i * (1 - i)",
                "(1 - i**2)",
                "For `di_hat` you used the slope of tanh. `i` came out of a sigmoid.",
            ),
            Mistake(
                "tanh' was taken of an activation",
                "(1 - g**2)",
                "(1 - np.tanh(g) ** 2)",
                "`g` has been through tanh already. In $1 - \\tanh^2(\\hat g)$ the tanh *is* `g`.",
            ),
            Mistake(
                "tanh's slope is not squared",
                "(1 - g**2)",
                "(1 - g)",
                "For `dg_hat` you used one minus the output. Look at the slope of tanh again, in 1.2 or above.",
            ),
            Mistake(
                "the tanh was not passed",
                "dg_hat = dg * (1 - g**2)",
                "dg_hat = dg",
                "Your `dg_hat` is the gradient *after* the tanh. One more stage to go.",
            ),
            Mistake(
                "sigmoid's slope at the tanh",
                "(1 - g**2)",
                "g * (1 - g)",
                "For `dg_hat` you used the slope of the sigmoid. `g` came out of a tanh.",
            ),
        ),
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
        mistakes=(
            Mistake(
                "cut at D instead of H",
                "H = len(df_hat)",
                "H = W.shape[1] - len(df_hat)",
                "You cut in the wrong place: your first part is as long as $x$. Which of the two stands first in $[h, x]$?",
            ),
            Mistake(
                "the two results are exchanged",
                "return dh, dx",
                "return dx, dh",
                "The cut is right, and the two parts came back in the other order. The text asks for `dh`, then `dx`.",
            ),
            Mistake(
                "joined as [x, h]",
                "dh = dv[:H]\n    dx = dv[H:]",
                "dh = dv[-H:]\n    dx = dv[:-H]",
                "Both lengths are right, the numbers are not: you took `dh` from the end. In $[h, x]$ the first entries belong "
                "to $h$.",
            ),
            Mistake(
                "a square block was not transposed",
                "dh = dv[:H]",
                "dh = W[:, :H] @ df_hat",
                "For `dh` you multiplied by the first block of `W` itself. That block is square, so NumPy does not object. Which "
                "index of `W` does the sum for $\\mathrm{d}h_j$ run over?",
            ),
            Mistake(
                "not cut at all",
                "dx = dv[H:]",
                "dx = dv",
                "Your `dx` is the gradient of all of $[h, x]$. Only its later part belongs to $x$.",
            ),
            Mistake(
                "the gradient that came in is missing",
                "W.T @ df_hat",
                "W.sum(axis=0)",
                "You added up the weights below each input. Each of them must be multiplied by the `df_hat` of its row first.",
            ),
        ),
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
        mistakes=(
            Mistake(
                "a mean stands for db",
                "dY.sum(axis=0)",
                "dY.mean(axis=0)",
                "Your `db` is the mean over the rows. When `b` is nudged, every row moves, and each moves the loss. Do these movements "
                "average, or add?",
            ),
            Mistake(
                "a mean stands for da",
                "(dY * X).sum(",
                "(dY * X).mean(",
                "Your `da` is a mean along its row. When an entry of `a` is nudged, the whole row moves, and each entry moves the loss. Do "
                "these movements average, or add?",
            ),
            Mistake(
                "an axis of da is lost",
                ", keepdims=True",
                "",
                "The numbers of `da` are right, its shape is not: `a` is a column `(n, 1)`. `(n,)` is a row to NumPy, and "
                "`a - da` would silently become a square. Look up `keepdims`.",
            ),
            Mistake(
                "one axis too many in db",
                "dY.sum(axis=0)",
                "dY.sum(axis=0, keepdims=True)",
                "The numbers of `db` are right, its shape is not: `b` is `(m,)`, and `(1, m)` is another shape, though many a "
                "comparison lets it pass.",
            ),
            Mistake(
                "the wrong axis was added for db",
                "dY.sum(axis=0)",
                "dY.sum(axis=1)",
                "Your `db` has one number for each row. Along which axis was `b` copied? That is the one to add up, and it "
                "disappears.",
            ),
            Mistake(
                "the wrong axis was added for da",
                "axis=1",
                "axis=0",
                "Your `da` has one number for each column. Along which axis was `a` copied? That is the one to add up.",
            ),
            Mistake(
                "X is missing from da",
                "(dY * X)",
                "dY",
                "You added up `dY` for `da`. But `a` is not added to `X`, it is multiplied by it. What does a product do to "
                "the gradient of a factor?",
            ),
            Mistake(
                "the rows of db are not added",
                "dY.sum(axis=0)",
                "dY.copy()",
                "Your `db` still has one row for each copy of `b`. What does a fork do on the way back?",
            ),
            Mistake(
                "a single number stands for db",
                "dY.sum(axis=0)",
                "dY.sum()",
                "You added up everything. `b` has `m` entries, and each was copied into a column of its own.",
            ),
        ),
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
        mistakes=(
            Mistake(
                "the exponential overflows",
                "z - z.max()",
                "z",
                "The formula is right, and for small scores so is the result. For scores of a thousand `exp` is "
                "infinite, and far below zero it is 0, in every entry. Which number can you subtract from all scores?",
            ),
            Mistake(
                "shifted above, not below",
                "e / e.sum()",
                "e / np.exp(z).sum()",
                "You shifted the scores above the fraction line and not below it. The two must be shifted alike, or $e^{-c}$ does not "
                "cancel.",
            ),
            Mistake(
                "shifted by the smallest score",
                "z.max()",
                "z.min()",
                "You shifted, but by the smallest score. Then the largest exponent may still be enormous.",
            ),
            Mistake(
                "not divided by the sum",
                "e / e.sum()",
                "e",
                "Positive, but not yet probabilities: what do yours add up to?",
            ),
            Mistake(
                "without the exponential",
                "e = np.exp(shifted)",
                "e = z",
                "You divided the scores by their sum. A score may be negative; a probability may not. The formula has something "
                "in it that makes everything positive.",
            ),
            Mistake(
                "the exponent has the wrong sign",
                "np.exp(shifted)",
                "np.exp(-shifted)",
                "The largest score gets the smallest probability. Look at the sign in the exponent.",
            ),
            Mistake(
                "a sigmoid for each score",
                "e / e.sum()",
                "0.5 + 0.5 * np.tanh(0.5 * z)",
                "You took the sigmoid of each score alone. Softmax makes the classes compete: the probabilities must add up "
                "to 1.",
            ),
        ),
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
        mistakes=(
            Mistake(
                "the first term is missing",
                "-1 + p0",
                "p0",
                "That is the derivative of the logarithm alone, and for a *wrong* class it would be all. Here $z_0$ also "
                "stands in front.",
            ),
            Mistake(
                "the sign is turned",
                "-1 + p0",
                "1 - p0",
                "Right in size, but with this sign a higher score of the *right* class would raise the loss.",
            ),
            Mistake(
                "the inner derivative is missing",
                "p0 = np.exp(z0) / total",
                "p0 = 1 / total",
                "The derivative of a logarithm is one over what is inside, *times the derivative of what is inside*.",
            ),
            Mistake(
                "only back through softmax",
                "-1 + p0",
                "p0 * (1 - p0)",
                "That is how $p_0$ moves with $z_0$. The loss is minus the logarithm of $p_0$: one stage is missing.",
            ),
            Mistake(
                "only back through the logarithm",
                "-1 + p0",
                "-1 / p0",
                "That is how the loss moves with $p_0$. From $p_0$ back to $z_0$ there is one more stage; or start from the form "
                "with two terms.",
            ),
            Mistake(
                "the derivative for another class",
                "p0 = np.exp(z0) / total",
                "p0 = 1 + np.exp(z1) / total",
                "That is the derivative with respect to $z_1$, a wrong class. Asked is $z_0$, the right one.",
            ),
        ),
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
        mistakes=(
            Mistake(
                "the sign of dz is turned",
                "p - onehot",
                "onehot - p",
                "Your `dz` has the right size and the wrong sign: it is the direction to *go*. The gradient says where the loss "
                "*rises*.",
            ),
            Mistake(
                "the sign of dy is turned",
                "y - t",
                "t - y",
                "Your `dy` is target minus output. If $y$ is above its target, does the loss rise or fall when $y$ grows?",
            ),
            Mistake(
                "softmax was passed twice",
                "dz = p - onehot",
                "dz = p * (p - onehot - p @ (p - onehot))",
                "You went back through softmax once more, from a gradient that is *already* at the scores. The short formula has done both "
                "stages.",
            ),
            Mistake(
                "a slope too many at the scores",
                "dz = p - onehot",
                "dz = (p - onehot) * p * (1 - p)",
                "You multiplied the difference by $p(1 - p)$. Softmax has been passed already, in the short formula; nothing is "
                "left to multiply by.",
            ),
            Mistake(
                "only back through the logarithm",
                "dz = p - onehot",
                "dz = -onehot / p",
                "Your `dz` is the gradient of the *probabilities*. From there back to the scores there is softmax.",
            ),
            Mistake(
                "the softmax overflows",
                "z - z.max()",
                "z",
                "Right for small scores. For large ones the exponential overflows. If you wrote the fraction anew: your "
                "`softmax` can do this already.",
                of=softmax,
            ),
            Mistake(
                "scores for probabilities",
                "dz = p - onehot",
                "dz = z - onehot",
                "You subtracted from the scores themselves. The difference wanted is between probabilities.",
            ),
            Mistake(
                "one was subtracted everywhere",
                "dz = p - onehot",
                "dz = p - 1",
                "You subtracted 1 from every entry. How many classes are right?",
            ),
            Mistake(
                "the sign at the right class is turned",
                "dz = p - onehot",
                "dz = np.abs(p - onehot)",
                "Your `dz` is right for the wrong classes. At the right class its size fits and its sign does not: should a "
                "higher score there raise the loss?",
            ),
            Mistake(
                "a factor 2 at the squared error",
                "dy = y - t",
                "dy = 2 * (y - t)",
                "Your `dy` is twice too large. Look at the loss once more: what is the half for?",
            ),
            Mistake(
                "the squared error was averaged",
                "dy = y - t",
                "dy = (y - t) / len(y)",
                "Your `dy` is divided by the number of outputs. This loss is a sum, not a mean.",
            ),
            Mistake(
                "the squared error itself",
                "dy = y - t",
                "dy = 0.5 * (y - t) ** 2",
                "That is the loss, entry by entry, not its derivative.",
            ),
        ),
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
