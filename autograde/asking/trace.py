"""The way to an answer: one more run of a learner's function that brings back the values of its own lines.

The source of the function is rewritten so that every expression hands its value to a recorder; where there is no source
to rewrite (closures, classes, decorators), ``sys.settrace`` watches the variables instead. Values are copied at once,
and their number and size are bounded.
"""

from __future__ import annotations

import ast
import copy
import inspect
import linecache
import sys
import types
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from autograde.asking.plain import is_cell

MANY = 2000
"""Values that are kept."""
LARGE = 4096
"""Entries that a kept array may have."""
ENTRIES = 100_000
"""Entries that all kept arrays may have together."""
_QUIET = {"range", "len", "enumerate", "zip", "reversed", "print", "isinstance", "locals", "super"}
_HOOK = "__seen__"


@dataclass(frozen=True)
class Seen:
    """One value that a line of the learner's own gave on the way to the answer.

    Attributes
    ----------
    function : name of the function that the line stands in.
    line, text : its number in the cell, and the expression or statement.
    name : the variable that took the value; empty for a part of an expression.
    value : an array or a number, copied.
    """

    function: str
    line: int
    text: str
    name: str
    value: Any


@dataclass
class Recorder:
    """Keeps values until there are enough."""

    seen: list[Seen] = field(default_factory=list)
    entries: int = 0

    @property
    def full(self) -> bool:
        return len(self.seen) >= MANY or self.entries >= ENTRIES

    def keep(self, function: str, line: int, text: str, name: str, value: Any) -> None:
        """Keep the numbers in ``value``: an array, a number, a list of them; of a tuple each item."""
        if self.full:
            return
        items = value if isinstance(value, tuple) and len(value) <= 16 else (value,)
        for item in items:
            array = _numbers(item)
            if array is not None:
                self.entries += array.size
                self.seen.append(Seen(function, line, text, name, array))

    def hook(self, place: tuple[str, int, str, str], value: Any) -> Any:
        """Keep a value that stands at this place, and hand it on."""
        self.keep(*place, value)
        return value


def follow(function: Callable, arguments: Mapping[str, Any], recorder: Recorder, apart: Collection[str] = ()) -> None:
    """Run ``function`` once; what was seen is in ``recorder`` even when the run fails.

    apart : names of functions whose lines are not watched.
    """
    twin = _twin(function, recorder, apart)
    if twin is not None:
        twin(*arguments.values())
    else:
        _watched(function, arguments, recorder, apart)


def _numbers(value: Any) -> np.ndarray | None:
    if isinstance(value, float | np.floating):
        return np.array(float(value))
    if isinstance(value, list) and 0 < len(value) <= 64 and isinstance(value[0], float | np.ndarray | list):
        try:
            value = np.array(value)
        except (ValueError, TypeError):
            return None
    if type(value) is not np.ndarray or value.dtype.kind not in "fciu" or not 0 < value.size <= LARGE:
        return None
    return np.array(value, dtype=complex if value.dtype.kind == "c" else float)


def _twin(function: Callable, recorder: Recorder, apart: Collection[str]) -> Callable | None:
    """The function and those of its cells that it calls, rewritten in a copy of the notebook's namespace."""
    if not isinstance(function, types.FunctionType):
        return None
    space = dict(function.__globals__)
    space[_HOOK] = recorder.hook
    done: set[str] = set()
    todo: list[types.FunctionType] = [function]
    while todo and len(done) < 12:
        one = todo.pop()
        node = _definition(one)
        if node is None or one.__closure__ or node.decorator_list:
            if one is function:
                return None
            continue
        done.add(one.__name__)
        module = ast.fix_missing_locations(ast.Module([_Rewritten(one.__name__).function(node)], []))
        exec(compile(module, one.__code__.co_filename, "exec"), space)
        space[one.__name__].__defaults__, space[one.__name__].__kwdefaults__ = one.__defaults__, one.__kwdefaults__
        for name in _called(one.__code__):
            other = space.get(name)
            if (
                isinstance(other, types.FunctionType)
                and name not in done
                and name not in apart
                and other.__name__ == name
            ):
                if other.__globals__ is function.__globals__ and is_cell(other.__code__.co_filename):
                    todo.append(other)
    return space[function.__name__]


def _called(code: types.CodeType) -> set[str]:
    inner = [c for c in code.co_consts if isinstance(c, types.CodeType)]
    return {*code.co_names, *(name for c in inner for name in _called(c))}


def _definition(function: types.FunctionType) -> ast.FunctionDef | None:
    code = function.__code__
    for node in ast.walk(_parsed("".join(linecache.getlines(code.co_filename)))):
        if isinstance(node, ast.FunctionDef) and node.name == function.__name__:
            if code.co_firstlineno in (node.lineno, *(d.lineno for d in node.decorator_list)):
                return node
    return None


@cache
def _parsed(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError:
        return ast.Module([], [])


class _Rewritten(ast.NodeTransformer):
    """Hands the value of every expression and of every assigned variable to the hook, with its place."""

    def __init__(self, name: str) -> None:
        self.name = name

    def function(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node = copy.deepcopy(node)
        node.body = self._block(node.body)
        return node

    def _hooked(self, node: ast.expr, shown: ast.AST, name: str = "") -> ast.expr:
        parts = (self.name, getattr(shown, "lineno", 0), ast.unparse(shown)[:80], name)
        place = ast.Tuple([ast.Constant(part) for part in parts], ast.Load())
        call = ast.Call(ast.Name(_HOOK, ast.Load()), [place, node], [])
        return ast.copy_location(call, shown) if hasattr(shown, "lineno") else call

    def _inside(self, node: Any) -> ast.expr:
        shown = copy.deepcopy(node)
        self.generic_visit(node)
        return self._hooked(node, shown)

    visit_BinOp = _inside

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        return node if isinstance(node.operand, ast.Constant) else self._inside(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if not isinstance(node.ctx, ast.Load) or (
            isinstance(node.value, ast.Name) and node.value.id in ("np", "sp", "math")
        ):
            return node
        return self._inside(node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        if not isinstance(node.ctx, ast.Load):
            return node
        shown = copy.deepcopy(node)
        node.value = self.visit(node.value)
        return self._hooked(node, shown)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        shown = copy.deepcopy(node)
        if isinstance(node.func, ast.Attribute) and not isinstance(node.func.value, ast.Name):
            node.func.value = self.visit(node.func.value)
        node.args = [self.visit(a) for a in node.args]
        for keyword in node.keywords:
            keyword.value = self.visit(keyword.value)
        return node if isinstance(node.func, ast.Name) and node.func.id in _QUIET else self._hooked(node, shown)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.body = self._block(node.body)
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.Lambda:
        node.body = self.visit(node.body)
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.JoinedStr:
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AnnAssign:
        node.value = self.visit(node.value) if node.value else None
        return node

    def _block(self, body: list[ast.stmt]) -> list[ast.stmt]:
        new: list[ast.stmt] = []
        for statement in body:
            shown = copy.deepcopy(statement)
            names = _assigned(statement)
            for part in ("body", "orelse", "finalbody"):
                if isinstance(getattr(statement, part, None), list) and not isinstance(statement, ast.ClassDef):
                    setattr(statement, part, self._block(getattr(statement, part)))
            for handler in getattr(statement, "handlers", ()):
                handler.body = self._block(handler.body)
            for part in ("value", "iter", "test"):
                if isinstance(getattr(statement, part, None), ast.expr):
                    setattr(statement, part, self.visit(getattr(statement, part)))
            new.append(statement)
            for name in names:
                noted = ast.Expr(self._hooked(ast.Name(name, ast.Load()), shown, name))
                new.append(ast.copy_location(noted, shown))
        return new


def _assigned(statement: ast.stmt) -> list[str]:
    """The variables that a statement gives a value to, or changes."""
    match statement:
        case ast.Assign():
            return [name for target in statement.targets for name in _bases(target)]
        case ast.AugAssign() | ast.AnnAssign(value=ast.expr()):
            return _bases(statement.target)
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(name)))) if name not in ("np", "plt"):
            return [name]
    return []


def _bases(target: ast.expr) -> list[str]:
    if isinstance(target, ast.Tuple | ast.List):
        return [name for element in target.elts for name in _bases(element)]
    while isinstance(target, ast.Subscript | ast.Attribute | ast.Starred):
        target = target.value
    return [target.id] if isinstance(target, ast.Name) and target.id != "_" else []


def _watched(function: Callable, arguments: Mapping[str, Any], recorder: Recorder, apart: Collection[str]) -> None:
    """The same by ``sys.settrace``: variables only, after each line of a cell's functions."""
    reached: dict[int, int] = {}
    known: dict[str, dict[int, list[tuple[str, str]]]] = {}

    def local(frame: types.FrameType, event: str, value: Any) -> Any:
        if recorder.full:
            sys.settrace(None)
            return None
        line = reached.pop(id(frame), 0)
        cell = frame.f_code.co_filename
        if cell not in known:
            known[cell] = _variables("".join(linecache.getlines(cell)))
        for name, text in known[cell].get(line, ()):
            recorder.keep(frame.f_code.co_name, line, text, name, frame.f_locals.get(name))
        if event == "line":
            reached[id(frame)] = frame.f_lineno
        return local

    def called(frame: types.FrameType, event: str, value: Any) -> Any:
        watched = is_cell(frame.f_code.co_filename) and frame.f_code.co_name not in apart
        return local if watched and not frame.f_code.co_flags & inspect.CO_GENERATOR else None

    before = sys.gettrace()
    sys.settrace(called)
    try:
        function(*arguments.values())
    finally:
        sys.settrace(before)


def _variables(source: str) -> dict[int, list[tuple[str, str]]]:
    """Line of a cell -> the variables that its statements give values to, with the statement."""
    found: dict[int, list[tuple[str, str]]] = {}
    for node in ast.walk(_parsed(source)):
        if isinstance(node, ast.stmt) and (names := _assigned(node)):
            found.setdefault(node.lineno, []).extend((name, ast.unparse(node)[:80]) for name in names)
    return found
