"""Calls of small functions written out, so that a slip at one call can be told from one at every call."""

from __future__ import annotations

import ast
import copy
from collections.abc import Mapping


class _Substituted(ast.NodeTransformer):
    def __init__(self, values: Mapping[str, ast.expr]) -> None:
        self.values = values

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return copy.deepcopy(self.values.get(node.id, node))


def written_out(call: ast.Call, function: ast.FunctionDef) -> ast.expr | None:
    """What ``call`` of ``function`` computes, as one expression; None when that takes more than names and a return."""
    names = [a.arg for a in function.args.args]
    if len(names) != len(call.args) or call.keywords or any(isinstance(a, ast.Starred) for a in call.args):
        return None
    values: dict[str, ast.expr] = dict(zip(names, call.args, strict=True))
    for statement in function.body:
        match statement:
            case ast.Expr():
                continue  # its documentation, or a check of its arguments
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                values[name] = _Substituted(dict(values)).visit(copy.deepcopy(value))
            case ast.Return(value=ast.expr() as value):
                return _Substituted(values).visit(copy.deepcopy(value))
            case _:
                return None
    return None
