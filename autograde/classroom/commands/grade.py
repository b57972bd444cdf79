"""``autograde grade UNIT``: its options, its progress, its summary."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from tqdm import tqdm

from autograde.classroom import desk, harmless
from autograde.classroom.desk import Desk
from autograde.classroom.grading import grade
from autograde.classroom.room import CannotDo
from autograde.classroom.sandbox import scope
from autograde.classroom.sandbox.box import Limits, NoSandbox

TEXT = """\
Grade every submission of a unit: class/submitted/<student>/<unit>/*.ipynb below the course's folder.

Each student's notebooks run in a sandbox (bubblewrap, Linux) on problems drawn for each alone; only values come out, and
they are judged outside. Scores go to nbgrader's gradebook, verdicts to class/graded/<unit>/<student>.json, notebooks with
verdicts to class/autograded/. Written answers wait for you in `autograde review`.

examples:
  autograde grade 1-chain-rule
  autograde grade 1-chain-rule --resume             go on after an interruption; grade what changed
  autograde grade 1-chain-rule --jobs 8 --db postgresql+psycopg://teacher@localhost/grades
  autograde grade 1-chain-rule --scheduler tcp://10.0.0.5:8786

exit code: 0 all graded, 1 some submissions need a human eye (the summary names them), 2 could not grade
"""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    desk.options(parser, run)
    parser.add_argument("unit", help="such as 1-chain-rule")
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
            )
            records = _with_progress(found)
    except NoSandbox as error:
        raise CannotDo(str(error)) from None
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
        lines += [
            f"  {harmless.line(r['student'])} ({r['score']:g}): {harmless.line(e)}" for r in eyes for e in r["eye"]
        ]
    return "\n".join(lines)


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
