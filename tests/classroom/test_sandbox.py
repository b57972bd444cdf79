"""What the sandbox promises, one promise at a time."""

import json
import os
import struct
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from autograde.asking import wire
from autograde.classroom.sandbox import bwrap
from autograde.classroom.sandbox import run as sandbox
from autograde.classroom.sandbox.run import Limits, NoSandbox, run

LIMITS = Limits(cell=10, notebook=30, memory=4 * 2**30)


def printed(*cells: str, limits: Limits = LIMITS, sandboxed: bool = True, files: dict | None = None) -> tuple[str, str]:
    """What the cells print, and why they were stopped."""
    asked = [(n, "run", source) for n, source in enumerate(cells)]
    task = wire.pack({"cells": asked, "questions": wire.pack({}), "files": files or {}, "limits": asdict(limits)})
    stream, stopped, _ = wire.unpack(run(task, limits, sandboxed))
    text, at = [], 0
    while at < len(stream):
        (length,) = struct.unpack_from(">I", stream, at)
        if length == 0:
            break
        match wire.unpack(stream[at + 4 : at + 4 + length]):
            case ("cell", _, _, outputs):
                text += [o.get("text", o.get("evalue", "")) for o in json.loads(outputs)]
        at += 4 + length
    return "".join(text), stopped


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
def test_memory_that_is_shared_is_counted():
    eat = "import mmap, os, time\nfor n in range(6):\n    m = mmap.mmap(-1, 10**8)\n    m.write(bytes(10**8))\n    if os.fork(): time.sleep(9)"
    assert "MB of memory" in printed(eat, limits=replace(LIMITS, memory=400 * 2**20))[1]


@pytest.mark.needs("bwrap")
def test_processors_are_shared(monkeypatch):
    monkeypatch.setattr(sandbox, "SHARE", 0.0)
    monkeypatch.setattr(sandbox, "START", 2.0)
    spin = "import os\nfor n in range(4):\n    if os.fork() == 0:\n        os.setsid()\n        while True: pass\nwhile True: pass"
    assert "processor busy" in printed(spin)[1]


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


@pytest.mark.needs("bwrap")
@pytest.mark.skipif(not bwrap.forbidden_calls(), reason="no filter of system calls for this processor")
def test_doors_into_the_kernel_are_shut():
    knock = (
        "import ctypes, os, threading, subprocess\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "print(libc.memfd_create(b'x', 0), libc.shmget(0, 4096, 0o1600), libc.unshare(0x10000000), libc.setns(0, 0), libc.unshare(0x20000))\n"
        "print([libc.syscall(n, 0, 0, 0, 0, 0) for n in NUMBERS])\n"
        "print(libc.syscall(CLONE, 0x10000011, 0, 0, 0, 0))\n"
        "t = threading.Thread(target=print, args=('thread',))\nt.start()\nt.join()\nprint(subprocess.run(['/bin/echo', 'child'], capture_output=True).stdout)"
    )
    column = 0 if os.uname().machine == "x86_64" else 1
    numbers = [n[column] for n in bwrap.CALLS.values()]
    text, stopped = printed(f"NUMBERS, CLONE = {numbers}, {(56, 220)[column]}\n{knock}")
    assert not stopped
    assert text.split("\n")[:3] == ["-1 -1 -1 -1 -1", str([-1] * len(numbers)), "-1"]
    assert text.split("\n")[3:] == ["thread", "b'child\\n'", ""]


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
    flood = "import os\nos.write(3, bytes(4))\nwhile True:\n    os.write(3, bytes(60_000))"
    assert "put out more" in printed(flood, limits=replace(LIMITS, output=2**20))[1]


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
    code = "import subprocess, time, signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nsubprocess.Popen(['sleep', '3600.25'])\nwhile True: pass"
    assert "did not stop" in printed(code, limits=replace(LIMITS, cell=1), sandboxed=False)[1]
    assert "3600.25" not in subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
