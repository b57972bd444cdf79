"""Pyodide for the browser edition: its core, the packages that a notebook imports, and the course itself as one of them.

All Python files are compiled beforehand, and what no notebook needs (tests, headers, samples) is left out: that is most of
what a learner waits for at the first visit.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograde.building import vendor
from autograde.building.course_text import BuildError

CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
ROOTS = ("ipython", "jedi", "matplotlib", "micropip", "numpy", "pyodide-http", "sympy")
"""Of Pyodide's own packages: what the kernel and the notebooks import. What they depend on comes along."""
ADDED = {
    "comm": (["comm"], []),
    "ipykernel": (["ipykernel"], []),
    "ipywidgets": (["ipywidgets"], ["comm", "ipython", "traitlets", "widgetsnbextension"]),
    "markdown-it-py": (["markdown_it"], ["mdurl"]),
    "mdurl": (["mdurl"], []),
    "piplite": (["piplite"], ["micropip"]),
    "pyodide-kernel": (["pyodide_kernel"], ["comm", "ipykernel", "ipython", "jedi", "pyodide-http", "traitlets"]),
    "widgetsnbextension": (["widgetsnbextension"], []),
    "lstm-by-hand": (["autograde", "lstm_ref"], ["ipywidgets", "markdown-it-py", "matplotlib", "numpy", "sympy"]),
}
"""Package that Pyodide does not have -> the modules in it, what it depends on."""
LOADED = ("comm", "ipykernel", "ipython", "jedi", "lstm-by-hand", "piplite", "pyodide-kernel")
"""What a kernel loads while it starts; it would ask for each that is missing here one after the other."""
NEEDLESS = {"matplotlib": {"pytz"}}
"""Package -> dependencies in Pyodide's list that it no longer has."""
LEFT_OUT = re.compile(
    r"(^|/)(tests|benchmarks|sample_data|include|_pyinstaller)/|\.(pyi|h|a|pxd|pyx|c)$"
    r"|^autograde/(building|classroom)/|^autograde/files/notebooks/.*/(figures|data)/"
)
KERNEL = Path(sys.prefix, "share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension/static/pypi")
"""The kernel's own wheels, as they are installed here."""
OWN = "lstm_by_hand"
INSTALLED_FIRST = """\
import sys
from importlib.machinery import PathFinder


class InstalledFirst:
    @staticmethod
    def find_spec(name, path=None, target=None):
        return None if path else PathFinder.find_spec(name, [entry for entry in sys.path if entry], target)


sys.meta_path.insert(sys.meta_path.index(PathFinder), InstalledFirst)
"""
"""Run when Python starts: the current folder, which lies in the browser's storage and is slow, is looked into last."""
EARLY = (1980, 1, 1, 0, 0, 0)


def assemble(static: Path, own: Path, pins: Path, cache: Path, official: Path | None = None) -> Path:
    """Make and return a folder below ``static``, which a Pyodide kernel starts from; its name changes with its content.

    own : the project's wheel.
    pins : what pip is to fetch, a requirements file.
    official : a folder with the packages of Pyodide's release; left out, they come from the registries' packages.

    Raises
    ------
    BuildError : something cannot be fetched or is not what was pinned.
    """
    core = vendor.npm(vendor.named("pyodide"), cache)
    known = json.loads((core / "pyodide-lock.json").read_text(encoding="utf-8"))
    to = static / "pyodide"
    to.mkdir(parents=True)
    for name in CORE[:3]:
        shutil.copyfile(core / name, to / name)
    with tempfile.TemporaryDirectory() as scratch:
        found = _wheels(known["packages"], vendor.wheels(pins, cache), official, Path(scratch))
        found["lstm-by-hand"] = own
        loose = Path(scratch, "loose")
        for wheel in (*found.values(), core / CORE[3]):
            with zipfile.ZipFile(wheel) as archive:
                names = [n for n in archive.namelist() if wheel.suffix == ".zip" or not LEFT_OUT.search(n)]
                archive.extractall(loose / wheel.name, names)
        (loose / CORE[3] / "sitecustomize.py").write_text(INSTALLED_FIRST, encoding="utf-8")
        _compile(core, loose)
        for folder in loose.iterdir():
            _zip(folder, to / folder.name)
    known["packages"] = {name: _entry(name, known["packages"], to / wheel.name) for name, wheel in found.items()}
    lock = json.dumps(known, sort_keys=True)
    (to / "pyodide-lock.json").write_text(lock, encoding="utf-8")
    return to.rename(static / f"pyodide-{hashlib.sha256(lock.encode()).hexdigest()[:12]}")


def wanted(packages: Mapping[str, Any]) -> set[str]:
    """``ROOTS`` and all that they depend on, by normal name."""
    found: set[str] = set()
    waiting = [*ROOTS]
    while waiting:
        name = _normal(waiting.pop())
        if name not in found:
            found.add(name)
            waiting += set(packages[name]["depends"]) - NEEDLESS.get(name, set())
    return found


def _wheels(packages: Mapping[str, Any], fetched: Path, official: Path | None, scratch: Path) -> dict[str, Path]:
    """Package -> its wheel, from the folder ``fetched``, or as Pyodide's release has it."""
    have = {_normal(p.name.split("-")[0]): p for p in fetched.glob("*.whl")}
    with zipfile.ZipFile(have.pop("open-webui")) as bundle:
        for name in bundle.namelist():
            package = _normal(name.rsplit("/", 1)[-1].split("-")[0])
            if "/frontend/pyodide/" in name and name.endswith(".whl") and package not in have:
                have[package] = scratch / name.rsplit("/", 1)[-1]
                have[package].write_bytes(bundle.read(name))
    have |= {_normal(p.name.split("-")[0]): p for p in KERNEL.glob("*.whl")}
    found = {name: have[name] for name in sorted({*wanted(packages), *ADDED} - {"lstm-by-hand"})}
    for name in found.keys() & packages.keys() if official else ():
        path = Path(official or "", packages[name]["file_name"])
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != packages[name]["sha256"]:
            raise BuildError(f"{path} is not there, or is not the file of Pyodide's release")
        found[name] = path
    return found


def own_wheel(project: Path, to: Path) -> Path:
    """The project's wheel, built from a copy, so that nothing of an older build gets in."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch, "copy")
        copy.mkdir()
        for name in ("autograde", "lstm_ref", "course", "notebooks"):
            shutil.copytree(project / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE", "LICENSE-TEXT"):
            shutil.copyfile(project / name, copy / name)
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "wheel"]
        command = [*pip, "--no-deps", "--no-build-isolation", "--wheel-dir", str(to.resolve()), "."]
        done = subprocess.run(command, cwd=copy, capture_output=True, text=True)
    if done.returncode:
        raise BuildError(f"the project's wheel could not be built:\n{done.stderr.strip()[-2000:]}")
    return next(to.glob("*.whl"))


def _compile(core: Path, loose: Path) -> None:
    if shutil.which("node") is None:
        raise BuildError("the browser edition needs node: install it (Debian, Ubuntu: apt install nodejs npm)")
    script = Path(__file__).with_name("compile.mjs")
    done = subprocess.run(["node", str(script), str(core), str(loose), OWN], capture_output=True, text=True)
    if done.returncode:
        raise BuildError(f"compiling in Pyodide failed:\n{done.stderr.strip()[-2000:]}")


def _zip(folder: Path, to: Path) -> None:
    """The same bytes for the same files."""
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), EARLY)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, path.read_bytes())


def _entry(name: str, packages: Mapping[str, Any], wheel: Path) -> dict[str, Any]:
    entry = dict(
        packages.get(name, {"name": name, "install_dir": "site", "package_type": "package", "unvendored_tests": False})
    )
    if name in ADDED:
        entry["imports"], entry["depends"] = ADDED[name]
    entry["depends"] = sorted(set(entry["depends"]) - NEEDLESS.get(name, set()))
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return entry | {"file_name": wheel.name, "version": wheel.name.split("-")[1], "sha256": digest}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
