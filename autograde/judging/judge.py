"""Judge: from problems and answers, the first thing that is not right, and its name. Runs no learner's code."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from autograde.asking.ask import Answer
from autograde.judging import form, given, named, relations, unexplained
from autograde.judging.case import Case
from autograde.judging.differences import difference
from autograde.judging.exercise import Exercise, Problem
from autograde.judging.finding import Finder, Finding, Teller
from autograde.judging.verdict import Row, Verdict, say
from autograde.judging.words import listed

FORM: tuple[Finder, ...] = (form.nothing, given.first, *form.BEFORE, *form.BESIDE)
"""Who looks at the form, in order; the first that has something to say settles the verdict."""
SPEAKERS: tuple[Finder, ...] = (given.given, named.whole, relations.whole, form.same_for_all, form.not_finite)
"""Who explains wrong values, in speaking order: the first that explains every wrong result is heard."""
TELLERS: tuple[Teller, ...] = (named.one_result, relations.strong, relations.weak)
"""Who explains one result alone, in order; asked for each wrong result when no speaker explains all."""
LAST: tuple[Finder, ...] = (named.pair, unexplained.where)
"""Who is asked when some result is still without a word."""


@np.errstate(all="ignore")
def judge(
    exercise: Exercise,
    problems: Sequence[Problem],
    answers: Sequence[Answer],
    earlier: Mapping[str, Any] = MappingProxyType({}),
    unsolved: Collection[str] | None = None,
    follow: bool = True,
) -> Verdict:
    """The verdict on ``answers``, which were asked on ``problems`` in that order.

    First the form; then the values, and if some are wrong, what explains them.

    earlier, unsolved, follow : see ``Case``.
    """
    case = Case(exercise, problems, answers, earlier, unsolved, follow)
    if finding := _first(FORM, case):
        return _verdict(case, finding)
    if not case.wrong:
        return _right(case)
    return _verdict(case, explain(case))


def explain(case: Case) -> Finding:
    """What is said of an answer whose values are wrong."""
    heard: Finding | None = None
    for speaker in SPEAKERS:
        if (finding := speaker(case)) is None:
            continue
        if len(finding.results) in (0, len(case.wrong)):
            return finding
        heard = heard or finding
    told = _told(case)
    if told is not None and (heard is None or len(told.results) > len(heard.results)):
        heard = told
    if heard is not None and len(heard.results) == len(case.wrong):
        return heard
    for finder in LAST:
        if (finding := finder(case)) is not None and (finding.how != "where" or heard is None):
            return finding
    assert heard is not None, "`unexplained.where` always has something to say"
    return heard


def _first(finders: Sequence[Finder], case: Case) -> Finding | None:
    return next((found for finder in finders if (found := finder(case)) is not None), None)


def _told(case: Case) -> Finding | None:
    """What the tellers say of each wrong result, joined; nothing when they have no word on any."""
    found: dict[int, Finding] = {}
    for k in case.wrong:
        for teller in TELLERS:
            if (finding := teller(case, k)) is not None:
                found[k] = finding
                break
    if not found:
        return None
    headlines = list(dict.fromkeys(f.headline for f in found.values()))
    details = [
        d if len(case.names) == 1 else f"`{case.names[k]}`: {d}"
        for k, f in found.items()
        for d in (f.headline, *f.details)
    ]
    return Finding(
        next(iter(found.values())).how,
        headlines[0] if len(headlines) == 1 else f"{len(case.wrong)} of {len(case.names)} results are not right yet.",
        tuple(details),
        mistakes=tuple(dict.fromkeys(m for f in found.values() for m in f.mistakes)),
        places=tuple(p for f in found.values() for p in f.places),
        results=tuple(case.names[k] for k in found),
        proved=all(f.proved for f in found.values()),
    )


def _right(case: Case) -> Verdict:
    rows = tuple(Row(name, True, "right") for name in case.names)
    points = case.exercise.points
    return Verdict(case.exercise.name, "right", "Right.", _lessons(case), points, float(points), rows)


def _lessons(case: Case) -> tuple[str, ...]:
    """What is worth knowing about a right answer."""
    said = []
    if changed := sorted({n for a in case.answers for n in a.changed}):
        said.append(f"One thing to mend: {form.wrote_into(changed)[0].lower()}{form.wrote_into(changed)[1:]}")
    shared = sorted({n for a in case.answers for n in a.aliases} - set(changed))
    if shared:
        said.append(
            f"One thing to know: what you return shares its memory with {listed(shared)}. Whoever changes one of them in "
            "place, with `+=` say, changes the other too. A `.copy()` cuts the tie."
        )
    if any(case.single(n, k) for n in range(len(case.given)) for k in range(len(case.names))):
        said.append("It is in single precision: about 7 digits are right, where double precision has 16.")
    return tuple(said)


def _verdict(case: Case, finding: Finding) -> Verdict:
    """The finding as a verdict: points and rows by result, unless the finding settles them."""
    exercise = case.exercise
    headline = say(finding.headline, case.identifiers)
    if finding.status == "right":
        return replace(
            _right(case), headline=headline, how=finding.how, places=tuple(asdict(p) for p in finding.places)
        )
    if finding.status:
        details = _once(headline, finding.details)
        places = tuple(asdict(p) for p in finding.places)
        return Verdict(
            exercise.name, finding.status, headline, details, exercise.points, how=finding.how, places=places
        )
    rows = tuple(_row(case, k) for k in range(len(case.names)))
    good = [r.name for r in rows if r.right]
    details = [f"Right already: {listed(good)}."] if good else []
    return Verdict(
        exercise.name,
        "partly" if good else "wrong",
        headline,
        _once(headline, [*details, *finding.details]),
        exercise.points,
        exercise.points * len(good) / len(rows),
        rows if len(rows) > 1 else (),
        finding.mistakes,
        unexplained=finding.how == "where",
        how=finding.how,
        places=tuple(asdict(p) for p in finding.places),
    )


def _row(case: Case, k: int) -> Row:
    wrong = next((n for n in range(len(case.right)) if not case.good(n, k)), None)
    if wrong is None:
        return Row(case.names[k], True, "right")
    return Row(case.names[k], False, difference(case, wrong, k))


def _once(headline: str, details: Sequence[str]) -> tuple[str, ...]:
    """The sentences without those that were said before."""
    return tuple(d for d in dict.fromkeys(details) if d and d != headline)
