"""The exercises of 4.1 From textbook to fast."""

import numpy as np

from autograde.judging.draw import numbers
from autograde.judging.exercise import Exercise, Own, Written
from autograde.judging.questions import Choice, Guess, Recall
from lstm_ref import stages
from lstm_ref.fast import lstm as fast
from lstm_ref.lstm import Params

TITLE = "4.1 From textbook to fast"


def _bias(H):
    """The bias of the backward problems. It is no argument of theirs, so it may be the same in all of them."""
    return np.array([0.6, -0.4, 0.5, -0.3])[:, None] + np.linspace(-0.3, 0.3, H)


def a_batch_of_rows(rng, B=4, k=3, m=5, steep=1.0):
    return {"W": numbers(rng, m, k), "z": numbers(rng, B, k), "dy": steep * numbers(rng, B, m)}


def a_joined_batch(rng, B=2, D=3, H=5):
    return {"W": 0.6 * numbers(rng, 4, H, H + D), "b": numbers(rng, 4, H), "z": numbers(rng, B, H + D)}


def some_inputs(rng, T=6, B=2, D=3, H=5):
    return {"W": 0.6 * numbers(rng, 4, H, H + D), "b": numbers(rng, 4, H), "x": numbers(rng, T, B, D)}


def kept_by_the_loop(rng, T=6, B=2, D=3, H=5, steep=1.0):
    arrays = {"x": numbers(rng, T, B, D), "h": numbers(rng, T + 1, B, H), "dsums": steep * numbers(rng, T, B, 4, H)}
    return {"W": 0.6 * numbers(rng, 4, H, H + D)} | arrays


def a_tanh(rng):
    return {"t": rng.uniform(0.1, 0.9) * rng.choice([-1.0, 1.0])}


def some_sums(rng, B=2, H=5, size=1.5):
    return {"sums": size * numbers(rng, B, 4, H)}


def a_batch(rng, T=6, B=2, D=3, H=5, states=1.0):
    start = {"h0": states * numbers(rng, B, H), "c0": states * numbers(rng, B, H)}
    return some_inputs(rng, T, B, D, H) | start


def a_batch_gone_forward(rng, T=6, B=2, D=3, H=5, states=1.0, last=1.0, steep=1.0):
    p = a_batch(rng, T, B, D, H, states)
    memory = fast_forward(p["W"], _bias(H), p["x"], p["h0"], p["c0"])
    upstream = {"dh": steep * numbers(rng, T, B, H), "dc_T": last * steep * numbers(rng, B, H)}
    return {"W": p["W"], "x": p["x"], "memory": memory} | upstream


def batch_affine_backward(W, z, dy):
    dW, dz, db = stages.affine_backward(W, z, dy)
    return dW, db, dz


def fast_inputs(W, b, x):
    H = b.shape[1]
    return fast.sums(W[:, :, H:], b, x)


def fast_slope(t):
    return (1 - t**2) / 4


def fast_gates(sums):
    B, _, H = sums.shape
    gates = sums.reshape(B, 4 * H).copy()
    fast.activate(gates, *fast.scales(H, gates.dtype))
    return gates.reshape(B, 4, H)


def fast_forward(W, b, x, h0, c0):
    _, _, cache = fast.forward(Params(W, b), x, h0, c0)
    return cache.gates, cache.c, cache.h


def fast_backward(W, x, memory, dh, dc_T):
    gates, c, h = memory
    tanh_c = np.tanh(c[1:])
    params = Params(W, np.zeros(W.shape[:2]))
    grads = fast.backward(fast.Cache(params, x, gates, c, tanh_c, h), dh, dc_T)
    return *grads.params, grads.x, grads.h0, grads.c0


def _forward_loss(forward, p):
    _, c, h = p["memory"]
    _, c, h = forward(p["W"], _bias(h.shape[2]), p["x"], h[0], c[0])
    return np.sum(h[1:] * p["dh"]) + np.sum(c[-1] * p["dc_T"])


EXERCISES = (
    Exercise(
        name="batch_affine_backward",
        points=2,
        problem=a_batch_of_rows,
        reference=batch_affine_backward,
        outputs=("dW", "db", "dz"),
        hints=(
            "Begin with the shapes: `dW (m, k)` from `dy (B, m)` and `z (B, k)`. The axis that vanishes is the one that is summed over.",
            "Written out, `dW[i, j]` is the sum over n of `dy[n, i] * z[n, j]`. That is a matrix product; which factor is transposed?",
            "`dz` undoes `z @ W.T`: a row of `dy` times which matrix has k entries? And `b` was copied into all rows, so its gradient "
            "is `dy.sum(...)` over the rows.",
        ),
        probes={"a batch of one": {"B": 1}, "gradients that are large": {"steep": 1000.0}},
    ),
    Exercise(
        name="fast_sums",
        points=2,
        problem=a_joined_batch,
        reference=fast.sums,
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
        hints=(
            "Only the columns of `W` that meet `x` take part, and `W` acts on `[h_prev, x]`. They are the last D.",
            "Flatten `x` to `(T * B, D)` and the columns to a matrix `(4 * H, D)`. The product of the two, one of them transposed, has shape "
            "`(T * B, 4 * H)`.",
            "Add the bias to every row. The last line gives the axes back: `.reshape(T, B, 4, H)`.",
        ),
        probes={"a batch of one": {"B": 1}, "one step": {"T": 1}, "a longer sequence": {"T": 12}},
    ),
    Exercise(
        name="fast_after",
        points=3,
        problem=kept_by_the_loop,
        reference=fast.sums_backward,
        outputs=("dW", "db", "dx"),
        hints=(
            "One row of `dsums` and one row of `z = [h_prev, x]` for each step of each sequence. As matrices: `(T * B, 4 * H)` and `(T * B, H + D)`.",
            "This is `batch_affine_backward` with `T * B` rows. All that is new: which entries of `h` are the `h_prev` of steps 0 to T - 1, and "
            "the shapes at the end.",
            "The last entry of `h` is read by no step, so `z` is made of `h[:-1]` and `x`. For `dx` you need only the columns of `W` that meet `x`.",
        ),
        probes={
            "a batch of one": {"B": 1},
            "one step": {"T": 1},
            "a longer sequence": {"T": 12},
            "gradients that are large": {"steep": 1000.0},
        },
    ),
    Exercise(
        name="fast_slope",
        kind="expression",
        problem=a_tanh,
        reference=fast_slope,
        alone="an expression in SymPy",
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
        hints=(
            "Before the loop: `fast_inputs`, the first H columns of `W` as a matrix `(4 * H, H)`, and empty arrays with `c0` and `h0` in their first rows.",
            "In the loop: `inputs[t]` and the product with `h[t]`, in shape `(B, 4, H)`, give the sums; then the gates, `c[t + 1]`, `h[t + 1]`.",
            "`f, i, g, o = gates[t].swapaxes(0, 1)` gives the four gates of a step, `(B, H)` each, without a copy.",
        ),
        probes={
            "one step": {"T": 1},
            "a batch of one": {"B": 1},
            "zero initial states": {"states": 0},
            "a longer sequence": {"T": 12},
        },
    ),
    Exercise(
        name="fast_backward",
        points=4,
        problem=a_batch_gone_forward,
        reference=fast_backward,
        outputs=("dW", "db", "dx", "dh0", "dc0"),
        own=Own("fast_forward", _forward_loss, {"dW": "W", "dx": "x"}),
        hints=(
            "Take `block_backward` and your functions of 3.2 line by line, and sort: what is `dh` or `dc`, and what is known from `gates` and `c`? The latter goes into `local`, "
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
            "a longer sequence": {"T": 12},
            "gradients that are large": {"steep": 1000.0},
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

GUESSES = (
    Guess(
        "reshaped",
        "`A` is `[[1, 2, 3], [4, 5, 6]]`. What is `A.reshape(3, 2)`?",
        {
            "a": Choice(
                "`[[1, 4], [2, 5], [3, 6]]`",
                "That is `A.T`. It has the same shape, and the numbers in another order: reshape never changes the order.",
            ),
            "b": Choice(
                "`[[1, 2], [3, 4], [5, 6]]`",
                "The numbers are read as before, 1 to 6, and only the line breaks stand elsewhere.",
            ),
            "c": Choice(
                "an error: two rows are not three",
                "Reshape does not ask for rows to stay rows. It asks that the number of entries stays: 2 times 3 is 3 times 2.",
            ),
        },
        right="b",
    ),
    Guess(
        "who_gains",
        "All products for `dW` move out of the loop and become one, after it. Which batch gains more, measured as the time "
        "after over the time before: one row, or eight?",
        {
            "a": Choice(
                "eight rows: there is more to save",
                "There are more multiplications, and all of them are still made. What goes away is the writing and adding of a "
                "matrix as large as all the weights, once for each step, however many rows there are.",
            ),
            "b": Choice(
                "one row",
                "In the loop each step makes a `dW` as large as all the weights and adds it to another, for a single row of "
                "multiplications. With eight rows the same traffic serves eight times the work.",
            ),
            "c": Choice(
                "both the same: the multiplications are the same",
                "They are the same before and after, in both. But time goes into moving numbers, too, and of that there is less.",
            ),
        },
        right="b",
    ),
)

RECALL = (
    Recall(
        "`z` has a row for each of B sequences, `y = z @ W.T + b`. Over which axis of `dy` is `db` a sum: 0 or 1?",
        (0,),
        "`b` is copied into all rows, and a copy is a fork: `dy.sum(axis=0)`.",
    ),
    Recall(
        "Which of the products of an LSTM's forward pass must stay in the loop over time: the one with `h` or the one with `x`?",
        ("h", "the one with h", "h_prev", "W_h", "with h"),
        "The one with `h`: all `x` are there before the loop begins.",
    ),
    Recall(
        "`h` has `T + 1` entries, the initial state first. Which entry does step `t` read: `t` or `t + 1`?",
        ("t", "h[t]"),
        "It reads `h[t]` and writes `h[t + 1]`.",
    ),
    Recall(
        "Can `reshape` exchange two axes: yes or no?",
        ("no",),
        "No: it keeps the order of the numbers. Exchanging axes is transposing.",
    ),
    Recall(
        "A sigmoid by tanh: the value is one half plus one half times the tanh of `z` divided by what?",
        (2, "two"),
        "By 2: the sigmoid is `0.5 + 0.5 * np.tanh(z / 2)`.",
    ),
)
