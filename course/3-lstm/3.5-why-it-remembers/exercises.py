"""The exercises of 3.5 Why it remembers."""

from types import SimpleNamespace

import numpy as np

from autograde import course
from autograde.judging.exercise import Exercise, Written

all_blocks = course.notebooks()["3.3-through-time"].load("exercises.py").lstm_forward

TITLE = "3.5 Why it remembers"


def _numbers(rng, *shape):
    """Numbers between 0.3 and 1.2 in size, of either sign: nothing is zero, and no gate is shut."""
    return rng.uniform(0.3, 1.2, shape) * rng.choice([-1.0, 1.0], shape)


def some_steps(rng, T=5, H=4, D=2):
    weights = {"W": _numbers(rng, 4, H, H + D), "b": _numbers(rng, 4, H)}
    return {"steps": all_blocks(**weights, x=_numbers(rng, T, D), h0=_numbers(rng, H), c0=_numbers(rng, H))}


def a_gate(rng):
    return {"f": float(rng.uniform(0.55, 0.95))}


def a_way_back(rng, T=5, H=4, D=2):
    W, b = _numbers(rng, 4, H, H + D), _numbers(rng, 4, H)
    steps = all_blocks(W, b, _numbers(rng, T, D), _numbers(rng, H), _numbers(rng, H))
    return {"W": W, "steps": steps, "dc_T": _numbers(rng, H)}


def two_dials(rng, H=4, D=2):
    dials = {"recurrent": float(rng.uniform(1.5, 2.5)), "forget_bias": float(rng.uniform(1.5, 2.5))}
    return {"W": _numbers(rng, 4, H, H + D), "b": _numbers(rng, 4, H)} | dials


def an_lstm_to_turn(rng, T=5, H=4, D=2):
    problem = two_dials(rng, H, D)
    data = {"x": _numbers(rng, T, D), "dc_T": _numbers(rng, H)}
    return {"W": problem["W"], "b": problem["b"]} | data | {k: problem[k] for k in ("recurrent", "forget_bias")}


def one_unit(rng):
    w_f, w_i, w_g, c_1 = map(float, _numbers(rng, 4))
    f_2, i_2, o_1 = map(float, rng.uniform(0.15, 0.45, 3))
    g_2 = float(0.7 * _numbers(rng))
    return {"w_f": w_f, "w_i": w_i, "w_g": w_g, "f_2": f_2, "i_2": i_2, "g_2": g_2, "o_1": o_1, "c_1": c_1}


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def lstm_forward(W, b, x, h0, c0):
    h, c, steps = h0, c0, []
    for t in range(len(x)):
        z = np.concatenate([h, x[t]])
        f_hat, i_hat, g_hat, o_hat = W @ z + b
        f, i, g, o = sigmoid(f_hat), sigmoid(i_hat), np.tanh(g_hat), sigmoid(o_hat)
        c_prev = c
        c = f * c_prev + i * g
        h = o * np.tanh(c)
        steps.append(SimpleNamespace(c_prev=c_prev, f=f, i=i, g=g, o=o, c=c))
    return steps


def sweep_arrivals(W, steps, dh, dc_T):
    dh_in, dc_in = np.zeros(dh.shape), np.zeros(dh.shape)
    dh_next, dc_next = np.zeros(dh.shape[1]), dc_T
    for t in reversed(range(len(steps))):
        dh_in[t] = dh[t] + dh_next
        dc_in[t] = dc_next
        dh_next, dc_next = _one_block_back(W, steps[t], dh_in[t], dc_in[t])
    return dh_in, dc_in


def _one_block_back(W, step, dh, dc_next):
    f, i, g, o, c = step.f, step.i, step.g, step.o, step.c
    dc = dh * o * (1 - np.tanh(c) ** 2) + dc_next
    df_hat = dc * step.c_prev * f * (1 - f)
    di_hat = dc * g * i * (1 - i)
    dg_hat = dc * i * (1 - g**2)
    do_hat = dh * np.tanh(c) * o * (1 - o)
    dz = W[0].T @ df_hat + W[1].T @ di_hat + W[2].T @ dg_hat + W[3].T @ do_hat
    return dz[: W.shape[1]], dc * f


def flow_along_c(steps):
    f = np.array([step.f for step in steps])
    along = np.ones(f.shape)
    for t in reversed(range(len(f) - 1)):
        along[t] = along[t + 1] * f[t + 1]
    return along


def flow_half_life(f):
    return np.log(0.5) / np.log(f)


def flow_norms(W, steps, dc_T):
    no_loss = np.zeros((len(steps), len(dc_T)))
    dh_in, dc_in = sweep_arrivals(W, steps, no_loss, dc_T)
    o = np.array([step.o for step in steps])
    c = np.array([step.c for step in steps])
    dc = dh_in * o * (1 - np.tanh(c) ** 2) + dc_in
    norms = np.linalg.norm(dc, axis=1)
    return norms[::-1]


def flow_dials(W, b, recurrent, forget_bias):
    H = b.shape[1]
    new_W, new_b = W.copy(), b.copy()
    new_W[:, :, :H] = recurrent * W[:, :, :H]
    new_b[0] = forget_bias
    return new_W, new_b


def flow_one_step(w_f, w_i, w_g, f_2, i_2, g_2, o_1, c_1):
    to_h = o_1 * (1 - np.tanh(c_1) ** 2)
    by_f = to_h * w_f * f_2 * (1 - f_2) * c_1
    by_i = to_h * w_i * i_2 * (1 - i_2) * g_2
    by_g = to_h * w_g * (1 - g_2**2) * i_2
    return f_2 + by_f + by_i + by_g


def flow_left(W, b, x, dc_T, recurrent, forget_bias):
    new_W, new_b = flow_dials(W, b, recurrent, forget_bias)
    zeros = np.zeros(len(dc_T))
    steps = lstm_forward(new_W, new_b, x, zeros, zeros)
    norms = flow_norms(new_W, steps, dc_T)
    return norms[-1] / norms[0]


ONE_STEP_SUM = "f_2 + by_f + by_i + by_g"
RETURN_NORMS = "return norms[::-1]"
TOTAL = "dh_in * o * (1 - np.tanh(c) ** 2) + dc_in"

EXERCISES = (
    Exercise(
        name="flow_along_c",
        points=2,
        problem=some_steps,
        reference=flow_along_c,
        hints=(
            "Start at the end. The last cell state moves as much as itself: a row of ones. From there, each row is the row below "
            "it, times one gate.",
            "Between `steps[t].c` and `steps[t + 1].c` stands `steps[t + 1].f`.",
        ),
        probes={"a single step": {"T": 1}, "two steps": {"T": 2}},
    ),
    Exercise(
        name="flow_half_life",
        kind="expression",
        problem=a_gate,
        reference=flow_half_life,
        hints=("Take the logarithm of both sides.", "The logarithm of $f^k$ is $k \\ln f$. Divide."),
    ),
    Exercise(
        name="flow_norms",
        points=3,
        problem=a_way_back,
        reference=flow_norms,
        hints=(
            "`sweep_arrivals(W, steps, dh, dc_T)` wants the losses' own gradients `dh`, shape `(T, H)`. There are none.",
            "At step `t`: from $h$ to $c$ multiply by `steps[t].o * (1 - np.tanh(steps[t].c) ** 2)`, then add what came along $c$.",
            "`np.linalg.norm(dc, axis=1)` is the length of each row. Then turn the order round.",
        ),
        probes={"a single step": {"T": 1}},
    ),
    Exercise(
        name="flow_dials",
        points=2,
        problem=two_dials,
        reference=flow_dials,
        outputs=("W", "b"),
        hints=(
            "`W.copy()` makes a new array. Change the copy.",
            "The recurrent weights of all gates are `W[:, :, :H]`. The forget gate is the first in the order f i g o.",
        ),
    ),
    Exercise(
        name="flow_one_step",
        kind="expression",
        points=3,
        problem=one_unit,
        reference=flow_one_step,
        hints=(
            "First from $c_1$ to $h_1$: one factor for the output gate, one for tanh. All three roads share it.",
            "From $h_1$ through the forget gate: times $w_f$ into the sum, times the slope of the sigmoid to $f_2$, times what $f_2$ is "
            "multiplied by in $c_2$. The other two roads look alike.",
            "The slope of a sigmoid is $f_2 (1 - f_2)$, that of tanh $1 - g_2^2$. And do not forget the straight way.",
        ),
    ),
    Exercise(
        name="flow_left",
        points=2,
        problem=an_lstm_to_turn,
        reference=flow_left,
        hints=(
            "Four lines: `flow_dials`, `lstm_forward` from zeros, `flow_norms`, a quotient.",
            "`norms` is ordered by distance: its first entry belongs to the last step, its last entry to the first step.",
        ),
        probes={"two steps": {"T": 2}},
    ),
    Written(
        name="why_mitigate",
        model=(
            "Along the cell state a gradient meets only forget gates, factors that the network can hold near 1, so there is a route on "
            "which it need not vanish. But a forget gate is at most 1 and mostly below: with gates at one half, half of it is gone after "
            "every step, and shut gates close the route altogether. All other routes pass through h and the recurrent weights at every "
            "step, as in a plain RNN: with small weights they vanish, with large ones they explode, however the forget gates stand. So "
            "the LSTM makes it possible to keep a gradient, and training can learn where; it does not guarantee it, and exploding "
            "gradients still have to be clipped."
        ),
        guide=(
            "Along the cell state the factors are forget gates: near 1 the gradient survives, below 1 it shrinks (half-life), at 0 the "
            "route is closed. So it can still vanish.",
            "The roads through h carry recurrent weights at every step, as in a plain RNN. Nothing bounds them, so the gradient can "
            "explode although every forget gate is below 1.",
            "Mitigate: there is a route that can be kept open, and the gates learn when. That is a possibility, not a guarantee.",
        ),
    ),
)
