"""The exercises of 2.1 A loop, unrolled."""

import numpy as np

from autograde.judging.exercise import Exercise, Written

TITLE = "2.1 A loop, unrolled"


def _numbers(rng, *shape):
    """Numbers between 0.3 and 1.2 in size, of either sign: nothing is zero, and tanh is not yet flat."""
    return rng.uniform(0.3, 1.2, shape) * rng.choice([-1.0, 1.0], shape)


def a_text(rng, T=7, K=5):
    """A text that leaves out the first letter of its vocabulary and does not begin with the next one."""
    vocab = "".join(sorted(rng.choice(list("ADLWaceilnrst ,."), K, replace=False)))
    middle = rng.permutation(list(vocab[1:] + vocab[2:]))[: T - 1]
    return {"text": vocab[-1] + "".join(middle), "vocab": vocab}


def one_step(rng, D=3, H=4):
    weights = {"Wxh": _numbers(rng, H, D), "Whh": _numbers(rng, H, H), "bh": _numbers(rng, H)}
    return weights | {"x": _numbers(rng, D), "h_prev": _numbers(rng, H)}


def a_point(rng):
    return {name: float(_numbers(rng)) for name in ("w_x", "w_h", "x_1", "x_2", "h_0")}


def a_sequence(rng, T=5, D=3, H=4, h0=1.0):
    weights = {"Wxh": _numbers(rng, H, D), "Whh": _numbers(rng, H, H), "bh": _numbers(rng, H)}
    return weights | {"x": _numbers(rng, T, D), "h0": h0 * _numbers(rng, H)}


def some_scores(rng, T=4, K=6, large=False):
    """Scores of any size; when they are large, their gaps are too, and the first target has the largest score."""
    y, targets = 2 * _numbers(rng, T, K), rng.integers(0, K, T)
    if large:
        y = np.stack([900.0 * rng.permutation(K) + 8000.0 * t for t in range(T)])
        targets[0] = y[0].argmax()
    return {"y": y, "targets": targets}


def a_masked_text(rng, T=5, D=3, H=4, K=6, keep=None):
    weights = {"Wxh": _numbers(rng, H, D), "Whh": _numbers(rng, H, H), "Why": _numbers(rng, K, H)}
    biases = {"bh": _numbers(rng, H), "by": _numbers(rng, K)}
    kept = np.array([0, 1, 0, 1, 1]) if keep is None else np.array(keep)
    data = {"x": _numbers(rng, T, D), "targets": rng.integers(0, K, T), "h0": _numbers(rng, H)}
    return weights | biases | data | {"mask": kept.astype(float)}


def a_start(rng, T=7, K=5, H=3):
    weights = {"Wxh": 2 * _numbers(rng, H, K), "Whh": 2 * _numbers(rng, H, H), "Why": 2 * _numbers(rng, K, H)}
    biases = {"bh": _numbers(rng, H), "by": _numbers(rng, K)}
    return weights | biases | {"h0": _numbers(rng, H), "first": int(rng.integers(0, K)), "u": rng.uniform(size=T)}


def char_one_hot(text, vocab):
    x = np.zeros((len(text), len(vocab)))
    for t in range(len(text)):
        x[t, vocab.index(text[t])] = 1
    return x


def rnn_step(Wxh, Whh, bh, x, h_prev):
    h_hat = Wxh @ x + Whh @ h_prev + bh
    return np.tanh(h_hat)


def h_2(w_x, w_h, x_1, x_2, h_0):
    h_1 = np.tanh(w_x * x_1 + w_h * h_0)
    return np.tanh(w_x * x_2 + w_h * h_1)


def rnn_forward(Wxh, Whh, bh, x, h0):
    h = np.zeros((len(x), len(h0)))
    h_prev = h0
    for t in range(len(x)):
        h_prev = rnn_step(Wxh, Whh, bh, x[t], h_prev)
        h[t] = h_prev
    return h


def char_losses(y, targets):
    shifted = y - y.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=1))
    return log_sum - shifted[np.arange(len(y)), targets]


def char_masked_loss(Wxh, Whh, Why, bh, by, x, targets, h0, mask):
    h = rnn_forward(Wxh, Whh, bh, x, h0)
    y = h @ Why.T + by
    losses = char_losses(y, targets)
    return np.sum(mask * losses)


def draw(y, u):
    p = np.exp(y - y.max())
    p = p / p.sum()
    return int((np.cumsum(p[:-1]) <= u).sum())


def char_sample(Wxh, Whh, Why, bh, by, h0, first, u):
    h, code = h0, first
    codes = []
    for t in range(len(u)):
        x = np.zeros(Wxh.shape[1])
        x[code] = 1
        h = rnn_step(Wxh, Whh, bh, x, h)
        code = draw(Why @ h + by, u[t])
        codes.append(code)
    return np.array(codes)


LOG_SUM = "    log_sum = np.log(np.exp(shifted).sum(axis=1))\n    return log_sum - shifted[np.arange(len(y)), targets]"
PICKED = "[np.arange(len(y)), targets]"
OVERFLOW = (
    "For ordinary scores this is right. For a score of 1000, `exp` leaves the range of floating point numbers, and what "
    "comes after it is `inf` or `nan`. What may you subtract from all scores of a step without changing the probabilities?"
)
UNDERFLOW = (
    "You shifted the scores, so nothing overflows. But the probability of an unlikely target becomes exactly 0, and its "
    "logarithm is minus infinity. Can you write the loss with the logarithm of the sum alone, so that no quotient is needed?"
)
ALL_STEPS = (
    "Your probabilities sum to 1 over *all* steps together. Each step makes a bet of its own: over which axis does each "
    "row of `y` have to sum to 1?"
)
WRONG_AXIS = (
    "Your probabilities sum to 1 down the steps, not across the classes. `y` is (T, K): which axis holds the classes?"
)

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
