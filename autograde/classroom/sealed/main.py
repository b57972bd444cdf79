"""``python -m autograde verify NOTEBOOK``: run a notebook and print its verdicts. A sealed release has no other command."""

from __future__ import annotations

import argparse
import sys

from autograde.learning import command


def main(arguments: list[str]) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m autograde")
    verify = parser.add_subparsers(required=True).add_parser("verify", help="run a notebook and print its verdicts")
    command.add(verify)
    options = parser.parse_args(arguments)
    return options.run(options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
