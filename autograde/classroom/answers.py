"""Questions of a unit and what a student answered, as a page shows them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from markupsafe import Markup
from nbformat import NotebookNode

from autograde.classroom import harmless
from autograde.classroom.desk import Desk, grade_id, verdict
from autograde.classroom.shown import Shown, code, cut
from autograde.judging.exercise import Exercise, Written
from autograde.judging.verdict import Verdict


@dataclass(frozen=True)
class Question:
    """An exercise with what it asks, a model answer, and what a full answer in words says."""

    notebook: str
    name: str
    possible: int
    written: bool
    text: Markup
    model: Markup
    guide: tuple[Markup, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What a student answered: words or code, as they stand in the graded notebook; empty where there is nothing.

    Attributes
    ----------
    source : as it was typed.
    reason : why the notebook was not graded.
    """

    source: str
    shown: tuple[Markup, ...] = ()
    verdict: Verdict | None = None
    reason: str = ""


class Reader:
    """Reads the questions of one unit, and the answers in its records and graded notebooks."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.shown = Shown(desk.unit.root / "notebooks" / desk.unit.name / "figures")
        self._exercises = {e.name: (n, e) for n, e in desk.exercises()}
        self._solved = cache(desk.solved)

    @cached_property
    def questions(self) -> dict[str, Question]:
        """Every question by its name, in the order of the course."""
        return {name: self._question(notebook, e) for name, (notebook, e) in self._exercises.items()}

    @cached_property
    def by_notebook(self) -> dict[str, list[Question]]:
        """The questions of each notebook of the unit."""
        return {n: [q for q in self.questions.values() if q.notebook == n] for n in self.desk.unit.release}

    def _question(self, notebook: str, exercise: Exercise | Written) -> Question:
        text = _asked(self.desk.unit.release[notebook].cells, exercise.name)
        about = (notebook, exercise.name, exercise.points)
        if isinstance(exercise, Written):
            guide = tuple(self.shown.course(line) for line in exercise.guide)
            return Question(*about, True, self.shown.course(text, 3), self.shown.course(exercise.model, 3), guide)
        model = code(self._solved(notebook)[exercise.name], f"model solution of {exercise.name}")
        return Question(*about, False, self.shown.course(text, 3), model)

    def answers(self, record: Mapping[str, Any], names: Sequence[str]) -> dict[str, Answer]:
        """What the student of ``record`` answered to the questions ``names``."""
        notebooks: dict[str, NotebookNode | None] = {}
        found = {}
        for name in names:
            notebook, exercise = self._exercises[name]
            about = record["notebooks"].get(notebook, {"reason": "it was not there when this unit was graded"})
            if about["reason"]:
                found[name] = Answer("", reason=about["reason"])
                continue
            if notebook not in notebooks:
                notebooks[notebook] = self.desk.autograded(record["student"], notebook)
            graded = notebooks[notebook]
            cells = graded.cells if graded else []
            if isinstance(exercise, Written):
                found[name] = self._words(about, name, cells)
            else:
                parts = [cut(c) for c in pieces(cells, name, self._released(notebook, name))]
                shown = tuple(
                    code(part, f"answer, part {n}" if len(parts) > 1 else "answer") for n, part in enumerate(parts, 1)
                )
                found[name] = Answer("\n\n".join(parts), shown, verdict(about["exercises"][name]))
        return found

    def _words(self, about: Mapping[str, Any], name: str, cells: Sequence[NotebookNode]) -> Answer:
        source = "" if name in about["blank"] else about["written"].get(name, "").strip()
        kept = next((c.source for c in cells if grade_id(c) == name), "") or harmless.typed(source)
        return Answer(source, (self.shown.student(kept),) if source else ())

    def _released(self, notebook: str, name: str) -> str:
        return next((c.source for c in self.desk.unit.release[notebook].cells if grade_id(c) == name), "")


def _asked(cells: Sequence[NotebookNode], name: str) -> str:
    """The words that stand before the cell ``name``, without their heading."""
    at = next((n for n, c in enumerate(cells) if grade_id(c) == name), 0)
    before = (c.source for c in reversed(cells[:at]) if c.cell_type == "markdown" and c.source.strip())
    return re.sub(r"\A\s*#+ .*\n?", "", next(before, ""))


def pieces(cells: Sequence[NotebookNode], name: str, released: str) -> list[str]:
    """The code that answers the exercise ``name``: its own cell, and cells elsewhere that define the name.

    released : the cell as students got it; left out when it was not touched and there is other code.
    """
    defines = re.compile(rf"[ \t]*(?:(?:async\s+)?(?:def|class)\s+{name}\b|{name}\s*(?::[^=]*)?=(?!=))")
    own = [c.source for c in cells if grade_id(c) == name]
    free = [c.source for c in cells if c.cell_type == "code" and not grade_id(c)]
    others = [s for s in free if any(defines.match(line) for line in s.splitlines())]
    return [*(s for s in own if not others or s.strip() != released.strip()), *others]
