"""Relations of size: a sign, a factor, a power, a term, a rounding.

Each takes one result of one problem, and returns a token when it holds, or None. The token may stand in the sentence.
"""

from __future__ import annotations

import types
from collections.abc import Hashable, Iterator
from typing import Any

import numpy as np

from autograde.judging.case import is_single
from autograde.judging.compare import error
from autograde.judging.related import Values, broadcasts

NEAR = 1e-4
"""Relative difference below which an answer is near."""


def sign(v: Values) -> Hashable:
    return v.fits(-v.right) or None


def factor(v: Values) -> Hashable:
    """A number that all entries are multiplied with, of those that are easily forgotten or doubled."""
    ratio = _ratio(v)
    named = {
        2: "twice",
        0.5: "half",
        -2: "minus twice",
        -0.5: "minus half",
        3: "three times",
        4: "four times",
        0.25: "a quarter of",
    }
    return None if ratio is None else next((word for c, word in named.items() if _close(ratio, c)), None)


def constant(v: Values) -> Hashable:
    ratio = _ratio(v)
    return None if ratio is None else f"{ratio:.5g}"


def size(v: Values) -> Hashable:
    """Divided by, or multiplied with, the length of an axis of some argument: a mean for a sum, or the other way about."""
    ratio, found = _ratio(v), []
    if ratio is None:
        return None
    for name, axis, length in _lengths(v.problem):
        for what, c in (("divided by", 1 / length), ("multiplied by", length)):
            if length > 1 and _close(ratio, c):
                found.append(f"{what} the length of {axis}`{name}`")
    return tuple(found) or None


def argument_factor(v: Values) -> Hashable:
    """One of the numbers among the arguments is missing as a factor, or too much."""
    ratio = _ratio(v)
    if ratio is None:
        return None
    for name, value in v.problem.items():
        number = float(value) if isinstance(value, float | np.floating) and value not in (0, 1) else None
        if number is not None and _close(ratio, 1 / number):
            return f"divided by `{name}`"
        if number is not None and _close(ratio, number):
            return f"multiplied by `{name}`"
    return None


def share(v: Values) -> Hashable:
    """Divided by, or multiplied with, a whole number that is another one in every problem."""
    ratio = _ratio(v)
    if ratio is None or ratio < 0:
        return None
    for what, number in (("divided by", 1 / ratio), ("multiplied by", ratio)):
        if 1.5 < number < 1000 and _close(number, round(number)):
            return what
    return None


def sine(v: Values) -> Hashable:
    return (bool(np.all(np.abs(v.right) <= 1)) and v.fits(np.sqrt(1 - v.right**2))) or None


def factor_too_many(v: Values) -> Hashable:
    return _factor(v, v.given, v.right)


def factor_missing(v: Values) -> Hashable:
    return _factor(v, v.right, v.given)


def running(v: Values) -> Hashable:
    return (v.right.ndim > 0 and len(v.right) > 1 and v.fits(np.cumsum(v.right, axis=0))) or None


def handed_in(v: Values) -> Hashable:
    return next((n for n, a in _numbers(v.problem) if v.fits(a)), None)


def squared(v: Values) -> Hashable:
    return v.fits(v.right**2) or None


def root(v: Values) -> Hashable:
    return (bool(np.all(v.right >= 0)) and v.fits(np.sqrt(v.right))) or None


def inverse(v: Values) -> Hashable:
    return (bool(np.all(v.right != 0)) and v.fits(1 / v.right)) or None


def complement(v: Values) -> Hashable:
    return v.fits(1 - v.right) or None


def magnitude(v: Values) -> Hashable:
    return v.fits(np.abs(v.right)) or None


def moved(v: Values) -> Hashable:
    """The same whole number added everywhere."""
    if v.given.shape != v.right.shape or v.given.size == 0:
        return None
    by = float(np.ravel(v.given - v.right)[0].real)
    whole = round(by)
    return f"{whole:+d}" if whole and abs(whole) < 10 and v.fits(v.right + whole) else None


def term(v: Values) -> Hashable:
    """Off by exactly one of the arguments."""
    for name, value in _numbers(v.problem):
        if np.any(value):
            with np.errstate(all="ignore"):
                for what, by in (("without", -1), ("plus", 1)):
                    if broadcasts(value, v.right) and v.fits(v.right + by * value):
                        return f"{what} `{name}`"
    return None


def zero(v: Values) -> Hashable:
    return (v.given.size > 0 and not np.any(v.given) and bool(np.any(v.right))) or None


def whole_numbers(v: Values) -> Hashable:
    whole = np.array_equal(v.given, np.round(v.given)) and v.given.size > 0
    return (whole and not np.any(v.right == np.round(v.right)) and bool(np.any(v.given))) or None


def rounded(v: Values) -> Hashable:
    if v.given.shape != v.right.shape or error(v.given, v.right) > 0.1:
        return None
    return next((d for d in range(1, 9) if np.array_equal(v.given, np.round(v.right, d))), None)


def single(v: Values) -> Hashable:
    return (is_single(v.given) and v.given.shape == v.right.shape and error(v.given, v.right) < NEAR) or None


def near(v: Values) -> Hashable:
    return (v.given.shape == v.right.shape and error(v.given, v.right) < NEAR) or None


def _factor(v: Values, more: np.ndarray, less: np.ndarray) -> Hashable:
    """An argument, or one minus it, that ``less`` has to be multiplied with to give ``more``."""
    if more.shape != less.shape or not np.all(less):
        return None
    for name, value in _numbers(v.problem):
        if broadcasts(value, less) and not np.all(value == 1):
            for shown, factor in ((name, value), (f"1 - {name}", 1 - value)):
                if error(less * factor, more) <= v.rtol:
                    return shown
    return None


def _ratio(v: Values) -> float | None:
    """The one number that the right value is multiplied with; None when there is none."""
    if v.given.shape != v.right.shape or not np.any(v.right) or np.iscomplexobj(v.given) or np.iscomplexobj(v.right):
        return None
    scale = float(np.sum(v.given * v.right) / np.sum(v.right * v.right))
    return scale if scale and v.fits(scale * v.right) else None


def _close(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-8 * abs(b)


def _lengths(problem: dict[str, Any]) -> Iterator[tuple[str, str, int]]:
    for name, value in problem.items():
        if isinstance(value, np.ndarray):
            for axis, length in enumerate(value.shape):
                yield name, f"axis {axis} of " if value.ndim > 1 else "", length
        elif isinstance(value, list | tuple):
            yield name, "", len(value)


def _numbers(problem: dict[str, Any]) -> Iterator[tuple[str, np.ndarray]]:
    for name, value in problem.items():
        inner = vars(value).items() if isinstance(value, types.SimpleNamespace) else ()
        for shown, v in ((name, value), *((f"{name}.{n}", w) for n, w in inner)):
            if isinstance(v, np.ndarray | float) and np.asarray(v).dtype.kind == "f":
                yield shown, np.asarray(v)
