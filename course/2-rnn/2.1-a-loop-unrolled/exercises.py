"""The exercises of 2.1 A loop, unrolled."""

from functools import partial

import numpy as np

from autograde.judging.draw import numbers
from autograde.judging.exercise import Exercise, Written
from autograde.judging.questions import Choice, Guess, Recall
from lstm_ref import data, rnn, stages

TITLE = "2.1 A loop, unrolled"


def a_text(rng):
    """A text that lacks a letter from the middle of its vocabulary and does not begin with the first one.

    Texts differ in length, in size of the vocabulary, in the letter that is missing and in the letter at the start.
    """
    K = int(rng.integers(5, 8))
    vocab = "".join(sorted(rng.choice(list("ADLWaceilnrst ,."), K, replace=False)))
    missing = rng.integers(1, K - 1)
    used = vocab[:missing] + vocab[missing + 1 :]
    middle = rng.permutation(list(used + used))[: K + int(rng.integers(1, 3))]
    return {"text": str(rng.choice(list(used[1:]))) + "".join(middle), "vocab": vocab}


def one_step(rng, D=3, H=4):
    weights = {"Wxh": numbers(rng, H, D), "Whh": numbers(rng, H, H), "bh": numbers(rng, H)}
    return weights | {"x": numbers(rng, D), "h_prev": numbers(rng, H)}


def a_point(rng):
    return {name: float(numbers(rng)) for name in ("w_x", "w_h", "x_1", "x_2", "h_0")}


def a_sequence(rng, T=5, D=3, H=4, h0=1.0):
    weights = {"Wxh": numbers(rng, H, D), "Whh": numbers(rng, H, H), "bh": numbers(rng, H)}
    return weights | {"x": numbers(rng, T, D), "h0": h0 * numbers(rng, H)}


def some_scores(rng, T=4, K=6, large=False):
    """Scores of any size; when they are large, their gaps are too, and the first target has the largest score."""
    y, targets = 2 * numbers(rng, T, K), rng.integers(0, K, T)
    if large:
        y = np.stack([900.0 * rng.permutation(K) + 8000.0 * t for t in range(T)])
        targets[0] = y[0].argmax()
    return {"y": y, "targets": targets}


def a_masked_text(rng, T=5, D=3, H=4, K=6, keep=None):
    weights = {"Wxh": numbers(rng, H, D), "Whh": numbers(rng, H, H), "Why": numbers(rng, K, H)}
    biases = {"bh": numbers(rng, H), "by": numbers(rng, K)}
    kept = np.array([0, 1, 0, 1, 1]) if keep is None else np.array(keep)
    data = {"x": numbers(rng, T, D), "targets": rng.integers(0, K, T), "h0": numbers(rng, H)}
    return weights | biases | data | {"mask": kept.astype(float)}


def a_start(rng, T=7, K=5, H=3):
    weights = {"Wxh": 2 * numbers(rng, H, K), "Whh": 2 * numbers(rng, H, H), "Why": 2 * numbers(rng, K, H)}
    biases = {"bh": numbers(rng, H), "by": numbers(rng, K)}
    return weights | biases | {"h0": numbers(rng, H), "first": int(rng.integers(0, K)), "u": rng.uniform(size=T)}


def char_one_hot(text, vocab):
    codes = data.encode(text, vocab)
    x = data.one_hot(codes, len(vocab))
    return x


def rnn_step(Wxh, Whh, bh, x, h_prev):
    h, _ = rnn.cell_forward(rnn.Params(Wxh, Whh, bh), x, h_prev)
    return h


def one_unit(w_x, w_h, x, h_prev):
    """A step of a network with one input, one unit and no bias."""
    params = rnn.Params(np.array([[w_x]]), np.array([[w_h]]), np.zeros(1))
    h, _ = rnn.cell_forward(params, np.array([x]), np.array([h_prev]))
    return h[0]


def h_2(w_x, w_h, x_1, x_2, h_0):
    h_1 = one_unit(w_x, w_h, x_1, h_0)
    return one_unit(w_x, w_h, x_2, h_1)


def rnn_forward(Wxh, Whh, bh, x, h0):
    h, _ = rnn.sweep_forward(rnn.Params(Wxh, Whh, bh), x, h0)
    return h


def char_losses(y, targets):
    return stages.cross_entropies(y, targets)


def char_masked_loss(Wxh, Whh, Why, bh, by, x, targets, h0, mask):
    y, _, _ = rnn.char_forward(rnn.CharParams(Wxh, Whh, Why, bh, by), x, h0)
    losses = char_losses(y, targets)
    return (mask * losses).sum()


@partial  # given in the notebook: the mistakes of its pieces are not looked for
def draw(y, u):
    p = stages.softmax(y)
    return int((np.cumsum(p[:-1]) <= u).sum())


def char_sample(Wxh, Whh, Why, bh, by, h0, first, u):
    params, K = rnn.Params(Wxh, Whh, bh), len(by)
    h, code = h0, first
    codes = []
    for t in range(len(u)):
        x = data.one_hot(code, K)
        h, _ = rnn.cell_forward(params, x, h)
        y = stages.affine(Why, h, by)
        code = draw(y, u[t])
        codes.append(code)
    return np.array(codes)


EXERCISES = (
    Exercise(
        name="char_one_hot",
        problem=a_text,
        reference=char_one_hot,
        hints=(
            "Begin with zeros of shape (T, K), then put a single 1 in each row.",
            "`vocab.index(character)` is the place of a character in the vocabulary.",
        ),
    ),
    Exercise(
        name="rnn_step",
        points=2,
        problem=one_step,
        reference=rnn_step,
        hints=(
            "Three terms, each an array of shape (H,). Add them, then one tanh.",
            "A matrix of shape (H, D) times a vector of shape (D,) is `Wxh @ x`.",
            "If NumPy complains about sizes, look which of `x` (D,) and `h_prev` (H,) stands beside which matrix.",
        ),
    ),
    Exercise(
        name="h_2",
        points=2,
        kind="expression",
        problem=a_point,
        reference=h_2,
        hints=(
            "Write $h_1$ first, with $x_1$ and $h_0$ in it.",
            "Then write $h_2$ with $x_2$ and $h_1$, and put in what $h_1$ is. Python does that for you: give `h_1` a line.",
            "`h_1 = sp.tanh(w_x * x_1 + w_h * h_0)` is the first layer.",
        ),
    ),
    Exercise(
        name="rnn_forward",
        points=3,
        problem=a_sequence,
        reference=rnn_forward,
        hints=(
            "Keep one variable for the memory. It starts as `h0`, and each step replaces it.",
            "In the loop: call `rnn_step` with `x[t]` and the memory; what it returns is the new memory, and row `t` of the result.",
            "Begin with `h = np.zeros((len(x), len(h0)))` and `h_prev = h0`.",
        ),
        probes={"a sequence of one step": {"T": 1}, "an h0 of zeros": {"h0": 0.0}},
    ),
    Exercise(
        name="char_losses",
        points=3,
        problem=some_scores,
        reference=char_losses,
        hints=(
            "Work row by row: a row of `y` holds the scores of all K classes at one step.",
            "Use the second form of the formula: subtract each row's largest score first. `y.max(axis=1, keepdims=True)` has shape (T, 1).",
            "`y[np.arange(T), targets]` picks one entry from each row: the target's score. A loop over `t` does as well.",
        ),
        probes={"a single step": {"T": 1}, "large scores": {"large": True}},
    ),
    Exercise(
        name="char_masked_loss",
        points=3,
        problem=a_masked_text,
        reference=char_masked_loss,
        hints=(
            "Four lines: the states, the scores, the losses of the steps, and the sum over those that count.",
            "You have `rnn_forward` and `char_losses`. For all steps at once, the scores are `h @ Why.T + by`.",
            "A step that does not count contributes `0 * loss`.",
        ),
        probes={"many-to-many": {"keep": [1, 1, 1, 1, 1]}, "many-to-one": {"keep": [0, 0, 0, 0, 1]}},
    ),
    Exercise(
        name="char_sample",
        points=3,
        problem=a_start,
        reference=char_sample,
        hints=(
            "Two things change from step to step: the state, and the last character. Start with `h, code = h0, first`.",
            "In the loop: make the one-hot `x` of `code`; take a step; compute the scores of that step; draw; store.",
            "`code = draw(Why @ h + by, u[t])`, and the next turn of the loop uses that `code`.",
        ),
        probes={"one character": {"T": 1}},
    ),
    Written(
        name="one_layer_or_thousand",
        model=(
            "Both are. The loop has one set of weights. Unrolled over a text of 1000 characters it computes what a "
            "feed-forward network of 1000 layers computes, each layer with an input of its own. What is special is that the "
            "weights of all layers are tied: they are the same numbers, each used 1000 times. So the number of weights does "
            "not grow with the text, and the work and the states to be kept do. Change one weight, and it changes in every "
            "layer at once."
        ),
        guide=(
            "The loop unrolled over T steps is a feed-forward network of T layers: the same computation, so both are right.",
            "The layers' weights are tied: one set of numbers, used at every step; it does not grow with the text, while the "
            "work and the stored states do.",
        ),
    ),
)

GUESSES = (
    Guess(
        "nudged_at_once",
        "The same nudge of one entry of $W_{hh}$ in layer 1 alone, in layer 2 alone, in layer 3 alone, and then in all three. How far does "
        "the last state move in the end?",
        {
            "a": Choice(
                "As far as by the nudge in layer 3: it is the nearest.",
                "The other layers lie further from the end, and what they do still reaches it.",
            ),
            "b": Choice(
                "By the mean of the three.",
                "Nothing is averaged: each nudge acts at full size, whatever the others do.",
            ),
            "c": Choice("By the sum of the three.", "Yes. One weight used three times is a fork with three branches."),
            "d": Choice(
                "By the product of the three.",
                "Along one route local derivatives multiply. These three nudges take three routes.",
            ),
        },
        right="c",
    ),
    Guess(
        "first_loss",
        "What does an untrained network with small random weights pay for a character?",
        {
            "a": Choice(
                "Nearly nothing: its weights are nearly zero.",
                "A loss of zero is paid by whoever is sure, and right. This network knows nothing.",
            ),
            "b": Choice(
                "About $\\ln K$.",
                "Yes: small weights make scores that are nearly equal, and those are a uniform guess.",
            ),
            "c": Choice(
                "What letter counts cost.",
                "Nobody has shown it yet how often each letter occurs. That is the first thing that training teaches it.",
            ),
            "d": Choice(
                "Far more than a uniform guess: it is wrong nearly always.",
                "Only whoever is *sure* and wrong pays much. Its weights are too small to be sure of anything.",
            ),
        },
        right="b",
    ),
)

RECALL = (
    Recall(
        "$T$ steps, state size $H$: what is the shape of all the states in one array, in this course? Write it like `(H, T)`.",
        ("(T, H)", "T, H"),
        "(T, H): time is the first axis, and row `t` is the state after `x[t]` was read.",
    ),
    Recall(
        "A recurrent network reads 1000 characters. How many different matrices $W_{hh}$ does it use? A number.",
        (1, "one"),
        "One, a thousand times: the layers of the unrolled network share their weights.",
    ),
    Recall(
        "What does a guess that knows nothing pay for a character of 32 classes, in bits? A number.",
        (5, "five"),
        "5 bits, or $\\ln 32 = 3.47$ nats.",
    ),
    Recall(
        "In code, which variable is the state before the first step: `h[0]`, `h[-1]` or `h0`?",
        ("h0",),
        "`h0`: it is no row of `h`, whose first row is the state *after* the first step.",
    ),
    Recall(
        'Many-to-one, three steps: which mask? Write it as a text, such as "1 1 0".',
        ("0 0 1", "0, 0, 1", "[0, 0, 1]", "(0, 0, 1)"),
        "0 0 1: only the last step has a loss; the others still hand their state on.",
    ),
)
