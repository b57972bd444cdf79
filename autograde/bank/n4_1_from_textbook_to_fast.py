"""The exercises of 4.1 From textbook to fast."""

import numpy as np

from autograde.exercise import Exercise, Mistake, Own, Written

TITLE = "4.1 From textbook to fast"


def _numbers(rng, *shape):
    """Numbers between 0.3 and 1.2 in size, of either sign: nothing is zero, and no activation is flat yet."""
    return rng.uniform(0.3, 1.2, shape) * rng.choice([-1.0, 1.0], shape)


def _bias(H):
    """The bias of the backward problems. It is no argument of theirs, so it may be the same in all of them."""
    return np.array([0.6, -0.4, 0.5, -0.3])[:, None] + np.linspace(-0.3, 0.3, H)


def a_batch_of_rows(rng, B=4, k=3, m=5):
    return {"W": _numbers(rng, m, k), "z": _numbers(rng, B, k), "dy": _numbers(rng, B, m)}


def a_joined_batch(rng, B=2, D=3, H=5):
    return {"W": 0.6 * _numbers(rng, 4, H, H + D), "b": _numbers(rng, 4, H), "z": _numbers(rng, B, H + D)}


def some_inputs(rng, T=6, B=2, D=3, H=5):
    return {"W": 0.6 * _numbers(rng, 4, H, H + D), "b": _numbers(rng, 4, H), "x": _numbers(rng, T, B, D)}


def kept_by_the_loop(rng, T=6, B=2, D=3, H=5):
    arrays = {"x": _numbers(rng, T, B, D), "h": _numbers(rng, T + 1, B, H), "dsums": _numbers(rng, T, B, 4, H)}
    return {"W": 0.6 * _numbers(rng, 4, H, H + D)} | arrays


def a_tanh(rng):
    return {"t": rng.uniform(0.1, 0.9) * rng.choice([-1.0, 1.0])}


def some_sums(rng, B=2, H=5, size=1.5):
    return {"sums": size * _numbers(rng, B, 4, H)}


def a_batch(rng, T=6, B=2, D=3, H=5, states=1.0):
    start = {"h0": states * _numbers(rng, B, H), "c0": states * _numbers(rng, B, H)}
    return some_inputs(rng, T, B, D, H) | start


def a_batch_gone_forward(rng, T=6, B=2, D=3, H=5, states=1.0, last=1.0):
    p = a_batch(rng, T, B, D, H, states)
    memory = fast_forward(p["W"], _bias(H), p["x"], p["h0"], p["c0"])
    upstream = {"dh": _numbers(rng, T, B, H), "dc_T": last * _numbers(rng, B, H)}
    return {"W": p["W"], "x": p["x"], "memory": memory} | upstream


def batch_affine_backward(W, z, dy):
    dW = dy.T @ z
    db = dy.sum(axis=0)
    dz = dy @ W
    return dW, db, dz


def fast_sums(W, b, z):
    _, H, width = W.shape
    sums = z @ W.reshape(4 * H, width).T + b.reshape(4 * H)
    return sums.reshape(len(z), 4, H)


def fast_inputs(W, b, x):
    T, B, D = x.shape
    H = b.shape[1]
    W_x = W[:, :, H:].reshape(4 * H, D)
    rows = x.reshape(T * B, D)
    sums = rows @ W_x.T + b.reshape(4 * H)
    return sums.reshape(T, B, 4, H)


def fast_after(W, x, h, dsums):
    T, B, D = x.shape
    H = h.shape[2]
    z = np.concatenate([h[:-1], x], axis=2).reshape(T * B, H + D)
    rows = dsums.reshape(T * B, 4 * H)
    W_x = W[:, :, H:].reshape(4 * H, D)

    dW = (rows.T @ z).reshape(4, H, H + D)
    db = rows.sum(axis=0).reshape(4, H)
    dx = (rows @ W_x).reshape(T, B, D)
    return dW, db, dx


def fast_slope(t):
    return (1 - t**2) / 4


def fast_gates(sums):
    half = np.array([0.5, 0.5, 1, 0.5])[:, None]
    return half * np.tanh(half * sums) + (1 - half)


def fast_forward(W, b, x, h0, c0):
    T, B, H = len(x), *h0.shape
    W_h = W[:, :, :H].reshape(4 * H, H)
    inputs = fast_inputs(W, b, x)

    gates = np.zeros((T, B, 4, H))
    c = np.zeros((T + 1, B, H))
    h = np.zeros((T + 1, B, H))
    c[0] = c0
    h[0] = h0
    for t in range(T):
        recurrent = h[t] @ W_h.T
        gates[t] = fast_gates(inputs[t] + recurrent.reshape(B, 4, H))
        f, i, g, o = gates[t].swapaxes(0, 1)
        c[t + 1] = f * c[t] + i * g
        h[t + 1] = o * np.tanh(c[t + 1])
    return gates, c, h


def fast_backward(W, x, memory, dh, dc_T):
    gates, c, h = memory
    T, B, _, H = gates.shape
    f, i, g, o = np.moveaxis(gates, 2, 0)
    c_prev = c[:-1]
    tanh_c = np.tanh(c[1:])

    local = np.zeros(gates.shape)
    local[:, :, 0] = c_prev * f * (1 - f)
    local[:, :, 1] = g * i * (1 - i)
    local[:, :, 2] = i * (1 - g**2)
    local[:, :, 3] = tanh_c * o * (1 - o)
    h_to_c = o * (1 - tanh_c**2)

    W_h = W[:, :, :H].reshape(4 * H, H)
    dsums = np.zeros(gates.shape)
    dh_next = np.zeros((B, H))
    dc_next = dc_T
    for t in reversed(range(T)):
        dh_t = dh[t] + dh_next
        dc = dh_t * h_to_c[t] + dc_next
        dsums[t, :, :3] = dc[:, None] * local[t, :, :3]
        dsums[t, :, 3] = dh_t * local[t, :, 3]
        dh_next = dsums[t].reshape(B, 4 * H) @ W_h
        dc_next = dc * f[t]
    dW, db, dx = fast_after(W, x, h, dsums)
    return dW, db, dx, dh_next, dc_next


def _forward_loss(forward, p):
    _, c, h = p["memory"]
    _, c, h = forward(p["W"], _bias(h.shape[2]), p["x"], h[0], c[0])
    return np.sum(h[1:] * p["dh"]) + np.sum(c[-1] * p["dc_T"])


FIRST_COLUMNS = (
    "W_x was taken from the wrong columns",
    "W[:, :, H:]",
    "W[:, :, :D]",
    "You took the first D columns of `W`. It acts on `[h_prev, x]`: which columns meet `x`?",
)
NO_BIAS = "The product is right. The bias, a number for each gate and unit, has been left behind."
NEIGHBOURS = (
    "You took neighbours for gates. In the 4H numbers of a row all H sums of `f` come first, then those of `i`. Which of the "
    "two axes, gate or unit, is the outer one?"
)
NOT_TRANSPOSED = (
    "The shape fits, the numbers do not: a matrix was *reshaped* where it had to be *transposed*. A reshape reads the same "
    "numbers in the same order and never exchanges two axes."
)
SHIFTED = Mistake(
    "h is one step late",
    "h[:-1]",
    "h[1:]",
    "Your rows of `z` hold what each step *wrote*. The sums of step t were made from what it *read*, the output of the step "
    "before. Compare with the figure: which entry of `h` does no step read?",
    of=fast_after,
)
BIAS_AVERAGED = Mistake(
    "the bias is averaged over the batch",
    "rows.sum(axis=0)",
    "(rows.sum(axis=0) / B)",
    "Your `db` is the sum over time divided by B. A bias is used once by every sequence, as a weight is: its uses add.",
    of=fast_after,
)
LAST_STEP = Mistake(
    "the weights' gradient is that of the last step alone",
    "(rows.T @ z)",
    "(rows[-B:].T @ z[-B:])",
    "Your `dW` counts the last step only. Every step uses `W`, so every step has a share in the sum.",
    of=fast_after,
)
ROWS_APART = Mistake(
    "the rows of dsums are not those of z",
    "rows = dsums.reshape",
    "rows = dsums.swapaxes(0, 1).reshape",
    "You laid `dsums` out sequence by sequence, and its partner step by step, so rows meet that do not belong together. (The sum "
    "`db` does not care about the order of the rows.) Flatten both in the same order of axes.",
    of=fast_after,
)
GATE_ORDER = "Two gates have changed places. In this course the order is `f i g o`, in `W`, in `sums` and in `gates`."

EXERCISES = (
    Exercise(
        name="batch_affine_backward",
        points=2,
        problem=a_batch_of_rows,
        reference=batch_affine_backward,
        outputs=("dW", "db", "dz"),
        mistakes=(
            Mistake(
                "the bias is averaged over the batch",
                "dy.sum(axis=0)",
                "dy.mean(axis=0)",
                "Your `db` is the mean over the batch. The bias is used once in every row: at a fork the branches *add*. "
                "Whoever wants a mean divides the loss.",
            ),
            Mistake(
                "the weights' gradient is averaged over the batch",
                "dy.T @ z",
                "dy.T @ z / len(z)",
                "Your `dW` is the mean over the batch. The weights are used once in every row: at a fork the branches *add*.",
            ),
            Mistake(
                "the bias is not summed",
                "dy.sum(axis=0)",
                "dy",
                "Your `db` has a row for each sequence, and `b` has only one. Forward, `b` was copied into every row. What is "
                "the way back of a copy?",
            ),
            Mistake(
                "db has an axis too many",
                "dy.sum(axis=0)",
                "dy.sum(axis=0, keepdims=True)",
                "Your `db` is a matrix with one row. The sum takes the batch axis away: `b` has shape `(m,)`.",
            ),
            Mistake(
                "everything is divided by the size of the batch",
                "dW = dy.T @ z",
                "dy = dy / len(z)\n    dW = dy.T @ z",
                "All three are B times too small. `dy` is the gradient of the loss as it is. Whoever wants a mean over the batch "
                "has divided the loss by B, and then `dy` comes divided.",
            ),
            Mistake(
                "the bias is summed over the wrong axis",
                "dy.sum(axis=0)",
                "dy.sum(axis=1)",
                "You summed over the units and kept the batch. A gradient has the shape of its variable: how long is `b`?",
            ),
            Mistake(
                "dW is transposed",
                "dy.T @ z",
                "z.T @ dy",
                "These are the right numbers with rows and columns exchanged. `W` is (out, in), and so is `dW`.",
            ),
            Mistake(
                "dW counts the last sequence only",
                "dy.T @ z",
                "dy[-1:].T @ z[-1:]",
                "Your `dW` is the share of the last row alone. Is it overwritten where it should be added to?",
            ),
            Mistake(
                "db counts the last sequence only",
                "dy.sum(axis=0)",
                "dy[-1]",
                "Your `db` is the share of the last row alone. Is it overwritten where it should be added to?",
            ),
            Mistake(
                "dz is summed over the batch",
                "dy @ W",
                "dy.sum(axis=0) @ W",
                "Your `dz` is one row for the whole batch. The weights are shared, the inputs are not: each row of `z` has a "
                "gradient of its own.",
            ),
        ),
        hints=(
            "Begin with the shapes: `dW (m, k)` from `dy (B, m)` and `z (B, k)`. The axis that vanishes is the one that is summed over.",
            "Written out, `dW[i, j]` is the sum over n of `dy[n, i] * z[n, j]`. That is a matrix product; which factor is transposed?",
            "`dz` undoes `z @ W.T`: a row of `dy` times which matrix has k entries? And `b` was copied into all rows, so its gradient "
            "is `dy.sum(...)` over the rows.",
        ),
        probes={"a batch of one": {"B": 1}},
    ),
    Exercise(
        name="fast_sums",
        points=2,
        problem=a_joined_batch,
        reference=fast_sums,
        mistakes=(
            Mistake(
                "W was reshaped, not transposed", "W.reshape(4 * H, width).T", "W.reshape(width, 4 * H)", NOT_TRANSPOSED
            ),
            Mistake(
                "the sums were split the wrong way",
                "sums.reshape(len(z), 4, H)",
                "sums.reshape(len(z), H, 4).swapaxes(1, 2)",
                NEIGHBOURS,
            ),
            Mistake(
                "the gate axis was put in front by a reshape",
                "sums.reshape(len(z), 4, H)",
                "sums.reshape(4, len(z), H).swapaxes(0, 1)",
                "Your rows are cut across sequences. Each row of the product belongs to *one* sequence and holds its 4H sums: the batch "
                "axis comes first and stays first.",
            ),
            Mistake(
                "the bias was transposed",
                "b.reshape(4 * H)",
                "b.T.reshape(4 * H)",
                "In your `b` the gates are mixed. " + NEIGHBOURS,
            ),
            Mistake("the bias is missing", " + b.reshape(4 * H)", "", NO_BIAS),
            Mistake(
                "the gates are in the order i f g o",
                "return sums.reshape(len(z), 4, H)",
                "return sums.reshape(len(z), 4, H)[:, [1, 0, 2, 3]]",
                GATE_ORDER + " (`i f g o` is PyTorch's.)",
            ),
            Mistake(
                "the gates are in the order f i o g",
                "return sums.reshape(len(z), 4, H)",
                "return sums.reshape(len(z), 4, H)[:, [0, 1, 3, 2]]",
                GATE_ORDER,
            ),
            Mistake(
                "the gates are not split",
                "return sums.reshape(len(z), 4, H)",
                "return sums",
                "The numbers are right. The 4H sums of each row are still in one piece: give them an axis for the gate, `(B, 4, H)`.",
            ),
            Mistake(
                "the gate axis comes last",
                "sums.reshape(len(z), 4, H)",
                "sums.reshape(len(z), 4, H).swapaxes(1, 2)",
                "Your last two axes are exchanged: the gate comes before the unit, `(B, 4, H)`.",
            ),
        ),
        hints=(
            "Stack the four matrices to one with 4H rows, and the four biases to one vector with 4H entries. Then it is `z @ W.T + b`, as ever.",
            "`W.reshape(4 * H, -1)` is the stack. The product has shape `(B, 4 * H)`.",
            "In a row of the product, the first H entries belong to `f`. Splitting an axis of length 4H into `4, H` is a reshape.",
        ),
        probes={"a batch of one": {"B": 1}},
    ),
    Exercise(
        name="fast_inputs",
        points=2,
        problem=some_inputs,
        reference=fast_inputs,
        mistakes=(
            Mistake(*FIRST_COLUMNS),
            Mistake("the bias is missing", " + b.reshape(4 * H)", "", NO_BIAS),
            Mistake(
                "time and batch were exchanged on the way in",
                "rows = x.reshape(T * B, D)",
                "rows = x.swapaxes(0, 1).reshape(T * B, D)",
                "The rows went in sequence by sequence and came out step by step. Which of your reshapes takes the axes in another order?",
            ),
            Mistake(
                "time and batch were exchanged on the way out",
                "sums.reshape(T, B, 4, H)",
                "sums.reshape(B, T, 4, H).swapaxes(0, 1)",
                "The rows went in step by step and came out sequence by sequence. Which of your reshapes takes the axes in another order?",
            ),
            Mistake(
                "the batch comes before time",
                "sums.reshape(T, B, 4, H)",
                "sums.reshape(T, B, 4, H).swapaxes(0, 1)",
                "The numbers are right, and your first two axes are exchanged. Time comes first, then the batch.",
            ),
            Mistake(
                "W_x was reshaped, not transposed",
                "    W_x = W[:, :, H:].reshape(4 * H, D)",
                "    W_x = W[:, :, H:].reshape(D, 4 * H).T",
                NOT_TRANSPOSED,
            ),
            Mistake(
                "the sums were split the wrong way",
                "sums.reshape(T, B, 4, H)",
                "sums.reshape(T, B, H, 4).swapaxes(2, 3)",
                NEIGHBOURS,
            ),
            Mistake(
                "the bias was transposed",
                "b.reshape(4 * H)",
                "b.T.reshape(4 * H)",
                "In your `b` the gates are mixed. " + NEIGHBOURS,
            ),
        ),
        hints=(
            "Only the columns of `W` that meet `x` take part, and `W` acts on `[h_prev, x]`. They are the last D.",
            "Flatten `x` to `(T * B, D)` and the columns to a matrix `(4 * H, D)`. The product of the two, one of them transposed, has shape "
            "`(T * B, 4 * H)`.",
            "Add the bias to every row. The last line gives the axes back: `.reshape(T, B, 4, H)`.",
        ),
        probes={"a batch of one": {"B": 1}, "one step": {"T": 1}},
    ),
    Exercise(
        name="fast_after",
        points=3,
        problem=kept_by_the_loop,
        reference=fast_after,
        outputs=("dW", "db", "dx"),
        mistakes=(
            SHIFTED,
            BIAS_AVERAGED,
            LAST_STEP,
            ROWS_APART,
            Mistake(
                "the rows of z are not those of dsums",
                "axis=2).reshape",
                "axis=2).swapaxes(0, 1).reshape",
                "You laid `z` out sequence by sequence, and `dsums` step by step, so rows meet that do not belong together. Flatten both in "
                "the same order of axes.",
            ),
            Mistake(
                "x comes first in z",
                "[h[:-1], x]",
                "[x, h[:-1]]",
                "The columns of your `dW` are in another order than those of `W`. It acts on `[h_prev, x]`.",
            ),
            Mistake(
                "h0 is missing",
                "h[:-1]",
                "np.concatenate([0 * h[:1], h[1:-1]])",
                "At the first step your `h_prev` is zero. That step read `h0`, and `h0` is the first entry of `h`.",
            ),
            Mistake(
                "the weights' gradient is that of the first step alone",
                "(rows.T @ z)",
                "(rows[:B].T @ z[:B])",
                "Your `dW` counts the first step only. Every step uses `W`, so every step has a share in the sum. Does a loop that runs "
                "backward overwrite where it should add?",
            ),
            Mistake(
                "the weights' gradient is averaged over the batch",
                "(rows.T @ z)",
                "(rows.T @ z / B)",
                "Your `dW` is divided by B. Every sequence uses `W`: at a fork the branches add.",
            ),
            Mistake(
                "the bias's gradient is that of the last step alone",
                "rows.sum(axis=0)",
                "rows[-B:].sum(axis=0)",
                "Your `db` counts the last step only. Every step uses `b`, so every step has a share in the sum.",
            ),
            Mistake(
                "the bias is averaged over steps and batch",
                "rows.sum(axis=0)",
                "rows.mean(axis=0)",
                "Your `db` is a mean over all rows. Every row used the bias once: at a fork the branches add.",
            ),
            Mistake(*FIRST_COLUMNS),
            Mistake(
                "dsums was reshaped, not transposed",
                "(rows.T @ z)",
                "(rows.reshape(4 * H, T * B) @ z)",
                "`dW` has the right shape and the wrong numbers: `dsums` was *reshaped* to 4H rows where it had to be *transposed*. A reshape "
                "never exchanges two axes.",
            ),
            Mistake(
                "dW was reshaped, not transposed",
                "(rows.T @ z)",
                "(z.T @ rows)",
                "`dW` has the right numbers in the wrong places: your product is `(H + D, 4 * H)`, and a reshape does not turn it round.",
            ),
            Mistake(
                "the bias was split the wrong way",
                "rows.sum(axis=0).reshape(4, H)",
                "rows.sum(axis=0).reshape(H, 4).T",
                NEIGHBOURS,
            ),
            Mistake(
                "dx has time and batch exchanged",
                "(rows @ W_x).reshape(T, B, D)",
                "(rows @ W_x).reshape(B, T, D).swapaxes(0, 1)",
                "The rows of your `dx` went in step by step and came out sequence by sequence.",
            ),
        ),
        hints=(
            "One row of `dsums` and one row of `z = [h_prev, x]` for each step of each sequence. As matrices: `(T * B, 4 * H)` and `(T * B, H + D)`.",
            "This is `batch_affine_backward` with `T * B` rows. All that is new: which entries of `h` are the `h_prev` of steps 0 to T - 1, and "
            "the shapes at the end.",
            "The last entry of `h` is read by no step, so `z` is made of `h[:-1]` and `x`. For `dx` you need only the columns of `W` that meet `x`.",
        ),
        probes={"a batch of one": {"B": 1}, "one step": {"T": 1}},
    ),
    Exercise(
        name="fast_slope",
        kind="expression",
        problem=a_tanh,
        reference=fast_slope,
        mistakes=(
            Mistake(
                "one half is forgotten",
                "/ 4",
                "/ 2",
                "A factor of one half is missing. There are two of them: one stands in front of the tanh, one inside it.",
            ),
            Mistake(
                "both halves are forgotten",
                "/ 4",
                "",
                "That is the slope of tanh at its own argument. Here tanh is scaled, and its argument is $z/2$, and you differentiate by $z$.",
            ),
            Mistake(
                "this is sigma itself",
                "(1 - t**2) / 4",
                "(1 + t) / 2",
                "That is $\\sigma(z)$, and it is right. Now its slope: differentiate by $z$, on which $t$ depends.",
            ),
            Mistake(
                "sigma' was taken of the tanh",
                "(1 - t**2) / 4",
                "t * (1 - t)",
                "$\\sigma(1 - \\sigma)$ wants $\\sigma$, and $t$ is the tanh. What is $\\sigma$ in terms of $t$?",
            ),
            Mistake(
                "the derivative with respect to t",
                "(1 - t**2) / 4",
                "t * 0 + 1 / 2",
                "That is how $\\sigma$ changes when $t$ does. But $z$ is what moves: what is $\\mathrm{d}t/\\mathrm{d}z$?",
            ),
        ),
        hints=(
            "With $u = z/2$ the tanh is $t = (1 - e^{-z})/(1 + e^{-z})$. What is $1 + t$?",
            "$1 + t = 2/(1 + e^{-z})$. So $\\sigma$ is half of that.",
            "Two factors: $\\mathrm{d}\\sigma/\\mathrm{d}t$, and $\\mathrm{d}t/\\mathrm{d}z$, which has a half of its own.",
        ),
    ),
    Exercise(
        name="fast_gates",
        points=2,
        problem=some_sums,
        reference=fast_gates,
        mistakes=(
            Mistake(
                "the half inside the tanh is forgotten",
                "np.tanh(half * sums)",
                "np.tanh(sums)",
                "Your f, i and o are too steep: they are the sigmoid of *twice* the sum. What goes into the tanh must be scaled, too.",
            ),
            Mistake(
                "the half before the tanh is forgotten",
                "half * np.tanh(",
                "np.tanh(",
                "Your f, i and o leave the range from 0 to 1. A tanh is two units high, a sigmoid one.",
            ),
            Mistake(
                "nothing is added",
                " + (1 - half)",
                "",
                "Your f, i and o lie around zero. A sigmoid lies around one half.",
            ),
            Mistake(
                "g was lifted, too",
                "(1 - half)",
                "0.5",
                "f, i and o are right. Your g is half a unit too high: the candidate is a plain tanh, and nothing is added to it.",
            ),
            Mistake(
                "all four are sigmoids",
                "[0.5, 0.5, 1, 0.5]",
                "[0.5, 0.5, 0.5, 0.5]",
                "f, i and o are right. Your g is a sigmoid as well, and nothing negative could ever be written. Which of the four is no gate?",
            ),
            Mistake(
                "the plain tanh went to o",
                "[0.5, 0.5, 1, 0.5]",
                "[0.5, 0.5, 0.5, 1]",
                "Your plain tanh stands at o and your g is a sigmoid. The order is `f i g o`.",
            ),
            Mistake(
                "the plain tanh went to i",
                "[0.5, 0.5, 1, 0.5]",
                "[0.5, 1, 0.5, 0.5]",
                "Your plain tanh stands at i and your g is a sigmoid. The order is `f i g o`.",
            ),
            Mistake(
                "all four are tanh",
                "[0.5, 0.5, 1, 0.5]",
                "[1, 1, 1, 1]",
                "Your g is right. f, i and o are sigmoids: their tanh is scaled, inside and outside, and lifted.",
            ),
        ),
        hints=(
            "From the last exercise: $\\sigma(z) = \\frac12 + \\frac12 \\tanh\\frac z2$. And for g: $0 + 1 \\cdot \\tanh(1 \\cdot z)$.",
            "So both are of the form $\\text{shift} + \\text{scale} \\cdot \\tanh(\\text{scale} \\cdot z)$, with numbers that depend on the gate only.",
            "`np.array([...])[:, None]` with the four scales, in the order `f i g o`. The shifts are 1 minus the scales.",
        ),
        probes={"a batch of one": {"B": 1}, "very large sums": {"size": 1000.0}},
    ),
    Exercise(
        name="fast_forward",
        points=3,
        problem=a_batch,
        reference=fast_forward,
        outputs=("gates", "c", "h"),
        mistakes=(
            Mistake(
                "every step reads h0",
                "recurrent = h[t] @",
                "recurrent = h[0] @",
                "Each step reads the state that everything started from. It should read what the step before it wrote.",
            ),
            Mistake(
                "W_h was taken from the wrong columns",
                "W[:, :, :H]",
                "W[:, :, -H:]",
                "You took the last H columns of `W`. It acts on `[h_prev, x]`: which columns meet `h_prev`?",
            ),
            Mistake(
                "W_h was reshaped, not transposed",
                "W_h = W[:, :, :H].reshape(4 * H, H)",
                "W_h = W[:, :, :H].reshape(H, 4 * H).T",
                NOT_TRANSPOSED,
            ),
            Mistake(
                "the tanh of c is missing",
                "o * np.tanh(c[t + 1])",
                "o * c[t + 1]",
                "Your `h` is `o * c`. Before it goes out, the cell state is squashed.",
            ),
            Mistake(
                "the output shows the old cell state",
                "np.tanh(c[t + 1])",
                "np.tanh(c[t])",
                "`h` of a step is made from the cell state *before* that step. Which row of `c` has just been written?",
            ),
            Mistake(
                "f and i have changed places",
                "f, i, g, o = gates[t]",
                "i, f, g, o = gates[t]",
                "The gates themselves are right, and f and i have changed places in `c`. The order is `f i g o`.",
            ),
            Mistake(
                "g and o have changed places",
                "f, i, g, o = gates[t]",
                "f, i, o, g = gates[t]",
                "The gates themselves are right, and g and o have changed places. The order is `f i g o`.",
            ),
            Mistake(
                "the cell state is not carried",
                "f * c[t] + i * g",
                "f * c0 + i * g",
                "Every step starts from `c0` again. It should keep a part of what the step before it left.",
            ),
            Mistake(
                "c0 is ignored",
                "    c[0] = c0\n",
                "",
                "Your first row of `c` is zero. It belongs to `c0`.",
            ),
            Mistake(
                "h0 is ignored",
                "    h[0] = h0\n",
                "",
                "Your first row of `h` is zero. It belongs to `h0`.",
            ),
            Mistake(
                "the initial states are left out",
                "return gates, c, h",
                "return gates, c[1:], h[1:]",
                "The states are right, and the first row of `c` and `h` is missing: `c0` and `h0` stand there, T + 1 rows in all. The "
                "backward pass will read them.",
            ),
            Mistake(
                "all steps share one array of gates",
                "gates[t] = fast_gates",
                "gates[:] = fast_gates",
                "Every `gates[t]` holds the gates of the last step, while `c` and `h` are right. All steps wrote into the same memory: does "
                "your list hold one array many times, or views of it?",
            ),
            Mistake(
                "the sums were kept, not the gates",
                "        gates[t] = fast_gates(inputs[t] + recurrent.reshape(B, 4, H))\n"
                "        f, i, g, o = gates[t].swapaxes(0, 1)",
                "        gates[t] = inputs[t] + recurrent.reshape(B, 4, H)\n"
                "        f, i, g, o = fast_gates(gates[t]).swapaxes(0, 1)",
                "`c` and `h` are right, and `gates` holds the sums. The backward pass needs the gates.",
            ),
            Mistake(
                "the recurrent product was split the wrong way",
                "recurrent.reshape(B, 4, H)",
                "recurrent.reshape(4, B, H).swapaxes(0, 1)",
                "The rows of your recurrent product are cut across sequences. Each row belongs to one of them: the batch axis comes first "
                "and stays first.",
            ),
            Mistake(
                "the recurrent product is missing",
                "inputs[t] + recurrent.reshape(B, 4, H)",
                "inputs[t]",
                "Your sums know nothing of the step before: `h_prev` has a part in them.",
            ),
            Mistake(
                "every step reads the first input",
                "inputs[t] +",
                "inputs[0] +",
                "Every step reads the input of the first one.",
            ),
        ),
        hints=(
            "Before the loop: `fast_inputs`, the first H columns of `W` as a matrix `(4 * H, H)`, and empty arrays with `c0` and `h0` in their first rows.",
            "In the loop: `inputs[t]` and the product with `h[t]`, in shape `(B, 4, H)`, give the sums; then the gates, `c[t + 1]`, `h[t + 1]`.",
            "`f, i, g, o = gates[t].swapaxes(0, 1)` gives the four gates of a step, `(B, H)` each, without a copy.",
        ),
        probes={"one step": {"T": 1}, "a batch of one": {"B": 1}, "zero initial states": {"states": 0}},
    ),
    Exercise(
        name="fast_backward",
        points=4,
        problem=a_batch_gone_forward,
        reference=fast_backward,
        outputs=("dW", "db", "dx", "dh0", "dc0"),
        own=Own("fast_forward", _forward_loss, {"dW": "W", "dx": "x"}),
        mistakes=(
            Mistake(
                "dh_next is never added",
                "dh_t = dh[t] + dh_next",
                "dh_t = dh[t]",
                "Each step knows its own loss only. What the next step sends back to `h` has to be added to it.",
            ),
            Mistake(
                "dc_next is never added",
                "dh_t * h_to_c[t] + dc_next",
                "dh_t * h_to_c[t]",
                "Nothing comes back along the cell state. `c` forks: up to `h`, and right to the next step.",
            ),
            Mistake(
                "dc is multiplied at the fork",
                "dh_t * h_to_c[t] + dc_next",
                "dh_t * h_to_c[t] * dc_next",
                "At the fork of `c` the two branches were multiplied. Between branches we add.",
            ),
            Mistake(
                "the forget gate is missing in dc_prev",
                "dc_next = dc * f[t]",
                "dc_next = dc",
                "`dc` goes to the step before unchanged. On its way it passes the product with the forget gate.",
            ),
            Mistake(
                "the forget gate of the step before",
                "dc_next = dc * f[t]",
                "dc_next = dc * f[t - 1]",
                "On its way from step t to step t - 1, `dc` passes a forget gate. Which step does that gate belong to?",
            ),
            Mistake(
                "dc_T is ignored",
                "dc_next = dc_T",
                "dc_next = 0 * dc_T",
                "Your sweep starts with nothing at the last cell state, and `dc_T` is what arrives there.",
            ),
            Mistake(
                "c where c_prev belongs",
                "c_prev = c[:-1]",
                "c_prev = c[1:]",
                "The forget gate multiplied the *old* cell state. Which rows of `c` are those that each step read?",
            ),
            Mistake(
                "tanh of the old cell state",
                "np.tanh(c[1:])",
                "np.tanh(c[:-1])",
                "`h` was made from the cell state that its own step *wrote*. Which rows of `c` are those?",
            ),
            Mistake(
                "the tanh of c is missing",
                "tanh_c = np.tanh(c[1:])",
                "tanh_c = c[1:]",
                "You used `c` where `tanh(c)` belongs.",
            ),
            Mistake(
                "the sigmoid's slope is missing at f",
                "c_prev * f * (1 - f)",
                "c_prev",
                "At the forget gate the gradient stopped at the gate. To reach its sum it has to pass the sigmoid.",
            ),
            Mistake(
                "the sigmoid's slope is missing at o",
                "tanh_c * o * (1 - o)",
                "tanh_c",
                "At the output gate the gradient stopped at the gate. To reach its sum it has to pass the sigmoid.",
            ),
            Mistake(
                "the tanh's slope is missing at g",
                "i * (1 - g**2)",
                "i",
                "At the candidate the gradient stopped at `g`. To reach its sum it has to pass the tanh.",
            ),
            Mistake(
                "the sigmoid's slope at g",
                "i * (1 - g**2)",
                "i * g * (1 - g)",
                "The candidate went through a tanh, and you sent its gradient back through a sigmoid.",
            ),
            Mistake(
                "the tanh was taken of g again",
                "(1 - g**2)",
                "(1 - np.tanh(g) ** 2)",
                "`g` has been through tanh already: its slope is one minus the square of `g`.",
            ),
            Mistake(
                "the tanh's slope is missing between h and c",
                "h_to_c = o * (1 - tanh_c**2)",
                "h_to_c = o",
                "On the way from `h` to `c` you passed the product with `o`. There is a tanh as well.",
            ),
            Mistake(
                "o is missing between h and c",
                "h_to_c = o * (1 - tanh_c**2)",
                "h_to_c = 1 - tanh_c**2",
                "On the way from `h` to `c` you passed the tanh. There is a product with `o` as well.",
            ),
            Mistake(
                "o through c",
                "= dh_t * local[t, :, 3]",
                "= dc * local[t, :, 3]",
                "The output gate does not lie on the way to `c`: it multiplies `tanh(c)`, and its gradient comes from `h` directly.",
            ),
            Mistake(
                "dh_prev from the forget gate alone",
                "dsums[t].reshape(B, 4 * H) @ W_h",
                "dsums[t, :, 0] @ W_h[:H]",
                "Your `dh_prev` comes through the forget gate only. All four gates read `h_prev`.",
            ),
            Mistake(
                "W_h was taken from the wrong columns",
                "W[:, :, :H]",
                "W[:, :, -H:]",
                "You took the last H columns of `W`. It acts on `[h_prev, x]`: which columns meet `h_prev`?",
            ),
            Mistake(
                "swept forward",
                "reversed(range(T))",
                "range(T)",
                "You went from the first step to the last. What comes back to a step comes from the step *after* it.",
            ),
            Mistake(
                "all steps share one row of dsums",
                "    dW, db, dx = fast_after",
                "    dsums[:] = dsums[0]\n    dW, db, dx = fast_after",
                "`dh0` and `dc0` are right, and every `dsums[t]` holds the numbers of the last turn of your loop. All steps wrote into the "
                "same memory: does a list hold one array many times?",
            ),
            SHIFTED,
            BIAS_AVERAGED,
            LAST_STEP,
            ROWS_APART,
        ),
        hints=(
            "Take `block_backward` line by line, and sort: what is `dh` or `dc`, and what is known from `gates` and `c`? The latter goes into `local`, "
            "with shape `(T, B, 4, H)`.",
            "The loop then has five lines: the total at `h`; the total at `c`; `dsums[t]`, where `f`, `i` and `g` get `dc` and `o` gets `dh`; "
            "`dh_next`; `dc_next`.",
            "`c[:-1]` are the old cell states, `c[1:]` the new ones. `dc[:, None] * local[t, :, :3]` does three gates at once. After the loop: `fast_after`.",
        ),
        probes={
            "one step": {"T": 1},
            "a batch of one": {"B": 1},
            "zero initial states": {"states": 0},
            "nothing at the last cell state": {"last": 0},
        },
    ),
    Written(
        name="fast_must_wait",
        model=(
            "What needs the result of the step next to it has to stay. Forward that is the product of W_h and h_{t-1}: the output of the step "
            "before is not known until that step is done. Backward it is the product that makes dh_{t-1}, because the step before cannot "
            "go on without it. The product of W_x and x_t depends on no step, so it can be done for all steps before the loop. dW, db and "
            "dx are needed by no step, so they can be done for all steps after it."
        ),
        guide=(
            "In the loop stay W_h h_{t-1} forward and dh_{t-1} = W_h^T ds_t backward, since the neighbouring step depends on them.",
            "W_x x_t depends on no other step and goes before; dW, db, dx are needed by no other step and go after.",
        ),
    ),
)
