"""The command line: ``autograde build``, ``autograde verify`` and what a teacher needs. A command is imported when it is called."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

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

COMMANDS = {
    "build": ("autograde.building.command", "course/ -> solutions/ -> notebooks/; only what changed"),
    "verify": ("autograde.learning.command", "run a learner's notebook and print its verdicts"),
    "release": ("autograde.classroom.commands.release", "what students get of a unit, as a folder and a zip"),
    "grade": ("autograde.classroom.commands.grade", "run and score what a class handed in, in sandboxes"),
    "review": ("autograde.classroom.commands.review", "a page with each answer beside its solution; give points"),
    "report": ("autograde.classroom.commands.report", "which mistakes the class made, as a table and a plot"),
    "feedback": ("autograde.classroom.commands.feedback", "a page for each student with verdicts and comments"),
    "export": ("autograde.classroom.commands.export", "grades as CSV: plain, for Canvas, for Moodle"),
}
"""Name -> its module, which has ``TEXT``, ``add(parser)`` and by that sets ``run``; and what it does."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    as_written = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="autograde", description=TEXT, formatter_class=as_written)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (where, help) in COMMANDS.items():
        if arguments[:1] == [name]:
            module = import_module(where)
            module.add(commands.add_parser(name, help=help, description=module.TEXT, formatter_class=as_written))
        else:
            commands.add_parser(name, help=help)
    options = parser.parse_args(arguments)
    return options.run(options)


if __name__ == "__main__":
    sys.exit(main())
