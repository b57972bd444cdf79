"""Named mistakes of a sealed release: the learner's values among those that were recorded for each mistake."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograde.judging.compare import parts, same
from autograde.judging.exercise import Exercise, Mistake, Problem


def diagnose(exercise: Exercise, problems: Sequence[Problem], answers: Sequence[Any]) -> tuple[Mistake, ...]:
    """The mistake that gives ``answers`` on every problem; empty when none does."""
    given = [parts(a, exercise.outputs) for a in answers]
    for mistake in exercise.mistakes:
        values = exercise.mistaken[mistake.name]
        if values is not None and all(_match(g, v, exercise.rtol * 10) for g, v in zip(given, values, strict=True)):
            return (mistake,)
    return ()


def _match(given: list, values: list, rtol: float) -> bool:
    return len(given) == len(values) and all(same(a, b, rtol) for a, b in zip(given, values, strict=True))
