"""Runs a student's notebooks inside the sandbox: the learner's cells in order, and the questions where they stand.

Started as ``python -I -B inside.py PACKAGE SCRATCH fork``. On stdin comes a message of ``wire`` with what all notebooks share, and then
one for each notebook, after the one before has ended. Frames (4 bytes of length, then a message) go to stdout; ``("done", code)``
ends the answer to each. A notebook runs in a fork of this process, which has imported what it needs; with ``alone`` in place of
``fork`` there is only one, and it runs in this process. All frames are read as the
work of a stranger, for the learner's code runs beside what sends them.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import gc
import importlib
import io
import os
import resource
import shutil
import signal
import struct
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

PATIENCE = 3.0
"""How many times longer than its processor time a cell may take by the clock."""
MANY = 20
"""Statements of one cell that are passed over because they cannot run here."""


def main(package: str, scratch: str, how: str) -> None:
    """Run every notebook that comes on stdin, until it is closed."""
    sys.path.insert(0, package)
    wire = importlib.import_module("autograde.asking.wire")
    pipe, tasks = os.dup(1), os.dup(0)
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)

    def send(*message: Any) -> None:
        frame = wire.pack(message)
        data = memoryview(struct.pack(">I", len(frame)) + frame)
        while data:
            data = data[os.write(pipe, data) :]

    shared = wire.unpack(_next(tasks))
    _prepare(Path(scratch), Path(package), shared["warm"])
    shell = importlib.import_module("autograde.asking.outputs").shell()
    gc.freeze()
    send("done", 0)
    while task := _next(tasks):
        pid = os.fork() if how == "fork" else 0
        if pid == 0:
            os.close(tasks)
            _notebook(wire.unpack(task), shared["files"], Path(scratch), shell, send)
        _, status = os.waitpid(pid, 0)
        _clear(Path(scratch))
        send("done", os.waitstatus_to_exitcode(status))


def _next(tasks: int) -> bytes:
    """The next message on a descriptor; empty at its end."""
    head = _read(tasks, 4)
    return _read(tasks, struct.unpack(">I", head)[0]) if head else b""


def _read(descriptor: int, length: int) -> bytes:
    data = bytearray()
    while len(data) < length and (part := os.read(descriptor, length - len(data))):
        data += part
    return bytes(data)


def _prepare(scratch: Path, package: Path, warm: tuple[str, ...]) -> None:
    """Make what all notebooks need: Matplotlib's list of fonts, and the modules ``warm``."""
    (scratch / "mpl").mkdir()
    for file in package.glob("fontlist*.json"):
        (scratch / "mpl" / file.name).write_bytes(file.read_bytes())
    for name in warm:
        importlib.import_module(name)
        WARM_UP.get(name, lambda module: None)(sys.modules[name])


def _formula(sympy: Any) -> None:
    """Use SymPy once: it imports much only then."""
    x = sympy.Symbol("x")
    expression = sympy.diff(x**2 * sympy.exp(x) / (1 + x), x)
    sympy.lambdify([x], expression, "numpy")(1.0)
    sympy.latex(sympy.simplify(expression))


def _figure(pyplot: Any) -> None:
    """Draw a figure, which reads fonts."""
    figure, axes = pyplot.subplots()
    axes.plot([0, 1], label="$x$")
    axes.legend()
    figure.savefig(io.BytesIO(), format="png")
    pyplot.close(figure)


WARM_UP: dict[str, Callable[[Any], None]] = {"sympy": _formula, "matplotlib.pyplot": _figure}
"""What is done with a module after it is imported, so that no notebook has to wait for it."""


def _clear(scratch: Path) -> None:
    """End what a notebook left running, and remove what it wrote. In a sandbox alone: there this process is the second."""
    if os.getpid() != 2:
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)
    for path in scratch.iterdir():
        if path.name != "mpl":
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() and not path.is_symlink() else path.unlink()


def _notebook(task: dict, files: dict[str, bytes], scratch: Path, shell: Any, send: Callable[..., None]) -> None:
    """Run one notebook, and end this process."""
    wire = importlib.import_module("autograde.asking.wire")
    _unpack_files(task["questions"], files, scratch)
    versions = {name: _joined(cells) for name, cells in task["versions"].items()}
    (scratch / "ask" / "versions").write_bytes(wire.pack(versions))
    _limit(task["limits"])
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    asking = importlib.import_module("autograde.asking.standin")
    kept = importlib.import_module("autograde.asking.outputs")
    missing: set[str] = set()
    builtins.input = _nobody
    for index, kind, text in task["cells"]:
        send("start", index)
        begun = time.process_time()
        outputs = kept.Outputs()
        if kind == "run":
            notes: list[str] = []
            with outputs, _timed(task["limits"]["cell"]):
                _run(shell, text, missing, notes)
            for note in notes:
                send("note", index, note)
            send("cell", index, time.process_time() - begun, outputs.packed())
            continue
        answers: list = []
        with outputs, _timed(task["limits"]["cell"]):
            answers = asking.answers(text, shell.user_ns, task["limits"]["call"])
        try:
            send("ask", index, time.process_time() - begun, outputs.packed(), text, answers)
        except wire.WireError as error:
            send("ask", index, time.process_time() - begun, b"[]", text, [_too_large(error)])
    send("end")
    os._exit(0)


def _joined(cells: tuple[str, ...]) -> str:
    """The cells of another notebook that are Python, as one text."""
    kept = []
    for cell in cells:
        text = "\n".join(line for line in cell.split("\n") if not line.startswith(("%", "!")))
        with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            ast.parse(text)
            kept.append(text)
    return "\n\n".join(kept)


def _nobody(prompt: Any = "") -> str:
    """What ``input`` gives: there is nobody to ask."""
    print(f"{prompt}(nobody is here to answer: an empty text)")
    return ""


def _run(shell: Any, text: str, missing: set[str], notes: list[str]) -> None:
    """Run a cell. A statement that cannot run on this machine is noted, and those after it run all the same.

    missing : names that such statements should have defined; a statement that fails for want of one is passed over, too.
    """
    importlib.invalidate_caches()
    result = shell.run_cell(text, store_history=True)
    for _ in range(MANY):
        error = result.error_in_exec
        if not isinstance(error, Exception) or text.lstrip().startswith("%%"):
            return
        try:
            body = ast.parse(shell.transform_cell(text)).body
        except SyntaxError:
            return
        line = _line(error)
        at = next((n for n, s in enumerate(body) if s.lineno <= line <= (s.end_lineno or s.lineno)), None)
        if at is None or not _foreign(body[at], error, missing):
            return
        parts = list(ast.walk(body[at]))
        missing |= {p.asname or p.name.split(".")[0] for p in parts if isinstance(p, ast.alias)}
        missing |= {p.id for p in parts if isinstance(p, ast.Name) and isinstance(p.ctx, ast.Store)}
        notes.append(
            f"`{ast.unparse(body[at]).splitlines()[0][:80]}` cannot run here: {type(error).__name__}: {error}"[:200]
        )
        text = ast.unparse(ast.Module(body[at + 1 :], []))
        if not text:
            return
        result = shell.run_cell(text)


def _line(error: Exception) -> int:
    """The line of the cell at which an error came up; 0 where it did not come from a cell's own line."""
    frames = [(f.f_code.co_name, f.f_code.co_filename, n) for f, n in traceback.walk_tb(error.__traceback__)]
    return next((n for name, file, n in frames if name.startswith("<") and "<ipython-input" in file), 0)


def _foreign(statement: ast.stmt, error: Exception, missing: set[str]) -> bool:
    """Whether a statement fails for what this machine has not: a package, a magic, a file."""
    if isinstance(error, NameError):
        return getattr(error, "name", None) in missing
    return isinstance(error, ImportError | OSError) or ast.unparse(statement).startswith("get_ipython()")


def _too_large(error: Exception) -> Any:
    ask = importlib.import_module("autograde.asking.ask")
    return ask.Answer(
        raised=ask.Raised("ValueError", f"the answer is too large or too deep to be handed over: {error}")
    )


def _unpack_files(questions: bytes, files: dict[str, bytes], scratch: Path) -> None:
    for folder in ("ask", "home", "work"):
        (scratch / folder).mkdir(exist_ok=True)
    (scratch / "ask" / "questions").write_bytes(questions)
    for name, data in files.items():
        file = scratch / "work" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    os.chdir(scratch / "work")
    sys.path.append(str(scratch / "work"))


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


@contextlib.contextmanager
def _timed(seconds: float) -> Any:
    """Stop what is done here after so many processor seconds, or ``PATIENCE`` times as many by the clock."""
    ask = importlib.import_module("autograde.asking.ask")

    def over(_signal: int, _frame: Any) -> None:
        raise ask.TooLong(f"the cell was stopped after {seconds:g} seconds")

    signal.signal(signal.SIGPROF, over)
    signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE * seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
