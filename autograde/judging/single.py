"""Small slips: mechanical edits of the reference that give the values that came back, one of them or two together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from autograde.judging import table, telling
from autograde.judging.case import Case
from autograde.judging.finding import Finding
from autograde.judging.reference import Edit


def whole(case: Case) -> Finding | None:
    """One edit that gives all results of all problems."""
    return _told(case, range(len(case.names)), case.wrong)


def one_result(case: Case, k: int) -> Finding | None:
    """One edit that gives result ``k`` of all problems; the others may be what they are."""
    return _told(case, (k,), (k,))


def pair(case: Case) -> Finding | None:
    """Two edits, with names or without, that together give all results of all problems, each of its own effect."""
    found = table.pairs(case)
    if not found:
        return None
    rank = sum(edit.rank for edit, _ in found[0])
    rivals = [both for both in found if sum(edit.rank for edit, _ in both) == rank]
    edits = [(edit if len(rivals) == 1 else replace(edit, steps=()), results) for edit, results in found[0]]
    told = tuple(edit.mistake.seen if edit.mistake else telling.slip(case, edit, results) for edit, results in edits)
    named = tuple(edit.mistake.name for edit, _ in edits if edit.mistake)
    return Finding(
        "named" if named else "edit",
        "Two things are to be looked at.",
        told,
        mistakes=named,
        places=tuple(telling.place(case, edit, results) for edit, results in edits),
        results=tuple(case.names[k] for k in case.wrong),
        proved=True,
    )


def _told(case: Case, results: Sequence[int], wrong: Sequence[int]) -> Finding | None:
    found = [edit for edit in table.matches(case, results) if edit.mistake is None]
    if not found:
        return None
    edit = _agreed(found)
    return Finding(
        "edit",
        telling.slip(case, edit, wrong),
        places=(telling.place(case, edit, wrong),),
        results=tuple(case.names[k] for k in wrong),
        proved=True,
    )


def _agreed(found: list[Edit]) -> Edit:
    """The likeliest edit; without its steps where an equally likely one has others, for then the values do not tell which."""
    best = found[0]
    same = [edit for edit in found if edit.rank == best.rank and edit.slip == best.slip]
    return (
        best
        if all(edit.steps == best.steps for edit in same)
        else Edit(best.function, best.spans, best.slip, best.rank, ())
    )
