"""Record: what was found, in files that are whole or not there, and in nbgrader's gradebook by one writer."""

from __future__ import annotations

import json
import os
import shutil
import sysconfig
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Comment, Grade, Gradebook, InvalidEntry, MissingEntry, SubmittedNotebook
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from autograde.asking.wire import WireError, unpack


class CannotRecord(RuntimeError):
    """The gradebook cannot be used; the message says why and what to do."""


@dataclass(frozen=True)
class Files:
    """The records of one unit: ``<student>.json``, and ``<student>.answers`` with what was answered (a message of ``wire``)."""

    folder: Path

    def write(self, student: str, record: Mapping[str, Any], answers: bytes) -> None:
        """Write both; the record comes last, so where it is there, the answers are."""
        self.folder.mkdir(parents=True, exist_ok=True)
        put(self.folder / f"{student}.answers", answers)
        put(self.folder / f"{student}.json", json.dumps(record, indent=1).encode())

    def read(self, student: str) -> dict[str, Any] | None:
        """The record, or None when there is none that is whole."""
        try:
            record = json.loads((self.folder / f"{student}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return record if isinstance(record, dict) else None

    def students(self) -> list[str]:
        """Who has a record, by name."""
        return sorted(p.name.removesuffix(".json") for p in self.folder.glob("*.json"))

    def answers(self, student: str) -> dict[str, Any]:
        """What was answered, by notebook; empty when that is not there, or not whole."""
        try:
            found = unpack((self.folder / f"{student}.answers").read_bytes())
        except (OSError, WireError):
            return {}
        return found if isinstance(found, dict) else {}

    def begin(self, run: str, students: Sequence[str]) -> None:
        """Note who is about to be graded in this run; their earlier grades stay until the new ones are there."""
        self.folder.mkdir(parents=True, exist_ok=True)
        put(self.folder / ".pending", json.dumps({"run": run, "students": list(students)}).encode())

    def pending(self) -> list[str]:
        """Whom a grading that was interrupted did not come to."""
        try:
            noted = json.loads((self.folder / ".pending").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return []
        return [s for s in noted["students"] if (self.read(s) or {}).get("run") != noted["run"]]

    def end(self) -> None:
        """Note that nobody waits any more."""
        (self.folder / ".pending").unlink(missing_ok=True)


def put(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path`` so that at any moment the file is the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, part = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.chmod(part, 0o640)
        os.replace(part, path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise


def opened(url: str, course: str) -> Gradebook:
    """nbgrader's gradebook, which is made when it is not there."""
    if shutil.which("alembic") is None:  # nbgrader starts it by that name for a new gradebook
        os.environ["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", os.defpath)])
    return Gradebook(url, course)


class Book:
    """nbgrader's gradebook for one unit. Use it from one thread, with ``with``.

    Raises
    ------
    CannotRecord : it cannot be opened, is locked, or knows this unit with other cells.
    """

    def __init__(self, db_url: str, course: str, unit: str, release: Mapping[str, NotebookNode]) -> None:
        self.unit, self.url = unit, db_url
        self.book: Any = None
        with telling(db_url):
            self.book = opened(db_url, course)
            with self._whole():
                self._prepare(release)

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *_: object) -> None:
        self.book.close()

    def given(self) -> dict[str, dict[tuple[str, str], float]]:
        """What a machine gave for answers in code: student -> (notebook, grade id) -> points."""
        found: dict[str, dict[tuple[str, str], float]] = {}
        with telling(self.url):
            for submission in self.book.assignment_submissions(self.unit):
                grades = ((n.name, g) for n in submission.notebooks for g in n.grades if g.cell.cell_type == "code")
                found[submission.student.id] = {(n, g.name): round(g.auto_score or 0.0, 6) for n, g in grades}
        return found

    def waiting(self) -> dict[str, list[tuple[str, str]]]:
        """What waits for a human's mark, or for another look at one: student -> notebook and grade id."""
        found: dict[str, list[tuple[str, str]]] = {}
        with telling(self.url):
            for submission in self.book.assignment_submissions(self.unit):
                grades = ((n.name, g) for n in submission.notebooks for g in n.grades)
                if waits := [(n, g.name) for n, g in grades if g.needs_manual_grade]:
                    found[submission.student.id] = sorted(waits)
        return found

    def marks(self, student: str) -> list[tuple[str, str, float, float]]:
        """What a human gave ``student`` for this unit: notebook, grade id, points, and what there is to get."""
        with telling(self.url):
            try:
                found = self.book.find_submission(self.unit, student).notebooks
            except MissingEntry:
                return []
            grades = ((n.name, g) for n in found for g in n.grades if g.manual_score is not None)
            return [(n, g.name, float(g.manual_score), float(g.max_score)) for n, g in grades]

    def save(
        self,
        student: str,
        scores: Mapping[str, Mapping[str, float | None]],
        handed_in: datetime | None,
        comments: Mapping[str, Mapping[str, str]] | None = None,
        again: Collection[tuple[str, str]] = (),
    ) -> None:
        """Write the scores of one submission in one go.

        Parameters
        ----------
        scores : notebook -> grade id -> points, or None where a human has to mark. A notebook that is not in it stays as it is.
        comments : notebook -> id of an answer's cell -> what the machine says about it.
        again : notebook and grade id of marks that a human has to look at again.
        """
        with telling(self.url), self._whole():
            self.book.update_or_create_student(student)
            with self.book.db.no_autoflush:
                submission = self.book.update_or_create_submission(self.unit, student)
            submission.timestamp = handed_in.astimezone(UTC).replace(tzinfo=None) if handed_in else None
            for notebook in self._complete(submission):
                if notebook.name not in scores:
                    continue
                wanted = scores[notebook.name]
                said = (comments or {}).get(notebook.name, {})
                for grade in notebook.grades:
                    grade.auto_score = wanted.get(grade.name, 0.0)
                    if grade.manual_score is None:
                        grade.needs_manual_grade = grade.auto_score is None
                    elif (notebook.name, grade.name) in again:
                        grade.needs_manual_grade = True
                for comment in notebook.comments:
                    comment.auto_comment = said.get(comment.name)

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """One commit for all that is done here, where nbgrader would make one for each piece: all is written, or nothing."""
        db = self.book.db
        db.commit = db.flush
        try:
            yield
        except BaseException:
            db.rollback()
            raise
        finally:
            del db.commit
        db.commit()

    def _prepare(self, release: Mapping[str, NotebookNode]) -> None:
        book = self.book
        book.update_or_create_assignment(self.unit)
        for name, notebook in release.items():
            book.update_or_create_notebook(
                name, self.unit, kernelspec=json.dumps(notebook.metadata.get("kernelspec", {}))
            )
            cells = [c for c in notebook.cells if "nbgrader" in c.metadata]
            for cell in cells:
                _cell(book, cell, name, self.unit)
            known = {c.name for c in book.find_notebook(name, self.unit).grade_cells}
            if gone := known - {c.metadata.nbgrader.grade_id for c in cells}:
                raise CannotRecord(
                    f"The gradebook has cells of {name} that the release no longer has ({', '.join(sorted(gone))}), with their "
                    f"points. Keep it for the class that was graded with it, and give this one another: --db sqlite:////...new.db"
                )

    def _complete(self, submission: Any) -> Sequence[Any]:
        mine = {n.name: n for n in submission.notebooks}
        for notebook in submission.assignment.notebooks:
            ours = mine.get(notebook.name) or SubmittedNotebook(notebook=notebook, assignment=submission)
            graded, commented = {g.cell_id for g in ours.grades}, {c.cell_id for c in ours.comments}
            for cell in notebook.grade_cells:
                if cell.id not in graded:
                    Grade(cell_id=cell.id, notebook=ours)
            for cell in notebook.solution_cells:
                if cell.id not in commented:
                    Comment(cell_id=cell.id, notebook=ours)
        self.book.db.flush()
        return submission.notebooks


def _cell(book: Any, cell: NotebookNode, notebook: str, unit: str) -> None:
    tags = cell.metadata.nbgrader
    if tags.grade:
        points = {"max_score": float(tags.points), "cell_type": cell.cell_type}
        book.update_or_create_grade_cell(tags.grade_id, notebook, unit, **points)
    if tags.solution:
        book.update_or_create_solution_cell(tags.grade_id, notebook, unit)
    source = {
        "cell_type": cell.cell_type,
        "locked": tags.locked,
        "source": cell.source,
        "checksum": tags.get("checksum"),
    }
    book.update_or_create_source_cell(tags.grade_id, notebook, unit, **source)


class telling:
    """Turns what a database throws into ``CannotRecord``."""

    def __init__(self, url: str) -> None:
        self.url = url

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, SQLAlchemyError | InvalidEntry | ImportError):
            where = make_url(self.url).render_as_string(hide_password=True)
            reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
            raise CannotRecord(f"The gradebook {where} cannot be used: {reason}") from None
