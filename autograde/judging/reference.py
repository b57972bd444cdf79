"""A reference that can be run with its steps recorded, with edits of its source, and with other values put in."""

from __future__ import annotations

import ast
import copy
import inspect
import re
import textwrap
import types
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

import numpy as np

from autograde.judging import recording
from autograde.judging.catalogue import called, reached
from autograde.judging.compare import parts
from autograde.judging.exercise import Exercise, Mistake, Problem
from autograde.judging.mistakes import is_check, rebuild, silenced
from autograde.judging.places import Places, Span
from autograde.judging.recording import Enough, Step, Value, as_value, instrumented, leaves, statements

VARIANTS = 3000
"""Edited functions that are kept compiled, and edited references that are kept built."""


@dataclass(frozen=True)
class Edit:
    """A small change of one function that a reference runs.

    Attributes
    ----------
    spans : what is replaced in its source: start, stop and the new text of each, in order.
    slip : what kind of slip it is, a key of ``slips.WORDS``; the name of a named mistake.
    rank : the likelier, the smaller.
    steps : the steps whose statements it changes.
    mistake : set where it has a name.
    """

    function: Callable
    spans: tuple[Span, ...]
    slip: str
    rank: int
    steps: tuple[Step, ...]
    mistake: Mistake | None = None


@dataclass(frozen=True)
class Run:
    """One run: the value of each step in order, and the results; ``results`` is None when it was stopped before its end."""

    values: list[Value]
    results: list[Any] | None
    scopes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@cache
def source(function: Callable) -> str:
    """The source of a function, as text that starts at the margin."""
    return textwrap.dedent(inspect.getsource(function))


class Reference:
    """The reference of an exercise and the functions that it comes to call. Checks of arguments are no steps of it."""

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        every = reached(exercise.reference)
        self.functions = tuple(f for f in every if not is_check(f))
        self._silent = silenced(exercise.reference)
        self._codes: dict[tuple[Callable, tuple, bool], types.CodeType | None] = {}
        self._built: dict[tuple[tuple[Edit, ...], bool], Callable | None] = {}

    @cached_property
    def trees(self) -> dict[Callable, ast.FunctionDef]:
        """The source of each function, parsed."""
        return {f: _parsed(source(f)) for f in self.functions}

    @cached_property
    def statements(self) -> dict[Callable, list[tuple[ast.stmt, tuple[Step, ...]]]]:
        """The statements of each function with their steps."""
        return {f: list(statements(called(f), tree)) for f, tree in self.trees.items()}

    @cached_property
    def shared(self) -> frozenset[Callable]:
        """Functions that are called in more than one place, so that an edit of one changes several things."""
        calls = [
            ast.unparse(n.func).split(".")[-1]
            for t in self.trees.values()
            for n in ast.walk(t)
            if isinstance(n, ast.Call)
        ]
        return frozenset(f for f in self.functions if calls.count(f.__name__) > 1)

    @cached_property
    def results(self) -> dict[Step, str]:
        """The step of each result of the reference -> the name of that result."""
        function = self.exercise.reference
        last = [steps for node, steps in self.statements[function] if isinstance(node, ast.Return)]
        names = self.exercise.outputs or (self.exercise.name,)
        return {s: n for steps in last if len(steps) == len(names) for s, n in zip(steps, names, strict=True)}

    def run(
        self,
        problem: Problem,
        edits: tuple[Edit, ...] = (),
        put: Mapping[tuple[Step, int], Any] | None = None,
        limit: int = 4000,
        finely: bool = False,
    ) -> Run | None:
        """The run on a problem; None when it raises, or when the edits leave no code that can run.

        put : values to go on with in place of what a step gives at a turn.
        limit : how many values are wanted.
        finely : whether parts of expressions are recorded, too, as ``recording.part_of`` their step.
        """
        function = self._build(edits, finely)
        if function is None:
            return None
        recorder = recording.begin(dict(put or {}), limit, None)
        try:
            with np.errstate(all="ignore"):
                value = function(**copy.deepcopy(problem))
        except Enough:
            return Run(recorder.values, None, recorder.scopes)
        except Exception:
            return None
        return Run(recorder.values, parts(value, self.exercise.outputs), recorder.scopes)

    def at(
        self, problem: Problem, step: Step, turn: int, edits: tuple[Edit, ...], put: Mapping[tuple[Step, int], Any]
    ) -> Point | None:
        """The run's state before one of its assignments; None when it does not come there."""
        function = self._build(edits)
        if function is None:
            return None
        recorder = recording.begin(dict(put), 4000, (step, turn))
        try:
            with np.errstate(all="ignore"):
                function(**copy.deepcopy(problem))
        except Exception:
            pass
        return None if recorder.here is None else Point(self, step, *recorder.here)

    def _build(self, edits: tuple[Edit, ...], finely: bool = False) -> Callable | None:
        """The reference with these edits, as a function that records; None when they leave no code that can run."""
        edits = tuple(sorted(edits, key=lambda e: (self.functions.index(e.function), e.spans)))
        key = edits, finely
        if key not in self._built:
            if len(self._built) >= VARIANTS:
                self._built.clear()
                self._codes.clear()
            self._built[key] = self._new(edits, finely)
        return self._built[key]

    def _new(self, edits: tuple[Edit, ...], finely: bool) -> Callable | None:
        spans: dict[Callable, tuple] = {}
        for edit in edits:
            spans[edit.function] = tuple(sorted((*spans.get(edit.function, ()), *edit.spans)))
        codes = dict(self._silent)
        for function in self.functions:
            if (code := self._code(function, spans.get(function, ()), finely)) is None:
                return None
            codes[function] = code
        return rebuild(self.exercise.reference, codes)

    def _code(self, function: Callable, spans: tuple[Span, ...], finely: bool) -> types.CodeType | None:
        key = function, spans, finely
        if key not in self._codes:
            self._codes[key] = _compiled(function, spans, finely)
        return self._codes[key]


RESULT, VALUE = "_result", "_value"
"""Variables for what a return gives and for what is asked, where one statement is tried alone."""


@dataclass(frozen=True)
class Point:
    """The state of a run before an assignment, in which that one statement can be tried with edits."""

    reference: Reference
    step: Step
    space: dict[str, Any]
    variables: dict[str, Any]

    @cached_property
    def _statement(self) -> tuple[str, int, str]:
        """The text of the statement, where it starts in its function's source, and how what is meant is written."""
        function = next(f for f in self.reference.functions if called(f) == self.step.function)
        node, steps = next(s for s in self.reference.statements[function] if self.step in s[1])
        place = Places(source(function))
        number = steps.index(self.step)
        if isinstance(node, ast.Return):
            target = f"{RESULT}[{number}]" if len(steps) > 1 else RESULT
        else:
            targets = node.targets if isinstance(node, ast.Assign) else []
            target = ast.unparse([leaf for t in targets for leaf in leaves(t)][number])
        return source(function)[place.start(node) : place.stop(node)], place.start(node), target

    def value(self, spans: Sequence[Span]) -> np.ndarray | None:
        """What the step gives when its statement is edited so; None when it raises or gives no number."""
        text, start, target = self._statement
        if any(span[0] < start or span[1] > start + len(text) for span in spans):
            return None
        text = edited(text, [(a - start, b - start, new) for a, b, new in spans]) or ""
        text = f"{re.sub('^return', f'{RESULT} =', text)}\n{VALUE} = {target}"
        variables = dict(self.variables)
        try:
            with warnings.catch_warnings(action="ignore"), np.errstate(all="ignore"):
                exec(compile(text, "<a step>", "exec"), self.space, variables)
            return as_value(variables[VALUE])
        except Exception:
            return None


@cache
def of(exercise: Exercise) -> Reference:
    """The reference of an exercise, one for each process."""
    return Reference(exercise)


def edited(text: str, spans: Sequence[Span]) -> str | None:
    """``text`` with the spans replaced; None when two of them overlap."""
    for (_, stop, _), (start, _, _) in zip(spans, spans[1:], strict=False):
        if start < stop:
            return None
    for start, stop, new in reversed(spans):
        text = text[:start] + new + text[stop:]
    return text


def _compiled(function: Callable, spans: tuple[Span, ...], finely: bool) -> types.CodeType | None:
    text = edited(source(function), spans)
    if text is None:
        return None
    with warnings.catch_warnings(action="ignore"):
        try:
            module = instrumented(called(function), _parsed(text), finely)
            return compile(module, f"<{function.__name__}, recorded>", "exec")
        except (SyntaxError, ValueError):
            return None


def _parsed(text: str) -> ast.FunctionDef:
    (tree,) = ast.parse(text).body
    assert isinstance(tree, ast.FunctionDef)
    return tree
