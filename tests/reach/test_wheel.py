"""The wheel away from its checkout: what it needs, what it brings, and the commands of a learner who has only that."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from email import message_from_string
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from autograde.building.pyodide import own_wheel

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted(p.relative_to(ROOT / "notebooks").as_posix() for p in (ROOT / "notebooks").glob("*/*.ipynb"))
WITHOUT = "import sys; sys.modules.update(dict.fromkeys({without!r})); from autograde.cli import main; main({words!r})"
CHECKED = """
import numpy as np
from autograde import check, progress

def along_route(local):
    return np.sum(local)

try:
    check(along_route)
except Exception as wrong:
    print(wrong)

def along_route(local):
    return np.prod(local)

print(check(along_route).status, progress.reset("along_route"))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the wheel holds."""
    folder = tmp_path_factory.mktemp("wheel")
    with zipfile.ZipFile(own_wheel(ROOT, folder / "built")) as archive:
        archive.extractall(folder / "installed")
    return folder / "installed"


def python(wheel: Path, folder: Path, code: str, **env: str) -> subprocess.CompletedProcess[str]:
    """What Python says to ``code`` in ``folder``, where the wheel is installed."""
    env = os.environ | {"PYTHONPATH": str(wheel), "PYTHONUTF8": "1"} | env
    return subprocess.run([sys.executable, "-c", code], cwd=folder, env=env, capture_output=True, encoding="utf-8")


def test_it_needs_four_packages(wheel):
    (metadata,) = wheel.glob("*.dist-info/METADATA")
    needed = map(Requirement, message_from_string(metadata.read_text(encoding="utf-8")).get_all("Requires-Dist"))
    assert {r.name for r in needed if r.marker is None} == {"markdown-it-py", "matplotlib", "numpy", "sympy"}


def test_start_writes_the_whole_course(wheel, tmp_path):
    done = python(wheel, tmp_path, WITHOUT.format(without=["IPython", "nbformat"], words=["start", "course"]))
    assert done.stdout.startswith(f"{len(NOTEBOOKS)} new notebooks in course. Begin with "), done.stderr
    assert sorted(p.relative_to(tmp_path / "course").as_posix() for p in tmp_path.glob("course/*/*.ipynb")) == NOTEBOOKS
    for folder in ("figures", "data"):
        for path in (ROOT / "notebooks").glob(f"*/{folder}/*"):
            assert (tmp_path / "course" / path.relative_to(ROOT / "notebooks")).read_bytes() == path.read_bytes()


def test_checks_and_an_untouched_stub_from_the_wheel_alone(wheel, tmp_path):
    done = python(wheel, tmp_path, CHECKED)
    assert "✗ along_route" in done.stdout and "right" in done.stdout, done.stderr
    assert "def along_route(local):" in done.stdout and "YOUR CODE HERE" in done.stdout


@pytest.mark.parametrize(
    ("words", "without", "says"),
    [
        (["lab", "."], "jupyterlab", 'jupyterlab is not installed: python -m pip install "lstm-by-hand[lab]"'),
        (["build"], "nbformat", 'python -m pip install "lstm-by-hand[build]"'),
        (["grade", "1-chain-rule"], "nbgrader", 'python -m pip install "lstm-by-hand[class]"'),
        (["grade", "1-chain-rule"], "fcntl", "autograde grade: this runs on Linux only"),
    ],
)
def test_a_command_says_what_is_missing(wheel, tmp_path, words, without, says):
    done = python(wheel, tmp_path, WITHOUT.format(without=[without], words=words))
    assert says in done.stderr and "Traceback" not in done.stderr


def test_a_pipe_that_knows_no_tick(wheel, tmp_path):
    """As on Windows, where a pipe is cp1252."""
    notebook = ROOT / "notebooks" / "0-start" / "0.1-start-here.ipynb"
    code = f"from autograde.cli import main; main(['verify', {str(notebook)!r}])"
    done = python(wheel, tmp_path, code, PYTHONIOENCODING="cp1252", PYTHONUTF8="0", LSTM_BY_HAND_PROGRESS="off")
    assert "○ slope_of_cube" in done.stdout and not done.stderr


def test_a_newer_notebook_goes_beside_ones_own(tmp_path):
    from autograde.learning.start import start

    released, mine = tmp_path / "released", tmp_path / "mine"
    name = Path("1-chain-rule", "1.2-forks-and-routes.ipynb")
    (released / name).parent.mkdir(parents=True)
    (released / name).write_bytes((ROOT / "notebooks" / name).read_bytes())
    assert [p.name for p in start(mine, released)] == [name.name]
    notebook = json.loads((mine / name).read_text(encoding="utf-8"))
    notebook["cells"][0]["source"] = "my own words"
    (mine / name).write_text(json.dumps(notebook), encoding="utf-8")
    assert not list(start(mine, released))

    newer = json.loads((released / name).read_text(encoding="utf-8"))
    newer["cells"][0]["source"] = "a newer text"
    (released / name).write_text(json.dumps(newer), encoding="utf-8")
    (beside,) = start(mine, released)
    assert beside.name == "1.2-forks-and-routes-new.ipynb" and "a newer text" in beside.read_text(encoding="utf-8")
    assert "my own words" in (mine / name).read_text(encoding="utf-8")
    assert not list(start(mine, released))
