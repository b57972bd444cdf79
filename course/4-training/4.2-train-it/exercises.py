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


def a_distance(rng):
    return {"n": rng.uniform(3, 50)}


def a_start(rng, T=4, B=3, K=6, H=5):
    start = {"weights": _network(rng, H, K), "start_h": 0.5 * numbers(rng, H), "start_c": numbers(rng, H)}
    return start | {"x": rng.integers(0, K, (T, B)), "targets": rng.integers(0, K, (T, B))}


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


def clip(gradients, limit):
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
        gradients = clip(gradients, limit)
        for name in weights:
            step = adam_step(weights[name], m[name], v[name], gradients[name], t, rate)
            weights[name], m[name], v[name] = step
    return weights, m, v, t, np.array(bits)


def train_temperature(y, temperature):
    return stages.softmax(y / temperature)


def train_forget_bias(n):
    return np.log(n - 1)


def train_start(weights, start_h, start_c, x, targets):
    B = x.shape[1]
    h0 = np.tile(start_h, (B, 1))
    c0 = np.tile(start_c, (B, 1))
    run = text_there_and_back(weights, x, targets, h0, c0)
    return run.loss, run.gradients, run.dh0.sum(axis=0), run.dc0.sum(axis=0)


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
    Exercise(
        name="train_forget_bias",
        kind="expression",
        problem=a_distance,
        reference=train_forget_bias,
        alone="an expression in SymPy",
        hints=(
            "Write the sigmoid out: $\\frac{1}{1 + e^{-b}} = \\frac{n - 1}{n}$. Turn both sides upside down.",
            "Then 1 goes away on both sides, and $e^{-b}$ stands alone. Take the logarithm.",
        ),
    ),
    Exercise(
        name="train_start",
        points=2,
        problem=a_start,
        reference=train_start,
        outputs=("loss", "gradients", "dstart_h", "dstart_c"),
        hints=(
            "`np.tile(start_h, (B, 1))` is a matrix of B equal rows.",
            "`there_and_back(weights, one_hot, h0, c0, lambda y: train_loss(y, targets))` returns all that you need.",
            "A copy into B rows is a fork with B branches, and at a fork gradients add.",
        ),
        probes={"a batch of one": {"B": 1}},
    ),
    Written(
        name="one_lucky_run",
        model=(
            "First: how many seeds? One run of each may be luck; I would want twenty, with the best and the worst. Second: what was the forget gate's bias? By default it is often near 0, "
            "a memory of about two steps; over thirty steps none of our LSTMs began to learn with it, and with a bias of 3 or so it might well win. Third: which rates did you try, for each? "
            "And last: nothing disturbs the network while it waits in this task. Where there is noise, as in the adding problem, it may be the other way round. Her run shows that "
            "this RNN can learn this copy, and that this LSTM with these settings did not. It says nothing about RNNs and LSTMs in general."
        ),
        guide=(
            "Asks for more seeds, and for what was changed or tried besides (rate, size, number of updates).",
            "Asks for the bias of the forget gate: at the default hardly anything comes through the delay.",
            "Says what the run does show: this network, on this task without noise, with these settings; no general claim.",
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
    Guess(
        "bet",
        "Your bet, once more. Over 30 steps of silence, which is the first to learn the copy?",
        {
            "a": Choice(
                "the RNN", "So it is, with the rate and the bias used here. Why is another question, and it comes next."
            ),
            "b": Choice(
                "the LSTM: it is built to remember",
                "It *can* remember. Whether it does at first depends on how its gates are set before training begins.",
            ),
            "c": Choice(
                "neither: thirty steps are too many",
                "They are too many where noise comes in at each step, as in the adding problem. Here nothing does.",
            ),
        },
        right="a",
    ),
    Guess(
        "one_bit",
        "Guessing costs 2 bits, and knowing the symbol costs 0. What does a network know whose loss stays at 1 bit?",
        {
            "a": Choice(
                "nothing: the symbol is forgotten on the way",
                "Whoever knows nothing of four symbols pays 2 bits. Something has come through all 30 steps.",
            ),
            "b": Choice(
                "the answer to one question: is it of this pair, or of that?",
                "Four symbols are two yes-or-no questions, a bit each. One is answered; between two symbols it still tosses a coin.",
            ),
            "c": Choice(
                "the symbol in half of the sequences, and nothing in the others",
                "That, too, would cost 1 bit on the average. But every sequence waits the same 30 steps: there is no easier half.",
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
    Recall(
        "A forget gate has the bias 0, its weights hardly count. What share of the cell state is left after one step?",
        (0.5, "half", "1/2"),
        "Half: the sigmoid of 0. A bias of 0 is a memory of about two steps.",
    ),
    Recall(
        "A learned start is copied into B rows. Are the gradients of the rows added or averaged?",
        ("added", "summed", "add", "sum"),
        "Added: a copy is a fork, and at a fork gradients add.",
    ),
)
