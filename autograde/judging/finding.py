"""What was found out about a wrong answer: the one type that every finder gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from autograde.judging.case import Case

How = Literal["form", "given", "relation", "named", "edit", "way", "where"]
"""How it was found: by form, given an earlier function, by a relation to the right values, by a named mistake, by a
mechanical edit of the reference, along the values of the learner's own lines, or only where the answer fails."""


@dataclass(frozen=True)
class Place:
    """One thing that is not right, as data for ``verify``, review and report.

    Attributes
    ----------
    kind : what it is, in a word or two that are the same for all learners: ``"sign"``, ``"factor missing"``, the name of
        a mistake, the name of an earlier exercise.
    result : the result of the exercise that it was found in; empty when in all that are wrong.
    step : the step of the reference that it belongs to, such as ``"do"``.
    line, text : where in the learner's cell, and what stands there; 0 and empty when that is not known.
    """

    kind: str
    result: str = ""
    step: str = ""
    line: int = 0
    text: str = ""


@dataclass(frozen=True)
class Finding:
    """Something true of an answer, in words and as data.

    Attributes
    ----------
    headline, details : what is said; a sentence each.
    status : ``"empty"``, ``"wrong"`` or ``"right"`` where this settles the verdict without looking at values;
        empty where points follow from which results are right.
    mistakes : the names of the named mistakes in it.
    places : all that was found, as data.
    results : the wrong results that this explains.
    proved : the reference with all of it in place gives the answer's values on every problem.
    """

    how: How
    headline: str
    details: tuple[str, ...] = ()
    status: str = ""
    mistakes: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    results: tuple[str, ...] = ()
    proved: bool = False


Finder = Callable[["Case"], Finding | None]
"""Says something that is true of the case, or nothing."""

Teller = Callable[["Case", int], Finding | None]
"""The same of one result alone, by its number in ``case.names``."""
