"""A class that no teacher deserves: honest, clumsy and hostile submissions of 1.2, each made by a function.

Each entry of ``CLASS`` is ``student -> Case``. What is destructive is bounded here as well as by the sandbox.
"""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
UNIT, NAME = "1-chain-rule", "1.2-forks-and-routes"
POINTS = {
    "along_route": 1,
    "dydx": 1,
    "slope_of_shared": 2,
    "all_routes": 2,
    "sum_over_routes": 2,
    "four_totals": 0,
    "reverse_sweep": 3,
    "count_routes": 2,
}
ALL = sum(POINTS.values())
AFTER_FIRST = 8
"""The place after the first check."""


@dataclass(frozen=True)
class Case:
    """``build(folder)`` writes a submission into the unit's folder; ``score`` is what it has earned."""

    build: Callable[[Path], None]
    score: float
    eye: str = ""


CLASS: dict[str, Case] = {}
PORT = [0]
"""Where a test listens for a sandbox that gets out."""


@cache
def _text(kind: str) -> str:
    return (ROOT / kind / UNIT / f"{NAME}.ipynb").read_text(encoding="utf-8")


class Notebook:
    """The released notebook, to be written into."""

    def __init__(self, *solved: str) -> None:
        self.data: dict[str, Any] = json.loads(_text("notebooks"))
        for name in POINTS if solved == ("all",) else solved:
            self[name]["source"] = _solution(name)

    @property
    def cells(self) -> list[dict]:
        return self.data["cells"]

    def light(self) -> Notebook:
        """The same without Matplotlib, and without SymPy where nothing is answered with it: most of a run's time."""
        answered = (c for c in self.cells if c["metadata"].get("nbgrader", {}).get("solution"))
        kept = ["numpy", "autograde"] + ["sympy"] * any("sp." in "".join(c["source"]) for c in answered)
        imports = "".join(self.cells[1]["source"]).splitlines()
        self.cells[1]["source"] = "\n".join(line for line in imports if any(k in line for k in kept))
        return self

    def __getitem__(self, grade_id: str) -> dict:
        return next(c for c in self.cells if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)

    def insert(self, at: int, source: str) -> Notebook:
        """A code cell; 2 is after the imports."""
        self.cells.insert(
            at, {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None}
        )
        return self

    def write(self, folder: Path, name: str = NAME) -> None:
        (folder / f"{name}.ipynb").write_text(json.dumps(self.data), encoding="utf-8")


def _solution(name: str) -> str:
    cells = json.loads(_text("solutions"))["cells"]
    return next("".join(c["source"]) for c in cells if c["metadata"].get("nbgrader", {}).get("grade_id") == name)


def case(score: float, eye: str = "", student: str = "") -> Callable:
    """Enter the function that builds a submission, under its own name or ``student``; it may return a notebook to write."""

    def enter(build: Callable[[Path], Notebook | None]) -> Callable:
        def write(folder: Path) -> None:
            notebook = build(folder)
            if notebook is not None:
                notebook.write(folder)

        CLASS[student or build.__name__] = Case(write, score, eye)
        return build

    return enter


def code(student: str, source: str, score: float = 0, eye: str = "", solved: tuple[str, ...] = (), at: int = 2) -> None:
    """Enter a submission with one more code cell."""
    case(score, eye, student)(lambda folder: Notebook(*solved).light().insert(at, source))


# Honest


@case(ALL)
def honest_all_right(folder):
    return Notebook("all")


@case(1 + 2 + 3)
def honest_partly_right(folder):
    notebook = Notebook("along_route", "all_routes", "reverse_sweep")
    notebook["dydx"]["source"] = 'x = sp.Symbol("x")\ndydx = 2 * x * sp.exp(x)'
    return notebook


@case(0)
def honest_untouched(folder):
    return Notebook()


@case(ALL)
def honest_in_own_words(folder):
    notebook = Notebook("all")
    notebook["along_route"]["source"] = (
        "along_route = np.prod\nalong_route.__name__\ndef along_route(local):\n    return np.prod(local)"
    )
    notebook["dydx"]["source"] = 'x = sp.symbols("x")\ndydx = sp.diff(x**2 * sp.exp(x), x)'
    notebook["why_routes_add"]["source"] = "Because nudges add. ☃ <script>alert(1)</script>"
    return notebook


@case(ALL - 1)
def honest_with_a_syntax_error(folder):
    notebook = Notebook("all")
    notebook["dydx"]["source"] = "dydx = 2 * x *"
    return notebook


@case(ALL)
def honest_with_warnings_threads_and_leftovers(folder):
    return Notebook("all").insert(
        2,
        "import warnings, sys, threading, time, subprocess\nwarnings.warn('careful')\nprint('noise', file=sys.stderr)\n"
        "threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()\n"
        "subprocess.Popen(['sleep', '3600.125'])\n%matplotlib inline\n!echo a shell works",
    )


@case(ALL)
def honest_who_leaves(folder):
    return (
        Notebook("all")
        .insert(2, "exit()")
        .insert(3, "quit()")
        .insert(4, "import sys; sys.exit(0)")
        .insert(5, "raise KeyboardInterrupt")
    )


@case(ALL)
def honest_who_asks(folder):
    return Notebook("all").insert(2, "name = input('Your name? ')")


# Clumsy


@case(ALL)
def clumsy_without_check_cells(folder):
    notebook = Notebook("all")
    notebook.data["cells"] = [
        c for c in notebook.cells if not c["metadata"].get("nbgrader", {}).get("grade_id", "").startswith("check-")
    ]
    return notebook


@case(ALL)
def clumsy_with_doubled_check_cells(folder):
    notebook = Notebook("all")
    for grade_id in ("check-dydx", "check-reverse_sweep"):
        notebook.cells.insert(0, copy.deepcopy(notebook[grade_id]))
        notebook.cells.append(copy.deepcopy(notebook[grade_id]))
    return notebook


@case(ALL)
def clumsy_with_edited_check_cells(folder):
    notebook = Notebook("all")
    notebook["check-dydx"]["source"] = "check(dydx=dydx)\nhint('dydx')\n1/0"
    notebook["check-along_route"]["cell_type"] = "markdown"
    return notebook


@case(ALL)
def clumsy_schema_version_1(folder):
    notebook = Notebook("all")
    for cell in notebook.cells:
        if "nbgrader" in cell["metadata"]:
            cell["metadata"]["nbgrader"]["schema_version"] = 1
    return notebook


@case(ALL)
def clumsy_schema_version_99(folder):
    notebook = Notebook("all")
    for cell in notebook.cells:
        if "nbgrader" in cell["metadata"]:
            cell["metadata"]["nbgrader"] = {
                "schema_version": 99,
                "grade_id": cell["metadata"]["nbgrader"]["grade_id"],
                "points": 1e9,
            }
    return notebook


@case(ALL)
def clumsy_metadata_lost(folder):
    notebook = Notebook("all")
    for cell in notebook.cells:
        cell["metadata"] = {}
    return notebook


@case(ALL)
def clumsy_same_ids_everywhere(folder):
    notebook = Notebook("all")
    for cell in notebook.cells:
        cell["id"] = "same"
    return notebook


@case(ALL, "found as")
def clumsy_renamed(folder):
    Notebook("all").write(folder, f"{NAME} (1) final")


@case(ALL, "a.ipynb")
def clumsy_renamed_twice(folder):
    Notebook("all").write(folder, "a")
    Notebook().write(folder, "b")


@case(0, "holds nothing|none of its files")
def clumsy_missing(folder):
    (folder / "notes.txt").write_text("sorry")


@case(0, "not a notebook")
def clumsy_corrupt(folder):
    (folder / f"{NAME}.ipynb").write_text(_text("solutions")[:-100])


@case(0, "empty")
def clumsy_empty_file(folder):
    (folder / f"{NAME}.ipynb").write_bytes(b"")


@case(0, "not a notebook")
def clumsy_a_picture(folder):
    (folder / f"{NAME}.ipynb").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))


@case(0, "before 2015")
def clumsy_old_format(folder):
    (folder / f"{NAME}.ipynb").write_text('{"nbformat": 3, "worksheets": [{"cells": []}]}')


@case(0, "no list of cells")
def clumsy_a_list(folder):
    (folder / f"{NAME}.ipynb").write_text("[1, 2]")


@case(0)
def clumsy_strange_cells(folder):
    cells = [
        None,
        1,
        "x",
        [],
        {},
        {"cell_type": 3, "source": 4},
        {"cell_type": "code", "source": ["print(1)\n", 2], "metadata": []},
    ]
    (folder / f"{NAME}.ipynb").write_text(json.dumps({"cells": cells, "metadata": [], "nbformat": "four"}))


@case(ALL)
def clumsy_heavy_outputs(folder):
    notebook = Notebook("all")
    notebook.cells[1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * 5_000_000}]
    return notebook


for odd in (
    "ünïcödé ☃",
    "-rf",
    "..dots",
    "a b",
    "Robert'); DROP TABLE student;--",
    "quote\"'`$(id)",
    "new\nline",
    "n" * 200,
    "漢" * 85,
):
    case(1, "recorded as" if odd in ("new\nline", "n" * 200, "漢" * 85) else "", odd)(
        lambda folder: Notebook("along_route").light()
    )
case(1, "recorded as", os.fsdecode(b"bytes-\xff\xfe"))(lambda folder: Notebook("along_route").light())

# Hostile: time, memory, processes

code("loop_in_a_cell", "while True:\n    pass", ALL, solved=("all",))
code("loop_that_prints", "while True:\n    print('x' * 1000)", ALL, solved=("all",))
code(
    "loop_ignores_alarms",
    "import signal\nfor s in (signal.SIGALRM, signal.SIGPROF):\n    signal.signal(s, signal.SIG_IGN)\nwhile True:\n    pass",
    0,
    "did not stop",
    ("all",),
)
code(
    "loop_swallows_all",
    "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass",
    1,
    "did not stop",
    ("all",),
    at=AFTER_FIRST,
)


@case(ALL - 1)
def loop_in_an_answer(folder):
    notebook = Notebook("all")
    notebook["along_route"]["source"] = "def along_route(local):\n    while True:\n        pass"
    return notebook


code("leaves_by_os_exit", "import os\nos._exit(0)", 1, "ended", ("all",), at=AFTER_FIRST)
code("kills_itself", "import os\nos.kill(os.getpid(), 9)", 1, "signal 9", ("all",), at=AFTER_FIRST)
code(
    "kills_everyone",
    "import os\nfor p in (1, -1):\n    try:\n        os.kill(p, 9)\n    except OSError as e:\n        print(e)",
    ALL,
    solved=("all",),
)
code("breaks_the_stack", "import ctypes\nctypes.string_at(0)", 0, "signal", ("all",))
code("eats_memory", "kept = []\nwhile True:\n    kept.append(bytearray(50_000_000))", 0, ".*")
code(
    "eats_memory_in_children",
    "import os, time\nfor n in range(12):\n    if os.fork() == 0:\n        kept = bytearray(150_000_000)\n        time.sleep(20)\n"
    "        os._exit(0)\ntime.sleep(20)",
    0,
    "MB of memory",
)
code(
    "fork_bomb",
    "import os, time\nborn = 0\nwhile born < 200:\n    if os.fork() == 0:\n        time.sleep(20)\n        os._exit(0)\n    born += 1\ntime.sleep(20)",
    1,
    "MB of memory|processes|did not stop",
    ("all",),
    at=AFTER_FIRST,
)
code(
    "fills_the_disk",
    "import os\nn = 0\nwhile n < 300:\n    with open(f'{n}.bin', 'wb') as file:\n        file.write(bytes(2**20))\n    n += 1",
    ALL,
    "No space left",
    solved=("all",),
)
code(
    "one_huge_file",
    "with open('big', 'wb') as f:\n    for n in range(200):\n        f.write(bytes(2**20))",
    ALL,
    "File too large",
    solved=("all",),
)

# Hostile: what comes out

code(
    "floods_the_pipe",
    "import os\nfor n in range(400):\n    for fd in range(3, 30):\n        try:\n            os.write(fd, b'x' * 60_000)\n        except OSError:\n            pass",
    0,
    "put out more|not what goes in|ended",
)
code(
    "forges_frames",
    "import os, struct, pickle, sys\nfrom autograde.asking import wire\n"
    "def send(data):\n    for fd in range(3, 30):\n        try:\n            os.write(fd, struct.pack('>I', len(data)) + data)\n        except OSError:\n            pass\n"
    "class Evil:\n    def __reduce__(self):\n        return (exec, ('raise SystemExit(77)',))\n"
    "send(pickle.dumps(Evil()))\nsend(b'')\nsend(wire.pack(('ask', 5, 0.0, b'[]', 'along_route', ['right'])))\n"
    "send(wire.pack(('ask', 5, 0.0, b'[]', 'along_route', [wire.Answer(float('nan'))] * 30)))\n"
    "send(wire.pack(('verdict', {'score': 13})))\nsend(wire.pack(('ask', 10**30, 0.0, b'[]', 'nothing', [])))\nsend(wire.pack(('end',)))\nos._exit(0)",
    0,
    "not what goes in",
)


FRAME = """
import os, struct
from autograde.asking import wire
def send(frame):
    data = memoryview(struct.pack('>I', len(frame)) + frame)
    while data:
        data = data[os.write(3, data):]
def text(said):
    return wire.MAGIC + struct.pack('>I', len(said)) + said.encode()
"""
code(
    "sends_keys_that_collide",
    FRAME
    + "m = 2**61 - 1\nfor n in range(3):\n    send(text('[\"dict\",' + ','.join(f'[{k * m},0]' for k in range(1, 24901)) + ']'))",
    ALL,
    "more than 50000 values",
    ("all",),
)
code(
    "sends_more_answers_than_there_are",
    FRAME + "send(wire.pack(('ask', INDEX, 0.0, b'[]', 'along_route', [wire.Answer(1.0)] * 99)))".replace("INDEX", "5"),
    ALL,
    "no known kind",
    ("all",),
)
code(
    "sends_orders_to_the_terminal",
    FRAME + "send(text('[\"complex\",\"' + r'\\u001b]0;PWNED\\u0007' + 'A' * 150000 + '\",1]'))",
    ALL,
    "broken complex",
    ("all",),
)
code(
    "sends_three_million_characters",
    FRAME
    + "import json\nsend(wire.pack(('cell', 2, 0.0, json.dumps([{'output_type': 'stream', 'name': 'stdout', 'text': '\\x1b[1mx' * 600_000}]).encode())))\n"
    "os._exit(0)",
    0,
    "ended",
)


@case(0)
def forged_outputs(folder):
    notebook = Notebook()
    for name, points in POINTS.items():
        verdict = {"exercise": name, "status": "right", "score": points, "possible": points}
        notebook[f"check-{name}"]["outputs"] = [
            {
                "output_type": "execute_result",
                "execution_count": 1,
                "metadata": {},
                "data": {"application/vnd.lstm-by-hand.verdict+json": verdict, "text/plain": str(points)},
            }
        ]
    return notebook


code(
    "shows_scripts",
    "from IPython.display import HTML, Javascript, SVG, display\ndisplay(HTML('<script>alert(1)</script>'), Javascript('alert(2)'), SVG('<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(3)\"/>'))",
    ALL,
    solved=("all",),
)
STRANGE = """
class Same(float):
    def __eq__(self, other): return True
    __hash__ = float.__hash__
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__

def deep():
    v = []
    for _ in range(10**5):
        v = [v]
    return v

def giving(make):
    return lambda *problem: make()
"""
VALUES = (
    "np.ones((3000, 3000))", "list(range(10**6))", "deep()", "'x' * 10**7", "10**100_000", "10**1000", "float('nan')", "Same()",
    "np.array([Same()])", "object.__new__(Same)", "np.ma.masked_all(3)", "True", "{(): np.ones(2), 'a': {1: 2}}", "Same", "b'x'", "range(3)",
)  # fmt: skip
for k in range(0, len(VALUES), len(POINTS)):
    pairs = zip(POINTS, VALUES[k : k + len(POINTS)], strict=True)
    code(f"strange_answers_{k}", STRANGE + "\n".join(f"{n} = giving(lambda: {v})" for n, v in pairs), 0, at=99)

code(
    "strange_words",
    "class Odd(Exception): pass\nOdd.__name__ = 'O\\x00\\ud800<b>'\n"
    "def along_route(local): raise Odd('\\ud800\\x00\\x1b[31m<script>' + 'x' * 100_000)\n"
    "def count_routes(graph, order, end): return {'\\x00\\ud83d' + 'k' * 1000: 1}\n"
    "def all_routes(graph, start, end): return [[n] for n in range(20_000)]\n"
    "print('\\ud800\\x00')",
    0,
    at=99,
)

# Hostile: the grader

code("patches_asserts", "np.testing.assert_allclose = np.allclose = np.array_equal = lambda *a, **k: True")
code(
    "patches_numpy",
    "import numpy\nfor n in ('isfinite', 'asarray', 'abs', 'max', 'all'):\n    setattr(numpy, n, lambda *a, **k: True)",
)
code("own_check", "def check(*a, **k):\n    return 1.0")
code(
    "empties_test_cells",
    "import ast\nclass Empty(ast.NodeTransformer):\n    def visit_Expr(self, node):\n        return ast.Pass()\n"
    "get_ipython().ast_transformers.append(Empty())\nget_ipython().input_transformers_cleanup.append(lambda lines: ['pass\\n'])",
)
code(
    "replaces_asking",
    "import autograde.asking.ask as a\na.ask = lambda *k, **n: [a.Answer(1.0)] * 3\na.identical = lambda *k: True",
)
code(
    "imports_the_reference",
    "import importlib, sys\nfor m in ('lstm_ref', 'autograde.bank', 'autograde.judge', 'autograde.bank.n1_2_forks_and_routes', 'autograde.exercise', 'course'):\n"
    "    try:\n        importlib.import_module(m)\n        print('FOUND', m)\n    except ImportError:\n        pass\n"
    "import os\nfor top in sys.path + ['/usr/lib', '/tmp', '/ask', '/root', '/home', '/work', '/opt', '/var', '/srv']:\n    for at, folders, files in os.walk(top):\n"
    "        if at.count('/') > 9:\n            folders.clear()\n        for f in files:\n            if f.startswith(('n1_2', 'judge.', 'mistakes.')) or 'lstm_by_hand' in f and os.path.getsize(os.path.join(at, f)):\n                print('FOUND', at, f)",
)
code(
    "reads_the_graders_secrets",
    "import glob\nfor p in glob.glob('/proc/[0-9]*/environ') + glob.glob('/proc/[0-9]*/cmdline') + ['/etc/shadow', '/etc/passwd']:\n"
    "    try:\n        print(p, open(p, 'rb').read())\n    except OSError as e:\n        print(p, e.strerror)",
)
code(
    "becomes_root",
    "import os, ctypes, subprocess\nlibc = ctypes.CDLL(None, use_errno=True)\nprint('UNSHARE', [libc.unshare(f) for f in (0x10000000, 0x00020000, 0x40000000)])\n"
    "print('MOUNT', libc.mount(b'tmpfs', b'/usr', b'tmpfs', 0, None))\n"
    "for f in (os.setuid, os.setgid):\n    try:\n        f(0)\n        print('BECAME ROOT' if os.access('/usr/bin', os.W_OK) else 'no')\n    except OSError as e:\n        print(e.strerror)\n"
    "for p in ('/proc/sys/kernel/core_pattern', '/usr/bin/x', '/x', '/dev/x', '/ask/x', '/etc/x', '/proc/sysrq-trigger'):\n"
    "    try:\n        open(p, 'w')\n        print('WROTE', p)\n    except OSError as e:\n        print(p, e.strerror)",
)


@case(0)
def calls_home(folder):
    return Notebook().insert(
        2,
        f"import socket\nfor host in ('127.0.0.1', '10.0.0.1', '\\0abstract'):\n    try:\n"
        f"        s = socket.create_connection((host, {PORT[0]}), 1)\n        s.send(b'hello')\n        print('GOT OUT')\n"
        "    except (OSError, ValueError) as e:\n        print(e)",
    )


@case(0)
def writes_to_the_gradebook(folder):
    root = folder.parents[3]
    return Notebook().insert(
        2,
        f"import glob, os, sqlite3\nfor root in ({str(root)!r}, '..', '../..', '/'):\n"
        "    for p in [root + '/class/gradebook.db', root + '/gradebook.db']:\n        try:\n"
        "            db = sqlite3.connect(p)\n            db.execute('update grade set manual_score = 99')\n            print('WROTE', p)\n"
        "        except Exception as e:\n            print(p, e)\n"
        f"for p in ({str(root.parent / 'outside' / 'file')!r}, {str(folder / 'new')!r}):\n    try:\n        open(p, 'w').write('gone')\n"
        "    except OSError as e:\n        print(e)",
    )


@case(0)
def reads_a_classmate(folder):
    return Notebook().insert(
        2,
        f"import json, glob\nfor p in glob.glob({str(folder.parents[1])!r} + '/*/*/*.ipynb') + glob.glob('../../*/*/*.ipynb'):\n"
        "    for c in json.load(open(p))['cells']:\n        if c['cell_type'] == 'code':\n            exec(''.join(c['source']))",
    )


# Hostile: files


@case(ALL)
def brings_own_numpy(folder):
    for name in ("numpy.py", "sympy.py", "autograde.py", "sitecustomize.py", "IPython.py", "matplotlib.py"):
        (folder / name).write_text("raise SystemExit('mine')")
    (folder / "ipython_config.py").write_text("1/0")
    return Notebook("all")


@case(0, "link")
def links_to_a_classmate(folder):
    (folder / f"{NAME}.ipynb").symlink_to(folder.parents[1] / "honest_all_right" / UNIT / f"{NAME}.ipynb")


@case(0, "link")
def links_the_whole_folder(folder):
    folder.rmdir()
    folder.symlink_to(folder.parents[1] / "honest_all_right" / UNIT)


@case(0, "link")
def links_to_itself(folder):
    (folder / f"{NAME}.ipynb").symlink_to(folder / f"{NAME}.ipynb")


@case(0, "not a file")
def a_pipe(folder):
    os.mkfifo(folder / f"{NAME}.ipynb")


@case(0, "holds nothing")
def a_folder(folder):
    (folder / f"{NAME}.ipynb").mkdir()


@case(0, "not a folder")
def a_file_for_a_folder(folder):
    folder.rmdir()
    folder.write_text("x")


@case(0, "MB")
def a_huge_file(folder):
    with open(folder / f"{NAME}.ipynb", "wb") as file:
        file.truncate(100 * 2**20)


@case(0, "characters")
def a_huge_cell(folder):
    return Notebook("all").insert(2, "#" * 3_000_000)


@case(0, "cells")
def too_many_cells(folder):
    notebook = Notebook("all")
    notebook.data["cells"] += [{"cell_type": "code", "source": "1", "metadata": {}}] * 5000
    return notebook


@case(0, "not a notebook")
def nested_json(folder):
    (folder / f"{NAME}.ipynb").write_text("[" * 500_000)


@case(ALL, "own repository")
def a_timestamp_of_ones_own(folder):
    (folder.parent / ".git").mkdir()
    (folder / "timestamp.txt").write_text("2020-01-01 00:00:00 UTC")
    return Notebook("all")


@case(ALL, "unknown")
def a_poisoned_timestamp(folder):
    (folder / "timestamp.txt").write_text("9" * 90)
    return Notebook("all")


def place(submitted: Path, students: list[str] | None = None) -> None:
    """Write the class, or some of it, below ``submitted``."""
    for student in students or CLASS:
        folder = submitted / student / UNIT
        folder.mkdir(parents=True)
        CLASS[student].build(folder)
