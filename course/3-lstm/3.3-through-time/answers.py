"""Right answers to 3.3, in other styles."""

import numpy as np

from lstm_ref import lstm
from lstm_ref.fast import lstm as fast


def slopes(step):
    return np.array([step.f * (1 - step.f), step.i * (1 - step.i), 1 - step.g**2, step.o * (1 - step.o)])


def fused_step(W, step, dh, dc_next):
    H = len(step.c)
    tanh_c = np.tanh(step.c)
    dc = dc_next + dh * step.o / np.cosh(step.c) ** 2
    hats = np.stack([dc * step.c_prev, dc * step.g, dc * step.i, dh * tanh_c]) * slopes(step)
    dz = hats.reshape(-1) @ W.reshape(4 * H, -1)
    return np.einsum("kh,z->khz", hats, step.z), hats, dz[H:], dz[:H], dc * step.f


def reference_step(W, step, dh, dc_next):
    block = lstm.cell_backward(lstm.Params(W, np.zeros(W.shape[:2])), step, dh, dc_next)
    return block.dW, block.db, block.dx, block.dh_prev, block.dc_prev


def with_reference(W, steps, dh, dc_T):
    gradients, _ = lstm.sweep_backward(lstm.Params(W, np.zeros(W.shape[:2])), steps, dh, dc_T)
    return *gradients.params, gradients.x, gradients.h0, gradients.c0


def products_after_the_loop(W, steps, dh, dc_T):
    blocks, dh_next, dc_next = [], 0, dc_T
    for step, own in zip(steps[::-1], dh[::-1], strict=True):
        blocks.append(fused_step(W, step, own + dh_next, dc_next))
        dh_next, dc_next = blocks[-1][3:]
    hats = np.array([block[1] for block in blocks[::-1]])
    dW = np.einsum("tkh,tz->khz", hats, [step.z for step in steps])
    return dW, hats.sum(axis=0), [block[2] for block in blocks[::-1]], dh_next, dc_next


class Recursive:
    """Block t's gradients from those of the rest of the sequence."""

    def __call__(self, W, steps, dh, dc_T):
        if not steps:
            return 0, 0, np.zeros((0, W.shape[2] - W.shape[1])), np.zeros(W.shape[1]), dc_T
        dW, db, dx, dh_next, dc_next = self(W, steps[1:], dh[1:], dc_T)
        own = fused_step(W, steps[0], dh[0] + dh_next, dc_next)
        return dW + own[0], db + own[1], np.vstack([own[2], dx]), own[3], own[4]


def arrivals_by_reference(W, steps, dh, dc_T):
    _, blocks = lstm.sweep_backward(lstm.Params(W, np.zeros(W.shape[:2])), steps, dh, dc_T)
    return [b.dh for b in blocks], [b.dc_prev for b in blocks][1:] + [dc_T]


def arrivals_lists(W, steps, dh, dc_T):
    enters = [(dh[-1], dc_T)]
    for t in range(len(steps) - 1, 0, -1):
        *_, dh_prev, dc_prev = fused_step(W, steps[t], *enters[0])
        enters.insert(0, (dh[t - 1] + dh_prev, dc_prev))
    return [e[0] for e in enters], [e[1] for e in enters]


def arrivals_in_place(W, steps, dh, dc_T):
    dh_in, dc_in = dh.copy(), np.zeros(dh.shape)
    dc_in[-1] = dc_T
    for t in range(len(steps))[::-1]:
        *_, dh_prev, dc_prev = reference_step(W, steps[t], dh_in[t], dc_in[t])
        if t:
            dh_in[t - 1] += dh_prev
            dc_in[t - 1] = dc_prev
    return {"dh_in": dh_in, "dc_in": dc_in}


def row_columns(step, dh_in, dc_in):
    dc = dc_in + dh_in * step.o / np.cosh(step.c) ** 2
    f, o = (dc * step.c_prev * (step.f - step.f**2)), dh_in * step.h * (1 - step.o)
    return f[:, None] * step.z, o[:, None] * step.z


def row_from_the_block(step, dh_in, dc_in):
    H = len(step.c)
    dW = fused_step(np.zeros((4, H, len(step.z))), step, dh_in, dc_in)[0]
    return dW[0], dW[3]


def row_einsum(step, dh_in, dc_in):
    local = slopes(step)
    dc = dh_in * step.o * (1 - np.tanh(step.c) ** 2) + dc_in
    return (
        np.einsum("h,h,h,z->hz", dc, step.c_prev, local[0], step.z),
        np.einsum("h,h,h,z->hz", dh_in, np.tanh(step.c), local[3], step.z),
    )


def learn(sweep, W, b, x, target, h0, c0, rate, updates):
    edges = np.array([h0, c0])
    for _ in range(updates):
        h, _, steps = lstm.sweep_forward(lstm.Params(W, b), x, *edges)
        edges = edges - rate * np.array(sweep(W, steps, h - target, np.zeros(len(c0)))[3:])
    return tuple(edges)


def learn_fast(W, b, x, target, h0, c0, rate, updates):
    while updates:
        h, _, cache = fast.forward(lstm.Params(W, b), x, h0, c0)
        gradients = fast.backward(cache, h - target)
        h0, c0, updates = h0 - rate * gradients.h0, c0 - rate * gradients.c0, updates - 1
    return {"c0": c0, "h0": h0}


SWEEPS = {
    "reference": with_reference,
    "products after the loop": products_after_the_loop,
    "recursive class": Recursive(),
}
RIGHT = {
    "sweep_arrivals": {"reference": arrivals_by_reference, "lists": arrivals_lists, "in place": arrivals_in_place},
    "sweep_backward": SWEEPS,
    "sweep_row": {"columns": row_columns, "the block": row_from_the_block, "einsum": row_einsum},
    "sweep_learn_edges": {
        "both in one array": lambda *problem: learn(with_reference, *problem),
        "recursive": lambda *problem: learn(Recursive(), *problem),
        "fast form": learn_fast,
    },
}

_LENGTH = "all four hats have the same length"
_ONE_ROW = "one vector is a batch of one, so its mean is its sum"
_SHAPE = "the states and what comes back to them have one shape, and nothing else is read"
_UNUSED = "the exercise does not use that result"
_NO_MASK = "the loss has no mask"

_BLOCK = {"cell_backward: return Block(": _UNUSED, "inputs_backward: H = ": _LENGTH, "over_batch: ": _ONE_ROW}
_SWEEP = {f"sweep_backward: {name} = np.zeros_like(": _SHAPE for name in ("dh_next", "dc_next")}
_NO_WEIGHTS = dict.fromkeys(
    (
        "cell_backward: dW, db = ",
        "weights_backward: ",
        "sweep_backward: dW = ",
        "sweep_backward: db = ",
        "sweep_backward: return (*gradients",
    ),
    _UNUSED,
)
_OTHER_GATES = (
    "gates_backward: dg_hat = ",
    "gates_backward: di_hat = ",
    "gates_backward: return (df_hat, di_hat, dg_hat, do_hat)  ->  return (df_hat, ",
    "sweep_row: dW, _ = lstm.weights_backward(",
    "update_backward: dc_prev = ",
    "update_backward: dg = ",
    "update_backward: di = ",
    "update_backward: return (df, di, dg, dc_prev)  ->  return (df, ",
    "weights_backward: dW_g = ",
    "weights_backward: dW_i = ",
    "weights_backward: db = ",
)
_EQUIVALENT = {
    "sweep_arrivals": _BLOCK | _SWEEP | _NO_WEIGHTS | {"sweep_backward: return (Gradients(": _UNUSED},
    "sweep_backward": _BLOCK | _SWEEP,
    "sweep_row": dict.fromkeys(_OTHER_GATES, _UNUSED) | {"over_batch: ": _ONE_ROW},
    "sweep_learn_edges": _BLOCK
    | _SWEEP
    | _NO_WEIGHTS
    | {
        "cell_forward: return (h, c, Step(": "the backward pass does not read that field of the step's memory",
        "sweep_forward: return (np.stack(": _UNUSED,
        "squared_error_backward: return dy if mask is None": _NO_MASK,
    },
}
EQUIVALENT = {(name, mutant): why for name, found in _EQUIVALENT.items() for mutant, why in found.items()}
