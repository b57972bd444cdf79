"""What is wrong at a suspect: an edit of the reference that makes it the learner's, or else one of the learner's values."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from autograde.judging import grammar
from autograde.judging.evidence import Score, score
from autograde.judging.origin import Origin, origin, shown
from autograde.judging.recording import Step
from autograde.judging.reference import Edit
from autograde.judging.trail import Suspect, Trail
from autograde.judging.values import telling, views

BEFORE = 25
"""How many values before a suspect may be the ones at fault."""
PAIRED = 60
"""How many edits of one step are tried two at a time."""
PUT = 60
"""How many of the learner's values are tried in place of a step's."""


@dataclass(frozen=True)
class Culprit:
    """What was found at a suspect.

    Attributes
    ----------
    step : the step of the reference that it belongs to.
    edit : the slip; None where only the place is known.
    origin : where it stands in the learner's code, as far as that is known.
    trail : the way with it in place.
    put : the learner's values that were put in place of steps' own; empty with an edit.
    """

    step: Step
    edit: Edit | None
    origin: Origin | None
    trail: Trail
    put: Mapping[tuple[Step, int], np.ndarray] = field(default_factory=dict)


def culprits(trail: Trail, suspect: Suspect) -> list[Culprit]:
    """What is wrong at a suspect: one thing, or two slips in one statement; nothing when no try makes it the learner's."""
    rings = _rings(trail, suspect)
    tested: set[Edit] = set()
    for ring in (rings.own, rings.missing, rings.named):
        if found := _best(trail, suspect, ring, tested):
            return [found]
    return _pair(trail, suspect, rings.own) or put(trail, suspect) or _listed(_best(trail, suspect, rings.rest, tested))


def _listed(found: Culprit | None) -> list[Culprit]:
    return [found] if found else []


@dataclass(frozen=True)
class _Rings:
    """Edits by how near they are to a suspect: of its own step, of steps before it that the learner does not have,
    named mistakes and loops, and others before it."""

    own: list[Edit]
    missing: list[Edit]
    named: list[Edit]
    rest: list[Edit]


def _rings(trail: Trail, suspect: Suspect) -> _Rings:
    known, i = trail.known, suspect.number
    taken = {step for edit in trail.edits for step in edit.steps}
    edits = [e for e in grammar.edits(known.reference) if not taken.intersection(e.steps)]
    edits.sort(key=lambda e: e.rank)
    before = range(i - 1, max(-1, i - BEFORE), -1)
    missing = {trail.values[j].step for j in before if not trail.found[j]} - {suspect.value.step}
    there = {trail.values[j].step for j in before} - missing - {suspect.value.step}
    right = {v.step for v in trail.values[:i] if known.speaks(v.value) and v.value in known.named}

    def of(steps: set[Step], edit: Edit) -> bool:
        return not steps.isdisjoint(edit.steps)

    own = [e for e in edits if suspect.value.step in e.steps]
    others = [e for e in edits if suspect.value.step not in e.steps]
    free = [e for e in others if not of(right, e)]
    loops = [e for e in others if e.steps and e.steps[0].name.startswith("for ")]
    return _Rings(
        own,
        [e for e in others if of(missing, e)],
        [e for e in free if e.mistake is not None and of(there, e)] + loops,
        [e for e in free if of(there, e)],
    )


def _best(trail: Trail, suspect: Suspect, edits: Iterable[Edit], tested: set[Edit]) -> Culprit | None:
    """The edit for which most speaks: of those that give a value of the learner's at the suspect at once, else of all."""
    left = [e for e in edits if e not in tested]
    tested.update(left)
    likely = [
        e for (e,), v in _values(trail, suspect, [(e,) for e in left]) if v is not None and v in trail.known.learners
    ]
    return _most(trail, suspect, likely, _enough_here) or _most(
        trail, suspect, [e for e in left if e not in likely], _enough
    )


def _most(
    trail: Trail, suspect: Suspect, edits: Iterable[Edit], enough: Callable[[Score, Trail, Suspect, Trail], bool]
) -> Culprit | None:
    best: tuple[tuple, Edit, Trail] | None = None
    for edit in edits:
        if trail.known.over:
            break
        tried = trail.with_edits(edit)
        worth = score(trail, suspect, tried)
        if worth is not None and enough(worth, trail, suspect, tried):
            key = (*worth, -edit.rank)
            if best is None or key > best[0]:
                best = key, edit, tried
            if all(tried.agreeing):
                break
    if best is None:
        return None
    return Culprit(_step(best[1], suspect), best[1], shown(trail, best[2], best[1], suspect), best[2])


def _enough(worth: Score, trail: Trail, suspect: Suspect, tried: Trail) -> bool:
    """Whether a try is convincing by what follows from it."""
    return worth.results > 0 or worth.values >= 2


def _enough_here(worth: Score, trail: Trail, suspect: Suspect, tried: Trail) -> bool:
    """Whether one is that gives one of the learner's values at the suspect: a variable of theirs, or another value follows."""
    if _enough(worth, trail, suspect, tried):
        return True
    if suspect.number >= len(tried.values):
        return False
    value = tried.values[suspect.number].value
    unknown = not trail.recognised.holds(value)
    return unknown and (worth.values == 1 or value in tried.known.named)


def _values(
    trail: Trail, suspect: Suspect, tries: Iterable[tuple[Edit, ...]]
) -> Iterator[tuple[tuple[Edit, ...], np.ndarray | None]]:
    """What the suspect's statement gives with these edits of it, tried alone; None for edits of other statements."""
    known, value = trail.known, suspect.value
    point = known.reference.at(known.case.problems[known.n], value.step, value.turn, trail.edits, trail.put)
    for edits in tries:
        own = point is not None and all(value.step in e.steps for e in edits)
        spans = sorted(span for e in edits for span in e.spans)
        yield edits, point.value(spans) if own and point is not None and not known.over else None


def _pair(trail: Trail, suspect: Suspect, own: list[Edit]) -> list[Culprit]:
    """Two slips in the suspect's own statement."""
    pairs = itertools.combinations(own[:PAIRED], 2)
    for edits, value in _values(trail, suspect, pairs):
        if trail.known.over:
            break
        if value is None or value not in trail.known.learners:
            continue
        tried = trail.with_edits(*edits)
        worth = score(trail, suspect, tried)
        if worth is not None and _enough_here(worth, trail, suspect, tried):
            seen = shown(trail, tried, edits[0], suspect)
            return [Culprit(suspect.value.step, e, seen, tried) for e in edits]
    return []


def put(trail: Trail, suspect: Suspect) -> list[Culprit]:
    """One of the learner's values that plays the suspect's part: all else follows from it."""
    known, place = trail.known, suspect.value
    name = place.step.name.split("[")[0]
    candidates = []
    for m, seen in enumerate(known.seen):
        if np.iscomplexobj(seen.value) or not (seen.name or seen.function == known.seen[-1].function):
            continue
        for view in views(seen.value):
            if view.size == place.value.size and telling(view) and view not in known.right:
                likely = (view is not seen.value, not seen.name, seen.name != name, view.shape != place.value.shape)
                candidates.append((likely, m, view is seen.value, view))
    candidates.sort(key=lambda c: (*c[0], c[1]))
    best: tuple[Score, int, bool, Trail] | None = None
    for _, m, whole, view in candidates[:PUT]:
        if known.over:
            break
        tried = trail.with_value(place, view)
        worth = score(trail, suspect, tried)
        if worth is not None and (worth.results > 0 or worth.values >= 2) and (best is None or worth > best[0]):
            best = worth, m, whole, tried
    if best is None:
        return []
    _, m, whole, tried = best
    tried = _everywhere(trail, suspect, m, tried) if whole else tried
    new = {key: value for key, value in tried.put.items() if key not in trail.put}
    return [Culprit(place.step, None, replace(origin(trail, m), sure=False), tried, new)]


def _everywhere(trail: Trail, suspect: Suspect, m: int, tried: Trail) -> Trail:
    """The same at the other turns of a loop, where the learner's line ran as often as the step."""
    seen = trail.known.seen
    here = (seen[m].function, seen[m].line, seen[m].text, seen[m].name)
    same = [s for s in seen if (s.function, s.line, s.text, s.name) == here]
    turns = [v for v in trail.values if v.step == suspect.value.step]
    if len(same) != len(turns):
        return tried
    for other, place in zip(same, turns, strict=True):
        if other.value.size == place.value.size and place.turn != suspect.value.turn:
            tried = tried.with_value(place, other.value)
    return tried


def _step(edit: Edit, suspect: Suspect) -> Step:
    return suspect.value.step if suspect.value.step in edit.steps or not edit.steps else edit.steps[0]
