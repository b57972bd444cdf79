"""What special cases show: where an answer is right in some kind of problem and wrong in another, what tells them apart.

That is seen in the problems themselves: an argument that is zero, one item where there are several, more items, or larger
numbers than in the rest. So it is said of every exercise that has such cases, without words of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autograde.judging.case import Case
from autograde.judging.exercise import Problem
from autograde.judging.finding import Finding, Place
from autograde.judging.values import arrays
from autograde.judging.words import listed

ONE, MORE = {"one", "single"}, {"longer", "more"}
"""Words of a case with one item, and with more than the other problems have."""
LARGE = 8.0
"""How many times larger than in the other problems numbers are that count as large."""


def place(case: Case) -> Finding | None:
    """Where to look, when the answer is right in special cases alone, or in all but these."""
    draws = case.exercise.draws
    fine = [all(case.good(n, k) for k in case.wrong) for n in range(len(case.given))]
    cases = zip(case.exercise.probe_names(), case.problems[draws:], fine[draws:], strict=True)
    general = case.problems[:draws]
    if case.exercise.kind == "value" or any(fine[:draws]) != all(fine[:draws]):
        return None
    if all(fine[:draws]):
        told = [_only_wrong(name, problem, general) for name, problem, ok in cases if not ok]
    else:
        told = [_only_right(name, problem, general) for name, problem, ok in cases if ok]
    kind, says = next(filter(None, told), ("", ""))
    if not kind:
        return None
    return Finding("relation", says, places=(Place(kind),), results=tuple(case.names[k] for k in case.wrong))


def _only_right(name: str, problem: Problem, general: Sequence[Problem]) -> tuple[str, str] | None:
    """What is said of an answer that is right in this case, and wrong in general."""
    if zero := sorted(n for n in problem if _zero(problem[n]) and not any(_zero(p[n]) for p in general)):
        those, what = listed(zero), "is" if len(zero) == 1 else "are"
        return "right at zero", f"Where {those} {what} zero, it is right. So look at what you do with {those}."
    if ONE & set(name.split()) and any(1 in _grown(p[n], problem[n]) for n in problem for p in general):
        return (
            "right for one",
            f"It is right for {name}, and wrong for more. So look at what passes from one to the next, and at what is "
            "summed, counted or averaged over them.",
        )
    return None


def _only_wrong(name: str, problem: Problem, general: Sequence[Problem]) -> tuple[str, str] | None:
    """What is said of an answer that is wrong in this case, and right in general."""
    longest = max((k for n in problem for p in general for k in _grown(problem[n], p[n])), default=0)
    if MORE & set(name.split()) and longest:
        return (
            "wrong for more",
            f"It is right with {longest} of them, and wrong for {name}. Does something stop, or start anew, after a fixed "
            "number?",
        )
    if any(_size(problem[n]) > LARGE * max(_size(p[n]) for p in general) for n in problem):
        return (
            "wrong for large",
            f"It is right in general, and wrong for {name}. Something overflows there, is cut off, or has a small number "
            "added to it as a guard.",
        )
    return None


def _zero(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.size > 0 and not np.any(value)


def _grown(large: Any, small: Any) -> list[int]:
    """How many there are in ``small`` along each axis along which ``large`` has more."""
    return [b for a, b in zip(_lengths(large), _lengths(small), strict=False) if a > b]


def _lengths(value: Any) -> tuple[int, ...]:
    return value.shape if isinstance(value, np.ndarray) else (len(value),) if isinstance(value, list | tuple) else ()


def _size(value: Any) -> float:
    found: Iterator[np.ndarray] = (a for a in arrays(value) if a.size)
    return max((float(np.max(np.abs(a))) for a in found), default=0.0)
