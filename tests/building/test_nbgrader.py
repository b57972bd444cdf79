"""Stock nbgrader, on real files: generate, two submissions, autograde, feedback, export."""

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from answering import answered

from autograde import course as the_course
from autograde.classroom.room import Room
from autograde.judging.exercise import Written

ROOT = Path(__file__).parents[2]
UNIT, NAME = "1-chain-rule", "1.2-forks-and-routes"


CONFIG = """\
from pathlib import Path
from autograde.building.nbgrader_config import configure
configure(get_config(), Path(__file__).parent)
del get_config().Autograde.exporter_class
"""
"""The course's own, and stock `nbgrader autograde`, which the folder of a class refuses."""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course folder with one notebook, and two students' work in it."""
    root = tmp_path_factory.mktemp("course")
    shutil.copytree(ROOT / "solutions" / UNIT / "figures", root / "solutions" / UNIT / "figures")
    shutil.copy(ROOT / "solutions" / UNIT / f"{NAME}.ipynb", root / "solutions" / UNIT)
    (root / "nbgrader_config.py").write_text(CONFIG)
    run(root, "generate_assignment", UNIT)
    released = root / "notebooks" / UNIT / f"{NAME}.ipynb"
    submitted = root / "submitted"
    answered(released, submitted / "ada" / UNIT / released.name)
    three = {
        "reverse_sweep": ("d[node] += local * d[after]", "d[node] = local * d[after]"),
        "slope_of_shared": ("return outer + inner", "return outer"),
        "count_routes": ("+= count[after]", "+= 1"),
    }
    answered(released, submitted / "ben" / UNIT / released.name, wrong=three)
    run(root, "autograde", UNIT)
    return root


def run(root: Path, *command: str, code: int = 0) -> str:
    env = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "LSTM_BY_HAND_PROGRESS": "off",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *command], cwd=root, env=env, capture_output=True, text=True
    )
    assert done.returncode == code, done.stderr[-3000:]
    return done.stdout + done.stderr


def scores(root: Path, student: str) -> dict[str, float]:
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{root}/gradebook.db") as book:
        found = book.find_submission_notebook(NAME, UNIT, student)
        return {g.name.removeprefix("check-"): g.auto_score for g in found.grades}


def test_the_release_is_what_the_build_made(course):
    made = (course / "notebooks" / UNIT / f"{NAME}.ipynb").read_text()
    assert "YOUR CODE HERE" in made and "hidden=True" not in made and "Model answer" not in made


def test_the_right_submission_earns_everything(course):
    got = scores(course, "ada")
    for exercise in the_course.notebooks()[NAME].exercises:
        assert got[exercise.name] == (None if isinstance(exercise, Written) else exercise.points)


def test_three_mistakes_cost_their_points_and_nothing_else(course):
    ada, ben = scores(course, "ada"), scores(course, "ben")
    assert {n for n in ada if ada[n] != ben[n]} == {"reverse_sweep", "slope_of_shared", "count_routes"}
    assert ben["reverse_sweep"] == ben["slope_of_shared"] == ben["count_routes"] == 0


def test_feedback_names_the_mistakes(course):
    run(course, "generate_feedback", UNIT)
    page = (course / "feedback" / "ben" / UNIT / f"{NAME}.html").read_text()
    for name in ("Overwritten at the forks.", "Only the outer use of w.", "Arrows were counted."):
        assert name in page


def test_export(course):
    run(course, "export", "--to", "grades.csv")
    rows = {r["student_id"]: r for r in csv.DictReader((course / "grades.csv").open())}
    assert float(rows["ada"]["score"]) == 13 and float(rows["ben"]["score"]) == 13 - 3 - 2 - 2
    assert float(rows["ada"]["max_score"]) == 15


def test_in_a_class_it_is_refused_before_it_touches_anything(course, tmp_path):
    room = Room.open(course, tmp_path / "class")
    shutil.copytree(course / "submitted", room.path("submitted"), dirs_exist_ok=True)
    kept = room.path("autograded", "ada", UNIT, "kept")
    kept.parent.mkdir(parents=True)
    kept.touch()
    assert "Grade with: autograde grade UNIT" in run(room.folder, "autograde", UNIT, "--create", "--force", code=1)
    assert kept.exists() and not (room.folder / "gradebook.db").exists()
