"""A student's notebooks, run where they can harm nothing: bytes in, bytes out. Linux, with bubblewrap.

What is promised, and what is not, stands in docs/sandbox.md. One sandbox serves all notebooks of a student: Python imports
what they need once, and each runs in a fork of it. A notebook that has to be stopped takes its sandbox with it, and the next
one gets another.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache

from autograde.asking.wire import pack
from autograde.classroom.sandbox import bwrap
from autograde.classroom.sandbox.box import Limits, NoSandbox, Sandbox, environment, held, system_calls


def run(setup: bytes, tasks: Sequence[bytes], limits: Limits, sandboxed: bool = True) -> list[bytes]:
    """Run notebooks one after another, each to its end or to its limit.

    Only bytes go in and out, so that it can run on another machine.

    Parameters
    ----------
    setup, tasks : see ``inside``.

    Returns
    -------
    A message ``(stream, stopped, seconds, crowded)`` for each. ``stream`` are the frames that came out, ``stopped`` says why it
    did not end by itself (empty when it did), ``crowded`` whether it waited for a processor for much of its time.

    Raises
    ------
    NoSandbox : none can be made here.
    """
    results: list[bytes] = []
    fork = True
    while len(results) < len(tasks):
        with _processor(), Sandbox(setup, limits, sandboxed, fork) as sandbox:
            while len(results) < len(tasks):
                end = sandbox.run(tasks[len(results)])
                if (
                    end.died and fork and sandboxed
                ):  # it ended the process that it was forked from: it gets one to itself
                    fork = False
                    break
                results.append(pack((bytes(end.stream), end.stopped, end.seconds, end.crowded)))
                if end.stopped or not fork:
                    fork = True
                    break
    return results


@cache
def require() -> None:
    """Make sure that a sandbox can be made here.

    Raises
    ------
    NoSandbox : it cannot.
    """
    advice = "Install bubblewrap on Linux, or accept the risk and say --no-sandbox: submissions then run as you."
    if sys.platform != "linux" or not shutil.which("bwrap"):
        raise NoSandbox(f"There is no bubblewrap (bwrap) here, so submissions cannot be shut in. {advice}")
    with held(system_calls()) as calls:
        test = bwrap.command(Limits().scratch, calls.fileno(), ["/usr/bin/true"])
        known, given = environment("/tmp"), [calls.fileno()]
        done = subprocess.run(test, env=known, pass_fds=given, capture_output=True, text=True)
    if done.returncode:
        raise NoSandbox(f"bubblewrap may not make a sandbox here ({done.stderr.strip()[-300:]}). {advice}")


_TAKEN: Counter[int] = Counter()
_LOCK = threading.Lock()


@contextlib.contextmanager
def _processor() -> Iterator[None]:
    """Keep what is started here on one processor, the one with the fewest sandboxes, so that no sandbox can take them all.

    A process may not leave its processor: the filter of system calls does not let it.
    """
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    ours = os.sched_getaffinity(0)
    with _LOCK:
        one = min(ours, key=lambda cpu: _TAKEN[cpu])
        _TAKEN[one] += 1
    os.sched_setaffinity(0, {one})  # of this thread, and by that of what it starts
    try:
        yield
    finally:
        os.sched_setaffinity(0, ours)
        with _LOCK:
            _TAKEN[one] -= 1
