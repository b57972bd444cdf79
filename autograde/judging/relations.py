"""Relations between what came back and what is right, without any knowledge of the exercise: order, sign, size, time.

To add one, write a function in ``layout`` or ``scale`` that takes a result and returns a token when the relation holds, or
None; the token has to be the same in every problem, and may stand in the sentence. Then list it below.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograde.judging import layout, scale
from autograde.judging.case import Case
from autograde.judging.compare import as_array, is_array
from autograde.judging.finding import Finding, Place
from autograde.judging.related import Values
from autograde.judging.words import listed

Holds = Callable[[Values], Hashable]


@dataclass(frozen=True)
class Relation:
    """kind : a word or two for tables. says : a sentence in which ``{it}`` is the result, ``{0}`` what ``holds`` found."""

    kind: str
    says: str
    holds: Holds


STRONG = (
    Relation("zero", "{it} is zero everywhere. Is what you compute for it ever put into it?", scale.zero),
    Relation("sign", "{it} has the right numbers with the other sign.", scale.sign),
    Relation("transposed", "{it} is right, with rows and columns exchanged.", layout.transposed),
    Relation("axes in another order", "{it} is right, but its axes stand in the order {0}.", layout.axes_in_order),
    Relation("time turned round", "{it} is right, in reverse order.", layout.turned_round),
    Relation("factor", "{it} is exactly {0} what is right: is a factor missing, or one too many?", scale.factor),
    Relation("size", "{it} is right, {0}. Is a sum wanted, or a mean?", scale.size),
    Relation("argument as factor", "{it} is right, {0}.", scale.argument_factor),
    Relation("share", "{it} is right, {0} a whole number. Is a mean taken, or is something counted?", scale.share),
    Relation(
        "one step late", "{it} is right, but one step late: each value stands one place too far back.", layout.late
    ),
    Relation(
        "one step early",
        "{it} is right, but one step early: each value stands one place too far in front.",
        layout.early,
    ),
    Relation("running sum", "{it} holds running sums of what is right.", scale.running),
    Relation("first missing", "In {it} the first entry is missing; the others are right.", layout.first_missing),
    Relation("last missing", "In {it} the last entry is missing; the others are right.", layout.last_missing),
    Relation("one too many", "{it} has one entry too many, the first; the others are right.", layout.one_before),
    Relation("one too many", "{it} has one entry too many, the last; the others are right.", layout.one_behind),
    Relation("arranged otherwise", "{it} has the right numbers, in another shape.", layout.arranged),
    Relation("sum missing", "{it} is right once it is summed over axis {0}: that sum is missing.", layout.unsummed),
    Relation("summed", "{it} is summed where it should not be. Axis: {0}.", layout.summed),
    Relation("repeated", "{it} is right, but repeated to fill a larger array.", layout.spread),
    Relation("one row", "{it} is the {0} row of what is wanted, and the others are missing.", layout.one_of_it),
    Relation("all alike", "In {it} all rows are alike, and are the right {0} one.", layout.flat),
    Relation(
        "entries in another order", "{it} has the right entries along axis {0}, in another order.", layout.rows_in_order
    ),
    Relation("handed in", "{it} is `{0}` as it was handed in.", scale.handed_in),
    Relation("square", "{it} is the square of what is right.", scale.squared),
    Relation("root", "{it} is the square root of what is right.", scale.root),
    Relation("inverse", "{it} is one over what is right: is a fraction upside down?", scale.inverse),
    Relation("complement", "{it} is one minus what is right.", scale.complement),
    Relation("sine", "{it} is the sine where the cosine is wanted, or the other way about.", scale.sine),
    Relation("size without sign", "{it} has the right numbers without their signs.", scale.magnitude),
    Relation("factor too many", "{it} is what is right times `{0}`: a factor too many.", scale.factor_too_many),
    Relation("factor missing", "{it} lacks a factor: one that is among what you are given.", scale.factor_missing),
    Relation("single precision", "{it} is right to single precision, and 9 digits are asked for.", scale.single),
    Relation("rounded", "{it} is right, but rounded to {0} decimals. Leave the rounding out.", scale.rounded),
    Relation(
        "near",
        "{it} is near, but not the same. Is a small number added as a guard, something rounded, or a derivative taken by "
        "differences?",
        scale.near,
    ),
)
"""Relations that say what the slip is."""
GIVE_AWAY = (scale.moved, scale.constant, scale.rounded)
"""Relations that would tell the answer to an exercise that asks for one number."""
WEAK = (
    Relation("off by a number", "{it} is off by {0} everywhere.", scale.moved),
    Relation("term", "{it} is what is right {0}.", scale.term),
    Relation("constant factor", "{it} is {0} times what is right, the same number everywhere.", scale.constant),
    Relation(
        "whole numbers",
        "{it} holds whole numbers only. Is something rounded, or does an array of whole numbers (`dtype=int`) cut the "
        "rest off?",
        scale.whole_numbers,
    ),
    Relation("only the first", "{it} is right in its first entry or row, and in no other.", layout.only_first),
    Relation("only the last", "{it} is right in its last entry or row, and in no other.", layout.only_last),
    Relation("all but the first", "{it} is right but for its first entry or row.", layout.all_but_first),
    Relation("all but the last", "{it} is right but for its last entry or row.", layout.all_but_last),
)
"""Relations that say where it is right, or by how much it is off."""


def exchanged(case: Case) -> Finding | None:
    """The right results, handed back in another order."""
    count = len(case.names)
    if count < 2 or any(isinstance(right, str) for right in case.right[0]):  # of words, their order is what was asked
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
        if (
            j != k
            and not isinstance(case.right[0][j], str)
            and all(case.agrees(n, k, case.right[n][j]) for n in range(len(case.given)))
        ):
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
    """What ``holds`` finds in all problems that the answer gets wrong; those it gets right, or
    that cannot tell (``...``), do not speak against it."""
    tokens: Hashable = None
    for v in values:
        with np.errstate(all="ignore"):
            token = relation.holds(v)
        if token is Ellipsis:
            continue
        if token is None or token is False:
            if v.turned(v.given) and tokens is not None and _blind(v):
                continue
            return None
        if isinstance(token, tuple):
            token = tuple(t for t in token if not isinstance(tokens, tuple) or t in tokens)
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
