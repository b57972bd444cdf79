"""As if an argument were another: the reference asked with one argument left out, turned round, or taken for another.

It needs no knowledge of the exercise: what came back is right for a problem that was not asked.
"""

from __future__ import annotations

import copy
import itertools
import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograde.judging.case import Case
from autograde.judging.exercise import Problem
from autograde.judging.finding import Finding, Place

MANY = 14
"""Arguments, and parts of arguments, that are looked at."""
_SAYS = {
    "zero": "{it} is what would be right if `{a}` were zero. Is `{a}` left out?",
    "one": "{it} is what would be right if `{a}` were one. Is `{a}` left out?",
    "minus": "{it} is what would be right if `{a}` had the other sign.",
    "turned round": "{it} is what would be right if `{a}` were in reverse order.",
    "transposed": "{it} is what would be right if rows and columns of `{a}` were exchanged.",
    "in place of": "{it} is what would be right if `{a}` were `{b}`. Does one stand where the other belongs?",
    "exchanged": "{it} is what would be right if `{a}` and `{b}` changed places.",
}


@dataclass(frozen=True)
class Alteration:
    """What is done to a problem: the key of its words, and the path to one or two of its arrays or numbers."""

    kind: str
    a: tuple[str, ...]
    b: tuple[str, ...] = ()

    def of(self, problem: Problem) -> Problem | None:
        """The problem with this done to it; None when it cannot be done there."""
        problem = copy.deepcopy(dict(problem))
        value, other = _at(problem, self.a), _at(problem, self.b) if self.b else None
        new = _changed(self.kind, value, other)
        if new is None:
            return None
        _put(problem, self.a, new)
        if self.kind == "exchanged":
            _put(problem, self.b, value)
        return problem


def one_result(case: Case, k: int) -> Finding | None:
    """The first alteration for whose problems result ``k`` is right."""
    for alteration, results in _tried(case):
        if case.over:
            return None
        if case.agrees(case.telling, k, results[k]) and _everywhere(case, alteration, k):
            it = f"`{case.names[k]}`" if len(case.names) > 1 else "Your answer"
            a, b = ".".join(alteration.a), ".".join(alteration.b)
            said = _SAYS[alteration.kind].format(it=it, a=a, b=b)
            place = Place(f"argument {alteration.kind}", case.names[k], step=a)
            return Finding("relation", said, places=(place,), results=(case.names[k],))
    return None


def whole(case: Case) -> Finding | None:
    """One alteration that makes all results right at once."""
    for alteration, results in _tried(case) if len(case.names) > 1 else ():
        if case.over:
            return None
        if all(case.agrees(case.telling, k, v) for k, v in enumerate(results)):
            if all(_everywhere(case, alteration, k) for k in range(len(case.names))):
                a, b = ".".join(alteration.a), ".".join(alteration.b)
                said = _SAYS[alteration.kind].format(it="All of it", a=a, b=b)
                place = Place(f"argument {alteration.kind}", step=a)
                return Finding("relation", said, places=(place,), results=tuple(case.names[k] for k in case.wrong))
    return None


def _everywhere(case: Case, alteration: Alteration, k: int) -> bool:
    for n, problem in enumerate(case.problems):
        results = _results(case, alteration, problem)
        if results is None or not case.agrees(n, k, results[k]):
            return False
    return True


def _tried(case: Case) -> list[tuple[Alteration, list[Any]]]:
    """Each alteration with the results that it gives for the telling problem, computed once."""
    if case.altered is None:
        case.altered = []
        problem = case.problems[case.telling]
        for alteration in _alterations(problem) if case.exercise.kind == "function" else ():
            if case.over:
                break
            if (results := _results(case, alteration, problem)) is not None:
                case.altered.append((alteration, results))
    return case.altered


def _results(case: Case, alteration: Alteration, problem: Problem) -> list[Any] | None:
    altered = alteration.of(problem)
    if altered is None:
        return None
    results = case.results_of(case.exercise.reference, altered)
    return results if results is not None and len(results) == len(case.names) else None


def _alterations(problem: Problem) -> Iterator[Alteration]:
    paths = list(itertools.islice(_paths(problem), MANY))
    for path in paths:
        for kind in ("zero", "one", "minus", "turned round", "transposed"):
            yield Alteration(kind, path)
    for a, b in itertools.permutations(paths, 2):
        if np.shape(_at(problem, a)) == np.shape(_at(problem, b)):
            yield Alteration("in place of", a, b)
    for a, b in itertools.combinations(paths, 2):
        if np.shape(_at(problem, a)) == np.shape(_at(problem, b)):
            yield Alteration("exchanged", a, b)


def _changed(kind: str, value: Any, other: Any) -> Any:
    """The new value; None when it would be the old one, or cannot be."""
    array = np.asarray(value)
    match kind:
        case "zero":
            new = np.zeros_like(array)
        case "one":
            new = np.ones_like(array)
        case "minus":
            new = -array
        case "turned round":
            new = array[::-1] if array.ndim and len(array) > 1 else array
        case "transposed":
            new = array.T if array.ndim == 2 and array.shape[0] == array.shape[1] else array
        case _:
            new = np.asarray(other)
    if new.shape != array.shape:
        return None
    return new.copy() if array.ndim else float(new)


def _paths(problem: Problem) -> Iterator[tuple[str, ...]]:
    for name, value in problem.items():
        if isinstance(value, types.SimpleNamespace):
            yield from ((name, inner) for inner, v in vars(value).items() if _is_number(v))
        elif _is_number(value):
            yield (name,)


def _is_number(value: Any) -> bool:
    return isinstance(value, float) or (isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.size > 0)


def _at(problem: Problem, path: tuple[str, ...]) -> Any:
    value = problem[path[0]]
    return getattr(value, path[1]) if len(path) > 1 else value


def _put(problem: Problem, path: tuple[str, ...], value: Any) -> None:
    if len(path) > 1:
        setattr(problem[path[0]], path[1], value)
    else:
        problem[path[0]] = value
