"""Runs one notebook inside the sandbox: the learner's cells in order, and the questions where they stand.

Started as ``python -I -B inside.py PACKAGE SCRATCH`` with a task on stdin; frames (4 bytes of length, then a message of
``wire``) go to stdout. All of them are read as the work of a stranger, for the learner's code runs in this process.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import re
import resource
import signal
import struct
import sys
import time
from pathlib import Path
from typing import Any

PRINTED = 100_000
"""Characters that a cell may print and that are kept, for stdout and for stderr."""
SHOWN = 500_000
"""Characters of one rich output that are kept."""
PER_CELL = 60
"""Outputs of one cell that are kept."""


def main(package: str, scratch: str) -> None:
    """Run the task on stdin."""
    sys.path.insert(0, package)
    wire = importlib.import_module("autograde.asking.wire")
    task = wire.unpack(sys.stdin.buffer.read())
    pipe = os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)

    def send(*message: Any) -> None:
        frame = wire.pack(message)
        data = memoryview(struct.pack(">I", len(frame)) + frame)
        while data:
            data = data[os.write(pipe, data) :]

    _unpack_files(task, Path(scratch), Path(package))
    _limit(task["limits"])
    shell = _shell()
    asking = importlib.import_module("autograde.asking.standin")
    for index, kind, text in task["cells"]:
        send("start", index)
        begun = time.monotonic()
        outputs = _Outputs(shell)
        if kind == "run":
            with outputs, _timed(task["limits"]["cell"]):
                shell.run_cell(text, store_history=True)
            send("cell", index, time.monotonic() - begun, outputs.packed())
            continue
        answers: list = []
        with outputs, _timed(task["limits"]["cell"]):
            answers = asking.answers(text, shell.user_ns, task["limits"]["call"])
        try:
            send("ask", index, time.monotonic() - begun, outputs.packed(), text, answers)
        except wire.WireError as error:
            send("ask", index, time.monotonic() - begun, b"[]", text, [_too_large(error)])
    send("end")
    os._exit(0)


def _too_large(error: Exception) -> Any:
    ask = importlib.import_module("autograde.ask")
    return ask.Answer(
        raised=ask.Raised("ValueError", f"the answer is too large or too deep to be handed over: {error}")
    )


def _unpack_files(task: dict, scratch: Path, package: Path) -> None:
    for folder in ("work", "ask", "mpl"):
        (scratch / folder).mkdir()
    (scratch / "ask" / "questions").write_bytes(task["questions"])
    for name, data in task["files"].items():
        file = scratch / "work" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    for file in package.glob("fontlist*.json"):
        (scratch / "mpl" / file.name).write_bytes(file.read_bytes())
    os.chdir(scratch / "work")


def _limit(limits: dict[str, float]) -> None:
    memory, seconds = int(limits["memory"]), int(limits["notebook"]) + 5
    wanted = {
        "AS": memory,
        "CPU": seconds,
        "FSIZE": int(limits["file"]),
        "CORE": 0,
        "NOFILE": 128,
        "NPROC": int(limits["processes"]),
    }
    for name, value in wanted.items():
        with contextlib.suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))


def _shell() -> Any:
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets import Type
    from traitlets.config import Config

    class Publisher(DisplayPublisher):
        def publish(self, data: dict, metadata: dict | None = None, **more: Any) -> None:
            _Outputs.current.add({"output_type": "display_data", "data": data, "metadata": metadata or {}})

        def clear_output(self, wait: bool = False) -> None:
            _Outputs.current.clear()

    class Hook(DisplayHook):
        def write_output_prompt(self) -> None:
            pass

        def write_format_data(self, format_dict: dict, md_dict: dict | None = None) -> None:
            _Outputs.current.add({"output_type": "execute_result", "data": format_dict, "metadata": md_dict or {}})

        def finish_displayhook(self) -> None:
            pass

    class Shell(InteractiveShell):
        display_pub_class = Type(Publisher)
        displayhook_class = Type(Hook)

        def _showtraceback(self, etype: type, evalue: BaseException, stb: Any) -> None:
            lines = [str(line) for line in stb][-30:] if isinstance(stb, list) else [str(stb)]
            name = getattr(etype, "__name__", str(etype))
            _Outputs.current.add({"output_type": "error", "ename": name, "evalue": _said(evalue), "traceback": lines})

        def ask_exit(self) -> None:
            """Leaving is not for the notebook to decide."""

        def enable_gui(self, gui: str | None = None) -> None:
            """There is no screen."""

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    return Shell.instance(config=config)


def _said(error: BaseException) -> str:
    try:
        return str(error)[:2000]
    except BaseException:
        return "(its message could not be read)"


class _Stream(io.TextIOBase):
    def __init__(self, name: str) -> None:
        self.name, self.left, self.kept = name, PRINTED, []

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if self.left > 0:
            self.kept.append(text[: self.left])
            self.left -= len(text)
            if self.left <= 0:
                self.kept.append("\n(more was printed than is kept)\n")
        return len(text)

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False


class _Outputs:
    """What a cell shows, as the outputs of a notebook."""

    current: _Outputs

    def __init__(self, shell: Any) -> None:
        self.shell, self.items = shell, []
        self.streams = [_Stream("stdout"), _Stream("stderr")]

    def __enter__(self) -> _Outputs:
        _Outputs.current = self
        sys.stdout, sys.stderr = self.streams
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> bool:
        if kind is not None:
            self.add({"output_type": "error", "ename": kind.__name__, "evalue": _said(error), "traceback": []})
        return True

    def add(self, output: dict) -> None:
        self._flush()
        if len(self.items) < PER_CELL:
            self.items.append(output)

    def clear(self) -> None:
        self.items.clear()
        for stream in self.streams:
            stream.kept.clear()

    def packed(self) -> bytes:
        """The outputs as JSON."""
        self._flush()
        return json.dumps([self._small(o) for o in self.items], default=repr).encode()

    def _flush(self) -> None:
        for stream in self.streams:
            if stream.kept:
                text = "".join(stream.kept)
                stream.kept.clear()
                last = self.items[-1] if self.items else {}
                if last.get("name") == stream.name:
                    last["text"] += text
                else:
                    self.items.append({"output_type": "stream", "name": stream.name, "text": text})

    def _small(self, output: dict) -> dict:
        if "data" in output:
            output["data"] = {m: v for m, v in output["data"].items() if len(json.dumps(v, default=repr)) < SHOWN}
            output["data"].setdefault("text/plain", "(too large to be kept)")
            if output["output_type"] == "execute_result":
                output["execution_count"] = None
        if "traceback" in output:
            output["traceback"] = [re.sub(r"\x1b\[[0-9;]*m", "", line)[:4000] for line in output["traceback"]]
        return output


@contextlib.contextmanager
def _timed(seconds: float) -> Any:
    from autograde.asking.ask import TooLong

    def over(_signal: int, _frame: Any) -> None:
        raise TooLong(f"the cell was stopped after {seconds:g} seconds")

    signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
