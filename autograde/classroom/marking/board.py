"""What is marked: the questions of a unit, everybody's answers to one of them, and the way into the gradebook."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from autograde.classroom import pages, sheets
from autograde.classroom.answers import Answer, Question, Reader
from autograde.classroom.desk import Desk
from autograde.classroom.record import Book
from autograde.classroom.room import CannotDo
from autograde.classroom.sheets import Given, Mark, Sheet

LONGEST = 10_000
"""Characters that a comment may have."""


@dataclass(frozen=True)
class Line:
    """How far the marking of one question is.

    Attributes
    ----------
    answers : how many there are; ``waiting`` of them wait for points, ``again`` should be looked at again, ``human`` were marked.
    mean : mean points of those that have some; None when none has.
    """

    question: Question
    answers: int
    waiting: int
    again: int
    human: int
    mean: float | None

    @property
    def open(self) -> int:
        """How many there is something to do for."""
        return self.waiting + self.again


@dataclass(frozen=True)
class Card:
    """One student's answer to a question, with its mark.

    Attributes
    ----------
    number : what the student is called while names are hidden.
    digest : of the answer and what the machine gave for it, so that no mark is saved for another answer than was shown.
    """

    number: int
    sheet: Sheet
    answer: Answer
    mark: Mark
    digest: str


class Board:
    """The marking of one unit. It reads records and gradebook anew each time, so that it shows what is there now."""

    def __init__(self, desk: Desk, book: Book) -> None:
        self.desk, self._book = desk, book
        self.reader = Reader(desk)

    def lines(self) -> list[Line]:
        """Every question, in the order of the course."""
        found = self._people()
        return [
            self._line(q, [s.marks[name] for _, s in found if name in s.marks])
            for name, q in self.reader.questions.items()
        ]

    def _line(self, question: Question, of: list[Mark]) -> Line:
        given = [m.points for m in of if not m.waits]
        mean = sum(given) / len(given) if given else None
        human = sum(m.human is not None for m in of)
        return Line(question, len(of), sum(m.waits for m in of), sum(m.again for m in of), human, mean)

    def question(self, name: str) -> Question:
        """The question called ``name``.

        Raises
        ------
        CannotDo : there is none.
        """
        if name not in self.reader.questions:
            raise CannotDo(f"There is no exercise {name!r} in {self.desk.unit.name}.")
        return self.reader.questions[name]

    def cards(self, name: str) -> list[Card]:
        """Everybody's answers to a question, what is open first. Numbers are in no order that means anything."""
        people = [(r, s) for r, s in self._people() if name in s.marks]
        numbers = sheets.numbers(self.desk, [s.student for _, s in people])
        cards = [self._card(name, numbers[s.student], record, s) for record, s in people]
        return sorted(cards, key=lambda card: (not card.mark.open, not card.answer.source, card.number))

    def _people(self) -> list[tuple[dict[str, Any], Sheet]]:
        found = sheets.read(self.desk, self._book)
        return [(r, found[r["student"]]) for r in self.desk.all_records() if r["student"] in found]

    def _card(self, name: str, number: int, record: Mapping[str, Any], sheet: Sheet) -> Card:
        answer = self.reader.answers(record, [name])[name]
        shown = f"{sheet.student}\0{answer.source}\0{sheet.marks[name].judge}"
        return Card(
            number, sheet, answer, sheet.marks[name], hashlib.sha256(shown.encode("utf-8", "replace")).hexdigest()[:16]
        )

    def save(self, name: str, number: int, points: str, comment: str, digest: str) -> dict[str, Any]:
        """Write a mark into the gradebook; returns what the page then says.

        points : a number as it was typed; empty to take the mark back.

        Raises
        ------
        CannotDo : it is no number, out of range, without the reason that it needs, or for another answer than was shown.
        """
        question, comment = self.question(name), comment.strip()
        people = {s.student: (r, s) for r, s in self._people() if name in s.marks}
        student = next((s for s, n in sheets.numbers(self.desk, list(people)).items() if n == number), None)
        if student is None:
            raise CannotDo(f"There is no answer {number} to {name}. Load the page again.")
        if self._card(name, number, *people[student]).digest != digest:
            raise CannotDo(
                "This answer was graded anew since you opened the page. Load it again to see what is there now."
            )
        try:
            score = float(points.replace(",", ".")) if points.strip() else None
        except ValueError:
            raise CannotDo(f"{points!r} is not a number of points.") from None
        if score is not None and not (math.isfinite(score) and 0 <= score <= question.possible):
            raise CannotDo(f"There are 0 to {question.possible} points to give here.")
        if score is not None and not question.written and not comment:
            raise CannotDo("Say why, too: the points are saved together with the reason, and the student reads it.")
        if len(comment) > LONGEST:
            raise CannotDo(f"This comment has {len(comment)} characters, and {LONGEST} are kept.")
        sheets.give(self.desk, self._book, student, {name: Given(score, comment)})
        now = {s.student: s.marks[name] for _, s in self._people() if name in s.marks}
        return {"said": said(question, now[student]), "open": sum(m.open for m in now.values())}


def said(question: Question, mark: Mark) -> str:
    """A mark in words."""
    if mark.waits:
        return "Waits for a mark."
    got = pages.of(mark.points, question.possible)
    if mark.human is None:
        return f"{got}: nothing was written." if question.written else f"{got}, by the check."
    return f"{got}, by you." + (
        " Look at it again: it was graded anew since, with another result." if mark.again else ""
    )
