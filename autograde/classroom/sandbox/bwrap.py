"""The command line of bubblewrap: what a sandbox sees, who it is, and what it may ask of the kernel."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from functools import cache
from glob import glob
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

from autograde.classroom.sandbox import scope

NOBODY = "65534"
PACKAGES = ("numpy", "sympy", "matplotlib", "matplotlib-inline", "ipython")
"""What a notebook can import, with what these need. Packages that differentiate by themselves are not among them."""


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
    """The command that runs ``program`` in a sandbox, in two steps.

    The first makes the view of files and a process namespace of its own, which ends with the grader. What runs in the second
    cannot see the first one's processes, and so cannot keep them from ending it. For root the first step also becomes
    nobody: root's own bubblewrap would leave a sandbox that may write to /proc/sys.

    Parameters
    ----------
    scratch : bytes that its /tmp may hold.
    calls : a file descriptor with the filter of system calls.
    """
    bwrap = shutil.which("bwrap") or "bwrap"
    outer = [bwrap, "--die-with-parent", "--unshare-pid", "--new-session", "--tmpfs", "/tmp", *_view()]
    outer += ["--dev-bind", "/dev", "/dev", "--bind", "/proc", "/proc", "--"]
    if os.geteuid() == 0:
        outer += ["/usr/bin/setpriv", "--clear-groups", "--reuid", NOBODY, "--regid", NOBODY]
        outer += ["--inh-caps=-all", "--bounding-set=-all", "--"]
    return [
        *outer,
        *(bwrap, "--unshare-all", "--unshare-user", "--die-with-parent", "--new-session", "--hostname", "sandbox"),
        *(["--disable-userns"] if "--disable-userns" in _help() else []),
        *("--seccomp", str(calls), "--ro-bind", "/", "/"),
        *("--size", str(scratch), "--perms", "0700", "--tmpfs", "/tmp", "--proc", "/proc", "--dev", "/dev"),
        *("--dev-bind", "/dev/null", "/dev/zero"),  # shared memory of nobody could be made of it
        *("--size", "1048576", "--perms", "0700", "--tmpfs", "/dev/shm"),
        *(x for name in scope.ENVIRONMENT for x in ("--unsetenv", name)),
        *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/tmp", "--", *program),
    ]


@cache
def _view() -> list[str]:
    """The files that are seen, as options: the system's programs, Python, the packages of ``PACKAGES``, and ``asking/``."""
    system = ["/usr/bin", "/usr/lib", "/usr/lib64", "/usr/lib32", "/usr/local/bin", "/usr/local/lib"]
    system += ["/usr/share/fonts", "/usr/share/zoneinfo", "/etc/ld.so.cache", "/etc/fonts", "/etc/localtime"]
    system += [p for p in ("/bin", "/lib", "/lib64", "/lib32") if not os.path.islink(p)]
    system = [p for p in system if os.path.exists(p)]
    links = [(p, os.readlink(p)) for p in ("/bin", "/lib", "/lib64", "/lib32", "/sbin") if os.path.islink(p)]
    python = [p for p in dict.fromkeys((sys.base_prefix, sys.prefix)) if not any(map(Path(p).is_relative_to, system))]
    shared = [(f"/ask/{target}", str(source)) for target, source in shared_files()]
    options = folders([*system, *python, *(target for target, _ in shared)])
    options += [x for p, to in links for x in ("--symlink", to, p)]
    options += [x for p in system for x in ("--ro-bind", p, p)]
    project = Path(__file__).resolve().parents[3]
    options += ["--tmpfs", str(project)] if any(map(project.is_relative_to, system)) else []
    options += [x for p in python for x in ("--ro-bind", p, p)]
    options += [x for p in _sites([*system, *python]) for x in ("--tmpfs", p)]
    options += [x for p in _packages() for x in ("--ro-bind", p, p)]
    return [*options, *(x for target, source in shared for x in ("--ro-bind", source, target))]


def folders(paths: list[str]) -> list[str]:
    """Every folder above ``paths``, as bubblewrap is to make it: by itself it makes some that nobody may enter."""
    above = {str(q): None for p in paths for q in reversed(Path(p).parents) if str(q) not in ("/", "/tmp")}
    return [x for folder in above for x in ("--perms", "0755", "--dir", folder)]


def _sites(trees: list[str]) -> list[str]:
    """Folders of installed packages below ``trees``; the packages that may be seen are put back one by one."""
    kinds = ("site-packages", "dist-packages")
    below = (p for t in trees for lib in ("", "lib/", "lib64/") for k in kinds for p in glob(f"{t}/{lib}python*/{k}"))
    real = {os.path.realpath(p) for p in (*below, *_homes())}
    return sorted(p for p in real if any(Path(p).is_relative_to(t) for t in trees))


def _homes() -> set[str]:
    return {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}


@cache
def _packages() -> list[str]:
    """Files and folders of the packages that may be seen."""
    found: dict[str, Distribution] = {}
    waiting = list(PACKAGES)
    while waiting:
        name = waiting.pop()
        try:
            one = distribution(name)
        except PackageNotFoundError:
            continue
        if one.metadata["Name"] in found:
            continue
        found[one.metadata["Name"]] = one
        wanted = map(Requirement, one.requires or ())
        waiting += [r.name for r in wanted if r.marker is None or r.marker.evaluate({"extra": ""})]
    tops = {str(one.locate_file(f.parts[0])) for one in found.values() for f in one.files or () if len(f.parts) > 1}
    tops |= {str(one.locate_file(f)) for one in found.values() for f in one.files or () if len(f.parts) == 1}
    here = {os.path.realpath(p) for p in tops if os.path.exists(p) and not p.endswith(("__pycache__", ".."))}
    homes = set(map(os.path.realpath, _homes()))
    return sorted(p for p in here if os.path.dirname(p) in homes)


@cache
def _help() -> str:
    return subprocess.run(["bwrap", "--help"], capture_output=True, text=True).stdout
