"""A time limit round a stranger's or a learner's code."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

PATIENCE = 3.0
"""How many times its limit code may take by the clock."""


class TooLong(BaseException):
    """Raised inside the code when its time is over. Not an Exception, so that ``except Exception`` lets it by."""


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise ``TooLong`` in what runs inside when ``seconds`` are over.

    By the system's timers where there are any and this is the main thread: after ``seconds`` of this process's own time, or
    ``PATIENCE`` times as many by the clock, since others may keep the machine busy. Elsewhere (a browser, Windows, a thread) Python looks
    at the clock, from 3.12 on at every jump and call, before that at every line, which is slower.
    """
    if hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():
        with _by_timer(seconds):
            yield
    else:
        with (_by_looking if hasattr(sys, "monitoring") else _by_tracing)(seconds):
            yield


@contextlib.contextmanager
def _by_timer(seconds: float) -> Iterator[None]:
    def over(_signal: int, _frame: Any) -> None:
        raise TooLong

    clocks = {
        signal.SIGPROF: (signal.ITIMER_PROF, seconds),
        signal.SIGALRM: (signal.ITIMER_REAL, PATIENCE * seconds),
    }
    before = {number: signal.signal(number, over) for number in clocks}
    for clock, left in clocks.values():
        signal.setitimer(clock, left)
    try:
        yield
    finally:
        for number, (clock, _) in clocks.items():
            signal.setitimer(clock, 0)
            signal.signal(number, before[number])


@contextlib.contextmanager
def _by_looking(seconds: float) -> Iterator[None]:
    monitoring: Any = getattr(sys, "monitoring", None)
    tool = next((n for n in range(5, -1, -1) if monitoring.get_tool(n) is None), None)
    if tool is None:
        yield
        return
    end, thread = time.monotonic() + seconds, threading.get_ident()

    def look(*_: Any) -> None:
        if time.monotonic() > end and threading.get_ident() == thread:
            monitoring.set_events(tool, 0)
            raise TooLong

    events = (monitoring.events.JUMP, monitoring.events.PY_START)
    monitoring.use_tool_id(tool, "autograde: time limit")
    for event in events:
        monitoring.register_callback(tool, event, look)
    monitoring.set_events(tool, sum(events))
    try:
        yield
    finally:
        monitoring.set_events(tool, 0)
        for event in events:
            monitoring.register_callback(tool, event, None)
        monitoring.free_tool_id(tool)


@contextlib.contextmanager
def _by_tracing(seconds: float) -> Iterator[None]:
    end = time.monotonic() + seconds

    def look(_frame: Any, _event: str, _argument: Any) -> Any:
        if time.monotonic() > end:
            sys.settrace(None)
            raise TooLong
        return look

    before = sys.gettrace()
    sys.settrace(look)
    try:
        yield
    finally:
        sys.settrace(before)
