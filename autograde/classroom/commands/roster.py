"""``autograde roster``: take in who is in the class, let somebody go, call somebody otherwise."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from nbgrader.api import MissingEntry, SubmittedAssignment

from autograde.classroom import desk
from autograde.classroom.desk import gradebook
from autograde.classroom.harmless import line
from autograde.classroom.record import opened, put, telling
from autograde.classroom.room import CannotDo, Room
from autograde.classroom.roster import Person, Roster, merge, possible
from autograde.classroom.roster_file import take

TEXT = """\
Take in who is in the class: Canvas's gradebook (Grades, Export), Moodle's participants (select all, download as CSV), GitHub
Classroom's roster (it adds the names at GitHub), nbgrader's CSV, or any table with a column id and one for the name. Byte
order marks, semicolons, tabs and any order of columns are read. It says what it took, and can be repeated: who is new is
added, who has another name gets it, who is not in the file stays until you take them out.

A student's id here is the name of their folder. It is the SIS Login ID of Canvas, the Username of Moodle or, without one, what
stands before the @ of the email; it stays when the platform changes it. class/roster.csv holds all of it, and you may edit it.

Who has left keeps all their work, and is out of grading, report and export.

examples:
  autograde roster canvas.csv
  autograde roster                          who is in the class
  autograde roster --left ann bob           they have left
  autograde roster --back bob
  autograde roster --rename bob bobrien     the id here, with folders and grades
"""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    desk.options(parser, run)
    parser.add_argument("file", nargs="?", type=Path, help="a CSV of Canvas, Moodle, GitHub Classroom, nbgrader")
    does = parser.add_mutually_exclusive_group()
    does.add_argument("--left", nargs="+", metavar="STUDENT", default=[], help="they have left; their work is kept")
    does.add_argument("--back", nargs="+", metavar="STUDENT", default=[], help="they are here again")
    does.add_argument("--rename", nargs=2, metavar=("OLD", "NEW"), help="give a student another id here")


def run(options: argparse.Namespace) -> int:
    """Carry it out; returns the exit code."""
    root = options.course.resolve()
    room = Room.open(root, options.room)
    roster = Roster.read(room)
    url, course = gradebook(options, room)
    if options.rename:
        _rename(room, roster, url, course, *options.rename)
    for student in (*options.left, *options.back):
        if student not in roster.people:
            raise CannotDo(
                f"{student!r} is not on the roster. On it are: {', '.join(sorted(roster.people)) or 'nobody'}."
            )
        roster.people[student] = replace(roster.people[student], left="yes" if options.left else "")
        print(f"{student} {'has left; their work is kept' if options.left else 'is back'}")
    if options.file:
        print("\n".join(_taken(options.file, roster)))
    elif not (options.left or options.back or options.rename):
        print("\n".join(_listed(roster)))
        return 0
    roster.write(room)
    _into_gradebook(roster, url, course)
    return 0


def _taken(file: Path, roster: Roster) -> list[str]:
    """Take the file in; what there is to say about it."""
    taken = take(file.read_bytes())
    changes = merge(roster, taken.people, by_name=taken.source == "GitHub Classroom")
    said = [f"{file.name}: {len(taken.people)} students, as {taken.source} writes them"]
    said.append(f"  their id here: {taken.known_by}; also read: {', '.join(taken.kept)}")
    if taken.passed_over:
        said.append(f"  passed over: {'; '.join(map(line, taken.passed_over))}")
    said.append(
        f"  {len(changes.new)} new, {len(changes.changed)} changed, {len(changes.back)} back, {changes.same} as before"
    )
    said += [f"    new: {_shown(p)}" for p in changes.new]
    said += [f"    changed: {old.id}: {_difference(old, now)}" for old, now in changes.changed]
    said += [f"    back: {_shown(p)}" for p in changes.back]
    if changes.absent and taken.source != "GitHub Classroom":
        said.append(
            f"  {len(changes.absent)} in the class are not in this file: {', '.join(line(p.id) for p in changes.absent)}"
        )
        said.append("  If they have left: autograde roster --left STUDENT ...")
    return said


def _shown(person: Person) -> str:
    return line("  ".join(x for x in (person.id, person.name, person.email, person.section, person.github) if x))


def _difference(old: Person, now: Person) -> str:
    names = [n for n in vars(old) if getattr(old, n) != getattr(now, n)]
    return line(", ".join(f"{n} {getattr(old, n) or '(none)'} -> {getattr(now, n)}" for n in names))


def _listed(roster: Roster) -> Iterable[str]:
    here = list(roster)
    gone = [p for p in roster.people.values() if p.left]
    yield f"{len(here)} students" if roster else "There is no roster yet: autograde roster FILE"
    yield from (f"  {_shown(p)}" for p in sorted(here, key=lambda p: p.name))
    if gone:
        yield f"{len(gone)} have left: {', '.join(line(p.id) for p in gone)}"


def _into_gradebook(roster: Roster, url: str, course: str) -> None:
    with telling(url), opened(url, course) as book:
        for p in roster.people.values():
            about = {"last_name": p.last_name, "first_name": p.first_name, "email": p.email, "lms_user_id": p.canvas_id}
            book.update_or_create_student(p.id, **{k: v or None for k, v in about.items()})


def _rename(room: Room, roster: Roster, url: str, course: str, old: str, new: str) -> None:
    """Give a student another id: on the roster, in the gradebook, in the names of folders and files.

    Raises
    ------
    CannotDo : there is nobody of the old id, somebody of the new one, or it cannot be one.
    """
    moves = [(p, p.with_name(p.name.replace(old, new, 1))) for p in _belonging(room, old)]
    with telling(url), opened(url, course) as book:
        known = {s.id for s in book.students}
        if old not in known | set(roster.people) and not moves:
            raise CannotDo(f"There is no student {old!r}.")
        if new in known | set(roster.people) or any(to.exists() for _, to in moves):
            raise CannotDo(f"There is a student {new!r} already. Nothing was renamed.")
        if not possible(new):
            raise CannotDo(f"{new!a} cannot be the name of a folder. Nothing was renamed.")
        try:
            before = book.find_student(old)
        except MissingEntry:
            before = None
        if before is not None:
            about = ("last_name", "first_name", "email", "lms_user_id")
            book.add_student(new, **{k: getattr(before, k) for k in about})
            work = book.db.query(SubmittedAssignment).filter(SubmittedAssignment.student_id == old)
            work.update({SubmittedAssignment.student_id: new}, synchronize_session=False)
            book.db.commit()
            book.db.expire_all()
            book.db.delete(book.find_student(old))
            book.db.commit()
    for path, to in moves:
        os.replace(path, to)
        if to.suffix == ".json":
            put(to, json.dumps(json.loads(to.read_text(encoding="utf-8")) | {"student": new}, indent=1).encode())
    if old in roster.people:
        roster.people[new] = replace(roster.people.pop(old), id=new)
    print(f"{old} is {new} now")


def _belonging(room: Room, student: str) -> list[Path]:
    """Everything in the folder of the class that bears the student's id."""
    kinds = ("submitted", "autograded", "feedback", "earlier")
    found = [room.path(kind, student) for kind in kinds]
    for kind in ("graded", "collected", "reviews"):
        found += [
            p
            for p in room.path(kind).glob("*/*")
            if p.name in {f"{student}{e}" for e in (".json", ".answers", ".html")}
        ]
    return [p for p in found if p.exists()]
