"""The exercises of 3.5 Why it remembers."""

from types import SimpleNamespace

import numpy as np

from autograde.judging.draw import numbers
from autograde.judging.exercise import Exercise, Written
from autograde.judging.questions import Choice, Guess, Recall
from lstm_ref import lstm

TITLE = "3.5 Why it remembers"


def _steps(W, b, x, h0, c0):
    _, _, steps = lstm.sweep_forward(lstm.Params(W, b), x, h0, c0)
    return [SimpleNamespace(**step._asdict()) for step in steps]


def some_steps(rng, T=5, H=4, D=2):
    weights = {"W": numbers(rng, 4, H, H + D), "b": numbers(rng, 4, H)}
    return {"steps": _steps(**weights, x=numbers(rng, T, D), h0=numbers(rng, H), c0=numbers(rng, H))}


def a_gate(rng):
    return {"f": float(rng.uniform(0.55, 0.95))}


def a_way_back(rng, T=5, H=4, D=2):
    W, b = numbers(rng, 4, H, H + D), numbers(rng, 4, H)
    steps = _steps(W, b, numbers(rng, T, D), numbers(rng, H), numbers(rng, H))
    return {"W": W, "steps": steps, "dc_T": numbers(rng, H)}


def two_dials(rng, H=4, D=2):
    dials = {"recurrent": float(rng.uniform(1.5, 2.5)), "forget_bias": float(rng.uniform(1.5, 2.5))}
    return {"W": numbers(rng, 4, H, H + D), "b": numbers(rng, 4, H)} | dials


def an_lstm_to_turn(rng, T=5, H=4, D=2):
    problem = two_dials(rng, H, D)
    data = {"x": numbers(rng, T, D), "dc_T": numbers(rng, H)}
    return {"W": problem["W"], "b": problem["b"]} | data | {k: problem[k] for k in ("recurrent", "forget_bias")}


def one_unit(rng):
    w_f, w_i, w_g, c_1 = map(float, numbers(rng, 4))
    f_2, i_2, o_1 = map(float, rng.uniform(0.15, 0.45, 3))
    g_2 = float(0.7 * numbers(rng))
    return {"w_f": w_f, "w_i": w_i, "w_g": w_g, "f_2": f_2, "i_2": i_2, "g_2": g_2, "o_1": o_1, "c_1": c_1}


def flow_along_c(steps):
    T, H = len(steps), len(steps[-1].c)
    along = np.ones((T, H))
    for t in reversed(range(T - 1)):
        _, _, _, along[t] = lstm.update_backward(steps[t + 1], along[t + 1])
    return along


def flow_half_life(f):
    return np.log(0.5) / np.log(f)


def flow_norms(W, steps, dc_T):
    params = lstm.Params(W, np.zeros(W.shape[:2]))  # a way back never sees the biases
    no_loss = np.zeros((len(steps), len(dc_T)))
    _, blocks = lstm.sweep_backward(params, steps, no_loss, dc_T)
    dc = np.array([block.dc for block in blocks])
    norms = np.linalg.norm(dc, axis=1)
    return norms[::-1]


def flow_dials(W, b, recurrent, forget_bias):
    H = b.shape[1]
    new_W, new_b = W.copy(), b.copy()
    new_W[:, :, :H] = recurrent * W[:, :, :H]
    new_b[0] = forget_bias
    return new_W, new_b


def flow_one_step(w_f, w_i, w_g, f_2, i_2, g_2, o_1, c_1):
    first, second = SimpleNamespace(o=o_1, c=c_1), SimpleNamespace(c_prev=c_1, f=f_2, i=i_2, g=g_2, o=np.nan)
    df, di, dg, along_c = lstm.update_backward(second, 1.0)
    df_hat, di_hat, dg_hat, _ = lstm.gates_backward(second, df, di, dg, 0.0)
    dh_1 = w_f * df_hat + w_i * di_hat + w_g * dg_hat
    _, dc_1 = lstm.output_backward(first, dh_1, along_c)
    return dc_1


def flow_left(W, b, x, dc_T, recurrent, forget_bias):
    new_W, new_b = flow_dials(W, b, recurrent, forget_bias)
    zeros = np.zeros(len(dc_T))
    _, _, steps = lstm.sweep_forward(lstm.Params(new_W, new_b), x, zeros, zeros)
    norms = flow_norms(new_W, steps, dc_T)
    return norms[-1] / norms[0]


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
        alone="how often a number is halved: a question about powers, not about a network",
        hints=("Take the logarithm of both sides.", "The logarithm of $f^k$ is $k \\ln f$. Divide."),
    ),
    Exercise(
        name="flow_norms",
        points=3,
        problem=a_way_back,
        reference=flow_norms,
        hints=(
            "`sweep_arrivals(W, steps, dh, dc_T)` wants the losses' own gradients `dh_loss`, shape `(T, H)`. There are none.",
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
        alone="an edit of the weights; nothing is computed with them",
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

GUESSES = (
    Guess(
        "behind_a_write",
        "The forget gate is closed and the input gate open (*write*). Of the gradient 1, the older memory gets",
        {
            "a": Choice(
                "1: along $c$ a gradient passes as it came.",
                "Only through an open forget gate. Here the old memory was overwritten, so no nudge of it reaches the end.",
            ),
            "b": Choice(
                "0, and the candidate gets 1.", "Yes. What was overwritten has no influence, what was written has all."
            ),
            "c": Choice(
                "one half, and the candidate the other half.",
                "At a sum each summand gets all of the gradient; nothing is shared out. The gates decide, each for its own.",
            ),
        },
        right="b",
    ),
    Guess(
        "bias_of_zero",
        "With a forget bias of 0, the half-life is",
        {
            "a": Choice(
                "endless: a bias of 0 changes nothing.",
                "It is the *gate* that would have to be 1 for that. A sum of 0 makes a gate of one half.",
            ),
            "b": Choice("one step.", "Yes: a gate of one half halves at every step."),
            "c": Choice(
                "about ten steps.",
                "So it would be for a gate of 0.93, which takes a bias of 2.6.",
            ),
        },
        right="b",
    ),
    Guess(
        "as_it_comes",
        "A random LSTM with all biases 0, thirty steps back. How much of the gradient is left?",
        {
            "a": Choice(
                "Most of it: that is what LSTMs are for.",
                "They are built so that it *can* be kept. Nothing has told this one to: its forget gates stand near one half.",
            ),
            "b": Choice("Next to nothing, as in a plain RNN.", "Yes: less than a thousandth in every one."),
            "c": Choice(
                "More than there was: the routes add up.",
                "They do add, but with these weights every one of them shrinks at each step.",
            ),
        },
        right="b",
    ),
    Guess(
        "shut_and_loud",
        "All forget gates are shut. Can a gradient still grow on its way back?",
        {
            "a": Choice(
                "No: every factor is below 1.",
                "Along the highway, yes. But each road through $h$ has a weight on it, and no bound holds for weights.",
            ),
            "b": Choice(
                "No: with the gates shut nothing comes back at all.",
                "Nothing along the highway. The roads through $h$ do not ask the forget gate.",
            ),
            "c": Choice("Yes.", "Yes, by the roads through $h$, if the weights are large enough."),
        },
        right="c",
    ),
)

RECALL = (
    Recall(
        "Along the cell state alone, by what is a gradient multiplied at each step back? One word, or a letter.",
        ("forget gate", "the forget gate", "f", "forget"),
        "By the forget gate, entry by entry.",
    ),
    Recall(
        "A forget gate stays at 0.5. How many steps is its half-life? A number.",
        (1, "one"),
        "One: each step halves what is left.",
    ),
    Recall(
        "Which is larger after thirty steps in an LSTM with forget bias 0: the gradient by the highway, or by all routes? "
        "Answer `highway` or `all`.",
        ("all", "all routes", "by all routes"),
        "All routes: the roads through $h$ bring most of what little arrives.",
    ),
    Recall(
        "Every forget gate is below 0.1. Can the gradient explode? Answer `yes` or `no`.",
        ("yes",),
        "Yes: the roads through $h$ carry weights, and nothing bounds a weight.",
    ),
    Recall(
        "To make a new LSTM remember longer, which bias do you raise? One word, or a letter.",
        ("forget", "forget gate", "the forget gate", "f", "b_f", "forget bias", "the forget gate's"),
        "That of the forget gate.",
    ),
)
