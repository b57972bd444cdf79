"""Relations of order, shape and time: the right numbers, in another place.

Each takes one result of one problem, and returns a token when it holds, or None. The token may stand in the sentence.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Hashable

import numpy as np

from autograde.judging.compare import error, same
from autograde.judging.related import Values, broadcasts


def transposed(v: Values) -> Hashable:
    return (v.right.ndim == 2 and v.fits(v.right.T)) or None


def axes_in_order(v: Values) -> Hashable:
    if v.right.ndim < 3:
        return None
    orders = itertools.permutations(range(v.right.ndim))
    return next((str(o) for o in orders if o != tuple(range(v.right.ndim)) and v.fits(v.right.transpose(o))), None)


def turned_round(v: Values) -> Hashable:
    return (v.right.ndim > 0 and len(v.right) > 1 and v.fits(v.right[::-1])) or None


def late(v: Values) -> Hashable:
    return _shifted(v.given, v.right, v)


def early(v: Values) -> Hashable:
    return _shifted(v.given[::-1], v.right[::-1], v) if v.given.ndim and v.right.ndim else None


def rows_in_order(v: Values) -> Hashable:
    """Along some axis, the right entries in another order."""
    for axis in range(v.right.ndim) if v.given.shape == v.right.shape else ():
        given, right = (np.moveaxis(a, axis, 0).reshape(a.shape[axis], -1) for a in (v.given, v.right))
        if not 1 < len(right) <= 64:
            continue
        scale = v.rtol * (float(np.max(np.abs(right))) or 1.0)
        off = np.abs(given[:, None, :] - right[None, :, :]).max(axis=2) <= scale
        if np.all(off.sum(axis=0) == 1) and np.all(off.sum(axis=1) == 1):
            return str(axis)
    return None


def first_missing(v: Values) -> Hashable:
    return (v.right.ndim > 0 and len(v.right) > 1 and v.fits(v.right[1:])) or None


def last_missing(v: Values) -> Hashable:
    return (v.right.ndim > 0 and len(v.right) > 1 and v.fits(v.right[:-1])) or None


def one_before(v: Values) -> Hashable:
    return (
        v.given.ndim > 0 and v.right.ndim > 0 and len(v.given) == len(v.right) + 1 and v.turned(v.given[1:])
    ) or None


def one_behind(v: Values) -> Hashable:
    return (
        v.given.ndim > 0 and v.right.ndim > 0 and len(v.given) == len(v.right) + 1 and v.turned(v.given[:-1])
    ) or None


def unsummed(v: Values) -> Hashable:
    """Right after a sum over some axes."""
    for axes in itertools.combinations(range(v.given.ndim), max(0, v.given.ndim - v.right.ndim)):
        if axes and v.turned(v.given.sum(axes)):
            return " and ".join(map(str, axes))
    return None


def summed(v: Values) -> Hashable:
    """The right values added up over axes that should stay."""
    for count in range(1, v.right.ndim + 1):
        for axes in itertools.combinations(range(v.right.ndim), count):
            if v.right.ndim and any(v.right.shape[a] > 1 for a in axes):
                if v.fits(v.right.sum(axes)) or v.fits(v.right.sum(axes, keepdims=True)):
                    return " and ".join(map(str, axes))
                if v.given.shape == v.right.shape and v.fits(
                    np.broadcast_to(v.right.sum(axes, keepdims=True), v.right.shape)
                ):
                    return " and ".join(map(str, axes))
    return None


def arranged(v: Values) -> Hashable:
    if v.given.shape == v.right.shape or v.given.size != v.right.size:
        return None
    return (error(v.given.reshape(v.right.shape), v.right) <= v.rtol) or None


def spread(v: Values) -> Hashable:
    """The right value, repeated to fill a larger array."""
    if v.given.size <= v.right.size or not broadcasts(v.right, v.given):
        return None
    return v.fits(np.broadcast_to(v.right, v.given.shape)) or None


def one_of_it(v: Values) -> Hashable:
    """A single row of what is right."""
    if v.right.ndim == 0 or v.given.shape != v.right.shape[1:] or len(v.right) < 2:
        return None
    return "first" if v.fits(v.right[0]) else "last" if v.fits(v.right[-1]) else None


def flat(v: Values) -> Hashable:
    """All rows alike, and one of them right."""
    if v.right.ndim == 0 or len(v.right) < 2 or v.given.shape != v.right.shape:
        return None
    for row, which in ((v.right[0], "first"), (v.right[-1], "last")):
        if v.fits(np.broadcast_to(row, v.right.shape)):
            return which
    return None


def only_first(v: Values) -> Hashable:
    return _rows(v, lambda right, count: right == [0] or None)


def only_last(v: Values) -> Hashable:
    return _rows(v, lambda right, count: right == [count - 1] or None)


def all_but_first(v: Values) -> Hashable:
    return _rows(v, lambda right, count: right == list(range(1, count)) or None)


def all_but_last(v: Values) -> Hashable:
    return _rows(v, lambda right, count: right == list(range(count - 1)) or None)


def _shifted(given: np.ndarray, right: np.ndarray, v: Values) -> Hashable:
    if given.shape != right.shape or right.ndim == 0 or len(right) < 3:
        return None
    return (same(given[1:], right[:-1], v.rtol) and bool(np.any(right[1:] != right[:-1]))) or None


def _rows(v: Values, test: Callable[[list[int], int], Hashable]) -> Hashable:
    if v.given.shape != v.right.shape or v.right.ndim == 0:
        return None
    if len(v.right) < 2:
        return ...  # with one row nothing can be told
    scale = float(np.max(np.abs(v.right))) or 1.0
    off = np.abs(v.given - v.right).reshape(len(v.right), -1).max(axis=1) > v.rtol * scale
    return test([int(i) for i in np.flatnonzero(~off)], len(v.right))
