"""``autograde lab FOLDER``: the course is put there, and JupyterLab is asked to open its first notebook."""

from pathlib import Path

import pytest

from autograde.cli import main
from autograde.learning import lab


@pytest.fixture
def asked(monkeypatch):
    """The commands that would have been run."""
    commands = []
    monkeypatch.setattr(lab.subprocess, "call", lambda command, env: commands.append(command) or 0)
    return commands


def test_a_folder_of_ones_own(tmp_path, asked):
    assert main(["lab", str(tmp_path / "course")]) == 0
    ((_, _, module, root, first),) = asked
    assert module == "jupyterlab" and root == f"--ServerApp.root_dir={(tmp_path / 'course').resolve()}"
    assert Path(first) == tmp_path / "course" / "0-start" / "0.1-start-here.ipynb" and Path(first).is_file()


def test_in_a_checkout_nothing_is_installed_twice(tmp_path, asked, monkeypatch):
    (tmp_path / "requirements.lock").touch()
    python = tmp_path / ".venv" / ("Scripts/python.exe" if lab.os.name == "nt" else "bin/python")
    python.parent.mkdir(parents=True)
    python.touch()
    (tmp_path / ".venv" / ".lab").touch()
    monkeypatch.setattr(lab, "ROOT", tmp_path)
    assert main(["lab"]) == 0
    assert asked == [[str(python), "-m", "jupyterlab", f"--ServerApp.root_dir={tmp_path.resolve()}"]]
    assert main(["lab", "--only-install"]) == 0 and len(asked) == 1
