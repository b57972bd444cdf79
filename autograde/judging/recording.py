"""A function's source rewritten so that it hands every value that it computes to a recorder."""

from __future__ import annotations

import ast
import copy
import sys
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeGuard

import numpy as np

from autograde.judging.parts import parts


class Step(NamedTuple):
    """An assignment or a result in one of the functions that a reference runs.

    ``name`` is what is assigned, as it is written; ``number`` tells those of one name in one function apart, from 0.
    """

    function: str
    name: str
    number: int = 0


def part_of(step: Step) -> Step:
    """How parts of a step's expression are recorded."""
    return step._replace(name=f"({step.name})")


class Value(NamedTuple):
    """What a step gave; ``turn`` counts how often it had been taken before."""

    step: Step
    turn: int
    value: np.ndarray


class Enough(Exception):
    """Raised inside a run whose further values nobody wants."""


@dataclass
class Recorder:
    """Values of one run.

    Attributes
    ----------
    put : values to go on with in place of those that a step gives, by step and turn.
    limit : how many values are wanted.
    stop : a step and its turn before which the run ends; ``here`` then holds the variables that it would start from.
    """

    put: dict[tuple[Step, int], Any] = field(default_factory=dict)
    limit: int = 4000
    stop: tuple[Step, int] | None = None
    values: list[Value] = field(default_factory=list)
    scopes: dict[str, dict[str, Any]] = field(default_factory=dict)
    here: tuple[dict[str, Any], dict[str, Any]] | None = None
    _turns: dict[Step, int] = field(default_factory=dict)

    def take(self, step: Step, value: Any) -> Any:
        """Note what ``step`` gives, and hand on what the run goes on with."""
        array = as_value(value)
        if array is None:
            return value
        turn = self._turns.get(step, 0)
        self._turns[step] = turn + 1
        if self.put and (step, turn) in self.put:
            array = np.array(self.put[step, turn])
            value = array if array.ndim else array.item()
        self.values.append(Value(Step._make(step), turn, array.copy()))
        if len(self.values) >= self.limit:
            raise Enough
        return value

    def before(self, step: Step, frame: types.FrameType) -> None:
        """Note the variables and end the run, when it is to stop before ``step``."""
        if self.stop == (step, self._turns.get(step, 0)):
            self.here = frame.f_globals, dict(frame.f_locals)
            raise Enough


recorder = Recorder()
"""The recorder of the run that is under way."""


def begin(put: dict[tuple[Step, int], Any], limit: int, stop: tuple[Step, int] | None) -> Recorder:
    """A new recorder, which takes all values from now on."""
    global recorder
    recorder = Recorder(put, limit, stop)
    return recorder


def _before(step: Step) -> None:
    if recorder.stop is not None:
        recorder.before(step, sys._getframe(1))


def _record(step: Step, value: Any) -> Any:
    return recorder.take(step, value)


def _part(step: Step, give: Callable[[], Any]) -> None:
    try:
        recorder.take(step, give())
    except Enough:
        raise
    except Exception:
        return  # a part that has no value of its own, such as one of a branch that is not taken


def _enter(function: str, scope: dict[str, Any]) -> None:
    recorder.scopes.setdefault(function, scope)


def as_value(value: Any) -> np.ndarray | None:
    """An array or a number that is no count, as an array; None for anything else."""
    if isinstance(value, np.ndarray):
        return value if value.dtype.kind in "fc" else None
    return np.asarray(value) if isinstance(value, float | complex) else None


def statements(function: str, tree: ast.FunctionDef) -> Iterator[tuple[ast.stmt, tuple[Step, ...]]]:
    """Each statement that computes something, with the steps that it takes, in the order of the text."""
    count: dict[str, int] = {}

    def step(name: str) -> Step:
        count[name] = count.get(name, -1) + 1
        return Step(function, name, count[name])

    def names(node: ast.stmt) -> list[str]:
        match node:
            case ast.Assign():
                return [ast.unparse(leaf) for target in node.targets for leaf in leaves(target)]
            case ast.AugAssign() | ast.AnnAssign():
                return [ast.unparse(node.target)]
            case ast.Return(value=ast.expr() as value):
                return [f"return[{n}]" for n in range(len(_returned(value)))]
            case ast.For():
                return [f"for {ast.unparse(node.target)}"]
            case ast.Expr(value=ast.Call() as call):
                return [f"{ast.unparse(call.func)}()" if (out := _out(call)) is None else ast.unparse(out)]
        return []

    for node in _in_order(tree.body):
        if steps := tuple(step(name) for name in names(node)):
            yield node, steps


def leaves(target: ast.expr) -> list[ast.expr]:
    """The single targets of an assignment to several."""
    if isinstance(target, ast.Tuple | ast.List):
        return [leaf for element in target.elts for leaf in leaves(element)]
    return [target.value] if isinstance(target, ast.Starred) else [target]


def instrumented(function: str, tree: ast.FunctionDef, finely: bool = False) -> ast.Module:
    """``tree``, changed so that the function hands its arguments and the value of each step to the recorder, in a module.

    finely : parts of each step's expression are handed over, too, as ``part_of`` that step.
    """
    tree.decorator_list = []
    steps = {id(node): found for node, found in statements(function, tree)}
    tree.body = [
        ast.Expr(_call("_enter", ast.Constant(function), _call("locals"))),
        *_recorded(tree.body, steps, finely),
    ]
    origin = ast.ImportFrom(
        __name__, [ast.alias("_record"), ast.alias("_before"), ast.alias("_enter"), ast.alias("_part")], 0
    )
    return ast.fix_missing_locations(ast.Module([origin, tree], []))


def _recorded(body: list[ast.stmt], steps: dict[int, tuple[Step, ...]], finely: bool) -> list[ast.stmt]:
    new: list[ast.stmt] = []
    for node in body:
        if (
            finely
            and id(node) in steps
            and isinstance(node, ast.Assign | ast.AugAssign | ast.Return)
            and node.value is not None
        ):
            place = _written(part_of(steps[id(node)][0]))
            new += [ast.Expr(_call("_part", place, _later(part))) for part in parts(node.value)]
        after: list[ast.expr] = []
        match node:
            case ast.Assign():
                after = [leaf for target in node.targets for leaf in leaves(target)]
            case ast.AugAssign() | ast.AnnAssign():
                after = [node.target]
            case ast.Return(value=ast.expr() as value):
                node.value = _in_places(
                    value, [_noted(s, v) for s, v in zip(steps[id(node)], _returned(value), strict=False)]
                )
            case ast.Expr(value=ast.Call() as call) if (out := _out(call)) is not None:
                after = [out]
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr="append"), args=[argument]) as call):
                call.args = [_noted(steps[id(node)][0], argument)]
            case _:
                for block in ("body", "orelse"):
                    if isinstance(inner := getattr(node, block, None), list):
                        setattr(node, block, _recorded(inner, steps, finely))
        if isinstance(node, ast.Assign | ast.Return) and id(node) in steps:
            new.append(ast.Expr(_call("_before", _written(steps[id(node)][0]))))
        new.append(node)
        for target, step in zip(after, steps.get(id(node), ()), strict=False):
            if ast.unparse(target) != "_":
                new.append(ast.Assign([_as(target, ast.Store())], _noted(step, _as(target, ast.Load()))))
    return new


def _in_order(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        yield node
        for block in ("body", "orelse"):
            if isinstance(inner := getattr(node, block, None), list):
                yield from _in_order(inner)


def _returned(value: ast.expr) -> list[ast.expr]:
    """The results of a return: the items of a tuple, or what a record such as ``Gradients(dW, db)`` is made of."""
    if isinstance(value, ast.Tuple):
        return value.elts
    if _is_record(value):
        return [item for part in _parts(value) for item in _returned(part)]
    return [value]


def _in_places(value: ast.expr, items: list[ast.expr]) -> ast.expr:
    """``value`` with ``items`` where ``_returned`` found its results."""
    if isinstance(value, ast.Tuple):
        return ast.Tuple(items, ast.Load())
    if not _is_record(value):
        return items[0]
    new = []
    for part in _parts(value):
        count = len(_returned(part))
        new.append(_in_places(part, items[:count]))
        items = items[count:]
    named = iter(new[len(value.args) :])
    keywords = [k if k.arg is None else ast.keyword(k.arg, next(named)) for k in value.keywords]
    return ast.Call(value.func, new[: len(value.args)], keywords)


def _is_record(value: ast.expr) -> TypeGuard[ast.Call]:
    return (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Name)
        and value.func.id[:1].isupper()
        and bool(_parts(value))
    )


def _parts(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(k.value for k in call.keywords if k.arg is not None)]


def _noted(step: Step, value: ast.expr) -> ast.expr:
    if isinstance(value, ast.Starred):
        return value
    return _call("_record", _written(step), value)


def _written(step: Step) -> ast.Tuple:
    return ast.Tuple([ast.Constant(part) for part in step], ast.Load())


def _later(value: ast.expr) -> ast.Lambda:
    return ast.Lambda(ast.arguments([], [], None, [], [], None, []), value)


def _out(call: ast.Call) -> ast.expr | None:
    return next((k.value for k in call.keywords if k.arg == "out"), None)


def _call(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])


def _as(target: ast.expr, context: ast.expr_context) -> ast.expr:
    if isinstance(target, ast.Name):
        return ast.Name(target.id, context)
    target = copy.deepcopy(target)
    for node in ast.walk(target):
        if hasattr(node, "ctx"):
            setattr(node, "ctx", context if node is target else ast.Load())  # noqa: B010  a field of some nodes only
    return target
