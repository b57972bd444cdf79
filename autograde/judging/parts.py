"""What another person might compute on the way to an expression: its parts, and products and sums of some of them."""

from __future__ import annotations

import ast
import copy
import functools
import itertools
from collections.abc import Iterator

MANY = 5
"""Up to so many factors or terms, all choices of some of them are taken."""


def parts(expression: ast.expr) -> list[ast.expr]:
    """The parts of an expression that have values of their own, each once."""
    found: dict[str, ast.expr] = {}
    for part in _parts(expression):
        found.setdefault(ast.unparse(part), part)
    return [copy.deepcopy(part) for part in found.values()]


def _parts(node: ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.BinOp(op=ast.Mult()):
            yield from _choices(_flat(node, ast.Mult), ast.Mult())
        case ast.BinOp(op=ast.Add() | ast.Sub()):
            yield from _choices(_flat(node, ast.Add), ast.Add())
            yield node
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            yield node
            yield from (ast.BinOp(factor, ast.Div(), right) for factor in _flat(left, ast.Mult))
        case ast.BinOp():
            yield node
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            yield operand
        case ast.Call(func=ast.Attribute(value=ast.Name(id="np"))):
            yield node
        case ast.Name() | ast.Attribute() | ast.Subscript():
            yield node
            return
        case ast.IfExp() | ast.ListComp() | ast.GeneratorExp() | ast.Lambda():
            return
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, ast.expr) and not (isinstance(node, ast.Call) and inner is node.func):
            yield from _parts(inner)
        elif isinstance(inner, ast.keyword):
            yield from _parts(inner.value)
    match node:
        case ast.Call(func=ast.Attribute(value=owner)) if not isinstance(owner, ast.Name):
            yield from _parts(owner)
        case ast.BinOp(left=ast.Constant(value=1), op=ast.Sub(), right=ast.BinOp(left=y, op=ast.Pow())):
            yield ast.BinOp(y, ast.Mult(), y)


def _flat(node: ast.expr, kind: type[ast.operator]) -> list[ast.expr]:
    """The factors of a product, or the terms of a sum; a term that is taken away with its sign."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, kind):
        return [*_flat(node.left, kind), *_flat(node.right, kind)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) and kind is ast.Add:
        return [*_flat(node.left, kind), *(ast.UnaryOp(ast.USub(), term) for term in _flat(node.right, kind))]
    return [node]


def _choices(items: list[ast.expr], operator: ast.operator) -> Iterator[ast.expr]:
    sizes = range(2, len(items) + 1) if len(items) <= MANY else (2, len(items))
    for size in sizes:
        for chosen in itertools.combinations(items, size):
            yield functools.reduce(lambda a, b: ast.BinOp(a, operator, b), chosen)
