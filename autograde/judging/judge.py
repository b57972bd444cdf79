"""Judge: from problems and answers, the first thing that is not right, and its name. Runs no learner's code."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from autograde.asking.ask import Answer
from autograde.judging import (
    altered,
    expressions,
    follow,
    form,
    given,
    items,
    named,
    relations,
    single,
    special,
    unexplained,
)
from autograde.judging.case import Case
from autograde.judging.differences import difference
from autograde.judging.exercise import Exercise, Problem
from autograde.judging.finding import Finder, Finding, Teller
from autograde.judging.verdict import Row, Verdict, say
from autograde.judging.words import listed

FORM: tuple[Finder, ...] = (form.nothing, given.first, *form.BEFORE, *form.BESIDE)
"""Who looks at the form, in order; the first that has something to say settles the verdict."""
SPEAKERS: tuple[Finder, ...] = (
    given.given,
    named.whole,
    relations.whole,
    expressions.compared,
    items.compared,
    single.whole,
    altered.whole,
    form.same_for_all,
    form.not_finite,
)
"""Who explains wrong values, in speaking order: the first that explains every wrong result is heard."""
TELLERS: tuple[Teller, ...] = (named.one_result, relations.strong, single.one_result, altered.one_result)
"""Who explains one result alone, in order; asked for each wrong result when no speaker explains all."""
FOLLOWERS: tuple[Finder, ...] = (follow.way, follow.returned, follow.made)
"""Who follows the learner's own lines, when the tellers have left a result out."""
FURTHER: tuple[Teller, ...] = (*TELLERS, relations.weak)
"""Who is asked for each wrong result after that: those above, and whoever can say only where it is right."""
LAST: tuple[Finder, ...] = (
    named.pair,
    follow.first,
    follow.unknown,
    expressions.depends,
    special.place,
    unexplained.where,
)
"""Who is asked when some result is still without a word; the last of them always has one."""

READERS: frozenset[Finder | Teller] = frozenset(
    {
        given.given,
        expressions.compared,
        expressions.depends,
        single.whole,
        single.one_result,
        altered.whole,
        altered.one_result,
        follow.way,
        follow.first,
        follow.unknown,
    }
)
"""Who reads, edits or asks the reference, and is silent where only its values were recorded."""


@np.errstate(all="ignore")
def judge(
    exercise: Exercise,
    problems: Sequence[Problem],
    answers: Sequence[Answer],
    earlier: Mapping[str, Any] = MappingProxyType({}),
    unsolved: Collection[str] | None = None,
    earns: bool = True,
) -> Verdict:
    """The verdict on ``answers``, which were asked on ``problems`` in that order.

    First the form; then the values, and if some are wrong, what explains them.

    earlier, unsolved, earns : see ``Case``.
    """
    case = Case(exercise, problems, answers, earlier, unsolved, earns)
    if finding := _first(FORM, case):
        return _verdict(case, finding)
    if not case.wrong:
        return _right(case)
    return _verdict(case, explain(case))


def explain(case: Case) -> Finding:
    """What is said of an answer whose values are wrong."""
    heard: list[Finding] = []

    def explains_all(finding: Finding | None) -> bool:
        if finding is not None:
            heard.append(finding)
        return finding is not None and len(finding.results) in (0, len(case.wrong))

    for attempt in (*SPEAKERS, _all_told(TELLERS), *FOLLOWERS, _all_told(FURTHER), *LAST[:-1]):
        if attempt in READERS and not case.exercise.readable:
            continue
        if explains_all(attempt(case)):
            return heard[-1]
    if heard:
        return max(heard, key=lambda f: len(f.results))
    return LAST[-1](case) or Finding("where", "Not yet.")


def _first(finders: Sequence[Finder], case: Case) -> Finding | None:
    return next((found for finder in finders if (found := finder(case)) is not None), None)


def _all_told(tellers: Sequence[Teller]) -> Finder:
    """A finder that asks the tellers about each wrong result, and joins what they say."""

    def told(case: Case) -> Finding | None:
        heard = [t for t in tellers if t not in READERS or case.exercise.readable]
        found = {k: f for k in case.wrong if (f := next(filter(None, (t(case, k) for t in heard)), None)) is not None}
        if len(found) < 2:
            return next(iter(found.values()), None)
        headlines = tuple(dict.fromkeys(f.headline for f in found.values()))
        several = f"{len(case.wrong)} of {len(case.names)} results are not right yet."
        details = [_about(case.names[k], f, len(headlines) > 1) for k, f in found.items()]
        return Finding(
            next((f.how for f in found.values() if f.how == "named"), next(iter(found.values())).how),
            several if len(headlines) > 1 else headlines[0],
            tuple(dict.fromkeys(details)),
            mistakes=tuple(dict.fromkeys(m for f in found.values() for m in f.mistakes)),
            places=tuple(p for f in found.values() for p in f.places),
            results=tuple(case.names[k] for k in found),
            proved=all(f.proved for f in found.values()),
        )

    return told


def _about(name: str, finding: Finding, with_headline: bool) -> str:
    """What a finding says of one result, in one paragraph that begins with its name."""
    said = " ".join((finding.headline, *finding.details) if with_headline else finding.details)
    return said if f"`{name}`" in finding.headline and with_headline else f"`{name}`: {said}" if with_headline else said


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
        said, places = _once(headline, finding.details), tuple(asdict(p) for p in finding.places)
        return Verdict(exercise.name, finding.status, headline, said, exercise.points, how=finding.how, places=places)
    rows = tuple(_row(case, k) for k in range(len(case.names)))
    good = [r.name for r in rows if r.right]
    details = [f"Right already: {listed(good)}."] if good else []
    numbers = [say(rows[0].note)] if len(rows) == 1 and finding.how in ("relation", "edit", "way") else []
    return Verdict(
        exercise.name,
        "partly" if good else "wrong",
        headline,
        _once(headline, [*details, *finding.details, *numbers]),
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
