"""A SymPy expression as plain data, so that it can be looked at where no SymPy of a stranger's is run."""

from __future__ import annotations

from typing import Any

MANY = 300
"""Parts that an expression may have to be brought along."""


def written(expression: Any) -> Any:
    """The expression as nested tuples: ``("Add", a, b)``, ``("exp", a)``, ``("Symbol", "x")``, ``("Number", "1/2")``.

    None for anything else, and for what is larger than ``MANY`` parts.
    """
    import sympy

    try:
        if not isinstance(expression, sympy.Basic | int | float):
            return None
        expression = sympy.sympify(expression)
        if (
            not isinstance(expression, sympy.Expr)
            or sum(1 for _ in zip(sympy.preorder_traversal(expression), range(MANY + 1), strict=False)) > MANY
        ):
            return None
        return _parts(expression)
    except Exception:
        return None


def _parts(expression: Any) -> tuple:
    if expression.is_Symbol:
        return ("Symbol", expression.name)
    if expression.is_Rational:
        return ("Number", str(expression))
    if not expression.args:
        return ("Number", repr(float(expression)))
    return (type(expression).__name__, *map(_parts, expression.args))
