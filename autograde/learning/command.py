"""``autograde verify``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

TEXT = """\
Run a learner's notebook and print its verdicts. It is run as you, in no sandbox: for the work of others there is
`autograde grade`.

exit code: 0 all right, 1 not all, 2 it could not be run, 3 right so far, and something is still open

examples:
  autograde verify notebooks/1-chain-rule/1.2-forks-and-routes.ipynb
"""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--timeout", type=float, default=300, help="seconds that one cell may take (default 300)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Verify; returns the exit code."""
    from autograde.learning.verify import CannotVerify, table, verify  # takes a second: --help does not need it

    try:
        found = verify(options.notebook, options.timeout)
    except CannotVerify as error:
        print(f"autograde verify: {error}", file=sys.stderr)
        return 2
    print(table(found))
    if any(not line.right and not line.open for line in found):
        return 1
    return 3 if any(line.open for line in found) else 0
