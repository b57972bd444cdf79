"""``python -m autograde verify NOTEBOOK``: run a notebook and print its verdicts. A sealed release has no other command."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from autograde.learning.verify import CannotVerify, table, verify


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code: 0 all right, 1 not all, 2 it could not be run."""
    if len(arguments) != 2 or arguments[0] != "verify":
        print("usage: python -m autograde verify NOTEBOOK", file=sys.stderr)
        return 2
    try:
        found = verify(Path(arguments[1]))
    except CannotVerify as error:
        print(f"autograde verify: {error}", file=sys.stderr)
        return 2
    print(table(found))
    return 0 if all(line.right for line in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
