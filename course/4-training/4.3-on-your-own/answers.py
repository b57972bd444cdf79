"""Right answers to 4.3, in other styles."""

from types import SimpleNamespace

import numpy as np

TINY = 1e-30


def slope(function, at):
    """By complex steps: the derivative of a scalar function with respect to each entry of an array."""
    found = np.zeros(at.shape)
    for index in np.ndindex(at.shape):
        moved = at.astype(complex)
        moved[index] += 1j * TINY
        found[index] = function(moved).imag / TINY
    return found


def half_tanh(z):
    return 0.5 + 0.5 * np.tanh(0.5 * z)


def step_fused(W, U, b, b_q, x, h_prev):
    """All products with x at once, and all with h_prev."""
    of_x, of_h = W @ x + b, U @ h_prev
    r, z = half_tanh(of_x[:2] + of_h[:2])
    q = of_h[2] + b_q
    n = np.tanh(of_x[2] + r * q)
    return {"h": n + z * (h_prev - n), "n": n, "q": q, "z": z, "r": r}


def step_loops(W, U, b, b_q, x, h_prev):
    rows = []
    for j in range(len(b_q)):
        s = [sum(W[k, j, i] * x[i] for i in range(len(x))) + b[k, j] for k in range(3)]
        u = [sum(U[k, j, i] * h_prev[i] for i in range(len(h_prev))) for k in range(3)]
        r, z = 1 / (1 + np.exp(-s[0] - u[0])), 1 / (1 + np.exp(-s[1] - u[1]))
        q = u[2] + b_q[j]
        n = np.tanh(s[2] + r * q)
        rows.append((r, z, q, n, n - z * n + z * h_prev[j]))
    return [list(column) for column in zip(*rows, strict=True)]


def step_einsum(W, U, b, b_q, x, h_prev):
    s, u = np.einsum("khd,d->kh", W, x) + b, np.einsum("khj,j->kh", U, h_prev)
    r, z = 1 / (1 + np.exp(-(s + u)[:2]))
    q = u[2] + b_q
    n = np.tanh(s[2] + r * q)
    h = np.where(True, (1 - z) * n, 0) + z * h_prev
    return SimpleNamespace(x=x.copy(), h_prev=h_prev.copy(), r=r, z=z, q=q, n=n, h=h)


def back_fused(W, U, step, dh):
    """Two arrays: what reaches W x, and what reaches U h_prev."""
    dn_hat = dh * (1 - step.z) * (1 + step.n) * (1 - step.n)
    dr_hat = dn_hat * step.q * (step.r - step.r**2)
    dz_hat = dh * (step.h_prev - step.n) * (step.z - step.z**2)
    of_x, of_h = np.array([dr_hat, dz_hat, dn_hat]), np.array([dr_hat, dz_hat, dn_hat * step.r])
    dx, dh_prev = np.tensordot(of_x, W, 2), np.tensordot(of_h, U, 2) + step.z * dh
    return of_x[..., None] * step.x, of_h[..., None] * step.h_prev, of_x, of_h[2].copy(), dx, dh_prev


def back_loops(W, U, step, dh):
    _, H, D = W.shape
    dW, dU, db, db_q, dx, dh_prev = (np.zeros(s) for s in ((3, H, D), (3, H, H), (3, H), H, D, H))
    for j in range(H):
        dh_prev[j] += dh[j] * step.z[j]
        dn_hat = dh[j] * (1 - step.z[j]) * (1 - step.n[j] ** 2)
        dz_hat = dh[j] * (step.h_prev[j] - step.n[j]) * step.z[j] * (1 - step.z[j])
        dr_hat = dn_hat * step.q[j] * step.r[j] * (1 - step.r[j])
        db_q[j] = dn_hat * step.r[j]
        for k, (to_x, to_h) in enumerate([(dr_hat, dr_hat), (dz_hat, dz_hat), (dn_hat, db_q[j])]):
            db[k, j] = to_x
            dW[k, j], dU[k, j] = to_x * step.x, to_h * step.h_prev
            dx += W[k, j] * to_x
            dh_prev += U[k, j] * to_h
    return {"dh_prev": dh_prev, "dx": dx, "db_q": db_q, "db": db, "dU": dU, "dW": dW}


def back_differentiated(W, U, step, dh):
    """No backward pass at all: the biases are found from the memory, then everything is nudged."""
    b_q = step.q - U[2] @ step.h_prev
    hats = np.log(step.r / (1 - step.r)), np.log(step.z / (1 - step.z)), np.arctanh(step.n) - step.r * step.q
    sums = np.array(hats) - W @ step.x
    sums[:2] -= U[:2] @ step.h_prev
    inputs = [W, U, sums, b_q, step.x, step.h_prev]

    def loss(n, moved):
        return dh @ step_fused(*inputs[:n], moved, *inputs[n + 1 :])["h"]

    return tuple(slope(lambda moved, n=n: loss(n, moved), inputs[n]) for n in range(6))


def sweep_lists(W, U, steps, dh):
    found, back = [], np.zeros(dh.shape[1])
    for step, own in zip(steps[::-1], dh[::-1], strict=True):
        found.append(back_fused(W, U, step, own + back))
        back = found[-1][-1]
    dW, dU, db, db_q, dx, _ = zip(*found, strict=True)
    return sum(dW), sum(dU), sum(db), sum(db_q), np.stack(dx[::-1]), back


def sweep_recursive(W, U, steps, dh):
    """The rest of the sequence first, then this step."""

    def go(t):
        if t == len(steps):
            return 0, 0, 0, 0, [], np.zeros(dh.shape[1])
        *rest, dx, back = go(t + 1)
        *own, dx_t, dh_prev = back_fused(W, U, steps[t], dh[t] + back)
        return *(a + b for a, b in zip(rest, own, strict=True)), [dx_t, *dx], dh_prev

    return go(0)


class Sweep:
    """Weights' gradients in one product after the loop."""

    def __call__(self, W, U, steps, dh):
        of_x, of_h, back = [], [], 0 * dh[0]
        for step, own in zip(reversed(steps), dh[::-1], strict=True):
            _, _, d, d_q, _, back = back_fused(W, U, step, own + back)
            of_x.insert(0, d)
            of_h.insert(0, np.array([d[0], d[1], d_q]))
        of_x, of_h = np.array(of_x), np.array(of_h)
        x, h = np.array([s.x for s in steps]), np.array([s.h_prev for s in steps])
        return SimpleNamespace(
            dW=np.einsum("tkh,td->khd", of_x, x),
            dU=np.einsum("tkh,tj->khj", of_h, h),
            db=of_x.sum(0),
            db_q=of_h[:, 2].sum(0),
            dx=np.einsum("tkh,khd->td", of_x, W),
            dh0=back,
        )


def layout_stacked(W, b):
    H = b.shape[1]
    f, i, g, o = W
    stacked = np.concatenate([i, f, g, o])
    return stacked[:, H:], stacked[:, :H], np.concatenate([b[1], b[0], b[2], b[3]])


def layout_loops(W, b):
    H = b.shape[1]
    rows = [(k, j) for k in (1, 0, 2, 3) for j in range(H)]
    return [W[k, j, H:] for k, j in rows], [W[k, j, :H] for k, j in rows], [b[k, j] for k, j in rows]


def layout_taken(W, b):
    W, b = np.take(W, [1, 0, 2, 3], axis=0), np.take(b, [1, 0, 2, 3], axis=0)
    h, x = np.split(np.vstack(W), [b.shape[1]], axis=1)
    return {"bias": b.ravel(), "weight_hh": h, "weight_ih": x}


RIGHT = {
    "gru_step": {"fused": step_fused, "loops": step_loops, "einsum": step_einsum},
    "gru_step_backward": {"fused": back_fused, "loops": back_loops, "differentiated": back_differentiated},
    "gru_backward": {"lists": sweep_lists, "recursive": sweep_recursive, "class": Sweep()},
    "torch_weights": {"stacked": layout_stacked, "loops": layout_loops, "taken": layout_taken},
}

ONE_ROW = "a vector is a batch of one row, whose mean is its sum"
SHAPE = "h and h_prev have the same shape"
EQUIVALENT = {
    ("gru_step_backward", "over_batch: return "): ONE_ROW,
    ("gru_backward", "over_batch: return "): ONE_ROW,
    ("gru_backward", "sweep_backward: dh_next = np.zeros_like("): SHAPE,
    ("torch_weights", "lstm_to_torch: weights = "): "W itself was copied when its gates changed places",
}
