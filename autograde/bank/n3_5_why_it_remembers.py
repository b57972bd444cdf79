"""The exercises of 3.5 Why it remembers."""

from types import SimpleNamespace

import numpy as np

from autograde.bank.n3_3_through_time import lstm_forward as all_blocks
from autograde.exercise import Exercise, Mistake, Written

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
        mistakes=(
            Mistake(
                "the step's own forget gate is included",
                "return along",
                "return along * f",
                "There is one factor too many in every row: the forget gate of step `t` itself. It stands *before* `steps[t].c`, "
                "between the cell state of the step before and this one. Which gates does a nudge of `steps[t].c` still meet?",
            ),
            Mistake(
                "the forget gate of the wrong step",
                "* f[t + 1]",
                "* f[t]",
                "The number of factors is right, but each is one step too early. From `steps[t].c` to the next cell state, which "
                "step's forget gate multiplies?",
            ),
            Mistake(
                "the last forget gate is missing",
                "range(len(f) - 1)",
                "range(len(f) - 2)",
                "Every product ends one gate too soon. The way leads into the last cell state, $c_T = f_T \\odot c_{T-1} + \\cdots$",
            ),
            Mistake(
                "only one gate, not the product",
                "along[t + 1] * f[t + 1]",
                "f[t + 1]",
                "Each row holds the next forget gate alone. That is the derivative over one step; the way goes on to the end.",
            ),
            Mistake(
                "the gates were added",
                "along[t + 1] * f[t + 1]",
                "f[t + 1 :].sum(axis=0)",
                "You added the gates. They lie one behind the other on a single route; terms are added over *different* routes.",
            ),
            Mistake(
                "the gates were added to 1",
                "along[t + 1] * f[t + 1]",
                "along[t + 1] + f[t + 1]",
                "You started from 1 and added the gates. Along a route, local derivatives do something else.",
            ),
            Mistake(
                "the gates' mean",
                "along[t + 1] * f[t + 1]",
                "f[t + 1 :].mean(axis=0)",
                "You took the mean of the gates. Two gates of one half leave less than a half.",
            ),
            Mistake(
                "the input gate instead of the forget gate",
                "[step.f for step in steps]",
                "[step.i for step in steps]",
                "These are products of *input* gates. In $c_t = f_t \\odot c_{t-1} + i_t \\odot g_t$, what stands beside the older cell "
                "state?",
            ),
            Mistake(
                "the output gate instead of the forget gate",
                "[step.f for step in steps]",
                "[step.o for step in steps]",
                "These are products of *output* gates. The output gate stands on the way down to $h$, not on the highway.",
            ),
            Mistake(
                "the sums instead of the gates",
                "[step.f for step in steps]",
                "[step.f_hat for step in steps]",
                "You multiplied by $\\hat f$, what goes *into* the sigmoid. The cell state meets what comes out.",
            ),
            Mistake(
                "the slope of the forget gate",
                "[step.f for step in steps]",
                "[step.f * (1 - step.f) for step in steps]",
                "You multiplied by $f(1 - f)$, the slope of the sigmoid. That one belongs on the way *through* the gate. Here the "
                "gate is held fixed, and the cell state is multiplied by it.",
            ),
            Mistake(
                "one product for all units",
                "* f[t + 1]",
                "* f[t + 1].prod()",
                "All units got the same product. On the highway each entry has a factor of its own and meets no other.",
            ),
            Mistake(
                "accumulated from the wrong end",
                "return along",
                "return np.cumprod(f, axis=0)",
                "You multiplied from the first step on: row `t` says what is left of $c_0$ at step `t`. Wanted is what is left of "
                "`steps[t].c` at the end.",
            ),
            Mistake(
                "multiplied along the units",
                "return along",
                "return np.cumprod(f, axis=1)",
                "You multiplied from unit to unit, within a step. Units do not meet on the highway; the product runs over *steps*.",
            ),
            Mistake(
                "ordered by distance, not by step",
                "return along",
                "return along[::-1]",
                "The rows are right, and upside down. Row `t` belongs to `steps[t]`, so the ones stand in the last row.",
            ),
            Mistake(
                "units and steps are exchanged",
                "return along",
                "return along.T",
                "The numbers are right, and the array is turned. A row for each step, a column for each unit.",
            ),
            Mistake(
                "the last step's gate every time",
                "* f[t + 1]",
                "* f[-1]",
                "Every factor is the forget gate of the last step. Each step has its own.",
            ),
            Mistake(
                "the ratio of the cell states",
                "return along",
                "return np.array([steps[-1].c / step.c for step in steps])",
                "You divided one cell state by the other. A derivative asks how the last one *moves* when the other is nudged; what was "
                "written in between does not move with it.",
            ),
        ),
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
        mistakes=(
            Mistake(
                "the sign is wrong",
                "np.log(0.5) / np.log(f)",
                "np.log(2) / np.log(f)",
                "That is a negative number of steps. $f$ is below 1: what is the sign of its logarithm, and what was the right side of "
                "the equation?",
            ),
            Mistake(
                "upside down",
                "np.log(0.5) / np.log(f)",
                "np.log(f) / np.log(0.5)",
                "The fraction is upside down: your $k$ falls when the gate opens. An open gate should keep longer.",
            ),
            Mistake(
                "two different logarithms",
                "np.log(0.5)",
                "np.log10(0.5)",
                "You mixed logarithms to base 10 and to base $e$. Any base will do, but the same above and below.",
            ),
            Mistake(
                "to 1/e, not to one half",
                "np.log(0.5) / np.log(f)",
                "-1 / np.log(f)",
                "After that many steps $1/e$ is left, about 37 per cent. Half is wanted.",
            ),
            Mistake(
                "the logarithms were subtracted",
                "np.log(0.5) / np.log(f)",
                "np.log(0.5) - np.log(f)",
                "You subtracted. The logarithm of $f^k$ is $k$ *times* the logarithm of $f$.",
            ),
            Mistake(
                "no logarithm of f",
                "np.log(0.5) / np.log(f)",
                "np.log(0.5) / f",
                "Take the logarithm on both sides of $f^k = \\frac{1}{2}$. On the left you left it out.",
            ),
            Mistake(
                "an approximation",
                "np.log(0.5) / np.log(f)",
                "np.log(2) / (1 - f)",
                "Very near 1 that comes close. But $1 - f$ only approximates the logarithm; a gate is not always near 1.",
            ),
            Mistake(
                "the share that is lost",
                "np.log(f)",
                "np.log(1 - f)",
                "You used $1 - f$, the share that is lost in a step. What is *left* is multiplied by $f$ each time.",
            ),
            Mistake(
                "lost in equal parts",
                "np.log(0.5) / np.log(f)",
                "0.5 / (1 - f)",
                "That would hold if each step took the same amount away. Each takes the same *share* of what is still there.",
            ),
            Mistake(
                "the gate, not the number of steps",
                "np.log(0.5) / np.log(f)",
                "0.5**f",
                "You raised one half to the power $f$. The unknown is $k$, and it stands in the exponent: how does one get it down?",
            ),
        ),
        hints=("Take the logarithm of both sides.", "The logarithm of $f^k$ is $k \\ln f$. Divide."),
    ),
    Exercise(
        name="flow_norms",
        points=3,
        problem=a_way_back,
        reference=flow_norms,
        mistakes=(
            Mistake(
                "only what came along c",
                TOTAL,
                "dc_in",
                "You measured what the next block passes along $c$. At the fork something else arrives at $c_t$ as well.",
            ),
            Mistake(
                "the highway alone",
                RETURN_NORMS,
                "return np.linalg.norm(flow_along_c(steps) * dc_T, axis=1)[::-1]",
                "You multiplied `dc_T` by the forget gates: that is the highway alone. Your backward pass knows the other routes as well.",
            ),
            Mistake(
                "both arrivals as one long vector",
                TOTAL,
                "np.hstack([dh_in, dc_in])",
                "You measured `dh_in` and `dc_in` side by side, as one vector. One is a gradient at $h$; bring it to $c$, where the two add.",
            ),
            Mistake(
                "only what came through h",
                TOTAL,
                "dh_in * o * (1 - np.tanh(c) ** 2)",
                "You measured what comes up through $h$, and left out the highway.",
            ),
            Mistake(
                "the gradient at h instead of c",
                TOTAL,
                "dh_in",
                "You measured what enters at $h$. The gradient at the *cell state* is wanted, where two roads meet.",
            ),
            Mistake(
                "the two arrivals were simply added",
                TOTAL,
                "dh_in + dc_in",
                "`dh_in` is a gradient at $h$, `dc_in` one at $c$. Before the first may be added to the second, it must pass from $h$ to $c$.",
            ),
            Mistake(
                "the output gate is missing",
                "dh_in * o *",
                "dh_in *",
                "On the way from $h$ to $c$ the slope of tanh is there, and the output gate is not.",
            ),
            Mistake(
                "the slope of tanh is missing",
                "(1 - np.tanh(c) ** 2)",
                "1.0",
                "On the way from $h$ to $c$ the output gate is there, and the slope of tanh is not.",
            ),
            Mistake(
                "the slope of tanh taken of c itself",
                "np.tanh(c) ** 2",
                "c**2",
                "You wrote $1 - c^2$. The slope of tanh is one minus the square of what comes *out* of tanh.",
            ),
            Mistake(
                "the forget gate twice",
                "+ dc_in",
                "+ dc_in * np.array([step.f for step in steps])",
                "What arrives along $c$ has been multiplied by the next block's forget gate already; you multiplied by this block's as "
                "well.",
            ),
            Mistake(
                "the gradient starts at h, not at c",
                "sweep_arrivals(W, steps, no_loss, dc_T)",
                "sweep_arrivals(W, steps, np.vstack([no_loss[1:], dc_T]), 0 * dc_T)",
                "You put the gradient on the last *output*. It is given at the last cell state, and no step has a loss on its output.",
            ),
            Mistake(
                "the gradient starts at h as well",
                "sweep_arrivals(W, steps, no_loss, dc_T)",
                "sweep_arrivals(W, steps, np.vstack([no_loss[1:], dc_T]), dc_T)",
                "The gradient starts twice: at the last cell state, where it belongs, and at the last output.",
            ),
            Mistake(
                "a loss at every step",
                "np.zeros((len(steps), len(dc_T)))",
                "np.tile(dc_T, (len(steps), 1))",
                "There is a gradient at every step. To see how far *one* gradient reaches, it must be the only one.",
            ),
            Mistake(
                "the norm over the wrong axis",
                "axis=1",
                "axis=0",
                "You took the norm over the steps, and got a number for each unit. The length of each *row* is wanted: a number for each step.",
            ),
            Mistake(
                "one norm of everything",
                "np.linalg.norm(dc, axis=1)",
                "np.linalg.norm(dc) * np.ones(len(dc))",
                "You took one norm of the whole array. Each step has a gradient of its own.",
            ),
            Mistake(
                "ordered by step, not by distance",
                RETURN_NORMS,
                "return norms",
                "The numbers are right, and their order is turned. `norms[0]` is the norm at distance 0, at the last step.",
            ),
            Mistake(
                "the squares of the norms",
                RETURN_NORMS,
                "return norms[::-1] ** 2",
                "These are the squares. The length of a vector is the *root* of the sum of its squares.",
            ),
            Mistake(
                "the sum of the sizes instead of the length",
                "np.linalg.norm(dc, axis=1)",
                "np.abs(dc).sum(axis=1)",
                "You added up the sizes of the entries. The norm is the *length* of the vector.",
            ),
            Mistake(
                "the largest entry instead of the length",
                "np.linalg.norm(dc, axis=1)",
                "np.abs(dc).max(axis=1)",
                "You took the largest entry of each gradient. The norm is the *length* of the vector.",
            ),
            Mistake(
                "the mean size instead of the length",
                "np.linalg.norm(dc, axis=1)",
                "np.abs(dc).mean(axis=1)",
                "You took the mean size of the entries. The norm is the *length* of the vector.",
            ),
            Mistake(
                "distance 0 is missing",
                RETURN_NORMS,
                "return norms[-2::-1]",
                "The list begins at distance 1. Distance 0 is the last step, where the gradient starts: $T$ numbers in all.",
            ),
            Mistake(
                "divided by the first one",
                RETURN_NORMS,
                "return norms[::-1] / norms[-1]",
                "You divided by the norm at distance 0. The lengths themselves are wanted here.",
            ),
        ),
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
        mistakes=(
            Mistake(
                "the input's weights were scaled",
                "new_W[:, :, :H] = recurrent * W[:, :, :H]",
                "new_W[:, :, H:] = recurrent * W[:, :, H:]",
                "You scaled the columns that act on $x_t$. In $z = [h_{t-1}, x_t]$, which entries come first?",
            ),
            Mistake(
                "all weights were scaled",
                "new_W[:, :, :H] = recurrent * W[:, :, :H]",
                "new_W = recurrent * W",
                "You scaled all of `W`, those columns too that act on the input. Only the roads through $h$ are meant.",
            ),
            Mistake(
                "only the forget gate's weights were scaled",
                "new_W[:, :, :H] = recurrent * W[:, :, :H]",
                "new_W[0, :, :H] = recurrent * W[0, :, :H]",
                "Only the forget gate's recurrent weights changed. The roads through $h$ go through all four gates.",
            ),
            Mistake(
                "all weights of the forget gate",
                "new_W[:, :, :H] = recurrent * W[:, :, :H]",
                "new_W[0] = recurrent * W[0]",
                "You scaled the whole matrix of the forget gate. Meant is one part of *each* gate's matrix: the columns that act on $h_{t-1}$.",
            ),
            Mistake(
                "the forget gate's weights were left out",
                "new_W[:, :, :H] = recurrent * W[:, :, :H]",
                "new_W[1:, :, :H] = recurrent * W[1:, :, :H]",
                "The forget gate's recurrent weights did not change. Its road leads through $h$ too.",
            ),
            Mistake(
                "only the candidate's weights were scaled",
                "new_W[:, :, :H] = recurrent * W[:, :, :H]",
                "new_W[2, :, :H] = recurrent * W[2, :, :H]",
                "Only the candidate's recurrent weights changed. The gates see $h$ as well.",
            ),
            Mistake(
                "the weights were replaced",
                "recurrent * W[:, :, :H]",
                "recurrent",
                "All recurrent weights became the same number. They should be *multiplied* by it.",
            ),
            Mistake(
                "the number was added to the weights",
                "recurrent * W[:, :, :H]",
                "recurrent + W[:, :, :H]",
                "You added `recurrent` to the weights. They should be multiplied by it.",
            ),
            Mistake(
                "the weights did not change",
                "new_W[:, :, :H] = recurrent * W[:, :, :H]",
                "pass",
                "`W` came back as it was. Two dials are to be turned.",
            ),
            Mistake(
                "the bias of the input gate",
                "new_b[0] =",
                "new_b[1] =",
                "You set the bias of the *input* gate. Which row of `b` belongs to the forget gate?",
            ),
            Mistake(
                "the bias of the candidate",
                "new_b[0] =",
                "new_b[2] =",
                "You set the bias of the *candidate*. Which row of `b` belongs to the forget gate?",
            ),
            Mistake(
                "the bias of the output gate",
                "new_b[0] =",
                "new_b[3] =",
                "You set the bias of the *output* gate. Which row of `b` belongs to the forget gate?",
            ),
            Mistake(
                "the biases of all gates",
                "new_b[0] =",
                "new_b[:] =",
                "You set the biases of all four gates. An open forget gate keeps; an open input gate lets in as well.",
            ),
            Mistake(
                "one unit instead of one gate",
                "new_b[0] =",
                "new_b[:, 0] =",
                "You set the four biases of the first *unit*. `b` has a row for each gate and a column for each unit.",
            ),
            Mistake(
                "only the first unit",
                "new_b[0] =",
                "new_b[0, 0] =",
                "Only the first unit's forget bias changed. Each unit has one.",
            ),
            Mistake(
                "the bias was added",
                "new_b[0] = forget_bias",
                "new_b[0] += forget_bias",
                "You added to the bias that was there. It should *be* `forget_bias`.",
            ),
            Mistake(
                "the gate instead of its bias",
                "new_b[0] = forget_bias",
                "new_b[0] = 1 / (1 + np.exp(-forget_bias))",
                "You sent the bias through the sigmoid first. The block does that itself.",
            ),
        ),
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
        mistakes=(
            Mistake(
                "only the highway",
                ONE_STEP_SUM,
                "f_2",
                "That is the highway alone. $c_1$ is also seen by $h_1$, and all gates of the next step see $h_1$.",
            ),
            Mistake(
                "the highway is missing",
                ONE_STEP_SUM,
                "by_f + by_i + by_g",
                "The three roads through $h$ are there. The straight way from $c_1$ to $c_2$ is missing.",
            ),
            Mistake(
                "the road through the forget gate is missing",
                ONE_STEP_SUM,
                "f_2 + by_i + by_g",
                "The road through the forget gate is missing. $f_2$ is a factor on the highway, but it also *moves* when $h_1$ moves.",
            ),
            Mistake(
                "the road through the input gate is missing",
                ONE_STEP_SUM,
                "f_2 + by_f + by_g",
                "One of the three roads through $h$ is missing: what does $i_2$ do when $h_1$ moves?",
            ),
            Mistake(
                "the road through the candidate is missing",
                ONE_STEP_SUM,
                "f_2 + by_f + by_i",
                "One of the three roads through $h$ is missing: what does $g_2$ do when $h_1$ moves?",
            ),
            Mistake(
                "the highway multiplies the roads",
                ONE_STEP_SUM,
                "f_2 * (by_f + by_i + by_g)",
                "You multiplied the highway with the roads through $h$. They lie side by side, not one behind the other.",
            ),
            Mistake(
                "the output gate is missing",
                "o_1 * (1 - np.tanh(c_1) ** 2)",
                "1 - np.tanh(c_1) ** 2",
                "On the way down from $c_1$ to $h_1$ the output gate is missing.",
            ),
            Mistake(
                "the slope of tanh at c is missing",
                "o_1 * (1 - np.tanh(c_1) ** 2)",
                "o_1",
                "On the way down from $c_1$ to $h_1$ the slope of tanh is missing.",
            ),
            Mistake(
                "tanh instead of its slope",
                "(1 - np.tanh(c_1) ** 2)",
                "np.tanh(c_1)",
                "From $c_1$ to $h_1$ you multiplied by $\\tanh c_1$. That is $h_1$ itself; you need how it *moves*.",
            ),
            Mistake(
                "c_1 taken for an output of tanh",
                "np.tanh(c_1) ** 2",
                "c_1**2",
                "You wrote $1 - c_1^2$. $c_1$ goes *into* the tanh; its slope wants what comes out.",
            ),
            Mistake(
                "the slopes of the gates are missing",
                ONE_STEP_SUM,
                "f_2 + to_h * (w_f * c_1 + w_i * g_2 + w_g * i_2)",
                "From $h_1$ you jump over the gates: on each road the weight leads into a sum, and from there an activation leads on. Each has a "
                "slope.",
            ),
            Mistake(
                "the roads end at the gates",
                ONE_STEP_SUM,
                "f_2 + to_h * (w_f * f_2 * (1 - f_2) + w_i * i_2 * (1 - i_2) + w_g * (1 - g_2**2))",
                "Your roads end at $f_2$, $i_2$ and $g_2$. Each still has to get to $c_2$, through a product with something.",
            ),
            Mistake(
                "the forget gate's slope is missing",
                "w_f * f_2 * (1 - f_2) * c_1",
                "w_f * c_1",
                "On the road through the forget gate the slope of its sigmoid is missing.",
            ),
            Mistake(
                "the gate for its slope, at the forget gate",
                "f_2 * (1 - f_2) * c_1",
                "f_2 * c_1",
                "On the road through the forget gate you multiplied by $f_2$, where the *slope* of the sigmoid belongs.",
            ),
            Mistake(
                "the input gate's slope is missing",
                "w_i * i_2 * (1 - i_2) * g_2",
                "w_i * g_2",
                "On the road through the input gate the slope of its sigmoid is missing.",
            ),
            Mistake(
                "the gate for its slope, at the input gate",
                "i_2 * (1 - i_2) * g_2",
                "i_2 * g_2",
                "On the road through the input gate you multiplied by $i_2$, where the *slope* of the sigmoid belongs.",
            ),
            Mistake(
                "the candidate's slope is missing",
                "w_g * (1 - g_2**2) * i_2",
                "w_g * i_2",
                "On the road through the candidate the slope of its tanh is missing.",
            ),
            Mistake(
                "a sigmoid's slope at the candidate",
                "(1 - g_2**2)",
                "g_2 * (1 - g_2)",
                "On the road through the candidate stands the slope of a sigmoid. What makes $g$?",
            ),
            Mistake(
                "c_1 is missing behind the forget gate",
                "w_f * f_2 * (1 - f_2) * c_1",
                "w_f * f_2 * (1 - f_2)",
                "The road through the forget gate ends at $f_2$. To get to $c_2$ it passes a product: what is $f_2$ multiplied by there?",
            ),
            Mistake(
                "g_2 is missing behind the input gate",
                "w_i * i_2 * (1 - i_2) * g_2",
                "w_i * i_2 * (1 - i_2)",
                "The road through the input gate ends at $i_2$. To get to $c_2$ it passes a product: what is $i_2$ multiplied by there?",
            ),
            Mistake(
                "i_2 is missing behind the candidate",
                "w_g * (1 - g_2**2) * i_2",
                "w_g * (1 - g_2**2)",
                "The road through the candidate ends at $g_2$. To get to $c_2$ it passes a product: what is $g_2$ multiplied by there?",
            ),
            Mistake(
                "the weights are missing",
                ONE_STEP_SUM,
                "f_2 + by_f / w_f + by_i / w_i + by_g / w_g",
                "The recurrent weights are missing. Every road through $h_1$ enters a gate by one.",
            ),
            Mistake(
                "the roads do not pass h",
                "o_1 * (1 - np.tanh(c_1) ** 2)",
                "1.0",
                "Your roads begin at $h_1$. They have to get from $c_1$ to $h_1$ first.",
            ),
        ),
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
        mistakes=(
            Mistake(
                "not divided by the length at the start",
                "norms[-1] / norms[0]",
                "norms[-1]",
                "That is the length at the first step. How much of it is *left* depends on how long it was to begin with.",
            ),
            Mistake(
                "upside down",
                "norms[-1] / norms[0]",
                "norms[0] / norms[-1]",
                "The fraction is upside down. `norms` is ordered by distance: which end is the last step?",
            ),
            Mistake(
                "one step too few",
                "norms[-1] / norms[0]",
                "norms[-2] / norms[0]",
                "That is what is left at the second step. The gradient goes on to the first.",
            ),
            Mistake(
                "only one step back",
                "norms[-1] / norms[0]",
                "norms[1] / norms[0]",
                "That is what one step leaves. Go back all the way.",
            ),
            Mistake(
                "the difference instead of the share",
                "norms[-1] / norms[0]",
                "norms[-1] - norms[0]",
                "You subtracted. A share is a quotient.",
            ),
            Mistake(
                "the factor for each step",
                "norms[-1] / norms[0]",
                "(norms[-1] / norms[0]) ** (1 / (len(norms) - 1))",
                "That is the mean factor of one step. Wanted is what is left after all of them.",
            ),
            Mistake(
                "the highway alone",
                "flow_norms(new_W, steps, dc_T)",
                "np.linalg.norm(flow_along_c(steps) * dc_T, axis=1)[::-1]",
                "You measured the highway alone. The whole gradient is wanted, by your backward pass.",
            ),
            Mistake(
                "the dials were not turned",
                "new_W, new_b = flow_dials(W, b, recurrent, forget_bias)",
                "new_W, new_b = W, b",
                "This is the LSTM as it was handed over. Its dials are still to be turned.",
            ),
            Mistake(
                "the dials are exchanged",
                "flow_dials(W, b, recurrent, forget_bias)",
                "flow_dials(W, b, forget_bias, recurrent)",
                "The two dials are exchanged. In which order does `flow_dials` take them?",
            ),
            Mistake(
                "forward with the new weights, backward with the old",
                "flow_norms(new_W, steps, dc_T)",
                "flow_norms(W, steps, dc_T)",
                "Forward it is the LSTM with its dials turned; backward you used the old `W`. Both ways go through the same weights.",
            ),
            Mistake(
                "forward with the old weights, backward with the new",
                "lstm_forward(new_W, new_b, x, zeros, zeros)",
                "lstm_forward(W, b, x, zeros, zeros)",
                "Backward it is the LSTM with its dials turned; forward you used the old weights. Both ways go through the same.",
            ),
            Mistake(
                "the bias was left as it was",
                "lstm_forward(new_W, new_b, x, zeros, zeros)",
                "lstm_forward(new_W, b, x, zeros, zeros)",
                "Forward you used the new `W` and the old `b`: one of the two dials has no effect.",
            ),
            Mistake(
                "the weights were left as they were",
                "new_W, new_b = flow_dials(W, b, recurrent, forget_bias)",
                "new_W, new_b = flow_dials(W, b, 1.0, forget_bias)",
                "The forget bias is turned, and the recurrent weights are as they were.",
            ),
            Mistake(
                "divided by the sum of the sizes",
                "norms[-1] / norms[0]",
                "norms[-1] / np.abs(dc_T).sum()",
                "You divided by the sum of the sizes of `dc_T`. Its *length* is the norm, as `norms[0]` has it.",
            ),
        ),
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
