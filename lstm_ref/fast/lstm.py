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


def sums(W: Array, b: Array, z: Array) -> Array:
    """What goes into the gates, in one product. `W (4, H, n)`, `b (4, H)`, `z (..., n)` -> `(..., 4, H)`.

    With all columns of `W` and `z = [h_prev, x]` these are the sums; with the columns that meet `x`, the input's part.
    """
    _, H, n = W.shape
    rows = z.reshape(-1, n)
    a = np.matmul(rows, W.reshape(4 * H, n).T, dtype=np.result_type(rows, W, b))
    a += b.reshape(4 * H)
    return a.reshape(*z.shape[:-1], 4, H)


def scales(H: int, dtype: type | np.dtype) -> tuple[Array, Array]:
    """What `activate` scales each of the `4 H` sums by and what it adds, so that one tanh serves all four gates:
    `sigmoid(a) = 0.5 tanh(0.5 a) + 0.5`, and `tanh(a) = 1 tanh(1 a) + 0`."""
    scale = np.repeat([0.5, 0.5, 1, 0.5], H).astype(dtype)
    return scale, 1 - scale


def activate(a: Array, scale: Array, shift: Array) -> None:
    """Sums `(..., 4 H)` to gates, in place."""
    a *= scale
    np.tanh(a, out=a)
    a *= scale
    a += shift


def forward(params: Params, x: Array, h0: Array | None = None, c0: Array | None = None) -> tuple[Array, Array, Cache]:
    """`x (T, ..., D)`, `h0` and `c0 (..., H)`, zeros if left out -> `h (T, ..., H)`, `c_T (..., H)` and the cache.

    `h` is a read-only view into the cache. The cache holds `params` and `x` themselves, so call `backward` before you
    update them. The next chunk of a long sequence starts from `h[-1]` and `c_T`.
    """
    check_axes("x", x, "T, ..., D")
    h0, c0 = (np.zeros((*x.shape[1:-1], params.b.shape[1]), x.dtype) if s is None else s for s in (h0, c0))
    check(params, "T, ..., D", x, h0=h0, c0=c0)
    T, B, H = len(x), prod(x.shape[1:-1]), h0.shape[-1]
    W_h = params.W[:, :, :H].reshape(4 * H, H)
    W_x = params.W[:, :, H:]
    dtype = np.result_type(params.W, params.b, x, h0, c0)
    scale, shift = scales(H, dtype)

    h, c, tanh_c = np.empty((T + 1, B, H), dtype), np.empty((T + 1, B, H), dtype), np.empty((T, B, H), dtype)
    h[0] = h0.reshape(B, H)
    c[0] = c0.reshape(B, H)
    gates = sums(W_x, params.b, x).astype(dtype, copy=False).reshape(T, B, 4 * H)  # what is not gates yet
    f, i, g, o = np.moveaxis(gates.reshape(T, B, 4, H), 2, 0)
    for t in range(T):
        a = gates[t]
        a += h[t] @ W_h.T
        activate(a, scale, shift)
        np.multiply(f[t], c[t], out=c[t + 1])
        c[t + 1] += i[t] * g[t]
        np.tanh(c[t + 1], out=tanh_c[t])
        np.multiply(o[t], tanh_c[t], out=h[t + 1])

    seen = h[1:].reshape(*x.shape[:-1], H)
    seen.flags.writeable = False
    return seen, c[T].reshape(h0.shape).copy(), Cache(params, x, gates.reshape(T, B, 4, H), c, tanh_c, h)


def slopes(gates: Array, c: Array, tanh_c: Array) -> Array:
    """The local derivatives of all steps, `(T, B, 4, H)`: of `c` by `f_hat`, `i_hat`, `g_hat`, of `h` by `o_hat`."""
    _, i, g, _ = np.moveaxis(gates, 2, 0)
    local = gates * (1 - gates)
    local[:, :, 0] *= c[:-1]
    local[:, :, 1] *= g
    local[:, :, 2] = i * (1 - g**2)
    local[:, :, 3] *= tanh_c
    return local


def sums_backward(W: Array, x: Array, h: Array, dsums: Array) -> tuple[Array, Array, Array]:
    """What no step waits for, in a product each: `dW (4, H, H + D)`, `db (4, H)`, `dx (T, ..., D)`.

    `x (T, ..., D)`, `h (T + 1, B, H)` with `h0` first, `dsums (T, B, 4, H)`. All have a row for each step of each sequence.
    """
    T, B, _, H = dsums.shape
    D = x.shape[-1]
    W_x = W[:, :, H:].reshape(4 * H, D)
    rows = dsums.reshape(T * B, 4 * H)
    dW_h = rows.T @ h[:-1].reshape(T * B, H)
    dW_x = rows.T @ x.reshape(T * B, D)
    dW = np.concatenate([dW_h, dW_x], axis=1).reshape(4, H, H + D)
    db = rows.sum(axis=0).reshape(4, H)
    dx = (rows @ W_x).reshape(x.shape)
    return dW, db, dx


def backward(cache: Cache, dh_loss: Array, dc_T: Array | None = None) -> Gradients:
    """`dh_loss (T, ..., H)`, the loss's own gradient at each step, and `dc_T (..., H)`, one on the last cell state.

    First the local derivatives of all steps at once; then a loop for what must be done in order; then weights, biases
    and inputs in a product each. The cache is left as it was.
    """
    params, x, gates, c, tanh_c, h = cache
    T, B, _, H = gates.shape
    batch = x.shape[1:-1]
    check_upstream(params.b, (T, *batch, H), dh_loss=dh_loss)
    dc_T = np.zeros((*batch, H), dh_loss.dtype) if dc_T is None else dc_T
    check_upstream(params.b, (*batch, H), dc_T=dc_T)
    W_h = params.W[:, :, :H].reshape(4 * H, H)
    dtype = np.result_type(gates, dh_loss, dc_T)

    f, _, _, o = np.moveaxis(gates, 2, 0)
    dsums = slopes(gates, c, tanh_c).astype(dtype, copy=False)
    dh_loss = dh_loss.reshape(T, B, H)
    dh_next = np.zeros((B, H), dtype)
    dc = dc_T.reshape(B, H).astype(dtype)
    for t in reversed(range(T)):
        dh = dh_loss[t] + dh_next
        dc += dh * o[t] * (1 - tanh_c[t] ** 2)
        dsums[t, :, :3] *= dc[:, None]
        dsums[t, :, 3] *= dh
        dc *= f[t]
        dh_next = dsums[t].reshape(B, 4 * H) @ W_h
    dW, db, dx = sums_backward(params.W, x, h, dsums)
    return Gradients(Params(dW, db), dx, dh_next.reshape(*batch, H), dc.reshape(*batch, H))
