"""Optional parts of a machine. A test says what it needs, and is skipped, with the reason, where that is missing:

@pytest.mark.needs("chromium")

Under AUTOGRADE_REQUIRE=all (set by .ci/run) a missing part fails the test, so that no test is left out unnoticed.
PyTorch may still be missing there.
"""

import os
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from glob import glob
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """More time to explain, so that what is found does not depend on what else the machine does."""
    for module, name in (("autograde.judging.case", "BUDGET"), ("autograde.judging.trail", "SECONDS")):
        monkeypatch.setattr(f"{module}.{name}", 4 * getattr(import_module(module), name))


def _bwrap_works() -> bool:
    """Installed is not enough: the system may forbid user namespaces."""
    if not shutil.which("bwrap"):
        return False
    return (
        subprocess.run(["bwrap", "--unshare-all", "--ro-bind", "/", "/", "true"], capture_output=True).returncode == 0
    )


def _postgres_works() -> bool:
    server = shutil.which("initdb") or glob("/usr/lib/postgresql/*/bin/initdb")
    return bool(server) and find_spec("psycopg") is not None


PARTS: dict[str, tuple[Callable[[], bool], str]] = {
    "chromium": (lambda: shutil.which("chromium") is not None, "a `chromium` on PATH: apt install chromium"),
    "node": (lambda: all(map(shutil.which, ("node", "npm"))), "node and npm: apt install nodejs npm"),
    "bwrap": (_bwrap_works, "a bubblewrap that may make namespaces: apt install bubblewrap"),
    "postgres": (_postgres_works, "a PostgreSQL server: apt install postgresql"),
    "torch": (lambda: find_spec("torch") is not None, "PyTorch: .venv/bin/python -m pip install torch"),
}


@cache
def _present(part: str) -> bool:
    return PARTS[part][0]()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    for part in (part for mark in item.iter_markers("needs") for part in mark.args):
        if part not in PARTS:
            pytest.fail(f"needs({part!r}): no such part; there are {', '.join(PARTS)}", pytrace=False)
        if _present(part):
            continue
        reason = f"needs {PARTS[part][1]}"
        if os.environ.get("AUTOGRADE_REQUIRE") == "all" and part != "torch":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Modules whose fixtures start something large run on one worker each."""
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            path = Path(nodeid.split("::")[0])
            large = {"browser", "classroom", "reach"} & set(path.parts) or path.stem in ("test_nbgrader", "test_verify")
            return str(path) if large else nodeid

    return Together(config, log)
