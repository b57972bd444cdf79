"""The exercises of 3.2 The block, backward."""

from types import SimpleNamespace

import numpy as np

from autograde.judging.draw import numbers
from autograde.judging.exercise import Exercise, Own, Written
from autograde.judging.questions import Choice, Guess, Recall
from lstm_ref import lstm, stages

TITLE = "3.2 The block, backward"


def _bias(H):
    """The same for every problem of this size: a backward pass never sees the biases."""
    return np.linspace(-0.7, 0.8, 4 * H).reshape(4, H)


def _params(W):
    return lstm.Params(W, _bias(W.shape[1]))


def _block(rng, H=5, D=3, dh=1.0, dc_next=1.0, imaginary=0.0):
    """A random block, and a gradient for each value in it: independent numbers, so that no exercise needs another's."""
    W, b = numbers(rng, 4, H, H + D, low=0.15, high=0.6), _bias(H)
    x, c_prev = numbers(rng, D), numbers(rng, H, low=0.4, high=1.5)
    h_prev = numbers(rng, H, low=0.2, high=0.9)
    x = x * (1 + 1j * imaginary) if imaginary else x
    found = {"W": W, "b": b, "x": x, "h_prev": h_prev, "c_prev": c_prev}
    _, _, step = lstm.cell_forward(lstm.Params(W, b), x, h_prev, c_prev)
    found["step"] = SimpleNamespace(**step._asdict())
    found |= {"target": numbers(rng, H), "dh_next": numbers(rng, H)}
    found |= {"dh": dh * numbers(rng, H), "dc_next": dc_next * numbers(rng, H)}
    for name in ("do", "dc", "df", "di", "dg", "df_hat", "di_hat", "dg_hat", "do_hat"):
        found[name] = numbers(rng, H)
    return found


def _some(*names):
    """A problem generator that hands out these parts of a random block, in this order."""

    def problem(rng, **options):
        block = _block(rng, **options)
        return {name: block[name] for name in names}

    return problem


def on_the_road(rng):
    names = {"dh": numbers(rng), "dc_next": numbers(rng), "c": numbers(rng), "c_prev": numbers(rng)}
    return {k: float(v) for k, v in names.items()} | {"f": rng.uniform(0.2, 0.8), "o": rng.uniform(0.2, 0.8)}


def back_to_h(step, target, dh_next):
    own = stages.squared_error_backward(step.h, target)
    return own + dh_next


def back_to_o(step, dh):
    do, _ = lstm.output_backward(step, dh, dc_next=0 * dh)
    return do


def back_to_c(step, dh, dc_next):
    _, dc = lstm.output_backward(step, dh, dc_next)
    return dc


def road_to_f_hat(dh, dc_next, o, c, c_prev, f):
    step = SimpleNamespace(o=o, c=c, c_prev=c_prev, f=f, i=np.nan, g=np.nan)  # the road passes neither i nor g
    do, dc = lstm.output_backward(step, dh, dc_next)
    df, di, dg, _ = lstm.update_backward(step, dc)
    df_hat, _, _, _ = lstm.gates_backward(step, df, di, dg, do)
    return df_hat


def back_to_inputs(W, df_hat, di_hat, dg_hat, do_hat):
    _, dh_prev, dx = lstm.inputs_backward(_params(W), df_hat, di_hat, dg_hat, do_hat)
    return dx, dh_prev


def lstm_step_backward(W, step, dh, dc_next):
    block = lstm.cell_backward(_params(W), step, dh, dc_next)
    return block.dW, block.db, block.dx, block.dh_prev, block.dc_prev


def block_loss(W, b, x, h_prev, c_prev, dh, dc_next):
    h, c, _ = lstm.cell_forward(lstm.Params(W, b), x, h_prev, c_prev)
    return (dh * h).sum() + (dc_next * c).sum()


def _own_loss(function, problem):
    step = problem["step"]
    moved = function(problem["W"], _bias(len(step.c)), step.x, step.h_prev, step.c_prev)
    return np.sum(problem["dh"] * moved.h) + np.sum(problem["dc_next"] * moved.c)


BEHIND_A_LAST_BLOCK = {"a last block, where `dc_next` is zero": {"dc_next": 0.0}}
ONLY_ALONG_C = {"a block where `dh` is zero": {"dh": 0.0}}

EXERCISES = (
    Exercise(
        name="back_to_h",
        problem=_some("step", "target", "dh_next"),
        reference=back_to_h,
        hints=(
            "Two arrows lead into the dot. One line for what each of them brings, then put them together.",
            "The lower arrow: differentiate $\\frac12 (h - \\text{target})^2$ with respect to $h$. Then put `dh_next` to it as "
            "1.2 does at every fork.",
        ),
    ),
    Exercise(
        name="back_to_o",
        problem=_some("step", "dh"),
        reference=back_to_o,
        hints=(
            "$h_t$ is a product of two factors. Hold one of them still: how does $h_t$ move with the other?",
            "In 1.3 a product sent back to each factor: what arrives, times the *other* factor. Here the other one is what "
            "comes out of the tanh.",
        ),
    ),
    Exercise(
        name="back_to_c",
        points=2,
        problem=_some("step", "dh", "dc_next"),
        reference=back_to_c,
        probes=BEHIND_A_LAST_BLOCK | ONLY_ALONG_C,
        hints=(
            "Put a finger on the dot at $c_t$. Two arrows lead into it. Write a term for each.",
            "From below: `dh`, back through the product with $o_t$, back through tanh. From the right: it comes ready-made.",
            "The first term has three factors. The slope of tanh can be written with `np.tanh(step.c)`.",
        ),
    ),
    Exercise(
        name="back_through_update",
        points=2,
        problem=_some("step", "dc"),
        reference=lstm.update_backward,
        outputs=("df", "di", "dg", "dc_prev"),
        hints=(
            "A sum hands `dc` to both terms as it is. Each term is a product of two factors.",
            "A product hands to each factor what arrives, times the other factor. Four factors, four lines.",
            "`dc * step.c_prev` is one of the four. Whose is it?",
        ),
    ),
    Exercise(
        name="back_to_hats",
        points=2,
        problem=_some("step", "df", "di", "dg", "do"),
        reference=lstm.gates_backward,
        outputs=("df_hat", "di_hat", "dg_hat", "do_hat"),
        hints=(
            "Four lines. Each: what arrived at the gate, times the slope of its activation.",
            "Both slopes were earned in 1.3, written with the *output* $y$: one for the sigmoid, one for tanh. `step.f` is such "
            "an output.",
            "Three of the gates have a sigmoid, so three lines look alike. Mind the names when you copy.",
        ),
    ),
    Exercise(
        name="road_to_f_hat",
        points=2,
        kind="expression",
        problem=on_the_road,
        reference=road_to_f_hat,
        hints=(
            "Walk the red road with a finger, from the right end. At each stage write down a factor; where two roads meet, add.",
            "The line of `back_to_c`, then one factor from `back_through_update`, then one slope from `back_to_hats`.",
            "SymPy writes `sp.tanh(c)`. What was added at $c_t$ goes into a bracket before you multiply on.",
        ),
    ),
    Exercise(
        name="back_to_weights",
        points=2,
        problem=_some("step", "df_hat", "di_hat", "dg_hat", "do_hat"),
        reference=lstm.weights_backward,
        outputs=("dW", "db"),
        hints=(
            "1.3 has both: for `y = W @ x + b`, what are `dW` and `db`, given `dy`? Here `z` plays `x`.",
            "`np.outer(df_hat, step.z)` holds every product of an entry of the one (rows) and of the other (columns).",
            "`np.stack([...])` puts four arrays of one shape into one, with a new first axis: the gates, f i g o.",
        ),
    ),
    Exercise(
        name="back_to_inputs",
        points=3,
        problem=_some("W", "df_hat", "di_hat", "dg_hat", "do_hat"),
        reference=back_to_inputs,
        outputs=("dx", "dh_prev"),
        hints=(
            "From 1.3: `y = W @ x` sends back `W.T @ dy`. And $z$ is used four times.",
            "First `dz`, of shape `(H + D,)`, as a sum with a term for each gate. Then cut it in two.",
            "`dz[:H]` are the first H entries. Which of `h_prev` and `x` came first in `z`? Mind the order of the `return`.",
        ),
    ),
    Exercise(
        name="lstm_step_backward",
        points=5,
        problem=_some("W", "step", "dh", "dc_next"),
        reference=lstm_step_backward,
        outputs=("dW", "db", "dx", "dh_prev", "dc_prev"),
        probes=BEHIND_A_LAST_BLOCK | ONLY_ALONG_C,
        own=Own("lstm_step", loss=_own_loss, wrt={"dW": "W"}),
        hints=(
            "Six calls, in the order in which you wrote the functions. `back_to_h` is not among them: `dh` is a total already.",
            "What one function returns, a later one takes. `dc_prev` comes out of the middle of the pass and waits for the "
            "`return`.",
            "`df, di, dg, dc_prev = back_through_update(step, dc)` is one of the six lines.",
        ),
    ),
    Exercise(
        name="block_loss",
        problem=_some("W", "b", "x", "h_prev", "c_prev", "dh", "dc_next"),
        reference=block_loss,
        probes=BEHIND_A_LAST_BLOCK | ONLY_ALONG_C | {"complex numbers": {"imaginary": 0.1}},
        hints=(
            "First `step = lstm_step(...)`. Then the formula, with `step.h` and `step.c`.",
            "`np.sum(a * b)`, or `a @ b`, adds up the products of the entries of two vectors.",
        ),
    ),
    Written(
        name="why_w_o_is_special",
        model=(
            "W_o makes the output gate, and the output gate acts on h_t alone: it multiplies tanh(c_t), which is finished by "
            "then. So every road from the loss to W_o comes in through dh_t and turns off at the product, before it reaches "
            "c_t; dc_next arrives at c_t, which W_o cannot move, and so is no part of it. The forget gate, the input gate "
            "and the candidate make c_t, so both shares of the fork at c_t flow into their gradients. W_o still acts on later "
            "cell states: h_t is read by the gates of the next block, and these make c_{t+1}. That effect is in dh_next, and "
            "with it in dh_t."
        ),
        guide=(
            "A nudge of W_o moves o_t and h_t, and leaves c_t where it is; so its road goes through h_t and not through the "
            "fork at c_t, while the other three make c_t.",
            "Its effect on later cell states goes through h_t and the next block's gates, and so is contained in dh_next.",
        ),
    ),
)

GUESSES = (
    Guess(
        "dc_next_doubled",
        "`dc_next` is doubled, `dh` stays. Which of the four weight gradients change?",
        {
            "a": Choice(
                "All four.",
                "All four come from the loss. But what comes in along the cell state arrives at $c_t$, and not all roads pass there.",
            ),
            "b": Choice(
                "$W_f$ alone, for the forget gate stands on the line of the cell state.",
                "`dc_next` becomes a part of $\\mathrm{d}c_t$, and from there a sum hands it to three.",
            ),
            "c": Choice("$W_f$, $W_i$ and $W_g$.", "Yes: these three make $c_t$. $W_o$ has no part in it."),
        },
        right="c",
    ),
    Guess(
        "without_dc_next",
        "Which of the eleven rows will then be wrong?",
        {
            "a": Choice(
                "$\\mathrm{d}c_{t-1}$ alone.",
                "It is the nearest. But $\\mathrm{d}c_t$ is read by three gates as well, and they by all that comes after.",
            ),
            "b": Choice(
                "All but those of $W_o$ and $b_o$.",
                "Yes. Also dx and dh_prev: of their four terms three are wrong.",
            ),
            "c": Choice(
                "All but those of $W_o$, $b_o$, $x$ and $h_{t-1}$.",
                "The gradients of $x$ and $h_{t-1}$ are sums over four gates, and three of the four have changed.",
            ),
        },
        right="b",
    ),
)

RECALL = (
    Recall(
        "$\\mathrm{d}c_t = 2$ and $f_t = 0.5$. What is $\\mathrm{d}c_{t-1}$? A number.",
        (1,),
        "1: it is $\\mathrm{d}c_t$ times $f_t$, and nothing else.",
    ),
    Recall(
        "What multiplies $\\mathrm{d}c_t$ to give $\\mathrm{d}i_t$: `f`, `g`, `i` or `c_prev`?",
        ("g", "g_t", "step.g"),
        "`g`: a product hands to each factor the other one.",
    ),
    Recall(
        "Which of the four weight matrices does `dc_next` not reach inside the block? A letter: f, i, g or o.",
        ("o", "W_o"),
        "$W_o$: its road turns off before $c_t$.",
    ),
    Recall(
        "$o_t = 0.5$, $\\mathrm{d}o_t = 4$. What is $\\mathrm{d}\\hat o_t$? A number.",
        (1,),
        "$4 \\cdot 0.5 \\cdot (1 - 0.5) = 1$.",
    ),
    Recall(
        "Of how many terms is $\\mathrm{d}h_{t-1}$ the sum, seen from inside the block? A number.",
        (4, "four"),
        "Four: every gate reads $z_t$.",
    ),
)
