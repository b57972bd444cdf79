"""The command line: ``autograde build``, ``autograde verify`` and what a teacher needs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from autograde.classroom.commands import export, feedback, release, report, review
from autograde.classroom.commands import grade as command

TEXT = """\
Build, check and grade the course LSTM by Hand.

a class, in order:
  autograde release 1-chain-rule     what students get, as a folder and a zip
  autograde grade 1-chain-rule       run and score what they handed in
  autograde review 1-chain-rule      read it beside the solutions; give points
  autograde report 1-chain-rule      which mistakes the class made
  autograde feedback 1-chain-rule    a page for each student
  autograde export 1-chain-rule      the grades as CSV

docs/teachers.md goes through all of it. Each command says more with --help.
"""
BUILD = """\
examples:
  autograde build
  autograde build 1-chain-rule --force
"""
VERIFY = """\
The notebook is run as you, in no sandbox: for the work of others there is `autograde grade`.
exit code: 0 all right, 1 not all, 2 it could not be run

examples:
  autograde verify notebooks/1-chain-rule/1.2-forks-and-routes.ipynb
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    as_written = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="autograde", description=TEXT, formatter_class=as_written)
    commands = parser.add_subparsers(dest="command", required=True)

    build = commands.add_parser(
        "build", help="course/ -> solutions/ -> notebooks/; only what changed", epilog=BUILD, formatter_class=as_written
    )
    build.add_argument("unit", nargs="?", help="one unit, such as 1-chain-rule; all of them when left out")
    build.add_argument("--force", action="store_true", help="build all of it, and overwrite notebooks edited by hand")
    build.set_defaults(run=_build)

    verify = commands.add_parser(
        "verify", help="run a learner's notebook and print its verdicts", epilog=VERIFY, formatter_class=as_written
    )
    verify.add_argument("notebook", type=Path)
    verify.add_argument("--timeout", type=float, default=300, help="seconds that one cell may take (default 300)")
    verify.set_defaults(run=_verify)

    for part in (release, command, review, report, feedback, export):
        part.add(commands)

    options = parser.parse_args(arguments)
    return options.run(options)


def _build(options: argparse.Namespace) -> int:
    from autograde.building.build import BuildError, build

    try:
        for source, done in build(Path.cwd(), options.unit, options.force):
            print(f"{done:<10}  {source.unit}/{source.name}", flush=True)
    except BuildError as error:
        print(f"autograde build: {error}", file=sys.stderr)
        return 1
    return 0


def _verify(options: argparse.Namespace) -> int:
    from autograde.learning.verify import CannotVerify, table, verify

    try:
        found = verify(options.notebook, options.timeout)
    except CannotVerify as error:
        print(f"autograde verify: {error}", file=sys.stderr)
        return 2
    print(table(found))
    return 0 if all(line.right for line in found) else 1


if __name__ == "__main__":
    sys.exit(main())
