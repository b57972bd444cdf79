"""One sandbox: how it is started, fed, watched and ended."""

from __future__ import annotations

import contextlib
import os
import selectors
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from autograde.asking.wire import WireError, unpack
from autograde.classroom.sandbox import bwrap, scope
from autograde.classroom.sandbox.calls import NoFilter, allowed
from autograde.classroom.sandbox.look import Look, Looked

TICK = 0.1
"""Seconds between two looks at a sandbox."""
PATIENCE = 3.0
"""How many times longer than its processor time anything may take by the clock, for it may have to wait for a processor."""
WAITED = 0.3
"""The share of its time that a notebook may wait for a processor, or the machine is called crowded."""
FRAMES = 50_000
"""Messages that a notebook may send: a few for each of its cells."""
START = 60.0
"""Seconds by the clock that a sandbox may take until it is ready."""


class NoSandbox(RuntimeError):
    """No sandbox can be made on this machine; the message says why and what to do."""


@dataclass(frozen=True)
class Limits:
    """What one notebook may use.

    Attributes
    ----------
    cell, notebook, call : processor seconds for one cell, for all of it, and for one call of an answer by a check. By the
        clock they may take ``PATIENCE`` times as long.
    memory : bytes for one process and for all of them together.
    processes : processes and threads at one time.
    file, scratch, output : bytes of one file, of all files, and of all that comes out.
    files, descriptors : files and folders at one time; pipes, sockets and open files of all processes.
    """

    cell: float = 60.0
    notebook: float = 300.0
    call: float = 10.0
    memory: int = 2 * 2**30
    processes: int = 64
    file: int = 32 * 2**20
    scratch: int = 64 * 2**20
    output: int = 12 * 2**20
    files: int = 20_000
    descriptors: int = 512


def system_calls() -> bytes:
    """The filter of system calls.

    Raises
    ------
    NoSandbox : it cannot be made here.
    """
    try:
        return allowed()
    except NoFilter as error:
        raise NoSandbox(str(error)) from None


@dataclass
class End:
    """How the run of one notebook ended."""

    stream: bytearray = field(default_factory=bytearray)
    stopped: str = ""
    seconds: float = 0.0
    crowded: bool = False
    died: bool = False


class Sandbox:
    """One sandbox, for ``with``: made, and ready for notebooks, one at a time."""

    def __init__(self, setup: bytes, limits: Limits, sandboxed: bool, fork: bool) -> None:
        self.limits, self.said = limits, bytearray()
        self.stack = contextlib.ExitStack()
        scratch = self.stack.enter_context(tempfile.TemporaryDirectory())
        calls = self.stack.enter_context(held(system_calls() if sandboxed else b""))
        known = environment("/tmp" if sandboxed else scratch)
        if sandboxed:
            line = scope.prefix(limits.memory + limits.scratch + 2**28, limits.processes + 20)
            line += bwrap.command(limits.scratch, calls.fileno(), _python("/ask", "/tmp", fork))
            known |= {name: os.environ[name] for name in scope.ENVIRONMENT if name in os.environ}
        else:
            line = _bare(Path(scratch), fork)
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            line,
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            env=known,
            pass_fds=[calls.fileno()],
            start_new_session=True,
        )
        assert self.process.stdin and self.process.stdout and self.process.stderr, "all three are pipes"
        self.pipes = (self.process.stdin, self.process.stdout, self.process.stderr)
        for end in self.pipes:
            os.set_blocking(end.fileno(), False)
        files = limits.files if sandboxed else sys.maxsize
        self.look = Look(self.process.pid, limits.memory, limits.processes, files, limits.descriptors)
        self.setup = setup

    def __enter__(self) -> Sandbox:
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start(self) -> None:
        for _ in self._talk(self.setup, ready := End(), START):
            pass
        if not ready.stream or ready.stopped or ready.died:
            code = self.process.poll()
            why = ready.stopped or self.said.decode(errors="replace").strip()[-500:] or code
            raise NoSandbox(f"the sandbox did not start: {why}")

    def run(self, task: bytes) -> End:
        """Run one notebook."""
        end, limits = End(), self.limits
        begun, first = time.monotonic(), self.look.now()
        heard, heard_spent, looked, silent, seen = begun, first.spent, begun, False, first
        for fresh in self._talk(task, end, PATIENCE * limits.notebook):
            now = time.monotonic()
            heard, silent = (now, False) if fresh else (heard, silent)
            if now - looked > TICK:
                looked, seen = now, self.look.now()
                heard_spent, silent = heard_spent if silent else seen.spent, True
                end.stopped = self._too_much(seen, first.spent, heard_spent, now - heard)
                if end.stopped:
                    break
        end.seconds = time.monotonic() - begun
        end.crowded = seen.waited - first.waited > WAITED * end.seconds
        return end

    def _too_much(self, seen: Looked, at_first: float, heard_spent: float, quiet: float) -> str:
        limits = self.limits
        if seen.reason:
            return seen.reason
        if seen.spent - at_first > limits.notebook + 1:
            return f"it took more than {limits.notebook:g} seconds"
        if seen.spent - heard_spent > limits.cell + 2 or quiet > PATIENCE * limits.cell + 2:
            return f"a cell did not stop after {limits.cell:g} seconds"
        return ""

    def _talk(self, task: bytes, end: End, seconds: float) -> Iterator[bool]:
        """Hand a message over and hear until the answer is whole; yields whether something was heard, again and again."""
        waiting = memoryview(struct.pack(">I", len(task)) + task)
        frames, begun = _Frames(), time.monotonic()
        with selectors.DefaultSelector() as selector:
            stdin, stdout, stderr = self.pipes
            selector.register(stdin, selectors.EVENT_WRITE)
            selector.register(stdout, selectors.EVENT_READ)
            selector.register(stderr, selectors.EVENT_READ)
            while True:
                fresh = False
                for key, _ in selector.select(TICK):
                    if key.fileobj is stdin:
                        with contextlib.suppress(BlockingIOError, BrokenPipeError):
                            waiting = waiting[os.write(key.fd, waiting[:65536]) :]
                        if not waiting or self.process.poll() is not None:
                            selector.unregister(key.fileobj)
                    elif not (data := os.read(key.fd, 65536)):
                        selector.unregister(key.fileobj)
                        if key.fileobj is stdout:
                            end.stopped, end.died = self._died(), True
                            return
                    elif key.fileobj is stdout:
                        fresh = True
                        end.stream += data
                        if len(end.stream) > self.limits.output:
                            del end.stream[self.limits.output :]
                            end.stopped = f"it put out more than {self.limits.output >> 20} MB"
                            return
                        if (code := frames.done(end.stream)) is not None:
                            end.stopped = _ended(code)
                            return
                        if frames.count > FRAMES:
                            end.stopped = f"it sent more than {FRAMES} messages"
                            return
                    elif len(self.said) < 10_000:
                        self.said += data
                if time.monotonic() - begun > seconds:
                    end.stopped = f"it took more than {self.limits.notebook:g} seconds"
                    return
                yield fresh

    def _died(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        code = self.process.returncode or 0
        return _ended(-(code - 128) if code > 128 else code)

    def close(self) -> None:
        """End it. The first process of its outer namespace takes all others with it; bare, those of its group go."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for pipe in self.pipes:
            with contextlib.suppress(OSError):
                pipe.close()
        self.stack.close()


class _Frames:
    """Looks for the frame that says that a notebook has ended."""

    def __init__(self) -> None:
        self.at = self.count = 0

    def done(self, stream: bytearray) -> int | None:
        """The exit code (negative: a signal) when the last whole frame of ``stream`` gives one."""
        while self.at + 4 <= len(stream):
            (length,) = struct.unpack_from(">I", stream, self.at)
            if self.at + 4 + length > len(stream):
                return None
            frame = stream[self.at + 4 : self.at + 4 + min(length, 200)]
            self.at, self.count = self.at + 4 + length, self.count + 1
            if length < 200:
                with contextlib.suppress(WireError):
                    match unpack(bytes(frame)):
                        case ("done", int(code)):
                            return code
        return None


def _ended(code: int) -> str:
    if code == -signal.SIGXCPU:
        return "it took more processor time than it may"
    if code < 0:
        return f"Python was ended by signal {-code}"
    return f"Python ended with code {code}" if code else ""


def environment(scratch: str) -> dict[str, str]:
    """The environment of a sandbox whose own files lie below ``scratch``."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": f"{scratch}/home",
        "TMPDIR": scratch,
        "LANG": "C.UTF-8",
        "USER": "learner",
        "AUTOGRADE_ASK": f"{scratch}/ask",
        "IPYTHONDIR": f"{scratch}/ipython",
        "MPLCONFIGDIR": f"{scratch}/mpl",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "NBGRADER_EXECUTION": "autograde",
    }


def _python(package: str, scratch: str, fork: bool) -> list[str]:
    program = f"{package}/autograde/asking/inside.py"
    return [sys.executable, "-I", "-B", program, package, scratch, "fork" if fork else "alone"]


def _bare(scratch: Path, fork: bool) -> list[str]:
    package = scratch / "package"
    for target, source in bwrap.shared_files():
        file = package / target
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, file)
    return _python(str(package), str(scratch), fork)


def held(data: bytes) -> BinaryIO:
    """A file without a name that holds ``data``, to be read from its start."""
    file = tempfile.TemporaryFile()
    file.write(data)
    file.seek(0)
    return file
