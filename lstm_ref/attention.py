"""Attention over the outputs of a sequence (Bahdanau et al. 2015), with dot products as scores (Luong et al. 2015).

    s[t] = q . h[t]             how well output t fits the query q
    a    = softmax(s)           over the steps
    y    = sum_t a[t] h[t]      the outputs' mean, weighed by it

Shapes: any leading batch shape `...`, `T` outputs of size `H`.
"""

from typing import NamedTuple

import numpy as np

from lstm_ref.checks import check_arrays, check_axes
from lstm_ref.stages import softmax, softmax_backward

Array = np.ndarray


class Gradients(NamedTuple):
    """All that `backward` computed: `da` and `ds (..., T)`, `dq (..., H)`, `dh (..., T, H)`."""

    da: Array
    ds: Array
    dq: Array
    dh: Array


def forward(q: Array, h: Array) -> tuple[Array, Array]:
    """The query `q (..., H)` and the outputs `h (..., T, H)` -> `y (..., H)` and the weights `a (..., T)`."""
    _check(q, h)
    s = (h * q[..., None, :]).sum(axis=-1)
    a = softmax(s)
    y = (a[..., None] * h).sum(axis=-2)
    return y, a


def backward(q: Array, h: Array, a: Array, dy: Array) -> Gradients:
    """From `dy (..., H)`. Each output is used twice, as what is weighed and in its score, so two routes lead back to it."""
    _check(q, h)
    check_arrays({"h": (h, h.shape), "a": (a, h.shape[:-1]), "dy": (dy, q.shape)})
    da = (h * dy[..., None, :]).sum(axis=-1)
    ds = softmax_backward(a, da)
    dq = (ds[..., None] * h).sum(axis=-2)
    weighed = a[..., None] * dy[..., None, :]
    scored = ds[..., None] * q[..., None, :]
    dh = weighed + scored
    return Gradients(da, ds, dq, dh)


def _check(q: Array, h: Array) -> None:
    check_axes("h", h, "..., T, H")
    check_arrays({"h": (h, h.shape), "q": (q, (*h.shape[:-2], h.shape[-1]))})
