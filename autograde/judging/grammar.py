"""All single edits of a reference: its named mistakes, then small mechanical ones, each as replaced text in one function."""

from __future__ import annotations

import ast
import types
from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property
from typing import Any

import numpy as np

from autograde.judging.catalogue import called
from autograde.judging.inline import written_out
from autograde.judging.mistakes import EditError, spans_of
from autograde.judging.places import Places, Span
from autograde.judging.recording import Step, leaves
from autograde.judging.reference import Edit, Reference, edited, source
from autograde.judging.slips import alternatives

NAMED = 0
MECHANICAL = 10
"""Ranks of named mistakes and of mechanical edits start here."""


@cache
def edits(reference: Reference) -> tuple[Edit, ...]:
    """Every single edit; the same text comes once, by the mistake that has a name. Always in the same order."""
    found: dict[tuple[Callable, str], Edit] = {}
    shapes = _shapes(reference)
    for edit in [
        *_named(reference),
        *(e for f in reference.functions for e in _Mechanical(reference, f, shapes).edits()),
    ]:
        if (text := edited(source(edit.function), edit.spans)) is not None:
            found.setdefault((edit.function, text), edit)
    return tuple(found.values())


def _named(reference: Reference) -> Iterator[Edit]:
    for mistake in reference.exercise.mistakes:
        function = mistake.of or reference.exercise.reference
        if function not in reference.functions:
            continue
        try:
            where = tuple(spans_of(function, mistake))
        except EditError:
            continue
        yield Edit(function, where, mistake.name, NAMED, _touched(reference, function, where), mistake)


def _touched(reference: Reference, function: Callable, where: tuple[Span, ...]) -> tuple[Step, ...]:
    """The steps of the statements that the spans lie in, and of the one after them where they lie between two."""
    place = Places(source(function))
    found: dict[Step, None] = {}
    for start, stop, _ in where:
        inside = [
            steps
            for node, steps in reference.statements[function]
            if (place.start(node) <= start and stop <= place.stop(node)) or start <= place.start(node) < stop
        ]
        after = [steps for node, steps in reference.statements[function] if place.start(node) >= stop]
        for steps in inside[-1:] or after[:1]:
            found |= dict.fromkeys(steps)
    return tuple(found)


def _shapes(reference: Reference) -> dict[str, dict[str, tuple[int, ...]]]:
    """By function: the shape of each array and number that has a name in it, in the first problem."""
    run = reference.run(reference.exercise.problems()[0])
    if run is None:
        return {}
    found: dict[str, dict[str, tuple[int, ...]]] = {f: dict(_named_shapes(scope)) for f, scope in run.scopes.items()}
    for step, turn, value in run.values:
        if step.name.isidentifier() and turn == 0 and step.function in found:
            found[step.function].setdefault(step.name, value.shape)
    return found


def _named_shapes(scope: Mapping[str, Any]) -> Iterator[tuple[str, tuple[int, ...]]]:
    for name, value in scope.items():
        if isinstance(value, np.ndarray | float):
            yield name, np.shape(value)
        elif isinstance(value, types.SimpleNamespace) or hasattr(value, "_asdict"):
            fields = vars(value) if isinstance(value, types.SimpleNamespace) else value._asdict()
            yield from ((f"{name}.{k}", np.shape(v)) for k, v in fields.items() if isinstance(v, np.ndarray | float))


class _Mechanical:
    """The mechanical edits of one function."""

    def __init__(
        self, reference: Reference, function: Callable, shapes: Mapping[str, Mapping[str, tuple[int, ...]]]
    ) -> None:
        self.function = function
        self.tree = reference.trees[function]
        self.called = {f.__name__: reference.trees[f] for f in reference.functions if f is not function}
        self.statements = reference.statements[function]
        self.shapes = shapes.get(called(function))
        self.places = Places(source(function))

    @cached_property
    def arguments(self) -> set[str]:
        return {a.arg for a in self.tree.args.args}

    @cached_property
    def looped(self) -> set[int]:
        """The nodes inside loops, by identity."""
        return {
            id(n) for loop in ast.walk(self.tree) if isinstance(loop, ast.For) for s in loop.body for n in ast.walk(s)
        }

    def edits(self) -> Iterator[Edit]:
        """All of them; none of a function that the first problem does not run."""
        if self.shapes is None:
            return
        for node, steps in self.statements:
            if isinstance(node, ast.For):
                yield from self._of_loop(node, steps)
                continue
            value = getattr(node, "value", None)
            if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
                target, rest = ast.unparse(node.target), ast.unparse(node.value)
                yield self._edit(steps, "overwritten", 0, self.places.replaced(node, f"{target} = {rest}"))
            if isinstance(node, ast.Assign):
                yield from self._of_carried(node, steps)
                yield from self._of_start(node, steps)
            if len(steps) == 1 and isinstance(value, ast.BinOp | ast.Call | ast.Name | ast.Attribute):
                text = ast.unparse(value)
                for slip, new, rank in (
                    ("sign", f"-({text})", 2),
                    ("twice", f"2 * ({text})", 4),
                    ("half", f"({text}) / 2", 4),
                ):
                    yield self._edit(steps, slip, rank, self.places.replaced(value, f"({new})"))
            yield from self._of_expressions(node, steps)

    def _edit(self, steps: tuple[Step, ...], slip: str, rank: int, *where: Span) -> Edit:
        return Edit(self.function, tuple(sorted(where)), slip, MECHANICAL + rank, steps)

    def _of_expressions(self, node: ast.stmt, steps: tuple[Step, ...]) -> Iterator[Edit]:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        left = {id(n) for target in targets if target is not None for n in ast.walk(target)}
        value = getattr(node, "value", None)
        items = value.elts if isinstance(value, ast.Tuple) and len(value.elts) == len(steps) else []
        of_item = {id(n): (step,) for item, step in zip(items, steps, strict=False) for n in ast.walk(item)}
        for inner in ast.walk(node):
            if isinstance(inner, ast.expr) and id(inner) not in left:
                for slip, new, rank in alternatives(inner, self.shapes or {}):
                    yield self._edit(of_item.get(id(inner), steps), slip, rank, self.places.replaced(inner, f"({new})"))
            if isinstance(inner, ast.Call):
                yield from self._of_call(inner, of_item.get(id(inner), steps))

    def _of_call(self, call: ast.Call, steps: tuple[Step, ...]) -> Iterator[Edit]:
        """Slips in what a small function computes, at this call of it alone."""
        name = ast.unparse(call.func).split(".")[-1]
        plain = written_out(call, self.called[name]) if name in self.called else None
        if plain is None:
            return
        text = ast.unparse(plain)
        value = ast.parse(text, mode="eval").body
        items = value.elts if isinstance(value, ast.Tuple) and len(value.elts) == len(steps) else [value]
        places = Places(text)
        for item, its in zip(items, [(s,) for s in steps] if len(items) > 1 else [steps], strict=True):
            for inner in ast.walk(item):
                if isinstance(inner, ast.expr):
                    for slip, new, rank in alternatives(inner, {}):
                        changed = edited(text, [places.replaced(inner, f"({new})")])
                        yield self._edit(its, slip, rank, self.places.replaced(call, f"({changed})"))

    def _of_loop(self, node: ast.For, steps: tuple[Step, ...]) -> Iterator[Edit]:
        over = ast.unparse(node.iter)
        other = over[9:-1] if over.startswith("reversed(") else f"list({over})[::-1]"
        turns = (("other end", other, 1), ("last turn missing", f"list({over})[:-1]", 2),
                 ("first turn missing", f"list({over})[1:]", 2), ("one turn", f"list({over})[:1]", 3))  # fmt: skip
        for slip, new, rank in turns:
            yield self._edit(steps, slip, rank, self.places.replaced(node.iter, new))

    def _of_carried(self, node: ast.Assign, steps: tuple[Step, ...]) -> Iterator[Edit]:
        """A value that was there before the loop and is not renewed in it."""
        if id(node) not in self.looped:
            return
        outside = self.arguments | {
            leaf.id
            for other, _ in self.statements
            if isinstance(other, ast.Assign) and id(other) not in self.looped
            for target in other.targets
            for leaf in leaves(target)
            if isinstance(leaf, ast.Name)
        }
        for target, step in zip([leaf for t in node.targets for leaf in leaves(t)], steps, strict=False):
            if isinstance(target, ast.Name) and target.id in outside:
                yield self._edit((step,), "not carried", 0, self.places.replaced(target, "_unused"))

    def _of_start(self, node: ast.Assign, steps: tuple[Step, ...]) -> Iterator[Edit]:
        """A value handed over that a loop does not start from."""
        if id(node) in self.looped:
            return
        items = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
        for item, step in zip(items, steps, strict=False):
            if isinstance(item, ast.Name) and item.id in self.arguments:
                yield self._edit((step,), "start value", 0, self.places.replaced(item, f"0 * {item.id}"))
