"""What pages and browser edition bring along, from packages of the registries: pinned, checksummed, kept in a cache.

npm fetches JavaScript, pip fetches wheels (``site/browser.lock``). Wheels for Pyodide that have machine code in them are on no
registry under their own names; Open WebUI's package brings them. A published build takes the official ones: see ``pyodide.py``.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from autograde.building.course_text import BuildError

NPM = {
    "pyodide@314.0.6": "d78ac549b28a2a58600cd06f44e017024151775f8c6b2d73fab1475400d38ea2",
    "mathjax@3.2.2": "1b9c0a1c44df864e915690558e72adb9cc5203360daefd385084ced3b6c64c09",
    "axe-core@4.14.1": "e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745",
}
"""Package -> SHA-256 of its archive."""
PYTHON = "3.14"
"""That of Pyodide."""


def named(name: str) -> str:
    """The pinned package of that name, such as ``"mathjax@3.2.2"``."""
    return next(package for package in NPM if package.startswith(f"{name}@"))


def npm(package: str, cache: Path) -> Path:
    """The folder of an npm package of the table above, unpacked.

    Raises
    ------
    BuildError : it cannot be fetched, or it is not what was pinned.
    """
    folder = cache / package
    if folder.is_dir():
        return folder / "package"
    command = shutil.which("npm")  # npm.cmd on Windows
    if command is None:
        raise BuildError("the site needs node and npm: install them (Debian, Ubuntu: apt install nodejs npm)")
    with tempfile.TemporaryDirectory(dir=_made(cache)) as scratch:
        _run([command, "pack", "--silent", package], Path(scratch))
        (archive,) = Path(scratch).glob("*.tgz")
        found = hashlib.sha256(archive.read_bytes()).hexdigest()
        if found != NPM[package]:
            raise BuildError(f"{package} has the checksum {found}, and {NPM[package]} was pinned")
        with tarfile.open(archive) as tar:
            tar.extractall(Path(scratch) / "unpacked", filter="data")
        _keep(Path(scratch) / "unpacked", folder)
    return folder / "package"


def wheels(lock: Path, cache: Path) -> Path:
    """A folder with the wheels that ``lock`` pins; pip compares them with its checksums.

    Raises
    ------
    BuildError : they cannot be fetched, or are not what was pinned.
    """
    folder = cache / f"wheels-{hashlib.sha256(lock.read_bytes()).hexdigest()[:12]}"
    if not folder.is_dir():
        with tempfile.TemporaryDirectory(dir=_made(cache)) as scratch:
            pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "download", "--no-deps"]
            pip += [
                "--only-binary",
                ":all:",
                "--python-version",
                PYTHON,
                "--ignore-requires-python",
                "--require-hashes",
            ]
            pip += ["--dest", str(Path(scratch) / "wheels"), "--requirement", str(lock.resolve())]
            _run(pip, Path(scratch))
            _keep(Path(scratch) / "wheels", folder)
    return folder


def _keep(made: Path, folder: Path) -> None:
    """Put what was made in its place; when another process was faster, its own is the same."""
    try:
        made.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _run(command: list[str], where: Path) -> None:
    done = subprocess.run(command, cwd=where, capture_output=True, text=True)
    if done.returncode:
        raise BuildError(f"{' '.join(command[:4])} ... failed:\n{done.stderr.strip()[-2000:]}")
