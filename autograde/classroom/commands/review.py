"""``autograde review``: everybody's answers beside the reference, as pages to read, print and keep; points by hand."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from autograde.classroom import desk, pages, sheets
from autograde.classroom.answers import Reader
from autograde.classroom.desk import Desk
from autograde.classroom.harmless import line
from autograde.classroom.record import put
from autograde.classroom.room import CannotDo
from autograde.classroom.sheets import Given, Sheet
from autograde.classroom.timed import OutOfTime, within

TEXT = """\
Write a page for each student with every question, the answer, the verdict and the model beside it, and one that lists them all:
class/reviews/<unit>.html and class/reviews/<unit>/<student>.html. The pages need no network and no other file, and can be printed.
To mark, `autograde mark` is quicker; these pages stay as a record.

Points that you give here go to the gradebook, and stand until you take them back. They are kept between 0 and the points
there are. A written answer counts as marked as soon as it has points, 0 too.

examples:
  autograde review 1-chain-rule
  autograde review 1-chain-rule ann
  autograde review 1-chain-rule --numbers          for who marks: a number in place of each name, in files and pages
  autograde review 1-chain-rule ann --points why_routes_add=1.5
  autograde review 1-chain-rule ann --points why_routes_add= dydx=1      the first is taken back, the second given
"""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    desk.options(parser, run)
    parser.add_argument("unit", help="such as 1-chain-rule")
    parser.add_argument("student", nargs="?", help="as in submitted/ of the class; all of them when left out")
    parser.add_argument("--numbers", action="store_true", help="a number in place of each name")
    parser.add_argument("--points", nargs="+", metavar="NAME=POINTS", default=[], help="give points; NAME= takes back")


def run(options: argparse.Namespace) -> int:
    """Write the pages, after the points; returns the exit code."""
    at = Desk.open(options)
    if options.points and not options.student:
        raise CannotDo("--points needs a student: autograde review UNIT STUDENT --points NAME=POINTS")
    chosen = [at.record(options.student)] if options.student else at.all_records()
    with at.book() as book:
        if options.points:
            for said in sheets.give(at, book, options.student, wanted(options.points)):
                print(said)
        found = sheets.read(at, book)
    late, names = at.late(), _names(at, found, options.numbers)
    reader, order, failed = Reader(at), sorted(names, key=lambda s: names[s].casefold()), 0
    folder = at.room.path("reviews", at.unit.name + "-numbers" * options.numbers)
    written = []
    for record in chosen:
        student = record["student"]
        sheet = found.get(student) or Sheet(student, student)
        path = folder / f"{names[student] if options.numbers else student}.html"
        path.unlink(missing_ok=True)
        try:
            with within(SECONDS):
                put(
                    path,
                    page(reader, record, sheet, late.get(student, ""), names, order, options.numbers).encode(
                        "utf-8", "replace"
                    ),
                )
        except (Exception, OutOfTime) as error:  # one page that cannot be made stops no other
            failed += 1
            what = f"{type(error).__name__}: {error!a}"[:200]
            print(f"{line(student)}: the page could not be made ({what})", file=sys.stderr)
            continue
        written.append(
            (names[student], f"{quote(folder.name)}/{quote(path.name)}", sheet, late.get(student, ""), record["eye"])
        )
        to_do = [f"to mark: {', '.join(sheet.waiting)}"] * bool(sheet.waiting)
        to_do += [f"to look at again: {', '.join(sheet.again)}"] * bool(sheet.again)
        print("  ".join([str(path), *to_do]))
    if not options.student:
        index = folder.with_name(f"{folder.name}.html")
        put(index, listing(at, written).encode("utf-8", "replace"))
        print(index)
    return 1 if failed else 0


SECONDS = 5.0
"""Time that one page may take."""


def wanted(texts: Sequence[str]) -> dict[str, Given]:
    """The points that ``NAME=POINTS`` and ``NAME=`` stand for, by exercise.

    Raises
    ------
    CannotDo : one of them is not of that form.
    """
    found = {}
    for text in texts:
        name, sign, points = text.partition("=")
        if not sign:
            raise CannotDo(f"{text!r} is not of the form NAME=POINTS, such as why_routes_add=1.5")
        try:
            score = float(points) if points else None
        except ValueError:
            score = math.nan
        if score is not None and not math.isfinite(score):
            raise CannotDo(f"{points!r} is not a number of points for {name}.")
        found[name] = Given(score)
    return found


def _names(at: Desk, found: Mapping[str, Sheet], numbers: bool) -> dict[str, str]:
    """What each student is called on the pages."""
    students = at.students()
    if numbers:
        return {s: str(n) for s, n in sheets.numbers(at, students).items()}
    return {s: found[s].name if s in found else s for s in students}


def page(
    reader: Reader,
    record: Mapping[str, Any],
    sheet: Sheet,
    late: str,
    names: Mapping[str, str],
    order: Sequence[str],
    numbers: bool = False,
) -> str:
    """A student's page, with the way to the one before and the one after in ``order``.

    late : what there is to say about when it was handed in.
    names : what each student is called there; their files, too, if ``numbers``.
    """
    student, place = record["student"], order.index(record["student"])

    def link(other: int) -> tuple[str, str] | None:
        if not 0 <= other < len(order):
            return None
        who = order[other]
        return names[who], quote(f"{names[who] if numbers else who}.html")

    answers = reader.answers(record, list(reader.questions))
    notebooks = [
        (n, record["notebooks"].get(n, {}).get("eye", []), [q for q in reader.questions.values() if q.notebook == n])
        for n in reader.desk.unit.release
    ]
    return pages.page(
        "review.html",
        who=names[student],
        student="" if numbers or names[student] == student else student,
        unit=reader.desk.unit.name,
        index=quote(f"{reader.desk.unit.name}{'-numbers' * numbers}.html"),
        before=link(place - 1),
        after=link(place + 1),
        graded=record["graded"][:10],
        sheet=sheet,
        late=late,
        comment=reader.shown.comment,
        possible=sum(q.possible for q in reader.questions.values()),
        notebooks=notebooks,
        answers=answers,
    )


def listing(at: Desk, rows: Sequence[tuple[str, str, Sheet, str, Sequence[str]]]) -> str:
    """The page that lists all others: what each is called, the page, marks, lateness, remarks."""
    possible = sum(e.points for _, e in at.exercises())
    rows = sorted(rows, key=lambda row: row[0].casefold())
    return pages.page("review_index.html", unit=at.unit.name, rows=rows, possible=possible)
