"""``autograde export``: the gradebook as CSV, for a spreadsheet, for Canvas, for Moodle."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograde.classroom import desk
from autograde.classroom.desk import Desk
from autograde.classroom.harmless import line
from autograde.classroom.record import put, telling
from autograde.classroom.room import CannotDo
from autograde.classroom.spreadsheet import written

TEXT = """\
Write the grades of one unit or more as CSV (UTF-8, quoted as RFC 4180 says). Who handed nothing in has an empty cell.

plain    student, last_name, first_name, email; then points, points there are and answers to mark for each unit
canvas   Student, ID, SIS User ID, SIS Login ID, Section and a column for each unit, with the row of points possible.
         The student's id goes to SIS Login ID, by which Canvas finds the student. To fill an assignment that is there
         already, name it with its number: --column "Chain rule (4711)".
moodle   Username, ID number, Email address and a column for each unit. In Moodle: Grades, Import, CSV; map one of the
         three to the user, and the unit to a grade item or to a new one.

What a spreadsheet would take for a formula (it begins with = + - or @ after a sign that parts cells) gets an apostrophe in
front. Nothing is exported while gradebook and records disagree, as after a run of `nbgrader autograde`.

examples:
  autograde export 1-chain-rule                            to the terminal
  autograde export 1-chain-rule 2-rnn --to grades.csv
  autograde export 1-chain-rule --for canvas --to canvas.csv
  autograde export 1-chain-rule --for moodle --to moodle.csv --column "Week 1"
"""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    desk.options(parser, run)
    parser.add_argument("units", nargs="+", metavar="unit", help="such as 1-chain-rule")
    parser.add_argument("--for", dest="form", choices=sorted(FORMS), default="plain", help="default: plain")
    parser.add_argument("--to", type=Path, metavar="FILE", help="default: the terminal")
    parser.add_argument("--column", action="append", metavar="NAME", help="the unit's name there; once for each unit")


def run(options: argparse.Namespace) -> int:
    """Export; returns the exit code."""
    names = options.column or options.units
    if len(names) != len(options.units):
        raise CannotDo(
            f"There are {len(options.units)} units and {len(names)} names: give --column once for each unit."
        )
    desks = [Desk.open(options, unit) for unit in options.units]
    for one in desks:
        one.agreed(one.all_records())
        if late := one.unit.records.pending():
            said = f"A grading of {one.unit.name} was interrupted: these have their grades from before, or none"
            print(
                f"{said}: {', '.join(map(line, late))}. Go on with: autograde grade {one.unit.name} --resume",
                file=sys.stderr,
            )
    students = read(desks)
    text = written(FORMS[options.form](students, names, [_possible(d) for d in desks]))
    if options.to:
        put(options.to, text.encode())
        print(f"{len(students)} students -> {options.to}", file=sys.stderr)
    else:
        sys.stdout.write(text.replace("\r\n", "\n"))
    waiting = sum(g.to_mark for s in students for g in s.grades if g)
    if waiting:
        print(
            f"{waiting} answers still wait to be marked, and count as 0: autograde review {options.units[0]}",
            file=sys.stderr,
        )
    return 0


@dataclass(frozen=True)
class Grade:
    """A student's points for a unit, late penalty taken off, and how many answers wait to be marked."""

    points: float
    to_mark: int


@dataclass(frozen=True)
class Student:
    """A student as the gradebook knows them, and a grade for each unit, None where nothing was handed in."""

    id: str
    last: str
    first: str
    email: str
    grades: tuple[Grade | None, ...]

    @property
    def name(self) -> str:
        return ", ".join(n for n in (self.last, self.first) if n) or self.id


def read(desks: Sequence[Desk]) -> list[Student]:
    """Every student of the gradebook with the grades of these units, by id."""
    columns: list[dict[str, Grade]] = []
    people: dict[str, tuple[str, str, str]] = {}
    for one in desks:
        graded = set(one.students())
        with one.book() as book, telling(one.url):
            for s in book.book.students:
                people[s.id] = (s.last_name or "", s.first_name or "", s.email or "")
            columns.append(
                {
                    s.student.id: Grade(
                        round(max(0.0, s.score - (s.late_submission_penalty or 0.0)), 4),
                        sum(g.needs_manual_grade for n in s.notebooks for g in n.grades),
                    )
                    for s in book.book.assignment_submissions(one.unit.name)
                    if s.student.id in graded
                }
            )
    return [Student(i, *people[i], tuple(c.get(i) for c in columns)) for i in sorted(people)]


def _possible(desk: Desk) -> int:
    return sum(e.points for _, e in desk.exercises())


def plain(students: Sequence[Student], names: Sequence[str], possible: Sequence[int]) -> list[list[Any]]:
    """Rows for a spreadsheet."""
    head = ["student", "last_name", "first_name", "email"]
    for name in names:
        head += [name, f"{name} possible", f"{name} to mark"]
    rows: list[list[Any]] = [head]
    for s in students:
        row: list[Any] = [s.id, s.last, s.first, s.email]
        for grade, most in zip(s.grades, possible, strict=True):
            row += [grade.points, most, grade.to_mark] if grade else ["", most, ""]
        rows.append(row)
    return rows


def canvas(students: Sequence[Student], names: Sequence[str], possible: Sequence[int]) -> list[list[Any]]:
    """Rows as Canvas imports them: five columns for the student, then the assignments; points possible in row 2.

    Source: Canvas, ``lib/gradebook_importer.rb`` (as of 2024). A student is looked for by ID, SIS User ID, SIS Login ID, name.
    """
    rows: list[list[Any]] = [["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *names]]
    rows.append(["    Points Possible", "", "", "", "", *possible])
    rows += [[s.name, "", "", s.id, "", *(g.points if g else "" for g in s.grades)] for s in students]
    return rows


def moodle(students: Sequence[Student], names: Sequence[str], possible: Sequence[int]) -> list[list[Any]]:
    """Rows as Moodle imports them, which asks what each column is; only who has a grade.

    Source: Moodle, ``grade/import/csv`` (4.5). One unknown user stops the import, an empty grade takes one away.
    """
    rows: list[list[Any]] = [["Username", "ID number", "Email address", *names]]
    rows += [[s.id, s.id, s.email, *(g.points if g else "" for g in s.grades)] for s in students if any(s.grades)]
    return rows


FORMS = {"plain": plain, "canvas": canvas, "moodle": moodle}
