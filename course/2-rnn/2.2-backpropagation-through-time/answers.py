"""Right answers to 2.2, in other styles."""

import numpy as np


def _softmax(y):
    e = np.exp(y - y.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def dy_one_hot(y, targets, mask):
    return (_softmax(y) - np.eye(y.shape[1])[targets]) * mask.reshape(-1, 1)


def dy_row_by_row(y, targets, mask):
    rows = []
    for scores, k, m in zip(y, targets, mask, strict=True):
        p = np.exp(scores - max(scores))
        p /= p.sum()
        p[k] -= 1
        rows.append(m * p)
    return rows


def dy_by_logs(y, targets, mask):
    log_p = y - np.logaddexp.reduce(y, axis=1, keepdims=True)
    return np.where(mask[:, None] > 0, np.exp(log_p) - (np.arange(y.shape[1]) == targets[:, None]), 0.0)


def dh_row_vector(Why, dy, dh_next):
    return dy @ Why + dh_next


def dh_einsum(Why, dy, dh_next):
    return np.einsum("kh,k->h", Why, dy) + dh_next


def dh_copy(Why, dy, dh_next):
    dh = dh_next.copy()
    for k in range(len(dy)):
        dh += Why[k] * dy[k]
    return dh


def dh_hat_from_h_hat(dh, h_hat, h):
    return dh / np.cosh(h_hat) ** 2


def dh_hat_tanh_again(dh, h_hat, h):
    return dh * (1 - np.tanh(h_hat) ** 2)


def dh_hat_product(dh, h_hat, h):
    return [d * (1 - a) * (1 + a) for d, a in zip(dh, h, strict=True)]


def step_columns(Wxh, Whh, x, h_prev, h, dh):
    d = (dh * (1 - h * h))[:, None]
    return d @ x[None], d @ h_prev[None], d[:, 0], (Wxh.T @ d)[:, 0], (Whh.T @ d)[:, 0]


def step_einsum(Wxh, Whh, x, h_prev, h, dh):
    d = dh - dh * h**2
    return {
        "dWxh": np.einsum("i,j->ij", d, x),
        "dWhh": np.einsum("i,j->ij", d, h_prev),
        "dbh": d,
        "dx": np.einsum("ij,i->j", Wxh, d),
        "dh_prev": np.einsum("ij,i->j", Whh, d),
    }


def step_fused(Wxh, Whh, x, h_prev, h, dh):
    D, d = len(x), dh * (1 - h) * (1 + h)
    dW, dz = np.outer(d, np.concatenate([x, h_prev])), d @ np.hstack([Wxh, Whh])
    return dW[:, :D], dW[:, D:], d, dz[:D], dz[D:]


def step_loops(Wxh, Whh, x, h_prev, h, dh):
    H, D = Wxh.shape
    d = [dh[i] * (1 - h[i] ** 2) for i in range(H)]
    dWxh = [[d[i] * x[j] for j in range(D)] for i in range(H)]
    dWhh = [[d[i] * h_prev[j] for j in range(H)] for i in range(H)]
    dx = [sum(Wxh[i, j] * d[i] for i in range(H)) for j in range(D)]
    return dWxh, dWhh, d, dx, [sum(Whh[i, j] * d[i] for i in range(H)) for j in range(H)]


def backward_products_after_the_loop(Wxh, Whh, x, h0, h, dh_loss):
    before = np.vstack([h0[None], h[:-1]])
    d_hat = np.empty_like(h)
    dh_next = np.zeros(len(h0))
    for t in range(len(x) - 1, -1, -1):
        d_hat[t] = (dh_loss[t] + dh_next) * (1 - h[t] ** 2)
        dh_next = d_hat[t] @ Whh
    return d_hat.T @ x, d_hat.T @ before, d_hat.sum(axis=0), d_hat @ Wxh, dh_next


def backward_recursive(Wxh, Whh, x, h0, h, dh_loss):
    if len(x) == 0:
        return 0 * Wxh, 0 * Whh, 0 * h0, x.copy(), 0 * h0
    dWxh, dWhh, dbh, dx, dh_next = backward_recursive(Wxh, Whh, x[1:], h[0], h[1:], dh_loss[1:])
    a, b, c, d, e = step_columns(Wxh, Whh, x[0], h0, h[0], dh_loss[0] + dh_next)
    return dWxh + a, dWhh + b, dbh + c, np.vstack([d[None], dx]), e


def backward_by_routes(Wxh, Whh, x, h0, h, dh_loss):
    """Every loss on its own, all the way back: slow, and right."""
    before = [h0, *h[:-1]]
    dWxh, dWhh, dbh, dx, dh0 = 0 * Wxh, 0 * Whh, 0 * h0, 0 * x, 0 * h0
    for end in range(len(x)):
        d = dh_loss[end]
        for t in range(end, -1, -1):
            d_hat = (1 - h[t] ** 2) * d
            dWxh, dWhh, dbh = dWxh + np.outer(d_hat, x[t]), dWhh + np.outer(d_hat, before[t]), dbh + d_hat
            dx[t] += d_hat @ Wxh
            d = d_hat @ Whh
        dh0 = dh0 + d
    return dWxh, dWhh, dbh, dx, dh0


class Backward:
    """The own gradients copied once, then dh_next added into them."""

    def __call__(self, Wxh, Whh, x, h0, h, dh_loss):
        total = np.vstack([np.zeros((1, len(h0))), dh_loss])
        states = np.vstack([h0[None], h])
        sums, dx = [0, 0, 0], []
        for t in range(len(x), 0, -1):
            *shares, dx_t, back = step_fused(Wxh, Whh, x[t - 1], states[t - 1], states[t], total[t])
            sums = [s + a for s, a in zip(sums, shares, strict=True)]
            dx.append(dx_t)
            total[t - 1] += back
        return *sums, np.array(dx[::-1]), total[0]


def _forward(Wxh, Whh, bh, x, h0):
    h = [h0]
    for row in x:
        h.append(np.tanh(Wxh @ row + Whh @ h[-1] + bh))
    return np.array(h[1:])


def gradients_whole(Wxh, Whh, Why, bh, by, x, targets, h0, mask):
    h = _forward(Wxh, Whh, bh, x, h0)
    dy = dy_one_hot(h @ Why.T + by, targets, mask)
    dWxh, dWhh, dbh, *_ = backward_products_after_the_loop(Wxh, Whh, x, h0, h, dy @ Why)
    return dWxh, dWhh, np.einsum("tk,th->kh", dy, h), dbh, np.einsum("tk->k", dy)


def gradients_in_one_loop(Wxh, Whh, Why, bh, by, x, targets, h0, mask):
    states = {0: h0}
    for t, row in enumerate(x, 1):
        states[t] = np.tanh(Wxh @ row + Whh @ states[t - 1] + bh)
    sums = {name: 0.0 for name in ("Wxh", "Whh", "Why", "bh", "by")}
    carried = 0.0
    for t in range(len(x), 0, -1):
        error = _softmax(Why @ states[t] + by)
        error[targets[t - 1]] -= 1
        error = error * mask[t - 1]
        inner = (error @ Why + carried) * (1 - states[t] ** 2)
        carried = inner @ Whh
        shares = np.outer(inner, x[t - 1]), np.outer(inner, states[t - 1]), np.outer(error, states[t]), inner, error
        sums = {name: sums[name] + share for name, share in zip(sums, shares, strict=True)}
    return tuple(sums.values())


def gradients_in_pieces(Wxh, Whh, Why, bh, by, x, targets, h0, mask):
    h = _forward(Wxh, Whh, bh, x, h0)
    dy = dy_by_logs(h @ Why.T + by, targets, mask)
    dWhy = sum(np.outer(error, state) for error, state in zip(dy, h, strict=True))
    dWxh, dWhh, dbh, *_ = Backward()(Wxh, Whh, x, h0, h, np.array([Why.T @ error for error in dy]))
    return [dWxh, dWhh, dWhy, dbh, sum(dy)]


def gradients_by_complex_step(*arguments):
    *weights, x, targets, h0, mask = arguments

    def loss(Wxh, Whh, Why, bh, by):
        y = _forward(Wxh, Whh, bh, x, h0) @ Why.T + by
        return np.sum(mask * (np.log(np.exp(y).sum(axis=1)) - y[np.arange(len(y)), targets]))

    gradients = []
    for k, weight in enumerate(weights):
        gradient = np.zeros(weight.shape)
        for i in np.ndindex(weight.shape):
            moved = [w.astype(complex) for w in weights]
            moved[k][i] += 1e-30j
            gradient[i] = loss(*moved).imag / 1e-30
        gradients.append(gradient)
    return gradients


def truncated_by_cutting(Wxh, Whh, bh, x, h0, dh_loss, n):
    """One forward pass, then a sweep that sets dh_next to zero at every border."""
    h, T = _forward(Wxh, Whh, bh, x, h0), len(x)
    before = np.vstack([h0[None], h[:-1]])
    d_hat, dh_next = np.zeros_like(h), np.zeros_like(h0)
    for t in reversed(range(T)):
        if (t + 1) % n == 0:
            dh_next = np.zeros_like(h0)
        d_hat[t] = (dh_loss[t] + dh_next) * (1 - h[t] ** 2)
        dh_next = Whh.T @ d_hat[t]
    return d_hat.T @ x, d_hat.T @ before, d_hat.sum(0), d_hat @ Wxh


def truncated_by_lists(Wxh, Whh, bh, x, h0, dh_loss, n):
    parts = []
    while len(x):
        h = _forward(Wxh, Whh, bh, x[:n], h0)
        parts.append(Backward()(Wxh, Whh, x[:n], h0, h, dh_loss[:n]))
        x, dh_loss, h0 = x[n:], dh_loss[n:], h[-1]
    dWxh, dWhh, dbh = (sum(p[k] for p in parts) for k in range(3))
    return dWxh, dWhh, dbh, np.concatenate([p[3] for p in parts])


def truncated_recursive(Wxh, Whh, bh, x, h0, dh_loss, n):
    h = _forward(Wxh, Whh, bh, x[:n], h0)
    dWxh, dWhh, dbh, dx, _ = backward_by_routes(Wxh, Whh, x[:n], h0, h, dh_loss[:n])
    if len(x) <= n:
        return dWxh, dWhh, dbh, dx
    rest = truncated_recursive(Wxh, Whh, bh, x[n:], h[-1], dh_loss[n:], n)
    return dWxh + rest[0], dWhh + rest[1], dbh + rest[2], np.vstack([dx, rest[3]])


RIGHT = {
    "char_dy": {"one-hot": dy_one_hot, "row by row": dy_row_by_row, "logs": dy_by_logs},
    "rnn_dh": {"row vector": dh_row_vector, "einsum": dh_einsum, "loop": dh_copy},
    "rnn_dh_hat": {"cosh": dh_hat_from_h_hat, "tanh again": dh_hat_tanh_again, "product": dh_hat_product},
    "rnn_step_backward": {"columns": step_columns, "einsum": step_einsum, "fused": step_fused, "loops": step_loops},
    "rnn_backward": {
        "products after the loop": backward_products_after_the_loop,
        "recursive": backward_recursive,
        "by routes": backward_by_routes,
        "class": Backward(),
    },
    "char_gradients": {
        "whole": gradients_whole,
        "one loop": gradients_in_one_loop,
        "pieces": gradients_in_pieces,
        "complex step": gradients_by_complex_step,
    },
    "rnn_truncated": {"cutting": truncated_by_cutting, "lists": truncated_by_lists, "recursive": truncated_recursive},
}

SHIFT = "one number added to all scores of a step changes no probability, and the scores here are small"
UNREAD = "that value goes another way than the one that is asked for"
ONE_ROW = "one vector is a batch of one, so its mean is its sum"
SAME = "the two are of one length, and nothing else is read"

_KEPT = {"cell_forward: return (h, Step(": "the states alone are read; what a step keeps is made anew from them"}
_BLOCK = {"over_batch: ": ONE_ROW, "_params: return rnn.Params(Wxh, Whh, ": SAME}
_SWEEP = {"sweep_backward: dh_next = np.zeros_like(": SAME}
_WHOLE = _KEPT | _SWEEP | {"sweep_backward: return (Gradients(": UNREAD}
_EQUIVALENT = {
    "char_dy": {"cross_entropy_backward: onehot = ": SAME},
    "rnn_dh": dict.fromkeys(("affine_backward: dW = ", "outer: ", "over_batch: "), UNREAD),
    "rnn_dh_hat": {"rnn_dh_hat: H = ": SAME}
    | dict.fromkeys(
        (
            "rnn_dh_hat: step = ",
            "_params: ",
            "over_batch: ",
            "cell_backward: x, h_prev, h = ",
            *(f"cell_backward: {name} = " for name in ("dWxh", "dWhh", "dx", "dh_prev")),
        ),
        UNREAD,
    ),
    "rnn_step_backward": _BLOCK
    | {"rnn_step_backward: step = ": "the slope of tanh is taken from the state, not from h_hat"},
    "rnn_backward": _BLOCK | _SWEEP,
    "char_gradients": _WHOLE
    | {
        "cross_entropy_backward: onehot = ": SAME,
        "softmax: shifted = ": SHIFT,
        "cell_backward: dx = ": UNREAD,
    },
    "rnn_truncated": _WHOLE | {"over_batch: ": ONE_ROW},
}
EQUIVALENT = {(name, mutant): why for name, found in _EQUIVALENT.items() for mutant, why in found.items()}
