"""Which of the learner's lines a wrong value comes from: the first on the way to it that makes something unknown."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np

from autograde.asking.ask import Seen
from autograde.judging.reference import Edit
from autograde.judging.trail import Suspect, Trail
from autograde.judging.values import Hit, telling

_LOOKED_UP = re.compile(r"[\w.]+(\[[^=]*\])?")
"""An expression that makes nothing new, such as ``hats[k]``."""
FAR = 12
"""How many lines are gone back."""


@dataclass(frozen=True)
class Origin:
    """Where a wrong value comes from.

    Attributes
    ----------
    seen : the learner's value.
    sure : all that goes into its line is right for certain; else the fault may be in what goes into it.
    use : the line that shows the fault, where that is a later one: the fault may be there, too.
    known : the value may be right where it is made, and used in a wrong place.
    twin : another line that gives the same value, where one of the two is right to do so.
    """

    seen: Seen
    sure: bool
    use: Seen | None = None
    known: bool = False
    twin: Seen | None = None


def shown(trail: Trail, tried: Trail, edit: Edit, suspect: Suspect) -> Origin | None:
    """Where the learner has the value that the edited step gives, or else the first that follows from it."""
    changed = [
        (j, new)
        for j, (old, new) in enumerate(zip(trail.values, tried.values, strict=False))
        if _differ(old.value, new.value) and telling(new.value)
    ]
    its = [new.value for _, new in changed if new.step in edit.steps]
    later = [new.value for j, new in changed if j >= suspect.number and new.value not in trail.known.right]
    for value in [*its, *later]:
        hits = trail.known.learners.find(value)
        if hits:
            made, twin = _made(trail, hits)
            return replace(origin(trail, made), twin=twin)
    return None


def where_made(trail: Trail, value: np.ndarray) -> Origin | None:
    """Where a wrong value comes from that the learner has in this shape; None where it is looked up in another one."""
    seen = trail.known.seen
    hits = [hit.tag for hit in trail.known.learners.find(value) if seen[hit.tag].value.shape == value.shape]
    m = min([m for m in hits if seen[m].name] or hits, default=None)
    return origin(trail, m) if m is not None and not _LOOKED_UP.fullmatch(seen[m].text) else None


def _made(trail: Trail, hits: list[Hit[int]]) -> tuple[int, Seen | None]:
    """Where a value is made, and, if it may have a right place too, another line that gives it."""
    seen = trail.known.seen
    making = [hit for hit in hits if not _LOOKED_UP.fullmatch(seen[hit.tag].text)]
    lines: dict[tuple[str, int], int] = {}
    for m in sorted(hit.tag for hit in [h for h in making if h.whole] or [h for h in making if seen[h.tag].name]):
        lines.setdefault((seen[m].function, seen[m].line), m)
    places = list(lines.values())
    if len(places) > 1 and trail.recognised.holds(seen[places[1]].value):
        return places[1], seen[places[0]]
    return min(hit.tag for hit in hits), None


def _place(seen: Seen) -> tuple[str, int, str]:
    return seen.function, seen.line, seen.text


def origin(trail: Trail, m: int) -> Origin:
    """The first record on the way to record ``m`` whose value is not recognised; ``m`` itself where all before is."""
    seen, last = trail.known.seen, _statement(trail, m)
    first = last
    todo, done = [first], set[tuple[str, int, str]]()
    while todo and len(done) < FAR:
        m = todo.pop()
        if _place(seen[m]) in done:
            continue
        done.add(_place(seen[m]))
        unknown = [j for j in _feeding(trail, m) if not is_recognised(trail, seen[j].value)]
        todo += unknown
        first = min([first, *unknown])
    handed = seen[first].function != seen[-1].function  # what a function of theirs was handed is not among the records
    sure = not handed and all(_is_expected(trail, j) for j in _feeding(trail, first))
    use = seen[last] if seen[last].line != seen[first].line else None
    return Origin(seen[first], sure, use, is_recognised(trail, seen[first].value))


def _statement(trail: Trail, m: int) -> int:
    """The record of the variable that the line of record ``m`` gives a value to."""
    seen = trail.known.seen
    here = seen[m].function, seen[m].line
    for j in range(m, len(seen)):
        if (seen[j].function, seen[j].line) != here:
            break
        if seen[j].name:
            return j
    return m


def _feeding(trail: Trail, m: int) -> list[int]:
    """The records of the variables that the line of record ``m`` uses, as they were before it, and what it calls gave."""
    seen = trail.known.seen
    here = seen[m].function, seen[m].line
    start, inside = m, []
    for j in range(m - 1, -1, -1):
        if (seen[j].function, seen[j].line) == here:
            start = j
        elif seen[j].function == here[0] and seen[j].name:
            break
        else:
            inside.append(j)
    inside = [j for j in inside if j > start][:1]
    words = {word for s in seen[start : m + 1] for word in re.findall(r"[A-Za-z_]\w*", s.text)}
    found = {}
    for j in range(start - 1, -1, -1):
        name = seen[j].name
        if name in words and name not in found and seen[j].function == here[0] and seen[j].line != here[1]:
            found[name] = j
    return [*found.values(), *inside]


def is_recognised(trail: Trail, value: np.ndarray) -> bool:
    """Whether a value is on the reference's way, or one that tells nothing."""
    return np.iscomplexobj(value) or not telling(value) or trail.recognised.holds(value)


def _is_expected(trail: Trail, m: int) -> bool:
    """Whether a variable holds what a step gives or the problem, by one name alone."""
    name, value = trail.known.seen[m].name, trail.known.seen[m].value
    if not telling(value):
        return not np.any(value)
    if np.iscomplexobj(value) or not trail.expected.holds(value):
        return False
    given = trail.known.given_names(value)
    others = {trail.known.seen[hit.tag].name for hit in trail.known.named.find(value) if hit.whole}
    return others <= {name} and (not given or name in given)


def _differ(a: np.ndarray, b: np.ndarray) -> bool:
    return a.shape != b.shape or not np.array_equal(a, b)
