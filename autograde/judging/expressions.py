"""A SymPy answer compared as an expression: which terms and factors are right, missing, or too many.

The asking side brings the expression as nested tuples; here it is evaluated at the problems' points, so nothing of a
stranger's is run. The right one is had by running the reference on symbols of a kind that note what is done to them, also
by NumPy, which leaves the arithmetic to the objects in its arrays. Terms and factors are the same when their values are.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from autograde.judging.case import Case
from autograde.judging.finding import Finding, Place
from autograde.judging.symbolic import (
    FUNCTIONS,
    NotAnExpression,
    Symbolic,
    factors,
    shown,
    summands,
    terms,
    tree_of,
    value_at,
)
from autograde.judging.words import listed

FEW = 4
"""Terms that may be missing, multiplied out, to be spoken of one by one."""
STEP = 1e-30
"""An imaginary step, for derivatives without rounding."""
_SLOPES = {"sin": ("cos",), "sinh": ("cosh",), "cosh": ("sinh",)}
"""A function -> what its derivative is, of the same argument."""


@dataclass(frozen=True)
class Part:
    """A term or a factor: its tree, and its values at the points."""

    tree: tuple
    values: np.ndarray

    def fits(self, other: Part, sign: float = 1.0) -> bool:
        scale = float(np.max(np.abs(other.values))) or 1.0
        return bool(np.all(np.abs(self.values - sign * other.values) <= 1e-9 * scale))


def compared(case: Case) -> Finding | None:
    """Which terms, or which factors of the one term that is not right, are missing, too many, or of the wrong sign."""
    return _told(case, _whole, partial(_differ, where=""), _multiplied_out)


def depends(case: Case) -> Finding | None:
    """Which symbols should be in the answer, or should not."""
    return _told(case, _depends)


def _told(case: Case, *looks: Callable[..., tuple[str, str] | None]) -> Finding | None:
    """What the first look that sees something says, of the answer and the right expression."""
    given = case.answers[0].written
    if case.exercise.kind != "expression" or given is None:
        return None
    try:
        right = tree_of(case.exercise.reference(**{name: Symbolic(("Symbol", name)) for name in case.problems[0]}))
        found = next(filter(None, (look(given, right, points=case.problems) for look in looks)), None)
    except (NotAnExpression, ValueError, TypeError, ArithmeticError, AttributeError, KeyError, RecursionError):
        return None
    if found is None:
        return None
    kind, said = found
    said = said if said.startswith("`") else said[:1].upper() + said[1:]
    return Finding("relation", said, places=(Place(kind),), results=case.names)


def _whole(given: tuple, right: tuple, points: Any) -> tuple[str, str] | None:
    """Two symbols in each other's place, or an expression whose derivative is wanted."""
    (wanted,) = _parts([right], points)
    symbols = sorted(points[0])
    for a, b in itertools.combinations(symbols, 2):
        if _parts([given], [p | {a: p[b], b: p[a]} for p in points])[0].fits(wanted):
            return "exchanged", f"`{a}` and `{b}` stand in each other's place; all else is right."
    for symbol in symbols:
        if Part(given, _slope(given, symbol, points)).fits(wanted):
            return "not differentiated", f"the derivative of your answer with respect to `{symbol}` is what is wanted."
    return None


def _depends(given: tuple, right: tuple, points: Any) -> tuple[str, str] | None:
    """Symbols that should be in the answer, or should not."""
    given_symbols, right_symbols = ({s for s in points[0] if np.any(_slope(t, s, points))} for t in (given, right))
    if missing := sorted(right_symbols - given_symbols):
        return "symbol missing", f"the right answer depends on {listed(missing)}, and yours does not."
    if extra := sorted(given_symbols - right_symbols):
        return "symbol too many", f"your answer depends on {listed(extra)}, and the right one does not."
    return None


def _slope(tree: tuple, symbol: str, points: Any) -> np.ndarray:
    """The derivative with respect to a symbol at each point, by a complex step."""
    return np.imag([value_at(tree, p | {symbol: complex(p[symbol], STEP)}) for p in points]) / STEP


def _multiplied_out(given: tuple, right: tuple, points: Any) -> tuple[str, str] | None:
    given_terms, right_terms = terms(given), terms(right)
    extra, missing = _unmatched(_parts(given_terms, points), _parts(right_terms, points))
    return _of_terms(given_terms, right_terms, points, "") if max(len(extra), len(missing)) <= FEW else None


def _differ(given: tuple, right: tuple, points: Any, where: str) -> tuple[str, str] | None:
    """The kind of difference and a sentence, when all else in the expression is right."""
    if "Add" in (given[0], right[0]):
        return _of_terms(summands(given), summands(right), points, where)
    given_factors, right_factors = factors(given), factors(right)
    if len(given_factors) > 1 or len(right_factors) > 1:
        return _of_factors(given_factors, right_factors, points, where)
    if given[0] == right[0] and given[0] in FUNCTIONS:
        return _differ(given[1], right[1], points, f"inside `{given[0]}`: ")
    return None


def _of_terms(given_terms: list[tuple], right_terms: list[tuple], points: Any, where: str) -> tuple[str, str] | None:
    given, right = _parts(given_terms, points), _parts(right_terms, points)
    extra, missing = _unmatched(given, right)
    turned = [g for g in extra if any(g.fits(r, -1) for r in missing)]
    if len(extra) == len(missing) == len(turned) < len(given) and turned:
        return (
            "sign",
            f"{where}{_listed(turned)} {'has' if len(turned) == 1 else 'have'} the wrong sign; all else is right.",
        )
    if not extra and missing and len(missing) < len(right):
        return "term missing", f"{where}{_count(len(missing), 'term')} missing; what is there is right."
    if not missing and extra and len(extra) < len(given):
        return "term too many", f"{where}{_count(len(extra), 'term')} too many: {_listed(extra)}. The others are right."
    if len(extra) == len(missing) == 1 and (len(given) > 1 or len(right) > 1):
        inner = f"in the term {_listed(extra)}: " if len(given) > 1 else where
        if (found := _differ(extra[0].tree, missing[0].tree, points, inner)) is not None:
            return found
    if len(extra) <= 2 and len(extra) < len(given):
        return "terms", f"{where}{_wrong(extra)}; the other terms are right."
    return None


def _of_factors(given: list[tuple], right: list[tuple], points: Any, where: str) -> tuple[str, str] | None:
    extra, missing = _unmatched(_parts(given, points), _parts(right, points))
    if len(extra) == len(given) and not (len(extra) == len(missing) == 1):
        return None
    if not extra and missing:
        only = all(m.tree[0] == "Number" for m in missing)
        what = "the number in front is missing" if only else f"{_count(len(missing), 'factor')} missing"
        return "factor missing", f"{where}{what}; what is there is right."
    if not missing and extra:
        return (
            "factor too many",
            f"{where}{_count(len(extra), 'factor')} too many: {_listed(extra)}. The others are right.",
        )
    if len(extra) != 1 or len(missing) != 1:
        return None if len(extra) > 2 else ("factors", f"{where}{_wrong(extra)}; the other factors are right.")
    (one,), (wanted,) = extra, missing
    if one.tree[0] == "Number":
        return "number", f"{where}the number in front, {_listed(extra)}, is not right; all else is."
    if wanted.tree[0] in _SLOPES.get(one.tree[0], ()) and _same_inside(one.tree, wanted.tree, points):
        return "not differentiated", f"{where}has {_listed(extra)} been differentiated? All other factors are right."
    inner = _differ(one.tree, wanted.tree, points, f"in the factor {_listed(extra)}: ")
    return inner or ("factor", f"{where}the factor {_listed(extra)} is not right; all others are.")


def _wrong(extra: list[Part]) -> str:
    return f"{_listed(extra)} {'is' if len(extra) == 1 else 'are'} not right"


def _same_inside(one: tuple, other: tuple, points: Any) -> bool:
    a, b = _parts([one[1], other[1]], points)
    return a.fits(b)


def _unmatched(given: list[Part], right: list[Part]) -> tuple[list[Part], list[Part]]:
    missing, extra = list(right), []
    for part in given:
        match = next((r for r in missing if part.fits(r)), None)
        if match is None:
            extra.append(part)
        else:
            missing.remove(match)
    return extra, missing


def _count(number: int, noun: str) -> str:
    return f"one {noun} is" if number == 1 else f"{number} {noun}s are"


def _parts(trees: list[tuple], points: Any) -> list[Part]:
    return [Part(t, np.array([value_at(t, p) for p in points])) for t in trees]


def _listed(parts: list[Part]) -> str:
    return listed(list(dict.fromkeys(shown(p.tree) for p in parts))[:3])
