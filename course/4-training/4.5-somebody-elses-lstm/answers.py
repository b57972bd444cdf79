"""Right answers to 4.5, in other styles."""

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


def time_first_moved(x):
    return np.moveaxis(x, [2, 1, 0], [0, 1, 2])


def time_first_reversed(x):
    return x.T


def time_first_loops(x):
    n, m, T = x.shape
    return np.array([[[x[k, row, t] for k in range(n)] for row in range(m)] for t in range(T)])


def from_rows_split(Wx, Wh, b):
    parts = [dict(zip("ifog", np.split(a, 4, axis=-1), strict=True)) for a in (Wx, Wh, b)]
    W = np.stack([np.hstack([parts[1][k].T, parts[0][k].T]) for k in "figo"])
    return {"W": W, "b": np.stack([parts[2][k] for k in "figo"])}


def from_rows_loops(Wx, Wh, b):
    H, D = len(Wh), len(Wx)
    W, bias = np.zeros((4, H, H + D)), np.zeros((4, H))
    for k, place in enumerate((1, 0, 3, 2)):
        for j in range(H):
            W[k, j] = [*Wh[:, place * H + j], *Wx[:, place * H + j]]
            bias[k, j] = b[place * H + j]
    return W, bias


def from_rows_axes(Wx, Wh, b):
    H = Wh.shape[0]
    z = np.vstack([Wh, Wx]).reshape(-1, 4, H)
    return z.transpose(1, 2, 0)[[1, 0, 3, 2]], np.take(b.reshape(4, H), [1, 0, 3, 2], axis=0)


def to_rows_named(W, b):
    f, i, g, o = W
    H = b.shape[1]
    all_of = np.concatenate([i, f, o, g]).T
    return all_of[H:], all_of[:H], np.concatenate([b[1], b[0], b[3], b[2]])


def to_rows_einsum(W, b):
    H = b.shape[1]
    z = np.einsum("khz->zkh", W[[1, 0, 3, 2]])
    return {"Wx": z[H:].reshape(-1, 4 * H), "Wh": z[:H].reshape(-1, 4 * H), "b": b[[1, 0, 3, 2]].ravel()}


def to_rows_hstack(W, b):
    H = b.shape[1]
    order = (1, 0, 3, 2)
    Wx, Wh = (np.hstack([W[k][:, part].T for k in order]) for part in (slice(H, None), slice(0, H)))
    return Wx, Wh, np.hstack([b[k] for k in order])


def coupled_two_terms(dc, c_prev, g, i):
    return (dc * g - dc * c_prev) * (i - i**2)


def coupled_minus(dc, c_prev, g, i):
    return -dc * i * (1 - i) * (c_prev - g)


def coupled_forget(dc, c_prev, g, i):
    f = 1 - i
    return i * f * dc * g - f * i * dc * c_prev


def peephole_run(W, P, b, x, h_prev, c_prev):
    s = W @ np.concatenate([h_prev, x]) + b
    c = half_tanh(s[0] + P[0] * c_prev) * c_prev + half_tanh(s[1] + P[1] * c_prev) * np.tanh(s[2])
    return half_tanh(s[3] + P[2] * c) * np.tanh(c), c


def peephole_differentiated(W, P, step, dh, dc_next):
    f, i, g, o = (
        np.log(v / (1 - v)) if k != 2 else np.arctanh(v) for k, v in enumerate((step.f, step.i, step.g, step.o))
    )
    b = np.array([f - P[0] * step.c_prev, i - P[1] * step.c_prev, g, o - P[2] * step.c]) - W @ step.z
    inputs = [W, P, b, step.x, step.h_prev, step.c_prev]

    def loss(n, moved):
        h, c = peephole_run(*inputs[:n], moved, *inputs[n + 1 :])
        return dh @ h + dc_next @ c

    return tuple(slope(lambda moved, n=n: loss(n, moved), inputs[n]) for n in range(6))


def peephole_fused(W, P, step, dh, dc_next):
    t = np.tanh(step.c)
    do_hat = dh * t * (step.o - step.o**2)
    dc = dc_next + P[2] * do_hat + dh * step.o / np.cosh(step.c) ** 2
    db = np.array([dc * step.c_prev, dc * step.g, dc * step.i, do_hat])
    db[:3] *= np.array([step.f - step.f**2, step.i - step.i**2, 1 - step.g**2])
    dz = np.einsum("khj,kh->j", W, db)
    seen = np.array([step.c_prev, step.c_prev, step.c])
    dc_prev = step.f * dc + (P[:2] * db[:2]).sum(axis=0)
    return {
        "dW": np.einsum("kh,j->khj", db, step.z),
        "dP": db[[0, 1, 3]] * seen,
        "db": db,
        "dh_prev": dz[: len(dc)],
        "dx": dz[len(dc) :],
        "dc_prev": dc_prev,
    }


def peephole_loops(W, P, step, dh, dc_next):
    H = len(dh)
    dW, dP, db, dz, dc_prev = np.zeros(W.shape), np.zeros((3, H)), np.zeros((4, H)), np.zeros(W.shape[2]), np.zeros(H)
    for j in range(H):
        f, i, g, o, c, c_prev = (getattr(step, name)[j] for name in ("f", "i", "g", "o", "c", "c_prev"))
        db[3, j] = dh[j] * np.tanh(c) * o * (1 - o)
        dc = dh[j] * o * (1 - np.tanh(c) ** 2) + dc_next[j] + db[3, j] * P[2, j]
        db[:3, j] = dc * c_prev * f * (1 - f), dc * g * i * (1 - i), dc * i * (1 - g * g)
        dP[:, j] = db[0, j] * c_prev, db[1, j] * c_prev, db[3, j] * c
        dc_prev[j] = dc * f + db[0, j] * P[0, j] + db[1, j] * P[1, j]
        for k in range(4):
            dW[k, j] = db[k, j] * step.z
            dz += W[k, j] * db[k, j]
    return dW, dP, db, dz[H:], dz[:H], dc_prev


RIGHT = {
    "layout_time_first": {"moved": time_first_moved, "reversed": time_first_reversed, "loops": time_first_loops},
    "layout_from_rows": {"split": from_rows_split, "loops": from_rows_loops, "axes": from_rows_axes},
    "layout_to_rows": {"by name": to_rows_named, "einsum": to_rows_einsum, "hstack": to_rows_hstack},
    "layout_coupled": {"two terms": coupled_two_terms, "minus": coupled_minus, "with f": coupled_forget},
    "peephole_backward": {"differentiated": peephole_differentiated, "fused": peephole_fused, "loops": peephole_loops},
}

ONE_ROW = "a vector is a batch of one row, whose mean is its sum"
UNREAD = "the exercise does not ask for it"
_RETURNED = "return Block(dh, do, do_hat, dc, df, di, dg, df_hat, di_hat, dg_hat, dW, dP, db, dz, dx, dh_prev, dc_prev)"
_TO_GATES = "df_hat, di_hat, dg_hat, _ = lstm.gates_backward(step, df, di, dg, "
EQUIVALENT = {
    ("peephole_backward", "over_batch: return "): ONE_ROW,
    ("peephole_backward", "inputs_backward: H = "): "all of a step's vectors over the units have the same length",
    ("peephole_backward", f"cell_backward: {_RETURNED}"): UNREAD,
    ("peephole_backward", "gates_backward: do_hat = "): "do_hat was needed before, and is there already",
    ("peephole_backward", "gates_backward: return "): "do_hat was needed before, and is there already",
    (
        "peephole_backward",
        f"cell_backward: {_TO_GATES}do)  ->  {_TO_GATES}",
    ): "do_hat was needed before, and is there already",
}
