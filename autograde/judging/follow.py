"""The way: the values that the learner's own lines gave, followed step by step along the reference's.

At the first step that is wrong, what is wrong there is looked for; with it in place the reference is run again, and the
next step looked for, until it gives all that came back. So any number of mistakes is told, one after the other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from autograde.asking.ask import Seen
from autograde.judging import table, telling
from autograde.judging.case import Case
from autograde.judging.compare import as_array
from autograde.judging.culprit import Culprit, culprits, put
from autograde.judging.finding import Finding, Place
from autograde.judging.origin import Origin, is_recognised, origin, where_made
from autograde.judging.trail import Known, Suspect, Trail
from autograde.judging.values import telling as telling_value
from autograde.judging.verdict import say

MANY = 8
"""How many mistakes are followed."""
COUNT = (
    "",
    "One thing",
    "Two things",
    "Three things",
    "Four things",
    "Five things",
    "Six things",
    "Seven things",
    "Eight things",
)


def way(case: Case) -> Finding | None:
    """All that is wrong on the way, when it can be followed to the results."""
    found, trail = _followed(case)
    return _whole(case, found) if trail is not None and found and all(trail.agreeing) else None


def first(case: Case) -> Finding | None:
    """Where the way goes wrong first, when it was lost later and a result or a name says that this is the place."""
    found, _ = _followed(case)
    if not found or found[0].origin is None:
        return None
    seen, step = found[0].origin.seen, found[0].step
    if sum(found[0].trail.agreeing) == len(case.names) - len(case.wrong) and seen.name != step.name:
        return None
    place = Place("place", step=telling.step_name(case, step), line=seen.line, text=seen.text)
    headline = f"Begin with {telling.line(found[0].origin)}: the first value that is not right comes from there."
    return Finding("way", headline, places=(place,), results=(case.names[case.wrong[0]],))


def returned(case: Case) -> Finding | None:
    """Right results that are among the learner's values, and are not what is returned."""
    start = _start(case)
    if start is None:
        return None
    known, n, found = start.known, start.known.n, dict[int, Seen]()
    for k in case.wrong:
        right = as_array(case.right[n][k])
        if right is not None and known.speaks(right) and not case.good(n, k):
            hits = [
                hit.tag
                for hit in known.named.find(right)
                if hit.whole and known.seen[hit.tag].value.shape == right.shape
            ]
            found |= {k: known.seen[hits[-1]]} if hits else {}
    told = [
        f"The right `{case.names[k]}` is what line {s.line} makes, `{s.text}`; you return something else."
        for k, s in found.items()
    ]
    if not told:
        return None
    return Finding(
        "way",
        told[0] if len(told) == 1 else f"{COUNT[len(told)]} are right in your code, and are not what you return.",
        tuple(told),
        places=tuple(Place("returned", case.names[k], case.names[k], s.line, s.text) for k, s in found.items()),
        results=tuple(case.names[k] for k in found),
    )


def made(case: Case) -> Finding | None:
    """Wrong results that a line makes into which only right values go."""
    trail = _start(case) if not case.over else None
    if trail is None:
        return None
    if len(case.wrong) == len(case.names) and not any(seen.name for seen in trail.known.seen):
        return None  # one expression: it says nothing new that it is wrong
    found: dict[int, Origin] = {}
    for k in (k for k in case.wrong if not case.good(trail.known.n, k)):
        given = as_array(case.given[trail.known.n][k])
        if given is None or not trail.known.speaks(given) or trail.recognised.holds(given):
            continue
        place = where_made(trail, given)
        if place is not None and place.sure and place.use is None:
            found[k] = place
    if not found:
        return None
    told = [
        say(f"{telling.line(replace(o, known=False))}: what goes in is right, and `{case.names[k]}` is not")
        for k, o in found.items()
    ]
    return Finding(
        "way",
        told[0] if len(told) == 1 else f"{len(case.wrong)} of {len(case.names)} results are not right yet.",
        tuple(told),
        places=tuple(Place("place", case.names[k], case.names[k], o.seen.line, o.seen.text) for k, o in found.items()),
        results=tuple(case.names[k] for k in found),
    )


def unknown(case: Case) -> Finding | None:
    """The first line of theirs that makes, of right values, one that is not on the reference's way, nor leads back to it."""
    trail = _start(case)
    if trail is None:
        return None
    seen = trail.known.seen
    named = [m for m, s in enumerate(seen) if s.name and s.function == seen[-1].function and telling_value(s.value)]
    known = {m: is_recognised(trail, seen[m].value) or trail.made_of_known(seen[m].value) for m in named}
    for m in (m for m in named if not known[m]):
        uses = re.compile(rf"\b{re.escape(seen[m].name)}\b")
        if any(known[j] and uses.search(seen[j].text) for j in named if j > m):
            continue
        place = origin(trail, m)
        sure = place.sure and _all_seen(case, seen, place.seen)
        goes_in = "." if not sure else ", although what goes into it is."
        headline = (
            f"Begin with {telling.line(replace(place, known=False, sure=sure))}: the first value of yours that is not on the "
            f"way to the right answer{goes_in}"
        )
        about = Place("place", step="", line=place.seen.line, text=place.seen.text)
        return Finding("way", headline, places=(about,), results=(case.names[case.wrong[0]],))
    return None


def _all_seen(case: Case, seen: Sequence[Seen], made: Seen) -> bool:
    """Whether everything that a line uses is an argument, or an array that was seen; not a function of the learner's own."""
    if any(re.search(rf"\b{re.escape(s.function)}\(", made.text) for s in seen):
        return False
    used = set(re.findall(r"(?<![\w.])[A-Za-z_]\w*(?!\w|\s*[(.])", made.text.split("=", 1)[-1]))
    return used <= {*case.problems[0], *(s.name for s in seen if s.name)}


def _followed(case: Case) -> tuple[list[Culprit], Trail | None]:
    if "way" not in case.memo:
        start = _start(case)
        case.memo["way"] = ([], None) if start is None else follow(start)
    return case.memo["way"]


def _start(case: Case) -> Trail | None:
    """The way of which nothing has been followed; None where none was recorded, or where the answer is right."""
    if "start" not in case.memo:
        n = next((n for n, answer in enumerate(case.answers) if answer.way), None)
        wrong = n is not None and not all(case.good(n, k) for k in range(len(case.names)))
        case.memo["start"] = Trail(Known(case, n, case.answers[n].way)) if wrong and n is not None else None
    return case.memo["start"]


def follow(start: Trail) -> tuple[list[Culprit], Trail]:
    """All that is found, in order, and the way with it in place.

    Where it is lost after an edit, or an edit made more wrong than it explains (as one does of a function that the reference
    calls twice), it is followed once more with the learner's own values in the place of steps'.
    """
    found, trail = _gone(start, culprits)
    ended = bool(trail.agreeing) and all(trail.agreeing)
    if found and found[0].edit is not None and not (ended and all(c.edit is not None for c in found)):
        others, other = _gone(start, put)
        if other.agreeing and all(other.agreeing) and not (ended and len(found) <= len(others)):
            return others, other
        if ended and any(c.edit is not None and c.edit.function in start.known.reference.shared for c in found):
            return found[:1], found[0].trail
    return found, trail


def _gone(trail: Trail, search: Callable[[Trail, Suspect], list[Culprit]]) -> tuple[list[Culprit], Trail]:
    found: list[Culprit] = []
    while len(found) < MANY and trail.agreeing and not all(trail.agreeing):
        if (suspect := trail.suspect) is None:
            break
        these = search(trail, suspect)
        if not these:
            break
        found += these
        trail = these[-1].trail
    return (_needed(found), trail) if trail.agreeing and all(trail.agreeing) else (found, trail)


def _needed(found: list[Culprit]) -> list[Culprit]:
    """Those without which the reference does not give what came back."""
    for culprit in found[:-1]:
        others = [c for c in found if c is not culprit]
        edits = tuple(c.edit for c in others if c.edit is not None)
        trail = Trail(culprit.trail.known, edits, {k: v for c in others for k, v in c.put.items()})
        if trail.agreeing and all(trail.agreeing):
            found = others
    return found


def _whole(case: Case, found: list[Culprit]) -> Finding | None:
    """The way was followed to its end: everything found is told, unless other problems disprove it."""
    told = list(dict.fromkeys(_sentence(case, culprit) for culprit in found))
    edits = tuple(c.edit for c in found if c.edit is not None)
    proved = len(edits) == len(found) and table.gives(case, edits, range(len(case.names)))
    if len(edits) == len(found) and not proved:
        return None
    end = "With that put right, all is right." if len(found) == 1 else "With these put right, all is right."
    return Finding(
        "way",
        told[0] if len(told) == 1 else say(f"{COUNT[len(told)]} to look at, one after the other"),
        (*(told if len(told) > 1 else ()), end),
        mistakes=tuple(dict.fromkeys(c.edit.mistake.name for c in found if c.edit is not None and c.edit.mistake)),
        places=tuple(_place(case, c) for c in found),
        results=tuple(case.names[k] for k in case.wrong),
        proved=proved,
    )


def _sentence(case: Case, culprit: Culprit) -> str:
    edit, origin = culprit.edit, culprit.origin
    if edit is None:
        assert origin is not None, "a value put in place of a step's is one that was seen"
        return say(f"{telling.line(origin)}: this does not give what it should")
    if edit.mistake is None:
        return telling.slip(case, edit, case.wrong, origin)
    return say(f"{telling.line(origin)}: {edit.mistake.says}") if origin is not None else edit.mistake.says


def _place(case: Case, culprit: Culprit) -> Place:
    line, text = (culprit.origin.seen.line, culprit.origin.seen.text) if culprit.origin else (0, "")
    if culprit.edit is not None:
        return telling.place(case, culprit.edit, case.wrong, line, text)
    return Place("place", step=telling.step_name(case, culprit.step), line=line, text=text)
