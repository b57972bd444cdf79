"""Right answers to 4.2, in other styles."""

from collections import Counter

import numpy as np

from autograde import course

exercises = course.beside(__file__)


def baselines_counters(train, held, K, extra):
    letters, pairs, first = Counter(train), Counter(zip(train[:-1], train[1:], strict=True)), Counter(train[:-1])
    unigram = bigram = 0.0
    for a, b in zip(held[:-1], held[1:], strict=True):
        unigram -= np.log2((letters[b] + extra) / (len(train) + K * extra))
        bigram -= np.log2((pairs[a, b] + extra) / (first[a] + K * extra))
    return unigram / (len(held) - 1), bigram / (len(held) - 1)


def baselines_add_at(train, held, K, extra):
    pairs = np.zeros((K, K))
    np.add.at(pairs, (train[:-1], train[1:]), 1)
    pairs += extra
    letters = np.array([np.sum(train == k) for k in range(K)]) + extra
    log_pairs = np.log(pairs) - np.log(pairs.sum(1))[:, None]
    log_letters = np.log(letters / letters.sum())
    a, b = held[:-1], held[1:]
    return {"unigram": -log_letters[b].mean() / np.log(2), "bigram": -log_pairs[a, b].mean() / np.log(2)}


def baselines_one_hot(train, held, K, extra):
    one, other = np.eye(K)[train], np.eye(K)[held]
    pairs, letters = one[:-1].T @ one[1:] + extra, one.sum(0) + extra
    q = (pairs.T / pairs.sum(1)).T
    seen = other[:-1].T @ other[1:]
    n = len(held) - 1
    return -(other[1:].sum(0) @ np.log2(letters / letters.sum())) / n, -(seen * np.log2(q)).sum() / n


def streams_loops(codes, B, T):
    n = (len(codes) - 1) // (B * T)
    inputs, targets = np.zeros((n, T, B), int), np.zeros((n, T, B), int)
    for k in range(n):
        for t in range(T):
            for row in range(B):
                at = row * n * T + k * T + t
                inputs[k, t, row], targets[k, t, row] = codes[at], codes[at + 1]
    return inputs, targets


def streams_by_index(codes, B, T):
    n = (len(codes) - 1) // B // T
    at = np.arange(n * T)[:, None] + np.arange(B) * n * T
    return codes[at].reshape(n, T, B), codes[at + 1].reshape(n, T, B)


def streams_lists(codes, B, T):
    n = (len(codes) - 1) // (B * T)
    made = []
    for text in (codes[:-1], codes[1:]):
        columns = [text[row * n * T : (row + 1) * n * T] for row in range(B)]
        stream = np.stack(columns, axis=1)
        made.append([stream[k * T : (k + 1) * T] for k in range(n)])
    return made


def loss_log_softmax(y, targets):
    log_p = y - np.logaddexp.reduce(y, axis=-1, keepdims=True)
    picked = np.take_along_axis(log_p, targets[..., None], axis=-1)
    dy = np.exp(log_p)
    np.put_along_axis(dy, targets[..., None], np.exp(picked) - 1, axis=-1)
    return -picked.mean() / np.log(2), dy / targets.size


def loss_flat(y, targets):
    K = y.shape[-1]
    rows, k = y.reshape(-1, K), targets.ravel()
    e = np.exp(rows - rows.max(axis=1)[:, None])
    p = (e.T / e.sum(axis=1)).T
    at = np.arange(len(k)), k
    bits = -np.log2(p[at]).sum() / len(k)
    p[at] -= 1
    return {"bits": bits, "dy": (p / len(k)).reshape(y.shape)}


def loss_loops(y, targets):
    T, B, _ = y.shape
    bits, dy = 0.0, np.zeros(y.shape)
    for t in range(T):
        for n in range(B):
            e = np.exp(y[t, n] - max(y[t, n]))
            p = e / sum(e)
            bits -= np.log2(p[targets[t, n]])
            dy[t, n] = p
            dy[t, n, targets[t, n]] -= 1
    return bits / (T * B), dy / T / B


def adam_as_differences(w, m, v, d, t, rate, beta1=0.9, beta2=0.999, eps=1e-8):
    m = m + (1 - beta1) * (d - m)
    v = v + (1 - beta2) * (d * d - v)
    return w - rate * (m / (1 - beta1**t)) / (eps + (v / (1 - beta2**t)) ** 0.5), m, v


def adam_rate_of_the_step(w, m, v, d, t, rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """The order of operations that the paper suggests for speed, with eps scaled so that nothing changes."""
    m, v = beta1 * m + d - beta1 * d, beta2 * v + np.square(d) - beta2 * np.square(d)
    root = np.sqrt(1 - beta2**t)
    return {"w": w - rate * root / (1 - beta1**t) * m / (np.sqrt(v) + eps * root), "m": m, "v": v}


def adam_loop(w, m, v, d, t, rate, beta1=0.9, beta2=0.999, eps=1e-8):
    w, m, v = w.copy(), m.copy(), v.copy()
    for at in np.ndindex(w.shape):
        m[at] = beta1 * m[at] + (1 - beta1) * d[at]
        v[at] = beta2 * v[at] + (1 - beta2) * d[at] ** 2
        w[at] -= rate * m[at] / (1 - beta1**t) / (np.sqrt(v[at] / (1 - beta2**t)) + eps)
    return w, m, v


def pass_counted(weights, m, v, t, inputs, targets, rate, limit):
    B, H = inputs.shape[2], weights["b"].shape[1]
    state, bits = (np.zeros((B, H)), np.zeros((B, H))), np.zeros(len(inputs))
    for k in range(len(inputs)):
        bits[k], gradients, *state = exercises.chunk_gradients(weights, inputs[k], targets[k], *state)
        gradients = exercises.rnn_clip(gradients, limit)
        new = {name: adam_loop(weights[name], m[name], v[name], gradients[name], t + k + 1, rate) for name in weights}
        weights, m, v = ({name: triple[j] for name, triple in new.items()} for j in range(3))
    return weights, m, v, t + len(inputs), bits


def pass_clips_itself(weights, m, v, t, inputs, targets, rate, limit):
    weights, m, v, bits = dict(weights), dict(m), dict(v), []
    h = c = np.zeros((inputs.shape[2], weights["b"].shape[1]))
    for x, k in zip(inputs, targets, strict=True):
        loss, gradients, h, c = exercises.chunk_gradients(weights, x, k, h, c)
        norm = np.linalg.norm(np.concatenate([d.ravel() for d in gradients.values()]))
        t += 1
        for name, d in gradients.items():
            d = d * limit / norm if norm > limit else d
            weights[name], m[name], v[name] = adam_as_differences(weights[name], m[name], v[name], d, t, rate)
        bits += [loss]
    return weights, m, v, t, bits


def pass_recursive(weights, m, v, t, inputs, targets, rate, limit, h=None, c=None):
    if len(inputs) == 0:
        return weights, m, v, t, np.zeros(0)
    zeros = np.zeros((inputs.shape[2], weights["b"].shape[1]))
    h, c = zeros if h is None else h, zeros if c is None else c
    loss, gradients, h, c = exercises.chunk_gradients(weights, inputs[0], targets[0], h, c)
    gradients = exercises.rnn_clip(gradients, limit)
    new = {k: exercises.adam_step(weights[k], m[k], v[k], gradients[k], t + 1, rate) for k in weights}
    after = [{k: triple[j] for k, triple in new.items()} for j in range(3)]
    *rest, bits = pass_recursive(*after, t + 1, inputs[1:], targets[1:], rate, limit, h, c)
    return (*rest, np.concatenate([[loss], bits]))


def temperature_by_logs(y, temperature):
    z = y / temperature
    return np.exp(z - np.logaddexp.reduce(z))


def temperature_by_pairs(y, temperature):
    with np.errstate(over="ignore"):
        return [1 / sum(np.exp((other - score) / temperature) for other in y) for score in y]


def temperature_subtracts_first(y, temperature):
    e = np.exp((y - y.max()) / temperature)
    return e / np.sum(e)


RIGHT = {
    "train_baselines": {
        "counters": baselines_counters,
        "np.add.at": baselines_add_at,
        "one-hot products": baselines_one_hot,
    },
    "train_streams": {"loops": streams_loops, "an array of places": streams_by_index, "lists": streams_lists},
    "train_loss": {"log-softmax": loss_log_softmax, "flattened": loss_flat, "loops": loss_loops},
    "adam_step": {
        "as differences": adam_as_differences,
        "one rate of the step": adam_rate_of_the_step,
        "entry by entry": adam_loop,
    },
    "train_pass": {"t from the chunk": pass_counted, "clips itself": pass_clips_itself, "recursive": pass_recursive},
    "train_temperature": {
        "by logarithms": temperature_by_logs,
        "by pairs": temperature_by_pairs,
        "the largest first": temperature_subtracts_first,
    },
}

EQUIVALENT = {
    (
        "train_loss",
        "cross_entropy_backward: onehot = np.arange(y.shape[-1]) == ",
    ): "the probabilities have the shape of the scores"
}
