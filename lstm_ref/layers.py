"""Beyond one layer: LSTMs on top of one another, in both directions, over sequences of unequal lengths.

A layer is `fast.lstm` as it stands. What is new lies between layers: a mask, two halves side by side, an order turned round.
A batch of unequal lengths is padded at its end: `lengths (B,)` says how many steps of each sequence are its own.
"""

from collections.abc import Sequence

import numpy as np

from lstm_ref.fast import lstm
from lstm_ref.fast.lstm import Cache
from lstm_ref.lstm import Gradients, Params

Array = np.ndarray
State = tuple[Array, Array]


def stack_forward(
    layers: Sequence[Params],
    x: Array,
    states: Sequence[State] | None = None,
    masks: Sequence[Array] | None = None,
) -> tuple[Array, list[State], list[Cache]]:
    """Each layer reads what the one below it puts out. `x (T, ..., D)` -> the top layer's `h (T, ..., H)`, the last
    `(h, c)` of every layer, and a cache for each.

    `layers` and `states`, an `(h0, c0)` each, come bottom first; states are zeros if left out. `masks[k] (T, ..., H)`
    multiplies what layer `k` hands up (see `stages.dropout_mask`).
    """
    h, last, caches = x, [], []
    for k, params in enumerate(layers):
        h, c, cache = lstm.forward(params, h, *(states[k] if states else ()))
        last.append((h[-1], c))
        caches.append(cache)
        if masks and k < len(masks):
            h = masks[k] * h
    return h, last, caches


def stack_backward(caches: Sequence[Cache], dh_loss: Array, masks: Sequence[Array] | None = None) -> list[Gradients]:
    """The gradients of every layer, bottom first; `[0].x` is that of the input.

    `dh_loss (T, ..., H)` is the loss's own gradient at the top layer's outputs. To a layer below, what the layer above
    sends down is what a loss would be.
    """
    grads = []
    for k in reversed(range(len(caches))):
        layer = lstm.backward(caches[k], dh_loss)
        grads.append(layer)
        if k > 0:
            dh_loss = layer.x
            if masks:
                dh_loss = masks[k - 1] * dh_loss
    return grads[::-1]


def both_forward(left: Params, right: Params, x: Array, lengths: Array) -> tuple[Array, tuple[Cache, Cache]]:
    """One layer that reads from the left and one that reads from the right. `x (T, B, D)` -> `h (T, B, 2 H)`, the left
    one's outputs first, and both caches. Both start from zeros, the right one at each sequence's own last step."""
    h_left, _, from_left = lstm.forward(left, x)
    h_right, _, from_right = lstm.forward(right, turned(x, lengths))
    return np.concatenate([h_left, turned(h_right, lengths)], axis=-1), (from_left, from_right)


def both_backward(caches: tuple[Cache, Cache], lengths: Array, dh_loss: Array) -> tuple[Gradients, Gradients, Array]:
    """The gradients of both layers, and `dx (T, B, D)`: each step's input is read twice.

    `dh_loss (T, B, 2 H)` is 0 at padded steps. (The right layer's own `x` stands in the order in which it read.)
    """
    from_left, from_right = caches
    H = from_left.h.shape[-1]
    left = lstm.backward(from_left, dh_loss[..., :H])
    right = lstm.backward(from_right, turned(dh_loss[..., H:], lengths))
    dx = left.x + turned(right.x, lengths)
    return left, right, dx


def inside(T: int, lengths: Array) -> Array:
    """Which of `T` steps are a sequence's own, and not padding: booleans `(T, B)`."""
    check_lengths(T, len(lengths), lengths)
    return np.arange(T)[:, None] < lengths


def turned(x: Array, lengths: Array) -> Array:
    """Each sequence of `x (T, B, ...)` from its own last step to its first; padding stays where it is.

    Turning twice changes nothing, and turning is its own way back: it only moves rows.
    """
    T, B = x.shape[:2]
    check_lengths(T, B, lengths)
    step = np.arange(T)[:, None]
    source = np.where(inside(T, lengths), lengths - 1 - step, step)
    return x[source, np.arange(B)]


def packed(x: Array, lengths: Array) -> tuple[Array, Array]:
    """`x (T, B, ...)` without its padding, step by step: `(sum(lengths), ...)`, and how many sequences each step has,
    `(T,)`. The longest sequence comes first, so that those with a step `t` are the first ones."""
    T, B = x.shape[:2]
    check_lengths(T, B, lengths)
    if (np.diff(lengths) > 0).any():
        raise ValueError(f"lengths are {lengths.tolist()}, wanted the longest first")
    own = inside(T, lengths)
    return x[own], own.sum(axis=1)


def check_lengths(T: int, B: int, lengths: Array) -> None:
    """Hold `lengths (B,)` to whole numbers from 1 to `T`."""
    if not isinstance(lengths, np.ndarray) or lengths.dtype.kind not in "iu" or lengths.shape != (B,):
        found = (
            f"{lengths.dtype} of shape {lengths.shape}" if isinstance(lengths, np.ndarray) else type(lengths).__name__
        )
        raise ValueError(f"lengths is {found}, wanted integers of shape ({B},)")
    if lengths.min() < 1 or lengths.max() > T:
        raise ValueError(f"lengths run from {lengths.min()} to {lengths.max()}, wanted 1 .. {T}")
