"""Answer cells that failed when they were last run, so that no old answer is judged and none called unwritten."""

from __future__ import annotations

import ast
import re
import traceback
from collections.abc import Collection
from typing import Any

from autograde.judging.verdict import Verdict
from autograde.judging.words import advice

_failed: dict[str, tuple[str, str, int, str]] = {}
"""Name -> type and message of the error, the line in the cell, and what stands there."""


def note(result: Any, known: Collection[str]) -> None:
    """Remember whether a cell that gives one of the ``known`` names a value did so; ``result`` is IPython's of its run."""
    source = result.info.raw_cell or ""
    error = result.error_before_exec or result.error_in_exec
    stopped = _line(error) if error is not None else 0
    for name, last in _bindings(source).items():
        if name not in known:
            continue
        if error is None or (result.error_before_exec is None and stopped > last):
            _failed.pop(name, None)
        else:
            lines = source.splitlines()
            text = lines[stopped - 1].strip() if 0 < stopped <= len(lines) else ""
            message = error.msg if isinstance(error, SyntaxError) else str(error)
            _failed[name] = (type(error).__name__, str(message), stopped, text)


def failed(name: str, points: int) -> Verdict | None:
    """What to say of an exercise whose answer cell failed when it was last run; None when it did not."""
    if name not in _failed:
        return None
    kind, message, line, text = _failed[name]
    where = f"Line {line}: `{text}`" if line else ""
    details = tuple(d for d in (f"`{kind}: {message}`", where, advice(kind, message)) if d)
    return Verdict(name, "wrong", "Your answer cell failed when it was last run.", details, points, how="form")


def _line(error: BaseException) -> int:
    """The line of the cell that an error comes from: the first frame that is the cell's own."""
    if isinstance(error, SyntaxError):
        return error.lineno or 0
    frames = traceback.extract_tb(error.__traceback__)
    return next((f.lineno or 0 for f in frames if f.name == "<module>" or f.name.startswith("<cell line")), 0)


def _bindings(source: str) -> dict[str, int]:
    """The names that a cell gives values to, each with the last line that does; of a cell that is no Python, all that look
    like it."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        lines = enumerate(source.splitlines(), 1)
        found = ((re.match(r"(?:def\s+)?(\w+)\s*(?:=[^=]|\()", text), n) for n, text in lines)
        return {match[1]: n for match, n in found if match}
    names: dict[str, int] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names[node.name] = node.lineno
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in (t for one in targets for t in ast.walk(one)):
                if isinstance(target, ast.Name):
                    names[target.id] = node.lineno
    return names
