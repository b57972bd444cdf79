"""The LSTM, fast: four gates in one matrix, and every product that needs no order outside the loop."""

from math import prod
from typing import NamedTuple

import numpy as np

from lstm_ref.checks import check_axes, check_upstream
from lstm_ref.lstm import Gradients, Params, check

Array = np.ndarray


class Cache(NamedTuple):
    """What `backward` needs: 7 numbers per step, row and hidden unit, and the inputs. The batch is flattened to `B`."""

    params: Params
    x: Array  # (T, ..., D), as it came
    gates: Array  # (T, B, 4, H): f i g o
    c: Array  # (T + 1, B, H): c0 first
    tanh_c: Array  # (T, B, H)
    h: Array  # (T + 1, B, H): h0 first


def forward(params: Params, x: Array, h0: Array | None = None, c0: Array | None = None) -> tuple[Array, Array, Cache]:
    """`x (T, ..., D)`, `h0` and `c0 (..., H)`, zeros if left out -> `h (T, ..., H)`, `c_T (..., H)` and the cache.

    Four gates in one matrix; the input's part of it, for all steps, in one product before the loop. One tanh serves all
    four gates, since `sigmoid(a) = 0.5 + 0.5 tanh(0.5 a)`. `h` is a read-only view into the cache. The cache holds
    `params` and `x` themselves, so call `backward` before you update them. The next chunk of a long sequence starts
    from `h[-1]` and `c_T`.
    """
    check_axes("x", x, "T, ..., D")
    h0, c0 = (np.zeros((*x.shape[1:-1], params.b.shape[1]), x.dtype) if s is None else s for s in (h0, c0))
    check(params, "T, ..., D", x, h0=h0, c0=c0)
    T, B, H, D = len(x), prod(x.shape[1:-1]), h0.shape[-1], x.shape[-1]
    W_h, W_x = np.split(params.W.reshape(4 * H, H + D), [H], axis=1)
    dtype = np.result_type(params.W, params.b, x, h0, c0)
    half = np.repeat([0.5, 0.5, 1, 0.5], H).astype(dtype)
    rest = 1 - half

    gates = np.empty((T, B, 4 * H), dtype)
    h, c, tanh_c = np.empty((T + 1, B, H), dtype), np.empty((T + 1, B, H), dtype), np.empty((T, B, H), dtype)
    h[0], c[0] = h0.reshape(B, H), c0.reshape(B, H)
    f, i, g, o = np.moveaxis(gates.reshape(T, B, 4, H), 2, 0)

    np.matmul(x.reshape(T * B, D), W_x.T, out=gates.reshape(T * B, 4 * H))
    gates += params.b.reshape(4 * H)
    for t in range(T):
        a = gates[t]
        a += h[t] @ W_h.T
        a *= half
        np.tanh(a, out=a)
        a *= half
        a += rest
        np.multiply(f[t], c[t], out=c[t + 1])
        c[t + 1] += i[t] * g[t]
        np.tanh(c[t + 1], out=tanh_c[t])
        np.multiply(o[t], tanh_c[t], out=h[t + 1])

    seen = h[1:].reshape(*x.shape[:-1], H)
    seen.flags.writeable = False
    return seen, c[T].reshape(h0.shape).copy(), Cache(params, x, gates.reshape(T, B, 4, H), c, tanh_c, h)


def backward(cache: Cache, dh_loss: Array, dc_T: Array | None = None) -> Gradients:
    """`dh_loss (T, ..., H)`, the loss's own gradient at each step, and `dc_T (..., H)`, one on the last cell state.

    First the local derivatives of all steps at once; then a loop for what must be done in order; then weights, biases
    and inputs in a product each. The cache is left as it was.
    """
    params, x, gates, c, tanh_c, h = cache
    T, B, _, H = gates.shape
    batch, D = x.shape[1:-1], x.shape[-1]
    check_upstream(params.b, (T, *batch, H), dh_loss=dh_loss)
    dc_T = np.zeros((*batch, H), dh_loss.dtype) if dc_T is None else dc_T
    check_upstream(params.b, (*batch, H), dc_T=dc_T)
    W_h, W_x = np.split(params.W.reshape(4 * H, H + D), [H], axis=1)
    dtype = np.result_type(gates, dh_loss, dc_T)
    dh_loss, dc, dh_next = dh_loss.reshape(T, B, H), dc_T.reshape(B, H).astype(dtype), np.zeros((B, H), dtype)

    f, i, g, o = np.moveaxis(gates, 2, 0)
    d_hat = (gates * (1 - gates)).astype(dtype, copy=False)
    d_hat[:, :, 0] *= c[:-1]  # now dc/df_hat, dc/di_hat, dc/dg_hat and dh/do_hat
    d_hat[:, :, 1] *= g
    d_hat[:, :, 2] = i * (1 - g**2)
    d_hat[:, :, 3] *= tanh_c
    for t in reversed(range(T)):
        dh = dh_loss[t] + dh_next
        dc += dh * o[t] * (1 - tanh_c[t] ** 2)
        d_hat[t, :, :3] *= dc[:, None]
        d_hat[t, :, 3] *= dh
        dc *= f[t]
        dh_next = d_hat[t].reshape(B, 4 * H) @ W_h

    rows = d_hat.reshape(T * B, 4 * H)
    dW_h, dW_x = rows.T @ h[:-1].reshape(T * B, H), rows.T @ x.reshape(T * B, D)
    dW = np.concatenate([dW_h, dW_x], axis=1).reshape(4, H, H + D)
    dx = (rows @ W_x).reshape(T, *batch, D)
    grads = Params(dW, rows.sum(axis=0).reshape(4, H))
    return Gradients(grads, dx, dh_next.reshape(*batch, H), dc.reshape(*batch, H))
