"""``autograde mark``: the answers of a class, question by question, in a browser; marks go to the gradebook at once."""

from __future__ import annotations

import argparse
import asyncio
import signal
import webbrowser
from contextlib import suppress

from autograde.classroom import desk, sheets
from autograde.classroom.desk import Desk
from autograde.classroom.marking.board import Board
from autograde.classroom.marking.server import Marking

TEXT = """\
Mark a unit in a browser: one question at a time, everybody's answer below it, with the model answer and the marking guide. Names
are hidden until you ask for them. Points, and a comment for the student, are in the gradebook as soon as you leave the field.
You can also overrule a check there; for that it wants a reason.

The page is served by this command to this machine alone, at an address that holds a key. End it with Ctrl+C: nothing is lost.
Grade first. You may grade again while it runs; load the page again then.

examples:
  autograde mark 1-chain-rule
  autograde mark 1-chain-rule --no-browser --port 8123     then, from elsewhere: ssh -L 8123:127.0.0.1:8123 HOST
"""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    desk.options(parser, run)
    parser.add_argument("unit", help="such as 1-chain-rule")
    parser.add_argument("--port", type=int, default=0, help="default: one that is free")
    parser.add_argument("--no-browser", action="store_true", help="print the address, and open nothing")


def run(options: argparse.Namespace) -> int:
    """Serve the pages until Ctrl+C; returns the exit code."""
    at = Desk.open(options)
    with at.book() as book:
        at.agreed(book, at.all_records())
        with suppress(KeyboardInterrupt):
            asyncio.run(_served(Board(at, book), options.port, not options.no_browser))
        waiting = sum(len(s.waiting) for s in sheets.read(at, book).values())
    print(f"\n{waiting} answers wait for a mark." if waiting else "\nNothing waits for a mark.")
    return 0


async def _served(board: Board, port: int, browser: bool) -> None:
    server, ended = Marking(board, port), asyncio.Event()
    with suppress(NotImplementedError):  # on Windows Ctrl+C is an exception
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
    print(f"Marking {board.desk.unit.name} at\n  {server.url}\nEnd with Ctrl+C.", flush=True)
    if browser:
        webbrowser.open(server.url)
    await ended.wait()
    server.stop()
