"""Relations between what came back and what is right, without any knowledge of the exercise: order, sign, size, time.

To add one, write a function of the answer and the right value (arrays of numbers) that returns a token when the relation
holds, or None; the token has to be the same in every problem, and may stand in the sentence. Then list it below.
"""

from __future__ import annotations

import itertools
import types
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograde.judging.case import Case, is_single
from autograde.judging.compare import as_array, error, is_array, same
from autograde.judging.finding import Finding, Place
from autograde.judging.words import listed

NEAR = 1e-4


@dataclass(frozen=True)
class Values:
    """One result of one problem: what came back, what is right, and what was asked."""

    given: np.ndarray
    right: np.ndarray
    problem: dict[str, Any]
    rtol: float

    def fits(self, value: Any) -> bool:
        """Whether what came back is ``value``, which is not the right one."""
        value = np.asarray(value)
        return value.shape == self.given.shape and error(self.given, value) <= self.rtol

    def turned(self, right: Any) -> bool:
        """The other way about: whether ``right``, made from what came back, is the right value."""
        right = np.asarray(right)
        return right.shape == self.right.shape and error(right, self.right) <= self.rtol


Holds = Callable[[Values], Hashable]


@dataclass(frozen=True)
class Relation:
    """kind : a word or two for tables. says : a sentence in which ``{it}`` is the result, ``{0}`` what ``holds`` found."""

    kind: str
    says: str
    holds: Holds


def sign(v: Values) -> Hashable:
    return v.fits(-v.right) or None


def transposed(v: Values) -> Hashable:
    return (v.right.ndim == 2 and v.fits(v.right.T)) or None


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
    ratio = _ratio(v)
    found = []
    for name, axis, length in _lengths(v.problem) if ratio else ():
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


def turned_round(v: Values) -> Hashable:
    return (v.right.ndim > 0 and len(v.right) > 1 and v.fits(v.right[::-1])) or None


def late(v: Values) -> Hashable:
    return _shifted(v.given, v.right, v)


def early(v: Values) -> Hashable:
    return _shifted(v.given[::-1], v.right[::-1], v) if v.given.ndim and v.right.ndim else None


def running(v: Values) -> Hashable:
    return (v.right.ndim > 0 and len(v.right) > 1 and v.fits(np.cumsum(v.right, axis=0))) or None


def only_first(v: Values) -> Hashable:
    return _rows(v, lambda right, count: right == [0] or None)


def only_last(v: Values) -> Hashable:
    return _rows(v, lambda right, count: right == [count - 1] or None)


def all_but_first(v: Values) -> Hashable:
    return _rows(v, lambda right, count: right == list(range(1, count)) or None)


def all_but_last(v: Values) -> Hashable:
    return _rows(v, lambda right, count: right == list(range(count - 1)) or None)


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
    for name, value in v.problem.items():
        if is_array(value) and np.any(value) and np.ndim(value) <= v.right.ndim:
            with np.errstate(all="ignore"):
                for what, by in (("without", -1), ("plus", 1)):
                    if _broadcasts(value, v.right) and v.fits(v.right + by * np.asarray(value)):
                        return f"{what} `{name}`"
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
    if v.given.size <= v.right.size or not _broadcasts(v.right, v.given):
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


def rounded(v: Values) -> Hashable:
    if v.given.shape != v.right.shape or error(v.given, v.right) > 0.1:
        return None
    return next((d for d in range(1, 9) if np.array_equal(v.given, np.round(v.right, d))), None)


def single(v: Values) -> Hashable:
    return (is_single(v.given) and v.given.shape == v.right.shape and error(v.given, v.right) < NEAR) or None


def near(v: Values) -> Hashable:
    return (v.given.shape == v.right.shape and error(v.given, v.right) < NEAR) or None


def zero(v: Values) -> Hashable:
    return (v.given.size > 0 and not np.any(v.given) and bool(np.any(v.right))) or None


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


def axes_in_order(v: Values) -> Hashable:
    if v.right.ndim < 3:
        return None
    orders = itertools.permutations(range(v.right.ndim))
    return next((str(o) for o in orders if o != tuple(range(v.right.ndim)) and v.fits(v.right.transpose(o))), None)


def whole_numbers(v: Values) -> Hashable:
    whole = np.array_equal(v.given, np.round(v.given)) and v.given.size > 0
    return (whole and not np.any(v.right == np.round(v.right)) and bool(np.any(v.given))) or None


def factor_too_many(v: Values) -> Hashable:
    return _factor(v, v.given, v.right)


def factor_missing(v: Values) -> Hashable:
    return _factor(v, v.right, v.given)


def _factor(v: Values, more: np.ndarray, less: np.ndarray) -> Hashable:
    """An argument, or one minus it, that ``less`` has to be multiplied with to give ``more``."""
    if more.shape != less.shape or not np.all(less):
        return None
    for name, value in _numbers(v.problem):
        if _broadcasts(value, less) and not np.all(value == 1):
            for shown, factor in ((name, value), (f"1 - {name}", 1 - value)):
                if error(less * factor, more) <= v.rtol:
                    return shown
    return None


def _numbers(problem: dict[str, Any]) -> Iterator[tuple[str, np.ndarray]]:
    for name, value in problem.items():
        inner = vars(value).items() if isinstance(value, types.SimpleNamespace) else ()
        for shown, v in ((name, value), *((f"{name}.{n}", w) for n, w in inner)):
            if isinstance(v, np.ndarray | float) and np.asarray(v).dtype.kind == "f":
                yield shown, np.asarray(v)


STRONG = (
    Relation("zero", "{it} is zero everywhere. Is what you compute for it ever put into it?", zero),
    Relation("sign", "{it} has the right numbers with the other sign.", sign),
    Relation("transposed", "{it} is right, with rows and columns exchanged.", transposed),
    Relation("axes in another order", "{it} is right, but its axes stand in the order {0}.", axes_in_order),
    Relation("time turned round", "{it} is right, in reverse order.", turned_round),
    Relation("factor", "{it} is exactly {0} what is right: is a factor missing, or one too many?", factor),
    Relation("size", "{it} is right, {0}. Is a sum wanted, or a mean?", size),
    Relation("argument as factor", "{it} is right, {0}.", argument_factor),
    Relation("one step late", "{it} is right, but one step late: each value stands one place too far back.", late),
    Relation(
        "one step early", "{it} is right, but one step early: each value stands one place too far in front.", early
    ),
    Relation("running sum", "{it} holds running sums of what is right.", running),
    Relation("first missing", "In {it} the first entry is missing; the others are right.", first_missing),
    Relation("last missing", "In {it} the last entry is missing; the others are right.", last_missing),
    Relation("one too many", "{it} has one entry too many, the first; the others are right.", one_before),
    Relation("one too many", "{it} has one entry too many, the last; the others are right.", one_behind),
    Relation("arranged otherwise", "{it} has the right numbers, in another shape.", arranged),
    Relation("sum missing", "{it} is right once it is summed over axis {0}: that sum is missing.", unsummed),
    Relation("summed", "{it} is summed where it should not be. Axis: {0}.", summed),
    Relation("repeated", "{it} is right, but repeated to fill a larger array.", spread),
    Relation("one row", "{it} is the {0} row of what is wanted, and the others are missing.", one_of_it),
    Relation("all alike", "In {it} all rows are alike, and are the right {0} one.", flat),
    Relation("entries in another order", "{it} has the right entries along axis {0}, in another order.", rows_in_order),
    Relation("handed in", "{it} is `{0}` as it was handed in.", handed_in),
    Relation("square", "{it} is the square of what is right.", squared),
    Relation("root", "{it} is the square root of what is right.", root),
    Relation("inverse", "{it} is one over what is right: is a fraction upside down?", inverse),
    Relation("complement", "{it} is one minus what is right.", complement),
    Relation("size without sign", "{it} has the right numbers without their signs.", magnitude),
    Relation("factor too many", "{it} is what is right times `{0}`: a factor too many.", factor_too_many),
    Relation("factor missing", "{it} lacks a factor, and with `{0}` it would be right.", factor_missing),
    Relation("single precision", "{it} is right to single precision, and 9 digits are asked for.", single),
    Relation("rounded", "{it} is right, but rounded to {0} decimals. Leave the rounding out.", rounded),
    Relation(
        "near",
        "{it} is near, but not the same. Is a small number added as a guard, something rounded, or a derivative taken by differences?",
        near,
    ),
)
"""Relations that say what the slip is."""
GIVE_AWAY = (moved, constant, rounded)
"""Relations that would tell the answer to an exercise that asks for one number."""
WEAK = (
    Relation("off by a number", "{it} is off by {0} everywhere.", moved),
    Relation("term", "{it} is what is right {0}.", term),
    Relation("constant factor", "{it} is {0} times what is right, the same number everywhere.", constant),
    Relation(
        "whole numbers",
        "{it} holds whole numbers only. Is something rounded, or does an array of whole numbers (`dtype=int`) cut the rest off?",
        whole_numbers,
    ),
    Relation("only the first", "{it} is right in its first entry or row, and in no other.", only_first),
    Relation("only the last", "{it} is right in its last entry or row, and in no other.", only_last),
    Relation("all but the first", "{it} is right but for its first entry or row.", all_but_first),
    Relation("all but the last", "{it} is right but for its last entry or row.", all_but_last),
)
"""Relations that say where it is right, or by how much it is off."""


def exchanged(case: Case) -> Finding | None:
    """The right results, handed back in another order."""
    count = len(case.names)
    if count < 2:
        return None
    every = range(len(case.given))
    order: list[int] = []
    for k in range(count):
        fits = [j for j in range(count) if all(case.agrees(n, k, case.right[n][j]) for n in every)]
        if not fits:
            return None
        order.append(k if k in fits else fits[0])
    if sorted(order) == list(range(count)):
        names = listed([case.names[j] for j in order])
        detail = f"All the right results are there, in the order {names}. Wanted is {listed(case.names)}."
        return _finding(case, case.wrong, "The results are in another order.", (detail,), "order")
    copies = [k for k in range(count) if order[k] != k]
    details = tuple(f"What you return as `{case.names[k]}` is `{case.names[order[k]]}`." for k in copies)
    return _finding(case, case.wrong, "A result stands in the place of another.", details, "another result")


def whole(case: Case) -> Finding | None:
    """One strong relation that holds for every wrong result."""
    if (finding := exchanged(case)) is not None:
        return finding
    found = {k: _holds(case, k, STRONG) for k in case.wrong}
    if None in found.values() or len({f[0].kind for f in found.values() if f}) != 1:
        return None
    relation, _ = next(f for f in found.values() if f)
    details = [_says(case, k, *f) for k, f in found.items() if f]
    if len(details) == 1:
        return _finding(case, case.wrong, details[0], (), relation.kind)
    several = listed([case.names[k] for k in case.wrong])
    same_words = {
        relation.says.format(*_shown(token), it="Each") for relation, token in (f for f in found.values() if f)
    }
    said = tuple(details) if len(same_words) > 1 else (next(iter(same_words)),)
    return _finding(case, case.wrong, f"The same is true of {several}.", said, relation.kind)


def strong(case: Case, k: int) -> Finding | None:
    """The first strong relation that holds for result ``k`` on every problem."""
    return _one(case, k, STRONG)


def weak(case: Case, k: int) -> Finding | None:
    """Another result in its place, or the first weak relation that holds for it."""
    for j, name in enumerate(case.names):
        if j != k and all(case.agrees(n, k, case.right[n][j]) for n in range(len(case.given))):
            said = f"What you return as `{case.names[k]}` is `{name}`."
            return _finding(case, (k,), said, (), "another result")
    return _one(case, k, WEAK)


def _one(case: Case, k: int, relations: tuple[Relation, ...]) -> Finding | None:
    found = _holds(case, k, relations)
    return None if found is None else _finding(case, (k,), _says(case, k, *found), (), found[0].kind)


def _finding(case: Case, results: Any, headline: str, details: tuple[str, ...], kind: str) -> Finding:
    names = tuple(case.names[k] for k in results)
    places = tuple(Place(kind, result=n) for n in names)
    return Finding("relation", headline, details, places=places, results=names)


def _says(case: Case, k: int, relation: Relation, token: Hashable) -> str:
    it = f"`{case.names[k]}`" if len(case.names) > 1 else "Your answer"
    return relation.says.format(*_shown(token), it=it)


def _shown(token: Hashable) -> tuple[Hashable]:
    return (token[0],) if isinstance(token, tuple) else (token,)


def _holds(case: Case, k: int, relations: tuple[Relation, ...]) -> tuple[Relation, Hashable] | None:
    """The first relation that holds on every problem, with its token."""
    values = list(_values(case, k))
    if len(values) < len(case.given) or not values:
        return None
    telling = sorted(values, key=lambda v: v.turned(v.given))
    for relation in relations:
        if case.exercise.kind == "value" and relation.holds in GIVE_AWAY:
            continue
        token = _token(relation, telling)
        if token is not None:
            return relation, token
    return None


def _token(relation: Relation, values: list[Values]) -> Hashable:
    """What ``holds`` finds in all problems that the answer gets wrong; those it gets right do not speak against it."""
    tokens: Hashable = None
    for v in values:
        with np.errstate(all="ignore"):
            token = relation.holds(v)
        if token is None or token is False:
            if v.turned(v.given) and tokens is not None and _blind(v):
                continue
            return None
        if isinstance(token, tuple):
            token = tuple(t for t in token if tokens is None or t in tokens)
            if not token:
                return None
        elif tokens is not None and token != tokens:
            return None
        tokens = token
    return tokens


def _blind(v: Values) -> bool:
    """Whether a problem shows nothing: zero, or a single entry."""
    return not np.any(v.right) or v.right.size == 1 or (v.right.ndim > 0 and len(v.right) == 1)


def _values(case: Case, k: int) -> Iterator[Values]:
    for n, problem in enumerate(case.problems):
        given, right = _flat(case.given[n][k], case.right[n][k])
        if given is None or not is_array(right) or given.dtype.kind == "b" or not np.all(np.isfinite(given)):
            return
        right = np.asarray(right)
        if right.dtype.kind == "b" or right.size == 0:
            return
        yield Values(given, right, dict(problem), 10 * case.tolerance(case.given[n][k]))


def _flat(given: Any, right: Any) -> tuple[np.ndarray | None, Any]:
    """Both as arrays; dictionaries of numbers by their values, when they have the same keys."""
    if isinstance(given, dict) and isinstance(right, dict) and given.keys() == right.keys():
        given, right = [given[key] for key in right], tuple(right.values())
    return as_array(given), right


def _ratio(v: Values) -> float | None:
    """The one number that the right value is multiplied with; None when there is none."""
    if v.given.shape != v.right.shape or not np.any(v.right) or np.iscomplexobj(v.given):
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


def _shifted(given: np.ndarray, right: np.ndarray, v: Values) -> Hashable:
    if given.shape != right.shape or right.ndim == 0 or len(right) < 3:
        return None
    return (same(given[1:], right[:-1], v.rtol) and bool(np.any(right[1:] != right[:-1]))) or None


def _rows(v: Values, test: Callable[[list[int], int], Hashable]) -> Hashable:
    if v.given.shape != v.right.shape or v.right.ndim == 0 or len(v.right) < 2:
        return None
    scale = float(np.max(np.abs(v.right))) or 1.0
    off = np.abs(v.given - v.right).reshape(len(v.right), -1).max(axis=1) > v.rtol * scale
    return test([int(i) for i in np.flatnonzero(~off)], len(v.right))


def _broadcasts(value: Any, onto: np.ndarray) -> bool:
    try:
        return np.broadcast_shapes(np.shape(value), onto.shape) == onto.shape
    except ValueError:
        return False
