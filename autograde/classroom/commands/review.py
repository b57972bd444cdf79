"""``autograde review``: a student's answers beside the reference, and a place for the points that a human gives."""

from __future__ import annotations

import argparse
import math
import re
import shlex
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup
from nbformat import NotebookNode
from nbgrader.api import MissingEntry

from autograde.classroom import desk, pages
from autograde.classroom.desk import Desk, grade_id, verdict
from autograde.classroom.record import Book, put, telling
from autograde.classroom.room import CannotDo
from autograde.classroom.timed import OutOfTime, within
from autograde.judging.exercise import Exercise, Written

TEXT = """\
Put each answer of a student beside the model solution, with its verdict, and the written answers beside their marking
guide, on one HTML page: class/reviews/<unit>/<student>.html. Without a student it writes a page for each.

Points that you give go to the gradebook, and stand until you take them back. They are kept between 0 and the points
there are. A written answer counts as marked as soon as it has points, 0 too.

examples:
  autograde review 1-chain-rule
  autograde review 1-chain-rule ann
  autograde review 1-chain-rule ann --points why_routes_add=1.5
  autograde review 1-chain-rule ann --points why_routes_add= dydx=1      the first is taken back, the second given
"""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    desk.options(parser, run)
    parser.add_argument("unit", help="such as 1-chain-rule")
    parser.add_argument("student", nargs="?", help="as in submitted/ of the class; all of them when left out")
    parser.add_argument("--points", nargs="+", metavar="NAME=POINTS", default=[], help="give points; NAME= takes back")


def run(options: argparse.Namespace) -> int:
    """Write the pages, after the points; returns the exit code."""
    at = Desk.open(options)
    if options.points and not options.student:
        raise CannotDo("--points needs a student: autograde review UNIT STUDENT --points NAME=POINTS")
    students = [options.student] if options.student else [r["student"] for r in at.all_records()]
    records = [at.record(student) for student in students]
    failed = 0
    with at.book() as book:
        if options.points:
            for line in give(at, book, options.student, options.points):
                print(line)
        for record in records:
            student = record["student"]
            grades = book_points(book, at, student)
            path = at.room.path("reviews", at.unit.name, f"{student}.html")
            path.unlink(missing_ok=True)
            try:
                with within(SECONDS):
                    put(path, page(at, record, grades).encode("utf-8", "replace"))
            except (Exception, OutOfTime) as error:  # one page that cannot be made stops no other
                failed += 1
                print(
                    f"{student}: the page could not be made ({f'{type(error).__name__}: {error!a}'[:200]})",
                    file=sys.stderr,
                )
                continue
            open_ = [n for n, (points, _) in grades.items() if points is None]
            print(f"{path}" + (f"  to mark: {', '.join(open_)}" if open_ else ""))
    return 1 if failed else 0


SECONDS = 5.0
"""Time that one page may take."""
CUT = 20_000
"""Characters of one cell that are shown."""


def give(desk: Desk, book: Book, student: str, wanted: Sequence[str]) -> list[str]:
    """Write points into the gradebook; says what was done. Nothing is written when any of it is wrong.

    wanted : ``NAME=POINTS`` each, ``NAME=`` to take back.

    Raises
    ------
    CannotDo : no such exercise, or not a number.
    """
    where = {e.name: (n, e) for n, e in desk.exercises()}
    changes, said = [], []
    for text in wanted:
        name, sign, points = text.partition("=")
        if not sign:
            raise CannotDo(f"{text!r} is not of the form NAME=POINTS, such as why_routes_add=1.5")
        if name not in where:
            raise CannotDo(f"There is no exercise {name!r} in {desk.unit.name}. There are: {', '.join(where)}.")
        notebook, exercise = where[name]
        try:
            score = float(points) if points else None
        except ValueError:
            score = math.nan
        if score is not None and not math.isfinite(score):
            raise CannotDo(f"{points!r} is not a number of points for {name}.")
        kept = None if score is None else min(max(score, 0.0), float(exercise.points))
        try:
            grade = book.book.find_grade(_cell(exercise), notebook, desk.unit.name, student)
        except MissingEntry:
            raise CannotDo(f"The gradebook has no {name} of {student}: grade the unit again.") from None
        changes.append((grade, kept))
        limit = f" ({points} was asked for, and there are 0 to {exercise.points})" if kept != score else ""
        said.append(
            f"{name}: your points are taken back"
            if kept is None
            else f"{name}: {kept:g} of {exercise.points} points for {student}{limit}"
        )
    with telling(book.url):
        for grade, kept in changes:
            grade.manual_score = kept
            grade.needs_manual_grade = kept is None and grade.auto_score is None
        book.book.db.commit()
    return said


def book_points(book: Book, desk: Desk, student: str) -> dict[str, tuple[float | None, bool]]:
    """Points by exercise, None where a human has to mark, and whether a human gave them."""
    found: dict[str, tuple[float | None, bool]] = {}
    for notebook, exercise in desk.exercises():
        try:
            grade = book.book.find_grade(_cell(exercise), notebook, desk.unit.name, student)
        except MissingEntry:
            continue
        waits = grade.manual_score is None and grade.auto_score is None
        found[exercise.name] = (None if waits else grade.score, grade.manual_score is not None)
    return found


def _cell(exercise: Exercise | Written) -> str:
    return exercise.name if isinstance(exercise, Written) else f"check-{exercise.name}"


def page(at: Desk, record: Mapping[str, Any], grades: Mapping[str, tuple[float | None, bool]]) -> str:
    """The page as HTML that needs no other file and runs no script but its own."""
    waiting = [n for n, (points, _) in grades.items() if points is None]
    before, after = _command(at.unit.name, record["student"])
    script = pages.source("review.js")
    return pages.page(
        "review.html",
        student=record["student"],
        unit=at.unit.name,
        graded=record["graded"][:10],
        total=sum(points or 0 for points, _ in grades.values()),
        possible=sum(e.points for _, e in at.exercises()),
        waiting=waiting,
        notebooks=[_notebook(at, record, name, grades) for name in at.unit.release],
        before=before,
        after=after,
        example=" ".join(f"{name}=" for name in waiting) or "NAME=POINTS",
        script=Markup(script),
        digest=pages.digest(script),
    )


def _command(unit: str, student: str) -> tuple[str, str]:
    """What stands before and after the points."""
    who = f"{shlex.quote(unit)} {shlex.quote(student)}"
    return (
        ("autograde review --points ", f" -- {who}")
        if student.startswith("-")
        else (f"autograde review {who} --points ", "")
    )


def _notebook(
    at: Desk, record: Mapping[str, Any], name: str, grades: Mapping[str, tuple[float | None, bool]]
) -> dict[str, Any]:
    """What the page's template needs of a notebook."""
    found = record["notebooks"].get(name)
    if found is None:
        reason = "It was not there when this was graded. Grade the unit again."
        return {"name": name, "eye": [], "reason": reason, "answers": []}
    reason = f"Not graded: {found['reason']}." if found["reason"] else ""
    answers = [] if reason else _answers(at, record["student"], name, found, grades)
    return {"name": name, "eye": found["eye"], "reason": reason, "answers": answers}


def _answers(
    at: Desk, student: str, notebook: str, found: Mapping[str, Any], grades: Mapping[str, tuple[float | None, bool]]
) -> list[dict[str, Any]]:
    """What the page's template needs of each answer."""
    solved = at.solved(notebook)
    graded = at.autograded(student, notebook)
    cells = graded.cells if graded else []
    released = {grade_id(c): c.source for c in at.unit.release[notebook].cells if grade_id(c)}
    answers = []
    for exercise in at.unit.exercises(notebook):
        name = exercise.name
        points, by_hand = grades.get(name, (None, False))
        about: dict[str, Any] = {"name": name, "possible": exercise.points, "by_hand": by_hand}
        about["points"] = "" if points is None else f"{points:g}"
        if isinstance(exercise, Written):
            said = found["written"].get(name, "").strip()
            about |= {
                "words": [] if name in found["blank"] else [_cut(said)],
                "code": [],
                "none": "Nothing was written.",
            }
            about |= {"verdict": "", "model": exercise.model, "guide": exercise.guide}
        else:
            code = [_cut(c) for c in answer(cells, name, released.get(name, ""))]
            about |= {"words": [], "code": code, "none": "There is no answer."}
            about["verdict"] = Markup(verdict(found["exercises"][name]).to_html())
            about |= {"model": solved[name], "guide": ()}
        answers.append(about)
    return answers


def _cut(text: str) -> str:
    return text if len(text) <= CUT else f"{text[:CUT]}\n(cut here: {len(text)} characters)"


def answer(cells: Sequence[NotebookNode], name: str, released: str) -> list[str]:
    """The code that answers the exercise ``name``: its own cell, and cells elsewhere that define the name.

    released : the cell as students got it; left out when it was not touched and there is other code.
    """
    defines = re.compile(rf"[ \t]*(?:(?:async\s+)?(?:def|class)\s+{name}\b|{name}\s*(?::[^=]*)?=(?!=))")
    own = [c.source for c in cells if grade_id(c) == name]
    free = [c.source for c in cells if c.cell_type == "code" and not grade_id(c)]
    others = [s for s in free if any(defines.match(line) for line in s.splitlines())]
    return [*(s for s in own if not others or s.strip() != released.strip()), *others]
