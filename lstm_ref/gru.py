"""The gated recurrent unit (Cho et al. 2014), in the form that PyTorch and cuDNN compute.

    r = sigmoid(W_r x + U_r h_prev + b_r)        reset gate
    z = sigmoid(W_z x + U_z h_prev + b_z)        update gate
    q =                U_n h_prev + b_q          the recurrent part of the candidate, with a bias of its own
    n =    tanh(W_n x + r * q + b_n)             candidate
    h = (1 - z) * n + z * h_prev

Two conventions differ between texts. Here `r` scales `q`, *after* the matrix; Cho et al. scale `h_prev` before it. And
here `z` keeps the old state; elsewhere `z` lets the new one in. A hat marks a pre-activation; `dv` and
`dh_loss` mean what they do in `lstm`, and shapes are the same. `fast.gru` computes the same, faster.
"""

from collections import namedtuple
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

Block = namedtuple("Block", "dh dn dz straight dn_hat dq dr dr_hat dz_hat dW dU db db_q dx dh_prev")
Block.__doc__ = "All that `cell_backward` computed. `dW dU db db_q` are this step's part of the sum over time."


def init(D: int, H: int, rng: np.random.Generator, dtype: type = np.float64) -> Params:
    """Weights drawn with variance `1 / (H + D)`, biases 0."""
    W: Array = rng.normal(0, (H + D) ** -0.5, (3, H, D)).astype(dtype)
    U: Array = rng.normal(0, (H + D) ** -0.5, (3, H, H)).astype(dtype)
    return Params(W, U, np.zeros((3, H), dtype), np.zeros(H, dtype))


def cell_forward(params: Params, x: Array, h_prev: Array) -> tuple[Array, Step]:
    """One step. `x (..., D)`, `h_prev (..., H)` -> `h (..., H)` and the step's memory."""
    check(params, "..., D", x, h_prev=h_prev)
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
    straight = dh * z
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
    dh_prev = dr_hat @ U_r + dz_hat @ U_z + dq @ U_n + straight
    return Block(dh, dn, dz, straight, dn_hat, dq, dr, dr_hat, dz_hat, dW, dU, db, db_q, dx, dh_prev)


def sweep_forward(params: Params, x: Array, h0: Array) -> tuple[Array, list[Step]]:
    """All steps from first to last. `x (T, ..., D)`, `h0 (..., H)` -> `h (T, ..., H)` and the steps."""
    check(params, "T, ..., D", x, h0=h0)
    h, steps = h0, []
    for x_t in x:
        h, step = cell_forward(params, x_t, h)
        steps.append(step)
    return np.stack([step.h for step in steps]), steps


def sweep_backward(params: Params, steps: list[Step], dh_loss: Array) -> tuple[Gradients, list[Block]]:
    """All steps from last to first. `dh_loss (T, ..., H)` is the loss's own gradient at each step, 0 where there is none."""
    T = len(steps)
    check_upstream(params.b_q, (T, *steps[-1].h.shape), dh_loss=dh_loss)
    dh_next = np.zeros_like(steps[-1].h)
    dW, dU, db, db_q = (np.zeros_like(p) for p in params)
    dx, blocks = [], []
    for t in reversed(range(T)):
        dh = dh_loss[t] + dh_next
        block = cell_backward(params, steps[t], dh)
        dW = dW + block.dW
        dU = dU + block.dU
        db = db + block.db
        db_q = db_q + block.db_q
        dx.append(block.dx)
        blocks.append(block)
        dh_next = block.dh_prev
    return Gradients(Params(dW, dU, db, db_q), np.stack(dx[::-1]), dh_next), blocks[::-1]


def check(params: Params, axes: str, x: Array, **states: Array) -> None:
    """Hold parameters, inputs (with these axes) and states to their shapes; see `checks`."""
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
