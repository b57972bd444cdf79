"""``autograde feedback``: a page for each student and notebook, with verdicts, points and comments, and with nothing that runs."""

from __future__ import annotations

import argparse
import re
import secrets
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from markupsafe import Markup
from nbformat import NotebookNode
from nbgrader.api import MissingEntry

from autograde import course
from autograde.classroom import desk, harmless, pages, sheets
from autograde.classroom.answers import Reader
from autograde.classroom.desk import Desk, grade_id, verdict
from autograde.classroom.record import Book, put
from autograde.classroom.sheets import Sheet
from autograde.classroom.shown import code

TEXT = """\
Write a feedback page for each student and notebook: class/feedback/<student>/<unit>/<notebook>.html. `nbgrader
release_feedback` finds it there. In it are the student's cells, the verdicts, points and comments, what still waits for a
mark, and the total of the unit. Not in it are hidden tests, and scripts, frames, forms or links that run something, whatever a
student wrote. A page needs no network and no other file.

Model solutions are added when the due date is over (nbgrader's, or the student's extension), or with --solutions.

Exit code: 0 all written, 1 some pages could not be made (they are named), 2 none.

examples:
  autograde feedback 1-chain-rule
  autograde feedback 1-chain-rule ann --solutions
"""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    desk.options(parser, run)
    parser.add_argument("unit", help="such as 1-chain-rule")
    parser.add_argument("student", nargs="?", help="all of them when left out")
    parser.add_argument(
        "--solutions",
        action=argparse.BooleanOptionalAction,
        help="with, or without, model solutions, whatever the due date",
    )


def run(options: argparse.Namespace) -> int:
    """Write the pages; returns the exit code."""
    at = Desk.open(options)
    records = [at.record(options.student)] if options.student else at.all_records()
    reader, written, failed = Reader(at), 0, 0
    at.room.path("feedback").mkdir(exist_ok=True)
    at.room.path("feedback").chmod(0o750)  # nobody else gets in, but a page that an exchange copies can be read
    with at.book() as book:
        at.agreed(book, records)
        found, late = sheets.read(at, book), at.late(book)
        for record in records:
            student = record["student"]
            folder = at.room.path("feedback", student, at.unit.name)
            if student not in found:
                failed += 1
                print(
                    f"{harmless.line(student)}: this gradebook has no submission of theirs: is it another one? See --db.",
                    file=sys.stderr,
                )
                continue
            solved = _due(book, at, student) if options.solutions is None else options.solutions
            said = late.get(student, "")
            for notebook in at.unit.release:
                target = folder / f"{notebook}.html"
                text = partial(page, reader, record, notebook, found[student], said, solved)
                if pages.made(target, text, f"{harmless.line(student)}: {target}"):
                    target.chmod(0o644)
                    written += 1
                else:
                    failed += 1
            _kept(at.room.path("submitted", student, at.unit.name), folder)
            print(f"{folder}{', with model solutions' if solved else ''}")
    return 0 if not failed else 1 if written else 2


RECEIPT = ("timestamp.txt", "submission_secret.txt")
"""What nbgrader's exchange has to find beside the pages to give them back."""


def _kept(submitted: Path, folder: Path) -> None:
    """Put the receipt beside the pages. Who did not hand in by an exchange gets one that nobody asks for: nbgrader stops without."""
    for name in RECEIPT:
        file = submitted / name
        if file.is_file() and not file.is_symlink() and file.stat().st_size < 1000:
            put(folder / name, file.read_bytes())
        elif not (folder / name).exists():
            put(folder / name, secrets.token_hex(64).encode())


def _due(book: Book, at: Desk, student: str) -> bool:
    try:
        submission = book.book.find_submission(at.unit.name, student)
    except MissingEntry:
        return False
    due = submission.duedate if submission.assignment.duedate else None
    return due is not None and due < datetime.now(UTC).replace(tzinfo=None)


def page(
    reader: Reader, record: Mapping[str, Any], notebook: str, sheet: Sheet, late: str = "", solved: bool = False
) -> str:
    """The page of one notebook of a student, as HTML; with model solutions if ``solved``.

    late : what there is to say about when it was handed in.
    """
    at = reader.desk
    found = record["notebooks"].get(notebook, {"exercises": {}, "reason": "it was not there when this unit was graded"})
    graded = at.autograded(record["student"], notebook)
    reason = found["reason"] or ("" if graded else "its graded copy is missing")
    questions = reader.by_notebook
    return pages.page(
        "feedback.html",
        who=sheet.name,
        unit=at.unit.name,
        notebook=notebook,
        title=course.notebooks()[notebook].title,
        sheet=sheet,
        late=late if late.startswith("late") else "",  # that it may be late is for the teacher
        comment=reader.shown.comment,
        questions=questions[notebook],
        verdicts={n: verdict(v) for n, v in found["exercises"].items()},
        reason=reason,
        points={n: sum(sheet.marks[q.name].points for q in of if q.name in sheet.marks) for n, of in questions.items()},
        possible={n: sum(q.possible for q in of) for n, of in questions.items()},
        waiting={n: [q.name for q in of if q.name in sheet.waiting] for n, of in questions.items()},
        cells=[] if graded is None else cells(reader, graded, notebook),
        solved=solved,
    )


_HIDDEN = re.compile(r"^[^\n]*### BEGIN HIDDEN TESTS.*?(### END HIDDEN TESTS[^\n]*\n?|\Z)", re.DOTALL | re.MULTILINE)


def cells(reader: Reader, graded: NotebookNode, notebook: str) -> list[dict[str, Any]]:
    """The cells of a graded notebook as the template shows them: parts of HTML, and the exercise that is checked in each."""
    ours = {c.source for c in reader.desk.unit.release[notebook].cells if c.cell_type == "markdown"}
    ends = {sheets.cell(e): e.name for e in reader.desk.unit.exercises(notebook)}
    found = []
    for cell in graded.cells:
        exercise = ends.get(grade_id(cell), "")
        source = _HIDDEN.sub("", cell.source)
        if cell.cell_type == "code":
            parts = [code(source, "code")] if source.strip() else []
            parts += [] if exercise else reader.shown.outputs(cell.outputs)
        elif source in ours:
            parts = [reader.shown.course(source)]
        else:
            made = source if source.startswith("<div>") else harmless.words(source, {})
            parts = [Markup('<div class="words">{}</div>').format(reader.shown.student(made))]
        found.append({"parts": parts, "exercise": exercise})
    return found
