"""What the teacher's commands share: the unit, its records, the gradebook, and one way to say that something cannot be done."""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograde.classroom.grading import Unit
    from autograde.classroom.record import Book
    from autograde.judging.exercise import Exercise, Written
    from autograde.judging.verdict import Verdict


class CannotDo(RuntimeError):
    """A command cannot be carried out; the message says why and what to do."""


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
        CannotGrade : there is no such unit.
        """
        from traitlets.config import Config

        from autograde.building.nbgrader_config import configure
        from autograde.classroom.grading import Unit

        config = Config()
        root = options.course.resolve()
        configure(config, root)
        url = options.db or config.CourseDirectory.db_url
        return cls(Unit.read(root, unit or options.unit), url, config.CourseDirectory.course_id)

    def folder(self, kind: str) -> Path:
        """Where things of one kind are kept, such as ``autograde/reviews/1-chain-rule``."""
        return self.unit.root / "autograde" / kind / self.unit.name

    def book(self) -> Book:
        """The gradebook, for ``with``."""
        from autograde.classroom.record import Book

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

    def exercises(self) -> Iterator[tuple[str, Exercise | Written]]:
        """Every exercise of the unit with its notebook, in the order of the course."""
        for notebook in self.unit.release:
            for exercise in self.unit.exercises(notebook):
                yield notebook, exercise

    def solved(self, notebook: str) -> dict[str, str]:
        """The model solutions of a notebook by exercise: as in ``solutions/`` where that is, else as in the bank."""
        import nbformat

        from autograde import course
        from autograde.judging.exercise import Exercise

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
        import nbformat

        path = self.unit.root / "autograde" / "autograded" / student / self.unit.name / f"{notebook}.ipynb"
        return nbformat.read(path, as_version=4) if path.is_file() else None

    def _first(self) -> str:
        return f"First: autograde grade {self.unit.name}"


MARKS = ("### BEGIN SOLUTION", "### END SOLUTION")


def grade_id(cell: NotebookNode) -> str:
    """The cell's name in nbgrader; empty when it has none."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def verdict(data: dict[str, Any]) -> Verdict:
    """The verdict in a record."""
    from autograde.judging.verdict import Row, Verdict

    rows = tuple(Row(**row) for row in data["rows"])
    return Verdict(**data | {"details": tuple(data["details"]), "mistakes": tuple(data["mistakes"]), "rows": rows})


def add(commands: Any, name: str, run: Callable[[argparse.Namespace], int], help: str, text: str) -> Any:
    """Add the subcommand ``name`` with the options that all have; returns its parser."""
    parser = commands.add_parser(
        name, help=help, description=text, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--course", type=Path, default=Path(), help="the folder that holds notebooks/ (default: this one)"
    )
    parser.add_argument("--db", metavar="URL", help="the gradebook (default: $AUTOGRADE_DB, or autograde/gradebook.db)")

    def told(options: argparse.Namespace) -> int:
        from autograde.classroom.grading import CannotGrade
        from autograde.classroom.record import CannotRecord

        try:
            return run(options)
        except (CannotDo, CannotGrade, CannotRecord, OSError) as error:
            print(f"autograde {name}: {error}", file=sys.stderr)
            return 2

    parser.set_defaults(run=told)
    return parser
