"""Right answers to 4.1, in other styles."""

import numpy as np
import sympy as sp


def affine_by_einsum(W, z, dy):
    return np.einsum("nm,nk->mk", dy, z), np.einsum("nm->m", dy), np.einsum("nm,mk->nk", dy, W)


def affine_in_a_loop(W, z, dy):
    dW, db, dz = np.zeros(W.shape), np.zeros(len(W)), []
    for row, d in zip(z, dy, strict=True):
        dW += np.outer(d, row)
        db += d
        dz.append(W.T @ d)
    return dW, db, dz


def affine_with_a_one(W, z, dy):
    joined = dy.T @ np.hstack([z, np.ones((len(z), 1))])
    return {"dW": joined[:, :-1], "db": joined[:, -1], "dz": (W.T @ dy.T).T}


def sums_by_einsum(W, b, z):
    return np.einsum("khw,nw->nkh", W, z) + b


def sums_by_gate(W, b, z):
    return np.stack([z @ W_k.T + b_k for W_k, b_k in zip(W, b, strict=True)], axis=1)


def sums_concatenated(W, b, z):
    a = z @ np.concatenate(list(W)).T + np.concatenate(list(b))
    return np.stack(np.split(a, 4, axis=1), axis=1)


def sums_in_columns(W, b, z):
    return (np.vstack(list(W)) @ z.T + b.reshape(-1, 1)).T.reshape(len(z), 4, -1)


def inputs_by_einsum(W, b, x):
    return np.einsum("khd,tnd->tnkh", W[:, :, b.shape[1] :], x) + b


def inputs_broadcast(W, b, x):
    T, B, D = x.shape
    return (x @ W.reshape(b.size, -1)[:, -D:].T + b.ravel()).reshape(T, B, *b.shape)


def inputs_step_by_step(W, b, x):
    return [sums_by_gate(W[:, :, b.shape[1] :], b, x_t) for x_t in x]


def after_by_einsum(W, x, h, dsums):
    z = np.concatenate([h[:-1], x], axis=-1)
    dx = np.einsum("tnkh,khd->tnd", dsums, W[:, :, h.shape[2] :])
    return np.einsum("tnkh,tnw->khw", dsums, z), dsums.sum(axis=(0, 1)), dx


def after_in_a_loop(W, x, h, dsums):
    dW, db, dx = np.zeros(W.shape), np.zeros(W.shape[:2]), np.zeros(x.shape)
    for t in reversed(range(len(x))):
        for n in range(x.shape[1]):
            z = np.append(h[t, n], x[t, n])
            dW += dsums[t, n][:, :, None] * z
            db += dsums[t, n]
            dx[t, n] = sum(W[k, :, h.shape[2] :].T @ dsums[t, n, k] for k in range(4))
    return dW, db, dx


def after_in_two_products(W, x, h, dsums):
    (T, B, D), H = x.shape, h.shape[-1]
    rows = dsums.reshape(-1, 4 * H)
    dW_h, dW_x = rows.T @ h[:T].reshape(-1, H), rows.T @ x.reshape(-1, D)
    dz = (rows @ W.reshape(4 * H, -1)).reshape(T, B, -1)
    return np.hstack([dW_h, dW_x]).reshape(W.shape), (np.ones(T * B) @ rows).reshape(4, H), dz[..., H:]


def gates_one_by_one(sums):
    f, i, g, o = np.moveaxis(sums, 1, 0)
    return np.stack([(1 + np.tanh(f / 2)) / 2, (1 + np.tanh(i / 2)) / 2, np.tanh(g), (1 + np.tanh(o / 2)) / 2], axis=1)


def gates_from_the_tanh(sums):
    scaled = sums / 2
    scaled[:, 2] *= 2
    gates = np.tanh(scaled)
    for k in (0, 1, 3):
        gates[:, k] = 0.5 + 0.5 * gates[:, k]
    return gates


def gates_by_mask(sums):
    plain = (np.arange(4) == 2).reshape(1, 4, 1)
    t = np.tanh(np.where(plain, sums, 0.5 * sums))
    return np.where(plain, t, 0.5 * t + 0.5)


def gates_with_exp(sums):
    with np.errstate(over="ignore"):
        gates = 1 / (1 + np.exp(-sums))
    gates[:, 2] = np.tanh(sums[:, 2])
    return gates


def forward_with_lists(W, b, x, h0, c0):
    gates, c, h = [], [c0], [h0]
    for x_t in x:
        gates.append(gates_one_by_one(sums_by_gate(W, b, np.hstack([h[-1], x_t]))))
        f, i, g, o = (gates[-1][:, k] for k in range(4))
        c.append(f * c[-1] + i * g)
        h.append(o * np.tanh(c[-1]))
    return np.array(gates), np.array(c), np.array(h)


def forward_in_place(W, b, x, h0, c0):
    H = h0.shape[1]
    half = np.repeat([0.5, 0.5, 1, 0.5], H)
    gates = inputs_broadcast(W, b, x).reshape(*x.shape[:2], 4 * H)
    c, h = np.empty((len(x) + 1, *c0.shape)), np.empty((len(x) + 1, *h0.shape))
    c[0], h[0] = c0, h0
    for t, a in enumerate(gates):
        a += h[t] @ W.reshape(4 * H, -1)[:, :H].T
        a *= half
        np.tanh(a, out=a)
        a *= half
        a += 1 - half
        np.multiply(a[:, :H], c[t], out=c[t + 1])
        c[t + 1] += a[:, H : 2 * H] * a[:, 2 * H : 3 * H]
        h[t + 1] = a[:, 3 * H :] * np.tanh(c[t + 1])
    return gates.reshape(*x.shape[:2], 4, H), c, h


def forward_by_sequence(W, b, x, h0, c0):
    """One sequence after the other, as a textbook has it."""
    found = [forward_with_lists(W, b, x[:, n : n + 1], h0[n : n + 1], c0[n : n + 1]) for n in range(x.shape[1])]
    return tuple(np.concatenate(parts, axis=1) for parts in zip(*found, strict=True))


def backward_textbook(W, x, memory, dh, dc_T):
    gates, c, h = memory
    dW, db, dx = np.zeros(W.shape), np.zeros(W.shape[:2]), np.zeros(x.shape)
    H, dh_next, dc_next = W.shape[1], 0, dc_T
    for t in reversed(range(len(x))):
        f, i, g, o = (gates[t, :, k] for k in range(4))
        dh_t = dh[t] + dh_next
        dc = dh_t * o * (1 - np.tanh(c[t + 1]) ** 2) + dc_next
        hats = [
            dc * c[t] * f * (1 - f),
            dc * g * i * (1 - i),
            dc * i * (1 - g * g),
            dh_t * np.tanh(c[t + 1]) * o * (1 - o),
        ]
        z = np.hstack([h[t], x[t]])
        dW += np.array([d.T @ z for d in hats])
        db += np.array([d.sum(axis=0) for d in hats])
        dz = sum(d @ W_k for d, W_k in zip(hats, W, strict=True))
        dh_next, dx[t], dc_next = dz[:, :H], dz[:, H:], dc * f
    return dW, db, dx, dh_next, dc_next


def backward_by_einsum(W, x, memory, dh, dc_T):
    gates, c, h = memory
    f, i, g, o = np.rollaxis(gates, 2)
    s, dh_next, dc = np.tanh(c[1:]), np.zeros(dc_T.shape), dc_T.copy()
    slopes = gates - gates**2
    slopes[:, :, 2] = 1 - g**2
    local = slopes * np.stack([c[:-1], g, i, s], axis=2)
    for t in range(len(x) - 1, -1, -1):
        total = dh[t] + dh_next
        dc += total * o[t] * (1 - s[t] * s[t])
        local[t] *= np.stack([dc, dc, dc, total], axis=1)
        dh_next = np.einsum("nkh,khj->nj", local[t], W[:, :, : h.shape[2]])
        dc *= f[t]
    return *after_by_einsum(W, x, h, local), dh_next, dc


class Backward:
    """Carries what goes from step to step."""

    def __init__(self, W, memory, dc_T):
        self.W, (self.gates, self.c, self.h) = W, memory
        self.dh, self.dc = np.zeros_like(dc_T), dc_T

    def step(self, t, dh):
        f, i, g, o = self.gates[t].swapaxes(0, 1)
        self.dh, s = self.dh + dh, np.tanh(self.c[t + 1])
        do, dc = self.dh * s, self.dh * o * (1 - s**2) + self.dc
        gradients = (dc * self.c[t], dc * g, dc * i, do)
        slopes = (f * (1 - f), i * (1 - i), (1 - g) * (1 + g), o * (1 - o))
        d = np.stack([a * b for a, b in zip(gradients, slopes, strict=True)], axis=1)
        self.dh, self.dc = sum(d[:, k] @ self.W[k, :, : f.shape[1]] for k in range(4)), dc * f
        return d

    def __call__(self, x, dh):
        dsums = [self.step(t, dh[t]) for t in reversed(range(len(x)))]
        return *after_in_two_products(self.W, x, self.h, np.array(dsums[::-1])), self.dh, self.dc


def backward_with_a_class(W, x, memory, dh, dc_T):
    return Backward(W, memory, dc_T)(x, dh)


def slope_by_sigma(t):
    sigma = (1 + t) / 2
    return sigma * (1 - sigma)


Z, S = sp.symbols("z s")
SLOPE = sp.lambdify(S, sp.diff(1 / (1 + sp.exp(-Z)), Z).subs(Z, 2 * sp.atanh(S)))


def slope_by_sympy(t):
    return SLOPE(t)


def slope_factored(t):
    return 0.25 * (1 - t) * (1 + t)


RIGHT = {
    "batch_affine_backward": {"einsum": affine_by_einsum, "loop": affine_in_a_loop, "a one": affine_with_a_one},
    "fast_sums": {
        "einsum": sums_by_einsum,
        "gate by gate": sums_by_gate,
        "concatenated": sums_concatenated,
        "columns": sums_in_columns,
    },
    "fast_inputs": {"einsum": inputs_by_einsum, "broadcast": inputs_broadcast, "lists": inputs_step_by_step},
    "fast_after": {"einsum": after_by_einsum, "loop": after_in_a_loop, "two products": after_in_two_products},
    "fast_slope": {"sigma": slope_by_sigma, "sympy": slope_by_sympy, "factored": slope_factored},
    "fast_gates": {
        "one by one": gates_one_by_one,
        "from the tanh": gates_from_the_tanh,
        "mask": gates_by_mask,
        "exp": gates_with_exp,
    },
    "fast_forward": {"lists": forward_with_lists, "in place": forward_in_place, "by sequence": forward_by_sequence},
    "fast_backward": {"textbook": backward_textbook, "einsum": backward_by_einsum, "class": backward_with_a_class},
}

FILLED = "the tanh is written into its place; what comes back is thrown away"
UNREAD = "the exercise asks for what the cache holds"
_RETURNED = (
    "forward: return (seen, c[T].reshape(h0.shape).copy(), Cache(params, x, gates.reshape(T, B, 4, H), c, tanh_c, h))"
    "  ->  return (seen, "
)
EQUIVALENT = {
    ("fast_gates", "activate: np.tanh(a, out=a)  ->  np.tanh(np.tanh("): FILLED,
    ("fast_forward", "activate: np.tanh(a, out=a)  ->  np.tanh(np.tanh("): FILLED,
    ("fast_forward", "forward: np.tanh(c[t + 1], out=tanh_c[t])  ->  np.tanh(np.tanh("): FILLED,
    ("fast_forward", "forward: seen = "): UNREAD,
    ("fast_forward", f"{_RETURNED}c[T].reshape(h0.shape), "): UNREAD,
    ("fast_forward", f"{_RETURNED}c[T - 1].reshape("): UNREAD,
    ("fast_forward", f"{_RETURNED}h[T].reshape("): UNREAD,
}
