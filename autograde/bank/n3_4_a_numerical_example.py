"""The exercises of 3.4 A numerical example, digit by digit.

In Gomez's notation: gates in the order a i f o, stacked on the first axis; `W (4, H, D)` acts on x, `U (4, H, H)` on out.
"""

import numpy as np

from autograde.exercise import Exercise, Mistake, Written

TITLE = "3.4 A numerical example"

SIZES = ((3, 2, 5), (5, 3, 2), (5, 2, 3), (3, 5, 2))
"""Steps, units, inputs: pairwise different, none of them four, and never the one unit of the article."""
LIKE_HIS = {"sizes": (2, 1, 2), "start": 0.0}
PROBES = {"one unit, two steps and a start at zero": LIKE_HIS}

NAMES = ["da_0", "di_0", "df_0", "do_0", "da_1", "di_1", "df_1", "do_1"]
NAMES += ["dW_a_0", "dW_f_0", "dU_a_0", "dU_i_0", "dU_f_0", "dU_o_0", "db_o_0", "db_f_0", "dout_before"]


def _numbers(rng, *shape):
    """Numbers between 0.2 and 0.9 in size, of either sign: nothing is zero, and no gate is shut or wide open."""
    return rng.uniform(0.2, 0.9, shape) * rng.choice([-1.0, 1.0], shape)


def _example(rng, sizes=None, start=1.0):
    T, H, D = sizes or SIZES[rng.integers(len(SIZES))]
    p = {"W": _numbers(rng, 4, H, D), "U": _numbers(rng, 4, H, H), "b": _numbers(rng, 4, H), "x": _numbers(rng, T, D)}
    before = {"out_before": start * _numbers(rng, H), "state_before": start * _numbers(rng, H)}
    p["gates"], p["state"], p["out"] = gomez_forward(**p, **before)
    p |= before | {"label": _numbers(rng, T, H)}
    return p | {"dgates": _numbers(rng, T, 4, H), "rate": rng.uniform(0.3, 0.8)}


def _some(*names):
    """A problem generator that hands out these parts of a random example, in this order."""

    def problem(rng, **options):
        example = _example(rng, **options)
        return {name: example[name] for name in names}

    return problem


def one_step(rng, sizes=None, last=False):
    p = _example(rng, sizes)
    H = p["U"].shape[1]
    known = {"W": p["W"], "U": p["U"], "gates": p["gates"][1], "state": p["state"][1], "state_prev": p["state"][0]}
    f_next = 0 * p["gates"][2][2] if last else p["gates"][2][2]
    return known | {"dout": _numbers(rng, H), "dstate_next": (0 if last else 1) * _numbers(rng, H), "f_next": f_next}


def a_point(rng):
    signed = {name: float(_numbers(rng)) for name in ("dout_0", "state_0", "dstate_1")}
    return signed | {name: rng.uniform(0.2, 0.8) for name in ("o_0", "f_0", "f_1")}


def some_names(rng):
    return {"names": list(NAMES)}


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def gomez_layout(W, U, b):
    order = [2, 1, 0, 3]
    W_course = np.concatenate([U, W], axis=2)[order]
    b_course = b[order]
    return W_course, b_course


def gomez_forward(W, U, b, x, out_before, state_before):
    gates, states, outs = [], [], []
    out, state = out_before, state_before
    for x_t in x:
        a_hat, i_hat, f_hat, o_hat = W @ x_t + U @ out + b
        a = np.tanh(a_hat)
        i = sigmoid(i_hat)
        f = sigmoid(f_hat)
        o = sigmoid(o_hat)
        state = a * i + f * state
        out = np.tanh(state) * o
        gates.append([a, i, f, o])
        states.append(state)
        outs.append(out)
    return np.array(gates), np.array(states), np.array(outs)


def gomez_dstate_0(dout_0, state_0, dstate_1, o_0, f_0, f_1):
    through_out = dout_0 * o_0 * (1 - np.tanh(state_0) ** 2)
    through_state = dstate_1 * f_1
    return through_out + through_state


def gomez_step_back(W, U, gates, state, state_prev, dout, dstate_next, f_next):
    a, i, f, o = gates
    dstate = dout * o * (1 - np.tanh(state) ** 2) + dstate_next * f_next
    da = dstate * i * (1 - a**2)
    di = dstate * a * i * (1 - i)
    df = dstate * state_prev * f * (1 - f)
    do = dout * np.tanh(state) * o * (1 - o)
    dgates = np.array([da, di, df, do])
    dx = W[0].T @ da + W[1].T @ di + W[2].T @ df + W[3].T @ do
    dout_prev = U[0].T @ da + U[1].T @ di + U[2].T @ df + U[3].T @ do
    return dstate, dgates, dx, dout_prev


def gomez_zeros(names):
    by_the_state = ["df_0", "dW_f_0", "db_f_0", "dU_f_0"]
    by_the_out = ["dU_a_0", "dU_i_0", "dU_f_0", "dU_o_0"]
    return [name for name in names if name in by_the_state + by_the_out]


def gomez_deltas(W, U, gates, state, out, label, state_before):
    T, H = state.shape
    D = W.shape[2]
    dout, dstate = np.zeros((T, H)), np.zeros((T, H))
    dgates, dx = np.zeros((T, 4, H)), np.zeros((T, D))
    dout_prev, dstate_next, f_next = np.zeros(H), np.zeros(H), np.zeros(H)
    for t in reversed(range(T)):
        dout[t] = out[t] - label[t] + dout_prev
        state_prev = state[t - 1] if t > 0 else state_before
        step = gomez_step_back(W, U, gates[t], state[t], state_prev, dout[t], dstate_next, f_next)
        dstate[t], dgates[t], dx[t], dout_prev = step
        dstate_next = dstate[t]
        f_next = gates[t, 2]
    return dout, dstate, dgates, dx, dout_prev


def gomez_gradients(dgates, x, out, out_before):
    dW, dU, db = 0, 0, 0
    for t in range(len(x)):
        out_prev = out[t - 1] if t > 0 else out_before
        dW = dW + np.array([np.outer(d, x[t]) for d in dgates[t]])
        dU = dU + np.array([np.outer(d, out_prev) for d in dgates[t]])
        db = db + dgates[t]
    return dW, dU, db


def gomez_update(W, U, b, x, label, out_before, state_before, rate):
    gates, state, out = gomez_forward(W, U, b, x, out_before, state_before)
    _, _, dgates, _, _ = gomez_deltas(W, U, gates, state, out, label, state_before)
    dW, dU, db = gomez_gradients(dgates, x, out, out_before)
    new_W = W - rate * dW
    new_U = U - rate * dU
    new_b = b - rate * db
    return new_W, new_U, new_b


TWO_ROUTES = "Two arrows leave `state`: to its own `out`, and to the next step's state. "
FOUR_GATES = "All four gates read it, so nudging it nudges all four."

EXERCISES = (
    Exercise(
        name="gomez_layout",
        points=2,
        problem=_some("W", "U", "b"),
        reference=gomez_layout,
        outputs=("W_course", "b_course"),
        probes={"one unit": LIKE_HIS},
        mistakes=(
            Mistake(
                "the gates kept his order",
                "order = [2, 1, 0, 3]",
                "order = [0, 1, 2, 3]",
                "Your gates still stand in his order. Which gate does the course put first?",
            ),
            Mistake(
                "the order of PyTorch",
                "order = [2, 1, 0, 3]",
                "order = [1, 2, 0, 3]",
                "Input gate first, then forget gate: so PyTorch orders them. The course begins with the other of the two.",
            ),
            Mistake(
                "his order was rolled by one",
                "order = [2, 1, 0, 3]",
                "order = [1, 2, 3, 0]",
                "You moved his first row to the end. That brings the output gate before the candidate: go through the "
                "course's four gates one by one.",
            ),
            Mistake(
                "f stands first, the rest is as it was",
                "order = [2, 1, 0, 3]",
                "order = [2, 0, 1, 3]",
                "The forget gate is in its place. Then the course has the input gate, and after it the candidate.",
            ),
            Mistake(
                "x stands before h",
                "np.concatenate([U, W], axis=2)",
                "np.concatenate([W, U], axis=2)",
                "The columns for $x$ come first in yours. The course's weights act on $[h_{t-1}, x_t]$, in this order.",
            ),
            Mistake(
                "U is transposed",
                "[U, W]",
                "[U.swapaxes(1, 2), W]",
                "The part that acts on `out` is transposed. With one unit nobody would notice; with two, out it comes.",
            ),
            Mistake(
                "the biases kept his order",
                "b[order]",
                "b",
                "The weights were put in another order, and the biases were not.",
            ),
        ),
        hints=(
            "Two things to do: put the columns of `U` and `W` side by side, and put the four gates in another order.",
            "`np.concatenate([..., ...], axis=2)` joins along the columns. Which of the two acts on `out`, the course's $h$?",
            "`b[[3, 1, 2, 0]]` would take rows 3, 1, 2, 0, in this order. Find the right list once, and use it for both.",
        ),
    ),
    Exercise(
        name="gomez_forward",
        points=3,
        problem=_some("W", "U", "b", "x", "out_before", "state_before"),
        reference=gomez_forward,
        outputs=("gates", "state", "out"),
        probes=PROBES,
        mistakes=(
            Mistake(
                "the input activation is a sigmoid",
                "a = np.tanh(a_hat)",
                "a = sigmoid(a_hat)",
                "Your `a` is a sigmoid. It is what gets written into the state, and must be able to be negative.",
            ),
            Mistake(
                "everything is a tanh",
                "1 / (1 + np.exp(-z))",
                "np.tanh(z)",
                "Your gates use tanh. A gate says how much is let through, from nothing to all.",
                of=sigmoid,
            ),
            Mistake(
                "the gates were unpacked as f i a o",
                "a_hat, i_hat, f_hat, o_hat = W",
                "f_hat, i_hat, a_hat, o_hat = W",
                "That is the course's order, f i g o. Gomez's rows stand in another.",
            ),
            Mistake(
                "i and f are exchanged",
                "a_hat, i_hat, f_hat, o_hat = W",
                "a_hat, f_hat, i_hat, o_hat = W",
                "The input gate and the forget gate have exchanged their weights. His order is a i f o.",
            ),
            Mistake(
                "i keeps and f writes",
                "a * i + f * state",
                "a * f + i * state",
                "You let the input gate guard the old state and the forget gate the new `a`. Who guards what?",
            ),
            Mistake(
                "the old state is not kept",
                "a * i + f * state",
                "a * i",
                "The state holds what this step writes and nothing from before. What is the forget gate for?",
            ),
            Mistake(
                "the old state is kept whole",
                "f * state",
                "state",
                "The old state passes unchanged. In the figure it goes through a gate.",
            ),
            Mistake(
                "the tanh on the way out is missing",
                "np.tanh(state) * o",
                "state * o",
                "`out` lets the state itself through. In the figure it is squashed first.",
            ),
            Mistake(
                "the output gate is missing",
                "np.tanh(state) * o",
                "np.tanh(state)",
                "`out` is the squashed state, all of it. A gate decides how much is shown.",
            ),
            Mistake(
                "the bias is missing",
                " + b",
                "",
                "Each gate adds three things before its activation. Yours adds two.",
            ),
            Mistake(
                "out is not passed on",
                "U @ out + b",
                "U @ out_before + b",
                "Every step reads the `out` from before the sequence. From the second step on, which one should it be?",
            ),
            Mistake(
                "the state is not passed on",
                "f * state",
                "f * state_before",
                "Every step keeps a part of the state from before the sequence. From the second step on, which one should it be?",
            ),
            Mistake(
                "out starts at zero",
                "out, state = out_before, state_before",
                "out, state = 0 * out_before, state_before",
                "You start from an `out` of zero. In his example it is zero; here it is an argument.",
            ),
            Mistake(
                "the state starts at zero",
                "out, state = out_before, state_before",
                "out, state = out_before, 0 * state_before",
                "You start from a state of zero. In his example it is zero; here it is an argument.",
            ),
            Mistake(
                "all of it starts at zero",
                "out, state = out_before, state_before",
                "out, state = 0 * out_before, 0 * state_before",
                "You start from zeros. In his example both are zero; here they are arguments.",
            ),
            Mistake(
                "U is transposed",
                "U @ out",
                "U.swapaxes(1, 2) @ out",
                "`U` is transposed. With one unit nobody would notice; with two, out it comes.",
            ),
        ),
        hints=(
            "`W @ x[t] + U @ out + b` has shape (4, H): all four gates at once, a row each. Take it apart into four names.",
            "The state needs `a`, `i`, `f` and the state before it. `out` needs `o` and the new state.",
            "Set `out, state = out_before, state_before` before the loop, and let each step overwrite both.",
        ),
    ),
    Exercise(
        name="gomez_dstate_0",
        kind="expression",
        problem=a_point,
        reference=gomez_dstate_0,
        mistakes=(
            Mistake(
                "the next step is missing",
                "return through_out + through_state",
                "return through_out",
                TWO_ROUTES + "You followed the first of them.",
            ),
            Mistake(
                "its own out is missing",
                "return through_out + through_state",
                "return through_state",
                TWO_ROUTES + "You followed the second of them.",
            ),
            Mistake(
                "the forget gate of this step",
                "dstate_1 * f_1",
                "dstate_1 * f_0",
                "The second route goes through a forget gate, but not this one. Which step's gate multiplies `state_0`?",
            ),
            Mistake(
                "the forget gate is missing",
                "dstate_1 * f_1",
                "dstate_1",
                "On the way to the next state, `state_0` is multiplied by something. Nudged by one, the next state moves by less.",
            ),
            Mistake(
                "the forget gate was added",
                "dstate_1 * f_1",
                "dstate_1 + f_1",
                "Along a route we multiply. (You met this sum in 3.3, in print.)",
            ),
            Mistake(
                "the derivative is missing and the gate stays",
                "dstate_1 * f_1",
                "f_1",
                "The second term has to speak of the loss: double the loss, and every term of a gradient must double.",
            ),
            Mistake(
                "the tanh was walked past",
                "dout_0 * o_0 * (1 - np.tanh(state_0) ** 2)",
                "dout_0 * o_0",
                "Between `state_0` and `out_0` stands a tanh, and its slope is missing.",
            ),
            Mistake(
                "the slope without the tanh",
                "np.tanh(state_0) ** 2",
                "state_0**2",
                "In $1 - \\tanh^2$ the square is of the tanh, not of what goes into it.",
            ),
            Mistake(
                "the tanh instead of its slope",
                "(1 - np.tanh(state_0) ** 2)",
                "np.tanh(state_0)",
                "You multiplied by the tanh itself. Along a route it is slopes that multiply.",
            ),
            Mistake(
                "the output gate is missing",
                "dout_0 * o_0 *",
                "dout_0 *",
                "`out_0` is the squashed state *times* something. Going back through a product multiplies by the other factor.",
            ),
            Mistake(
                "the two routes were multiplied",
                "through_out + through_state",
                "through_out * through_state",
                "Along a route we multiply, and that part is right. Between routes we do something else.",
            ),
        ),
        hints=(
            "Find `state_0` in the two formulas of the forward pass: once at step 0, and once at step 1.",
            "Two routes, so two terms. Each begins with a total derivative that is known: `dout_0`, or `dstate_1`.",
            "The second term is the shorter one: `dstate_1` times what multiplies `state_0` in the formula of $state_1$.",
        ),
        model="gomez_dstate_0 = dout_0 * o_0 * (1 - sp.tanh(state_0) ** 2) + dstate_1 * f_1",
    ),
    Exercise(
        name="gomez_step_back",
        points=4,
        problem=one_step,
        reference=gomez_step_back,
        outputs=("dstate", "dgates", "dx", "dout_prev"),
        probes={"the last step, to which nothing comes back": {"last": True}, "one unit": {"sizes": (3, 1, 2)}},
        mistakes=(
            Mistake(
                "the next step is missing",
                " + dstate_next * f_next",
                "",
                TWO_ROUTES + "At the last step the second brings nothing, and everywhere else it does.",
            ),
            Mistake(
                "the forget gate of this step",
                "dstate_next * f_next",
                "dstate_next * f",
                "What comes back from the next state went forward through the *next* step's forget gate.",
            ),
            Mistake(
                "the forget gate is missing",
                "dstate_next * f_next",
                "dstate_next",
                "What comes back from the next state went forward through a forget gate. Backward it passes it, too.",
            ),
            Mistake(
                "the forget gate was added",
                "+ dstate_next * f_next",
                "+ f_next",
                "A gate by itself is no derivative of the loss. (You met this sum in 3.3, in print.)",
            ),
            Mistake(
                "the tanh was walked past",
                " * (1 - np.tanh(state) ** 2)",
                "",
                "Between `state` and `out` stands a tanh, and its slope is missing in `dstate`.",
            ),
            Mistake(
                "the slope without the tanh",
                "(1 - np.tanh(state) ** 2)",
                "(1 - state**2)",
                "In $1 - \\tanh^2$ the square is of the tanh, not of what goes into it.",
            ),
            Mistake(
                "the output gate is missing in dstate",
                "dstate = dout * o *",
                "dstate = dout *",
                "`out` is the squashed state *times* `o`. Going back to the state passes that product.",
            ),
            Mistake(
                "df with this step's state",
                "dstate * state_prev",
                "dstate * state",
                "The forget gate multiplied the state that it found, not the one that it left behind.",
            ),
            Mistake(
                "df without the previous state",
                "dstate * state_prev *",
                "dstate *",
                "Going back through a product multiplies by the other factor. What did `f` multiply in the forward pass?",
            ),
            Mistake(
                "da with a and di with i",
                "    da = dstate * i * (1 - a**2)\n    di = dstate * a * i * (1 - i)",
                "    da = dstate * a * (1 - a**2)\n    di = dstate * i * i * (1 - i)",
                "In $a \\odot i$ each factor gets the *other* one. Yours each got itself.",
            ),
            Mistake(
                "da without the input gate",
                "da = dstate * i *",
                "da = dstate *",
                "`a` reached the state through the input gate. Going back passes it, too.",
            ),
            Mistake(
                "di without a",
                "dstate * a * i * (1 - i)",
                "dstate * i * (1 - i)",
                "Going back through a product multiplies by the other factor. What did `i` multiply in the forward pass?",
            ),
            Mistake(
                "do through the state",
                "do = dout *",
                "do = dstate *",
                "The output gate does not act on the state: it stands after it. Which derivative has come back to *its* product?",
            ),
            Mistake(
                "do with the state itself",
                "np.tanh(state) * o",
                "state * o",
                "The output gate multiplied the *squashed* state.",
            ),
            Mistake(
                "the gates' slopes were taken of the activations",
                "dgates = np.array([da, di, df, do])",
                "again = [sigmoid(v) * (1 - sigmoid(v)) / v / (1 - v) for v in gates]; "
                "di, df, do = di * again[1], df * again[2], do * again[3]; dgates = np.array([da, di, df, do])",
                "`i`, `f` and `o` have been through the sigmoid already, and you sent them through once more. The slope can be "
                "written with the output alone.",
            ),
            Mistake(
                "the slope of a was taken of the activation",
                "(1 - a**2)",
                "(1 - np.tanh(a) ** 2)",
                "`a` has been through the tanh already, and you sent it through once more.",
            ),
            Mistake(
                "the slope of a is missing",
                " * (1 - a**2)",
                "",
                "Your `da` stops at $a$. His $\\delta a$ stands on the far side of the tanh, where the weights are.",
            ),
            Mistake(
                "a got the slope of a sigmoid",
                "(1 - a**2)",
                "a * (1 - a)",
                "$a (1 - a)$ is the slope of a sigmoid. Which activation does `a` have?",
            ),
            Mistake(
                "the slopes of the gates are missing",
                "dgates = np.array([da, di, df, do])",
                "di, df, do = dstate * a, dstate * state_prev, dout * np.tanh(state); dgates = np.array([da, di, df, do])",
                "`di`, `df` and `do` stop at the gates. His deltas stand on the far side of the sigmoid, where the weights are.",
            ),
            Mistake(
                "the gates instead of their slopes",
                "dgates = np.array([da, di, df, do])",
                "di, df, do = di / (1 - i), df / (1 - f), do / (1 - o); dgates = np.array([da, di, df, do])",
                "A sigmoid's slope has two factors, and for the gates you have one: $i$, but not yet $1 - i$.",
            ),
            Mistake(
                "the gates were unpacked as f i a o",
                "a, i, f, o = gates",
                "f, i, a, o = gates",
                "That is the course's order, f i g o. Gomez's rows stand in another.",
            ),
            Mistake(
                "dgates in the course's order",
                "np.array([da, di, df, do])",
                "np.array([df, di, da, do])",
                "The rows of `dgates` are right one by one, and stand in the course's order. Here it is his: a i f o.",
            ),
            Mistake(
                "dx from a alone",
                "W[0].T @ da + W[1].T @ di + W[2].T @ df + W[3].T @ do",
                "W[0].T @ da",
                "`dx` comes back through `a` alone. " + FOUR_GATES,
            ),
            Mistake(
                "dx without the output gate",
                " + W[3].T @ do",
                "",
                "`dx` comes back through three of the gates. " + FOUR_GATES,
            ),
            Mistake(
                "dout_prev from a alone",
                "U[0].T @ da + U[1].T @ di + U[2].T @ df + U[3].T @ do",
                "U[0].T @ da",
                "`dout_prev` comes back through `a` alone. " + FOUR_GATES,
            ),
            Mistake(
                "dout_prev without the output gate",
                " + U[3].T @ do",
                "",
                "`dout_prev` comes back through three of the gates. " + FOUR_GATES,
            ),
            Mistake(
                "U is not transposed",
                "U[0].T @ da + U[1].T @ di + U[2].T @ df + U[3].T @ do",
                "U[0] @ da + U[1] @ di + U[2] @ df + U[3] @ do",
                "On the way back a matrix acts transposed. With one unit nobody would notice; with two, out it comes.",
            ),
        ),
        hints=(
            "`dstate` is your expression, for all units at once. `do` starts from `dout`; the other three start from `dstate`.",
            "Each gate's delta has three parts: what has come back, the other factor of the gate's product, and the slope of its "
            "activation, written with its output.",
            "`x` is read by all four gates: `dx` is a sum of four products, each with a transposed matrix. So is `dout_prev`.",
        ),
    ),
    Exercise(
        name="gomez_zeros",
        kind="value",
        problem=some_names,
        reference=gomez_zeros,
        mistakes=(
            Mistake(
                "only df_0",
                "name in by_the_state + by_the_out",
                'name == "df_0"',
                "One, and what follows from it? Go through the shares: each is a product of a delta and of what came forward. "
                "And what came forward into step 0?",
            ),
            Mistake(
                "the shares of U are missing",
                "by_the_state + by_the_out",
                "by_the_state",
                "These follow from the state that was zero. Something else was zero before the first step.",
            ),
            Mistake(
                "the forget gate is missing",
                "by_the_state + by_the_out",
                "by_the_out",
                "These follow from the `out` that was zero. Something else was zero before the first step.",
            ),
            Mistake(
                "the share of W_f and b_f is missing",
                'by_the_state = ["df_0", "dW_f_0", "db_f_0", "dU_f_0"]',
                'by_the_state = ["df_0"]',
                "Nearly all. If a delta is zero, what are its shares?",
            ),
            Mistake(
                "nothing passed back before the start",
                'by_the_state = ["df_0",',
                'by_the_state = ["dout_before", "df_0",',
                "All the zeros are there, and `dout_before` is none of them. `out` *was* zero before the first step; but had it been "
                "nudged, would the loss have moved?",
            ),
            Mistake(
                "all deltas of step 0",
                'by_the_state = ["df_0",',
                'by_the_state = ["da_0", "di_0", "do_0", "df_0",',
                "You let every gate's delta at step 0 be zero. Only one of the gates multiplies the state from before the start.",
            ),
        ),
        hints=(
            "Two things are zero in his example, both before step 0. Which formulas multiply by one of them?",
            "A delta at a forget gate multiplies by the previous state. A share of $\\mathrm{d}U$ multiplies by the previous `out`.",
            "A product is zero when one factor is. A *derivative with respect to* something that is zero need not be.",
        ),
        model=(
            'gomez_zeros = ["df_0", "dW_f_0", "db_f_0"]  # df_0 multiplies by the state before step 0\n'
            'gomez_zeros += ["dU_a_0", "dU_i_0", "dU_f_0", "dU_o_0"]  # dU multiplies by the out before step 0'
        ),
    ),
    Exercise(
        name="gomez_deltas",
        points=4,
        problem=_some("W", "U", "gates", "state", "out", "label", "state_before"),
        reference=gomez_deltas,
        outputs=("dout", "dstate", "dgates", "dx", "dout_before"),
        probes={"a single step": {"sizes": (1, 2, 3)}, **PROBES},
        mistakes=(
            Mistake(
                "the sign is turned",
                "out[t] - label[t]",
                "label[t] - out[t]",
                "Everything has the wrong sign. In which direction does the loss grow when an output grows?",
            ),
            Mistake(
                "the factor 2 is left over",
                "out[t] - label[t]",
                "2 * (out[t] - label[t])",
                "The deltas are too large. What is the half in the loss there for?",
            ),
            Mistake(
                "nothing comes back from the next step",
                " + dout_prev",
                "",
                "`dout` is each step's own error and no more. `out` also went to the next step: what has come back from there?",
            ),
            Mistake(
                "only the last step's error",
                "out[t] - label[t] + dout_prev",
                "(out[t] - label[t]) * (t == T - 1) + dout_prev",
                "Before the last step, `dout` is what came back and no more. Every step has a label, and so an error of its own: "
                "a fork adds.",
            ),
            Mistake(
                "nothing comes back along the state",
                "        dstate_next = dstate[t]\n",
                "",
                "What comes back along the state is zero at every step. After each step, remember its `dstate` and its forget "
                "gate for the step before.",
            ),
            Mistake(
                "the input gate was passed back",
                "gates[t, 2]",
                "gates[t, 1]",
                "The gate that you remember for the step before is not the forget gate. His order is a i f o.",
            ),
            Mistake(
                "the forget gate of this step",
                "dstate_next, f_next)",
                "dstate_next, gates[t, 2])",
                "What comes back along the state has to pass the *next* step's forget gate. Yours passes this step's own.",
            ),
            Mistake(
                "dstate has the forget gate in it already",
                "dstate_next = dstate[t]",
                "dstate_next = dstate[t] * gates[t, 2]",
                "The forget gate was multiplied in twice: once when you remembered `dstate`, once in the step before.",
            ),
            Mistake(
                "this state for the one before",
                "state_prev = state[t - 1] if t > 0 else state_before",
                "state_prev = state[t]",
                "Each step's forget gate met its own state. It multiplied the one that it found, from the step before.",
            ),
            Mistake(
                "the state before the start is taken to be zero",
                "else state_before",
                "else 0 * state_before",
                "The first step was given a zero as the state before it. In his example it is zero; here it is an argument.",
            ),
            Mistake(
                "the last state as the start",
                "state[t - 1] if t > 0 else state_before",
                "state[t - 1]",
                "For step 0, `state[t - 1]` is `state[-1]`: Python takes the *last* state. What is before the first?",
            ),
            Mistake(
                "the last step comes first",
                "return dout, dstate, dgates, dx, dout_prev",
                "return dout[::-1], dstate[::-1], dgates[::-1], dx[::-1], dout_prev",
                "The last step comes first in your results, as the sweep met them. Step 0 belongs at the front.",
            ),
            Mistake(
                "swept forward",
                "reversed(range(T))",
                "range(T)",
                "You went from the first step to the last. When you stand at a step, what comes *after* it must be finished.",
            ),
        ),
        hints=(
            "From the last step to the first. Before the loop, what comes back to the last step is zero: make three zeros of shape (H,).",
            "At each step: its own error plus what `gomez_step_back` gave as `dout_prev` one step later. Then call it for this step.",
            "The state before step `t` is `state[t - 1]`, except for one `t`. After the call, remember `dstate[t]` and "
            "the forget gate `gates[t, 2]` for the step before.",
        ),
    ),
    Exercise(
        name="gomez_gradients",
        points=3,
        problem=_some("dgates", "x", "out", "out_before"),
        reference=gomez_gradients,
        outputs=("dW", "dU", "db"),
        probes=PROBES,
        mistakes=(
            Mistake(
                "U was paired with this step's out",
                "np.outer(d, out_prev)",
                "np.outer(d, out[t])",
                "You paired each step's deltas with its own `out`. In the forward pass, which `out` did `U` multiply?",
            ),
            Mistake(
                "the first step is left out of dU",
                "np.outer(d, out_prev)",
                "np.outer(d, out_prev) * (t > 0)",
                "Each step's deltas meet the `out` before it, and step 0 has no share. It has one, unless `out` was zero "
                "before the sequence.",
            ),
            Mistake(
                "the last out as the start",
                "out[t - 1] if t > 0 else out_before",
                "out[t - 1]",
                "For step 0, `out[t - 1]` is `out[-1]`: Python takes the *last* one. What is before the first?",
            ),
            Mistake(
                "only the last step",
                "for t in range(len(x))",
                "for t in [len(x) - 1]",
                "Only the last step's share is there. Does a loop overwrite where it should add, or stop too early?",
            ),
            Mistake(
                "only the first step",
                "for t in range(len(x))",
                "for t in [0]",
                "Only the first step's share is there. Does a loop overwrite where it should add, or `return` inside?",
            ),
            Mistake(
                "the biases have only the first step's share",
                "db + dgates[t]",
                "dgates[0]",
                "`db` holds one step's deltas. The same bias was added at every step.",
            ),
            Mistake(
                "the biases have only the last step's share",
                "db + dgates[t]",
                "dgates[-1]",
                "`db` holds one step's deltas. The same bias was added at every step.",
            ),
            Mistake(
                "averaged over the steps",
                "return dW, dU, db",
                "return dW / len(x), dU / len(x), db / len(x)",
                "You took the mean over the steps. The loss is a sum over them, so its gradient is one, too.",
            ),
            Mistake(
                "dU is transposed",
                "np.outer(d, out_prev)",
                "np.outer(out_prev, d)",
                "`dU` has the right numbers in the wrong places. A row belongs to the unit that a weight leads *to*.",
            ),
            Mistake(
                "dW is transposed",
                "np.outer(d, x[t])",
                "np.outer(x[t], d)",
                "`dW` has the right numbers in the wrong places. It has the shape of `W`.",
            ),
        ),
        hints=(
            "A weight's share at one step: the delta that has come back to the gate it leads to, times what it multiplied forward.",
            "For each gate's row `d` of `dgates[t]`, `np.outer(d, x[t])` is its share of `dW`. Stack the four, and add over $t$.",
            "`U` multiplied the `out` of the step before. Before step 0 that is `out_before`.",
        ),
    ),
    Exercise(
        name="gomez_update",
        points=2,
        problem=_some("W", "U", "b", "x", "label", "out_before", "state_before", "rate"),
        reference=gomez_update,
        outputs=("new_W", "new_U", "new_b"),
        probes=PROBES,
        mistakes=(
            Mistake(
                "uphill",
                "    new_W = W",
                "    rate = -rate\n    new_W = W",
                "Your weights walk uphill: the gradient points to where the loss *grows*.",
            ),
            Mistake(
                "the rate is missing",
                "    new_W = W",
                "    rate = 1\n    new_W = W",
                "You took the whole gradient as the step. How large a part of it is to be taken?",
            ),
            Mistake(
                "the steps, not the weights",
                "return new_W, new_U, new_b",
                "return new_W - W, new_U - U, new_b - b",
                "You returned by how much the weights change. The new weights themselves are asked for.",
            ),
            Mistake(
                "the gradient, not the weights",
                "return new_W, new_U, new_b",
                "return dW, dU, db",
                "You returned the gradient. The new weights are asked for.",
            ),
            Mistake(
                "the rate divides",
                "    new_W = W",
                "    rate = 1 / rate\n    new_W = W",
                "A small rate is to make small steps. Yours makes large ones.",
            ),
            Mistake(
                "the biases stay",
                "new_b = b - rate * db",
                "new_b = b",
                "The weights move and the biases stay. Gomez trains them, too.",
            ),
            Mistake(
                "the state starts at zero on the way back",
                "gomez_deltas(W, U, gates, state, out, label, state_before)",
                "gomez_deltas(W, U, gates, state, out, label, 0 * state_before)",
                "The way back was given a zero as the state before the start. Hand on `state_before`.",
            ),
            Mistake(
                "out starts at zero in the gradients",
                "gomez_gradients(dgates, x, out, out_before)",
                "gomez_gradients(dgates, x, out, 0 * out_before)",
                "The gradients were given a zero as the `out` before the start. Hand on `out_before`.",
            ),
            Mistake(
                "a second look after the first update",
                "    dW, dU, db = gomez_gradients(dgates, x, out, out_before)\n",
                "    dW, dU, db = gomez_gradients(dgates, x, out, out_before)\n"
                "    gates, state, out = gomez_forward(W - rate * dW, U, b, x, out_before, state_before)\n"
                "    dgates = gomez_deltas(W - rate * dW, U, gates, state, out, label, state_before)[2]\n"
                "    _, dU, db = gomez_gradients(dgates, x, out, out_before)\n",
                "The gradients of `U` and `b` were computed after `W` had changed. One step uses one point (1.4).",
            ),
        ),
        hints=(
            "Forward, deltas, gradients, update: call your three functions in this order, once each.",
            "Take apart what they return: `gates, state, out = gomez_forward(...)`.",
            "Write `W - rate * dW`, not `W -= ...`: the second changes the caller's array.",
        ),
    ),
    Written(
        name="gomez_proves",
        model=(
            "Agreement shows that the formulas were used with the right factors wherever the example exercises them: every number of "
            "it is a product of many things, and a wrong factor would show. It does not test what the example hides. The start is zero, so "
            "whatever multiplies the state or the out from before step 0 could be wrong or missing: the share of step 0 in dU, and df at "
            "step 0. There is one unit, so a transposed U looks like U. There are two steps, so no step has both a real step before "
            "it and one after it, and what the sweep carries is carried once only. And five decimals are few "
            "digits for a number such as -0.00060. I would take three or more steps, sizes that all differ, random numbers "
            "with no zeros, initial state and out included, and compare with a complex step to 1e-12."
        ),
        guide=(
            "Names at least one mistake that the example cannot show: the share of out before step 0 in dU, the initial state in df at "
            "step 0, a U that is not transposed (one unit), something carried wrongly from a third step on.",
            "Says why it hides: a factor of zero, a 1 by 1 matrix, too few steps, too few digits.",
            "Proposes a change: non-zero initial state and out, several units, three or more steps, a comparison to many digits "
            "(complex step).",
        ),
        points=2,
    ),
)
