"""``autograde grade UNIT``: its options, its progress, its summary."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

HELP = "run and score what a class handed in, each notebook in a sandbox"
TEXT = """\
Grade every submission of a unit: autograde/submitted/<student>/<unit>/*.ipynb below the course's folder.

Each notebook runs in a sandbox (bubblewrap, Linux) on problems drawn for it alone; only values come out, and they are
judged outside. Scores go to nbgrader's gradebook, verdicts to autograde/graded/<unit>/<student>.json, notebooks with
verdicts to autograde/autograded/. Written answers wait for you in `nbgrader formgrader`.

examples:
  autograde grade 1-chain-rule
  autograde grade 1-chain-rule --resume             go on after an interruption; grade what changed
  autograde grade 1-chain-rule --jobs 8 --db postgresql+psycopg://teacher@localhost/grades
  autograde grade 1-chain-rule --scheduler tcp://10.0.0.5:8786

exit code: 0 all graded, 1 some submissions need a human eye (the summary names them), 2 could not grade
"""


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "grade", help=HELP, description=TEXT, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("unit", help="such as 1-chain-rule")
    parser.add_argument(
        "--course", type=Path, default=Path(), help="the folder that holds notebooks/ (default: this one)"
    )
    parser.add_argument("--resume", action="store_true", help="keep what was graded already and has not changed")
    parser.add_argument("--jobs", type=int, help="notebooks at a time (default: one for each processor)")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="run on the Dask cluster with this scheduler")
    parser.add_argument("--db", metavar="URL", help="the gradebook (default: $AUTOGRADE_DB, or autograde/gradebook.db)")
    parser.add_argument("--cell-seconds", type=float, default=60, help="for one cell (default 60)")
    parser.add_argument("--seconds", type=float, default=300, help="for one notebook (default 300)")
    parser.add_argument("--memory", type=int, default=2048, metavar="MB", help="for one notebook (default 2048)")
    parser.add_argument("--no-sandbox", action="store_true", help="run submissions as you, with all that you may do")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Grade; returns the exit code."""
    from traitlets.config import Config

    from autograde.building.nbgrader_config import configure
    from autograde.classroom.grading import CannotGrade, Unit, grade
    from autograde.classroom.record import CannotRecord
    from autograde.classroom.sandbox.run import Limits, NoSandbox

    config = Config()
    configure(config, options.course.resolve())
    limits = Limits(cell=options.cell_seconds, notebook=options.seconds, memory=options.memory << 20)
    try:
        with ExitStack() as stack:
            executor = _cluster(options.scheduler, stack) if options.scheduler else None
            found = grade(
                Unit.read(options.course.resolve(), options.unit),
                options.db or config.CourseDirectory.db_url,
                config.CourseDirectory.course_id,
                limits=limits,
                executor=executor,
                jobs=options.jobs,
                sandboxed=not options.no_sandbox,
                resume=options.resume,
            )
            records = _with_progress(found)
    except (CannotGrade, CannotRecord, NoSandbox) as error:
        print(f"autograde grade: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nInterrupted. What is graded is kept: go on with --resume.", file=sys.stderr, flush=True)
        os._exit(130)  # ends what still runs: a sandbox dies with its parent
    print(summary(records))
    return 1 if any(r["eye"] for r in records) else 0


def summary(records: Sequence[dict[str, Any]]) -> str:
    """What a teacher wants to know at the end."""
    records = sorted(records, key=lambda r: r["student"])
    mean = sum(r["score"] for r in records) / len(records)
    some = "submission" if len(records) == 1 else "submissions"
    lines = [
        f"{len(records)} {some}, {mean:.1f} of {records[0]['possible']} points on average (without written answers)"
    ]
    lines += [f"{n} written answers wait to be marked"] if (n := sum(len(r["to_mark"]) for r in records)) else []
    eyes = [r for r in records if r["eye"]]
    if eyes:
        lines.append(f"{len(eyes)} to look at:")
        lines += [f"  {r['student']} ({r['score']:g}): {line}" for r in eyes for line in r["eye"]]
    return "\n".join(lines)


def _with_progress(found: Any) -> list[dict[str, Any]]:
    from tqdm import tqdm

    records = []
    with tqdm(unit=" submissions", disable=None, leave=False) as bar:
        for total, record in found:
            bar.total = total
            bar.update()
            records.append(record)
    return records


def _cluster(address: str, stack: ExitStack) -> Any:
    from autograde.classroom.grading import CannotGrade

    try:
        from distributed import Client
    except ImportError:
        raise CannotGrade("--scheduler needs Dask: python -m pip install distributed") from None
    try:
        client = stack.enter_context(Client(address, timeout=10))
    except (OSError, ValueError) as error:
        raise CannotGrade(f"No Dask scheduler answers at {address}: {error}") from None
    return client.get_executor(pure=False)
