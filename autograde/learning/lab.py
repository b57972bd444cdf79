"""``autograde lab``: JupyterLab on the course. In a checkout it is what ``make lab`` does, for systems without make."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import venv
from importlib.util import find_spec
from pathlib import Path

TEXT = """\
Open the course in JupyterLab.

In a checkout of the project (python -m autograde lab): makes .venv with all that is needed the first time, like `make lab`.
Elsewhere: opens the folder that `autograde start` made, and makes it if it is not there.

examples:
  python -m autograde lab
  autograde lab ~/lstm-by-hand
"""
ROOT = Path(__file__).parents[2]
QUIET = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("folder", nargs="?", type=Path, help="default: the checkout's, else lstm-by-hand")
    parser.add_argument("--only-install", action="store_true", help="in a checkout: stop when .venv is ready")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Install what is missing and open JupyterLab; returns the exit code."""
    if options.folder is None and (ROOT / "requirements.lock").is_file():
        python, folder = installed(ROOT), ROOT
        if options.only_install:
            return 0
    else:
        if find_spec("jupyterlab") is None:
            raise ModuleNotFoundError(name="jupyterlab")
        from autograde import course
        from autograde.learning.start import start

        python, folder = Path(sys.executable), options.folder or Path("lstm-by-hand")
        list(start(folder, course.RELEASED))
    first = [str(p) for p in sorted(folder.glob("**/0-start/0.1*.ipynb")) if "solutions" not in p.parts][:1]
    command = [str(python), "-m", "jupyterlab", f"--ServerApp.root_dir={folder.resolve()}", *first]
    return subprocess.call(command, env=os.environ | {"PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}"})


def installed(root: Path) -> Path:
    """The Python of ``root/.venv``, made and filled from the lock where it is not there or older than the lock."""
    here = root / ".venv"
    python = here / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    done, lock = here / ".lab", root / "requirements.lock"
    if not python.exists():
        venv.create(here, with_pip=True)
    if not done.exists() or done.stat().st_mtime < lock.stat().st_mtime:
        print("Installing into .venv (the first time this takes a minute or a few) ...", flush=True)
        pip = [str(python), "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
        subprocess.run([*pip, "--require-hashes", "-r", str(lock)], check=True)
        subprocess.run([*pip, "--no-deps", "--no-build-isolation", "--editable", str(root)], check=True)
        settings = here / "share/jupyter/lab/settings"
        settings.mkdir(parents=True, exist_ok=True)
        (settings / "overrides.json").write_text(json.dumps(QUIET), encoding="utf-8")
        done.touch()
    return python
