"""A SymPy answer compared as an expression: which terms and factors are right, missing, or too many.

The asking side brings the expression as nested tuples; here it is evaluated at the problems' points, so nothing of a
stranger's is run. The right one is had by running the reference on symbols of a kind that note what is done to them. Terms
and factors are the same when their values are.
"""

from __future__ import annotations

import math
import types
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from autograde.judging.case import Case
from autograde.judging.catalogue import reached
from autograde.judging.finding import Finding, Place

FEW = 4
"""Terms that an expression may have, multiplied out, to be spoken of one by one."""
TERMS = 60
"""Terms that an expression may have, multiplied out."""
_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "exp": np.exp, "log": np.log, "sin": np.sin, "cos": np.cos, "tan": np.tan, "tanh": np.tanh, "sinh": np.sinh,
    "cosh": np.cosh, "sqrt": np.sqrt, "Abs": np.abs, "sign": np.sign,
}  # fmt: skip
_SLOPES = {"sin": ("cos",), "sinh": ("cosh",), "cosh": ("sinh",)}
"""A function -> what its derivative is, of the same argument."""


class NotAnExpression(ValueError):
    """Data that is no expression of the known functions."""


@dataclass(frozen=True)
class Symbolic:
    """An expression as nested tuples that grows when it is computed with, also by NumPy's functions."""

    tree: tuple

    __array_ufunc__ = None

    def __add__(self, other: Any) -> Symbolic:
        return Symbolic(("Add", self.tree, _tree(other)))

    def __mul__(self, other: Any) -> Symbolic:
        return Symbolic(("Mul", self.tree, _tree(other)))

    def __pow__(self, other: Any) -> Symbolic:
        return Symbolic(("Pow", self.tree, _tree(other)))

    def __neg__(self) -> Symbolic:
        return self * -1

    def __sub__(self, other: Any) -> Symbolic:
        return self + Symbolic(_tree(other)) * -1

    def __truediv__(self, other: Any) -> Symbolic:
        return self * Symbolic(_tree(other)) ** -1

    def __rsub__(self, other: Any) -> Symbolic:
        return -self + other

    def __rtruediv__(self, other: Any) -> Symbolic:
        return self**-1 * other

    def __rpow__(self, other: Any) -> Symbolic:
        return Symbolic(("Pow", _tree(other), self.tree))

    __radd__ = __add__
    __rmul__ = __mul__


def _tree(value: Any) -> tuple:
    return (
        value.tree if isinstance(value, Symbolic) else ("Number", str(Fraction(float(value)).limit_denominator(10**6)))
    )


class Functions:
    """Stands where NumPy does while the reference runs on symbols."""

    def __getattr__(self, name: str) -> Callable[[Any], Any]:
        if name not in _FUNCTIONS:
            raise NotAnExpression(name)
        return lambda value: Symbolic((name, _tree(value))) if isinstance(value, Symbolic) else _FUNCTIONS[name](value)


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
    tree = case.answers[0].written
    if case.exercise.kind != "expression" or tree is None:
        return None
    try:
        right, points = _of_reference(case), case.problems
        found = _differ(tree, right, points, "")
        if found is None:
            expanded = _terms(tree), _terms(right)
            found = _of_terms(*expanded, points, "") if max(map(len, expanded)) <= FEW else None
    except (NotAnExpression, ValueError, TypeError, ArithmeticError, AttributeError, KeyError, RecursionError):
        return None
    if found is None:
        return None
    kind, said = found
    said = said if said.startswith("`") else said[:1].upper() + said[1:]
    return Finding("relation", said, places=(Place(kind),), results=case.names)


def _of_reference(case: Case) -> tuple:
    reference = case.exercise.reference
    functions = reached(reference)
    spaces = {f.__module__: {k: Functions() if v is np else v for k, v in f.__globals__.items()} for f in functions}
    for space in spaces.values():
        twins = {k: v for k, v in space.items() if isinstance(v, types.FunctionType) and v in functions}
        space |= {k: types.FunctionType(v.__code__, spaces[v.__module__], k, v.__defaults__) for k, v in twins.items()}
    function = types.FunctionType(reference.__code__, spaces[reference.__module__], argdefs=reference.__defaults__)
    return _tree(function(**{name: Symbolic(("Symbol", name)) for name in case.problems[0]}))


def _differ(given: tuple, right: tuple, points: Any, where: str) -> tuple[str, str] | None:
    """The kind of difference and a sentence, when all else in the expression is right."""
    if "Add" in (given[0], right[0]):
        return _of_terms(_summands(given), _summands(right), points, where)
    given_factors, right_factors = _factors_of(given), _factors_of(right)
    if len(given_factors) > 1 or len(right_factors) > 1:
        return _of_factors(given_factors, right_factors, points, where)
    if given[0] == right[0] and given[0] in _FUNCTIONS:
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


def _summands(tree: tuple) -> list[tuple]:
    return [t for part in tree[1:] for t in _summands(part)] if tree[0] == "Add" else [tree]


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
    return [Part(t, np.array([_value(t, p) for p in points], dtype=float)) for t in trees]


def _value(tree: tuple, point: Any) -> Any:
    head, *rest = tree
    if head == "Number":
        return float(Fraction(rest[0]))
    if head == "Symbol":
        return float(np.asarray(point[rest[0]]))
    values = [_value(t, point) for t in rest]
    if head == "Add":
        return math.fsum(values)
    if head == "Mul":
        return math.prod(values)
    if head == "Pow" and len(values) == 2:
        return np.power(values[0], values[1])
    if head in _FUNCTIONS and len(values) == 1:
        return _FUNCTIONS[head](values[0])
    raise NotAnExpression(str(head))


def _terms(tree: tuple) -> list[tuple]:
    """The terms of an expression with its products of sums multiplied out."""
    if tree[0] == "Add":
        found = [t for part in tree[1:] for t in _terms(part)]
    elif tree[0] == "Mul":
        found = [("Number", "1")]
        for part in tree[1:]:
            found = [("Mul", *_factors_of(a), *_factors_of(b)) for a in found for b in _terms(part)]
            if len(found) > TERMS:
                raise NotAnExpression("too many terms")
    elif tree[0] == "Pow" and tree[2] == ("Number", "2") and tree[1][0] == "Add":
        found = _terms(("Mul", tree[1], tree[1]))
    else:
        found = [tree]
    if len(found) > TERMS:
        raise NotAnExpression("too many terms")
    return found


def _factors_of(tree: tuple) -> list[tuple]:
    """The factors of a product, whole powers one by one, all numbers in one."""
    found: list[tuple] = []
    number = Fraction(1)
    todo = [tree]
    while todo:
        part = todo.pop(0)
        if part[0] == "Mul":
            todo = [*part[1:], *todo]
        elif part[0] == "Number":
            number *= Fraction(part[1])
        elif part[0] == "Pow" and part[2][0] == "Number" and Fraction(part[2][1]) in (2, 3, 4):
            todo = [part[1]] * int(Fraction(part[2][1])) + todo
        else:
            found.append(part)
    return found if number == 1 and found else [("Number", str(number)), *found]


def _listed(parts: list[Part]) -> str:
    shown = [f"`{_shown(p.tree)}`" for p in parts[:3]]
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + " and " + shown[-1]


def _shown(tree: tuple, inside: bool = False) -> str:
    head, *rest = tree
    if head == "Number":
        return rest[0]
    if head == "Symbol":
        return rest[0]
    if head == "Add":
        text = " + ".join(_shown(t) for t in rest).replace("+ -", "- ")
        return f"({text})" if inside else text
    if head == "Mul":
        return "*".join(_shown(t, True) for t in rest if t != ("Number", "1")).replace("-1*", "-")
    if head == "Pow" and rest[1] == ("Number", "-1"):
        return f"1/{_shown(rest[0], True)}"
    if head == "Pow":
        return f"{_shown(rest[0], True)}**{_shown(rest[1], True)}"
    return f"{head}({', '.join(_shown(t) for t in rest)})"
