"""Compare a learner's values with the right ones: no silent broadcasting, and a first difference to point at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np


def parts(value: Any, outputs: Sequence[str]) -> list[Any]:
    """An answer as a list of results, in the order of ``outputs``; a single result when there are no names."""
    if not outputs:
        return [value]
    if isinstance(value, dict):
        return [value.get(n) for n in outputs]
    if isinstance(value, tuple | list):
        return list(value)
    if all(hasattr(value, n) for n in outputs):
        return [getattr(value, n) for n in outputs]
    return [value]


def is_numeric(value: Any) -> bool:
    """Whether ``value`` is a number, or an array or nested list of them."""
    if isinstance(value, bool | str) or value is None:
        return False
    if isinstance(value, np.ndarray | np.generic):
        return value.dtype.kind in "iufcb"
    if isinstance(value, int | float | complex):
        return True
    return isinstance(value, list | tuple) and len(value) > 0 and all(is_numeric(v) for v in value)


def as_array(value: Any) -> np.ndarray | None:
    """``value`` as an array of numbers; None when it is none, or ragged. Whole numbers too large for NumPy become floats."""
    if not is_numeric(value):
        return None
    try:
        array = np.asarray(value)
        return array.astype(float) if array.dtype == object else array
    except (ValueError, OverflowError):
        return None


def is_array(value: Any) -> bool:
    """Whether ``value`` is compared as an array: numbers, but no list, which is a collection."""
    return not isinstance(value, list) and as_array(value) is not None


def same(answer: Any, right: Any, rtol: float) -> bool:
    """Whether ``answer`` is right: the same shape and, entry by entry, within ``rtol`` of the largest entry.

    Results that are not numbers are compared as what they are: text by equality, a list as a collection in which
    order does not matter, a tuple item by item.
    """
    if is_array(right):
        a, r = as_array(answer), np.asarray(right)
        return a is not None and a.shape == r.shape and error(a, r) <= rtol
    if isinstance(right, list):
        return isinstance(answer, list | tuple) and _sorted(answer) == _sorted(right)
    if isinstance(right, tuple):
        answer = tuple(answer.values()) if isinstance(answer, dict) else answer
        ok = isinstance(answer, tuple | list) and len(answer) == len(right)
        return ok and all(same(a, r, rtol) for a, r in zip(answer, right, strict=True))
    if isinstance(right, dict):
        ok = isinstance(answer, dict) and answer.keys() == right.keys()
        return ok and all(same(answer[k], right[k], rtol) for k in right)
    return type(answer) is type(right) and bool(np.all(answer == right))


def error(answer: np.ndarray, right: np.ndarray) -> float:
    """The largest difference relative to the largest right entry; infinite when anything is not finite."""
    if answer.size == 0:
        return 0.0
    if not np.all(np.isfinite(answer)):
        return 0.0 if np.array_equal(answer, right, equal_nan=True) else float("inf")
    if answer.dtype == bool or right.dtype == bool:
        answer, right = answer.astype(float), right.astype(float)
    scale = float(np.max(np.abs(right)))
    return float(np.max(np.abs(answer - right))) / (scale or 1.0)


def first_difference(answer: np.ndarray, right: np.ndarray, rtol: float) -> tuple[int, ...]:
    """The index of the first entry that differs by more than ``rtol`` of the largest right entry."""
    answer, right = np.asarray(answer) * 1.0, right * 1.0
    scale = float(np.max(np.abs(right))) or 1.0
    off = ~(np.abs(answer - right) <= rtol * scale)
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(off)), off.shape)) if off.ndim else ()


def missing_and_extra(answer: Any, right: list) -> tuple[list, list]:
    """For collections: what is missing from ``answer``, and what is in it that should not be (doubles included)."""
    rest = Counter(map(_key, answer))
    missing = []
    for item in right:
        if rest[_key(item)]:
            rest[_key(item)] -= 1
        else:
            missing.append(item)
    return missing, [v for v in answer if rest[_key(v)]]


def _sorted(items: Any) -> list[str]:
    return sorted(map(_key, items))


def _key(value: Any) -> str:
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, tuple | list):
        return "(" + ",".join(map(_key, value)) + ")"
    return repr(value)
