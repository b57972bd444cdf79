"""One notebook, run where it can harm nothing: bytes in, bytes out. Linux, with bubblewrap.

What is promised: no network; no file of this machine but the system's programs, this Python and its packages, all read
only; none of the project, the course, the gradebook or other submissions; a private /tmp that is gone afterwards; an
unprivileged user without capabilities and without new user namespaces; limits on time, memory, processes, files, output;
an end with the grader's end. What is not: that the kernel has no hole, and exact limits. Memory and processors are looked
at ten times a second.
"""

from __future__ import annotations

import contextlib
import os
import re
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import BinaryIO

from autograde.asking.wire import pack
from autograde.classroom.sandbox import bwrap

TICK = 0.1
"""Seconds between two looks at a sandbox's memory."""
SPARE = 256 * 2**20
"""Bytes of memory that this machine must keep free, or sandboxes are stopped."""
SHARE, START = 1.3, 10.0
"""Processors that a sandbox may keep busy, and the processor seconds that it has beyond that, so that the others get on."""
SHORT = "this machine ran out of memory: grade it again with --resume and fewer --jobs"


class NoSandbox(RuntimeError):
    """No sandbox can be made on this machine; the message says why and what to do."""


@dataclass(frozen=True)
class Limits:
    """What one notebook may use.

    Attributes
    ----------
    cell, notebook, call : seconds for one cell, for all of it, and for one call of an answer by a check.
    memory : bytes for one process and for all of them together (counted ten times a second).
    processes : processes and threads at one time.
    file, scratch, output : bytes of one file, of all files, and of all that comes out.
    """

    cell: float = 60.0
    notebook: float = 300.0
    call: float = 10.0
    memory: int = 2 * 2**30
    processes: int = 64
    file: int = 32 * 2**20
    scratch: int = 64 * 2**20
    output: int = 12 * 2**20


def run(task: bytes, limits: Limits, sandboxed: bool = True) -> bytes:
    """Run a task (see ``inside``) to its end or to its limit; returns a message ``(stream, stopped, seconds)``.

    ``stream`` are the frames that came out, ``stopped`` says why it did not end by itself (empty when it did).
    Only bytes go in and out, so that it can run on another machine.

    Raises
    ------
    NoSandbox : none can be made here.
    """
    with tempfile.TemporaryDirectory() as scratch, _file(task) as stdin, _file(bwrap.forbidden_calls()) as calls:
        line = (
            bwrap.command(limits.scratch, calls.fileno(), _python("/ask", "/tmp"))
            if sandboxed
            else _bare(Path(scratch))
        )
        begun = time.monotonic()
        process = subprocess.Popen(
            line,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment("/tmp" if sandboxed else scratch),
            pass_fds=[calls.fileno()],
            start_new_session=True,
        )
        try:
            stream, said, stopped = _watch(process, limits, begun)
        finally:
            _end(process)
    if not stopped and not stream:
        raise NoSandbox(
            f"the sandbox did not start: {said.decode(errors='replace').strip()[-500:] or process.returncode}"
        )
    if not stopped and process.returncode:
        code = process.returncode
        died = code - 128 if code > 128 else -code
        stopped = f"Python was ended by signal {died}" if died > 0 else f"Python ended with code {code}"
    return pack((bytes(stream), stopped, time.monotonic() - begun))


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
    with _file(bwrap.forbidden_calls()) as calls:
        test = bwrap.command(Limits().scratch, calls.fileno(), ["/usr/bin/true"])
        options = {"env": _environment("/tmp"), "pass_fds": [calls.fileno()], "capture_output": True, "text": True}
        done = subprocess.run(test, **options)
    if done.returncode:
        raise NoSandbox(f"bubblewrap may not make a sandbox here ({done.stderr.strip()[-300:]}). {advice}")


def _watch(process: subprocess.Popen, limits: Limits, begun: float) -> tuple[bytearray, bytes, str]:
    stream, said = bytearray(), bytearray()
    heard = begun
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ, stream)
        selector.register(process.stderr, selectors.EVENT_READ, said)
        looked = begun
        while selector.get_map():
            for key, _ in selector.select(TICK):
                data = os.read(key.fd, 65536)
                if not data:
                    selector.unregister(key.fileobj)
                elif key.data is stream:
                    stream += data
                    heard = time.monotonic()
                elif len(said) < 10_000:
                    said += data
            now = time.monotonic()
            if len(stream) > limits.output:
                return stream[: limits.output], said, f"it put out more than {limits.output >> 20} MB"
            if now - begun > limits.notebook:
                return stream, said, f"it took more than {limits.notebook:g} seconds"
            if now - heard > limits.cell + 2:
                return stream, said, f"a cell did not stop after {limits.cell:g} seconds"
            if now - looked > TICK:
                looked = now
                if reason := _greedy(process.pid, limits, now - begun):
                    return stream, said, reason
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(5)
    return stream, said, ""


def _end(process: subprocess.Popen) -> None:
    """The first process of a sandbox takes all others with it; without a sandbox, those of its group go."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdout, process.stderr):
        pipe.close()


def _greedy(pid: int, limits: Limits, seconds: float) -> str:
    if sys.platform != "linux":
        return ""
    used, count, busy = 0, 0, 0.0
    waiting = [pid]
    while waiting:
        here = Path(f"/proc/{waiting.pop()}")
        with contextlib.suppress(OSError, ValueError, IndexError):
            used += sum(int(kb) * 1024 for kb in _OWN.findall((here / "status").read_text()))
            ticks = (here / "stat").read_text().rsplit(")", 1)[1].split()[11:15]
            busy += sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
            for thread in (here / "task").iterdir():
                count += 1
                waiting += [int(child) for child in (thread / "children").read_text().split()]
    if used > limits.memory:
        return f"it used more than {limits.memory >> 20} MB of memory"
    if count > limits.processes + 10:
        return f"it had more than {limits.processes} processes"
    if busy > SHARE * seconds + START:
        return "it kept more than one processor busy"
    free = re.search(r"MemAvailable: +(\d+)", Path("/proc/meminfo").read_text())
    return SHORT if free and int(free[1]) * 1024 < SPARE else ""


_OWN = re.compile(r"Rss(?:Anon|Shmem):\s+(\d+)")


def _environment(scratch: str) -> dict[str, str]:
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": f"{scratch}/work",
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


def _python(package: str, scratch: str) -> list[str]:
    return [sys.executable, "-I", "-B", f"{package}/autograde/asking/inside.py", package, scratch]


def _bare(scratch: Path) -> list[str]:
    package = scratch / "package"
    for target, source in bwrap.shared_files():
        file = package / target
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, file)
    return _python(str(package), str(scratch))


def _file(data: bytes) -> BinaryIO:
    file = tempfile.TemporaryFile()
    file.write(data)
    file.seek(0)
    return file
