"""Points and comments of a unit as the gradebook holds them: read for all students at once, given for one."""

from __future__ import annotations

import hmac
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    MissingEntry,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)

from autograde.classroom.desk import Desk
from autograde.classroom.record import Book, telling
from autograde.classroom.room import CannotDo
from autograde.classroom.roster import Person
from autograde.judging.exercise import Exercise, Written


@dataclass(frozen=True)
class Mark:
    """The points of one answer.

    Attributes
    ----------
    judge : what the machine gave; None for words that only a human can mark.
    human : what a human gave, which counts; None where nobody did.
    flagged : the gradebook wants a human to look.
    comment : what a human wrote about the answer.
    """

    judge: float | None = None
    human: float | None = None
    extra: float = 0.0
    flagged: bool = False
    comment: str = ""

    @property
    def waits(self) -> bool:
        """Whether nobody has given points yet."""
        return self.judge is None and self.human is None

    @property
    def again(self) -> bool:
        """Whether a mark should be looked at again: the answer was graded anew since, with another result."""
        return self.human is not None and self.flagged

    @property
    def open(self) -> bool:
        """Whether there is something for a human to do."""
        return self.waits or self.again

    @property
    def points(self) -> float:
        """What counts; 0 where it waits."""
        return (self.human if self.human is not None else self.judge or 0.0) + self.extra


@dataclass(frozen=True)
class Sheet:
    """A student's marks for a unit, by exercise.

    Attributes
    ----------
    name : last name first; the id where the gradebook has no name.
    penalty : points that being late costs.
    """

    student: str
    name: str
    penalty: float = 0.0
    marks: dict[str, Mark] = field(default_factory=dict)

    @property
    def total(self) -> float:
        """Points for the unit, the penalty taken off."""
        return max(0.0, sum(m.points for m in self.marks.values()) - self.penalty)

    @property
    def waiting(self) -> list[str]:
        """Exercises that wait for a mark."""
        return [name for name, mark in self.marks.items() if mark.waits]

    @property
    def again(self) -> list[str]:
        """Exercises whose mark should be looked at again."""
        return [name for name, mark in self.marks.items() if mark.again]


def cell(exercise: Exercise | Written) -> str:
    """The gradebook's name of the cell that holds the points."""
    return exercise.name if isinstance(exercise, Written) else f"check-{exercise.name}"


def read(desk: Desk, book: Book) -> dict[str, Sheet]:
    """The marks of everybody who is in the gradebook with this unit, by student."""
    db = book.book.db
    wanted = {(notebook, cell(e)): e.name for notebook, e in desk.exercises()}
    answers = {(notebook, e.name) for notebook, e in desk.exercises()}

    def rows(kind: type[Grade] | type[Comment]) -> list[tuple[str, str, str, Grade | Comment]]:
        query = db.query(Student.id, Notebook.name, BaseCell.name, kind).select_from(kind)
        query = query.join(BaseCell, kind.cell_id == BaseCell.id)
        query = query.join(SubmittedNotebook, kind.notebook_id == SubmittedNotebook.id)
        query = query.join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        query = query.join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        query = query.join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        query = query.join(Student, SubmittedAssignment.student_id == Student.id)
        return query.filter(Assignment.name == desk.unit.name).all()

    with telling(book.url):
        said = {
            (s, n, c): about.manual_comment or ""
            for s, n, c, about in rows(Comment)
            if (n, c) in answers and about.manual_comment
        }
        found: dict[str, dict[str, Mark]] = {}
        for s, n, c, grade in rows(Grade):
            if (name := wanted.get((n, c))) is not None:
                comment = said.get((s, n, name), "")
                flagged = bool(grade.needs_manual_grade)
                mark = Mark(grade.auto_score, grade.manual_score, grade.extra_credit or 0.0, flagged, comment)
                found.setdefault(s, {})[name] = mark
        order = list(wanted.values())
        return {
            s.student.id: Sheet(
                s.student.id,
                Person.of(s.student).name,
                float(s.late_submission_penalty or 0.0),
                {name: found[s.student.id][name] for name in order if name in found.get(s.student.id, {})},
            )
            for s in book.book.assignment_submissions(desk.unit.name)
        }


@dataclass(frozen=True)
class Given:
    """What a human gives: points (None takes them back), and a comment (None leaves the one there is)."""

    points: float | None
    comment: str | None = None


def give(desk: Desk, book: Book, student: str, given: Mapping[str, Given]) -> list[str]:
    """Write points and comments into the gradebook; says what was done. Nothing is written when any of it is wrong.

    Raises
    ------
    CannotDo : no such exercise, or the points are not a number.
    """
    where = {e.name: (n, e) for n, e in desk.exercises()}
    for name, wanted in given.items():
        if name not in where:
            raise CannotDo(f"There is no exercise {name!r} in {desk.unit.name}. There are: {', '.join(where)}.")
        if wanted.points is not None and not math.isfinite(wanted.points):
            raise CannotDo(f"{wanted.points} is not a number of points for {name}.")
    said, changes = [], []
    for name, wanted in given.items():
        notebook, exercise = where[name]
        kept = None if wanted.points is None else min(max(wanted.points, 0.0), float(exercise.points))
        try:
            grade = book.book.find_grade(cell(exercise), notebook, desk.unit.name, student)
            comment = book.book.find_comment(name, notebook, desk.unit.name, student)
        except MissingEntry:
            raise CannotDo(f"The gradebook has no {name} of {student}: grade the unit again.") from None
        changes.append((grade, comment, kept, wanted.comment))
        cut = kept != wanted.points
        limit = f" ({wanted.points:g} was asked for, and there are 0 to {exercise.points})" if cut else ""
        back = f"{name}: your points are taken back"
        said.append(back if kept is None else f"{name}: {kept:g} of {exercise.points} points for {student}{limit}")
    with telling(book.url):
        for grade, comment, kept, words in changes:
            grade.manual_score = kept
            grade.needs_manual_grade = kept is None and grade.auto_score is None
            if words is not None:
                comment.manual_comment = words.strip() or None
        book.book.db.commit()
    desk.in_step(book, [student])
    return said


def numbers(desk: Desk, students: Sequence[str]) -> dict[str, int]:
    """A number for each student that says nothing about them: of four digits, drawn with the class's key, the same every time."""
    key = desk.room.path("graded", ".key").read_bytes()
    found: dict[str, int] = {}
    for student in sorted(students):
        drawn = int.from_bytes(hmac.digest(key, f"number\0{student}".encode(), "sha256")[:4], "big") % 9000
        while drawn + 1000 in found.values():
            drawn = (drawn + 1) % 9000
        found[student] = drawn + 1000
    return found
