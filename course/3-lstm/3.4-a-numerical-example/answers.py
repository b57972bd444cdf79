"""Right answers to 3.4, in other styles."""

import math

import numpy as np

TINY = 1e-30


def half_tanh(z):
    return 0.5 + 0.5 * np.tanh(z / 2)


def layout_by_name(W, U, b):
    """A row of blocks for each gate, in the course's order."""
    at = {"a": 0, "i": 1, "f": 2, "o": 3}
    rows = [np.hstack([U[at[k]], W[at[k]]]) for k in "fiao"]
    return np.stack(rows), np.stack([b[at[k]] for k in "fiao"])


def layout_filled(W, U, b):
    _, H, D = W.shape
    new_W, new_b = np.empty((4, H, H + D)), np.empty((4, H))
    for new, old in enumerate((2, 1, 0, 3)):
        new_W[new, :, :H], new_W[new, :, H:], new_b[new] = U[old], W[old], b[old]
    return {"W_course": new_W, "b_course": new_b}


def layout_swapped(W, U, b):
    """His order and the course's differ by one exchange."""
    new_W, new_b = np.block([U, W]), b.copy()
    new_W[[0, 2]], new_b[[0, 2]] = new_W[[2, 0]], new_b[[2, 0]]
    return [new_W, new_b]


def forward_loops(W, U, b, x, out_before, state_before):
    """Number by number."""
    out, state = list(out_before), list(state_before)
    H = len(out)
    gates, states, outs = [], [], []
    for seen in x:
        hat = [
            [b[k, j] + W[k, j] @ seen + sum(U[k, j, n] * out[n] for n in range(H)) for j in range(H)] for k in range(4)
        ]
        now = [[np.tanh(z) for z in hat[0]], *([1 / (1 + np.exp(-z)) for z in row] for row in hat[1:])]
        state = [now[0][j] * now[1][j] + now[2][j] * state[j] for j in range(H)]
        out = [np.tanh(state[j]) * now[3][j] for j in range(H)]
        gates.append(now)
        states.append(state)
        outs.append(out)
    return gates, states, outs


def forward_filled(W, U, b, x, out_before, state_before):
    """Arrays made beforehand, the inputs' part of all steps at once."""
    T, H = len(x), len(b[0])
    from_x = np.einsum("khd,td->tkh", W, x) + b
    gates, out, state = np.zeros((T, 4, H)), np.zeros((T + 1, H)), np.zeros((T + 1, H))
    out[0], state[0] = out_before, state_before
    for t in range(T):
        hat = from_x[t] + np.einsum("khj,j->kh", U, out[t])
        gates[t, 0], gates[t, 1:] = np.tanh(hat[0]), half_tanh(hat[1:])
        a, i, f, o = gates[t]
        state[t + 1] = i * a + state[t] * f
        out[t + 1] = o * np.tanh(state[t + 1])
    return gates, state[1:], out[1:]


class Forward:
    """One matrix for all gates, on [out, x, 1]."""

    def __call__(self, W, U, b, x, out_before, state_before):
        H = len(out_before)
        M = np.concatenate([U, W, b[:, :, None]], axis=2).reshape(4 * H, -1)
        found = {"gates": [], "state": [], "out": []}
        out, state = out_before, state_before
        for x_t in x:
            hat = (M @ np.concatenate([out, x_t, [1.0]])).reshape(4, H)
            gates = np.vstack([np.tanh(hat[:1]), half_tanh(hat[1:])])
            state = gates[0] * gates[1] + gates[2] * state
            out = gates[3] * np.tanh(state)
            for name, value in (("gates", gates), ("state", state), ("out", out)):
                found[name].append(value)
        return {name: np.array(values) for name, values in found.items()}


def back_loops(W, U, gates, state, state_prev, dout, dstate_next, f_next):
    """Number by number."""
    H, D = W.shape[1:]
    dstate, dgates, dx, dprev = np.zeros(H), np.zeros((4, H)), np.zeros(D), np.zeros(H)
    for j in range(H):
        (a, i, f, o), squashed = gates[:, j], math.tanh(state[j])
        dstate[j] = dstate_next[j] * f_next[j] + dout[j] * o * (1 - squashed * squashed)
        dgates[0, j] = (1 - a) * (1 + a) * i * dstate[j]
        dgates[1, j] = (i - i * i) * a * dstate[j]
        dgates[2, j] = (f - f * f) * state_prev[j] * dstate[j]
        dgates[3, j] = (o - o * o) * squashed * dout[j]
        for k in range(4):
            dx += W[k, j] * dgates[k, j]
            dprev += U[k, j] * dgates[k, j]
    return dstate, dgates, dx, dprev


def back_einsum(W, U, gates, state, state_prev, dout, dstate_next, f_next):
    a, i, _, o = gates
    dstate = dout * o / np.cosh(state) ** 2 + dstate_next * f_next
    back = np.stack([dstate * i, dstate * a, dstate * state_prev, dout * np.tanh(state)])
    slope = gates * (1 - gates)
    slope[0] = 1 - a * a
    dgates = back * slope
    return dstate, dgates, np.einsum("khd,kh->d", W, dgates), np.tensordot(dgates, U, 2)


def back_fused(W, U, gates, state, state_prev, dout, dstate_next, f_next):
    """One matrix for all gates."""
    found = back_einsum(W, U, gates, state, state_prev, dout, dstate_next, f_next)
    both = np.concatenate([W, U], axis=2).reshape(gates.size, -1).T @ found[1].ravel()
    D = W.shape[2]
    return {"dstate": found[0], "dgates": found[1], "dx": both[:D], "dout_prev": both[D:]}


def deltas_recursive(W, U, gates, state, out, label, state_before):
    """From a step to the one before it."""
    found = {name: [] for name in ("dout", "dstate", "dgates", "dx")}

    def go(t, passed, dstate_next, f_next):
        if t < 0:
            return passed
        dout = out[t] - label[t] + passed
        before = state[t - 1] if t else state_before
        step = back_einsum(W, U, gates[t], state[t], before, dout, dstate_next, f_next)
        for name, value in zip(found, (dout, *step), strict=False):
            found[name].insert(0, value)
        return go(t - 1, step[3], step[0], gates[t, 2])

    none = np.zeros(len(state_before))
    last = go(len(out) - 1, none, none, none)
    return (*(np.array(v) for v in found.values()), last)


def deltas_carried(W, U, gates, state, out, label, state_before):
    """The forget gate is multiplied in where dstate is handed on, as in the course's own sweep."""
    T, H = out.shape
    before = np.vstack([state_before, state[:-1]])
    dout, dstate = out - label, np.zeros((T, H))
    dgates, dx = np.zeros((T, 4, H)), np.zeros((T, W.shape[2]))
    carried, passed = np.zeros(H), np.zeros(H)
    for t in range(T - 1, -1, -1):
        dout[t] += passed
        dstate[t], dgates[t], dx[t], passed = back_loops(
            W, U, gates[t], state[t], before[t], dout[t], carried, np.ones(H)
        )
        carried = dstate[t] * gates[t, 2]
    return dout, dstate, dgates, dx, passed


def deltas_padded(W, U, gates, state, out, label, state_before):
    """A step of zeros after the last, so that no step is special."""
    T, H = out.shape
    f = np.vstack([gates[:, 2], np.zeros(H)])
    dout, dstate, passed = np.zeros((T, H)), np.zeros((T + 1, H)), np.zeros((T + 1, H))
    dgates, dx = np.zeros((T, 4, H)), np.zeros((T, W.shape[2]))
    for t in range(T)[::-1]:
        dout[t] = passed[t + 1] - (label[t] - out[t])
        before = state_before if t == 0 else state[t - 1]
        dstate[t], dgates[t], dx[t], passed[t] = back_einsum(
            W, U, gates[t], state[t], before, dout[t], dstate[t + 1], f[t + 1]
        )
    return {"dout": dout, "dstate": dstate[:T], "dgates": dgates, "dx": dx, "dout_before": passed[0]}


def gradients_einsum(dgates, x, out, out_before):
    before = np.vstack([out_before, out[:-1]])
    return np.einsum("tkh,td->khd", dgates, x), np.einsum("tkh,tj->khj", dgates, before), dgates.sum(axis=0)


def gradients_matrix(dgates, x, out, out_before):
    """One product over time."""
    T, _, H = dgates.shape
    rows = dgates.reshape(T, 4 * H).T
    dW, dU = rows @ x, rows @ np.concatenate([out_before[None], out[: T - 1]])
    return {"dW": dW.reshape(4, H, -1), "dU": dU.reshape(4, H, H), "db": (rows @ np.ones(T)).reshape(4, H)}


def gradients_pairs(dgates, x, out, out_before):
    """His form, the deltas of step t + 1 with the out of step t, and the first step on its own."""
    dU = dgates[0][:, :, None] * out_before
    for later, earlier in zip(dgates[1:], out[:-1], strict=True):
        dU = dU + later[:, :, None] * earlier
    dW = sum(d[:, :, None] * x_t for d, x_t in zip(dgates, x, strict=True))
    return dW, dU, sum(dgates)


def update_composed(W, U, b, x, label, out_before, state_before, rate):
    gates, state, out = forward_filled(W, U, b, x, out_before, state_before)
    dgates = deltas_carried(W, U, gates, state, out, label, state_before)[2]
    return tuple(p + -rate * d for p, d in zip((W, U, b), gradients_einsum(dgates, x, out, out_before), strict=True))


def update_complex_step(W, U, b, x, label, out_before, state_before, rate):
    """No backward pass at all."""

    def loss(W, U, b):
        out, state, total = out_before, state_before, 0
        for x_t, wanted in zip(x, label, strict=True):
            a, i, f, o = W @ x_t + U @ out + b
            state = np.tanh(a) * half_tanh(i) + half_tanh(f) * state
            out = np.tanh(state) * half_tanh(o)
            total = total + ((out - wanted) ** 2).sum() / 2
        return total

    new = []
    for which, value in enumerate((W, U, b)):
        slope = np.zeros(value.shape)
        for index in np.ndindex(value.shape):
            moved = [v.astype(complex) for v in (W, U, b)]
            moved[which][index] += 1j * TINY
            slope[index] = loss(*moved).imag / TINY
        new.append(value - rate * slope)
    return new


def update_in_place(W, U, b, x, label, out_before, state_before, rate):
    """Copies, each moved by the shares one after the other, all taken at the old weights."""
    gates, state, out = forward_filled(W, U, b, x, out_before, state_before)
    dgates = deltas_padded(W, U, gates, state, out, label, state_before)["dgates"]
    new_W, new_U, new_b = W.copy(), U.copy(), b.copy()
    for t in range(len(x)):
        new_W -= rate * dgates[t][:, :, None] * x[t]
        new_U -= rate * dgates[t][:, :, None] * (out[t - 1] if t else out_before)
        new_b -= rate * dgates[t]
    return {"new_W": new_W, "new_U": new_U, "new_b": new_b}


RIGHT = {
    "gomez_layout": {"by name": layout_by_name, "filled": layout_filled, "swapped": layout_swapped},
    "gomez_forward": {"loops": forward_loops, "filled": forward_filled, "class": Forward()},
    "gomez_step_back": {"loops": back_loops, "einsum": back_einsum, "fused": back_fused},
    "gomez_deltas": {"recursive": deltas_recursive, "carried": deltas_carried, "padded": deltas_padded},
    "gomez_gradients": {"einsum": gradients_einsum, "matrix": gradients_matrix, "pairs": gradients_pairs},
    "gomez_update": {"composed": update_composed, "complex step": update_complex_step, "in place": update_in_place},
}

_UNREAD = "his notation has no name for that; nobody reads it"
_LENGTH = "all four hats have the same length"
_NO_MASK = "the loss has no mask"

_FORWARD = dict.fromkeys(("cell_forward: return (h, c, Step(", "sweep_forward: return (np.stack("), _UNREAD)
_BACK = {
    "inputs_backward: H = ": _LENGTH,
    "update_backward: dc_prev = ": "the next step's dstate and gate arrive apart",
}
_ERRORS = {"squared_error_backward: return dy if mask is None": _NO_MASK}
_OFF_THE_FORK = (
    "output_backward: do = ",
    *(f"output_backward: return (do, dc)  ->  return ({other}, dc)" for other in ("dh", "dc_next", "dc")),
    "update_backward: df = ",
    "update_backward: di = ",
    "update_backward: dg = ",
    "update_backward: return (df, di, dg, dc_prev)",
)
_EQUIVALENT = {
    "gomez_forward": _FORWARD,
    "gomez_dstate_0": dict.fromkeys(_OFF_THE_FORK, "the gates play no part at this fork"),
    "gomez_step_back": _BACK,
    "gomez_deltas": _BACK | _ERRORS,
    "gomez_update": _FORWARD | _BACK | _ERRORS,
}
EQUIVALENT = {(name, mutant): why for name, found in _EQUIVALENT.items() for mutant, why in found.items()}
