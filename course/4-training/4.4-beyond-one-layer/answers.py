"""Right answers to 4.4, in other styles."""

import numpy as np
import sympy as sp

from lstm_ref import lstm
from lstm_ref.fast import lstm as fast


def through(W, x, memory, dh):
    """A layer's gradients, dW, db, dx, by the reference's fast form."""
    gates, c, h = memory
    params = lstm.Params(W, np.zeros(W.shape[:2]))
    grads = fast.backward(fast.Cache(params, x, gates, c, np.tanh(c[1:]), h), dh)
    return *grads.params, grads.x


def through_by_steps(W, x, memory, dh):
    """The same, step by step and gate by gate."""
    gates, c, h = memory
    dW, db, dx = np.zeros(W.shape), np.zeros(W.shape[:2]), np.zeros(x.shape)
    H, dh_next, dc = W.shape[1], 0, np.zeros(c[0].shape)
    for t in reversed(range(len(x))):
        f, i, g, o = (gates[t, :, k] for k in range(4))
        s, total = np.tanh(c[t + 1]), dh[t] + dh_next
        dc = dc + total * o * (1 - s**2)
        hats = (dc * c[t] * f * (1 - f), dc * g * i * (1 - i), dc * i * (1 - g**2), total * s * o * (1 - o))
        z = np.hstack([h[t], x[t]])
        dW += np.array([d.T @ z for d in hats])
        db += np.array([d.sum(axis=0) for d in hats])
        dz = sum(d @ W_k for d, W_k in zip(hats, W, strict=True))
        dh_next, dx[t], dc = dz[:, :H], dz[:, H:], dc * f
    return dW, db, dx


def stack(way):
    def backward(W_lower, W_upper, x, memory_lower, memory_upper, dh_loss):
        *upper, dh = way(W_upper, memory_lower[2][1:], memory_upper, dh_loss)
        *lower, dx = way(W_lower, x, memory_lower, dh)
        return *lower, *upper, dx

    return backward


def stack_in_a_loop(W_lower, W_upper, x, memory_lower, memory_upper, dh_loss):
    found, dh = [], dh_loss
    for W, read, memory in ((W_upper, memory_lower[-1][1:], memory_upper), (W_lower, x, memory_lower)):
        *own, dh = through(W, read, memory, dh)
        found = own + found
    return (*found, dh)


def dropout_where(h, u, p, dy):
    keep = 1 - p
    return np.where(u < p, 0.0, h / keep), np.where(u < p, 0.0, dy / keep)


def dropout_in_place(h, u, p, dy):
    y, dh = h.copy(), dy.copy()
    for a in (y, dh):
        a[u < p] = 0
        a /= 1 - p
    return y, dh


def dropout_in_a_loop(h, u, p, dy):
    y, dh = np.zeros_like(h), np.zeros_like(dy)
    for place in np.ndindex(h.shape):
        if u[place] >= p:
            y[place], dh[place] = h[place] / (1 - p), dy[place] / (1 - p)
    return [y, dh]


def embedding_in_a_loop(codes, dx, K):
    dE = np.zeros((K, dx.shape[-1]))
    for t in range(codes.shape[0]):
        for n in range(codes.shape[1]):
            dE[codes[t, n]] += dx[t, n]
    return dE


def embedding_by_one_hot(codes, dx, K):
    return np.eye(K)[codes].reshape(-1, K).T @ dx.reshape(codes.size, -1)


def embedding_by_class(codes, dx, K):
    return [dx[codes == k].sum(axis=0) for k in range(K)]


def embedding_by_bincount(codes, dx, K):
    return np.stack([np.bincount(codes.ravel(), column.ravel(), K) for column in np.moveaxis(dx, 2, 0)], axis=1)


def loss_in_a_loop(losses, lengths):
    share, N = np.zeros(losses.shape), sum(lengths)
    for n, length in enumerate(lengths):
        share[:length, n] = 1 / N
    return np.sum(share * losses), share


def loss_of_what_is_inside(losses, lengths):
    inside = np.array([[t < n for n in lengths] for t in range(len(losses))])
    return losses[inside].mean(), inside / inside.sum()


def loss_by_where(losses, lengths):
    mask = np.arange(1, len(losses) + 1).reshape(-1, 1) <= lengths.reshape(1, -1)
    return np.where(mask, losses, 0).sum() / lengths.sum(), np.where(mask, 1.0 / lengths.sum(), 0.0)


def turn_by_rows(x, lengths):
    rows = [np.concatenate([x[:n, k][::-1], x[n:, k]]) for k, n in enumerate(lengths)]
    return np.stack(rows, axis=1)


def turn_in_a_loop(x, lengths):
    y = np.array(x)
    for k in range(x.shape[1]):
        for t in range(lengths[k]):
            y[t, k] = x[lengths[k] - 1 - t, k]
    return y


def turn_by_flip(x, lengths):
    y = x.copy()
    for k, n in enumerate(lengths):
        y[:n, k] = np.flip(y[:n, k].copy(), axis=0)
    return y


def turn_by_gather(x, lengths):
    step = np.arange(len(x))[:, None]
    order = np.where(step < lengths, lengths - 1 - step, step)
    return np.take_along_axis(x, order[:, :, None], axis=0)


def both(way, turn):
    def backward(W_left, W_right, x, lengths, memory_left, memory_right, dh_loss):
        first, second = np.split(dh_loss, 2, axis=-1)
        *left, dx = way(W_left, x, memory_left, first)
        *right, other = way(W_right, turn(x, lengths), memory_right, turn(second, lengths))
        return *left, *right, dx + turn(other, lengths)

    return backward


def both_by_sequence(W_left, W_right, x, lengths, memory_left, memory_right, dh_loss):
    """One sequence after the other, without its padding."""
    H, dx, sums = W_left.shape[1], np.zeros(x.shape), [0, 0, 0, 0]
    for k, n in enumerate(lengths):
        left, right = (tuple(a[: n + (a is not m[0]), k : k + 1] for a in m) for m in (memory_left, memory_right))
        own, dh = x[:n, k : k + 1], dh_loss[:n, k : k + 1]
        *one, dx_left = through(W_left, own, left, dh[..., :H])
        *two, dx_right = through(W_right, own[::-1], right, dh[::-1, :, H:])
        sums = [total + part for total, part in zip(sums, one + two, strict=True)]
        dx[:n, k] = (dx_left + dx_right[::-1])[:, 0]
    return *sums, dx


def attend_by_jacobian(q, h, a, dy):
    da = np.einsum("th,h->t", h, dy)
    ds = (np.diag(a) - np.outer(a, a)) @ da
    return da, ds, h.T @ ds, a[:, None] * dy + ds[:, None] * q


def attend_in_a_loop(q, h, a, dy):
    T = len(h)
    da = np.array([h_t @ dy for h_t in h])
    ds = [sum(da[j] * (a[j] * (1 - a[j]) if j == t else -a[j] * a[t]) for j in range(T)) for t in range(T)]
    dq = sum(ds[t] * h[t] for t in range(T))
    return {"da": da, "ds": ds, "dq": dq, "dh": [a[t] * dy + ds[t] * q for t in range(T)]}


def attend_by_the_mean(q, h, a, dy):
    y = a @ h
    ds = a * ((h - y) @ dy)
    return h @ dy, ds, (ds[:, None] * h).sum(axis=0), np.stack([a, ds], axis=1) @ np.stack([dy, q])


def pack_in_a_loop(x, lengths):
    sizes = [sum(n > t for n in lengths) for t in range(len(x))]
    return np.concatenate([x[t, :n] for t, n in enumerate(sizes)]), sizes


def pack_one_by_one(x, lengths):
    rows, sizes = [], [0] * len(x)
    for t in range(len(x)):
        for k, n in enumerate(lengths):
            if t < n:
                rows.append(x[t, k])
                sizes[t] += 1
    return rows, sizes


def pack_by_places(x, lengths):
    T, B = x.shape[:2]
    places = np.flatnonzero(np.repeat(np.arange(T), B) < np.tile(lengths, T))
    return {"sizes": np.bincount(places // B, minlength=T), "rows": x.reshape(T * B, -1)[places]}


S_1, S_2, V_1, V_2 = sp.symbols("s_1 s_2 v_1 v_2")
WHOLE = (sp.exp(S_1) * V_1 + sp.exp(S_2) * V_2) / (sp.exp(S_1) + sp.exp(S_2))
BY_SYMPY = sp.lambdify((S_1, S_2, V_1, V_2), sp.diff(WHOLE, S_1))

RIGHT = {
    "deep_stack_backward": {
        "two calls": stack(through),
        "step by step": stack(through_by_steps),
        "a loop": stack_in_a_loop,
    },
    "deep_dropout": {"where": dropout_where, "in place": dropout_in_place, "loop": dropout_in_a_loop},
    "deep_embedding_backward": {
        "loop": embedding_in_a_loop,
        "one-hot": embedding_by_one_hot,
        "class by class": embedding_by_class,
        "bincount": embedding_by_bincount,
    },
    "deep_mean_loss": {"loop": loss_in_a_loop, "inside": loss_of_what_is_inside, "where": loss_by_where},
    "deep_pack": {"loop": pack_in_a_loop, "one by one": pack_one_by_one, "by places": pack_by_places},
    "deep_turn": {
        "by rows": turn_by_rows,
        "loop": turn_in_a_loop,
        "flip": turn_by_flip,
        "gather": turn_by_gather,
    },
    "deep_both_backward": {
        "split": both(through, turn_by_rows),
        "step by step": both(through_by_steps, turn_by_gather),
        "by sequence": both_by_sequence,
    },
    "deep_attend_slope": {
        "short": lambda a_1, a_2, v_1, v_2, y: a_1 * (v_1 - y),
        "both weights": lambda a_1, a_2, v_1, v_2, y: a_1 * a_2 * (v_1 - v_2),
        "one weight": lambda a_1, a_2, v_1, v_2, y: a_1 * (1 - a_1) * (v_1 - v_2),
        "sympy": lambda a_1, a_2, v_1, v_2, y: BY_SYMPY(np.log(a_1), np.log(a_2), v_1, v_2),
    },
    "deep_attend_backward": {
        "Jacobian": attend_by_jacobian,
        "loop": attend_in_a_loop,
        "mean": attend_by_the_mean,
    },
}

_EDGE = "the exercise does not ask for the gradients of the initial states"
_RETURNED = "backward: return Gradients(Params(dW, db), dx, "
EQUIVALENT = {
    ("deep_stack_backward", "stack_backward: dh_loss = masks[k - 1] * dh_loss"): "no masks stand between these layers",
    ("deep_stack_backward", _RETURNED): _EDGE,
    ("deep_both_backward", _RETURNED): _EDGE,
    ("deep_both_backward", "both_backward: H = "): "c and h have one shape",
}
