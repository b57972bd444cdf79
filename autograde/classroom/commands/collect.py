"""``autograde collect``: sort what was handed in, and say who is missing."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from autograde.classroom import arrivals, desk, late, worksheet
from autograde.classroom.collecting import Collected, collect, missing
from autograde.classroom.commands import roster as rosters
from autograde.classroom.desk import Desk
from autograde.classroom.harmless import line
from autograde.classroom.late import when
from autograde.classroom.room import CannotDo

TEXT = """\
Sort what was handed in for a unit into class/submitted/<student>/<unit>/, and say who is missing, who handed in a part, who is
late, and who cannot be told. It reads

  a zip of Canvas (Assignment, Download Submissions) or Moodle (View all submissions, Download all), or such a zip unpacked
  a folder of clones of the students' repositories, as GitHub Classroom makes them
  an exchange of nbgrader (its folder inbound)
  a folder, or zip, with a folder for each student
  any file, with --student: somebody mailed it

Run it again whenever you like. What was there before goes to class/earlier/, nothing is lost; a notebook that was handed in
before and is not there now stays.

When it was handed in comes from where a student cannot write it: the exchange, Canvas's LATE, the moment of collecting (nothing
came later); --worksheet takes Moodle's grading worksheet, which also tells students of one name apart. --at says it for all; --commit-times believes the last commit of each clone, whose clock is the student's.

Exit code: 0 all sorted, 1 somebody cannot be told or something could not be read, 2 nothing was done.

examples:
  autograde collect 1-chain-rule submissions.zip
  autograde collect 1-chain-rule moodle.zip --worksheet "Grades-CS101.csv"
  autograde collect 1-chain-rule ~/clones
  autograde collect 1-chain-rule /srv/nbgrader/exchange/lstm-by-hand
  autograde collect 1-chain-rule submissions.zip --as "Bob Lee_778812=blee2"
  autograde collect 1-chain-rule mail.ipynb --student ann --at "2030-01-31 22:15"
"""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    desk.options(parser, run)
    parser.add_argument("unit", help="such as 1-chain-rule")
    parser.add_argument("paths", nargs="+", type=Path, metavar="FILE_OR_FOLDER")
    parser.add_argument("--student", help="all of it is this student's")
    parser.add_argument(
        "--as", dest="given", action="append", default=[], metavar="NAME=STUDENT", help="who somebody is"
    )
    parser.add_argument("--roster", type=Path, metavar="FILE", help="first: autograde roster FILE")
    parser.add_argument("--worksheet", type=Path, metavar="FILE", help="Moodle's grading worksheet: who, and when")
    parser.add_argument("--at", metavar="DATE", help="when it was handed in")
    parser.add_argument("--commit-times", action="store_true", help="of clones: believe the time of the last commit")


def run(options: argparse.Namespace) -> int:
    """Collect; returns the exit code."""
    if options.roster:
        taken = argparse.Namespace(**vars(options) | {"file": options.roster, "left": [], "back": [], "rename": None})
        rosters.run(taken)
    at = Desk.open(options)
    given = dict(text.rpartition("=")[::2] for text in options.given)
    for student in (*given.values(), *([options.student] if options.student else [])):
        if at.roster.unknown(student):
            raise CannotDo(f"{student!r} is not on the roster: autograde roster lists who is.")
    if options.student:
        found = [arrivals.alone(options.paths, options.student)]
    else:
        found = list(arrivals.read(options.paths, at.unit.name, at.roster, options.commit_times))
    if not at.roster and (named := [a for a in found if a.columns[:1] != ("id",)]):
        raise CannotDo(
            f"There is no roster yet, so nobody can tell who {named[0].called!r} is. First: autograde roster FILE, with "
            f"the students as {named[0].source} exports them."
        )
    if options.worksheet:
        given = worksheet.read(options.worksheet.read_bytes(), at.roster, found) | given
    moment = when(options.at).astimezone(UTC) if options.at else None
    for one in found if moment else ():
        one.arrived = late.Arrived(at=moment, source="you")
    done = collect(at.unit, at.roster, found, given, datetime.now(UTC))
    print("\n".join(_said(at, found, done)))
    return 1 if done.unknown or done.remarks else 0


def _said(at: Desk, found: list[arrivals.Arrival], done: Collected) -> Iterator[str]:
    """What was done, and who is missing."""
    sources = sorted({a.source for a in found})
    yield f"{at.unit.name}: {len(found)} submissions, from {', '.join(sources)}"
    kept = f" (what was there before is in {at.room.path('earlier')})" if done.again else ""
    yield f"  {len(done.new)} new, {len(done.again)} again{kept}, {len(done.same)} as before"
    handed_in = at.handed_in()
    lacking = {s: gone for s in handed_in if (gone := missing(at.unit, s))}
    for student, gone in lacking.items():
        there = len(at.unit.release) - len(gone)
        yield f"  {line(student)}: {there} of {len(at.unit.release)} notebooks; {', '.join(gone)} missing"
    with at.book() as book:
        late_lines = at.late_lines(book)
    yield from (f"  {said}" for said in late_lines)
    for student, remarks in done.remarks.items():
        yield from (f"  {line(student)}: {line(r)}" for r in remarks)
    if at.roster and (absent := sorted(p.id for p in at.roster if p.id not in handed_in)):
        yield f"  {len(absent)} handed in nothing: {', '.join(map(line, absent))}"
    for called, why in done.unknown.items():
        yield f"  not known, and not collected: {line(called)}: {line(why)}. If you know: --as {line(called)!r}=STUDENT"
