"""Right answers to 2.1, in other styles."""

import numpy as np


def one_hot_by_eye(text, vocab):
    return np.eye(len(vocab))[[vocab.index(c) for c in text]]


def one_hot_by_comparing(text, vocab):
    return (np.array(list(text))[:, None] == np.array(list(vocab))).astype(int)


def one_hot_as_lists(text, vocab):
    return [[float(c == v) for v in vocab] for c in text]


def step_stacked(Wxh, Whh, bh, x, h_prev):
    return np.tanh(np.hstack([Wxh, Whh, bh[:, None]]) @ np.concatenate([x, h_prev, [1.0]]))


def step_in_loops(Wxh, Whh, bh, x, h_prev):
    h = []
    for i in range(len(bh)):
        total = bh[i]
        for j in range(len(x)):
            total = total + Wxh[i, j] * x[j]
        for j in range(len(h_prev)):
            total = total + Whh[i, j] * h_prev[j]
        h.append(np.tanh(total))
    return h


def step_in_columns(Wxh, Whh, bh, x, h_prev):
    return np.tanh(Wxh.dot(x[:, None]) + Whh.dot(h_prev[:, None]) + bh[:, None]).ravel()


def forward_with_a_list(Wxh, Whh, bh, x, h0):
    h = [h0]
    for row in x:
        h.append(step_stacked(Wxh, Whh, bh, row, h[-1]))
    return np.array(h[1:])


def forward_hoisted(Wxh, Whh, bh, x, h0):
    h = x @ Wxh.T + bh
    for t in range(len(x)):
        h[t] = np.tanh(h[t] + Whh @ (h[t - 1] if t else h0))
    return h


def forward_recursive(Wxh, Whh, bh, x, h0):
    if len(x) == 1:
        return step_stacked(Wxh, Whh, bh, x[0], h0)[None]
    before = forward_recursive(Wxh, Whh, bh, x[:-1], h0)
    return np.vstack([before, step_stacked(Wxh, Whh, bh, x[-1], before[-1])])


def losses_by_logaddexp(y, targets):
    return np.logaddexp.reduce(y, axis=1) - np.take_along_axis(y, targets[:, None], 1)[:, 0]


def losses_in_a_loop(y, targets):
    losses = np.zeros(len(targets))
    for t, k in enumerate(targets):
        losses[t] = np.log(np.sum(np.exp(y[t] - max(y[t])))) + max(y[t]) - y[t][k]
    return losses


def losses_from_the_target(y, targets):
    return np.logaddexp.reduce(y - y[np.arange(len(y)), targets][:, None], axis=1)


def masked_by_dot(Wxh, Whh, Why, bh, by, x, targets, h0, mask):
    return mask @ losses_by_logaddexp(forward_hoisted(Wxh, Whh, bh, x, h0) @ Why.T + by, targets)


def masked_by_choosing(Wxh, Whh, Why, bh, by, x, targets, h0, mask):
    kept = mask > 0
    return losses_in_a_loop((forward_with_a_list(Wxh, Whh, bh, x, h0) @ Why.T + by)[kept], targets[kept]).sum()


def masked_step_by_step(Wxh, Whh, Why, bh, by, x, targets, h0, mask):
    total, h = 0.0, h0
    for t in range(len(x)):
        h = np.tanh(Wxh @ x[t] + Whh @ h + bh)
        p = np.exp(Why @ h + by)
        total -= mask[t] * np.log(p[targets[t]] / p.sum())
    return total


def sample_by_searching(Wxh, Whh, Why, bh, by, h0, first, u):
    codes, h = [first], h0
    for number in u:
        h = np.tanh(Wxh[:, codes[-1]] + Whh @ h + bh)
        p = np.exp(Why @ h + by)
        codes.append(int(np.searchsorted(np.cumsum(p / p.sum()), number, side="right")))
    return np.array(codes[1:])


def sample_by_walking(Wxh, Whh, Why, bh, by, h0, first, u):
    codes, x = np.zeros(len(u), dtype=int), np.eye(len(by))[first]
    for t in range(len(u)):
        h0 = np.tanh(Wxh @ x + Whh @ h0 + bh)
        p = np.exp(Why @ h0 + by)
        left, k = u[t] * p.sum(), 0
        while left >= p[k]:
            left, k = left - p[k], k + 1
        codes[t], x = k, np.eye(len(by))[k]
    return codes


class Sampler:
    """A model that remembers its state between characters."""

    def __init__(self, Wxh, Whh, Why, bh, by, h0):
        self.columns, self.Whh, self.Why, self.bh, self.by, self.h = Wxh.T, Whh, Why, bh, by, h0

    def __call__(self, code, number):
        self.h = np.tanh(self.columns[code] + self.Whh @ self.h + self.bh)
        y = self.Why @ self.h + self.by
        p = np.exp(y - y.mean())
        return next(k for k in range(len(p)) if k == len(p) - 1 or p[: k + 1].sum() / p.sum() > number)


def sample_with_a_class(Wxh, Whh, Why, bh, by, h0, first, u):
    model, codes = Sampler(Wxh, Whh, Why, bh, by, h0), [first]
    for number in u:
        codes.append(model(codes[-1], number))
    return codes[1:]


RIGHT = {
    "char_one_hot": {"eye": one_hot_by_eye, "comparing": one_hot_by_comparing, "lists": one_hot_as_lists},
    "rnn_step": {"stacked": step_stacked, "loops": step_in_loops, "columns": step_in_columns},
    "rnn_forward": {"list": forward_with_a_list, "hoisted": forward_hoisted, "recursive": forward_recursive},
    "char_losses": {
        "logaddexp": losses_by_logaddexp,
        "loop": losses_in_a_loop,
        "from the target": losses_from_the_target,
    },
    "char_masked_loss": {"dot": masked_by_dot, "choosing": masked_by_choosing, "step by step": masked_step_by_step},
    "char_sample": {"searching": sample_by_searching, "walking": sample_by_walking, "class": sample_with_a_class},
}

UNREAD = "the state alone is asked for, not what a step keeps for the way back"
CARRIED = "the sweep reads the state alone of what a step keeps"
SHIFT = "adding one number to all scores of a step changes no probability; that it prevents overflow is checked in char_losses"
CHECKED = "the words of an error"

_KEPT = "cell_forward: return (h, Step("
_H_HAT = "cell_forward: h_hat = x @ Wxh.T + h_prev @ Whh.T + bh  ->  h_hat = "
EQUIVALENT = {
    ("char_one_hot", "one_hot: raise ValueError("): CHECKED,
    ("rnn_step", _KEPT): UNREAD,
    ("h_2", _KEPT): UNREAD,
    ("h_2", f"{_H_HAT}x @ Wxh.T + h_prev @ Whh.T"): "its only unit has no bias, and one weight has no transpose",
    ("h_2", f"{_H_HAT}x @ Wxh + h_prev"): "one weight has no transpose",
    ("h_2", f"{_H_HAT}x @ Wxh.T + h_prev @ Whh + bh"): "one weight has no transpose",
    ("rnn_forward", _KEPT): CARRIED,
    ("char_masked_loss", _KEPT): CARRIED,
    ("char_masked_loss", "cross_entropies: shifted = "): SHIFT,
    ("char_sample", _KEPT): UNREAD,
    ("char_sample", "one_hot: raise ValueError("): CHECKED,
}
