"""What cells print and show inside the sandbox, as the outputs of a notebook."""

from __future__ import annotations

import io
import json
import re
import sys
from typing import Any

PRINTED = 100_000
"""Characters that a cell may print and that are kept, for stdout and for stderr."""
SHOWN = 500_000
"""Characters of one rich output that are kept."""
PER_CELL = 60
"""Outputs of one cell that are kept."""


def shell() -> Any:
    """IPython's shell, whose displays go to ``Outputs.current``."""
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets import Type
    from traitlets.config import Config

    class Publisher(DisplayPublisher):
        def publish(self, data: dict, metadata: dict | None = None, **more: Any) -> None:
            Outputs.current.add({"output_type": "display_data", "data": data, "metadata": metadata or {}})

        def clear_output(self, wait: bool = False) -> None:
            Outputs.current.clear()

    class Hook(DisplayHook):
        def write_output_prompt(self) -> None:
            pass

        def write_format_data(self, format_dict: dict, md_dict: dict | None = None) -> None:
            Outputs.current.add({"output_type": "execute_result", "data": format_dict, "metadata": md_dict or {}})

        def finish_displayhook(self) -> None:
            pass

    class Shell(InteractiveShell):
        display_pub_class = Type(Publisher)
        displayhook_class = Type(Hook)

        def _showtraceback(self, etype: type, evalue: BaseException, stb: Any) -> None:
            lines = [str(line) for line in stb][-30:] if isinstance(stb, list) else [str(stb)]
            name = getattr(etype, "__name__", str(etype))
            Outputs.current.add({"output_type": "error", "ename": name, "evalue": _said(evalue), "traceback": lines})

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
        self.name, self.left = name, PRINTED
        self.kept: list[str] = []

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


class Outputs:
    """What a cell shows, as the outputs of a notebook."""

    current: Outputs

    def __init__(self) -> None:
        self.items: list[dict] = []
        self.streams = [_Stream("stdout"), _Stream("stderr")]

    def __enter__(self) -> Outputs:
        Outputs.current = self
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
