"""A graded class, made once, and a way to run the teacher's commands on a copy of it."""

import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import school

from autograde import cli


@pytest.fixture(scope="session")
def graded(tmp_path_factory) -> Path:
    """The course's folder with a graded class. Not to be changed: see ``course``."""
    root = tmp_path_factory.mktemp("class")
    school.graded_class(root)
    return root


@pytest.fixture
def course(graded, tmp_path) -> Path:
    """A copy of the course's folder, to be changed."""
    return Path(shutil.copytree(graded, tmp_path / "course"))


@pytest.fixture
def command(course, capsys):
    """Run a command on the copy; gives its exit code, what it printed and what it said on stderr."""

    def run(name: str, *arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.main([name, "--course", str(course), *arguments])
        return code, *capsys.readouterr()

    return run
