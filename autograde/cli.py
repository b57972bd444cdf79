"""The command line: for learners, for teachers, for who builds. A command is imported when it is called."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence
from importlib import import_module

TEXT = """\
Learn, build, check and grade: the course LSTM by Hand.

to learn:
  autograde start lstm-by-hand       put the course into a folder, and your work is never overwritten
  autograde lab                      open the course in JupyterLab
  autograde verify NOTEBOOK          run a notebook and print its verdicts

a class, in order:
  autograde release 1-chain-rule     what students get, as a folder and a zip
  autograde roster canvas.csv        who is in the class
  autograde due 1-chain-rule DATE    when it has to be handed in, and what being late costs
  autograde collect 1-chain-rule submissions.zip     sort what was handed in
  autograde grade 1-chain-rule       run and score what they handed in
  autograde mark 1-chain-rule        mark the answers in words, in a browser
  autograde review 1-chain-rule      read it beside the solutions; give points
  autograde report 1-chain-rule      which mistakes the class made
  autograde overview                 the whole class on one page: who, what, how hard
  autograde feedback 1-chain-rule    a page for each student
  autograde export 1-chain-rule      the grades as CSV

docs/teachers.md goes through all of it. Each command says more with --help.
"""

COMMANDS = {
    "start": ("autograde.learning.start", "", "put the course into a folder, or what is new of it"),
    "lab": ("autograde.learning.lab", "lab", "open the course in JupyterLab"),
    "verify": ("autograde.learning.command", "lab", "run a learner's notebook and print its verdicts"),
    "build": ("autograde.building.command", "build", "course/ -> solutions/ -> notebooks/; only what changed"),
    "site": ("autograde.building.site", "site", "the course as pages, and its browser edition, in one folder"),
    "release": ("autograde.classroom.commands.release", "class", "what students get of a unit, as a folder and a zip"),
    "roster": (
        "autograde.classroom.commands.roster",
        "class",
        "who is in the class, from Canvas, Moodle, GitHub, a CSV",
    ),
    "due": (
        "autograde.classroom.commands.due",
        "class",
        "when a unit is due, for all or for one; what being late costs",
    ),
    "collect": (
        "autograde.classroom.commands.collect",
        "class",
        "sort a download of Canvas or Moodle, clones, an exchange",
    ),
    "grade": ("autograde.classroom.commands.grade", "class", "run and score what a class handed in, in sandboxes"),
    "mark": ("autograde.classroom.commands.mark", "class", "mark question by question, in a browser"),
    "review": (
        "autograde.classroom.commands.review",
        "class",
        "a page with each answer beside its solution; give points",
    ),
    "report": ("autograde.classroom.commands.report", "class", "which mistakes the class made, as a table and a plot"),
    "overview": ("autograde.classroom.commands.overview", "class", "the whole class on one page, for its teacher"),
    "feedback": (
        "autograde.classroom.commands.feedback",
        "class",
        "a page for each student with verdicts and comments",
    ),
    "export": ("autograde.classroom.commands.export", "class", "grades as CSV: plain, for Canvas, for Moodle"),
}
"""Name -> its module, which has ``TEXT``, ``add(parser)`` and by that sets ``run``; the extra that it needs; what it does."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a pipe on Windows would take no tick
            stream.reconfigure(encoding="utf-8")
    name = arguments[0] if arguments else ""
    try:
        if name not in COMMANDS:
            _overview().parse_args(arguments)
        options = _parser(name).parse_intermixed_args(arguments[1:])
        return options.run(options)
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if name not in COMMANDS or missing in ("", "autograde", "lstm_ref"):
            raise
        if missing in sys.stdlib_module_names:
            print(f"autograde {name}: this runs on Linux only (here is no {missing}); WSL is one way", file=sys.stderr)
            return 2
        extra = f"lstm-by-hand[{COMMANDS[name][1]}]" if COMMANDS[name][1] else "lstm-by-hand"
        print(f'autograde {name}: {missing} is not installed: python -m pip install "{extra}"', file=sys.stderr)
        return 2


def _overview() -> argparse.ArgumentParser:
    """What there is to call; it parses nothing but a wish for help."""
    parser = argparse.ArgumentParser(prog="autograde", description=TEXT, formatter_class=_AS_WRITTEN)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (_, _, help) in COMMANDS.items():
        commands.add_parser(name, help=help)
    return parser


def _parser(name: str) -> argparse.ArgumentParser:
    """The parser of one command, which takes its options between its other arguments, too."""
    module = import_module(COMMANDS[name][0])
    parser = argparse.ArgumentParser(prog=f"autograde {name}", description=module.TEXT, formatter_class=_AS_WRITTEN)
    module.add(parser)
    return parser


_AS_WRITTEN = argparse.RawDescriptionHelpFormatter

if __name__ == "__main__":
    sys.exit(main())
