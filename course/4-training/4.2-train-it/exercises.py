"""The exercises of 4.2 Train it."""

from functools import partial
from types import SimpleNamespace

import numpy as np

from autograde.judging.draw import numbers
from autograde.judging.exercise import Exercise, Written
from autograde.judging.questions import Choice, Guess, Recall
from lstm_ref import data, optim, stages
from lstm_ref.fast import lstm as fast
from lstm_ref.lstm import Params

TITLE = "4.2 Train it"


def _text(rng, length, K):
    """Classes in random order; each occurs."""
    return rng.permutation(np.concatenate([np.arange(K), rng.integers(0, K, length - K)]))


def _network(rng, H, K):
    W, b = 0.6 * numbers(rng, 4, H, H + K), numbers(rng, 4, H)
    return {"W": W, "b": b, "Wy": numbers(rng, K, H), "by": numbers(rng, K)}


def two_texts(rng, extra=0.3):
    return {"train": _text(rng, 61, 5), "held": _text(rng, 23, 5), "K": 5, "extra": extra}


def a_text(rng, B=3, T=4, n=5, rest=3):
    return {"codes": _text(rng, n * B * T + 1 + rest, 7), "B": B, "T": T}


def some_scores(rng, T=4, B=3, K=5, lifted=0.0):
    return {"y": lifted + 2 * numbers(rng, T, B, K), "targets": rng.integers(0, K, (T, B))}


def in_the_middle(rng, t=4):
    p = {
        "w": numbers(rng, 2, 3),
        "m": numbers(rng, 2, 3),
        "v": rng.uniform(0.2, 1.5, (2, 3)),
        "d": numbers(rng, 2, 3),
    }
    if t == 1:
        p |= {"m": np.zeros((2, 3)), "v": np.zeros((2, 3))}
    return p | {"t": t, "rate": 0.13, "beta1": 0.7, "beta2": 0.8, "eps": 0.05}


def a_pass(rng, n=3, T=4, B=2, K=6, H=5, limit=0.05):
    weights = _network(rng, H, K)
    m = {name: 0.1 * numbers(rng, *w.shape) for name, w in weights.items()}
    v = {name: rng.uniform(0.01, 0.04, w.shape) for name, w in weights.items()}
    chunks = {"inputs": rng.integers(0, K, (n, T, B)), "targets": rng.integers(0, K, (n, T, B))}
    steps = {"t": int(rng.integers(3, 40))}
    return {"weights": weights, "m": m, "v": v} | steps | chunks | {"rate": 0.2, "limit": limit}


def scores_and_temperature(rng, temperature=0.0):
    return {"y": 2 * numbers(rng, 5), "temperature": temperature or rng.choice([0.4, 0.6, 1.7, 2.5])}


def train_baselines(train, held, K, extra):
    letters = np.bincount(train, minlength=K) + extra
    pairs = np.full((K, K), extra)
    for a, b in zip(train[:-1], train[1:]):  # noqa: B905
        pairs[a, b] += 1
    q_letter = letters / letters.sum()
    q_pair = pairs / pairs.sum(axis=1, keepdims=True)

    before, now = held[:-1], held[1:]
    unigram = -np.log2(q_letter[now]).mean()
    bigram = -np.log2(q_pair[before, now]).mean()
    return unigram, bigram


def train_streams(codes, B, T):
    n = (len(codes) - 1) // (B * T)

    def cut(text):
        return data.streams(text[: B * n * T], B).reshape(n, T, B)

    inputs = cut(codes[:-1])
    targets = cut(codes[1:])
    return inputs, targets


def train_loss(y, targets):
    T, B, _ = y.shape
    share = np.full((T, B), 1 / (T * B))
    bits = stages.cross_entropy(y, targets, share) / np.log(2)
    dy = stages.cross_entropy_backward(y, targets, share)
    return bits, dy


def adam_step(w, m, v, d, t, rate, beta1=0.9, beta2=0.999, eps=1e-8):
    return optim.adam_step(w, m, v, d, t, rate, beta1, beta2, eps)


@partial  # given in the notebook: the mistakes of its pieces are not looked for
def there_and_back(weights, x, h0, c0, loss_of):
    h, c, memory = fast.forward(Params(weights["W"], weights["b"]), x, h0, c0)
    loss, dy = loss_of(stages.affine(weights["Wy"], h, weights["by"]))
    dWy, dh, dby = stages.affine_backward(weights["Wy"], h, dy)
    grads = fast.backward(memory, dh)
    gradients = {"W": grads.params.W, "b": grads.params.b, "Wy": dWy, "by": dby}
    return SimpleNamespace(loss=loss, gradients=gradients, dh0=grads.h0, dc0=grads.c0, h=h[-1], c=c)


def text_there_and_back(weights, x, targets, h0, c0):
    one_hot = np.eye(len(weights["by"]))[x]
    return there_and_back(weights, one_hot, h0, c0, lambda y: train_loss(y, targets))


def chunk_gradients(weights, x, targets, h, c):
    run = text_there_and_back(weights, x, targets, h, c)
    return run.loss, run.gradients, run.h, run.c


def rnn_clip(gradients, limit):
    clipped, _ = optim.clip([*gradients.values()], limit)
    return dict(zip(gradients, clipped, strict=True))


def train_pass(weights, m, v, t, inputs, targets, rate, limit):
    weights, m, v = dict(weights), dict(m), dict(v)
    h = c = np.zeros((inputs.shape[2], weights["b"].shape[1]))
    bits = []
    for x, k in zip(inputs, targets):  # noqa: B905
        loss, gradients, h, c = chunk_gradients(weights, x, k, h, c)
        bits.append(loss)
        t = t + 1
        gradients = rnn_clip(gradients, limit)
        for name in weights:
            step = adam_step(weights[name], m[name], v[name], gradients[name], t, rate)
            weights[name], m[name], v[name] = step
    return weights, m, v, t, np.array(bits)


def train_temperature(y, temperature):
    return stages.softmax(y / temperature)


EXERCISES = (
    Exercise(
        name="train_baselines",
        points=2,
        problem=two_texts,
        reference=train_baselines,
        alone="it counts characters; there is no network",
        outputs=("unigram", "bigram"),
        hints=(
            "Two tables: K counts, and K by K counts. Start both with `extra` in every place.",
            "The table of pairs becomes bets row by row: row `a` divided by its own sum. `keepdims=True` keeps the sums in their rows.",
            "`q_pair[held[:-1], held[1:]]` looks up the probability of every character of `held` but the first.",
        ),
        probes={"very little added": {"extra": 1e-6}},
    ),
    Exercise(
        name="train_streams",
        points=2,
        problem=a_text,
        reference=train_streams,
        outputs=("inputs", "targets"),
        hints=(
            "n chunks of T steps in B streams use `B * n * T` characters. What is the largest n for which there is still one more, for the last target?",
            "First cut the text into streams: `.reshape(B, n, T)` gives each stream n pieces of T characters that follow one another. Then bring the axes into the order "
            "chunk, time, stream.",
            "`.transpose(1, 2, 0)` puts axis 1 first, axis 2 second, axis 0 last. The targets are cut from `codes[1:]` in just the same way.",
        ),
        probes={"a text that just fits": {"rest": 0}, "one stream": {"B": 1}, "one chunk": {"n": 1, "rest": 9}},
    ),
    Exercise(
        name="train_loss",
        points=2,
        problem=some_scores,
        reference=train_loss,
        outputs=("bits", "dy"),
        hints=(
            "The softmax runs over the last axis, `axis=2`, and `keepdims=True` lets its sums be broadcast.",
            "`np.eye(K)[targets]` has a 1 at the true class of each character, shape `(T, B, K)`.",
            "The mean goes over T times B characters: in the loss, and so in every entry of its gradient.",
        ),
        probes={"one stream": {"B": 1}, "one step": {"T": 1}, "very large scores": {"lifted": 1000.0}},
    ),
    Exercise(
        name="adam_step",
        points=3,
        problem=in_the_middle,
        reference=adam_step,
        outputs=("w", "m", "v"),
        hints=(
            "Five lines, one for each arrow or hat above, in that order.",
            "`m` and `v` are updated first; the step uses the *new* ones, corrected.",
            "The last line divides `rate * m_hat` by `np.sqrt(v_hat) + eps`, all entry by entry.",
        ),
        probes={"the first step": {"t": 1}},
    ),
    Exercise(
        name="train_pass",
        points=4,
        problem=a_pass,
        reference=train_pass,
        outputs=("weights", "m", "v", "t", "bits"),
        hints=(
            "`for x, k in zip(inputs, targets):` and inside it three things, in the order of the list above.",
            "`loss, gradients, h, c = chunk_gradients(weights, x, k, h, c)` overwrites the states: that is what carries them.",
            "`for name in weights:` hands `weights[name]`, `m[name]`, `v[name]`, `gradients[name]`, `t` and `rate` to `adam_step`, and puts the three results back in their places.",
        ),
        probes={"gradients shorter than the limit": {"limit": 50.0}, "one chunk": {"n": 1}},
    ),
    Exercise(
        name="train_temperature",
        problem=scores_and_temperature,
        reference=train_temperature,
        hints=(
            "It is the softmax of 1.3. Only the scores are changed first.",
            "Divide, then take off the largest, then `np.exp`, then divide by the sum.",
        ),
        probes={"temperature 1": {"temperature": 1.0}, "a very low temperature": {"temperature": 0.001}},
    ),
    Written(
        name="one_number",
        model=(
            "First: on which text? On the text that it was trained on, a network can come as near to 0 as it likes, by learning it by heart; only text held back says "
            "what it has learned. Second: what do simple predictors pay on the same text? Bits depend on the text and on the alphabet, so I would want the unigram and the "
            "bigram beside it. Third: how was the pass chosen that is reported? If by the held-back text, the number is a little too kind. And last: how many seeds, and how "
            "far apart were they? The good samples say little: an over-fitted model writes pieces of the book."
        ),
        guide=(
            "Asks whether the text was held back, and says why that matters.",
            "Asks for simple predictors on the same text, as bits depend on the text.",
            "Asks for seeds, or for how the reported pass was chosen; does not judge by the samples.",
        ),
        points=3,
    ),
)

GUESSES = (
    Guess(
        "adam_distance",
        "The rate is 0.01. Where do the three weights stand after four steps?",
        {
            "a": Choice(
                "-4, almost 0, almost 0",
                "So it is with plain gradient descent: rate times gradient. Adam divides each by the size that its gradients have had.",
            ),
            "b": Choice(
                "-0.04, -0.04, almost 0",
                "Size cancels and direction stays: one rate a step for the steady two, hardly anything for the one that changes its mind.",
            ),
            "c": Choice(
                "-0.04, -0.04, -0.04",
                "The sizes cancel, yes. But the running mean of 1 and -1 in turn is small, and the mean of their squares is not.",
            ),
        },
        right="b",
    ),
)

RECALL = (
    Recall(
        "A predictor gives the character that comes the probability 1/8. How many bits does it pay?",
        (3,),
        "3 bits: minus the logarithm to base 2 of 1/8.",
    ),
    Recall(
        "From one chunk of a text to the next, what goes on: the state, the gradient, or both?",
        ("state", "the state"),
        "The state goes on, the gradient stops.",
    ),
    Recall(
        "Adam has the rate 0.01, and a weight's gradient is always 100. How far does the weight go in its first step?",
        (0.01, -0.01),
        "0.01: the size of the gradient cancels, so the rate is a distance.",
    ),
)
