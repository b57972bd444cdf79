"""A function as source text that stands alone: with the imports, helpers and constants that it needs."""

from __future__ import annotations

import ast
import dis
import linecache
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

LONGEST = 20_000
"""Characters of source that are kept of one function."""
LARGEST = 200
"""Entries of an array that is kept as a constant."""


class CannotKeep(ValueError):
    """Something that the function needs cannot be written down; the message names it."""


def source(name: str, function: Callable) -> str:
    """Python text that defines ``name`` as ``function``, and before it all that it uses of the notebook.

    Raises
    ------
    CannotKeep : it was not defined in a notebook, or it uses a value that has no source.
    """
    if not isinstance(function, types.FunctionType):
        raise CannotKeep("this is no function of a notebook")
    space = function.__globals__ | {name: function}
    found: dict[str, str] = {}
    waiting = [name]
    while waiting:
        used = waiting.pop()
        if used not in found and used in space:
            found[used] = _written(used, space[used], function.__globals__)
            waiting += loads(found[used])
    order = sorted(reversed(found), key=lambda used: found[used].startswith(("def ", "class ", "@")))
    text = "\n\n\n".join(found[used] for used in order) + "\n"
    if len(text) > LONGEST:
        raise CannotKeep("it is too long")
    return text


def load(name: str, text: str, label: str) -> Callable:
    """The function ``name`` that ``text`` defines, in a namespace of its own. ``label`` stands in error messages."""
    file = f"<{label}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    space: dict[str, Any] = {"__name__": file}
    exec(compile(text, file, "exec"), space)
    if name not in space:
        raise NameError(f"{label} is not defined where it should be")
    return space[name]


def _written(name: str, value: Any, space: dict[str, Any]) -> str:
    if isinstance(value, types.ModuleType):
        return f"import {value.__name__} as {name}"
    if isinstance(value, types.FunctionType) and value.__globals__ is space:
        return _definition(value.__code__, value.__name__, name)
    if isinstance(value, types.FunctionType) and value.__module__.startswith("<"):  # one of ``load``'s: it stands alone
        return source(name, value)
    if isinstance(value, type) and value.__module__ == space.get("__name__"):
        code = next((v.__code__ for v in vars(value).values() if isinstance(v, types.FunctionType)), None)
        if code is not None:
            return _definition(code, value.__name__, name)
    module, own = getattr(value, "__module__", None), getattr(value, "__qualname__", "")
    if callable(value) and isinstance(module, str) and own.isidentifier() and module != space.get("__name__"):
        return f"from {module} import {own} as {name}"
    if isinstance(value, np.ndarray) and value.size <= LARGEST and value.dtype.kind in "biufc":
        return f"import numpy\n{name} = numpy.array({value.tolist()!r}, dtype={value.dtype.name!r})"
    if _literal(value):
        return f"{name} = {value!r}"
    raise CannotKeep(f"`{name}` is a value that has no source")


def _literal(value: Any) -> bool:
    if isinstance(value, float | complex):
        return bool(np.isfinite(value))
    if isinstance(value, tuple | list):
        return all(map(_literal, value))
    return value is None or isinstance(value, bool | int | str)


def _definition(code: types.CodeType, own: str, name: str) -> str:
    """The statement of a cell that defines ``own``, bound to ``name``."""
    lines = linecache.getlines(code.co_filename)
    try:
        tree = ast.parse("".join(lines))
    except SyntaxError:
        raise CannotKeep(f"the cell of `{name}` cannot be read") from None
    for node in tree.body:
        if own in _binds(node):
            first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
            text = "".join(lines[first - 1 : node.end_lineno]).rstrip("\n")
            return text if own == name else f"{text}\n{name} = {own}"
    raise CannotKeep(f"`{name}` has no source here")


def _binds(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign):
        yield from (t.id for t in node.targets if isinstance(t, ast.Name))


def loads(text: str) -> list[str]:
    """The names that ``text`` takes from its module: no attributes, and no local variables of its functions."""
    return list(dict.fromkeys(_global_names(compile(text, "<text>", "exec"))))


def _global_names(code: types.CodeType) -> Iterator[str]:
    yield from (i.argval for i in dis.get_instructions(code) if i.opname in ("LOAD_GLOBAL", "LOAD_NAME"))
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _global_names(constant)


def closure(name: str, text: str) -> str:
    """The statements of ``text`` that ``name`` needs, in their order."""
    binding: dict[str, list[ast.stmt]] = {}
    tree = ast.parse(text)
    for node in tree.body:
        for bound in _bound(node):
            binding.setdefault(bound, []).append(node)
    wanted: set[ast.stmt] = set()
    waiting = [name]
    while waiting:
        for node in binding.pop(waiting.pop(), []):
            if node not in wanted:
                wanted.add(node)
                waiting += loads(ast.unparse(node))
    lines = text.splitlines()
    kept = ["\n".join(lines[node.lineno - 1 : node.end_lineno]) for node in tree.body if node in wanted]
    return "\n\n".join(kept) + "\n"


def _bound(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [(alias.asname or alias.name).split(".")[0] for alias in node.names]
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)]
