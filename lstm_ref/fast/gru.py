"""The gated recurrent unit, fast."""

from math import prod
from typing import NamedTuple

import numpy as np

from lstm_ref.checks import check_axes, check_upstream
from lstm_ref.gru import Gradients, Params, check
from lstm_ref.stages import sigmoid

Array = np.ndarray


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
    check(params, "T, ..., D", x, h0=h0)
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


def backward(cache: Cache, dh_loss: Array) -> Gradients:
    """`dh_loss (T, ..., H)` is the loss's own gradient at each step. Products that need no order wait for the loop's end."""
    (W, U, b, _), x, gates, q, h = cache
    T, B, _, H = gates.shape
    D, batch = x.shape[-1], x.shape[1:-1]
    check_upstream(b, (T, *batch, H), dh_loss=dh_loss)
    d_hat = np.empty(gates.shape, np.result_type(gates, dh_loss))  # d r_hat, d z_hat, d n_hat
    d_rec = np.empty_like(d_hat)  # the same with dq in the third place: what reaches U h_prev
    dh_loss, dh_next = dh_loss.reshape(T, B, H), np.zeros((B, H), d_hat.dtype)
    for t in reversed(range(T)):
        r, z, n = np.moveaxis(gates[t], 1, 0)
        dh = dh_loss[t] + dh_next
        dn_hat = dh * (1 - z) * (1 - n**2)
        d_hat[t, :, 0] = dn_hat * q[t] * r * (1 - r)
        d_hat[t, :, 1] = dh * (h[t] - n) * z * (1 - z)
        d_hat[t, :, 2] = dn_hat
        d_rec[t, :, :2] = d_hat[t, :, :2]
        d_rec[t, :, 2] = dn_hat * r
        dh_next = d_rec[t].reshape(B, 3 * H) @ U.reshape(3 * H, H) + dh * z
    db, db_q = d_hat.sum(axis=(0, 1)), d_rec[:, :, 2].sum(axis=(0, 1))
    d_hat, d_rec = d_hat.reshape(T * B, 3 * H), d_rec.reshape(T * B, 3 * H)
    dW = (d_hat.T @ x.reshape(T * B, D)).reshape(W.shape)
    dU = (d_rec.T @ h[:-1].reshape(T * B, H)).reshape(U.shape)
    dx = (d_hat @ W.reshape(3 * H, D)).reshape(x.shape)
    return Gradients(Params(dW, dU, db, db_q), dx, dh_next.reshape(*batch, H))
