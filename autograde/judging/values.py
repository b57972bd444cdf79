"""Values found again by what they are: whole, transposed, or as parts of one another along an axis."""

from __future__ import annotations

import math
import types
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np

T = TypeVar("T")
RTOL = 1e-8
"""How near two values have to be, relative to the larger's largest entry, to be taken for one."""
ROWS = 8
"""The longest axis along which parts are looked at."""


class Hit(NamedTuple, Generic[T]):
    """A value found: what it belongs to, and whether all of that is meant or a part or another view of it."""

    tag: T
    whole: bool


@cache
def projection(size: int) -> np.ndarray:
    """Fixed random weights; their product with a value's entries tells values of this size apart."""
    return np.random.default_rng(size + 7).normal(size=size)


def fingerprint(value: np.ndarray) -> float:
    """One number for an array, which depends on all entries and on their order."""
    flat = np.ravel(value)
    return float(projection(flat.size) @ flat)


def telling(value: np.ndarray) -> bool:
    """Whether a value can be recognised: finite, not constant, and no number such as 0, 1 or 0.5."""
    if value.size <= 1:
        number = float(value.flat[0]) if value.size else math.nan
        return math.isfinite(number) and abs(number) > 1e-9 and abs(2 * number - round(2 * number)) > 1e-9
    low, high = value.min(), value.max()
    return bool(high - low > 1e-12 and math.isfinite(high) and math.isfinite(low))


def close(a: np.ndarray, b: np.ndarray, rtol: float = RTOL) -> bool:
    """Whether two values of one shape are the same to rounding."""
    return a.shape == b.shape and bool(np.max(np.abs(a - b), initial=0) <= rtol * np.max(np.abs(b), initial=0))


class Index(Generic[T]):
    """Values to look others up in; each has a tag."""

    def __init__(self, values: Iterable[tuple[T, np.ndarray]], parts: bool = True) -> None:
        found: dict[int, list[tuple[float, T, bool, np.ndarray]]] = {}
        for tag, value in values:
            if telling(value):
                for view in views(value) if parts else (value,):
                    flat = np.ravel(view).astype(float)
                    if view is value or (flat.size > 1 and telling(flat)):
                        found.setdefault(flat.size, []).append((fingerprint(flat), tag, view is value, flat))
        self._by_size = {}
        for size, rows in found.items():
            rows.sort(key=lambda row: row[0])
            self._by_size[size] = np.array([row[0] for row in rows]), rows

    def find(self, value: np.ndarray) -> list[Hit[T]]:
        """All that have the entries of ``value``, in its order."""
        return list(self._hits(value))

    def __contains__(self, value: np.ndarray) -> bool:
        return next(self._hits(value), None) is not None

    def _hits(self, value: np.ndarray) -> Iterator[Hit[T]]:
        if value.size not in self._by_size or not np.all(np.isfinite(value)):
            return
        flat = np.ravel(value)
        scale = float(np.max(np.abs(flat))) or 1.0
        at, width = fingerprint(flat), scale * RTOL * flat.size
        keys, rows = self._by_size[value.size]
        for n in range(int(np.searchsorted(keys, at - width)), len(rows)):
            if rows[n][0] > at + width:
                return
            if np.max(np.abs(rows[n][3] - flat)) <= scale * RTOL:
                yield Hit(rows[n][1], rows[n][2])

    def holds(self, value: np.ndarray) -> bool:
        """Whether ``value`` is here, whole or row by row along one of its first two axes."""
        if value in self:
            return True
        for axis in range(min(2, value.ndim - 1)):
            if value.shape[axis] <= ROWS:
                rows = list(np.moveaxis(value, axis, 0))
                if all(telling(row) and row in self for row in rows):
                    return True
        if value.ndim >= 3 and max(value.shape[:2]) <= ROWS:
            return all(value[i, j] in self for i in range(value.shape[0]) for j in range(value.shape[1]))
        return False


def views(value: np.ndarray) -> Iterator[np.ndarray]:
    """``value``, then its transpose, its rows along the first two axes, and the equal parts of a vector."""
    yield value
    if value.ndim == 2 and min(value.shape) > 1:
        yield value.T
    if value.ndim >= 2 and len(value) <= ROWS:
        yield from value
    if (value.ndim >= 3 and value.shape[1] <= ROWS) or (
        value.ndim == 2 and len(value) > 1 and value.shape[1] <= ROWS // 2
    ):
        yield from np.moveaxis(value, 1, 0)
    if value.ndim == 1:
        for count in (2, 3, 4):
            if value.size % count == 0 and value.size > count:
                yield from value.reshape(count, -1)


def arrays(value: Any) -> Iterator[np.ndarray]:
    """All arrays and numbers in plain data, and the rows of each array."""
    if isinstance(value, np.ndarray):
        if value.dtype.kind in "fiu":
            yield value.astype(float)
    elif isinstance(value, float):
        yield np.asarray(value)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from arrays(item)
    elif isinstance(value, types.SimpleNamespace):
        yield from arrays(vars(value))
    elif isinstance(value, tuple | list):
        for item in value:
            yield from arrays(item)
