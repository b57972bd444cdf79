"""Words for how an answer differs: its form, the first wrong entry, what is missing."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograde.judging.case import Case
from autograde.judging.compare import as_array, error, first_difference, is_array, is_numeric, missing_and_extra, same
from autograde.judging.words import kind_of


def form(answer: Any, right: Any) -> str:
    """What is wrong with an array before its values are looked at; empty when nothing is."""
    if not is_array(right) or not is_numeric(answer):
        return ""
    answer = as_array(answer)
    if answer is None:
        return "The rows have different lengths."
    if answer.shape != np.shape(right):
        return "The shape is not right."
    return "" if np.all(np.isfinite(answer)) else "Not every number is finite."


def difference(case: Case, n: int, k: int) -> str:
    """How result ``k`` of problem ``n`` differs from the right one, in a clause."""
    hidden = case.exercise.kind == "value"
    return _difference(case.given[n][k], case.right[n][k], case.tolerance(case.given[n][k]), hidden)


def _difference(answer: Any, right: Any, rtol: float, hidden: bool) -> str:
    if is_array(right):
        if not is_numeric(answer):
            return f"numbers are wanted here, and this is {kind_of(answer)}"
        a, r = as_array(answer), np.asarray(right)
        if a is None:
            return "the rows have different lengths"
        if a.shape != r.shape:
            return _shape(a, r, rtol)
        if not np.all(np.isfinite(a)) and np.all(np.isfinite(r)):
            at = tuple(int(i) for i in np.argwhere(~np.isfinite(a))[0]) if a.ndim else ()
            return f"it is {a[at]} {_at(at)}: is something divided by zero, or made too large for `exp`?"
        at = first_difference(a, r, rtol)
        if hidden:
            return f"{_at(at)} it is {_number(a[at])}, which is {_off(a[at], r[at])}".strip()
        return f"{_at(at)} it is {' and should be '.join(_apart(a[at], r[at]))}".strip()
    if isinstance(right, list) and isinstance(answer, tuple | list):
        missing, extra = missing_and_extra(answer, right)
        said = [f"{len(missing)} missing" if missing else "", f"{len(extra)} that should not be there" if extra else ""]
        example = f", such as {_short(extra[0])}" if extra else ""
        return f"of {len(right)}: " + " and ".join(s for s in said if s) + example
    if isinstance(right, dict) and isinstance(answer, dict):
        for key in right:
            if key not in answer:
                return f"there is nothing for {key!r}"
            if not same(answer[key], right[key], rtol):
                return f"for {key!r}: " + _difference(answer[key], right[key], rtol, hidden)
        return f"there is something for {next(k for k in answer if k not in right)!r}, which does not belong here"
    if isinstance(right, tuple):
        if not isinstance(answer, tuple | list):
            return f"this is {kind_of(answer)}, and a list of {len(right)} items is wanted"
        if len(answer) != len(right):
            return f"{len(answer)} items, and {len(right)} are wanted"
        k = next(k for k, item in enumerate(right) if not same(answer[k], item, rtol))
        return f"item {k}: " + _difference(answer[k], right[k], rtol, hidden)
    return f"this is {kind_of(answer)} {_short(answer)}, and {kind_of(right)} is wanted"


def _shape(a: np.ndarray, r: np.ndarray, rtol: float) -> str:
    said = f"shape {a.shape}, and {r.shape} is wanted"
    if a.T.shape == r.shape:
        return said + (": transposed, it would be right" if error(a.T, r) <= rtol else ": a transpose has that shape")
    for axes in _axes(a.ndim, a.ndim - r.ndim) if a.size else ():
        for reduced, what in ((a.sum(axes), "summed"), (a.mean(axes), "averaged")):
            if reduced.shape == r.shape and error(reduced, r) <= rtol:
                return f"{said}: {what} over axis {' and '.join(map(str, axes))}, it would be right"
    if a.size == r.size:
        fits = error(a.reshape(r.shape), r) <= rtol
        return said + (
            ": the right numbers, arranged otherwise" if fits else ": the same number of entries, arranged otherwise"
        )
    return said


def _axes(ndim: int, fewer: int) -> Iterator[tuple[int, ...]]:
    return itertools.combinations(range(ndim), fewer) if fewer > 0 else iter(())


def _at(index: tuple[int, ...]) -> str:
    return f"at [{', '.join(map(str, index))}]" if index else ""


def _off(answer: Any, right: Any) -> str:
    if answer.real * right.real < 0:
        return "of the wrong sign"
    return "too large" if abs(answer) > abs(right) else "too small"


def _number(value: Any) -> str:
    return f"{value:.6g}"


def _apart(answer: Any, right: Any) -> tuple[str, str]:
    """Both numbers, with as many digits as it takes to see that they differ."""
    for digits in (6, 9, 12):
        shown = f"{answer:.{digits}g}", f"{right:.{digits}g}"
        if shown[0] != shown[1]:
            break
    return shown


def _short(value: Any) -> str:
    text = repr(value)
    return f"`{text[:80]}…`" if len(text) > 80 else f"`{text}`"
