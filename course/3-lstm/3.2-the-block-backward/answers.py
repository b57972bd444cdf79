"""Right answers to 3.2, in other styles."""

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


def run(W, b, x, h_prev, c_prev):
    """One block, all gates at once."""
    hats = np.einsum("kij,j->ki", W, np.hstack([h_prev, x])) + b
    c = half_tanh(hats[0]) * c_prev + half_tanh(hats[1]) * np.tanh(hats[2])
    return half_tanh(hats[3]) * np.tanh(c), c


def h_loops(step, target, dh_next):
    return [h - t + d for h, t, d in zip(step.h, target, dh_next, strict=True)]


def h_differentiated(step, target, dh_next):
    return slope(lambda h: np.sum((h - target) ** 2) / 2 + dh_next @ h, step.h)


def h_in_place(step, target, dh_next):
    dh = dh_next.copy()
    dh += step.h
    dh -= target
    return dh


def o_by_quotient(step, dh):
    return dh * (step.h / step.o)


def o_loops(step, dh):
    return np.array([np.tanh(step.c[j]) * dh[j] for j in range(len(dh))])


def o_matrix(step, dh):
    return np.diag(np.tanh(step.c)) @ dh


def c_cosh(step, dh, dc_next):
    return dc_next + step.o / np.cosh(step.c) ** 2 * dh


def c_through_h(step, dh, dc_next):
    t = step.h / step.o
    dt = dh * step.o
    return (1 + t) * (1 - t) * dt + dc_next


def c_differentiated(step, dh, dc_next):
    return slope(lambda c: dh @ (step.o * np.tanh(c)) + dc_next @ c, step.c)


def update_stacked(step, dc):
    return list(dc * np.array([step.c_prev, step.g, step.i, step.f]))


def update_named(step, dc):
    return {"dc_prev": step.f * dc, "df": step.c_prev * dc, "di": step.g * dc, "dg": step.i * dc}


def update_differentiated(step, dc):
    s = step
    return (
        slope(lambda f: dc @ (f * s.c_prev), s.f),
        slope(lambda i: dc @ (i * s.g), s.i),
        slope(lambda g: dc @ (s.i * g), s.g),
        slope(lambda c: dc @ (s.f * c), s.c_prev),
    )


def hats_from_hats(step, df, di, dg, do):
    gates = [(df, step.f_hat), (di, step.i_hat), (do, step.o_hat)]
    f, i, o = (d * half_tanh(z) * half_tanh(-z) for d, z in gates)
    return f, i, dg / np.cosh(step.g_hat) ** 2, o


def hats_expanded(step, df, di, dg, do):
    return df * (step.f - step.f**2), di * (step.i - step.i**2), dg - dg * step.g * step.g, do * (step.o - step.o**2)


def hats_differentiated(step, df, di, dg, do):
    return SimpleNamespace(
        dg_hat=slope(lambda z: dg @ np.tanh(z), step.g_hat),
        df_hat=slope(lambda z: df @ half_tanh(z), step.f_hat),
        do_hat=slope(lambda z: do @ half_tanh(z), step.o_hat),
        di_hat=slope(lambda z: di @ half_tanh(z), step.i_hat),
    )


def weights_einsum(step, *hats):
    return np.einsum("kh,j->khj", np.array(hats), step.z), np.array(hats)


def weights_columns(step, *hats):
    z = np.concatenate([step.h_prev, step.x]).reshape(1, -1)
    return [d.reshape(-1, 1) @ z for d in hats], [d.copy() for d in hats]


def weights_loops(step, *hats):
    H, width = len(step.c), len(step.z)
    dW = np.zeros((4, H, width))
    for k in range(4):
        for i in range(H):
            for j in range(width):
                dW[k, i, j] = hats[k][i] * step.z[j]
    return dW, np.vstack(hats)


def inputs_fused(W, *hats):
    dz = np.hstack(hats) @ W.reshape(-1, W.shape[-1])
    return dz[len(hats[0]) :], dz[: len(hats[0])]


def inputs_apart(W, *hats):
    H = len(hats[0])
    dh_prev, dx = np.zeros(H), np.zeros(W.shape[2] - H)
    for V, d in zip(W, hats, strict=True):
        dh_prev += d @ V[:, :H]
        dx += d @ V[:, H:]
    return dx, dh_prev


def inputs_einsum(W, *hats):
    dh_prev, dx = np.split(np.einsum("khj,kh->j", W, np.array(hats)), [len(hats[0])])
    return {"dx": dx, "dh_prev": dh_prev}


def block_fused(W, step, dh, dc_next):
    """All four gates in one array."""
    t = np.tanh(step.c)
    dc = dh * step.o * (1 - t * t) + dc_next
    gates = np.stack([step.f, step.i, step.g, step.o])
    slopes = gates * (1 - gates)
    slopes[2] = 1 - step.g**2
    db = np.stack([dc * step.c_prev, dc * step.g, dc * step.i, dh * t]) * slopes
    dz = np.tensordot(W, db, axes=((0, 1), (0, 1)))
    return db[..., None] * step.z, db, dz[len(dc) :], dz[: len(dc)], dc * step.f


class Block:
    """The pieces above in a row."""

    def __call__(self, W, step, dh, dc_next):
        df, di, dg, dc_prev = update_stacked(step, c_cosh(step, dh, dc_next))
        hats = hats_expanded(step, df, di, dg, o_loops(step, dh))
        dW, db = weights_loops(step, *hats)
        dx, dh_prev = inputs_apart(W, *hats)
        return {"dW": dW, "db": db, "dx": dx, "dh_prev": dh_prev, "dc_prev": dc_prev}


def block_differentiated(W, step, dh, dc_next):
    hats = np.stack([step.f_hat, step.i_hat, step.g_hat, step.o_hat])
    b = hats - W @ step.z
    inputs = [W, b, step.x, step.h_prev, step.c_prev]

    def loss(n, moved):
        h, c = run(*inputs[:n], moved, *inputs[n + 1 :])
        return dh @ h + dc_next @ c

    return tuple(slope(lambda moved, n=n: loss(n, moved), inputs[n]) for n in range(5))


def loss_dot(W, b, x, h_prev, c_prev, dh, dc_next):
    h, c = run(W, b, x, h_prev, c_prev)
    return dh @ h + dc_next @ c


def loss_joined(W, b, x, h_prev, c_prev, dh, dc_next):
    return np.concatenate([dh, dc_next]) @ np.concatenate(run(W, b, x, h_prev, c_prev))


def loss_loops(W, b, x, h_prev, c_prev, dh, dc_next):
    h, c = run(W, b, x, h_prev, c_prev)
    total = 0.0
    for j in range(len(h)):
        total += dh[j] * h[j] + dc_next[j] * c[j]
    return total


RIGHT = {
    "back_to_h": {"loops": h_loops, "differentiated": h_differentiated, "in place": h_in_place},
    "back_to_o": {"quotient": o_by_quotient, "loops": o_loops, "matrix": o_matrix},
    "back_to_c": {"cosh": c_cosh, "through h": c_through_h, "differentiated": c_differentiated},
    "back_through_update": {"stacked": update_stacked, "named": update_named, "differentiated": update_differentiated},
    "back_to_hats": {"from hats": hats_from_hats, "expanded": hats_expanded, "differentiated": hats_differentiated},
    "back_to_weights": {"einsum": weights_einsum, "columns": weights_columns, "loops": weights_loops},
    "back_to_inputs": {"fused": inputs_fused, "apart": inputs_apart, "einsum": inputs_einsum},
    "lstm_step_backward": {"fused": block_fused, "class": Block(), "differentiated": block_differentiated},
    "block_loss": {"dot": loss_dot, "joined": loss_joined, "loops": loss_loops},
}

SIZE = "all four hats have the same length"
ONE_ROW = "one vector is a batch of one, so its mean is its sum"
UNREAD = "a loss of h and c reads nothing else of the step"
ELSEWHERE = "that result goes another way than the one that is asked for"

_DO_RETURNED = "output_backward: return (do, dc)  ->  return "
_OTHER_DO = [f"{_DO_RETURNED}({other}, dc)" for other in ("dh", "dc_next", "dc")]
_ROAD = "road_to_f_hat: df_hat, _, _, _ = lstm.gates_backward(step, df, di, dg, do)  ->  "
_OFF_THE_ROAD = (
    f"{_ROAD}df_hat, _, _, _ = lstm.gates_backward(step, df, ",
    "output_backward: do = ",
    *_OTHER_DO,
    "update_backward: di = ",
    "update_backward: dg = ",
    "update_backward: dc_prev = ",
    "update_backward: return (df, di, dg, dc_prev)  ->  return (df, ",
    "gates_backward: di_hat = ",
    "gates_backward: dg_hat = ",
    "gates_backward: do_hat = ",
    "gates_backward: return (df_hat, di_hat, dg_hat, do_hat)  ->  return (df_hat, ",
)
EQUIVALENT = {
    ("back_to_h", "squared_error_backward: return dy if mask is None"): "the loss has no mask",
    ("back_to_o", "back_to_o: do, _ = "): ELSEWHERE,
    ("back_to_o", "output_backward: dc = "): ELSEWHERE,
    ("back_to_o", f"{_DO_RETURNED}(do, "): ELSEWHERE,
    ("back_to_c", "output_backward: do = "): ELSEWHERE,
    **{("back_to_c", mutant): ELSEWHERE for mutant in _OTHER_DO},
    **{("road_to_f_hat", mutant): ELSEWHERE for mutant in _OFF_THE_ROAD},
    ("back_to_weights", "over_batch: "): ONE_ROW,
    ("back_to_inputs", "inputs_backward: H = "): SIZE,
    ("lstm_step_backward", "inputs_backward: H = "): SIZE,
    ("lstm_step_backward", "over_batch: "): ONE_ROW,
    ("lstm_step_backward", "cell_backward: return Block("): "five of the block's fields are asked for",
    ("block_loss", "cell_forward: return (h, c, Step("): UNREAD,
}
