"""One small slip: a mechanical edit of the reference that gives the values that came back."""

from __future__ import annotations

from collections.abc import Sequence

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
