"""The mistakes of a class, each with an example that names nobody."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograde.classroom.answers import Reader
from autograde.classroom.overview.items import mistakes

MOST = 40
"""Mistakes of a unit that are shown, the most frequent ones."""


@dataclass(frozen=True)
class Made:
    """A mistake, in which exercise and how often it was made, what its makers were told, and one answer that has it.

    code : the shortest such answer, without comments and words, which might name who wrote it; empty where none can be shown.
    """

    name: str
    exercise: str
    count: int
    said: str
    code: str


def made(reader: Reader, records: Sequence[Mapping[str, Any]]) -> list[Made]:
    """The mistakes of a unit, the most frequent ones first."""
    found: dict[tuple[str, str], list[tuple[Mapping[str, Any], Mapping[str, Any]]]] = {}
    for record in records:
        for about in record["notebooks"].values():
            for exercise, verdict in about["exercises"].items() if not about["reason"] else ():
                for name in mistakes(verdict):
                    found.setdefault((name, exercise), []).append((record, verdict))
    order = sorted(found, key=lambda key: (-len(found[key]), key))[:MOST]
    return [
        Made(*key, len(found[key]), found[key][0][1]["headline"], _example(reader, found[key], key[1])) for key in order
    ]


def _example(reader: Reader, of: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]], exercise: str) -> str:
    if exercise not in reader.questions:
        return ""
    answers = (bare(reader.answers(record, [exercise])[exercise].source) for record, _ in of[:5])
    return min((a for a in answers if a), key=len, default="")


def bare(source: str) -> str:
    """Code without comments and without text that stands alone; empty where it is no Python."""
    try:
        tree = ast.parse(source)
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef):
                node.body = [s for s in node.body if not _words(s)] or (
                    [ast.Pass()] if not isinstance(node, ast.Module) else []
                )
        return ast.unparse(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""


def _words(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )
