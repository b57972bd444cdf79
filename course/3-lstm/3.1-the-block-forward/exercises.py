"""The exercises of 3.1 The block, forward."""

import inspect
from types import SimpleNamespace

import numpy as np

from autograde.judging.exercise import Exercise, Written

TITLE = "3.1 The block, forward"
STEP = ("x", "h_prev", "c_prev", "z", "f_hat", "i_hat", "g_hat", "o_hat", "f", "i", "g", "o", "c", "h")


def _numbers(rng, *shape):
    """Numbers between 0.3 and 1.2 in size, of either sign: nothing is zero, and no activation is flat yet."""
    return rng.uniform(0.3, 1.2, shape) * rng.choice([-1.0, 1.0], shape)


def _share(rng, *shape):
    return rng.uniform(0.15, 0.85, shape)


def _params(rng, D, H):
    return {"W": 0.6 * _numbers(rng, 4, H, H + D), "b": _numbers(rng, 4, H)}


def two_vectors(rng, D=3, H=5):
    return {"h_prev": _numbers(rng, H), "x": _numbers(rng, D)}


def a_joined_input(rng, D=3, H=5):
    return _params(rng, D, H) | {"z": _numbers(rng, H + D)}


def gates_and_memory(rng, H=5):
    return {"f": _share(rng, H), "i": _share(rng, H), "g": _numbers(rng, H) / 1.3, "c_prev": 2 * _numbers(rng, H)}


def two_writes(rng):
    gates = {name: float(_share(rng)) for name in ("f_1", "i_1", "f_2", "i_2")}
    return gates | {name: float(_numbers(rng)) for name in ("g_1", "g_2", "c_0")}


def a_gate_and_a_state(rng, H=5):
    return {"o": _share(rng, H), "c": 2 * _numbers(rng, H)}


def one_block(rng, D=3, H=5, states=1.0):
    memory = {"h_prev": states * _numbers(rng, H), "c_prev": states * _numbers(rng, H)}
    return _params(rng, D, H) | {"x": _numbers(rng, D)} | memory


def a_sequence(rng, T=3, D=2, H=5, states=1.0):
    memory = {"h0": states * _numbers(rng, H), "c0": states * _numbers(rng, H)}
    return _params(rng, D, H) | {"x": _numbers(rng, T, D)} | memory


def a_torch_layer(rng, D=3, H=5):
    weights = {"W_ih": _numbers(rng, 4 * H, D), "W_hh": _numbers(rng, 4 * H, H)}
    return weights | {"b_ih": _numbers(rng, 4 * H), "b_hh": _numbers(rng, 4 * H)}


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def lstm_z(h_prev, x):
    return np.concatenate([h_prev, x])


def lstm_gates(W, b, z):
    W_f, W_i, W_g, W_o = W
    b_f, b_i, b_g, b_o = b

    f_hat = W_f @ z + b_f
    i_hat = W_i @ z + b_i
    g_hat = W_g @ z + b_g
    o_hat = W_o @ z + b_o

    f = sigmoid(f_hat)
    i = sigmoid(i_hat)
    g = np.tanh(g_hat)
    o = sigmoid(o_hat)
    return f_hat, i_hat, g_hat, o_hat, f, i, g, o


def lstm_cell_state(f, i, g, c_prev):
    return f * c_prev + i * g


def c_2(f_1, i_1, f_2, i_2, g_1, g_2, c_0):
    c_1 = f_1 * c_0 + i_1 * g_1
    return f_2 * c_1 + i_2 * g_2


def lstm_output(o, c):
    return o * np.tanh(c)


def lstm_step(W, b, x, h_prev, c_prev):
    z = lstm_z(h_prev, x)
    f_hat, i_hat, g_hat, o_hat, f, i, g, o = lstm_gates(W, b, z)
    c = lstm_cell_state(f, i, g, c_prev)
    h = lstm_output(o, c)

    inputs = dict(x=x.copy(), h_prev=h_prev.copy(), c_prev=c_prev.copy(), z=z)
    sums = dict(f_hat=f_hat, i_hat=i_hat, g_hat=g_hat, o_hat=o_hat)
    gates = dict(f=f, i=i, g=g, o=o)
    return SimpleNamespace(**inputs, **sums, **gates, c=c, h=h)


def lstm_forward(W, b, x, h0, c0):
    h, c = h0, c0
    steps = []
    for t in range(len(x)):
        step = lstm_step(W, b, x[t], h, c)
        steps.append(step)
        h, c = step.h, step.c
    return steps


def steps_in_order(W, b, x, h0, c0):
    """The steps as a tuple of dicts, which the judge compares one by one."""
    steps = lstm_forward(W, b, x, h0, c0)
    return tuple(vars(step) if isinstance(step, SimpleNamespace) else step for step in steps)


def lstm_from_torch_order(W_ih, W_hh, b_ih, b_hh):
    H = W_hh.shape[1]
    ours = [1, 0, 2, 3]
    W = np.concatenate([W_hh, W_ih], axis=1).reshape(4, H, -1)
    b = (b_ih + b_hh).reshape(4, H)
    return W[ours], b[ours]


UNPACKED = "W_f, W_i, W_g, W_o = W\n    b_f, b_i, b_g, b_o = b\n"
SQUEEZED = "    f = sigmoid(f_hat)\n    i = sigmoid(i_hat)\n    g = np.tanh(g_hat)\n    o = sigmoid(o_hat)\n"

X_FIRST = (
    "x comes first in z",
    "[h_prev, x]",
    "[x, h_prev]",
    "`x` stands first in your `z`. In this course it is `[h_prev, x]`: the first H columns of each weight matrix belong to "
    "the memory, and now they multiply the wrong numbers. (Karpathy does it the other way round.)",
)
SIGMOID_ON_G = (
    "g went through the sigmoid",
    "g = np.tanh(g_hat)",
    "g = sigmoid(g_hat)",
    "Your candidate lies between 0 and 1, so nothing negative can ever be written. Which of the four is no gate?",
)
TORCH_ORDER = (
    "the gates were unpacked in the order i f g o",
    UNPACKED,
    "W_i, W_f, W_g, W_o = W\n    b_i, b_f, b_g, b_o = b\n",
    "Your first two gates are exchanged. `i f g o` is PyTorch's order. In which order do `W` and `b` hold them here?",
)
NO_BIAS = (
    "the biases are missing",
    "b_f, b_i, b_g, b_o = b\n",
    "b_f, b_i, b_g, b_o = 0 * b\n",
    "The four products are right. Each sum has one more term.",
)

EXERCISES = (
    Exercise(
        name="lstm_z",
        problem=two_vectors,
        reference=lstm_z,
        hints=(
            "Nothing is added or multiplied here. Two arrays become one longer array.",
            "`np.concatenate` takes a list of arrays. The order in the list is the order in the result.",
        ),
    ),
    Exercise(
        name="lstm_gates",
        points=3,
        problem=a_joined_input,
        reference=lstm_gates,
        outputs=("f_hat", "i_hat", "g_hat", "o_hat", "f", "i", "g", "o"),
        hints=(
            "Four sums, then four activations. Each sum is a matrix times `z` plus a bias, as in 1.3.",
            "`W_f, W_i, W_g, W_o = W` takes `W` apart along its first axis, and the same works for `b`.",
            "Three of the four say how much passes, so they go through `sigmoid`. The fourth is a value that may have either "
            "sign.",
        ),
    ),
    Exercise(
        name="lstm_cell_state",
        problem=gates_and_memory,
        reference=lstm_cell_state,
        hints=(
            "Two terms: what is kept, and what is written.",
            "The forget gate scales the old state. The input gate scales the candidate. `*` works entry by entry.",
        ),
    ),
    Exercise(
        name="c_2",
        kind="expression",
        points=2,
        problem=two_writes,
        reference=c_2,
        hints=(
            "Write $c_1$ first, in the symbols of step 1 and $c_0$.",
            "Then write $c_2$ with that $c_1$: `c_1 = ...` and `c_2 = f_2 * c_1 + ...`.",
        ),
    ),
    Exercise(
        name="lstm_output",
        problem=a_gate_and_a_state,
        reference=lstm_output,
        hints=(
            "Two things happen on the way from $c_t$ to $h_t$. Follow the line down in the figure.",
            "First squeeze the state, then scale it, entry by entry.",
        ),
    ),
    Exercise(
        name="lstm_step",
        points=3,
        problem=one_block,
        reference=lstm_step,
        outputs=STEP,
        probes={"states of zeros": {"states": 0.0}},
        hints=(
            "Call your four functions, in the order of the figures. Each takes what the ones before it returned.",
            "`lstm_gates` returns eight arrays, the hats first: "
            "`f_hat, i_hat, g_hat, o_hat, f, i, g, o = lstm_gates(W, b, z)`.",
            "At the end: `SimpleNamespace(x=x.copy(), h_prev=h_prev.copy(), ...)`, with all 14 names.",
        ),
    ),
    Exercise(
        name="lstm_forward",
        points=3,
        problem=a_sequence,
        reference=steps_in_order,
        probes={"a sequence of one step": {"T": 1}, "initial states of zeros": {"states": 0.0}},
        hints=(
            "Keep two variables for what runs from block to block. They start as `h0` and `c0`, and each step replaces both.",
            "In the loop: call `lstm_step` with `x[t]` and the two, append the step to a list, and take the new `h` and `c` "
            "out of it.",
            "`step.h` and `step.c` are what the next block needs.",
        ),
    ),
    Exercise(
        name="lstm_from_torch_order",
        points=2,
        problem=a_torch_layer,
        reference=lstm_from_torch_order,
        outputs=("W", "b"),
        hints=(
            "The rows come in four blocks of H rows. `array.reshape(4, H, -1)` gives each block a place on a first axis.",
            "Put the two weight matrices side by side with `np.concatenate([...], axis=1)`, in the order of `z`.",
            "`A[[2, 0, 1]]` picks entries 2, 0 and 1 of the first axis, in this order.",
        ),
    ),
    Written(
        name="why_two_states",
        model=(
            "c is the memory, h is what is shown of it. The line from one c to the next holds no weights and no tanh, only a "
            "product with f and a sum, so with f near 1 and i near 0 the number stays as it is for as long as one likes. h has "
            "been through tanh and the output gate. If h were kept in place of c, the memory would be squeezed by tanh and scaled "
            "by o at every step, so it would shrink even with f at 1; and whatever the output gate hides now, it could never show "
            "later: with o near 0 it would be lost."
        ),
        guide=(
            "From c to c there is no tanh, no weight and no output gate, only f and a sum: with f = 1 and i = 0 it holds. With h in "
            "its place the memory would be squeezed (tanh) and scaled (o) at each step.",
            "The output gate could not hide something for later: what it does not show would be forgotten.",
        ),
    ),
)
