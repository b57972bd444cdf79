"""What the teacher's commands share: the unit, its records, the gradebook, and one way to say that something cannot be done."""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from traitlets.config import Config

from autograde import course
from autograde.building.nbgrader_config import configure
from autograde.classroom.record import Book, CannotRecord
from autograde.classroom.room import CannotDo, Room
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
    """

    unit: Unit
    url: str
    course: str

    @classmethod
    def open(cls, options: argparse.Namespace, unit: str = "") -> Desk:
        """The desk that the options of a command stand for.

        Raises
        ------
        CannotDo : there is no such unit, or its class lies where it must not.
        """
        root = options.course.resolve()
        room = Room.open(root, options.room)
        config = Config()
        configure(config, root, room.folder)
        url = options.db or room.db_url
        return cls(Unit.read(root, unit or options.unit, room), url, config.CourseDirectory.course_id)

    @property
    def room(self) -> Room:
        return self.unit.room

    def book(self) -> Book:
        """The gradebook, for ``with``."""
        return Book(self.url, self.course, self.unit.name, self.unit.release)

    def students(self) -> list[str]:
        """Who has been graded, by name."""
        return sorted(p.stem for p in self.unit.records.folder.glob("*.json"))

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

    def agreed(self, records: Sequence[Mapping[str, Any]]) -> None:
        """Make sure that the points of these records are those of the gradebook.

        Raises
        ------
        CannotDo : they are not: something else than ``autograde grade`` has given points.
        """
        with self.book() as book:
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
