"""Right answers to 2.4, in other styles."""

import numpy as np


def _forward(Wxh, Whh, bh, x, h0):
    h = [h0]
    for row in x:
        h.append(np.tanh(Wxh @ row + Whh @ h[-1] + bh))
    return np.array(h[1:])


def window_by_looking_ahead(Wxh, Whh, bh, x, h0, dh_loss, n):
    """Every loss on its own, step by step, until n steps are done."""
    h = _forward(Wxh, Whh, bh, x, h0)
    before = [h0, *h[:-1]]
    dWxh, dWhh, dbh, dx = 0 * Wxh, 0 * Whh, 0 * bh, 0 * x
    for end in range(len(x)):
        d = dh_loss[end]
        for t in np.arange(max(0, end - n + 1), end + 1)[::-1]:
            d_hat = d * (1 - h[t] ** 2)
            dWxh, dWhh, dbh = dWxh + np.outer(d_hat, x[t]), dWhh + np.outer(d_hat, before[t]), dbh + d_hat
            dx[t] += Wxh.T @ d_hat
            d = Whh.T @ d_hat
    return dWxh, dWhh, dbh, dx


def window_all_losses_at_once(Wxh, Whh, bh, x, h0, dh_loss, n):
    """All losses take a step back together, n times; those that have reached the start are done."""
    h, T = _forward(Wxh, Whh, bh, x, h0), len(x)
    states = np.vstack([h0[None], h])
    total, moving = np.zeros_like(h), dh_loss
    for k in range(min(n, T)):
        moving = moving * (1 - h[: T - k] ** 2)
        total[: T - k] += moving
        moving = (moving @ Whh)[1:]
    return total.T @ x, total.T @ states[:-1], total.sum(axis=0), total @ Wxh


def window_with_errors_on_their_way(Wxh, Whh, bh, x, h0, dh_loss, n):
    """One sweep. The errors of later losses travel side by side, and the oldest gets out after n steps."""
    h, T = _forward(Wxh, Whh, bh, x, h0), len(x)
    d_hat, arrived = np.zeros_like(h), []
    for t in reversed(range(T)):
        errors = [e * (1 - h[t] ** 2) for e in [dh_loss[t], *arrived][:n]]
        d_hat[t] = sum(errors)
        arrived = [e @ Whh for e in errors]
    return d_hat.T @ x, d_hat.T @ np.vstack([h0[None], h[:-1]]), d_hat.sum(0), d_hat @ Wxh


def _flat(arrays):
    return np.concatenate([np.ravel(a) for a in arrays])


def cosine_flat(a, b):
    a, b = _flat(a), _flat(b)
    return a @ b / np.linalg.norm(a) / np.linalg.norm(b)


def cosine_of_unit_vectors(a, b):
    a, b = _flat(a), _flat(b)
    return (a / np.sqrt(a @ a)) @ (b / np.sqrt(b @ b))


def cosine_by_law(a, b):
    a, b = _flat(a), _flat(b)
    p, q, r = (np.linalg.norm(v) for v in (a, b, a - b))
    return (p * p + q * q - r * r) / (2 * p * q)


RIGHT = {
    "rnn_window": {
        "looking ahead": window_by_looking_ahead,
        "all at once": window_all_losses_at_once,
        "on their way": window_with_errors_on_their_way,
    },
    "gradient_cosine": {"flat": cosine_flat, "unit vectors": cosine_of_unit_vectors, "law of cosines": cosine_by_law},
}

UNREAD = "the states alone are read; what a step keeps is made anew from them"
EQUIVALENT = {
    ("rnn_window", "over_batch: "): "one vector is a batch of one, so its mean is its sum",
    ("rnn_window", "cell_forward: return (h, Step("): UNREAD,
    ("rnn_window", "sweep_backward: dh_next = np.zeros_like("): "the two are of one length, and nothing else is read",
    ("rnn_window", "sweep_backward: return (Gradients("): "what goes back to the first state is not asked for",
}
