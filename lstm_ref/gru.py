"""The gated recurrent unit (Cho et al. 2014), in the form that PyTorch and cuDNN compute.

    r = sigmoid(W_r x + U_r h_prev + b_r)        reset gate
    z = sigmoid(W_z x + U_z h_prev + b_z)        update gate
    q =                U_n h_prev + b_q          the recurrent part of the candidate, with a bias of its own
    n =    tanh(W_n x + r * q + b_n)             candidate
    h = (1 - z) * n + z * h_prev

Two conventions differ between texts. Here `r` scales `q`, *after* the matrix; Cho et al. scale `h_prev` before it. And
here `z` keeps the old state; elsewhere `z` lets the new one in. A hat marks a pre-activation; `dv` and `dh`
mean what they do in `rnn`. Shapes and the two forms are as in `lstm`.
"""

from collections import namedtuple
from math import prod
from typing import NamedTuple

import numpy as np

from lstm_ref.checks import check_arrays, check_axes, check_upstream
from lstm_ref.stages import outer, over_batch, sigmoid

Array = np.ndarray


class Params(NamedTuple):
    """`W (3, H, D)` acts on `x`, `U (3, H, H)` on `h_prev`, `b (3, H)`; gates in the order r z n. `b_q (H,)`."""

    W: Array
    U: Array
    b: Array
    b_q: Array


class Gradients(NamedTuple):
    """The gradient of the loss: `params` as a `Params`, `x (T, ..., D)`, `h0 (..., H)`."""

    params: Params
    x: Array
    h0: Array


Step = namedtuple("Step", "x h_prev r_hat z_hat q n_hat r z n h")
Step.__doc__ = "All that `cell_forward` computed, kept for `cell_backward`."

Block = namedtuple("Block", "dh dn dz dn_hat dq dr dr_hat dz_hat dW dU db db_q dx dh_prev")
Block.__doc__ = "All that `cell_backward` computed. `dW dU db db_q` are this step's part of the sum over time."


def init(D: int, H: int, rng: np.random.Generator, dtype: type = np.float64) -> Params:
    """Weights drawn with variance `1 / (H + D)`, biases 0."""
    W, U = (rng.normal(0, (H + D) ** -0.5, (3, H, n)).astype(dtype) for n in (D, H))
    return Params(W, U, np.zeros((3, H), dtype), np.zeros(H, dtype))


# The textbook form ---------------------------------------------------------------------------------------------------


def cell_forward(params: Params, x: Array, h_prev: Array) -> tuple[Array, Step]:
    """One step. `x (..., D)`, `h_prev (..., H)` -> `h (..., H)` and the step's memory."""
    _check(params, "..., D", x, h_prev=h_prev)
    W_r, W_z, W_n = params.W
    U_r, U_z, U_n = params.U
    b_r, b_z, b_n = params.b

    r_hat = x @ W_r.T + h_prev @ U_r.T + b_r
    z_hat = x @ W_z.T + h_prev @ U_z.T + b_z
    r = sigmoid(r_hat)
    z = sigmoid(z_hat)
    q = h_prev @ U_n.T + params.b_q
    n_hat = x @ W_n.T + r * q + b_n
    n = np.tanh(n_hat)
    h = (1 - z) * n + z * h_prev
    return h, Step(x, h_prev, r_hat, z_hat, q, n_hat, r, z, n, h)


def cell_backward(params: Params, step: Step, dh: Array) -> Block:
    """One step back. `dh (..., H)` is total: the loss's own gradient plus what the next step passed back."""
    check_upstream(params.b_q, step.h.shape, dh=dh)
    W_r, W_z, W_n = params.W
    U_r, U_z, U_n = params.U
    x, h_prev, q, r, z, n = step.x, step.h_prev, step.q, step.r, step.z, step.n

    dn = dh * (1 - z)
    dz = dh * (h_prev - n)
    dn_hat = dn * (1 - n**2)
    dq = dn_hat * r
    dr = dn_hat * q
    dr_hat = dr * r * (1 - r)
    dz_hat = dz * z * (1 - z)

    dW = np.stack([outer(dr_hat, x), outer(dz_hat, x), outer(dn_hat, x)])
    dU = np.stack([outer(dr_hat, h_prev), outer(dz_hat, h_prev), outer(dq, h_prev)])
    db = np.stack([over_batch(dr_hat), over_batch(dz_hat), over_batch(dn_hat)])
    db_q = over_batch(dq)
    dx = dr_hat @ W_r + dz_hat @ W_z + dn_hat @ W_n
    dh_prev = dr_hat @ U_r + dz_hat @ U_z + dq @ U_n + dh * z
    return Block(dh, dn, dz, dn_hat, dq, dr, dr_hat, dz_hat, dW, dU, db, db_q, dx, dh_prev)


def sweep_forward(params: Params, x: Array, h0: Array) -> tuple[Array, list[Step]]:
    """All steps from first to last. `x (T, ..., D)`, `h0 (..., H)` -> `h (T, ..., H)` and the steps."""
    _check(params, "T, ..., D", x, h0=h0)
    T = len(x)
    h, steps = h0, []
    for t in range(T):
        h, step = cell_forward(params, x[t], h)
        steps.append(step)
    return np.stack([step.h for step in steps]), steps


def sweep_backward(params: Params, steps: list[Step], dh: Array) -> tuple[Gradients, list[Block]]:
    """All steps from last to first. `dh (T, ..., H)` is the loss's own gradient at each step, 0 where there is none."""
    T = len(steps)
    check_upstream(params.b_q, (T, *steps[-1].h.shape), dh=dh)
    dh_next = np.zeros_like(steps[-1].h)
    dW = dU = db = db_q = 0
    dx = [None] * T
    blocks = [None] * T
    for t in reversed(range(T)):
        block = cell_backward(params, steps[t], dh[t] + dh_next)
        dW += block.dW
        dU += block.dU
        db += block.db
        db_q += block.db_q
        dx[t] = block.dx
        dh_next = block.dh_prev
        blocks[t] = block
    return Gradients(Params(dW, dU, db, db_q), np.stack(dx), dh_next), blocks


# The fast form -------------------------------------------------------------------------------------------------------


class Cache(NamedTuple):
    """What `backward` needs: 5 numbers per step, row and hidden unit, and the inputs."""

    params: Params
    x: Array  # (T, ..., D), as it came
    gates: Array  # (T, B, 3, H): r z n
    q: Array  # (T, B, H)
    h: Array  # (T + 1, B, H): h0 first


def forward(params: Params, x: Array, h0: Array | None = None) -> tuple[Array, Cache]:
    """`x (T, ..., D)`, `h0 (..., H)`, zeros if left out -> `h (T, ..., H)`, a read-only view into the cache."""
    check_axes("x", x, "T, ..., D")
    h0 = np.zeros((*x.shape[1:-1], len(params.b_q)), x.dtype) if h0 is None else h0
    _check(params, "T, ..., D", x, h0=h0)
    T, B, H, D = len(x), prod(x.shape[1:-1]), h0.shape[-1], x.shape[-1]
    dtype = np.result_type(*params, x, h0)
    gates, q = np.empty((T, B, 3, H), dtype), np.empty((T, B, H), dtype)
    h = np.empty((T + 1, B, H), dtype)
    h[0] = h0.reshape(B, H)
    np.matmul(x.reshape(T * B, D), params.W.reshape(3 * H, D).T, out=gates.reshape(T * B, 3 * H))
    gates += params.b
    U = params.U.reshape(3 * H, H)
    for t in range(T):
        recurrent = (h[t] @ U.T).reshape(B, 3, H)
        rz, n = gates[t, :, :2], gates[t, :, 2]
        rz[...] = sigmoid(rz + recurrent[:, :2])
        q[t] = recurrent[:, 2] + params.b_q
        n += rz[:, 0] * q[t]
        np.tanh(n, out=n)
        h[t + 1] = n + rz[:, 1] * (h[t] - n)
    seen = h[1:].reshape(*x.shape[:-1], H)
    seen.flags.writeable = False
    return seen, Cache(params, x, gates, q, h)


def backward(cache: Cache, dh: Array) -> Gradients:
    """`dh (T, ..., H)` is the loss's own gradient at each step. Products that need no order wait for the loop's end."""
    (W, U, b, _), x, gates, q, h = cache
    T, B, _, H = gates.shape
    D, batch = x.shape[-1], x.shape[1:-1]
    check_upstream(b, (T, *batch, H), dh=dh)
    d_hat = np.empty(gates.shape, np.result_type(gates, dh))  # d r_hat, d z_hat, d n_hat
    d_rec = np.empty_like(d_hat)  # the same with dq in the third place: what reaches U h_prev
    dh, dh_next = dh.reshape(T, B, H), np.zeros((B, H), d_hat.dtype)
    for t in reversed(range(T)):
        r, z, n = np.moveaxis(gates[t], 1, 0)
        dh_t = dh[t] + dh_next
        dn_hat = dh_t * (1 - z) * (1 - n**2)
        d_hat[t, :, 0] = dn_hat * q[t] * r * (1 - r)
        d_hat[t, :, 1] = dh_t * (h[t] - n) * z * (1 - z)
        d_hat[t, :, 2] = dn_hat
        d_rec[t, :, :2] = d_hat[t, :, :2]
        d_rec[t, :, 2] = dn_hat * r
        dh_next = d_rec[t].reshape(B, 3 * H) @ U.reshape(3 * H, H) + dh_t * z
    db, db_q = d_hat.sum(axis=(0, 1)), d_rec[:, :, 2].sum(axis=(0, 1))
    d_hat, d_rec = d_hat.reshape(T * B, 3 * H), d_rec.reshape(T * B, 3 * H)
    dW = (d_hat.T @ x.reshape(T * B, D)).reshape(W.shape)
    dU = (d_rec.T @ h[:-1].reshape(T * B, H)).reshape(U.shape)
    dx = (d_hat @ W.reshape(3 * H, D)).reshape(x.shape)
    return Gradients(Params(dW, dU, db, db_q), dx, dh_next.reshape(*batch, H))


# PyTorch's layout, and checks of the arguments -----------------------------------------------------------------------


def to_torch(params: Params) -> dict[str, Array]:
    """The arrays of `torch.nn.GRU(D, H)`, under its names. Of its second bias only the candidate's part is ours."""
    H, D = params.W.shape[1:]
    b_hh = np.zeros_like(params.b)
    b_hh[2] = params.b_q
    biases = {"bias_ih_l0": params.b.reshape(3 * H).copy(), "bias_hh_l0": b_hh.reshape(3 * H)}
    weights = {"weight_ih_l0": params.W.reshape(3 * H, D).copy(), "weight_hh_l0": params.U.reshape(3 * H, H).copy()}
    return weights | biases


def from_torch(state: dict[str, Array]) -> Params:
    """`Params` from `torch.nn.GRU(D, H).state_dict()`; for r and z PyTorch's two biases act as their sum."""
    W, U, b_x, b_h = (np.asarray(state[f"{k}_l0"]).copy() for k in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
    H = U.shape[1]
    b, b_h = b_x.reshape(3, H), b_h.reshape(3, H)
    b[:2] += b_h[:2]
    return Params(W.reshape(3, H, -1), U.reshape(3, H, H), b, b_h[2])


def _check(params: Params, axes: str, x: Array, **states: Array) -> None:
    check_axes("params.W", params.W, "3, H, D")
    _, H, D = params.W.shape
    check_axes("x", x, axes, D)
    W, U, b, b_q = params
    weights = {
        "params.W": (W, (3, H, D)),
        "params.U": (U, (3, H, H)),
        "params.b": (b, (3, H)),
        "params.b_q": (b_q, (H,)),
    }
    state = (*(x.shape[1:-1] if "T" in axes else x.shape[:-1]), H)
    check_arrays(weights | {"x": (x, x.shape)} | {name: (a, state) for name, a in states.items()})
