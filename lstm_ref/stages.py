"""Functional stages: the small steps that a network is made of, each with its way back.

A stage's backward function takes the gradient `dy` that reaches the stage's output and hands on the gradient of
each input: the vector-Jacobian product, never the Jacobian itself. Arrays are `(..., n)`: one vector, or any leading
batch shape; an array of another dtype or shape raises (see `checks`). Every function is holomorphic, so that a complex
step can differentiate it (see `gradcheck`).
"""

import numpy as np

from lstm_ref.checks import check_arrays, check_axes

Array = np.ndarray


def outer(dz: Array, x: Array) -> Array:
    """The outer product `dz x^T`, `(m, n)`, summed over the batch: a weight is used once for every row."""
    dz, x = dz.reshape(-1, dz.shape[-1]), x.reshape(-1, x.shape[-1])
    return dz.T @ x


def over_batch(dz: Array) -> Array:
    """`dz (..., m)` summed over the batch, `(m,)`: a bias is broadcast to every row, so its gradient is a sum."""
    return dz.reshape(-1, dz.shape[-1]).sum(axis=0)


def affine(W: Array, x: Array, b: Array) -> Array:
    """`z = W x + b` for each row of `x`. `W (m, n)`, `x (..., n)`, `b (m,)` -> `z (..., m)`."""
    check_axes("W", W, "m, n")
    check_axes("x", x, "..., n", W.shape[1])
    check_arrays({"W": (W, W.shape), "x": (x, x.shape), "b": (b, W.shape[:1])})
    return x @ W.T + b


def affine_backward(W: Array, x: Array, dz: Array) -> tuple[Array, Array, Array]:
    """`dW (m, n)`, `dx (..., n)` and `db (m,)` from `dz (..., m)`; an input feeds every output, so its routes add."""
    check_axes("W", W, "m, n")
    check_axes("x", x, "..., n", W.shape[1])
    check_arrays({"W": (W, W.shape), "x": (x, x.shape), "dz": (dz, (*x.shape[:-1], len(W)))})
    dW = outer(dz, x)
    dx = dz @ W
    db = over_batch(dz)
    return dW, dx, db


def tanh(z: Array) -> Array:
    """The hyperbolic tangent."""
    return np.tanh(z)


def sigmoid(z: Array) -> Array:
    """`1 / (1 + exp(-z))`, written with tanh, which never overflows."""
    return 0.5 + 0.5 * tanh(0.5 * z)


def sigmoid_backward(s: Array, ds: Array) -> Array:
    """`dz` from the stage's *output* `s = sigmoid(z)`."""
    return ds * s * (1 - s)


def tanh_backward(y: Array, dy: Array) -> Array:
    """`dz` from the stage's *output* `y = tanh(z)`."""
    return dy * (1 - y**2)


def product(a: Array, b: Array) -> Array:
    """The elementwise product of two arrays of one shape."""
    check_arrays({"a": (a, a.shape), "b": (b, a.shape)})
    return a * b


def product_backward(a: Array, b: Array, dy: Array) -> tuple[Array, Array]:
    """`da` and `db`: each factor scales the gradient of the other."""
    check_arrays({"a": (a, a.shape), "b": (b, a.shape), "dy": (dy, a.shape)})
    da = dy * b
    db = dy * a
    return da, db


def concatenate(a: Array, b: Array) -> Array:
    """`[a, b]` along the last axis: `a (..., m)` and `b (..., n)` -> `(..., m + n)`."""
    check_arrays({"a": (a, a.shape), "b": (b, (*a.shape[:-1], b.shape[-1]))})
    return np.concatenate([a, b], axis=-1)


def concatenate_backward(m: int, dy: Array) -> tuple[Array, Array]:
    """`da (..., m)` and `db (..., n)`: the gradient is cut where the two were joined."""
    da = dy[..., :m]
    db = dy[..., m:]
    return da, db


def embedding(E: Array, codes: Array) -> Array:
    """The rows of `E (K, D)` that the class numbers `codes (...)` name, `(..., D)`: one-hot vectors times `E`, not spelled out."""
    _check_codes(codes, len(E))
    return E[codes]


def embedding_backward(K: int, codes: Array, dx: Array) -> Array:
    """`dE (K, D)` from `dx (..., D)`: a row that was read several times gets a sum."""
    _check_codes(codes, K)
    check_arrays({"dx": (dx, (*codes.shape, dx.shape[-1]))})
    dE = np.zeros((K, dx.shape[-1]), dx.dtype)
    np.add.at(dE, codes, dx)
    return dE


def dropout_mask(u: Array, p: float) -> Array:
    """What dropout multiplies by, forward and backward: 0 where `u < p`, elsewhere `1 / (1 - p)`, so that the mean stays 1.

    `u (...)` is uniform on [0, 1), `p` in [0, 1) the share that is dropped (Srivastava et al. 2014, scaled in training).
    """
    if not 0 <= p < 1:
        raise ValueError(f"p is {p}, wanted a share from 0 up to, but not, 1")
    kept = u >= p
    return kept.astype(u.dtype) / (1 - p)


def softmax(y: Array) -> Array:
    """Scores `y (..., K)` to probabilities along the last axis. What is subtracted from all scores of a row cancels."""
    shifted = y - y.max(axis=-1, keepdims=True)
    e = np.exp(shifted)
    return e / e.sum(axis=-1, keepdims=True)


def softmax_backward(p: Array, dp: Array) -> Array:
    """`dy` from the stage's *output* `p = softmax(y)`; all `(..., K)`. Every score moves every probability."""
    check_arrays({"p": (p, p.shape), "dp": (dp, p.shape)})
    mean = (p * dp).sum(axis=-1, keepdims=True)
    return p * (dp - mean)


def cross_entropies(y: Array, target: Array) -> Array:
    """`-log softmax(y)[target]`, in nats. Scores `y (..., K)`, class numbers `target (...)` in `0 .. K-1` -> `(...)`."""
    _check_classes(y, target)
    shifted = y - y.max(axis=-1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=-1))
    chosen = np.take_along_axis(shifted, target[..., None], axis=-1)[..., 0]
    return log_sum - chosen


def cross_entropy(y: Array, target: Array, mask: Array | None = None) -> float:
    """The *sum* of `cross_entropies` over steps and batch.

    `mask (...)`, if given, weighs each term: 0 where there is no loss, `1 / count` for a mean.
    """
    _check_classes(y, target, mask)
    losses = cross_entropies(y, target)
    return (losses if mask is None else mask * losses).sum()


def cross_entropy_backward(y: Array, target: Array, mask: Array | None = None) -> Array:
    """`dy (..., K)`, weighed by `mask (...)`. Softmax and logarithm in one stage, and no division."""
    _check_classes(y, target, mask)
    p = softmax(y)
    onehot = np.arange(y.shape[-1]) == target[..., None]
    dy = p - onehot
    return dy if mask is None else mask[..., None] * dy


def squared_error(y: Array, target: Array, mask: Array | None = None) -> float:
    """Half the sum of the squared differences. `y` and `target (..., K)`; `mask (...)` weighs the rows."""
    _check_rows(y, target, mask)
    terms = 0.5 * (y - target) ** 2
    return (terms if mask is None else mask[..., None] * terms).sum()


def squared_error_backward(y: Array, target: Array, mask: Array | None = None) -> Array:
    """`dy (..., K)`, weighed by `mask (...)`."""
    _check_rows(y, target, mask)
    dy = y - target
    return dy if mask is None else mask[..., None] * dy


def _check_classes(y: Array, target: Array, mask: Array | None = None) -> None:
    check_axes("y", y, "..., K")
    check_arrays({"y": (y, y.shape)} | ({} if mask is None else {"mask": (mask, y.shape[:-1])}))
    if not isinstance(target, np.ndarray) or target.dtype.kind not in "iu" or target.shape != y.shape[:-1]:
        found = f"{target.dtype} of shape {target.shape}" if isinstance(target, np.ndarray) else type(target).__name__
        raise ValueError(f"target is {found}, wanted integers of shape {y.shape[:-1]}, the shape of y without its last")
    if target.min() < 0 or target.max() >= y.shape[-1]:
        raise ValueError(f"target runs from {target.min()} to {target.max()}, wanted 0 .. {y.shape[-1] - 1}")


def _check_codes(codes: Array, K: int) -> None:
    if not isinstance(codes, np.ndarray) or codes.dtype.kind not in "iu" or codes.size == 0:
        found = f"{codes.dtype} of shape {codes.shape}" if isinstance(codes, np.ndarray) else type(codes).__name__
        raise ValueError(f"codes is {found}, wanted an array of integers, not empty")
    if codes.min() < 0 or codes.max() >= K:
        raise ValueError(f"codes runs from {codes.min()} to {codes.max()}, wanted 0 .. {K - 1}")


def _check_rows(y: Array, target: Array, mask: Array | None) -> None:
    check_axes("y", y, "..., K")
    rows = {} if mask is None else {"mask": (mask, y.shape[:-1])}
    check_arrays({"y": (y, y.shape), "target": (target, y.shape)} | rows)
