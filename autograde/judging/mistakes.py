"""Named mistakes: the reference with one line edited, run on the same problems as the learner's code."""

from __future__ import annotations

import copy
import inspect
import itertools
import re
import sys
import textwrap
import types
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from autograde.judging.catalogue import reached
from autograde.judging.compare import parts
from autograde.judging.exercise import Exercise, Mistake, Problem


class EditError(ValueError):
    """A mistake's edit does not fit the source that it edits."""


def variant(reference: Callable, edits: Sequence[Mistake]) -> Callable:
    """``reference`` as it would be with these mistakes in it.

    The edited functions and all that calls them are rebuilt in copies of their modules' namespaces, so nothing that
    is running changes.

    Raises
    ------
    EditError : an edit's ``before`` is not found exactly once, or the edited source is no Python.
    """
    return _variant(reference, tuple(edits))


@cache
def _variant(reference: Callable, edits: tuple[Mistake, ...]) -> Callable:
    by_function: dict[Callable, list[Mistake]] = {}
    for mistake in edits:
        by_function.setdefault(mistake.of or reference, []).append(mistake)
    codes = {function: _compiled(function, mistakes) for function, mistakes in by_function.items()}
    return rebuild(reference, silenced(reference) | codes)


def is_check(function: Callable) -> bool:
    """Whether a function of ``lstm_ref`` checks arguments, and computes nothing."""
    return function.__module__.startswith("lstm_ref") and function.__name__.lstrip("_").startswith("check")


def silenced(reference: Callable) -> dict[Callable, types.CodeType]:
    """The checks of arguments that a reference comes to call, as functions that do nothing."""
    return {f: _nothing(f.__name__) for f in reached(reference) if is_check(f)}


@cache
def _nothing(name: str) -> types.CodeType:
    return compile(f"def {name}(*arguments, **named): pass", "<no check>", "exec")


def rebuild(reference: Callable, edited: Mapping[Callable, types.CodeType]) -> Callable:
    """``reference`` as it would be if each function in ``edited`` were defined by the code beside it."""
    names = dict.fromkeys(f.__module__ for f in [*reached(reference), *edited])
    spaces = {name: dict(vars(sys.modules[name])) for name in names}
    replaced: dict[int, Any] = {}
    for name, space in spaces.items():
        replaced |= _twins(vars(sys.modules[name]), space)
    for function, code in edited.items():
        space = spaces[function.__module__]
        exec(code, space)
        replaced[id(function)] = space[function.__name__]
    replaced |= {id(sys.modules[name]): types.SimpleNamespace() for name in spaces}
    for space in spaces.values():
        space.update({k: replaced[id(v)] for k, v in space.items() if id(v) in replaced})
    for name, space in spaces.items():
        vars(replaced[id(sys.modules[name])]).update(space)
    return spaces[reference.__module__][reference.__name__]


def _twins(namespace: Mapping[str, Any], space: dict[str, Any]) -> dict[int, Any]:
    """The functions of a module, defined in a copy of it instead: id of each -> its twin."""
    found = {}
    for value in namespace.values():
        if isinstance(value, types.FunctionType) and value.__globals__ is namespace:
            twin = types.FunctionType(value.__code__, space, value.__name__, value.__defaults__, value.__closure__)
            twin.__kwdefaults__, twin.__module__ = value.__kwdefaults__, value.__module__
            found[id(value)] = twin
    return found


def edited(function: Callable, mistakes: Sequence[Mistake]) -> str:
    """The source of ``function`` with these mistakes in it.

    Raises
    ------
    EditError : an edit's ``before`` is not found exactly once, or two of them edit the same place.
    """
    source = _source(function)
    spans = sorted(span for mistake in mistakes for span in spans_of(function, mistake))
    for (_, stop, _), (start, _, _) in itertools.pairwise(spans):
        if start < stop:
            raise EditError(f"{' and '.join(repr(m.name) for m in mistakes)} edit the same place")
    for start, stop, text in reversed(spans):
        source = source[:start] + text + source[stop:]
    return source


def _compiled(function: Callable, mistakes: Sequence[Mistake]) -> types.CodeType:
    try:
        return compile(
            edited(function, mistakes), f"<{function.__name__}: {', '.join(m.name for m in mistakes)}>", "exec"
        )
    except SyntaxError as error:
        raise EditError(f"{mistakes[0].name!r} leaves no valid Python in {function.__name__}: {error}") from None


@cache
def spans_of(function: Callable, mistake: Mistake) -> list[tuple[int, int, str]]:
    """The edit as (start, stop, text) in the source, each as small as can be, so that two may stand in one line."""
    source = "\n" + _source(function) + "\n"
    found = [m.start() for m in re.finditer(f"(?=\n{re.escape(mistake.before)}\n)", source)]
    if len(found) != 1:
        raise EditError(
            f"{mistake.name!r}: {mistake.before!r} occurs {len(found)} times in {function.__name__}, not once"
        )
    olds, news = mistake.before.split("\n"), mistake.after.split("\n")
    at = found[0]
    if len(olds) != len(news):
        return [_smallest(at, mistake.before, mistake.after)]
    spans = []
    for old, new in zip(olds, news, strict=True):
        spans += [_smallest(at, old, new)] if old != new else []
        at += len(old) + 1
    return spans


def _smallest(at: int, old: str, new: str) -> tuple[int, int, str]:
    head = _shared(old, new)
    tail = _shared(old[head:][::-1], new[head:][::-1])
    return at + head, at + len(old) - tail, new[head : len(new) - tail]


def _shared(a: str, b: str) -> int:
    """How many characters two texts begin with alike."""
    return next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


@cache
def _source(function: Callable) -> str:
    return textwrap.dedent(inspect.getsource(function))


def mistaken(exercise: Exercise, edits: tuple[Mistake, ...], problem: Problem) -> list[Any] | None:
    """The results of a problem by the exercise's reference with these mistakes in it.

    None where there are none: the edits exclude each other, or the edited code raises.
    """
    try:
        wrong = variant(exercise.reference, edits)
        with np.errstate(all="ignore"):
            return parts(wrong(**copy.deepcopy(problem)), exercise.outputs)
    except Exception:
        return None
