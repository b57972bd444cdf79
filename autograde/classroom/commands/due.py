"""``autograde due``: when a unit is due, for all and for one, and what being late costs."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from nbgrader.api import MissingEntry

from autograde.classroom import desk, late
from autograde.classroom.desk import Desk
from autograde.classroom.harmless import line
from autograde.classroom.late import Arrived, Rules, shown, when
from autograde.classroom.record import Book, telling
from autograde.classroom.room import CannotDo

TEXT = """\
Say when a unit is due, for all or for some, and what being late costs. Without a date it shows what holds now, and who is late.
A date without a time is the end of that day, one without a zone is where you are; none takes a date back.

Penalties are taken off in feedback and export, and change as soon as dates or points do. The rule holds for the whole class;
nbgrader's own plugins work as well, by class/nbgrader_config.py.

When something was handed in is what `collect` found. --handed-in corrects that where you know better.

examples:
  autograde due 1-chain-rule 2030-01-31
  autograde due 1-chain-rule "2030-01-31 23:59 Europe/Berlin"
  autograde due 1-chain-rule 2030-02-07 --student ann bob         they have longer
  autograde due 1-chain-rule none --student bob                   and bob has not, after all
  autograde due 1-chain-rule --per-day 10 --at-most 50 --grace 15   percent of the points, and minutes
  autograde due 1-chain-rule --handed-in "2030-02-01 08:30" --student ann
  autograde due 1-chain-rule
"""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    desk.options(parser, run)
    parser.add_argument("unit", help="such as 1-chain-rule")
    parser.add_argument("date", nargs="?", help="such as 2030-01-31, or none")
    parser.add_argument("--student", nargs="+", metavar="STUDENT", default=[], help="for these alone")
    parser.add_argument("--handed-in", metavar="DATE", help="when these students handed in")
    parser.add_argument(
        "--per-day", type=float, metavar="PERCENT", help="of the points, for each day begun; 0: nothing"
    )
    parser.add_argument("--at-most", type=float, metavar="PERCENT", help="what being late costs in all (100)")
    parser.add_argument("--grace", type=float, metavar="MINUTES", help="that cost nothing (0)")


def run(options: argparse.Namespace) -> int:
    """Carry it out and show what holds; returns the exit code."""
    at = Desk.open(options)
    rules = Rules.read(at.room.folder)
    changed = {n: getattr(options, n) for n in ("per_day", "at_most", "grace") if getattr(options, n) is not None}
    if any(not 0 <= v <= (100 if n != "grace" else v) for n, v in changed.items()):
        raise CannotDo("Percents go from 0 to 100, and minutes are not negative.")
    rules = replace(rules, **changed)
    for student in options.student:
        if at.roster.unknown(student):
            raise CannotDo(f"{student!r} is not on the roster: autograde roster lists who is.")
    until = when(options.date) if options.date and options.date != "none" else None
    moment = when(options.handed_in).astimezone(UTC) if options.handed_in else None
    if options.student and not options.date and not moment:
        raise CannotDo(
            f"--student needs a date, which stands before it: autograde due {at.unit.name} DATE --student "
            f"{options.student[0]} (or --handed-in DATE)."
        )
    if moment and not options.student:
        raise CannotDo("--handed-in needs --student: for whom?")
    with at.book() as book:
        with telling(at.url):
            assignment = book.book.find_assignment(at.unit.name)
            if options.date and not options.student:
                assignment.duedate = until.astimezone(UTC).replace(tzinfo=None) if until else None
            if options.date and options.student and assignment.duedate is None:
                raise CannotDo(
                    f"{at.unit.name} has no due date, so nobody can have longer: autograde due {at.unit.name} DATE"
                )
            for student in options.student:
                if options.date:
                    rules = rules.extended(at.unit.name, student, until)
                try:
                    submission = book.book.find_submission(at.unit.name, student)
                except MissingEntry:
                    submission = None
                if options.date and submission and until is None:
                    submission.extension = None
                if moment:
                    folder = at.room.path("submitted", student, at.unit.name)
                    if not folder.is_dir():
                        raise CannotDo(f"{student!r} handed nothing in for {at.unit.name}: {folder} is not there.")
                    late.note(at.room, at.unit.name, student, folder, Arrived(at=moment, source="you"))
                    if submission:
                        submission.timestamp = moment.replace(tzinfo=None)
            book.book.db.commit()
        rules.write(at.room.folder)
        at.in_step(book)
        print("\n".join(_holds(at, book, rules)))
    return 0


def _holds(at: Desk, book: Book, rules: Rules) -> Iterator[str]:
    """What holds for the unit now."""
    due = book.book.find_assignment(at.unit.name).duedate
    yield f"{at.unit.name} is due {shown(due)}" if due else f"{at.unit.name} has no due date"
    for student, until in sorted(rules.extensions.get(at.unit.name, {}).items()):
        yield f"  {line(student)} has until {shown(datetime.fromisoformat(until))}"
    yield f"  {rules}"
    yield from (f"  {said}" for said in at.late_lines(book))
