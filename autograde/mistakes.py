"""Named mistakes: the reference with one line edited, run on the same problems as the learner's code."""

from __future__ import annotations

import inspect
import itertools
import sys
import textwrap
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from .compare import parts, same
from .exercise import Exercise, Mistake, Problem


class EditError(ValueError):
    """A mistake's edit does not fit the source that it edits."""


def variant(reference: Callable, edits: Sequence[Mistake]) -> Callable:
    """``reference`` as it would be with these mistakes in it.

    The edited functions and all that calls them are rebuilt in copies of their modules' namespaces, so nothing that
    is running changes.

    Raises
    ------
    EditError : an edit's ``old`` is not found exactly once, or the edited source is no Python.
    """
    return _variant(reference, tuple(edits))


@cache
def _variant(reference: Callable, edits: tuple[Mistake, ...]) -> Callable:
    by_function: dict[Callable, list[Mistake]] = {}
    for mistake in edits:
        by_function.setdefault(mistake.of or reference, []).append(mistake)
    return rebuild(reference, {function: _edited(function, mistakes) for function, mistakes in by_function.items()})


def rebuild(reference: Callable, edited: Mapping[Callable, types.CodeType]) -> Callable:
    """``reference`` as it would be if each function in ``edited`` were defined by the code beside it."""
    module = sys.modules[reference.__module__]
    replaced: dict[int, Any] = {}
    own: dict[str, types.CodeType] = {}
    elsewhere: dict[str, dict[str, types.CodeType]] = {}
    for function, code in edited.items():
        there = own if function.__module__ == module.__name__ else elsewhere.setdefault(function.__module__, {})
        there[function.__name__] = code
    for name, codes in elsewhere.items():
        other = sys.modules[name]
        copy = _copy(vars(other), {}, codes)
        replaced[id(other)] = types.SimpleNamespace(**{k: v for k, v in copy.items() if k.isidentifier()})
        replaced |= {id(v): copy[k] for k, v in vars(other).items() if isinstance(v, types.FunctionType)}
    return _copy(vars(module), replaced, own)[reference.__name__]


def _edited(function: Callable, mistakes: Sequence[Mistake]) -> types.CodeType:
    source = _source(function)
    for mistake in mistakes:
        if source.count(mistake.old) != 1:
            times = source.count(mistake.old)
            raise EditError(f"{mistake.name!r}: {mistake.old!r} occurs {times} times in {function.__name__}, not once")
        source = source.replace(mistake.old, mistake.new)
    try:
        return compile(source, f"<{function.__name__}: {', '.join(m.name for m in mistakes)}>", "exec")
    except SyntaxError as error:
        raise EditError(f"{mistakes[0].name!r} leaves no valid Python in {function.__name__}: {error}") from None


@cache
def _source(function: Callable) -> str:
    return textwrap.dedent(inspect.getsource(function))


def _copy(namespace: dict[str, Any], replaced: dict[int, Any], own: dict[str, types.CodeType]) -> dict[str, Any]:
    copy = {name: replaced.get(id(value), value) for name, value in namespace.items()}
    for name, value in copy.items():
        if isinstance(value, types.FunctionType) and value.__globals__ is namespace:
            twin = types.FunctionType(value.__code__, copy, value.__name__, value.__defaults__, value.__closure__)
            twin.__kwdefaults__ = value.__kwdefaults__
            copy[name] = twin
    for code in own.values():
        exec(code, copy)
    return copy


def diagnose(exercise: Exercise, problems: Sequence[Problem], answers: Sequence[Any]) -> tuple[Mistake, ...]:
    """The mistake, or the pair of them, that reproduces ``answers`` on every problem; empty when none does."""
    right = [parts(exercise.reference(**p), exercise.outputs) for p in problems]
    given = [parts(a, exercise.outputs) for a in answers]
    touched: dict[Mistake, frozenset[int]] = {}
    for mistake in exercise.mistakes:
        values = _run(exercise, (mistake,), problems)
        if values is None:
            continue
        if _match(values, given, exercise.rtol):
            return (mistake,)
        touched[mistake] = _differing(values, right, exercise.rtol)
    first = _telling(exercise, right, given)
    for pair in _pairs(touched, _differing(given, right, exercise.rtol)):
        values = _run(exercise, pair, [problems[first]])
        if values is None or not _match(values, [given[first]], exercise.rtol):
            continue
        if _match(_run(exercise, pair, problems) or [], given, exercise.rtol):
            return pair
    return ()


def _telling(exercise: Exercise, right: list[list[Any]], given: list[list[Any]]) -> int:
    """The problem on which pairs are tried first: the smallest that the answer gets wrong."""
    wrong = [n for n in range(len(right)) if _differing([given[n]], [right[n]], exercise.rtol)]
    return min(wrong or [0], key=lambda n: sum(getattr(v, "size", 1) for v in right[n]))


def _pairs(touched: dict[Mistake, frozenset[int]], wrong: frozenset[int]) -> Iterator[tuple[Mistake, Mistake]]:
    for a, b in itertools.combinations(touched, 2):
        if wrong <= touched[a] | touched[b] and touched[a] & wrong and touched[b] & wrong:
            yield a, b


def _run(exercise: Exercise, edits: tuple[Mistake, ...], problems: Sequence[Problem]) -> list[list[Any]] | None:
    try:
        wrong = variant(exercise.reference, edits)
        with np.errstate(all="ignore"):
            return [parts(wrong(**p), exercise.outputs) for p in problems]
    except Exception:
        return None


def _match(values: list[list[Any]], given: list[list[Any]], rtol: float) -> bool:
    return len(values) == len(given) and all(
        len(v) == len(g) and all(same(b, a, 10 * rtol) for a, b in zip(v, g, strict=True))
        for v, g in zip(values, given, strict=True)
    )


def _differing(values: list[list[Any]], right: list[list[Any]], rtol: float) -> frozenset[int]:
    count = len(right[0])
    return frozenset(
        k
        for k in range(count)
        if not all(len(v) == count and same(v[k], r[k], rtol) for v, r in zip(values, right, strict=True))
    )
