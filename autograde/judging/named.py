"""Named mistakes: those of the catalogue whose edit of the reference gives the values that came back."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from autograde.judging.case import Case
from autograde.judging.exercise import Mistake
from autograde.judging.finding import Finding, Place
from autograde.judging.verdict import say


def whole(case: Case) -> Finding | None:
    """One mistake that gives all results of all problems."""
    for mistake in case.exercise.mistakes:
        if case.over:
            break
        if _gives(case, (mistake,)):
            return _finding(case, (mistake,), range(len(case.names)))
    return None


def one_result(case: Case, k: int) -> Finding | None:
    """One mistake that gives result ``k`` of all problems; the others may be what they are."""
    for mistake in case.exercise.mistakes:
        if case.over:
            break
        if _gives(case, (mistake,), (k,)):
            return _finding(case, (mistake,), (k,))
    return None


def pair(case: Case) -> Finding | None:
    """Two mistakes that together give all results of all problems: a last try, within the time there is."""
    for both in _pairs(case):
        if case.over:
            break
        if _gives(case, both):
            return _finding(case, both, range(len(case.names)))
    return None


def _finding(case: Case, found: tuple[Mistake, ...], results: Any) -> Finding:
    names = tuple(m.name for m in found)
    details = (found[0].says,) if len(found) == 1 else tuple(m.seen for m in found)
    return Finding(
        "named",
        say(" and ".join(names)),
        details,
        mistakes=names,
        places=tuple(Place(name) for name in names),
        results=tuple(case.names[k] for k in results if k in case.wrong),
        proved=True,
    )


def _gives(case: Case, edits: tuple[Mistake, ...], results: tuple[int, ...] | None = None) -> bool:
    """Whether the edits give these results (all, when left out) on every problem, the telling one first."""
    every = range(len(case.given))
    for n in sorted(every, key=lambda n: n != case.telling):
        values = case.mistaken(edits, n)
        if values is None or len(values) != len(case.names):
            return False
        if not all(case.agrees(n, k, values[k]) for k in (range(len(values)) if results is None else results)):
            return False
    return True


def _pairs(case: Case) -> Iterator[tuple[Mistake, Mistake]]:
    """Pairs that touch every wrong result, and each of them at least one."""
    wrong = frozenset(case.wrong)
    touched = {m: t for m in case.exercise.mistakes if (t := _touched(case, m))}
    for a, b in itertools.combinations(touched, 2):
        if wrong <= touched[a] | touched[b] and touched[a] & wrong and touched[b] & wrong:
            yield a, b


def _touched(case: Case, mistake: Mistake) -> frozenset[int]:
    """The results that the mistake changes: of the telling problem or, where it changes none, of the first in which it does."""
    for n in sorted(range(len(case.given)), key=lambda n: n != case.telling):
        values = case.mistaken((mistake,), n)
        if values is None or len(values) != len(case.names):
            return frozenset()
        if touched := frozenset(k for k, v in enumerate(values) if not case.right_value(n, k, v)):
            return touched
    return frozenset()
