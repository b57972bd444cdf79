"""One answer under judgement: the exercise, what was asked, what came back, and what follows from these."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from autograde.asking.ask import Answer
from autograde.judging.compare import is_array, is_numeric, parts, same
from autograde.judging.exercise import Exercise, Mistake, Problem
from autograde.judging.mistakes import mistaken

SINGLE = 1e-5
"""Tolerance for answers in single precision, where an exercise allows them."""
worked: Callable[[], float] = getattr(time, "thread_time", lambda: time.perf_counter() / 4)
"""Seconds that this thread has worked; a browser knows only the clock, and is about four times slower."""
BUDGET = 0.32
"""Seconds of this thread's time that the search for an explanation may take."""


@dataclass
class Case:
    """An exercise, its problems, and the answers that came back, in the same order.

    Results are looked at by number: result ``k`` of problem ``n`` is ``right[n][k]`` and ``given[n][k]``.

    Attributes
    ----------
    earlier : other exercises by name; calls of their functions were recorded.
    unsolved : names of exercises whose own check is known to fail, where that is known. Only these count as wrong pieces
        that an answer is right over; None lets every piece count.
    earns : whether an answer that is right over a wrong piece earns its points.
    memo : what a finder keeps for another one.
    """

    exercise: Exercise
    problems: Sequence[Problem]
    answers: Sequence[Answer]
    earlier: Mapping[str, Any] = field(default_factory=dict)
    unsolved: Collection[str] | None = None
    earns: bool = True
    pieces: dict[int, Any] = field(default_factory=dict)
    altered: list[tuple[Any, list[Any]]] | None = None
    memo: dict[Any, Any] = field(default_factory=dict)
    begun: float = field(default_factory=worked)
    _mistaken: dict[tuple, list[Any] | None] = field(default_factory=dict)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """A name for each result; the exercise's own where there is only one."""
        return tuple(self.exercise.outputs) or (self.exercise.name,)

    @cached_property
    def right(self) -> list[list[Any]]:
        """The right results of each problem."""
        return [parts(self.exercise.reference(**p), self.exercise.outputs) for p in self.problems]

    @cached_property
    def given(self) -> list[list[Any]]:
        """The results that came back, nested lists of numbers as arrays where arrays are wanted."""
        return [
            [_as_array(a, r) for a, r in zip(self.results(n), right, strict=True)]
            for n, right in enumerate(self.right[: len(self.answers)])
        ]

    def results(self, n: int) -> list[Any]:
        """What came back for problem ``n``, as a list of results, however many there are."""
        value, names = self.answers[n].value, self.exercise.outputs
        if (
            names
            and isinstance(value, np.ndarray)
            and value.ndim
            and [v.shape for v in value] == [np.shape(r) for r in self.right[n]]
        ):
            return list(value)
        return parts(value, names)

    @cached_property
    def wrong(self) -> tuple[int, ...]:
        """The numbers of the results that are wrong in some problem."""
        every = range(len(self.given))
        return tuple(k for k in range(len(self.names)) if not all(self.good(n, k) for n in every))

    @cached_property
    def telling(self) -> int:
        """The number of the problem to try things on first: the smallest that the answer gets wrong, no special case
        unless only those are wrong."""
        wrong = [n for n in range(len(self.given)) if not all(self.good(n, k) for k in range(len(self.names)))]
        general = [n for n in wrong if n < self.exercise.draws]
        return min(general or wrong or [0], key=lambda n: sum(np.size(v) for v in self.right[n] if is_array(v)))

    def good(self, n: int, k: int) -> bool:
        """Whether result ``k`` of problem ``n`` is right."""
        return same(self.given[n][k], self.right[n][k], self.tolerance(self.given[n][k]))

    def tolerance(self, answer: Any) -> float:
        """How near ``answer`` has to be, relative to the largest right entry."""
        return SINGLE if self.exercise.float32 and is_single(answer) else self.exercise.rtol

    def single(self, n: int, k: int) -> bool:
        """Whether result ``k`` of problem ``n`` came back in single precision."""
        return is_single(self.given[n][k])

    @cached_property
    def identifiers(self) -> frozenset[str]:
        """Words that are names of code: those of results and arguments."""
        return frozenset([*self.names, *(name for problem in self.problems[:1] for name in problem)])

    def results_of(self, function: Callable, problem: Problem) -> list[Any] | None:
        """What another version of the reference gives for a problem; None when it raises."""
        try:
            with np.errstate(all="ignore"):
                return parts(function(**problem), self.exercise.outputs)
        except Exception:
            return None

    def mistaken(self, edits: tuple[Mistake, ...], n: int) -> list[Any] | None:
        """The results of problem ``n`` with these named mistakes in the reference, computed once."""
        key = (edits, n)
        if key not in self._mistaken:
            exercise = self.exercise
            self._mistaken[key] = (
                mistaken(exercise, edits, self.problems[n]) if exercise.readable else exercise.by_mistake(edits, n)
            )
        return self._mistaken[key]

    def right_value(self, n: int, k: int, value: Any) -> bool:
        """Whether ``value`` is the right result ``k`` of problem ``n``."""
        return same(value, self.right[n][k], self.exercise.rtol)

    def agrees(self, n: int, k: int, value: Any) -> bool:
        """Whether ``value`` is what came back as result ``k`` of problem ``n``."""
        given = self.given[n][k]
        return same(given, value, 10 * self.tolerance(given))

    @property
    def left(self) -> float:
        """Seconds that are left for explanations."""
        return self.begun + BUDGET - worked()

    @property
    def over(self) -> bool:
        """Whether the time for explanations is used up."""
        return self.left < 0

    def grant(self, seconds: float) -> None:
        """See to it that so many are left."""
        self.begun += max(0.0, seconds - self.left)


def is_single(answer: Any) -> bool:
    """Whether a value is in single precision."""
    return isinstance(answer, np.ndarray) and answer.dtype in (np.float32, np.complex64)


def _as_array(answer: Any, wanted: Any) -> Any:
    if isinstance(answer, list | tuple) and is_array(wanted) and (is_numeric(answer) or _truths(answer, wanted)):
        with contextlib.suppress(ValueError):
            return np.asarray(answer)
    return answer


def _truths(answer: Any, wanted: Any) -> bool:
    return np.asarray(wanted).dtype == bool and all(isinstance(v, bool | np.bool_) for v in answer)
