"""``autograde overview``: the whole class on one page, for its teacher."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from nbgrader.api import Gradebook

from autograde.classroom import desk, pages, sheets
from autograde.classroom.answers import Reader
from autograde.classroom.desk import Desk
from autograde.classroom.harmless import line
from autograde.classroom.overview import people, similar
from autograde.classroom.overview.examples import made
from autograde.classroom.overview.items import analyse
from autograde.classroom.overview.people import Column
from autograde.classroom.record import put, telling
from autograde.classroom.room import CannotDo
from autograde.classroom.roster import Person

TEXT = """\
Write class/reports/overview.html, a page for you about all units that were graded: students by units with points, lateness and
what waits; who is missing; how the points are spread; each student's course over the units; how hard and how telling each
exercise was; the mistakes that were made, with an example that names nobody; and pairs of students whose answers are alike
beyond what the task explains. That list is for looking at: it says what is alike, and not why.

Names are on this page. `autograde report` makes one that can be shown in class.

examples:
  autograde overview
  autograde overview 1-chain-rule 2-rnn
"""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    desk.options(parser, run)
    parser.add_argument("units", nargs="*", metavar="unit", help="such as 1-chain-rule; default: all that were graded")


def run(options: argparse.Namespace) -> int:
    """Write the page; returns the exit code."""
    released = sorted(p.name for p in (options.course.resolve() / "notebooks").glob("*") if any(p.glob("*.ipynb")))
    desks = [Desk.open(options, unit) for unit in options.units or released]
    graded = [(d, d.all_records()) for d in desks if options.units or d.students()]
    if not graded:
        raise CannotDo("Nobody has been graded yet. First: autograde grade UNIT")
    read = [_read(at, records) for at, records in graded]
    columns = [column for column, _ in read]
    names = _names([at for at, _ in graded], columns)
    units = [_unit(at, records, *found, names) for (at, records), found in zip(graded, read, strict=True)]
    rows = people.rows(columns, names)
    path = graded[0][0].room.path("reports", "overview.html")
    put(path, pages.page("overview.html", rows=rows, columns=columns, units=units).encode("utf-8", "replace"))
    for unit in units:
        missing = f", missing: {', '.join(map(line, unit['spread'].missing))}" if unit["spread"].missing else ""
        print(f"{unit['name']}: {len(unit['column'].sheets)} of {len(names)} students{missing}")
    print(path)
    return 0


def _read(at: Desk, records: Sequence[Mapping[str, Any]]) -> tuple[Column, dict[str, str]]:
    """A unit's column of the table, and who was late."""
    with at.book() as book:
        found, late = sheets.read(at, book), at.late(book)
    possible = sum(e.points for _, e in at.exercises())
    here = {r["student"]: found[r["student"]] for r in records if r["student"] in found}
    return Column(at.unit.name, possible, here), late


def _names(desks: Sequence[Desk], columns: Sequence[Column]) -> dict[str, str]:
    """Everybody of the roster and the gradebook but who has left, and whoever handed in."""
    at = desks[0]
    with telling(at.url), Gradebook(at.url, at.course) as book:
        known = {s.id: Person.of(s).name for s in book.students if not at.roster.has_left(s.id)}
    graded = {s: sheet.name for c in columns for s, sheet in c.sheets.items()}
    here = {s: s for one in desks for s in one.handed_in()}
    return here | {p.id: p.name for p in at.roster} | graded | known


def _unit(
    at: Desk,
    records: Sequence[Mapping[str, Any]],
    column: Column,
    late: Mapping[str, str],
    names: Mapping[str, str],
) -> dict[str, Any]:
    """What the page's template needs of a unit."""
    reader, ungraded = Reader(at), set(at.handed_in()) - set(column.sheets)
    return {
        "name": at.unit.name,
        "column": column,
        "late": late,
        "ungraded": ungraded,
        "spread": people.spread(column, {s: name for s, name in names.items() if s not in ungraded}),
        "items": analyse(at, records, follow_ups=False),
        "mistakes": made(reader, records),
        "pairs": [(names.get(p.first, p.first), names.get(p.second, p.second), p) for p in _pairs(reader, records)],
    }


def _pairs(reader: Reader, records: Sequence[Mapping[str, Any]]) -> list[similar.Pair]:
    at = reader.desk
    works = []
    for record in records:
        answers = reader.answers(record, list(reader.questions))
        code = {n: a.source for n, a in answers.items() if a.source and not reader.questions[n].written}
        words = {n: a.source for n, a in answers.items() if a.source and reader.questions[n].written}
        works.append(similar.Work(record["student"], code, words))
    known = [c.source for notebook in at.unit.release.values() for c in notebook.cells]
    known += [solution for notebook in at.unit.release for solution in at.solved(notebook).values()]
    known += [
        str(part)
        for q in reader.questions.values()
        for part in (q.model.striptags(), *(g.striptags() for g in q.guide))
    ]
    return similar.pairs(works, known)
