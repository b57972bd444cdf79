"""The exercises of 3.1 The block, forward."""

from autograde.judging.draw import numbers
from autograde.judging.exercise import Exercise, Written
from autograde.judging.questions import Choice, Guess, Recall
from lstm_ref import layouts, lstm

TITLE = "3.1 The block, forward"


class Fields(dict):
    """A step whose values are keys, by which they are compared, and fields, as a notebook reads them."""

    def __init__(self, **values):
        super().__init__(values)
        self.__dict__ = self


def _share(rng, *shape):
    return rng.uniform(0.15, 0.85, shape)


def _params(rng, D, H):
    return {"W": 0.6 * numbers(rng, 4, H, H + D), "b": numbers(rng, 4, H)}


def _moved(a, imaginary):
    """An array as the complex step of 3.2 hands it over; the same array when there is no imaginary part."""
    return a * (1 + 1j * imaginary) if imaginary else a


def two_vectors(rng, D=3, H=5, imaginary=0.0):
    h_prev, x = numbers(rng, H), numbers(rng, D)
    return {"h_prev": _moved(h_prev, imaginary), "x": _moved(x, imaginary)}


def a_joined_input(rng, D=3, H=5, imaginary=0.0):
    return _params(rng, D, H) | {"z": _moved(numbers(rng, H + D), imaginary)}


def gates_and_memory(rng, H=5, imaginary=0.0):
    gates = {"f": _share(rng, H), "i": _share(rng, H), "g": numbers(rng, H) / 1.3}
    return gates | {"c_prev": _moved(2 * numbers(rng, H), imaginary)}


def two_writes(rng):
    gates = {name: float(_share(rng)) for name in ("f_1", "i_1", "f_2", "i_2")}
    return gates | {name: float(numbers(rng)) for name in ("g_1", "g_2", "c_0")}


def a_gate_and_a_state(rng, H=5, imaginary=0.0):
    return {"o": _share(rng, H), "c": _moved(2 * numbers(rng, H), imaginary)}


def one_block(rng, D=3, H=5, states=1.0, imaginary=0.0):
    memory = {"h_prev": states * numbers(rng, H), "c_prev": states * numbers(rng, H)}
    return _params(rng, D, H) | {"x": _moved(numbers(rng, D), imaginary)} | memory


def a_sequence(rng, T=3, D=2, H=5, states=1.0):
    memory = {"h0": states * numbers(rng, H), "c0": states * numbers(rng, H)}
    return _params(rng, D, H) | {"x": numbers(rng, T, D)} | memory


def a_torch_layer(rng, D=3, H=5):
    weights = {"W_ih": numbers(rng, 4 * H, D), "W_hh": numbers(rng, 4 * H, H)}
    return weights | {"b_ih": numbers(rng, 4 * H), "b_hh": numbers(rng, 4 * H)}


def lstm_gates(W, b, z):
    hats = lstm.sums(lstm.Params(W, b), z)
    return *hats, *lstm.gates(*hats)


def lstm_cell_state(f, i, g, c_prev):
    return lstm.update(c_prev, f, i, g)


def c_2(f_1, i_1, f_2, i_2, g_1, g_2, c_0):
    c_1 = lstm.update(c_0, f_1, i_1, g_1)
    return lstm.update(c_1, f_2, i_2, g_2)


def lstm_output(o, c):
    return lstm.output(c, o)


def lstm_step(W, b, x, h_prev, c_prev):
    _, _, step = lstm.cell_forward(lstm.Params(W, b), x, h_prev, c_prev)
    return Fields(**step._asdict())


def lstm_forward(W, b, x, h0, c0):
    _, _, steps = lstm.sweep_forward(lstm.Params(W, b), x, h0, c0)
    return tuple(Fields(**step._asdict()) for step in steps)


def lstm_from_torch_order(W_ih, W_hh, b_ih, b_hh):
    names = {"weight_ih_l0": W_ih, "weight_hh_l0": W_hh, "bias_ih_l0": b_ih, "bias_hh_l0": b_hh}
    return layouts.lstm_from_torch(names)


COMPLEX = {"complex numbers": {"imaginary": 0.1}}

EXERCISES = (
    Exercise(
        name="lstm_z",
        problem=two_vectors,
        reference=lstm.join,
        probes=COMPLEX,
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
        probes=COMPLEX,
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
        probes=COMPLEX,
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
        probes=COMPLEX,
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
        outputs=lstm.Step._fields,
        fields=True,
        probes={"states of zeros": {"states": 0.0}} | COMPLEX,
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
        reference=lstm_forward,
        fields=True,
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

GUESSES = (
    Guess(
        "both_valves_open",
        "Both gates are open. The unit remembers 0.80 and is offered 0.50. What is $c$ then?",
        {
            "a": Choice(
                "0.50: the new value takes the place of the old one.",
                "So it is in the plain network. Here the new is written over the old only when the forget gate closes.",
            ),
            "b": Choice(
                "0.65: half of each.",
                "That would be one gate that shares out between the two. Here each has a gate of its own, and the shares need not add up to 1.",
            ),
            "c": Choice("1.30: their sum.", "Yes. Nothing holds a cell state below 1."),
            "d": Choice(
                "1: the sum, but no more than 1.",
                "On the line of the cell state nothing squeezes. The tanh stands on the way down, to $h$.",
            ),
        },
        right="c",
    ),
    Guess(
        "thirty_gates",
        "A number is written at step 3. Thirty steps later, how much of it is left with a forget gate of 0.88?",
        {
            "a": Choice("About 0.88 of it.", "After one step. Each step takes its share of what the step before left."),
            "b": Choice(
                "Nothing at all: each step takes 0.12, so it is gone after nine.",
                "That would be subtracting. A gate multiplies, so the number shrinks ever more slowly and never quite goes.",
            ),
            "c": Choice("About a fiftieth.", "Yes: $0.88^{30} \\approx 0.02$."),
        },
        right="c",
    ),
)

RECALL = (
    Recall(
        "In which order does this course keep the four gates of an LSTM? Four letters.",
        ("figo", "f,i,g,o"),
        "f i g o: forget, input, candidate, output. PyTorch has i f g o.",
    ),
    Recall(
        "Which of $f$, $i$, $g$, $o$ goes through tanh and not through the sigmoid? A letter.",
        ("g",),
        "$g$, the candidate: a value may have either sign, a gate is a share.",
    ),
    Recall(
        "$f = 0.5$, $c_{t-1} = 2$, $i = 0.1$, $g = -1$. What is $c_t$? A number.",
        (0.9,),
        "$c_t = f c_{t-1} + i g = 1 - 0.1 = 0.9$.",
    ),
    Recall(
        "A forget gate is open, near 1. Does the block keep or forget its memory?",
        ("keep", "keeps", "it keeps", "it keeps it"),
        "It keeps: the gate says which share of the old cell state stays.",
    ),
    Recall(
        "How many gates and candidates read $z_t$ in one block? A number.",
        (4, "four"),
        "Four: $z_t$ is a fork with four branches.",
    ),
)
