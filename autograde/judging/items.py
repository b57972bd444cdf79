"""Answers that are collections or rows of records: what is missing, what is too many, what stands in another order."""

from __future__ import annotations

from typing import Any

from autograde.judging.case import Case
from autograde.judging.compare import is_array, missing_and_extra, same
from autograde.judging.finding import Finding, Place


def compared(case: Case) -> Finding | None:
    """What is said of an answer that is one list or row of items, the same for all problems that it gets wrong."""
    if len(case.names) > 1 or not case.wrong:
        return None
    kinds = {
        _kind(case.given[n][0], case.right[n][0], case.exercise.rtol)
        for n in range(len(case.given))
        if not case.good(n, 0)
    }
    kind = kinds.pop() if len(kinds) == 1 else ""
    if kind not in _SAYS:
        return None
    return Finding("relation", _SAYS[kind], places=(Place(kind),), results=case.names)


_SAYS = {
    "some missing": "Some are missing; those that are there are right.",
    "some too many": "All the right ones are there, and some that should not be.",
    "each turned round": "Each one is right, but back to front.",
    "first too many": "There is one too many, the first; the others are right.",
    "last too many": "There is one too many, the last; the others are right.",
    "first missing": "The first is missing; the others are right.",
    "last missing": "The last is missing; the others are right.",
    "turned round": "All are right, but the last comes first.",
}


def _kind(given: Any, right: Any, rtol: float) -> str:
    if not isinstance(given, list | tuple) or is_array(right):
        return ""
    if isinstance(right, list):
        missing, extra = missing_and_extra(given, right)
        if bool(missing) != bool(extra) and len(missing) < len(right):
            return "some missing" if missing else "some too many"
        turned = [item[::-1] if isinstance(item, list | tuple) else item for item in given]
        return "each turned round" if same(turned, right, rtol) else ""
    if not isinstance(right, tuple) or not right:
        return ""
    items = tuple(given)
    found = {
        "first too many": (items[1:], right),
        "last too many": (items[:-1], right),
        "first missing": (items, right[1:]),
        "last missing": (items, right[:-1]),
        "turned round": (items[::-1], right),
    }
    return next((kind for kind, (a, r) in found.items() if len(a) == len(r) > 0 and same(a, r, rtol)), "")
