"""The command line: ``autograde build``, ``autograde verify`` and what a teacher needs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from .classroom import command, export, feedback, release, report, review


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="autograde", description="Build, check and grade the course LSTM by Hand.")
    commands = parser.add_subparsers(dest="command", required=True)

    build = commands.add_parser("build", help="course/ -> solutions/ -> notebooks/; only what changed")
    build.add_argument("unit", nargs="?", help="one unit, such as 1-chain-rule; all of them when left out")
    build.add_argument("--force", action="store_true", help="build all of it, and overwrite notebooks edited by hand")
    build.set_defaults(run=_build)

    verify = commands.add_parser("verify", help="run a learner's notebook and print its verdicts")
    verify.add_argument("notebook", type=Path)
    verify.add_argument("--timeout", type=float, default=300, help="seconds that one cell may take (default 300)")
    verify.set_defaults(run=_verify)

    for part in (release, command, review, report, feedback, export):
        part.add(commands)

    options = parser.parse_args(arguments)
    return options.run(options)


def _build(options: argparse.Namespace) -> int:
    from .build import BuildError, build

    try:
        for source, done in build(Path.cwd(), options.unit, options.force):
            print(f"{done:<10}  {source.unit}/{source.name}", flush=True)
    except BuildError as error:
        print(f"autograde build: {error}", file=sys.stderr)
        return 1
    return 0


def _verify(options: argparse.Namespace) -> int:
    from .verify import CannotVerify, table, verify

    try:
        found = verify(options.notebook, options.timeout)
    except CannotVerify as error:
        print(f"autograde verify: {error}", file=sys.stderr)
        return 2
    print(table(found))
    return 0 if all(line.right for line in found) else 1


if __name__ == "__main__":
    sys.exit(main())
