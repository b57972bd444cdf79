"""Right answers to 4.7, in other styles."""

import re

import numpy as np


def perplexity_by_product(p):
    perplexity = np.prod(1 / p) ** (1 / len(p))
    return np.log(perplexity), np.log2(perplexity), perplexity


def perplexity_loop(p):
    nats = 0.0
    for number in p:
        nats -= np.log(number) / len(p)
    return {"nats": nats, "bits": nats * np.log2(np.e), "perplexity": 2 ** (nats / np.log(2))}


def two_by_bits(p, q):
    return 2 ** ((np.log2(1 / p) + np.log2(1 / q)) / 2)


def inside_by_counting(text):
    closes = [c == "'" and not text[n + 1 : n + 2].isalpha() for n, c in enumerate(text)]
    last_open, last_close, found = -1, -1, []
    for n, character in enumerate(text):
        last_open, last_close = n if character == "`" else last_open, n if closes[n] else last_close
        found.append(1.0 if last_open > last_close else 0.0)
    return np.array(found)


def inside_by_expression(text):
    found = np.zeros(len(text), bool)
    for match in re.finditer(r"`.*?(?:'(?![A-Za-z])|$)", text, flags=re.S):
        found[match.start() : match.end() - match[0].endswith("'")] = True
    return found


def inside_list(text):
    now, found = False, []
    for character, following in zip(text, text[1:] + " ", strict=True):
        now = character == "`" or (now and not (character == "'" and not following.isalpha()))
        found.append(int(now))
    return found


def unit_by_corrcoef(states, signal):
    r = [np.corrcoef(states[:, k], signal)[0, 1] for k in range(states.shape[1])]
    unit = max(range(len(r)), key=lambda k: abs(r[k]))
    return unit, r[unit]


def unit_loops(states, signal):
    best, best_r = 0, 0.0
    v = signal - np.mean(signal)
    for k in range(states.shape[1]):
        s = states[:, k] - np.mean(states[:, k])
        r = (s @ v) / (np.linalg.norm(s) * np.linalg.norm(v))
        if abs(r) > abs(best_r):
            best, best_r = k, r
    return best, best_r


def unit_standardised(states, signal):
    s = (states - states.mean(0)) / states.std(0)
    r = (s * ((signal - signal.mean()) / signal.std())[:, None]).mean(0)
    unit = int(np.argmax(r**2))
    return {"unit": unit, "r": r[unit]}


def perplexity_from_bits(p):
    bits = np.mean(np.log2(1 / np.asarray(p)))
    return np.array([bits * np.log(2), bits, 2**bits])


def two_by_logs(p, q):
    return np.exp(-(np.log(p) + np.log(q)) / 2)


def two_by_roots(p, q):
    return 1 / (np.sqrt(p) * np.sqrt(q))


RIGHT = {
    "reward_perplexity": {"product": perplexity_by_product, "loop": perplexity_loop, "from bits": perplexity_from_bits},
    "reward_two": {"by logarithms": two_by_logs, "by roots": two_by_roots, "by bits": two_by_bits},
    "reward_inside": {
        "regular expression": inside_by_expression,
        "list": inside_list,
        "by counting": inside_by_counting,
    },
    "reward_unit": {"corrcoef": unit_by_corrcoef, "standardised": unit_standardised, "loops": unit_loops},
}
