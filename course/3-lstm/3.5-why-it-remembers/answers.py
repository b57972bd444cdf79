"""Right answers to 3.5, in other styles."""

import itertools
import math
from types import SimpleNamespace

import numpy as np


def along_in_loops(steps):
    T, H = len(steps), len(steps[0].f)
    return [[math.prod(float(s.f[k]) for s in steps[t + 1 :]) for k in range(H)] for t in range(T)]


def along_by_cumprod(steps):
    f = np.array([s.f for s in steps])
    later = np.vstack([f[1:], np.ones_like(f[:1])])
    return np.cumprod(later[::-1], axis=0)[::-1]


def along_by_logs(steps):
    logs = [np.log(s.f) for s in steps]
    return np.array([np.exp(np.sum(logs[t + 1 :], axis=0)) * np.ones(len(logs[0])) for t in range(len(steps))])


def along_accumulated(steps):
    back = itertools.accumulate((s.f for s in reversed(steps[1:])), np.multiply, initial=np.ones(len(steps[0].f)))
    return np.array(list(back)[::-1])


def _sigmoid(z):
    return 0.5 + 0.5 * np.tanh(0.5 * z)


def _forward(W, b, x, h, c):
    steps = []
    for row in x:
        f, i, g, o = W @ np.concatenate([h, row]) + b
        f, i, g, o = _sigmoid(f), _sigmoid(i), np.tanh(g), _sigmoid(o)
        steps.append(SimpleNamespace(x=row, c_prev=c, f=f, i=i, g=g, o=o))
        c = f * c + i * g
        h = o * np.tanh(c)
        steps[-1].c = c
    return steps


def _back(W, step, dc, dh):
    """From the totals at c and h of a step: what leaves it along h and along c."""
    f, i, g, o = step.f, step.i, step.g, step.o
    hats = (
        dc * step.c_prev * f * (1 - f),
        dc * g * i * (1 - i),
        dc * i * (1 - g * g),
        dh * np.tanh(step.c) * o * (1 - o),
    )
    return np.einsum("kh,khz->z", hats, W)[: len(f)], dc * f


def norms_in_one_sweep(W, steps, dc_T):
    norms, dh, dc_next = [], np.zeros_like(dc_T), dc_T
    for step in reversed(steps):
        dc = dc_next + dh * step.o / np.cosh(step.c) ** 2
        norms.append(math.sqrt(dc @ dc))
        dh, dc_next = _back(W, step, dc, dh)
    return norms


def norms_as_tuple_of_floats(W, steps, dc_T):
    return tuple(float(n) for n in norms_in_one_sweep(W, steps, dc_T))


def _last_c(W, b_of, steps, t, c):
    h = steps[t].o * np.tanh(c)
    for k in range(t + 1, len(steps)):
        f, i, g, o = W @ np.concatenate([h, steps[k].x]) + b_of[k]
        f, i, g, o = _sigmoid(f), _sigmoid(i), np.tanh(g), _sigmoid(o)
        c = f * c + i * g
        h = o * np.tanh(c)
    return c


def norms_by_complex_step(W, steps, dc_T):
    """The biases are not handed over: take them from the sums."""
    b_of = [np.array([s.f_hat, s.i_hat, s.g_hat, s.o_hat]) - W @ s.z for s in steps]
    norms = []
    for t in reversed(range(len(steps))):
        slope = [_last_c(W, b_of, steps, t, steps[t].c + 1e-30j * e).imag @ dc_T / 1e-30 for e in np.eye(len(dc_T))]
        norms.append(np.linalg.norm(slope))
    return np.array(norms)


def norms_of_jacobians(W, steps, dc_T):
    """Two rows of blocks, for c and h, as one matrix for each step."""
    H = len(dc_T)
    found, state = [], np.concatenate([dc_T, np.zeros(H)])
    for step in steps[::-1]:
        dc = state[:H] + state[H:] * step.o * (1 - np.tanh(step.c) ** 2)
        found.append(np.linalg.norm(dc))
        rows = [np.concatenate(_back(W, step, e, np.zeros(H))[::-1]) for e in np.eye(H)]
        by_o = [np.concatenate(_back(W, step, np.zeros(H), e)[::-1]) for e in np.eye(H)]
        state = np.array(rows).T @ dc + np.array(by_o).T @ state[H:]
    return np.array(found)


def dials_in_place_of_copies(W, b, recurrent, forget_bias):
    W, b = np.array(W), np.array(b)
    W[..., : b.shape[-1]] *= recurrent
    b[0, :] = forget_bias
    return W, b


def dials_by_joining(W, b, recurrent, forget_bias):
    H = W.shape[1]
    scaled = np.concatenate([recurrent * W[:, :, :H], W[:, :, H:]], axis=2)
    return scaled, np.vstack([np.full(H, forget_bias), b[1:]])


def dials_by_mask(W, b, recurrent, forget_bias):
    H = b.shape[1]
    scale = np.where(np.arange(W.shape[2]) < H, recurrent, 1.0)
    forget = np.array([1, 0, 0, 0])[:, None]
    return [W * scale, b * (1 - forget) + forget_bias * forget]


def dials_in_loops(W, b, recurrent, forget_bias):
    new_W, new_b = np.empty(W.shape), np.empty(b.shape)
    for k, j, z in np.ndindex(W.shape):
        new_W[k, j, z] = W[k, j, z] * (recurrent if z < b.shape[1] else 1)
    for k, j in np.ndindex(b.shape):
        new_b[k, j] = forget_bias if k == 0 else b[k, j]
    return {"W": new_W, "b": new_b}


def left_in_one_sweep(W, b, x, dc_T, recurrent, forget_bias):
    W, b = dials_by_mask(W, b, recurrent, forget_bias)
    norms = norms_in_one_sweep(W, _forward(W, b, x, 0 * dc_T, 0 * dc_T), dc_T)
    return norms[-1] / norms[0]


def left_by_jacobians(W, b, x, dc_T, recurrent, forget_bias):
    W, b = dials_by_joining(W, b, recurrent, forget_bias)
    steps = _forward(W, b, x, np.zeros(len(dc_T)), np.zeros(len(dc_T)))
    return float(norms_of_jacobians(W, steps, dc_T)[-1] / np.linalg.norm(dc_T))


def left_by_complex_step(W, b, x, dc_T, recurrent, forget_bias):
    W, b = dials_in_place_of_copies(W, b, recurrent, forget_bias)
    steps = _forward(W, b, x, np.zeros(len(dc_T)), np.zeros(len(dc_T)))
    moved = [_last_c(W, [b] * len(x), steps, 0, steps[0].c + 1e-30j * e).imag @ dc_T for e in np.eye(len(dc_T))]
    return np.linalg.norm(np.array(moved) / 1e-30) / np.linalg.norm(dc_T)


RIGHT = {
    "flow_along_c": {
        "loops": along_in_loops,
        "cumprod": along_by_cumprod,
        "logs": along_by_logs,
        "accumulate": along_accumulated,
    },
    "flow_norms": {
        "one sweep": norms_in_one_sweep,
        "tuple of floats": norms_as_tuple_of_floats,
        "complex step": norms_by_complex_step,
        "Jacobians": norms_of_jacobians,
    },
    "flow_dials": {
        "copies, in place": dials_in_place_of_copies,
        "joining": dials_by_joining,
        "mask": dials_by_mask,
        "loops": dials_in_loops,
    },
    "flow_left": {"one sweep": left_in_one_sweep, "Jacobians": left_by_jacobians, "complex step": left_by_complex_step},
}

_LENGTH = "all vectors of a step have the length H, and nothing but their shape is read"
_NO_LOSS = "no step has a loss of its own here: dh_loss is zero throughout"
_UNREAD = "the length of dc is asked for, and nothing that does not lead to it is read"
_NO_OUTPUT = "the second step's output gate has no part in making c_2"
_ONE = "the way starts with a gradient of 1"

_SWEEP = {
    "sweep_backward: dh = dh_loss[t] + dh_next  ->  dh = dh_next": _NO_LOSS,
    "sweep_backward: dh = dh_loss[t] + dh_next  ->  dh = dh_loss[t - 1]": _NO_LOSS,
    "sweep_backward: block = cell_backward(params, steps[t], dh, dc_next)  ->  "
    "block = cell_backward(params, steps[t], dh_next, dc_next)": _NO_LOSS,
    "sweep_backward: dh_next = np.zeros_like(": _LENGTH,
    "sweep_backward: dc_next = np.zeros_like(": _LENGTH,
    "sweep_backward: dW = ": _UNREAD,
    "sweep_backward: db = ": _UNREAD,
    "sweep_backward: return (Gradients(": _UNREAD,
    "cell_backward: dW, db = ": _UNREAD,
    "cell_backward: return Block(": _UNREAD,
    "inputs_backward: H = ": _LENGTH,
    "weights_backward: ": _UNREAD,
    "over_batch: ": _UNREAD,
}
_OFF_THE_HIGHWAY = (
    "update_backward: df = ",
    "update_backward: di = ",
    "update_backward: dg = ",
    "update_backward: return (df, di, dg, dc_prev)",
)
_OFF_THE_ROADS = (
    "output_backward: do = ",
    *(f"output_backward: return (do, dc)  ->  return ({other}, dc)" for other in ("dh", "dc_next", "dc")),
    "gates_backward: do_hat = ",
    *(
        f"gates_backward: return (df_hat, di_hat, dg_hat, do_hat)  ->  return (df_hat, di_hat, dg_hat, {other})"
        for other in ("df_hat", "di_hat", "dg_hat")
    ),
)
_EQUIVALENT = {
    "flow_along_c": {"flow_along_c: T, H = ": _LENGTH} | dict.fromkeys(_OFF_THE_HIGHWAY, "the gates are held fixed"),
    "flow_norms": _SWEEP,
    "flow_one_step": dict.fromkeys(_OFF_THE_ROADS, _NO_OUTPUT)
    | {
        "update_backward: df = dc * step.c_prev  ->  df = step.c_prev": _ONE,
        "update_backward: di = dc * step.g  ->  di = step.g": _ONE,
        "update_backward: dg = dc * step.i  ->  dg = step.i": _ONE,
        "update_backward: dc_prev = dc * step.f  ->  dc_prev = step.f": _ONE,
    },
    "flow_left": _SWEEP
    | dict.fromkeys(("cell_forward: return (h, c, Step(", "sweep_forward: return (np.stack("), _UNREAD),
}
EQUIVALENT = {(name, mutant): why for name, found in _EQUIVALENT.items() for mutant, why in found.items()}
