"""What the sandbox promises, one promise at a time."""

import contextlib
import json
import os
import re
import struct
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from autograde.asking import wire
from autograde.classroom.sandbox import box, bwrap
from autograde.classroom.sandbox import run as sandbox
from autograde.classroom.sandbox.box import Limits, NoSandbox
from autograde.classroom.sandbox.run import run

LIMITS = Limits(cell=10, notebook=30, memory=4 * 2**30)


def printed(*cells: str, limits: Limits = LIMITS, sandboxed: bool = True, files: dict | None = None) -> tuple[str, str]:
    """What the cells print, and why they were stopped."""
    asked = [(n, "run", source) for n, source in enumerate(cells)]
    task = wire.pack({"cells": asked, "questions": wire.pack({}), "versions": {}, "limits": asdict(limits)})
    setup = wire.pack({"warm": (), "files": files or {}})
    stream, stopped, _, _ = wire.unpack(run(setup, [task], limits, sandboxed)[0])
    return said(stream), stopped


def frames(stream: bytes) -> list[tuple]:
    """The messages of a stream, up to what is none."""
    found, at = [], 0
    while at < len(stream):
        (length,) = struct.unpack_from(">I", stream, at)
        if length == 0:
            break
        found.append(wire.unpack(stream[at + 4 : at + 4 + length]))
        at += 4 + length
    return found


def said(stream: bytes) -> str:
    """What cells printed, and what errors said."""
    outputs = [o for f in frames(stream) if f[0] == "cell" for o in json.loads(f[3])]
    return "".join(o.get("text", o.get("evalue", "")) for o in outputs)


@pytest.mark.needs("bwrap")
def test_processes_are_counted():
    bomb = "import os, time\nborn = 0\ntry:\n    while born < 200:\n        if os.fork() == 0:\n            time.sleep(3)\n            os._exit(0)\n"
    text, stopped = printed(
        bomb + "        born += 1\nexcept OSError:\n    print(born)", limits=replace(LIMITS, processes=20)
    )
    assert not stopped and 10 < int(text) < 20


@pytest.mark.needs("bwrap")
def test_memory_of_all_processes_is_counted():
    eat = "import os, time\nfor n in range(6):\n    if os.fork() == 0:\n        x = bytearray(100_000_000)\n        time.sleep(9)\ntime.sleep(9)"
    assert "MB of memory" in printed(eat, limits=replace(LIMITS, memory=400 * 2**20))[1]


@pytest.mark.needs("bwrap")
def test_memory_of_nobody_cannot_be_made():
    """A process could let go of it, and it would be counted nowhere."""
    text, _ = printed(
        "import fcntl, mmap, os\nmmap.mmap(-1, 8192)",
        "mmap.mmap(-1, 8192, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).write(b'own')\nprint(' own')",
        "mmap.mmap(os.open('/dev/zero', os.O_RDWR), 8192)",
        "fcntl.fcntl(os.pipe()[0], fcntl.F_SETPIPE_SZ, 2**20)",
        "fcntl.lockf(open('/tmp/a', 'w'), fcntl.LOCK_EX, 1, 0)",  # a million of them hang on one file
        "import socket\na, b = socket.socketpair()\na.bind('/tmp/b')",  # what waits to be accepted has no descriptor
        "a.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, bytes(4))])",  # a descriptor on its way is nobody's
    )
    assert text.count("Function not implemented") == 5 and "No such device" in text and " own" in text


@pytest.mark.needs("bwrap")
@pytest.mark.parametrize(
    "make, said",
    [
        ("held = [socket.socketpair() for n in range(30)]", "files, pipes and sockets open"),
        ("held = [os.pipe() for n in range(30)]", "files, pipes and sockets open"),
        ("[open(f'/tmp/{os.getpid()}-{n}', 'w').close() for n in range(2000)]", "files"),
    ],
)
def test_what_the_kernel_keeps_is_counted(make, said):
    code = f"import os, socket, time\nfor n in range(5):\n    if os.fork() == 0:\n        {make}\n        time.sleep(20)\n        os._exit(0)\ntime.sleep(20)"
    assert said in printed(code, limits=replace(LIMITS, descriptors=200, files=5000))[1]


@pytest.mark.needs("bwrap")
def test_a_sandbox_has_one_processor_and_no_way_to_another():
    text, _ = printed(
        "import os\nprint(len(os.sched_getaffinity(0)))",
        "os.sched_setaffinity(0, range(64))",
        "if os.fork() == 0:\n    os.setsid()\n    os._exit(len(os.sched_getaffinity(0)))\nprint(os.waitstatus_to_exitcode(os.wait()[1]))",
    )
    assert text == "1\n[Errno 38] Function not implemented1\n"


@pytest.mark.needs("bwrap")
def test_it_dies_with_the_grader(tmp_path):
    code = "from test_sandbox import *\nprint('on', flush=True)\nprinted('import subprocess; subprocess.run([\"sleep\", \"3600.5\"])')"
    env = os.environ | {"PYTHONPATH": f"{Path(__file__).parent}:{Path(__file__).parents[2]}"}

    def asleep() -> bool:
        return "sleep 3600.5" in subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout

    with subprocess.Popen([sys.executable, "-c", code], env=env, cwd=tmp_path) as grader:
        for _ in range(200):
            if asleep():
                break
            time.sleep(0.1)
        assert asleep()
        grader.kill()
    time.sleep(1)
    assert not asleep()


DOORS = """
import ctypes, os, threading, subprocess, asyncio, socket
libc = ctypes.CDLL(None, use_errno=True)
opened = [name for name, *arguments in (
    ("memfd_create", b"x", 0), ("shmget", 0, 4096, 0o1600), ("semget", 0, 9, 0o1600), ("msgget", 0, 0o1600),
    ("mq_open", b"/x", 0o102, 0o600, None), ("inotify_init",), ("fanotify_init", 0, 0), ("timer_create", 0, None, libc.time),
    ("unshare", 0x10000000), ("unshare", 0x20000), ("setns", 0, 0), ("ptrace", 16, 1, 0, 0), ("personality", 8),
    ("process_vm_readv", 1, 0, 0, 0, 0, 0), ("vmsplice", 1, 0, 0, 0), ("mount", b"a", b"b", b"c", 0, 0), ("chroot", b"/"),
    ("setxattr", b"/tmp", b"user.x", b"x", 1, 0), ("syscall", CLONE, 0x10000011, 0, 0, 0, 0), ("syscall", 425, 8, 0),
    ("syscall", 435, 0, 0), ("syscall", 0x40000000 + 39),
) if getattr(libc, name)(*arguments) != -1]
print(opened)
families = []
for family in range(1, 46):
    try:
        socket.socket(family, socket.SOCK_STREAM).close()
        families.append(family)
    except OSError:
        pass
print(families)
t = threading.Thread(target=print, args=("thread",))
t.start()
t.join()
print(subprocess.run(["/bin/echo", "child"], capture_output=True).stdout)

async def f():
    return "loop"
await f()
"""


@pytest.mark.needs("bwrap")
def test_doors_into_the_kernel_are_shut():
    text, stopped = printed(DOORS.replace("CLONE", "56" if os.uname().machine == "x86_64" else "220"))
    assert not stopped and text.split("\n")[:4] == ["[]", "[]", "thread", "b'child\\n'"]


@pytest.mark.needs("bwrap")
def test_its_first_process_is_not_the_last_wall():
    """A notebook may do to the first process of its namespace what it can: that has a parent in a namespace of its own."""
    text, _ = printed("print(open('/proc/self/status').read(), open('/proc/1/comm').read())")
    assert "\nNSpid:\t" in text and "bwrap" in text
    lines = "import os, time\nprint('ready')\nopen('/tmp/mark-3600.75', 'w')\ntime.sleep(1)"
    levels = []

    class Watched(box.Look):
        def now(self):
            for pid in self._all():
                with contextlib.suppress(OSError):
                    levels.append(len(re.search(r"NSpid:(.*)", Path(f"/proc/{pid}/status").read_text())[1].split()))
            return super().now()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(box, "Look", Watched)
        printed(lines)
    own = len(re.search(r"NSpid:(.*)", Path("/proc/self/status").read_text())[1].split())
    assert max(levels) == own + 2


@pytest.mark.needs("bwrap")
def test_packages_that_differentiate_are_not_there():
    names = "numpy sympy matplotlib autograd torch jax tensorflow nbgrader pytest".split()
    text, _ = printed(f"import importlib.util\nprint([n for n in {names} if importlib.util.find_spec(n)])")
    assert text == "['numpy', 'sympy', 'matplotlib']\n"


def results(*notebooks: list[str], limits: Limits = LIMITS, sandboxed: bool = True) -> list[tuple[str, str]]:
    """What each notebook of a student printed, and why it was stopped."""
    tasks = [
        wire.pack(
            {
                "cells": [(n, "run", c) for n, c in enumerate(cells)],
                "questions": wire.pack({}),
                "versions": {},
                "limits": asdict(limits),
            }
        )
        for cells in notebooks
    ]
    found = [wire.unpack(r) for r in run(wire.pack({"warm": ("numpy",), "files": {}}), tasks, limits, sandboxed)]
    return [(said(stream), stopped) for stream, stopped, _, _ in found]


@pytest.mark.needs("bwrap")
def test_a_students_notebooks_share_a_sandbox_and_nothing_else():
    leave = "import os, subprocess, sys, numpy\nnumpy.mark = 1\nopen('left', 'w'), open('/tmp/left', 'w')\nsubprocess.Popen(['sleep', '60'])\nprint(os.getppid())"
    look = "import os, sys, numpy\nprint(os.getppid(), hasattr(numpy, 'mark'), os.listdir('.'), sorted(os.listdir('/tmp')))\nprint([p for p in os.listdir('/proc') if p.isdigit() and 'sleep' in open(f'/proc/{p}/comm').read()])"
    assert results([leave], [look]) == [("2\n", ""), ("2 False [] ['ask', 'home', 'mpl', 'work']\n[]\n", "")]


@pytest.mark.parametrize("sandboxed", [pytest.param(True, marks=pytest.mark.needs("bwrap")), False])
@pytest.mark.parametrize(
    "end, why",
    [
        ("import os; os._exit(3)", "ended with code 3"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "signal 9"),
        (
            "import signal\nfor s in (27, 14): signal.signal(s, signal.SIG_IGN)\nwhile True: pass",
            "did not stop after 1 seconds",
        ),
    ],
)
def test_after_one_that_ends_badly_the_next_one_runs(end, why, sandboxed):
    limits = replace(LIMITS, cell=1)
    first, (text, stopped) = results([end], ["print('next')"], limits=limits, sandboxed=sandboxed)
    assert why in first[1] and (text, stopped) == ("next\n", "")


@pytest.mark.needs("bwrap")
def test_one_that_ends_all_others_but_itself_runs_on():
    kill = "import os, signal\ntry:\n    os.kill(-1, signal.SIGKILL)\nexcept OSError:\n    print('alone')"
    assert results(["print('before')"], [kill], ["print('next')"]) == [
        ("before\n", ""),
        ("alone\n", ""),
        ("next\n", ""),
    ]


@pytest.mark.needs("bwrap")
def test_a_cell_that_waits_is_stopped_by_the_clock():
    text, stopped = printed("import time\ntime.sleep(60)", "print('next')", limits=replace(LIMITS, cell=0.5))
    assert "stopped after 0.5 seconds" in text and text.endswith("next\n") and not stopped


@pytest.mark.needs("bwrap")
def test_a_call_is_given_processor_time():
    """Waiting for a processor is not the answer's fault, so twice its time by the clock is none too long."""
    problems = [{"x": 1.0}]
    questions = {n: {"kind": "function", "outputs": (), "problems": problems} for n in ("waits", "works")}
    source = "import time\ndef waits(x):\n    time.sleep(0.6)\n    return x\ndef works(x):\n    while True: pass"
    cells = [(0, "run", source), (1, "ask", "waits"), (2, "ask", "works")]
    limits = replace(LIMITS, call=0.3)
    task = wire.pack({"cells": cells, "questions": wire.pack(questions), "versions": {}, "limits": asdict(limits)})
    stream = wire.unpack(run(wire.pack({"warm": (), "files": {}}), [task], limits)[0])[0]
    answers = {f[4]: f[5] for f in frames(stream) if f[0] == "ask"}
    assert answers["waits"][0].value == 1.0 and answers["works"][0].raised.type == "TooLong"


@pytest.mark.needs("bwrap")
def test_files_are_limited():
    text, stopped = printed("import os\nopen('a', 'wb').write(bytes(9 * 2**20))", limits=replace(LIMITS, file=2**20))
    assert "too large" in text and not stopped
    text, stopped = printed(
        "for n in range(9):\n    open(str(n), 'wb').write(bytes(2**20))", limits=replace(LIMITS, scratch=4 * 2**20)
    )
    assert "No space left" in text and not stopped


@pytest.mark.needs("bwrap")
def test_output_is_limited():
    flood = "import os\nos.write(3, bytes(4))\nwhile True:\n    os.write(3, {} + bytes(59_996))"
    assert "put out more" in printed(flood.format(bytes([0, 0, 0xEA, 0x5C])), limits=replace(LIMITS, output=2**20))[1]
    assert "messages" in printed(flood.format(bytes(4)))[1]  # each of them empty, and all of them to be read


@pytest.mark.needs("bwrap")
def test_it_sees_a_system_and_nothing_of_ours():
    look = "import os\nprint(sorted(os.listdir('/')))\nprint([p for p in PLACES if os.path.exists(p)])\nprint(open('/proc/self/status').read())"
    root = Path(__file__).parents[2]
    places = [
        root / "course",
        root / "lstm_ref",
        root / "autograde" / "bank",
        root / "pyproject.toml",
        Path.home() / ".bashrc",
        "/etc/passwd",
        "/var",
        "/home",
    ]
    text, _ = printed(f"PLACES = {[str(p) for p in places]}\n" + look)
    assert "\n[]\n" in text and "CapEff:\t0000000000000000" in text and "NoNewPrivs:\t1" in text and "'proc'" in text


@pytest.mark.needs("bwrap")
def test_package_has_the_asking_half_alone():
    text, _ = printed(
        "import autograde, os, sys\nfrom autograde import check, given, hint, progress\nprint(sorted(os.listdir(autograde.__path__[0])))\n"
        "print(check(print), hint('x'), progress(), 'lstm_ref' in sys.modules)\nimport lstm_ref"
    )
    assert "['__init__.py', 'asking']" in text
    assert "judged outside" in text and text.endswith("False\nNo module named 'lstm_ref'")


@pytest.mark.needs("bwrap")
def test_data_of_the_release_is_there():
    assert printed("print(open('data/alice.txt').read())", files={"data/alice.txt": b"Down"}) == ("Down\n", "")


@pytest.mark.needs("bwrap")
@pytest.mark.skipif(os.geteuid() != 0, reason="the tests already run as an ordinary user")
def test_an_ordinary_user_has_it_too():
    view = ["bwrap", "--dev-bind", "/", "/", "--perms", "0755", "--tmpfs", str(Path.home())]
    if Path(sys.base_prefix).is_relative_to(Path.home()):
        view += [*bwrap.folders([sys.base_prefix]), "--ro-bind", sys.base_prefix, sys.base_prefix]
    drop = [
        "setpriv",
        "--reuid",
        "65534",
        "--regid",
        "65534",
        "--clear-groups",
        "--inh-caps=-all",
        "--bounding-set=-all",
    ]
    code = "import os; from test_sandbox import *; sandbox.require(); print(os.getuid(), printed('import os, numpy; print(os.getuid(), 6 * 7)'))"
    root = Path(__file__).parents[2]
    env = os.environ | {"HOME": "/tmp", "PYTHONPATH": f"{Path(__file__).parent}:{root}", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [*view, *drop, sys.executable, "-c", code], env=env, capture_output=True, text=True, cwd="/tmp"
    )
    assert done.stdout == "65534 ('65534 42\\n', '')\n", done.stderr


def test_without_bubblewrap_it_says_so(monkeypatch):
    monkeypatch.setattr(sandbox.shutil, "which", lambda name: None)
    sandbox.require.cache_clear()
    with pytest.raises(NoSandbox, match=r"no bubblewrap .* --no-sandbox"):
        sandbox.require()
    sandbox.require.cache_clear()


def test_without_a_sandbox_it_runs_when_told_to():
    text, stopped = printed(
        "import autograde, os\nfrom autograde import check\nprint(6 * 7, len(os.listdir(autograde.__path__[0])))",
        sandboxed=False,
    )
    assert (text, stopped) == ("42 2\n", "")


def test_without_a_sandbox_time_and_children_end_all_the_same():
    code = "import subprocess, time, signal\nfor s in (27, 14): signal.signal(s, signal.SIG_IGN)\nsubprocess.Popen(['sleep', '3600.25'])\nwhile True: pass"
    assert "did not stop" in printed(code, limits=replace(LIMITS, cell=1), sandboxed=False)[1]
    assert "3600.25" not in subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
