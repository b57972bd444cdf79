"""The command line of bubblewrap: what a sandbox sees, who it is, and what it may ask of the kernel."""

from __future__ import annotations

import os
import platform
import shutil
import struct
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

NOBODY = "65534"


def shared_files() -> list[tuple[str, Path]]:
    """The files that a sandbox has of this project, all of ``asking/``: (where they go, where they are)."""
    package = Path(__file__).parents[2]
    asking = [package / "__init__.py", *sorted((package / "asking").glob("*.py"))]
    return [*((str(f.relative_to(package.parent)), f) for f in asking), *((f.name, f) for f in _fonts())]


@cache
def _fonts() -> list[Path]:
    """Matplotlib's list of fonts, which takes a second to make."""
    code = "import matplotlib, matplotlib.font_manager; print(matplotlib.get_cachedir())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    return sorted(Path(done.stdout.strip()).glob("fontlist*.json")) if done.returncode == 0 else []


def command(scratch: int, calls: int, program: Sequence[str]) -> list[str]:
    """The command that runs ``program`` in a sandbox.

    For root it has two steps: bubblewrap makes the view, setpriv leaves root for nobody, and bubblewrap, now nobody's, makes
    the sandbox. Root's own bubblewrap would leave one that may write to /proc/sys. The first step has a process namespace
    of its own because root without capabilities may not signal nobody: all would outlive a grader that is killed.

    Parameters
    ----------
    scratch : bytes that its /tmp may hold.
    calls : a file descriptor with ``forbidden_calls()``.
    """
    bwrap = shutil.which("bwrap") or "bwrap"
    root = os.geteuid() == 0
    inner = [
        *(bwrap, "--unshare-all", "--unshare-user", "--die-with-parent", "--new-session", "--hostname", "sandbox"),
        *(["--disable-userns"] if "--disable-userns" in _help() else []),
        *(["--seccomp", str(calls)] if forbidden_calls() else []),
        *("--size", str(scratch), "--perms", "0700", "--tmpfs", "/tmp"),
        *_view(second=root),
        *("--proc", "/proc", "--dev", "/dev", "--size", "1048576", "--perms", "0700", "--tmpfs", "/dev/shm"),
        *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/tmp", "--", *program),
    ]
    if not root:
        return inner
    outer = (bwrap, "--die-with-parent", "--unshare-pid", "--tmpfs", "/tmp", *_view())
    outer += ("--dev-bind", "/dev", "/dev", "--bind", "/proc", "/proc", "--", "/usr/bin/setpriv", "--clear-groups")
    outer += ("--reuid", NOBODY, "--regid", NOBODY, "--inh-caps=-all", "--bounding-set=-all", "--")
    return [*outer, *inner]


@cache
def _view(second: bool = False) -> list[str]:
    """The files that are seen, as options; ``second`` for the second of two steps, which starts from the first one's view."""
    system = ["/usr/bin", "/usr/lib", "/usr/lib64", "/usr/lib32", "/usr/local/bin", "/usr/local/lib"]
    system += ["/usr/share/fonts", "/usr/share/zoneinfo", "/etc/ld.so.cache", "/etc/fonts", "/etc/localtime"]
    system += [p for p in ("/bin", "/lib", "/lib64", "/lib32") if not os.path.islink(p)]
    system = [p for p in system if os.path.exists(p)]
    links = [(p, os.readlink(p)) for p in ("/bin", "/lib", "/lib64", "/lib32", "/sbin") if os.path.islink(p)]
    python = [p for p in dict.fromkeys((sys.base_prefix, sys.prefix)) if not any(map(Path(p).is_relative_to, system))]
    shared = [(f"/ask/{target}", str(source)) for target, source in shared_files()]
    options = folders([*system, *python, *(target for target, _ in shared)])
    options += [x for p, to in links for x in ("--symlink", to, p)]
    for trees in (system, python):
        options += [x for t in trees for x in ("--ro-bind", t, t)]
        for path in _hidden():
            if any(map(path.is_relative_to, trees)) and path.exists():
                empty = ("--tmpfs", str(path), "--remount-ro", str(path))
                options += empty if path.is_dir() else ("--ro-bind", "/dev/null", str(path))
    return [*options, *(x for target, source in shared for x in ("--ro-bind", target if second else source, target))]


def folders(paths: list[str]) -> list[str]:
    """Every folder above ``paths``, as bubblewrap is to make it: by itself it makes some that nobody may enter."""
    above = {str(q): None for p in paths for q in reversed(Path(p).parents) if str(q) not in ("/", "/tmp")}
    return [x for folder in above for x in ("--perms", "0755", "--dir", folder)]


@cache
def _hidden() -> list[Path]:
    """What leads to the reference: the project itself, and what its installation left in this Python."""
    project = Path(__file__).resolve().parents[3]
    found = [Path(s.origin).parent for n in ("autograde", "lstm_ref") if (s := find_spec(n)) and s.origin]
    found += [project] if (project / "course").is_dir() else []
    for site in {Path(sysconfig.get_path("purelib")), Path(sysconfig.get_path("platlib"))}:
        found += [*site.glob("*lstm_by_hand*"), *site.glob("__pycache__/*lstm_by_hand*")]
        found += [p for p in site.glob("*.pth") if str(project) in p.read_text(errors="replace")]
    return sorted({p for p in found if p == project or not Path(sys.prefix).is_relative_to(p)})


@cache
def _help() -> str:
    return subprocess.run(["bwrap", "--help"], capture_output=True, text=True).stdout


@cache
def forbidden_calls() -> bytes:
    """The system calls that a notebook may not make, as a filter for ``bwrap --seccomp``; empty on unknown processors.

    They make memory that belongs to no process, new namespaces, or doors into the kernel that NumPy has no use for.
    """
    known = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
    if platform.machine() not in known:
        return b""
    arch, column = known[platform.machine()]
    numbers = [row[column] for row in CALLS.values()]
    clone, clone3 = (56, 220)[column], 435
    allow, refuse, absent = 0x7FFF0000, 0x00050001, 0x00050026
    load, equal, at_least, any_bit, back = 0x20, 0x15, 0x35, 0x45, 0x06
    count = len(numbers)
    program = [
        (load, 0, 0, 4),
        (equal, 0, count + 7, arch),
        (load, 0, 0, 0),
        (at_least, count + 5, 0, 0x40000000),
        *((equal, count + 4 - n, 0, number) for n, number in enumerate(numbers)),
        (equal, 5, 0, clone3),
        (equal, 0, 2, clone),
        (load, 0, 0, 16),
        (any_bit, 1, 0, 0x10000000),
        (back, 0, 0, allow),
        (back, 0, 0, refuse),
        (back, 0, 0, absent),
    ]
    return b"".join(struct.pack("HBBI", *line) for line in program)


CALLS = {
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "perf_event_open": (298, 241),
    "io_uring_setup": (425, 425),
}
