"""The plain recurrent network, fast."""

from math import prod
from typing import NamedTuple

import numpy as np

from lstm_ref.checks import check_axes, check_upstream
from lstm_ref.rnn import Gradients, Params, check

Array = np.ndarray


class Cache(NamedTuple):
    """What `backward` needs: one number per step, row and hidden unit, and the inputs."""

    params: Params
    x: Array  # (T, ..., D), as it came
    h: Array  # (T + 1, B, H): h0 first


def forward(params: Params, x: Array, h0: Array | None = None) -> tuple[Array, Cache]:
    """`x (T, ..., D)`, `h0 (..., H)`, zeros if left out -> `h (T, ..., H)`, a read-only view into the cache."""
    check_axes("x", x, "T, ..., D")
    h0 = np.zeros((*x.shape[1:-1], len(params.bh)), x.dtype) if h0 is None else h0
    check(params, "T, ..., D", x, h0=h0)
    T, B, H, D = len(x), prod(x.shape[1:-1]), h0.shape[-1], x.shape[-1]
    h = np.empty((T + 1, B, H), np.result_type(*params, x, h0))
    h[0] = h0.reshape(B, H)
    np.matmul(x.reshape(T * B, D), params.Wxh.T, out=h[1:].reshape(T * B, H))
    h[1:] += params.bh
    for t in range(T):
        h[t + 1] += h[t] @ params.Whh.T
        np.tanh(h[t + 1], out=h[t + 1])
    seen = h[1:].reshape(*x.shape[:-1], H)
    seen.flags.writeable = False
    return seen, Cache(params, x, h)


def backward(cache: Cache, dh_loss: Array) -> Gradients:
    """`dh_loss (T, ..., H)` is the loss's own gradient at each step. Products that need no order wait for the loop's end."""
    (Wxh, Whh, bh), x, h = cache
    T, (B, H), D, batch = len(x), h.shape[1:], x.shape[-1], x.shape[1:-1]
    check_upstream(bh, (T, *batch, H), dh_loss=dh_loss)
    d_hat = (1 - h[1:] ** 2).astype(np.result_type(h, dh_loss))
    dh_loss, dh_next = dh_loss.reshape(T, B, H), np.zeros((B, H), d_hat.dtype)
    for t in reversed(range(T)):
        d_hat[t] *= dh_loss[t] + dh_next
        dh_next = d_hat[t] @ Whh
    d_hat = d_hat.reshape(T * B, H)
    grads = Params(d_hat.T @ x.reshape(T * B, D), d_hat.T @ h[:-1].reshape(T * B, H), d_hat.sum(axis=0))
    return Gradients(grads, (d_hat @ Wxh).reshape(x.shape), dh_next.reshape(*batch, H))
