"""Named mistakes: those of the catalogue whose edit of the reference gives the values that came back."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autograde.judging import table
from autograde.judging.case import Case
from autograde.judging.compare import as_array
from autograde.judging.exercise import Mistake
from autograde.judging.finding import Finding, Place
from autograde.judging.values import arrays
from autograde.judging.verdict import say

LAST_TRY = 0.05
"""Seconds that pairs have at least."""
FAR = 3.0
"""Effects of a mistake, relative to the largest right entry or as a logarithm of a ratio, count no more than this."""
TINY = 1e-6
"""What keeps an entry that is zero out of a logarithm."""


def whole(case: Case) -> Finding | None:
    """One mistake that gives all results of all problems."""
    every = range(len(case.names))
    for mistake in table.mistakes(case, every):
        if case.over:
            break
        if _gives(case, (mistake,)):
            return _finding(case, (mistake,), every)
    return None


def one_result(case: Case, k: int) -> Finding | None:
    """One mistake that gives result ``k`` of all problems; the others may be what they are."""
    for mistake in table.mistakes(case, (k,)):
        if case.over:
            break
        if _gives(case, (mistake,), (k,)):
            return _finding(case, (mistake,), (k,))
    return None


def pair(case: Case) -> Finding | None:
    """Two mistakes that together give all results of all problems: a last, bounded try."""
    case.grant(LAST_TRY)
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
    """Pairs of mistakes, those first whose separate effects add or multiply up to what came back, as nearly as can be.

    Looked at is the telling problem; where its results are no numbers, the order is that of the catalogue.
    """
    n, effects = case.telling, dict[Mistake, np.ndarray]()
    for mistake in case.exercise.mistakes:
        if case.left < LAST_TRY / 3:
            break
        if (entries := _entries(case, n, case.mistaken((mistake,), n))) is not None:
            effects[mistake] = entries
    mistakes, right, given = list(effects), _entries(case, n, case.right[n]), _entries(case, n, case.given[n])
    if right is None or given is None or len(mistakes) < 2:
        yield from itertools.combinations(case.exercise.mistakes, 2)
        return
    every = np.array([*effects.values(), given])
    sums = np.nan_to_num(np.clip(every - right, -FAR, FAR))
    products = np.nan_to_num(np.clip(np.log((np.abs(every) + TINY) / (np.abs(right) + TINY)), -FAR, FAR))
    a, b = np.triu_indices(len(mistakes), 1)
    places = [np.argsort(np.argsort(_left(effect, a, b), kind="stable")) for effect in (sums, products)]
    for k in np.argsort(np.minimum(*places), kind="stable"):
        yield mistakes[a[k]], mistakes[b[k]]


def _left(effects: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """How much of the last row each pair of the other rows leaves when both are taken away: a square of a length."""
    (*_, target), effects = effects, effects[:-1]
    squares = np.einsum("ij,ij->i", effects, effects) - 2 * effects @ target
    return squares[a] + squares[b] + 2 * (effects @ effects.T)[a, b]


def _entries(case: Case, n: int, values: Sequence[Any] | None) -> np.ndarray | None:
    """All numbers of all results as one vector, relative to the largest right one of each result.

    NaN stands for those of a result of another size; None where there are no results, or one holds no numbers.
    """
    if values is None or len(values) != len(case.names):
        return None
    found: list[np.ndarray] = []
    for value, right in zip(map(_flat, values), map(_flat, case.right[n]), strict=True):
        if right.size == 0:
            return None
        scale = float(np.max(np.abs(right))) or 1.0
        found.append(value.real / scale if value.size == right.size else np.full(right.size, np.nan))
    return np.concatenate(found)


def _flat(value: Any) -> np.ndarray:
    """All numbers in a result, one after the other."""
    array = as_array(value)
    return np.concatenate([np.zeros(0), *map(np.ravel, arrays(value) if array is None else [array])])
