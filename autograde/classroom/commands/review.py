"""``autograde review``: a student's answers beside the reference, and a place for the points that a human gives."""

from __future__ import annotations

import argparse
import base64
import hashlib
import html
import math
import re
import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograde.classroom.desk import Desk
    from autograde.judging.exercise import Exercise, Written

TEXT = """\
Put each answer of a student beside the model solution, with its verdict, and the written answers beside their marking
guide, on one HTML page: autograde/reviews/<unit>/<student>.html. Without a student it writes a page for each.

Points that you give go to the gradebook, and stand until you take them back. They are kept between 0 and the points
there are. A written answer counts as marked as soon as it has points, 0 too.

examples:
  autograde review 1-chain-rule
  autograde review 1-chain-rule ann
  autograde review 1-chain-rule ann --points why_routes_add=1.5
  autograde review 1-chain-rule ann --points why_routes_add= dydx=1      the first is taken back, the second given
"""


def add(commands: Any) -> None:
    """Add the subcommand."""
    from autograde.classroom import desk

    parser = desk.add(commands, "review", run, "a page with each answer beside its solution; give points", TEXT)
    parser.add_argument("unit", help="such as 1-chain-rule")
    parser.add_argument("student", nargs="?", help="as in autograde/submitted/; all of them when left out")
    parser.add_argument("--points", nargs="+", metavar="NAME=POINTS", default=[], help="give points; NAME= takes back")


def run(options: argparse.Namespace) -> int:
    """Write the pages, after the points; returns the exit code."""
    from autograde.classroom.desk import CannotDo, Desk
    from autograde.classroom.record import put

    desk = Desk.open(options)
    if options.points and not options.student:
        raise CannotDo("--points needs a student: autograde review UNIT STUDENT --points NAME=POINTS")
    students = [options.student] if options.student else [r["student"] for r in desk.all_records()]
    records = [desk.record(student) for student in students]
    with desk.book() as book:
        if options.points:
            for line in give(desk, book, options.student, options.points):
                print(line)
        for record in records:
            grades = book_points(book, desk, record["student"])
            path = desk.folder("reviews") / f"{record['student']}.html"
            put(path, page(desk, record, grades).encode())
            open_ = [n for n, (points, _) in grades.items() if points is None]
            print(f"{path}" + (f"  to mark: {', '.join(open_)}" if open_ else ""))
    return 0


def give(desk: Desk, book: Any, student: str, wanted: Sequence[str]) -> list[str]:
    """Write points into the gradebook; says what was done. Nothing is written when any of it is wrong.

    wanted : ``NAME=POINTS`` each, ``NAME=`` to take back.

    Raises
    ------
    CannotDo : no such exercise, or not a number.
    """
    from nbgrader.api import MissingEntry

    from autograde.classroom.desk import CannotDo
    from autograde.classroom.record import telling

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


def book_points(book: Any, desk: Desk, student: str) -> dict[str, tuple[float | None, bool]]:
    """Points by exercise, None where a human has to mark, and whether a human gave them."""
    from nbgrader.api import MissingEntry

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
    from autograde.judging.exercise import Written

    return exercise.name if isinstance(exercise, Written) else f"check-{exercise.name}"


def page(desk: Desk, record: Mapping[str, Any], grades: Mapping[str, tuple[float | None, bool]]) -> str:
    """The page as HTML that needs no other file and runs no script but its own."""
    student, unit = record["student"], desk.unit.name
    body = []
    for notebook in desk.unit.release:
        body.append(f"<h2>{html.escape(notebook)}</h2>")
        found = record["notebooks"].get(notebook)
        if found is None:
            body.append("<p>It was not there when this was graded. Grade the unit again.</p>")
            continue
        body += [f'<p class="eye">{html.escape(line)}</p>' for line in found["eye"]]
        if found["reason"]:
            body.append(f"<p>Not graded: {html.escape(found['reason'])}.</p>")
            continue
        body += _answers(desk, student, notebook, found, grades)
    total = sum(points or 0 for points, _ in grades.values())
    possible = sum(e.points for _, e in desk.exercises())
    waiting = [n for n, (points, _) in grades.items() if points is None]
    waits = f" To mark: {', '.join(waiting)}." if waiting else ""
    before, after = _command(unit, student)
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{_digest(SCRIPT)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f"<title>{html.escape(student)}: {html.escape(unit)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{html.escape(student)} · {html.escape(unit)}</h1>\n"
        f"<p>{total:g} of {possible} points. Graded {html.escape(record['graded'][:10])}.{html.escape(waits)}</p>\n"
        + "\n".join(body)
        + f'\n<footer>To record points, run this where the course is:\n<pre id="command" data-before="{html.escape(before)}"'
        f' data-after="{html.escape(after)}">{html.escape(before)}{_example(waiting)}{html.escape(after)}</pre></footer>\n'
        f"<script>{SCRIPT}</script>\n</body>\n</html>\n"
    )


def _command(unit: str, student: str) -> tuple[str, str]:
    """What stands before and after the points."""
    who = f"{shlex.quote(unit)} {shlex.quote(student)}"
    return (
        ("autograde review --points ", f" -- {who}")
        if student.startswith("-")
        else (f"autograde review {who} --points ", "")
    )


def _example(waiting: Sequence[str]) -> str:
    return " ".join(f"{name}=" for name in waiting) or "NAME=POINTS"


def _answers(
    desk: Desk,
    student: str,
    notebook: str,
    found: Mapping[str, Any],
    grades: Mapping[str, tuple[float | None, bool]],
) -> list[str]:
    from autograde.classroom.desk import grade_id, verdict
    from autograde.judging.exercise import Written

    solved = desk.solved(notebook)
    graded = desk.autograded(student, notebook)
    cells = graded.cells if graded else []
    released = {grade_id(c): c.source for c in desk.unit.release[notebook].cells if grade_id(c)}
    parts = []
    for exercise in desk.unit.exercises(notebook):
        name = exercise.name
        points, by_hand = grades.get(name, (None, False))
        parts.append(f'<section id="{html.escape(name)}"><h3>{html.escape(name)}</h3>')
        if isinstance(exercise, Written):
            said = found["written"].get(name, "").strip()
            blank = name in found["blank"]
            left = "<p><em>Nothing was written.</em></p>" if blank else f'<div class="words">{html.escape(said)}</div>'
            guide = "".join(f"<li>{html.escape(line)}</li>" for line in exercise.guide)
            parts.append(_beside(left, f"<p>{html.escape(exercise.model)}</p><ul>{guide}</ul>"))
        else:
            parts.append(verdict(found["exercises"][name]).to_html())
            code = answer(cells, name, released.get(name, ""))
            left = "".join(f"<pre>{html.escape(c)}</pre>" for c in code) or "<p><em>There is no answer.</em></p>"
            parts.append(_beside(left, f"<pre>{html.escape(solved[name])}</pre>"))
        shown = "" if points is None else f"{points:g}"
        hand = " (given by hand)" if by_hand else ""
        parts.append(
            f'<p><label>Points <input type="number" min="0" max="{exercise.points}" step="0.25" name="{html.escape(name)}" '
            f'placeholder="{shown}"> of {exercise.points}</label>{": " + shown if shown else ": to mark"}{hand}</p></section>'
        )
    return parts


def answer(cells: Sequence[NotebookNode], name: str, released: str) -> list[str]:
    """The code that answers the exercise ``name``: its own cell, and cells elsewhere that define the name.

    released : the cell as students got it; left out when it was not touched and there is other code.
    """
    from autograde.classroom.desk import grade_id

    defines = re.compile(rf"^\s*(?:(?:async\s+)?def|class)\s+{name}\b|^\s*{name}\s*(?::[^=\n]*)?=(?!=)", re.MULTILINE)
    own = [c.source for c in cells if grade_id(c) == name]
    others = [c.source for c in cells if c.cell_type == "code" and not grade_id(c) and defines.search(c.source)]
    return [*(s for s in own if not others or s.strip() != released.strip()), *others]


def _beside(left: str, right: str) -> str:
    return f'<div class="pair"><div><h4>Answer</h4>{left}</div><div><h4>Model</h4>{right}</div></div>'


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


SCRIPT = """
const command = document.getElementById("command"), empty = command.textContent;
document.addEventListener("input", () => {
  const given = [...document.querySelectorAll("input")].filter(i => i.value !== "").map(i => i.name + "=" + i.value);
  command.textContent = given.length ? command.dataset.before + given.join(" ") + command.dataset.after : empty;
});
"""

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 76rem; margin: 1.5rem auto 6rem; padding: 0 1rem; color: #22303c }
section { border-top: 1px solid #c9d3dd; margin-top: 1.2rem }
h4 { margin: .6rem 0 .2rem; color: #66788a; font-weight: normal }
.pair { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1rem }
pre, .words { background: #f4f7fa; padding: .6rem; overflow-x: auto; margin: 0 0 .5rem; font-size: 13px }
.words { white-space: pre-wrap; overflow-wrap: anywhere }
.eye { background: #fdf3dc; padding: .3rem .6rem; margin: .3rem 0 }
input { width: 5rem }
footer { position: fixed; bottom: 0; left: 0; right: 0; background: #fff; border-top: 1px solid #c9d3dd; padding: .4rem 1rem }
footer pre { margin: 0; user-select: all; white-space: pre-wrap }
"""
