"""The exercises of 3.1 The block, forward."""

import inspect
from types import SimpleNamespace

import numpy as np

from autograde.exercise import Exercise, Mistake, Written

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
        mistakes=(
            Mistake(*X_FIRST),
            Mistake(
                "the memory is missing",
                "[h_prev, x]",
                "[x]",
                "This is `x` alone. With it the block would read its input and not know what came before.",
            ),
            Mistake(
                "the input is missing",
                "[h_prev, x]",
                "[h_prev]",
                "This is `h_prev` alone. With it the block would never read anything.",
            ),
            Mistake(
                "z became a column",
                "[h_prev, x])",
                "[h_prev, x])[:, None]",
                "Your `z` is a matrix with one column. In this course vectors have one axis.",
            ),
            Mistake(
                "z became a row",
                "[h_prev, x])",
                "[h_prev, x])[None]",
                "Your `z` is a matrix with one row. In this course vectors have one axis.",
            ),
        ),
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
        mistakes=(
            Mistake(*SIGMOID_ON_G),
            Mistake(*TORCH_ORDER),
            Mistake(
                "the gates were unpacked in the order i f o g",
                UNPACKED,
                "W_i, W_f, W_o, W_g = W\n    b_i, b_f, b_o, b_g = b\n",
                "`i f o g` is the order of Karpathy and CS231n. In which order do `W` and `b` hold the gates here?",
            ),
            Mistake(
                "g and o are exchanged",
                UNPACKED,
                "W_f, W_i, W_o, W_g = W\n    b_f, b_i, b_o, b_g = b\n",
                "The forget and the input gate are right, the last two have changed places. `W` and `b` hold `f i g o`.",
            ),
            Mistake(*NO_BIAS),
            Mistake(
                "one bias for all gates",
                "b_f, b_i, b_g, b_o = b\n",
                "b_f, b_i, b_g, b_o = b[[0, 0, 0, 0]]\n",
                "All four sums have the bias of the forget gate. Was a line copied, and not everything in it changed?",
            ),
            Mistake(
                "the input gate has the forget gate's weights",
                "i_hat = W_i @ z + b_i",
                "i_hat = W_f @ z + b_f",
                "Your input gate does exactly what the forget gate does. Was a line copied, and its letters not changed?",
            ),
            Mistake(
                "the output gate has the input gate's weights",
                "o_hat = W_o @ z + b_o",
                "o_hat = W_i @ z + b_i",
                "Your output gate does exactly what the input gate does. Was a line copied, and its letters not changed?",
            ),
            Mistake(
                "the input gate was made from the forget gate's sum",
                "i = sigmoid(i_hat)",
                "i = sigmoid(f_hat)",
                "The four sums are right. Then `i` was made from the wrong one.",
            ),
            Mistake(
                "the output gate was made from the input gate's sum",
                "o = sigmoid(o_hat)",
                "o = sigmoid(i_hat)",
                "The four sums are right. Then `o` was made from the wrong one.",
            ),
            Mistake(
                "o went through tanh",
                "o = sigmoid(o_hat)",
                "o = np.tanh(o_hat)",
                "Your output gate can be negative. A gate says which share passes: a number from 0 to 1.",
            ),
            Mistake(
                "all four went through tanh",
                SQUEEZED,
                "    f, i, g, o = np.tanh(f_hat), np.tanh(i_hat), np.tanh(g_hat), np.tanh(o_hat)\n",
                "All four lie between -1 and 1. A gate says which share passes: a number from 0 to 1.",
            ),
            Mistake(
                "the activations are missing",
                SQUEEZED,
                "    f, i, g, o = f_hat, i_hat, g_hat, o_hat\n",
                "The sums are right, and the gates are the same numbers. What stands between a sum and its gate?",
            ),
            Mistake(
                "squeezed twice",
                SQUEEZED,
                "    f, i, g, o = (sigmoid(sigmoid(f_hat)), sigmoid(sigmoid(i_hat)), np.tanh(np.tanh(g_hat)), "
                "sigmoid(sigmoid(o_hat)))\n",
                "Every gate goes through its activation twice. Once is enough.",
            ),
            Mistake(
                "the hats hold the gates",
                "return f_hat, i_hat, g_hat, o_hat",
                "return f, i, g, o",
                "The gates are right. But where the sums are asked for, you gave the gates once more. A hat is the value "
                "*before* the activation.",
            ),
        ),
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
        mistakes=(
            Mistake(
                "nothing is ever forgotten",
                "f * c_prev",
                "c_prev",
                "The old state passes whole. That is the LSTM of 1997, which had no forget gate yet. Here `f` says how much of "
                "it stays.",
            ),
            Mistake(
                "the old state is missing",
                "f * c_prev + ",
                "",
                "Only what is newly written is there. Where does the memory come in?",
            ),
            Mistake(
                "nothing is written",
                " + i * g",
                "",
                "Only what was kept is there. Where does the new value come in?",
            ),
            Mistake(
                "the candidate is not gated",
                "i * g",
                "g",
                "All of `g` is written, whatever the input gate says.",
            ),
            Mistake(
                "the input gate is written, not the candidate",
                "i * g",
                "i",
                "You wrote the gate itself. It says *how much* is written. What is written?",
            ),
            Mistake(
                "multiplied where it should add",
                "f * c_prev + i * g",
                "f * c_prev * i * g",
                "You multiplied what was kept by what is written. Look at the circle in the middle of the figure.",
            ),
            Mistake(
                "the gate was added to the old state",
                "f * c_prev",
                "f + c_prev",
                "You added `f` to the old state. A gate scales. (Keep an eye on this one: we meet it again, in print, in 3.3.)",
            ),
            Mistake(
                "the gate was added to the candidate",
                "i * g",
                "i + g",
                "You added `i` to the candidate. A gate scales.",
            ),
            Mistake(
                "the gates are exchanged",
                "f * c_prev + i * g",
                "i * c_prev + f * g",
                "Your input gate keeps and your forget gate writes. Which gate stands on the line of the cell state?",
            ),
            Mistake(
                "the forget gate works backward",
                "f * c_prev",
                "(1 - f) * c_prev",
                "With `f` near 1 your block forgets. The name misleads: a forget gate that is open *keeps*.",
            ),
            Mistake(
                "one gate for both",
                "i * g",
                "(1 - f) * g",
                "You write as much as you forget. There are networks that do so; in an LSTM the input gate decides on its own.",
            ),
            Mistake(
                "tanh of the candidate once more",
                "i * g",
                "i * np.tanh(g)",
                "`g` has been through tanh already, in the gates.",
            ),
            Mistake(
                "tanh of the new state",
                "return f * c_prev + i * g",
                "return np.tanh(f * c_prev + i * g)",
                "The cell state itself is never squeezed. The tanh comes after it, on the way to `h`.",
            ),
            Mistake(
                "dot products, not entry by entry",
                "f * c_prev + i * g",
                "f @ c_prev + i @ g",
                "You took dot products, so one number is left. Each entry of the memory has a gate of its own. (Kang and Seo "
                "say dot product here and mean entry by entry.)",
            ),
        ),
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
        mistakes=(
            Mistake(
                "what was written first is not forgotten",
                "f_2 * c_1 + i_2 * g_2",
                "f_2 * f_1 * c_0 + i_1 * g_1 + i_2 * g_2",
                "$c_0$ passes both forget gates, and that is right. But what the first step wrote is part of $c_1$ too.",
            ),
            Mistake(
                "the second step forgets nothing",
                "f_2 * c_1",
                "c_1",
                "$c_1$ passes whole. Which gate does it meet in the second block?",
            ),
            Mistake(
                "the first step forgets nothing",
                "f_1 * c_0",
                "c_0",
                "$c_0$ passes the first block whole. Which gate does it meet there?",
            ),
            Mistake(
                "the first write is gone",
                " + i_1 * g_1",
                "",
                "What the first step wrote is missing.",
            ),
            Mistake(
                "the second write is gone",
                " + i_2 * g_2",
                "",
                "What the second step wrote is missing.",
            ),
            Mistake(
                "the initial state is gone",
                "f_1 * c_0 + ",
                "",
                "This is right when $c_0$ is zero. In general the first block has something to keep.",
            ),
            Mistake(
                "the state is not carried",
                "f_2 * c_1",
                "f_2 * c_0",
                "Your second step keeps $c_0$. What comes in from the left at the second block?",
            ),
            Mistake(
                "a tanh between the blocks",
                "f_2 * c_1",
                "f_2 * np.tanh(c_1)",
                "You put a tanh between the two blocks. The plain network has one; on the line of the cell state there is none.",
            ),
            Mistake(
                "the same forget gate twice",
                "f_2 * c_1",
                "f_1 * c_1",
                "Both steps use $f_1$. A gate is computed anew at each step.",
            ),
            Mistake(
                "the first write passes its own forget gate",
                "f_2 * c_1 + i_2 * g_2",
                "f_2 * f_1 * c_0 + f_1 * i_1 * g_1 + i_2 * g_2",
                "What the first step wrote is scaled by $f_1$ in yours. It was written *after* that gate. Which one does it meet?",
            ),
            Mistake(
                "the second write is forgotten at once",
                "i_2 * g_2",
                "f_2 * i_2 * g_2",
                "The second write passes a forget gate. Does it meet one before $c_2$?",
            ),
        ),
        hints=(
            "Write $c_1$ first, in the symbols of step 1 and $c_0$.",
            "Then write $c_2$ with that $c_1$: `c_1 = ...` and `c_2 = f_2 * c_1 + ...`.",
        ),
    ),
    Exercise(
        name="lstm_output",
        problem=a_gate_and_a_state,
        reference=lstm_output,
        mistakes=(
            Mistake(
                "c for tanh of c",
                "np.tanh(c)",
                "c",
                "The state is shown as it is. On the way down from it there is a pink pill.",
            ),
            Mistake(
                "the output gate is missing",
                "o * np.tanh(c)",
                "np.tanh(c)",
                "All of the state is shown. Which gate says how much?",
            ),
            Mistake(
                "tanh twice",
                "np.tanh(c)",
                "np.tanh(np.tanh(c))",
                "The state goes through tanh twice. Once is enough.",
            ),
            Mistake(
                "tanh of the product",
                "o * np.tanh(c)",
                "np.tanh(o * c)",
                "You multiplied first and squeezed then. Follow the figure from the top: which comes first?",
            ),
            Mistake(
                "tanh of the gate as well",
                "o * np.tanh(c)",
                "np.tanh(o) * np.tanh(c)",
                "`o` has been through its activation already, in the gates.",
            ),
            Mistake(
                "tanh of the gate, not of the state",
                "o * np.tanh(c)",
                "np.tanh(o) * c",
                "Of the two factors the wrong one went through tanh.",
            ),
            Mistake(
                "sigmoid of the gate once more",
                "o * np.tanh(c)",
                "sigmoid(o) * np.tanh(c)",
                "`o` has been through the sigmoid already, in the gates.",
            ),
            Mistake(
                "sigmoid of the state",
                "np.tanh(c)",
                "sigmoid(c)",
                "You squeezed the state with the sigmoid, so a negative memory shows as a positive output.",
            ),
            Mistake(
                "added, not multiplied",
                "o * np.tanh(c)",
                "o + np.tanh(c)",
                "You added the gate. A gate scales.",
            ),
            Mistake(
                "a dot product, not entry by entry",
                "o * np.tanh(c)",
                "o @ np.tanh(c)",
                "You took a dot product, so one number is left. Each entry of the state has a gate of its own.",
            ),
        ),
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
        mistakes=(
            Mistake(*X_FIRST, of=lstm_z),
            Mistake(*SIGMOID_ON_G, of=lstm_gates),
            Mistake(*TORCH_ORDER, of=lstm_gates),
            Mistake(*NO_BIAS, of=lstm_gates),
            Mistake(
                "h_prev for c_prev",
                "lstm_cell_state(f, i, g, c_prev)",
                "lstm_cell_state(f, i, g, h_prev)",
                "What you keep is the old *output*. Two lines enter the block from the left: which one does the forget gate "
                "stand on?",
            ),
            Mistake(
                "the gates reach the state in another order",
                "lstm_cell_state(f, i, g, c_prev)",
                "lstm_cell_state(i, f, g, c_prev)",
                "The input gate keeps and the forget gate writes. In which order does `lstm_cell_state` take its arguments?",
            ),
            Mistake(
                "the gates do not have their own names",
                "f_hat, i_hat, g_hat, o_hat, f, i, g, o = lstm_gates(W, b, z)",
                "f, i, g, o, f_hat, i_hat, g_hat, o_hat = lstm_gates(W, b, z)",
                "The sums carry the names of the gates, and the gates those of the sums. In which order does `lstm_gates` "
                "return its eight results?",
            ),
            Mistake(
                "the output shows the old state",
                "lstm_output(o, c)",
                "lstm_output(o, c_prev)",
                "`h` is made from `c_prev`, the state *before* this step. The block shows what it knows now.",
            ),
            Mistake(
                "the wrong gate opens the output",
                "lstm_output(o, c)",
                "lstm_output(f, c)",
                "`h` is scaled by the forget gate. Was a name not changed?",
            ),
            Mistake(
                "tanh twice on the way to h",
                "lstm_output(o, c)",
                "lstm_output(o, np.tanh(c))",
                "On the way to `h` the state goes through tanh twice. `lstm_output` squeezes it already.",
            ),
            Mistake(
                "c for tanh of c",
                "np.tanh(c)",
                "c",
                "`h` is made from `c` as it is. `lstm_output` had a tanh.",
                of=lstm_output,
            ),
            Mistake(
                "the step remembers tanh of c",
                "c=c, h=h",
                "c=np.tanh(c), h=h",
                "`h` is right, and `step.c` is squeezed. If the next block starts from that, the memory shrinks at every step.",
            ),
            Mistake(
                "the new cell state stands where the old one should",
                "c_prev=c_prev.copy()",
                "c_prev=c.copy()",
                "`step.c_prev` holds the *new* state. Did your code reuse the name, or write over it, before it was remembered? "
                "The way back needs the old one.",
            ),
            Mistake(
                "the new output stands where the old one should",
                "h_prev=h_prev.copy()",
                "h_prev=h.copy()",
                "`step.h_prev` holds the *new* output. Did your code reuse the name before it was remembered?",
            ),
            Mistake(
                "gates remembered where hats belong",
                "dict(f_hat=f_hat, i_hat=i_hat, g_hat=g_hat, o_hat=o_hat)",
                "dict(f_hat=f, i_hat=i, g_hat=g, o_hat=o)",
                "The gates are right, and the hats hold the gates as well. A hat is the value *before* the activation.",
            ),
            Mistake(
                "hats remembered where gates belong",
                "dict(f=f, i=i, g=g, o=o)",
                "dict(f=f_hat, i=i_hat, g=g_hat, o=o_hat)",
                "`c` and `h` are right, so you computed the gates. But what the step remembers under their names are the sums.",
            ),
            Mistake(
                "nothing is ever forgotten",
                "f * c_prev",
                "c_prev",
                "The old state passes whole. `lstm_cell_state` had a forget gate.",
                of=lstm_cell_state,
            ),
        ),
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
        model=inspect.getsource(lstm_forward).strip(),
        probes={"a sequence of one step": {"T": 1}, "initial states of zeros": {"states": 0.0}},
        mistakes=(
            Mistake(
                "the cell state is not carried",
                "lstm_step(W, b, x[t], h, c)",
                "lstm_step(W, b, x[t], h, c0)",
                "Every block starts from `c0` again, so nothing is remembered for longer than a step. *Two* lines run from "
                "block to block.",
                of=lstm_forward,
            ),
            Mistake(
                "the output is not carried",
                "lstm_step(W, b, x[t], h, c)",
                "lstm_step(W, b, x[t], h0, c)",
                "Every block gets `h0` again. *Two* lines run from block to block.",
                of=lstm_forward,
            ),
            Mistake(
                "neither state is carried",
                "lstm_step(W, b, x[t], h, c)",
                "lstm_step(W, b, x[t], h0, c0)",
                "Every block starts from the initial states. Then it is no sequence: each input is read by a network that "
                "knows of no other.",
                of=lstm_forward,
            ),
            Mistake(
                "h and c are exchanged",
                "h, c = step.h, step.c",
                "h, c = step.c, step.h",
                "From the second block on, output and cell state have changed places. In which order does `lstm_step` take "
                "them?",
                of=lstm_forward,
            ),
            Mistake(
                "the initial states are exchanged",
                "h, c = h0, c0",
                "h, c = c0, h0",
                "At the first block `h0` and `c0` have changed places.",
                of=lstm_forward,
            ),
            Mistake(
                "the output is carried as the cell state",
                "h, c = step.h, step.c",
                "h, c = step.h, step.h",
                "The next block keeps `h`, which is the state after tanh and output gate. What the gate did not show is lost.",
                of=lstm_forward,
            ),
            Mistake(
                "the cell state is squeezed between blocks",
                "h, c = step.h, step.c",
                "h, c = step.h, np.tanh(step.c)",
                "The state goes through a tanh on its way to the next block. On that line of the figure there is none.",
                of=lstm_forward,
            ),
            Mistake(
                "c0 is ignored",
                "h, c = h0, c0",
                "h, c = h0, 0 * c0",
                "The cell state starts from zero, whatever `c0` is.",
                of=lstm_forward,
            ),
            Mistake(
                "h0 is ignored",
                "h, c = h0, c0",
                "h, c = 0 * h0, c0",
                "The output starts from zero, whatever `h0` is.",
                of=lstm_forward,
            ),
            Mistake(
                "the initial states are ignored",
                "h, c = h0, c0",
                "h, c = 0 * h0, 0 * c0",
                "Both states start from zero, whatever `h0` and `c0` are.",
                of=lstm_forward,
            ),
            Mistake(
                "the first input at every step",
                "x[t]",
                "x[0]",
                "Every block reads the same input. Is there a `t` in what you hand to the step?",
                of=lstm_forward,
            ),
            Mistake(
                "the inputs are one step late",
                "x[t]",
                "x[t - 1]",
                "Block `t` reads `x[t - 1]`, and the first one reads the last input.",
                of=lstm_forward,
            ),
            Mistake(
                "read backward",
                "for t in range(len(x)):",
                "for t in reversed(range(len(x))):",
                "You went from the last input to the first. The gradient will go that way; the sequence is read from its start.",
                of=lstm_forward,
            ),
            Mistake(
                "the list runs backward",
                "return steps",
                "return steps[::-1]",
                "All steps are right, and the last one comes first. `steps[0]` is the first block.",
                of=lstm_forward,
            ),
            Mistake(
                "only h was collected",
                "steps.append(step)",
                "steps.append(step.h)",
                "These are the outputs, and they are right. The way back needs all that each block computed: collect the whole "
                "steps.",
                of=lstm_forward,
            ),
            Mistake(
                "only the last step",
                "return steps",
                "return steps[-1:]",
                "Only the last step is in the list. The way back needs all of them. Is the list made anew inside the loop?",
                of=lstm_forward,
            ),
        ),
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
        mistakes=(
            Mistake(
                "PyTorch's order was kept",
                "[1, 0, 2, 3]",
                "[0, 1, 2, 3]",
                "The gates still come as `i f g o`. Nothing will complain: the shapes are right, and the network forgets "
                "where it should write.",
            ),
            Mistake(
                "only the weights were reordered",
                "b[ours]",
                "b",
                "`W` is right. The biases are still in PyTorch's order.",
            ),
            Mistake(
                "only the biases were reordered",
                "W[ours]",
                "W",
                "`b` is right. The weights are still in PyTorch's order.",
            ),
            Mistake(
                "x comes first in the weights",
                "[W_hh, W_ih]",
                "[W_ih, W_hh]",
                "The columns for `x` stand before those for `h_prev`. In which order does `z` hold the two?",
            ),
            Mistake(
                "b_hh is missing",
                "b_ih + b_hh",
                "b_ih + 0 * b_hh",
                "You used one of the two biases. In PyTorch's formula both are added.",
            ),
            Mistake(
                "b_ih is missing",
                "b_ih + b_hh",
                "0 * b_ih + b_hh",
                "You used one of the two biases. In PyTorch's formula both are added.",
            ),
            Mistake(
                "g and o are exchanged as well",
                "[1, 0, 2, 3]",
                "[1, 0, 3, 2]",
                "The first two gates are right, and the last two have changed places. Compare `i f g o` with `f i g o`.",
            ),
            Mistake(
                "the gates were turned round",
                "[1, 0, 2, 3]",
                "[3, 2, 1, 0]",
                "You turned the order round, to `o g f i`. Compare `i f g o` with `f i g o`: which two change places?",
            ),
            Mistake(
                "the rows were dealt out in turn",
                "reshape(4, H, -1)",
                "reshape(H, 4, -1).swapaxes(0, 1)",
                "Each of your gates has every fourth row. In PyTorch's matrix the first H rows all belong to one gate, the next "
                "H to the next.",
            ),
        ),
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
