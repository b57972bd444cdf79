"""``autograde export``: the gradebook as CSV, for a spreadsheet, for Canvas, for Moodle."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograde.classroom import desk
from autograde.classroom.desk import Desk
from autograde.classroom.harmless import line
from autograde.classroom.record import Book, put, telling
from autograde.classroom.room import CannotDo
from autograde.classroom.roster import Person
from autograde.classroom.spreadsheet import written

TEXT = """\
Write the grades of one unit or more as CSV (UTF-8, quoted as RFC 4180 says). Who handed nothing in has an empty cell.

plain    student, last_name, first_name, email; then for each unit points, points there are, answers to mark, hours late and
         what that cost. A file begins with the mark by which a spreadsheet knows UTF-8.
canvas   Student, ID, SIS User ID, SIS Login ID, Section as on the roster, and a column for each unit, with the row of points
         possible. Without a roster the student's id goes to SIS Login ID, by which Canvas finds the student, too. To fill an
         assignment that is there already, name it with its number: --column "Chain rule (4711)".
moodle   Username, ID number, Email address as on the roster, and a column for each unit. In Moodle: Grades, Import, CSV; map
         one of the three to the user, and the unit to a grade item or to a new one (which has 100 points at most).

What a spreadsheet would take for a formula (it begins with = + - or @ after a sign that parts cells) gets an apostrophe in
front. It says who has no grade, whose is from before, who was late and what waits for a mark. Nothing is exported while
gradebook and records disagree, as after a run of `nbgrader autograde`, or when the course has other points since.

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
    roster, said, found = desks[0].roster, [], []
    people = dict(roster.people)
    for one in desks:
        with one.book() as book, telling(one.url):
            said += checked(one, book)
            found.append(grades(one, book))
            people = {s.id: Person.of(s) for s in book.book.students} | people
    students = [Student(people[i], tuple(of.get(i) for of in found)) for i in sorted(people) if not roster.has_left(i)]
    if roster and options.form != "plain":
        if strangers := [s.id for s in students if roster.unknown(s.id)]:
            said.append(f"not on the roster, and left out: {_list(strangers)}")
        students = [s for s in students if not roster.unknown(s.id)]
    possible = [sum(e.points for _, e in d.exercises()) for d in desks]
    if options.form == "moodle" and (large := [n for n, most in zip(names, possible, strict=True) if most > 100]):
        said.append(
            f"Moodle takes no more than 100 points for an item that an import makes: make {_list(large)} first, with its maximum "
            f"({', '.join(map(str, possible))}), and map the column to it."
        )
    text = written(FORMS[options.form](students, names, possible), bom=bool(options.to) and options.form == "plain")
    if options.to:
        put(options.to, text.encode())
        print(f"{len(students)} students -> {options.to}", file=sys.stderr)
    else:
        sys.stdout.write(text.replace("\r\n", "\n"))
    for remark in said:
        print(remark, file=sys.stderr)
    return 0


def checked(at: Desk, book: Book) -> list[str]:
    """What a teacher should know about the grades of a unit before they go out.

    Raises
    ------
    CannotDo : they are not to be exported: nobody is graded, something else gave points, or the course has other points now.
    """
    unit = at.unit
    records = at.all_records()
    at.agreed(book, records)
    now = {n: sum(e.points for e in unit.exercises(n)) for n in unit.release}
    for record in records:
        for name, about in record["notebooks"].items():
            if name in now and about.get("possible", now[name]) != now[name]:
                raise CannotDo(
                    f"{record['student']} was graded with {about['possible']} points for {name}, and the course has {now[name]} "
                    f"now. Nothing was written. Grade again: autograde grade {unit.name}"
                )
    said = []
    again = f"autograde grade {unit.name} --resume"
    if len({about["version"] for r in records for about in r["notebooks"].values() if "version" in about}) > 1:
        said.append(
            f"{unit.name}: not all were graded with the same version of the course. To make them alike: {again}"
        )
    if late := unit.records.pending():
        said.append(
            f"{unit.name}: a grading was interrupted: these have their grades from before, or none: {_list(late)}. {again}"
        )
    handed_in, graded = at.handed_in(), {r["student"]: r for r in records}
    if ungraded := [s for s in handed_in if s not in graded]:
        said.append(f"{unit.name}: handed in and not graded: {_list(ungraded)}. {again}")
    noted = {s: graded[s]["handed_in"] for s in handed_in if "handed_in" in graded.get(s, {})}
    if newer := [s for s, when in noted.items() if at.arrived(s).to_dict() != when]:
        said.append(f"{unit.name}: handed in again since they were graded: {_list(newer)}. {again}")
    if nothing := [p.id for p in at.roster if p.id not in graded and p.id not in ungraded]:
        said.append(f"{unit.name}: handed in nothing, and have an empty cell: {_list(nothing)}")
    said += [f"{unit.name}: {text}" for text in at.late_lines(book)]
    waiting = {s: names for s, names in book.waiting().items() if s in graded}
    if waiting:
        count = sum(map(len, waiting.values()))
        what = (
            "answer still waits to be marked, and counts"
            if count == 1
            else "answers still wait to be marked, and count"
        )
        said.append(f"{unit.name}: {count} {what} as they stand (0 when there is no mark yet): {_list(waiting)}")
    return said


def _list(names: Iterable[str]) -> str:
    return ", ".join(map(line, names))


@dataclass(frozen=True)
class Grade:
    """A student's points for a unit, late penalty taken off; what waits to be marked; seconds late, and what that cost."""

    points: float
    to_mark: int
    late: float = 0.0
    penalty: float = 0.0


@dataclass(frozen=True)
class Student:
    """A student as roster and gradebook know them, and a grade for each unit, None where nothing was handed in."""

    person: Person
    grades: tuple[Grade | None, ...]

    @property
    def id(self) -> str:
        return self.person.id


def grades(at: Desk, book: Book) -> dict[str, Grade]:
    """The grade of everybody who was graded and is in the class."""
    graded = set(at.students())
    return {s.student.id: _grade(s) for s in book.book.assignment_submissions(at.unit.name) if s.student.id in graded}


def _grade(submission: Any) -> Grade:
    penalty = min(submission.late_submission_penalty or 0.0, submission.score)
    waiting = sum(g.needs_manual_grade for n in submission.notebooks for g in n.grades)
    return Grade(round(submission.score - penalty, 4), waiting, submission.total_seconds_late, round(penalty, 4))


def plain(students: Sequence[Student], names: Sequence[str], possible: Sequence[int]) -> list[list[Any]]:
    """Rows for a spreadsheet."""
    head = ["student", "last_name", "first_name", "email"]
    for name in names:
        head += [name, f"{name} possible", f"{name} to mark", f"{name} hours late", f"{name} late penalty"]
    rows: list[list[Any]] = [head]
    for s in students:
        row: list[Any] = [s.id, s.person.last_name, s.person.first_name, s.person.email]
        for grade, most in zip(s.grades, possible, strict=True):
            row += (
                [grade.points, most, grade.to_mark, round(grade.late / 3600, 2), grade.penalty]
                if grade
                else ["", most, "", "", ""]
            )
        rows.append(row)
    return rows


def canvas(students: Sequence[Student], names: Sequence[str], possible: Sequence[int]) -> list[list[Any]]:
    """Rows as Canvas imports them: five columns for the student, then the assignments; points possible in row 2.

    Source: Canvas, ``lib/gradebook_importer.rb`` (as of 2024). A student is looked for by ID, SIS User ID, SIS Login ID, name.
    """
    rows: list[list[Any]] = [["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *names]]
    rows.append(["    Points Possible", "", "", "", "", *possible])
    for s in students:
        p = s.person
        login = p.sis_login or ("" if p.canvas_id or p.sis_user else p.id)
        rows.append([p.name, p.canvas_id, p.sis_user, login, p.section, *(g.points if g else "" for g in s.grades)])
    return rows


def moodle(students: Sequence[Student], names: Sequence[str], possible: Sequence[int]) -> list[list[Any]]:
    """Rows as Moodle imports them, which asks what each column is; only who has a grade.

    Source: Moodle, ``grade/import/csv`` (4.5). One unknown user stops the import, an empty grade takes one away.
    """
    rows: list[list[Any]] = [["Username", "ID number", "Email address", *names]]
    for s in (s for s in students if any(s.grades)):
        p = s.person
        bare = not (p.username or p.id_number)
        who = [p.username or p.id, p.id_number or p.id * bare, p.email]
        rows.append([*who, *(g.points if g else "" for g in s.grades)])
    return rows


FORMS = {"plain": plain, "canvas": canvas, "moodle": moodle}
