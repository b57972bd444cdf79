"""Words for how an answer differs: its form, the first wrong entry, what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograde.asking.ask import Opaque, Raised
from autograde.judging.compare import error, first_difference, is_array, is_numeric, missing_and_extra, same
from autograde.judging.exercise import Exercise


def form(answer: Any, right: Any) -> str:
    """What is wrong with an array before its values are looked at; empty when nothing is."""
    if not is_array(right) or not is_numeric(answer):
        return ""
    try:
        answer = np.asarray(answer)
    except ValueError:
        return "The rows have different lengths."
    if answer.shape != np.shape(right):
        return "The shape is not right."
    return "" if np.all(np.isfinite(answer)) else "Not every number is finite."


def difference(exercise: Exercise, answer: Any, right: Any) -> str:
    if is_array(right):
        if not is_numeric(answer):
            return f"numbers are wanted here, and this is {kind_of(answer)}"
        try:
            a, r = np.asarray(answer), np.asarray(right)
        except ValueError:
            return "the rows have different lengths"
        if a.shape != r.shape:
            return _shape(a, r, exercise.rtol)
        if not np.all(np.isfinite(a)):
            at = tuple(int(i) for i in np.argwhere(~np.isfinite(a))[0]) if a.ndim else ()
            return f"{a[at]} {_at(at)}: is something divided by zero, or made too large for `exp`?"
        at = first_difference(a, r, exercise.rtol)
        close = " (near, but not the same: is it computed by differences, or rounded?)" if error(a, r) < 1e-4 else ""
        if exercise.kind == "value":
            return f"{_at(at)} it is {_number(a[at])}, which is {_off(a[at], r[at])}{close}".strip()
        return f"{_at(at)} it is {_number(a[at])} and should be {_number(r[at])}{close}".strip()
    if isinstance(right, list) and isinstance(answer, tuple | list):
        missing, extra = missing_and_extra(answer, right)
        said = [f"{len(missing)} missing" if missing else "", f"{len(extra)} that should not be there" if extra else ""]
        example = f", such as {_short(extra[0])}" if extra else ""
        return f"of {len(right)}: " + " and ".join(s for s in said if s) + example
    if isinstance(right, dict) and isinstance(answer, dict):
        for key in right:
            if key not in answer:
                return f"there is nothing for {key!r}"
            if not same(answer[key], right[key], exercise.rtol):
                return f"for {key!r}: " + difference(exercise, answer[key], right[key])
        return f"there is something for {next(k for k in answer if k not in right)!r}, which does not belong here"
    if isinstance(right, tuple):
        if not isinstance(answer, tuple | list):
            return f"this is {kind_of(answer)}, and a list of {len(right)} items is wanted"
        if len(answer) != len(right):
            return f"{len(answer)} items, and {len(right)} are wanted"
        k = next(k for k, item in enumerate(right) if not same(answer[k], item, exercise.rtol))
        return f"item {k}: " + difference(exercise, answer[k], right[k])
    return f"this is {kind_of(answer)} {_short(answer)}, and {kind_of(right)} is wanted"


def _shape(a: np.ndarray, r: np.ndarray, rtol: float) -> str:
    said = f"shape {a.shape}, and {r.shape} is wanted"
    if a.T.shape == r.shape:
        fits = error(a.T, r) <= rtol
        return said + (": transposed, it would be right" if fits else ": a transpose has that shape")
    if a.size == r.size:
        return said + ": the same number of entries, arranged otherwise"
    if a.ndim > r.ndim and a.shape[a.ndim - r.ndim :] == r.shape:
        return said + ": is a sum over the leading axis missing?"
    return said


def listed(names: Sequence[str], code: bool = True) -> str:
    shown = [f"`{n}`" if code else n for n in names]
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + " and " + shown[-1]


def _at(index: tuple[int, ...]) -> str:
    return f"at [{', '.join(map(str, index))}]" if index else ""


def _off(answer: Any, right: Any) -> str:
    if answer.real * right.real < 0:
        return "of the wrong sign"
    return "too large" if abs(answer) > abs(right) else "too small"


def _number(value: Any) -> str:
    return f"{value:.6g}"


def _short(value: Any) -> str:
    text = repr(value)
    return f"`{text[:80]}…`" if len(text) > 80 else f"`{text}`"


def kind_of(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, Opaque):
        return f"a {value.type}"
    if isinstance(value, Raised):
        return "an error"
    return {"str": "text", "bool": "True or False", "ndarray": "an array"}.get(
        type(value).__name__, f"a {type(value).__name__}"
    )
