"""``autograde review``: everybody's answers beside the reference, as pages to read, print and keep; points by hand."""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import quote

from autograde.classroom import desk, pages, sheets
from autograde.classroom.answers import Reader
from autograde.classroom.desk import Desk
from autograde.classroom.harmless import line
from autograde.classroom.record import put
from autograde.classroom.room import CannotDo
from autograde.classroom.sheets import Given, Sheet

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
        students = {*at.students(), *(r["student"] for r in chosen)}
        reviews = Reviews.of(Reader(at), sorted(students), sheets.read(at, book), at.late(book), options.numbers)
    folder = at.room.path("reviews", reviews.folder)
    written = []
    for record in chosen:
        path = folder / reviews.file(record["student"])
        if not pages.made(path, partial(reviews.page, record), f"{line(record['student'])}: the page"):
            continue
        written.append(record)
        sheet = reviews.sheet(record)
        to_do = [f"to mark: {', '.join(sheet.waiting)}"] * bool(sheet.waiting)
        to_do += [f"to look at again: {', '.join(sheet.again)}"] * bool(sheet.again)
        print("  ".join([str(path), *to_do]))
    if len(students) > 1 and not options.student:
        index = folder.with_name(f"{reviews.folder}.html")
        put(index, reviews.listing(written).encode("utf-8", "replace"))
        print(index)
    return 0 if len(written) == len(chosen) else 1


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


@dataclass(frozen=True)
class Reviews:
    """The pages of a unit.

    Attributes
    ----------
    names : what each student is called, by id.
    late : what there is to say about when it was handed in, of those who were late.
    numbers : the names are numbers, and stand in the names of files, too; remarks, in which a name may stand, are left out.
    """

    reader: Reader
    sheets: Mapping[str, Sheet]
    names: Mapping[str, str]
    late: Mapping[str, str]
    numbers: bool

    @classmethod
    def of(
        cls,
        reader: Reader,
        students: Sequence[str],
        found: Mapping[str, Sheet],
        late: Mapping[str, str],
        numbers: bool,
    ) -> Reviews:
        """The pages of ``students`` with names, or with ``numbers`` in place of them."""
        names = {s: found[s].name if s in found else s for s in students}
        if numbers:
            names = {s: str(n) for s, n in sheets.numbers(reader.desk, students).items()}
        return cls(reader, found, names, late, numbers)

    @property
    def folder(self) -> str:
        return self.reader.desk.unit.name + "-numbers" * self.numbers

    @property
    def possible(self) -> int:
        return sum(q.possible for q in self.reader.questions.values())

    def sheet(self, record: Mapping[str, Any]) -> Sheet:
        return self.sheets.get(record["student"]) or Sheet(record["student"], record["student"])

    def file(self, student: str) -> str:
        """The name of a student's page."""
        return f"{self.names[student] if self.numbers else student}.html"

    def page(self, record: Mapping[str, Any]) -> str:
        """A student's page, with the way to the one before and the one after."""
        student, order = record["student"], sorted(self.names, key=lambda s: self.names[s].casefold())
        place = order.index(student)
        links = [(self.names[s], quote(self.file(s))) for s in order]
        answers = self.reader.answers(record, list(self.reader.questions))
        notebooks = []
        for name in self.reader.desk.unit.release:
            remarks = [] if self.numbers else record["notebooks"].get(name, {}).get("eye", [])
            notebooks.append((name, remarks, self.reader.by_notebook[name]))
        return pages.page(
            "review.html",
            who=self.names[student],
            student="" if self.numbers or self.names[student] == student else student,
            unit=self.reader.desk.unit.name,
            index=quote(f"{self.folder}.html") if len(self.names) > 1 else "",
            before=links[place - 1] if place else None,
            after=links[place + 1] if place + 1 < len(links) else None,
            graded=record["graded"][:10],
            sheet=self.sheet(record),
            late=self.late.get(student, ""),
            comment=self.reader.shown.comment,
            possible=self.possible,
            notebooks=notebooks,
            answers=answers,
        )

    def listing(self, records: Sequence[Mapping[str, Any]]) -> str:
        """The page that lists all others."""
        rows = []
        for record in sorted(records, key=lambda r: self.names[r["student"]].casefold()):
            student, link = record["student"], quote(f"{self.folder}/{self.file(record['student'])}")
            remarks = [] if self.numbers else record["eye"]
            rows.append((self.names[student], link, self.sheet(record), self.late.get(student, ""), remarks))
        return pages.page("review_index.html", unit=self.reader.desk.unit.name, rows=rows, possible=self.possible)
