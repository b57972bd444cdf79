"""``autograde grade UNIT``: its options, its progress, its summary."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Any

from tqdm import tqdm

from autograde.classroom import desk, harmless
from autograde.classroom.desk import Desk
from autograde.classroom.grading import grade
from autograde.classroom.record import Book
from autograde.classroom.room import CannotDo
from autograde.classroom.sandbox import scope
from autograde.classroom.sandbox.box import Limits, NoSandbox

TEXT = """\
Grade every submission of a unit: class/submitted/<student>/<unit>/*.ipynb below the course's folder.

With students, theirs alone; with --notebook, that one alone, and what is known of the others stays. Who has left the class
(`autograde roster`) is left out.

Each student's notebooks run in a sandbox (bubblewrap, Linux) on problems drawn for each alone; only values come out, and
they are judged outside. Scores go to nbgrader's gradebook, verdicts to class/graded/<unit>/<student>.json, notebooks with
verdicts to class/autograded/. Written answers wait for your mark: the summary says which, and whose. A mark that you gave
stays, and waits for another look when the answer has changed.

examples:
  autograde grade 1-chain-rule
  autograde grade 1-chain-rule ann bob
  autograde grade 1-chain-rule ann --notebook 1.2-forks-and-routes
  autograde grade 1-chain-rule --resume             go on after an interruption; grade what changed
  autograde grade 1-chain-rule --jobs 8 --db postgresql+psycopg://teacher@localhost/grades
  autograde grade 1-chain-rule --scheduler tcp://10.0.0.5:8786

exit code: 0 all graded, 1 some submissions need a human eye (the summary names them), 2 could not grade
"""


NAMED = 12
"""Students that are named for one question."""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    desk.options(parser, run)
    parser.add_argument("unit", help="such as 1-chain-rule")
    parser.add_argument("students", nargs="*", default=[], metavar="student", help="all of them when left out")
    parser.add_argument("--notebook", action="append", default=[], metavar="NAME", help="this one alone; 1.2 is enough")
    parser.add_argument("--resume", action="store_true", help="keep what was graded already and has not changed")
    parser.add_argument("--jobs", type=int, help="students at a time (default: one for each processor)")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="run on the Dask cluster with this scheduler")
    parser.add_argument("--cell-seconds", type=float, default=60, help="for one cell (default 60)")
    parser.add_argument("--seconds", type=float, default=300, help="for one notebook (default 300)")
    parser.add_argument("--memory", type=int, default=2048, metavar="MB", help="for one notebook (default 2048)")
    parser.add_argument(
        "--given",
        type=_share,
        default=1.0,
        metavar="SHARE",
        help="of its points, for an answer that is right but for an earlier wrong one of the same learner (default 1)",
    )
    parser.add_argument("--no-sandbox", action="store_true", help="run submissions as you, with all that you may do")


def _share(text: str) -> float:
    share = float(text)
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError("from 0 (none) to 1 (all)")
    return share


def run(options: argparse.Namespace) -> int:
    """Grade; returns the exit code."""
    limits = Limits(cell=options.cell_seconds, notebook=options.seconds, memory=options.memory << 20)
    at = Desk.open(options)
    notebooks = [_notebook(at, name) for name in options.notebook]
    if not options.no_sandbox and not options.scheduler:
        print(f"limits: {scope.said()}", file=sys.stderr)
    try:
        with ExitStack() as stack:
            executor = _cluster(options.scheduler, stack) if options.scheduler else None
            found = grade(
                at.unit,
                at.url,
                at.course,
                limits=limits,
                executor=executor,
                jobs=options.jobs,
                sandboxed=not options.no_sandbox,
                resume=options.resume,
                share=options.given,
                students=options.students,
                notebooks=notebooks,
            )
            records = _with_progress(found)
    except NoSandbox as error:
        raise CannotDo(str(error)) from None
    except KeyboardInterrupt:
        print("\nInterrupted. What is graded is kept: go on with --resume.", file=sys.stderr, flush=True)
        os._exit(130)  # ends what still runs: a sandbox dies with its parent
    print(summary(records))
    with at.book() as book:
        if late := at.late_lines(book, {r["student"] for r in records}):
            print("\n  ".join(["late, or perhaps late:", *late]))
        print("\n".join(waiting(at, book)) or "no answer waits for a mark")
    if left := [s for s in at.unit.records.students() if at.roster.has_left(s)]:
        print(f"not graded, as they have left the class: {', '.join(map(harmless.line, left))}")
    return 1 if any(r["eye"] for r in records) else 0


def summary(records: Sequence[dict[str, Any]]) -> str:
    """What a teacher wants to know at the end."""
    records = sorted(records, key=lambda r: r["student"])
    mean = sum(r["score"] for r in records) / len(records)
    some = "submission" if len(records) == 1 else "submissions"
    lines = [
        f"{len(records)} {some}, {mean:.1f} of {records[0]['possible']} points on average (without written answers)"
    ]
    eyes = [r for r in records if r["eye"]]
    if eyes:
        lines.append(f"{len(eyes)} to look at:")
        lines += [
            f"  {harmless.line(r['student'])} ({r['score']:g}): {harmless.line(e)}" for r in eyes for e in r["eye"]
        ]
    return "\n".join(lines)


def waiting(at: Desk, book: Book) -> Iterator[str]:
    """What waits for a mark in the gradebook, and whose it is, by question."""
    found: dict[str, list[str]] = {}
    for student, names in book.waiting().items():
        for _, name in names:
            if not at.roster.has_left(student):
                found.setdefault(name.removeprefix("check-"), []).append(harmless.line(student))
    if found:
        total = sum(map(len, found.values()))
        yield f"{total} answer{'s wait' if total > 1 else ' waits'} for a mark:"
    for name, students in found.items():
        more = f" and {len(students) - NAMED} more" if len(students) > NAMED else ""
        yield f"  {name}: {', '.join(sorted(students)[:NAMED])}{more}"


def _notebook(at: Desk, name: str) -> str:
    """The notebook of the unit that a teacher calls ``name``, by its whole name or how it begins."""
    found = [n for n in at.unit.release if n == name] or [n for n in at.unit.release if n.startswith(name)]
    if len(found) != 1:
        raise CannotDo(f"{name!r} is no notebook of {at.unit.name}. There are: {', '.join(at.unit.release)}.")
    return found[0]


def _with_progress(found: Any) -> list[dict[str, Any]]:
    records = []
    with tqdm(unit=" submissions", disable=None, leave=False) as bar:
        for total, record in found:
            bar.total = total
            bar.update()
            records.append(record)
    return records


def _cluster(address: str, stack: ExitStack) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise CannotDo("--scheduler needs Dask: python -m pip install distributed") from None
    try:
        client = stack.enter_context(Client(address, timeout=10))
    except (OSError, ValueError) as error:
        raise CannotDo(f"No Dask scheduler answers at {address}: {error}") from None
    return client.get_executor(pure=False)
