"""The exercises of 3.4 A numerical example, digit by digit.

In Gomez's notation: gates in the order a i f o, stacked on the first axis; `W (4, H, D)` acts on x, `U (4, H, H)` on out.
"""

from functools import partial
from types import SimpleNamespace

import numpy as np

from autograde.judging.draw import numbers
from autograde.judging.exercise import Exercise, Written
from autograde.judging.questions import Choice, Guess, Recall
from lstm_ref import lstm, optim, stages

TITLE = "3.4 A numerical example"
NOTATION = (
    "These are the course's names: $h$ is his out, $c$ his state, $g$ his $a$; $z$ is out and $x$ in one, `W` his $U$ and $W$ in "
    "one; a hat is what goes into an activation, where his deltas stand."
)

SIZES = ((3, 2, 5), (5, 3, 2), (5, 2, 3), (3, 5, 2))
"""Steps, units, inputs: pairwise different, none of them four, and never the one unit of the article."""
LIKE_HIS = {"sizes": (2, 1, 2), "start": 0.0}
PROBES = {"one unit, two steps and a start at zero": LIKE_HIS}

NAMES = ["da_0", "di_0", "df_0", "do_0", "da_1", "di_1", "df_1", "do_1"]
NAMES += ["dW_a_0", "dW_f_0", "dU_a_0", "dU_i_0", "dU_f_0", "dU_o_0", "db_o_0", "db_f_0", "dout_before"]


_numbers = partial(numbers, low=0.2, high=0.9)  # no gate is shut or wide open


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


def some_names(rng, every=False):
    names = [str(name) for name in rng.permutation(NAMES)]
    return {"names": names if every else names[:12]}


EXCHANGE = [2, 1, 0, 3]
"""From his order to the course's, f i g o, and back: one exchange, its own inverse."""


def gomez_layout(W, U, b):
    order = EXCHANGE
    W_course = np.concatenate([U, W], axis=2)[order]
    b_course = b[order]
    return W_course, b_course


def his_layout(W, b):
    """The course's layout in his: `W`, `U` and `b`."""
    H = W.shape[1]
    return W[EXCHANGE, :, H:], W[EXCHANGE, :, :H], b[EXCHANGE]


def gomez_forward(W, U, b, x, out_before, state_before):
    params = lstm.Params(*gomez_layout(W, U, b))
    out, _, steps = lstm.sweep_forward(params, x, out_before, state_before)
    gates = np.array([[step.g, step.i, step.f, step.o] for step in steps])
    state = np.array([step.c for step in steps])
    return gates, state, out


def gomez_dstate_0(dout_0, state_0, dstate_1, o_0, f_0, f_1):
    first = SimpleNamespace(o=o_0, c=state_0)
    second = SimpleNamespace(c_prev=state_0, f=f_1, i=np.nan, g=np.nan)  # what it writes plays no part at the fork
    _, _, _, along_state = lstm.update_backward(second, dstate_1)
    _, dstate_0 = lstm.output_backward(first, dout_0, along_state)
    return dstate_0


def gomez_step_back(W, U, gates, state, state_prev, dout, dstate_next, f_next):
    a, i, f, o = gates
    params = lstm.Params(*gomez_layout(W, U, np.zeros(gates.shape)))  # a way back never sees the biases
    step = SimpleNamespace(c_prev=state_prev, f=f, i=i, g=a, o=o, c=state)
    do, dstate = lstm.output_backward(step, dout, dstate_next * f_next)
    df, di, da, _ = lstm.update_backward(step, dstate)
    hats = lstm.gates_backward(step, df, di, da, do)
    _, dout_prev, dx = lstm.inputs_backward(params, *hats)
    dgates = np.stack(hats)[EXCHANGE]
    return dstate, dgates, dx, dout_prev


def gomez_deltas(W, U, gates, state, out, label, state_before):
    T, H = state.shape
    delta = stages.squared_error_backward(out, label)
    dout, dstate = np.zeros((T, H)), np.zeros((T, H))
    dgates, dx = np.zeros((T, 4, H)), np.zeros((T, W.shape[2]))
    dout_prev, dstate_next, f_next = np.zeros(H), np.zeros(H), np.zeros(H)
    for t in reversed(range(T)):
        dout[t] = delta[t] + dout_prev
        state_prev = state[t - 1] if t > 0 else state_before
        step = gomez_step_back(W, U, gates[t], state[t], state_prev, dout[t], dstate_next, f_next)
        dstate[t], dgates[t], dx[t], dout_prev = step
        dstate_next = dstate[t]
        f_next = gates[t, 2]
    return dout, dstate, dgates, dx, dout_prev


def gomez_gradients(dgates, x, out, out_before):
    out_prev = np.vstack([out_before, out[:-1]])
    steps = SimpleNamespace(z=lstm.join(out_prev, x))  # all at once: their shares add, like those of a batch
    da, di, df, do = dgates.swapaxes(0, 1)
    dW, db = lstm.weights_backward(steps, df, di, da, do)
    return his_layout(dW, db)


def gomez_update(W, U, b, x, label, out_before, state_before, rate):
    gates, state, out = gomez_forward(W, U, b, x, out_before, state_before)
    _, _, dgates, _, _ = gomez_deltas(W, U, gates, state, out, label, state_before)
    gradients = gomez_gradients(dgates, x, out, out_before)
    new = W.copy(), U.copy(), b.copy()
    optim.sgd(new, gradients, rate)
    return new


def gomez_zeros(names):
    by_the_state = ["df_0", "dW_f_0", "db_f_0", "dU_f_0"]
    by_the_out = ["dU_a_0", "dU_i_0", "dU_f_0", "dU_o_0"]
    return [name for name in names if name in by_the_state + by_the_out]


EXERCISES = (
    Exercise(
        name="gomez_layout",
        points=2,
        problem=_some("W", "U", "b"),
        reference=gomez_layout,
        alone="his layout, which lstm_ref does not know: the adapter of all the others",
        outputs=("W_course", "b_course"),
        probes={"one unit": LIKE_HIS},
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
        hints=(
            "`W @ x[t] + U @ out + b` has shape (4, H): all four gates at once, a row each. Take it apart into four names.",
            "The state needs `a`, `i`, `f` and the state before it. `out` needs `o` and the new state.",
            "Set `out, state = out_before, state_before` before the loop, and let each step overwrite both. Collect what is asked for in "
            "three lists, or fill three arrays.",
        ),
    ),
    Exercise(
        name="gomez_dstate_0",
        kind="expression",
        problem=a_point,
        reference=gomez_dstate_0,
        hints=(
            "Find `state_0` in the two formulas of the forward pass: once at step 0, and once at step 1.",
            "Two routes, so two terms. Each begins with a total derivative that is known: `dout_0`, or `dstate_1`.",
            "The second term is the shorter one: `dstate_1` times what multiplies `state_0` in the formula of $state_1$.",
        ),
    ),
    Exercise(
        name="gomez_step_back",
        points=4,
        problem=one_step,
        reference=gomez_step_back,
        outputs=("dstate", "dgates", "dx", "dout_prev"),
        probes={"the last step, to which nothing comes back": {"last": True}, "one unit": {"sizes": (3, 1, 2)}},
        hints=(
            "`dstate` is your expression, for all units at once. `do` starts from `dout`; the other three start from `dstate`.",
            "Each gate's delta has three parts: what has come back, the other factor of the gate's product, and the slope of its "
            "activation, written with its output.",
            "`x` is read by all four gates: `dx` is a sum of four products, each with a transposed matrix. So is `dout_prev`.",
        ),
    ),
    Exercise(
        name="gomez_zeros",
        problem=some_names,
        reference=gomez_zeros,
        probes={"all of the names": {"every": True}},
        alone="names, not numbers: most wrong numbers are zero in the same places",
        hints=(
            "Two things are zero in his example, both before step 0. Which formulas multiply by one of them?",
            "A delta at a forget gate multiplies by the previous state. A share of $\\mathrm{d}U$ multiplies by the previous `out`.",
            "A product is zero when one factor is. A *derivative with respect to* something that is zero need not be.",
        ),
    ),
    Exercise(
        name="gomez_deltas",
        points=4,
        problem=_some("W", "U", "gates", "state", "out", "label", "state_before"),
        reference=gomez_deltas,
        outputs=("dout", "dstate", "dgates", "dx", "dout_before"),
        probes={"a single step": {"sizes": (1, 2, 3)}, **PROBES},
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

GUESSES = (
    Guess(
        "all_his_numbers",
        "Your program reproduces every number of the article. Is it right?",
        {
            "a": Choice(
                "Yes: so many numbers cannot agree by chance.",
                "They do not agree by chance. But an example can only contradict what it uses, and this one has zeros where it starts.",
            ),
            "b": Choice(
                "Yes, up to rounding.",
                "Rounding is the smaller trouble. There are mistakes that change no digit of this example at all.",
            ),
            "c": Choice("It may still be wrong.", "Yes, and at the end you will see how."),
        },
        right="c",
    ),
    Guess(
        "first_move_of_out_0",
        "Step 0 gives 0.53631 and should give 0.5; step 1 gives 0.77198 and should give 1.25. After the first update, out 0 will",
        {
            "a": Choice(
                "fall: it is too large.",
                "So it would if it could be moved alone. But both steps share their weights, and step 1 is further off.",
            ),
            "b": Choice("rise.", "Yes. The larger error of step 1 moves the shared weights."),
            "c": Choice(
                "stay where it is: the two steps want opposite things.",
                "They do, but with very different force: the errors are 0.036 and -0.478.",
            ),
        },
        right="b",
    ),
    Guess(
        "spoiled_programs",
        "How many of these three wrong programs give wrong numbers on Gomez's example?",
        {
            "a": Choice(
                "All three.",
                "What is multiplied by zero cannot show, and a matrix with one entry is its own transpose.",
            ),
            "b": Choice(
                "One: the transpose is a grave mistake.",
                "It is, for two units or more. What is the transpose of the matrix (0.15)?",
            ),
            "c": Choice("None.", "Yes. His example has a start of zeros and a single unit."),
        },
        right="c",
    ),
)

RECALL = (
    Recall(
        "In Gomez's article $\\delta f$ stands before or after the sigmoid, seen from the input? Answer `before` or `after`.",
        ("before", "before it", "in front"),
        "Before it: his deltas stand at the pre-activations, our $\\hat f$.",
    ),
    Recall(
        "A worked example starts from a state of zero. Which gate's delta at the first step is then exactly zero?",
        ("f", "forget", "forget gate", "the forget gate", "df"),
        "The forget gate's: it multiplies the state before.",
    ),
    Recall(
        "Somebody rounds a number to five digits and goes on with the rounded one. Round what you show, or what you use?",
        ("show", "what you show", "what i show"),
        "Round what you show, never what you use.",
    ),
    Recall(
        "With how many units, at least, can an example show that `U` was not transposed? A number.",
        (2, "two"),
        "2: a matrix of one entry is its own transpose.",
    ),
    Recall(
        "You compare weights after an update with rate 0.1. Which share of a gradient's error is left in them? A number.",
        (0.1, "a tenth"),
        "A tenth: the rate multiplies the error, too.",
    ),
)
