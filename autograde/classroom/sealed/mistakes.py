"""Named mistakes of a sealed release: what was recorded for each of them in place of what an edited reference gives."""

from __future__ import annotations

from typing import Any

from autograde.judging.exercise import Mistake, Problem


def mistaken(exercise: Any, edits: tuple[Mistake, ...], n: int, problem: Problem) -> list[Any] | None:
    """The recorded results of problem number ``n`` by one mistake; None for several, and where nothing was recorded."""
    values = exercise.mistaken[edits[0].name] if len(edits) == 1 else None
    return None if values is None else values[n]
