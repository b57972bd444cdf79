"""Expressions as nested tuples, ``("Add", ("Symbol", "x"), ("Number", "1"))``: made, evaluated, taken apart, and shown."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

TERMS = 60
"""Terms that an expression may have, multiplied out."""
FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "exp": np.exp, "log": np.log, "sin": np.sin, "cos": np.cos, "tan": np.tan, "tanh": np.tanh, "sinh": np.sinh,
    "cosh": np.cosh, "sqrt": np.sqrt, "Abs": np.abs, "sign": np.sign,
}  # fmt: skip


class NotAnExpression(ValueError):
    """Data that is no expression of the known functions."""


@dataclass(frozen=True)
class Symbolic:
    """An expression as nested tuples that grows when it is computed with, also by NumPy's functions."""

    tree: tuple

    def __add__(self, other: Any) -> Symbolic:
        return Symbolic(("Add", self.tree, tree_of(other)))

    def __mul__(self, other: Any) -> Symbolic:
        return Symbolic(("Mul", self.tree, tree_of(other)))

    def __pow__(self, other: Any) -> Symbolic:
        return Symbolic(("Pow", self.tree, tree_of(other)))

    def __neg__(self) -> Symbolic:
        return self * -1

    def __sub__(self, other: Any) -> Symbolic:
        return self + Symbolic(tree_of(other)) * -1

    def __truediv__(self, other: Any) -> Symbolic:
        return self * Symbolic(tree_of(other)) ** -1

    def __rsub__(self, other: Any) -> Symbolic:
        return -self + other

    def __rtruediv__(self, other: Any) -> Symbolic:
        return self**-1 * other

    def __rpow__(self, other: Any) -> Symbolic:
        return Symbolic(("Pow", tree_of(other), self.tree))

    def __getattr__(self, name: str) -> Callable[[], Symbolic]:
        """``x.tanh``: what NumPy calls to take the tanh of an object."""
        if name not in FUNCTIONS:
            raise AttributeError(name)
        return lambda: Symbolic((name, self.tree))

    __radd__ = __add__
    __rmul__ = __mul__


def tree_of(value: Any) -> tuple:
    if isinstance(value, Symbolic):
        return value.tree
    number = float(value)
    return ("Number", str(Fraction(number).limit_denominator(10**6)) if math.isfinite(number) else "nan")


def summands(tree: tuple) -> list[tuple]:
    return [t for part in tree[1:] for t in summands(part)] if tree[0] == "Add" else [tree]


def value_at(tree: tuple, point: Any) -> Any:
    head, *rest = tree
    if head == "Number":
        return float(Fraction(rest[0]))
    if head == "Symbol":
        return np.asarray(point[rest[0]])[()]
    values = [value_at(t, point) for t in rest]
    if head == "Add":
        return sum(values)
    if head == "Mul":
        return math.prod(values)
    if head == "Pow" and len(values) == 2:
        return np.power(values[0], values[1])
    if head in FUNCTIONS and len(values) == 1:
        return FUNCTIONS[head](values[0])
    raise NotAnExpression(str(head))


def terms(tree: tuple) -> list[tuple]:
    """The terms of an expression with its products of sums multiplied out."""
    if tree[0] == "Add":
        found = [t for part in tree[1:] for t in terms(part)]
    elif tree[0] == "Mul":
        found = [("Number", "1")]
        for part in tree[1:]:
            found = [("Mul", *factors(a), *factors(b)) for a in found for b in terms(part)]
            if len(found) > TERMS:
                raise NotAnExpression("too many terms")
    elif tree[0] == "Pow" and tree[2] == ("Number", "2") and tree[1][0] == "Add":
        found = terms(("Mul", tree[1], tree[1]))
    else:
        found = [tree]
    if len(found) > TERMS:
        raise NotAnExpression("too many terms")
    return found


def factors(tree: tuple) -> list[tuple]:
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


def shown(tree: tuple, inside: bool = False) -> str:
    head, *rest = tree
    if head == "Number":
        return rest[0]
    if head == "Symbol":
        return rest[0]
    if head == "Add":
        text = " + ".join(shown(t) for t in rest).replace("+ -", "- ")
        return f"({text})" if inside else text
    if head == "Mul":
        return "*".join(shown(t, True) for t in rest if t != ("Number", "1")).replace("-1*", "-")
    if head == "Pow" and rest[1] == ("Number", "-1"):
        return f"1/{shown(rest[0], True)}"
    if head == "Pow":
        return f"{shown(rest[0], True)}**{shown(rest[1], True)}"
    return f"{head}({', '.join(shown(t) for t in rest)})"
