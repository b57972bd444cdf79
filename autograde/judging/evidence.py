"""What speaks for an edit or for one of the learner's values: how much more of the learner's run it makes the reference give."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from autograde.judging.recording import Value
from autograde.judging.trail import Suspect, Trail
from autograde.judging.values import telling

LOOKED_AT = 10
"""How many values that depend on a step are looked up."""
AHEAD = 40
"""How many values a first, short run goes beyond a suspect."""


class Score(NamedTuple):
    """How many more results agree, and how many values of the learner that are not right come out."""

    results: int
    values: int


def score(trail: Trail, suspect: Suspect, tried: Trail) -> Score | None:
    """What ``tried``, a change of ``trail``, makes better; None when it makes a result worse or changes nothing here."""
    if _is_long(trail, suspect):
        glance = _at_a_glance(trail, suspect, tried)
        if glance is None or glance.values == 0:
            return glance
    if tried.run is None or any(was and not now for was, now in zip(trail.agreeing, tried.agreeing, strict=True)):
        return None
    more = sum(tried.agreeing) - sum(trail.agreeing)
    if len(tried.values) != len(trail.values):
        return Score(more, 0)
    if _unchanged(tried.values[suspect.number].value, suspect.value.value):
        return Score(more, 0) if more else None
    return Score(more, _new(trail, suspect, tried.values, suspect.after))


def _new(trail: Trail, suspect: Suspect, values: Sequence[Value], numbers: Sequence[int]) -> int:
    """How many of the values that depend on the suspect come out as wrong values that the learner has."""
    its, found, looked = values[suspect.number].value, 0, 0
    for j in numbers:
        if j >= len(values) or looked >= LOOKED_AT:
            break
        value, before = values[j].value, trail.values[j].value
        if telling(value) and not _unchanged(value, its) and not _unchanged(value, before):
            looked += 1
            found += trail.known.is_new(value, before)
    return found


def _is_long(trail: Trail, suspect: Suspect) -> bool:
    """Whether a run that ends a little beyond the suspect is much shorter than a whole one, and long enough to tell."""
    near = [j for j in suspect.after if j < suspect.number + AHEAD]
    return len(near) >= 3 and len(trail.values) >= suspect.number + 1.5 * AHEAD


def _at_a_glance(trail: Trail, suspect: Suspect, tried: Trail) -> Score | None:
    """The score of a run that ends a little beyond the suspect."""
    run = trail.known.run(tried.edits, tried.put, suspect.number + AHEAD)
    if run is None or len(run.values) <= suspect.number:
        return None
    if any(a.step != b.step for a, b in zip(run.values, trail.values[: suspect.number + 1], strict=False)):
        return Score(0, 1)
    if _unchanged(run.values[suspect.number].value, suspect.value.value):
        return None
    return Score(0, _new(trail, suspect, run.values, suspect.after))


def _unchanged(a: np.ndarray, b: np.ndarray) -> bool:
    return a.shape == b.shape and bool(np.array_equal(a, b))
