"""The exercises of 4.2 Train it."""

from functools import partial
from types import SimpleNamespace

import numpy as np

from autograde.bank import n4_1_from_textbook_to_fast as fast
from autograde.exercise import Exercise, Mistake, Written

TITLE = "4.2 Train it"

fast_forward, fast_backward = partial(fast.fast_forward), partial(fast.fast_backward)  # given, so 4.1 tests them


def _numbers(rng, *shape):
    """Numbers between 0.3 and 1.2 in size, of either sign: nothing is zero, and no activation is flat yet."""
    return rng.uniform(0.3, 1.2, shape) * rng.choice([-1.0, 1.0], shape)


def _text(rng, length, K):
    """Classes in random order; each occurs."""
    return rng.permutation(np.concatenate([np.arange(K), rng.integers(0, K, length - K)]))


def _network(rng, H, K):
    W, b = 0.6 * _numbers(rng, 4, H, H + K), _numbers(rng, 4, H)
    return {"W": W, "b": b, "Wy": _numbers(rng, K, H), "by": _numbers(rng, K)}


def two_texts(rng, extra=0.3):
    return {"train": _text(rng, 61, 5), "held": _text(rng, 23, 5), "K": 5, "extra": extra}


def a_text(rng, B=3, T=4, n=5, rest=3):
    return {"codes": _text(rng, n * B * T + 1 + rest, 7), "B": B, "T": T}


def some_scores(rng, T=4, B=3, K=5, lifted=0.0):
    return {"y": lifted + 2 * _numbers(rng, T, B, K), "targets": rng.integers(0, K, (T, B))}


def in_the_middle(rng, t=4):
    p = {
        "w": _numbers(rng, 2, 3),
        "m": _numbers(rng, 2, 3),
        "v": rng.uniform(0.2, 1.5, (2, 3)),
        "d": _numbers(rng, 2, 3),
    }
    if t == 1:
        p |= {"m": np.zeros((2, 3)), "v": np.zeros((2, 3))}
    return p | {"t": t, "rate": 0.13, "beta1": 0.7, "beta2": 0.8, "eps": 0.05}


def a_pass(rng, n=3, T=4, B=2, K=6, H=5, limit=0.05, t=7):
    weights = _network(rng, H, K)
    m = {name: 0.1 * _numbers(rng, *w.shape) for name, w in weights.items()}
    v = {name: rng.uniform(0.01, 0.04, w.shape) for name, w in weights.items()}
    chunks = {"inputs": rng.integers(0, K, (n, T, B)), "targets": rng.integers(0, K, (n, T, B))}
    return {"weights": weights, "m": m, "v": v, "t": t} | chunks | {"rate": 0.2, "limit": limit}


def scores_and_temperature(rng, temperature=0.0):
    return {"y": 2 * _numbers(rng, 5), "temperature": temperature or rng.choice([0.4, 0.6, 1.7, 2.5])}


def a_distance(rng):
    return {"n": rng.uniform(3, 50)}


def a_start(rng, T=4, B=3, K=6, H=5):
    start = {"weights": _network(rng, H, K), "start_h": 0.5 * _numbers(rng, H), "start_c": _numbers(rng, H)}
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
        return text[: B * n * T].reshape(B, n, T).transpose(1, 2, 0)

    inputs = cut(codes[:-1])
    targets = cut(codes[1:])
    return inputs, targets


def train_loss(y, targets):
    T, B, K = y.shape
    e = np.exp(y - y.max(axis=2, keepdims=True))
    p = e / e.sum(axis=2, keepdims=True)
    true = np.eye(K)[targets]

    losses = -np.log((p * true).sum(axis=2))
    bits = losses.mean() / np.log(2)
    dy = (p - true) / (T * B)
    return bits, dy


def adam_step(w, m, v, d, t, rate, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * d
    v = beta2 * v + (1 - beta2) * d**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    w = w - rate * m_hat / (np.sqrt(v_hat) + eps)
    return w, m, v


def there_and_back(weights, x, h0, c0, loss_of):
    W, Wy = weights["W"], weights["Wy"]
    memory = fast_forward(W, weights["b"], x, h0, c0)
    _, c, h = memory
    loss, dy = loss_of(h[1:] @ Wy.T + weights["by"])
    dW, db, _, dh0, dc0 = fast_backward(W, x, memory, dy @ Wy, np.zeros(c0.shape))
    dWy = np.tensordot(dy, h[1:], ([0, 1], [0, 1]))
    gradients = {"W": dW, "b": db, "Wy": dWy, "by": dy.sum(axis=(0, 1))}
    return SimpleNamespace(loss=loss, gradients=gradients, dh0=dh0, dc0=dc0, h=h[-1], c=c[-1])


def chunk_gradients(weights, x, targets, h, c):
    one_hot = np.eye(len(weights["by"]))[x]
    run = there_and_back(weights, one_hot, h, c, lambda y: train_loss(y, targets))
    return run.loss, run.gradients, run.h, run.c


def rnn_clip(gradients, limit):
    norm = np.sqrt(sum((d**2).sum() for d in gradients.values()))
    factor = min(1.0, limit / norm)
    return {name: factor * d for name, d in gradients.items()}


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
    z = y / temperature
    e = np.exp(z - z.max())
    return e / e.sum()


def train_forget_bias(n):
    return np.log(n - 1)


def train_start(weights, start_h, start_c, x, targets):
    B = x.shape[1]
    h0 = np.tile(start_h, (B, 1))
    c0 = np.tile(start_c, (B, 1))
    one_hot = np.eye(len(weights["by"]))[x]
    run = there_and_back(weights, one_hot, h0, c0, lambda y: train_loss(y, targets))
    return run.loss, run.gradients, run.dh0.sum(axis=0), run.dc0.sum(axis=0)


NATS = "These are nats: the logarithm to the base e. A bit is a yes-or-no question: which base has its logarithm?"
CUT = "text[: B * n * T].reshape(B, n, T).transpose(1, 2, 0)"

EXERCISES = (
    Exercise(
        name="train_baselines",
        points=2,
        problem=two_texts,
        reference=train_baselines,
        outputs=("unigram", "bigram"),
        mistakes=(
            Mistake("the unigram in nats", "-np.log2(q_letter[now])", "-np.log(q_letter[now])", NATS),
            Mistake("the bigram in nats", "-np.log2(q_pair[before, now])", "-np.log(q_pair[before, now])", NATS),
            Mistake(
                "the bigram is normalised along the wrong axis",
                "pairs.sum(axis=1, keepdims=True)",
                "pairs.sum(axis=0, keepdims=True)",
                "Your columns add up to 1, so you know how likely each character was *before* `b`. What is wanted is a bet on the next one: for "
                "each `a`, which numbers have to add up to 1?",
            ),
            Mistake(
                "the rows are divided by the wrong sums",
                "pairs.sum(axis=1, keepdims=True)",
                "pairs.sum(axis=1)",
                "Without `keepdims` the sums of the rows are broadcast along the *columns*: entry `[a, b]` is divided by the sum of row `b`. NumPy "
                "does not complain, as the table is square.",
            ),
            Mistake(
                "the whole table adds up to 1",
                "pairs.sum(axis=1, keepdims=True)",
                "pairs.sum()",
                "Your table holds how often each *pair* occurs. But when the bet is made the first of the two is known. Given `a`, which numbers "
                "have to add up to 1?",
            ),
            Mistake(
                "the pairs are looked up the wrong way round",
                "q_pair[before, now]",
                "q_pair[now, before]",
                "You counted in `[first, second]` and look up in `[second, first]`.",
            ),
            Mistake(
                "each pair was counted once only",
                "    for a, b in zip(train[:-1], train[1:]):  # noqa: B905\n        pairs[a, b] += 1\n",
                "    pairs[train[:-1], train[1:]] += 1\n",
                "A pair that occurs often has been counted once. `pairs[a, b] += 1` with *arrays* `a` and `b` reads all entries first, then writes all: "
                "the same entry gets one more only once. A loop does it, or `np.add.at`.",
            ),
            Mistake(
                "the unigram was counted on the text held back",
                "np.bincount(train, minlength=K)",
                "np.bincount(held, minlength=K)",
                "Your unigram was counted on the very text that it has to guess. What is held back must not be used before the end.",
            ),
            Mistake(
                "the bigram was counted on the text held back",
                "zip(train[:-1], train[1:])",
                "zip(held[:-1], held[1:])",
                "Your bigram was counted on the very text that it has to guess. What is held back must not be used before the end.",
            ),
            Mistake(
                "nothing was added to the letters",
                "minlength=K) + extra",
                "minlength=K)",
                "Your unigram uses the bare counts. `extra` is added to every count, the letters' as well.",
            ),
            Mistake(
                "nothing was added to the pairs",
                "np.full((K, K), extra)",
                "np.full((K, K), 0.0)",
                "Your bigram uses the bare counts. A pair that never occurred then has probability 0, and if it comes, it costs infinitely many bits.",
            ),
            Mistake(
                "the unigram guesses the first character, too",
                "q_letter[now]",
                "q_letter[held]",
                "Your unigram pays for the first character as well. Both are to guess the same characters: all but the first.",
            ),
            Mistake(
                "the unigram's bits were added up",
                "np.log2(q_letter[now]).mean()",
                "np.log2(q_letter[now]).sum()",
                "That is the price of the whole text. Bits *per character* are a mean.",
            ),
            Mistake(
                "the bigram's bits were added up",
                "np.log2(q_pair[before, now]).mean()",
                "np.log2(q_pair[before, now]).sum()",
                "That is the price of the whole text. Bits *per character* are a mean.",
            ),
            Mistake(
                "the logarithm of the mean",
                "np.log2(q_pair[before, now]).mean()",
                "np.log2(q_pair[before, now].mean())",
                "You took the mean of the probabilities first, and then one logarithm. Each character is paid for on its own: the mean comes last.",
            ),
        ),
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
        mistakes=(
            Mistake(
                "the text runs across the streams",
                CUT,
                "text[: B * n * T].reshape(n, T, B)",
                "Your text runs across the streams: neighbours in the text stand side by side in a row. Each *stream* has to be one long piece. "
                "Which axis of a reshape changes fastest?",
            ),
            Mistake(
                "the chunks were dealt out in turn",
                CUT,
                "text[: B * n * T].reshape(n, B, T).transpose(0, 2, 1)",
                "Inside a chunk each stream reads well. But the next chunk does not go on: you dealt out pieces of T characters like cards, one to each "
                "stream in turn. The state carried to the next chunk would belong to another place in the text.",
            ),
            Mistake(
                "a stream runs along the batch axis",
                CUT,
                "text[: B * n * T].reshape(B, n, T).transpose(1, 0, 2).reshape(n, T, B)",
                "The right characters are in each chunk, but time and batch were exchanged by a reshape, which never exchanges axes (4.1).",
            ),
            Mistake(
                "the batch comes before time",
                ".transpose(1, 2, 0)",
                ".transpose(1, 0, 2)",
                "The characters are right, and your last two axes are exchanged: chunk, then time, then stream.",
            ),
            Mistake(
                "the streams come first",
                ".transpose(1, 2, 0)",
                "",
                "The characters are right, and your axes are stream, chunk, time. Wanted: chunk, time, stream.",
            ),
            Mistake(
                "the targets are not shifted",
                "cut(codes[1:])",
                "cut(codes[:-1])",
                "Your targets are the inputs. A network that copies what it reads would have no loss at all. What has it to guess?",
            ),
            Mistake(
                "the targets are the characters before",
                "cut(codes[1:])",
                "cut(np.roll(codes, 1)[:-1])",
                "Your targets are the characters that have just been read. Shift the other way.",
            ),
            Mistake(
                "the inputs are one step late",
                "cut(codes[:-1])",
                "cut(codes[1:])",
                "Your inputs begin with the second character. The text begins with the first.",
            ),
            Mistake(
                "the targets wrap around inside each chunk",
                "cut(codes[1:])",
                "np.roll(inputs, -1, axis=1)",
                "All targets are right but the last of each chunk: there stands the chunk's own first character. The text goes on beyond the chunk.",
            ),
        ),
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
        mistakes=(
            Mistake("the loss is in nats", "losses.mean() / np.log(2)", "losses.mean()", NATS),
            Mistake(
                "from nats to bits the wrong way",
                "losses.mean() / np.log(2)",
                "losses.mean() * np.log(2)",
                "You multiplied by $\\ln 2$, so your number of bits is smaller than the number of nats. A nat is more than a bit: is the number of bits larger or smaller?",
            ),
            Mistake(
                "both are averaged over the steps only",
                "return bits, dy",
                "return B * bits, B * dy",
                "You divided by the number of steps, so the loss of a step is the *sum* over the batch: with twice the streams it would be twice as "
                "large. Per character, please.",
            ),
            Mistake(
                "both are sums",
                "return bits, dy",
                "return T * B * bits, T * B * dy",
                "That is the price of the whole chunk, and its gradient. Bits *per character* are a mean.",
            ),
            Mistake(
                "the loss is averaged over the steps only",
                "bits = losses.mean()",
                "bits = losses.sum() / T",
                "Your loss is the mean over the steps, but the *sum* over the batch: with twice the streams it would be twice as large. Per character, please.",
            ),
            Mistake(
                "the loss is averaged over the batch only",
                "bits = losses.mean()",
                "bits = losses.sum() / B",
                "Your loss is the mean over the batch, but the *sum* over the steps. Per character, please.",
            ),
            Mistake(
                "the loss is summed",
                "bits = losses.mean()",
                "bits = losses.sum()",
                "That is the price of the whole chunk. Bits *per character* are a mean.",
            ),
            Mistake(
                "the gradient is that of the sum",
                "(p - true) / (T * B)",
                "(p - true)",
                "Your `dy` belongs to the sum of all losses. L is their mean.",
            ),
            Mistake(
                "the gradient is divided by the steps only",
                "(p - true) / (T * B)",
                "(p - true) / T",
                "How many characters does the mean go over? Each of them has a share of one in that many.",
            ),
            Mistake(
                "the gradient is divided by the batch only",
                "(p - true) / (T * B)",
                "(p - true) / B",
                "How many characters does the mean go over? Each of them has a share of one in that many.",
            ),
            Mistake(
                "the gradient is in bits",
                "(p - true) / (T * B)",
                "(p - true) / (T * B) / np.log(2)",
                "Your `dy` is the gradient of the loss in bits. That is no sin, but here the gradient is taken in nats.",
            ),
            Mistake(
                "the gradient has the wrong sign",
                "(p - true)",
                "(true - p)",
                "With this sign the true character would get *less* likely with every update. What happens to the loss when its score goes up?",
            ),
            Mistake(
                "the softmax runs over the batch",
                "e.sum(axis=2, keepdims=True)",
                "e.sum(axis=1, keepdims=True)",
                "Your probabilities add up to 1 over the *streams*. They should do so over the classes: which axis is that?",
            ),
            Mistake(
                "the softmax runs over everything",
                "e.sum(axis=2, keepdims=True)",
                "e.sum()",
                "All your probabilities together add up to 1. They should do so for each character on its own.",
            ),
            Mistake(
                "nothing is taken off at the true class",
                "(p - true) / (T * B)",
                "p / (T * B)",
                "Your `dy` pushes all scores down, the true one with the others. What does the $[j = k]$ stand for?",
            ),
            Mistake(
                "the largest score is not taken off",
                "np.exp(y - y.max(axis=2, keepdims=True))",
                "np.exp(y)",
                "Right for scores of ordinary size, and an overflow for large ones. Taking the largest score off changes no probability.",
            ),
        ),
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
        mistakes=(
            Mistake(
                "m is not corrected",
                "m_hat = m / (1 - beta1**t)",
                "m_hat = m",
                "Your step uses `m` as it is. It began at zero and is still too small: what about the bias correction?",
            ),
            Mistake(
                "v is not corrected",
                "v_hat = v / (1 - beta2**t)",
                "v_hat = v",
                "Your step uses `v` as it is. It began at zero and is still too small, so the step comes out too *long*. What about the bias correction?",
            ),
            Mistake(
                "neither m nor v is corrected",
                "m_hat = m / (1 - beta1**t)\n    v_hat = v / (1 - beta2**t)",
                "m_hat = m\n    v_hat = v",
                "Your step uses `m` and `v` as they are. Both began at zero and are still too small, and not by the same factor. What about the bias correction?",
            ),
            Mistake(
                "t is one too small",
                "m_hat = m / (1 - beta1**t)\n    v_hat = v / (1 - beta2**t)",
                "m_hat = m / (1 - beta1 ** (t - 1))\n    v_hat = v / (1 - beta2 ** (t - 1))",
                "Your bias correction counts the steps from 0. At the first step it would divide by zero. Here `t` counts from 1, as in the paper.",
            ),
            Mistake(
                "t is one too large",
                "m_hat = m / (1 - beta1**t)\n    v_hat = v / (1 - beta2**t)",
                "m_hat = m / (1 - beta1 ** (t + 1))\n    v_hat = v / (1 - beta2 ** (t + 1))",
                "Your bias correction is one step ahead. `t` counts from 1 already: it is 1 at the first step.",
            ),
            Mistake(
                "beta times t, not to the power of t",
                "m_hat = m / (1 - beta1**t)\n    v_hat = v / (1 - beta2**t)",
                "m_hat = m / (1 - beta1 * t)\n    v_hat = v / (1 - beta2 * t)",
                "Your correction holds a product of `beta` and `t`. In $\\beta^t$ the `t` is an exponent.",
            ),
            Mistake(
                "no power of t in the correction",
                "m_hat = m / (1 - beta1**t)\n    v_hat = v / (1 - beta2**t)",
                "m_hat = m / (1 - beta1)\n    v_hat = v / (1 - beta2)",
                "Your correction is the same at every step. It should fade as more gradients come in. Where does `t` stand in the formula?",
            ),
            Mistake(
                "multiplied by the correction",
                "m_hat = m / (1 - beta1**t)\n    v_hat = v / (1 - beta2**t)",
                "m_hat = m * (1 - beta1**t)\n    v_hat = v * (1 - beta2**t)",
                "Your correction makes the running means even smaller. They are too small.",
            ),
            Mistake(
                "m and v have changed places in the step",
                "rate * m_hat / (np.sqrt(v_hat) + eps)",
                "rate * v_hat / (np.sqrt(np.abs(m_hat)) + eps)",
                "`m` and `v` have changed places in your step. Which of the two has a sign, and gives the direction?",
            ),
            Mistake(
                "m and v have changed places in the result",
                "return w, m, v",
                "return w, v, m",
                "`m` and `v` are right, and come back in the wrong order.",
            ),
            Mistake(
                "the square root is missing",
                "np.sqrt(v_hat)",
                "v_hat",
                "You divide by the mean *square* of the gradient. Then a gradient ten times as large would make a step ten times as short.",
            ),
            Mistake(
                "eps is inside the root",
                "np.sqrt(v_hat) + eps",
                "np.sqrt(v_hat + eps)",
                "Your `eps` stands under the square root. Other programs do that, and it acts as its root does there. In the formula above it is added after.",
            ),
            Mistake(
                "eps is missing",
                "np.sqrt(v_hat) + eps",
                "np.sqrt(v_hat)",
                "There is no `eps` in your step. A weight whose gradient was always zero would be divided zero by zero.",
            ),
            Mistake(
                "eps is outside the division",
                "m_hat / (np.sqrt(v_hat) + eps)",
                "(m_hat / np.sqrt(v_hat) + eps)",
                "Your `eps` is added to the quotient. It belongs to what you divide *by*: mind the brackets.",
            ),
            Mistake(
                "the update has the wrong sign",
                "w - rate",
                "w + rate",
                "Your weights walk uphill: along the gradient the loss *grows*.",
            ),
            Mistake(
                "the rate is missing",
                "rate * m_hat",
                "m_hat",
                "Every step of yours has length one, about. How far should it go?",
            ),
            Mistake(
                "the gradient itself makes the step",
                "rate * m_hat /",
                "rate * d /",
                "You divide this step's gradient by the running size. What is divided is the running mean of the gradients.",
            ),
            Mistake(
                "d is not squared",
                "(1 - beta2) * d**2",
                "(1 - beta2) * d",
                "Your `v` is a mean of the gradient. It should be a mean of its *square*, entry by entry.",
            ),
            Mistake(
                "m is a sum, not a mean",
                "(1 - beta1) * d\n",
                "d\n",
                "What comes in must weigh as much as what goes out: `m` keeps the share `beta1`, so how much of `d` is let in?",
            ),
            Mistake(
                "v is a sum, not a mean",
                "(1 - beta2) * d**2",
                "d**2",
                "What comes in must weigh as much as what goes out: `v` keeps the share `beta2`, so how much of the square is let in?",
            ),
            Mistake(
                "the betas have changed places",
                "m = beta1 * m + (1 - beta1) * d\n    v = beta2 * v + (1 - beta2) * d**2",
                "m = beta2 * m + (1 - beta2) * d\n    v = beta1 * v + (1 - beta1) * d**2",
                "`beta1` and `beta2` have changed places in the running means.",
            ),
            Mistake(
                "old and new have changed their shares in m",
                "beta1 * m + (1 - beta1) * d\n",
                "(1 - beta1) * m + beta1 * d\n",
                "Your `m` keeps little and takes in much. With `beta1` at 0.9 it should be the other way round: a long memory.",
            ),
            Mistake(
                "old and new have changed their shares in v",
                "beta2 * v + (1 - beta2) * d**2",
                "(1 - beta2) * v + beta2 * d**2",
                "Your `v` keeps little and takes in much. With `beta2` at 0.999 it should be the other way round: a very long memory.",
            ),
            Mistake(
                "the corrected means were kept",
                "return w, m, v",
                "return w, m_hat, v_hat",
                "You hand back the corrected means. At the next step they would be corrected once more. The hats are for this step only.",
            ),
        ),
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
        mistakes=(
            Mistake(
                "the state is not carried",
                "loss, gradients, h, c = chunk",
                "loss, gradients, _, _ = chunk",
                "Your first chunk is right, and every later one begins with zeros again. Its streams go on where they stopped: so should their states.",
            ),
            Mistake(
                "c is not carried",
                "loss, gradients, h, c = chunk",
                "loss, gradients, h, _ = chunk",
                "`h` goes on to the next chunk, and the cell state starts from zeros. An LSTM has two states.",
            ),
            Mistake(
                "h is not carried",
                "loss, gradients, h, c = chunk",
                "loss, gradients, _, c = chunk",
                "`c` goes on to the next chunk, and `h` starts from zeros. An LSTM has two states.",
            ),
            Mistake(
                "h and c have changed places",
                "loss, gradients, h, c = chunk",
                "loss, gradients, c, h = chunk",
                "From the second chunk on, `h` and `c` have changed places. In which order does `chunk_gradients` hand them back?",
            ),
            Mistake(
                "t stands still",
                "        t = t + 1\n",
                "",
                "Your `t` does not change. Adam's bias correction needs to know which step this is.",
            ),
            Mistake(
                "t counts arrays, not updates",
                "        for name in weights:\n",
                "        t = t - 1\n        for name in weights:\n            t = t + 1\n",
                "Your `t` goes up with every array, so the four arrays of one update have four different times. All share one: it counts updates.",
            ),
            Mistake(
                "t is counted after the step",
                "gradients[name], t, rate)",
                "gradients[name], t - 1, rate)",
                "Adam gets the number of steps made *before* this one. With `t = 0` at the very beginning it would divide by zero. Count first.",
            ),
            Mistake(
                "t begins anew in this pass",
                "gradients[name], t, rate)",
                "gradients[name], len(bits), rate)",
                "Adam is told that this pass begins with step 1. But `m` and `v` come from earlier passes, and so does `t`.",
            ),
            Mistake(
                "not clipped",
                "        gradients = rnn_clip(gradients, limit)\n",
                "",
                "The gradients go to Adam as long as they are. Where they exceed the limit, they are to be clipped first.",
            ),
            Mistake(
                "each array is clipped on its own",
                "rnn_clip(gradients, limit)",
                "{name: rnn_clip({name: d}, limit)[name] for name, d in gradients.items()}",
                "Each array was clipped by a factor of its own, so together they point in another direction. One norm, one factor, for all four.",
            ),
            Mistake(
                "short gradients were made longer",
                "min(1.0, limit / norm)",
                "limit / norm",
                "Gradients that are shorter than the limit come out *longer* than they were. Clipping only ever shortens.",
                of=rnn_clip,
            ),
            Mistake(
                "the gradients were cut off entry by entry",
                "rnn_clip(gradients, limit)",
                "{name: np.clip(d, -limit, limit) for name, d in gradients.items()}",
                "Each entry was cut off on its own, which bends the direction. The global norm is one number for all arrays.",
            ),
            Mistake(
                "m and v are not kept",
                "weights[name], m[name], v[name] = step",
                "weights[name] = step[0]",
                "The weights move, but `m` and `v` stay as they came. What makes them running means is that each step goes on from the last.",
            ),
            Mistake(
                "the first chunk again and again",
                "chunk_gradients(weights, x, k, h, c)",
                "chunk_gradients(weights, inputs[0], targets[0], h, c)",
                "Every update is made from the first chunk.",
            ),
            Mistake(
                "inputs and targets have changed places",
                "chunk_gradients(weights, x, k, h, c)",
                "chunk_gradients(weights, k, x, h, c)",
                "Your network reads the targets and has to guess the inputs.",
            ),
            Mistake(
                "one number for all chunks",
                "np.array(bits)",
                "np.mean(bits)",
                "The training is right. `bits` is to hold the loss of each chunk; you return one number.",
            ),
        ),
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
        mistakes=(
            Mistake(
                "multiplied by the temperature",
                "y / temperature",
                "y * temperature",
                "Your probabilities get *sharper* as it gets hotter. Heat should melt the differences.",
            ),
            Mistake(
                "the temperature has no effect",
                "y / temperature",
                "y",
                "These are the probabilities at temperature 1. If you divided *after* the `exp`, or divided probabilities: the sum in the denominator takes it back.",
            ),
            Mistake(
                "they do not add up to 1",
                "e / e.sum()",
                "e",
                "Your numbers do not add up to 1, so they are no probabilities yet.",
            ),
            Mistake(
                "overflow when it is cold",
                "np.exp(z - z.max())",
                "np.exp(z)",
                "Right at ordinary temperatures. At a very low one `np.exp` overflows: infinity divided by infinity. What may be taken off all scores without "
                "changing a probability?",
            ),
            Mistake(
                "the largest score was taken off too late",
                "np.exp(z - z.max())",
                "np.exp(z) - np.exp(z).max()",
                "Something was subtracted after the `exp`. Subtract the largest score before it.",
            ),
        ),
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
        mistakes=(
            Mistake(
                "the sign is the wrong way round",
                "np.log(n - 1)",
                "-np.log(n - 1)",
                "With this bias the gate keeps $1/n$ and forgets the rest. A long memory needs a gate that is open.",
            ),
            Mistake(
                "n for n - 1",
                "np.log(n - 1)",
                "np.log(n)",
                "Close for large n, and not exact: for n = 2 the gate should be one half, and the bias of one half is zero. Put $1/(1 + e^{-b})$ on one side, and turn both upside down.",
            ),
            Mistake(
                "the gate, not its bias",
                "np.log(n - 1)",
                "1 - 1 / n",
                "This is what the gate should be. The bias stands *inside* the sigmoid.",
            ),
            Mistake(
                "the sigmoid was taken, not undone",
                "np.log(n - 1)",
                "1 / (1 + np.exp(-(1 - 1 / n)))",
                "You took the sigmoid of $1 - 1/n$. But $1 - 1/n$ is what *comes out* of it. Which number goes in?",
            ),
            Mistake(
                "the sigmoid's one is missing",
                "np.log(n - 1)",
                "-np.log(1 - 1 / n)",
                "You solved $e^{-b} = 1 - 1/n$. The sigmoid is $1/(1 + e^{-b})$.",
            ),
        ),
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
        mistakes=(
            Mistake(
                "dstart_h is not summed over the batch",
                "run.dh0.sum(axis=0)",
                "run.dh0",
                "Your `dstart_h` has a row for each sequence. There is one start, and every row is a copy of it: a fork with B branches.",
            ),
            Mistake(
                "dstart_c is not summed over the batch",
                "run.dc0.sum(axis=0)",
                "run.dc0",
                "Your `dstart_c` has a row for each sequence. There is one start, and every row is a copy of it: a fork with B branches.",
            ),
            Mistake(
                "dstart_h is averaged over the batch",
                "run.dh0.sum(axis=0)",
                "run.dh0.mean(axis=0)",
                "Your `dstart_h` is the mean of the rows. The loss is a mean already, and at a fork gradients *add*.",
            ),
            Mistake(
                "dstart_c is averaged over the batch",
                "run.dc0.sum(axis=0)",
                "run.dc0.mean(axis=0)",
                "Your `dstart_c` is the mean of the rows. The loss is a mean already, and at a fork gradients *add*.",
            ),
            Mistake(
                "dstart_h from one row",
                "run.dh0.sum(axis=0)",
                "run.dh0[0]",
                "Your `dstart_h` counts the first sequence only. All rows began with the same start.",
            ),
            Mistake(
                "dstart_c from one row",
                "run.dc0.sum(axis=0)",
                "run.dc0[0]",
                "Your `dstart_c` counts the first sequence only. All rows began with the same start.",
            ),
            Mistake(
                "the two starts have changed places",
                "run.dh0.sum(axis=0), run.dc0.sum(axis=0)",
                "run.dc0.sum(axis=0), run.dh0.sum(axis=0)",
                "Both gradients are there, in the wrong order: first that of `start_h`.",
            ),
            Mistake(
                "the sequences start from zeros",
                "h0 = np.tile(start_h, (B, 1))\n    c0 = np.tile(start_c, (B, 1))",
                "h0 = np.zeros((B, len(start_h)))\n    c0 = np.zeros((B, len(start_c)))",
                "Your sequences start from zeros; the learned start is not used.",
            ),
            Mistake(
                "the cell state starts from zeros",
                "c0 = np.tile(start_c, (B, 1))",
                "c0 = np.zeros((B, len(start_c)))",
                "`start_h` is used, and the cell state starts from zeros.",
            ),
            Mistake(
                "both states start from start_h",
                "np.tile(start_c, (B, 1))",
                "np.tile(start_h, (B, 1))",
                "Your cell state starts from `start_h`. It has a start of its own.",
            ),
        ),
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
            "First: how many seeds? One run of each may be luck; I would want five, with the best and the worst. Second: what was the forget gate's bias? By default it is often near 0, "
            "a memory of about two steps, so over thirty steps no LSTM could begin to learn; with a bias of 3 or so it might well win. Third: which rates did you try for each? "
            "And last: nothing disturbs the network while it waits in this task. Where there is noise, as in the adding problem, it may be the other way round. Her run shows that "
            "this RNN can learn this copy, and that this LSTM with these settings did not. It says nothing about RNNs and LSTMs in general."
        ),
        guide=(
            "Asks for more seeds, and for what was changed or tried besides (rate, size, number of updates).",
            "Asks for the bias of the forget gate: at the default the gradient is lost over the delay.",
            "Says what the run does show: this network, on this task without noise, with these settings; no general claim.",
        ),
        points=3,
    ),
)
