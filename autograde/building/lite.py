"""The browser edition: JupyterLite with a Pyodide kernel, the notebooks, and all packages beside them. Nothing is asked outside."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from autograde.building.course_text import BuildError
from autograde.building.offline import keep_all
from autograde.building.pyodide import LOADED, assemble
from autograde.learning.start import start

KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
EXTENSIONS = ("@jupyterlite/pyodide-kernel-extension", "@jupyter-widgets/jupyterlab-manager")
SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
}


def build(to: Path, project: Path, own: Path, scratch: Path, cache: Path, official: Path | None = None) -> None:
    """Build the browser edition of ``project``, whose wheel is ``own``, in ``to``, which must not be there yet.

    Raises
    ------
    BuildError : something cannot be fetched, or JupyterLite cannot build it.
    """
    home = scratch / "lite"
    home.mkdir()
    pyodide = assemble(scratch / "static", own, project / "site" / "browser.lock", cache, official)
    list(start(scratch / "contents", project / "notebooks"))
    extensions = Path(sys.prefix, "share", "jupyter", "labextensions")
    config = {
        "LiteBuildConfig": {
            "apps": ["lab", "notebooks", "tree"],
            "contents": [str((scratch / "contents").resolve())],
            "federated_extensions": [str(extensions / name) for name in EXTENSIONS],
            "ignore_sys_prefix": ["federated_extensions"],
            "no_sourcemaps": True,
            "no_unused_shared_packages": True,
            "output_dir": str(to.resolve()),
            "cache_dir": str((scratch / "lite-cache").resolve()),
        }
    }
    for name, data in (
        ("jupyter-lite", _settings(pyodide.name)),
        ("jupyter_lite_config", config),
        ("overrides", SETTINGS),
    ):
        (home / f"{name}.json").write_text(json.dumps(data, indent=1), encoding="utf-8")
    command = [sys.executable, "-m", "jupyterlite_core", "build"]
    done = subprocess.run(command, cwd=home, env=os.environ | {"PYTHONUTF8": "1"}, capture_output=True, text=True)
    if done.returncode:
        raise BuildError(f"JupyterLite could not be built:\n{(done.stdout + done.stderr).strip()[-3000:]}")
    shutil.move(pyodide, to / "static")
    keep_all(to)


def _settings(pyodide: str) -> dict[str, object]:
    """``jupyter-lite.json``; ``exposeAppInBrowser`` is for the tests."""
    kernel = {
        "pyodideUrl": f"./static/{pyodide}/pyodide.mjs",
        "disablePyPIFallback": True,
        "loadPyodideOptions": {"packages": LOADED},
    }
    data = {
        "appName": "LSTM by Hand",
        "enableServiceWorkerCache": "true",
        "exposeAppInBrowser": True,
        "litePluginSettings": {KERNEL: kernel},
    }
    return {"jupyter-lite-schema-version": 0, "jupyter-config-data": data}
