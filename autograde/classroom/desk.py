"""What the teacher's commands share: the unit, its records, the gradebook, and one way to say that something cannot be done."""

from __future__ import annotations

import argparse
import difflib
import os
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat
from jupyter_core.paths import jupyter_config_path
from nbformat import NotebookNode
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograde import course
from autograde.building.nbgrader_config import COURSE, configure
from autograde.classroom.candidates import loose
from autograde.classroom.harmless import line
from autograde.classroom.late import Arrived, Rules, apply, arrived
from autograde.classroom.record import Book, CannotRecord
from autograde.classroom.room import CannotDo, Room
from autograde.classroom.roster import Roster
from autograde.classroom.unit import Unit
from autograde.judging.exercise import Exercise, Written
from autograde.judging.verdict import Row, Verdict


@dataclass(frozen=True)
class Desk:
    """A unit with its records and the way to its gradebook.

    Attributes
    ----------
    url : the gradebook's database.
    course : nbgrader's id of the course.
    config : nbgrader's configuration of the class.
    """

    unit: Unit
    url: str
    course: str
    config: Config

    @classmethod
    def open(cls, options: argparse.Namespace, unit: str = "") -> Desk:
        """The desk that the options of a command stand for.

        Raises
        ------
        CannotDo : there is no such unit, or its class lies where it must not.
        """
        root = options.course.resolve()
        room = Room.open(root, options.room)
        config = configuration(root, room)
        url, course_id = gradebook(options, room)
        return cls(Unit.read(root, unit or options.unit, room), url, course_id, config)

    @property
    def room(self) -> Room:
        return self.unit.room

    def book(self) -> Book:
        """The gradebook, for ``with``, with late penalties as they are now."""
        book = Book(self.url, self.course, self.unit.name, self.unit.release)
        self.in_step(book)
        return book

    def in_step(self, book: Book, students: Collection[str] | None = None) -> None:
        """Bring late penalties, of these students or of all, in step with dates, rules and points."""
        apply(book, self.config, Rules.read(self.room.folder), students)

    @cached_property
    def roster(self) -> Roster:
        return Roster.read(self.room)

    def students(self) -> list[str]:
        """Who has been graded and is in the class, by name."""
        return [s for s in self.unit.records.students() if not self.roster.has_left(s)]

    def handed_in(self) -> list[str]:
        """Who is in the class and has a folder of this unit, by name."""
        own = loose(self.unit.name)

        def has(folder: Path) -> bool:
            try:
                return any(loose(name) == own for name in os.listdir(folder))
            except OSError:  # no folder, or one that this user may not list: `grade` names it
                return False

        folders = sorted(self.room.path("submitted").iterdir())
        return [p.name for p in folders if has(p) and not self.roster.has_left(p.name)]

    def arrived(self, student: str) -> Arrived:
        """When ``student`` handed the unit in."""
        return arrived(self.room, self.unit.name, student, self.room.path("submitted", student, self.unit.name))[0]

    def late(self, book: Book) -> dict[str, str]:
        """Who handed in late, or may have, and what there is to say about it."""
        rules, name = Rules.read(self.room.folder), self.unit.name
        due = book.book.find_assignment(name).duedate
        said = {s: self.arrived(s).lateness(rules.until(name, s, due))[1] for s in self.handed_in()}
        return {student: text for student, text in said.items() if text}

    def record(self, student: str) -> dict[str, Any]:
        """What ``autograde grade`` found for ``student``.

        Raises
        ------
        CannotDo : nothing.
        """
        record = self.unit.records.read(student)
        if record is None:
            near = difflib.get_close_matches(student, self.students(), n=3, cutoff=0.6)
            also = f"Did you mean {' or '.join(near)}?" if near else self._first()
            raise CannotDo(f"{student!r} has not been graded for {self.unit.name}. {also}")
        return record

    def all_records(self) -> list[dict[str, Any]]:
        """The records of all who have been graded.

        Raises
        ------
        CannotDo : nobody has.
        """
        records = [r for s in self.students() if (r := self.unit.records.read(s)) is not None]
        if not records:
            raise CannotDo(f"Nobody has been graded for {self.unit.name}. {self._first()}")
        return records

    def agreed(self, book: Book, records: Sequence[Mapping[str, Any]]) -> None:
        """Make sure that the points of these records are those of the gradebook.

        Raises
        ------
        CannotDo : they are not: something else than ``autograde grade`` has given points.
        """
        given = book.given()
        odd = [r["student"] for r in records if _points(r) != given.get(r["student"])]
        if odd:
            who = ", ".join(odd[:5]) + (f" and {len(odd) - 5} more" if len(odd) > 5 else "")
            raise CannotDo(
                f"Gradebook and records disagree about the points of {who}: something else than `autograde grade` wrote "
                f"them, such as `nbgrader autograde`, or this is another gradebook. Nothing was written. {self._first()}"
            )

    def exercises(self) -> Iterator[tuple[str, Exercise | Written]]:
        """Every exercise of the unit with its notebook, in the order of the course."""
        for notebook in self.unit.release:
            for exercise in self.unit.exercises(notebook):
                yield notebook, exercise

    def late_lines(self, book: Book, students: Collection[str] | None = None) -> list[str]:
        """``late`` in lines, of these students or of all; students with the same to say share one."""
        found: dict[str, list[str]] = {}
        for student, said in self.late(book).items():
            if students is None or student in students:
                found.setdefault(said, []).append(line(student))
        return [f"{said}: {', '.join(who)}" if len(who) > 1 else f"{who[0]}: {said}" for said, who in found.items()]

    def solved(self, notebook: str) -> dict[str, str]:
        """The model solutions of a notebook by exercise: as in ``solutions/`` where that is, else as in the course."""
        found = {e.name: course.solution(e.name) for e in self.unit.exercises(notebook) if isinstance(e, Exercise)}
        path = self.unit.root / "solutions" / self.unit.name / f"{notebook}.ipynb"
        if path.is_file():
            for cell in nbformat.read(path, as_version=4).cells:
                if (name := grade_id(cell)) in found:
                    kept = [line for line in cell.source.splitlines() if line.strip() not in MARKS]
                    found[name] = "\n".join(kept)
        return found

    def autograded(self, student: str, notebook: str) -> NotebookNode | None:
        """The graded notebook of ``student``, or None when it did not run."""
        path = self.room.path("autograded", student, self.unit.name, f"{notebook}.ipynb")
        return nbformat.read(path, as_version=4) if path.is_file() else None

    def _first(self) -> str:
        return f"First: autograde grade {self.unit.name}"


def _points(record: Mapping[str, Any]) -> dict[tuple[str, str], float]:
    """What the judge gave, by notebook and grade id."""
    found = record["notebooks"].items()
    return {(n, f"check-{e}"): round(v["score"], 6) for n, about in found for e, v in about["exercises"].items()}


MARKS = ("### BEGIN SOLUTION", "### END SOLUTION")


def grade_id(cell: NotebookNode) -> str:
    """The cell's name in nbgrader; empty when it has none."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def verdict(data: dict[str, Any]) -> Verdict:
    """The verdict in a record."""
    rows = tuple(Row(**row) for row in data["rows"])
    return Verdict(**data | {"details": tuple(data["details"]), "mistakes": tuple(data["mistakes"]), "rows": rows})


def configuration(root: Path, room: Room) -> Config:
    """nbgrader's configuration for a class: this course's, then what Jupyter's folders and the class's own file say."""
    config = Config()
    configure(config, root, room.folder)
    for folder in (*reversed(jupyter_config_path()), str(room.folder)):
        file = Path(folder, "nbgrader_config.py")
        if file.is_file():
            config.merge(PyFileConfigLoader(file.name, path=str(file.parent)).load_config())
    return config


def gradebook(options: argparse.Namespace, room: Room) -> tuple[str, str]:
    """The gradebook's database, and nbgrader's id of the course."""
    return options.db or room.db_url, COURSE


def options(parser: argparse.ArgumentParser, run: Callable[[argparse.Namespace], int]) -> None:
    """Add the options that all teacher's commands have; ``run`` does the command's work."""
    parser.add_argument(
        "--course", type=Path, default=Path(), help="the folder that holds notebooks/ (default: this one)"
    )
    parser.add_argument(
        "--class",
        dest="room",
        type=Path,
        metavar="DIR",
        help="the folder of the class (default: class/ in the course's)",
    )
    parser.add_argument(
        "--db", metavar="URL", help="the gradebook (default: $AUTOGRADE_DB, or gradebook.db of the class)"
    )

    def told(options: argparse.Namespace) -> int:
        try:
            return run(options)
        except (CannotDo, CannotRecord, OSError) as error:
            print(f"{parser.prog}: {error}", file=sys.stderr)
            return 2

    parser.set_defaults(run=told)
