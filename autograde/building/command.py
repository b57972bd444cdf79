"""``autograde build``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

TEXT = """\
Build the notebooks: course/ -> solutions/ (executed) -> notebooks/ (what learners get). Only what changed is built.

examples:
  autograde build
  autograde build 1-chain-rule --force
"""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("unit", nargs="?", help="one unit, such as 1-chain-rule; all of them when left out")
    parser.add_argument("--force", action="store_true", help="build all of it, and overwrite notebooks edited by hand")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Build; returns the exit code."""
    from autograde.building import tables
    from autograde.building.build import BuildError, build  # takes a second: --help does not need it

    for name in tables.update():
        print(f"tabled      {name}", flush=True)
    try:
        for source, done in build(Path.cwd(), options.unit, options.force):
            print(f"{done:<10}  {source.unit}/{source.name}", flush=True)
    except BuildError as error:
        print(f"autograde build: {error}", file=sys.stderr)
        return 1
    return 0
