"""What students get: a package that checks, names mistakes, and holds no answer."""

import argparse
import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import corpus
import nbformat
import numpy as np
import pytest
from judging import spoiled
from judging.styles import STYLES

from autograde import course
from autograde.asking.ask import Answer, ask, plain
from autograde.classroom.commands import release
from autograde.classroom.desk import Desk, grade_id
from autograde.classroom.sealed import course as sealed_course
from autograde.judging import judge
from autograde.judging.exercise import Exercise
from autograde.judging.mistakes import variant

ROOT, UNIT = corpus.ROOT, corpus.UNIT
UNITS = sorted(p.name for p in (ROOT / "notebooks").iterdir() if list(p.glob("*.ipynb")))

LEARNER = """
import numpy as np, sympy as sp, sys
from autograde import check, given, hint, progress

def said(*answer, **named):
    try:
        print(check(*answer, **named))
    except AssertionError as error:
        print(error)

def along_route(local):
    return np.prod(local)

def reverse_sweep(graph, order, end):
    d = {node: 0.0 for node in order}
    d[end] = 1.0
    for node in reversed(order):
        for after, local in graph[node].items():
            d[node] = local * d[after]
    return d

def slope_of_shared(w, x):
    return np.zeros(2)

def count_routes(graph, order, end):
    return {node: np.nan for node in order}

x = sp.Symbol("x")
said(along_route), said(reverse_sweep), said(slope_of_shared), said(count_routes)
said(dydx=2 * x * sp.exp(x))
print(hint("reverse_sweep")), print(hint("why_routes_add")), print(progress().to_text())
print([name for name in sys.modules if name.startswith("lstm_ref") or ".classroom" in name])
import autograde
print(autograde.__file__)
"""


ROOM = tempfile.TemporaryDirectory()


def desk(root: Path, unit: str = UNIT) -> Desk:
    return Desk.open(argparse.Namespace(course=root, room=Path(ROOM.name), db="sqlite:///none.db"), unit)


def learn(folder: Path, code: str = LEARNER) -> str:
    """What a learner sees, in a Python that knows this folder, NumPy and SymPy."""
    env = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | {
        "LSTM_BY_HAND_PROGRESS": str(folder / "progress")
    }
    start = f"import sys; sys.path.insert(0, {str(folder)!r}); exec(sys.stdin.read())"
    done = subprocess.run(
        [sys.executable, "-I", "-c", start], cwd=folder, env=env, input=code, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def unzipped(tmp_path):
    """A function that releases 1.2's unit and unzips it elsewhere; gives the folder."""
    import school

    from autograde import cli

    school.course(tmp_path / "course")

    def make(*options: str) -> Path:
        target = tmp_path / "out"
        arguments = ["release", UNIT, "--course", str(tmp_path / "course"), "--to", str(target), *options]
        assert cli.main(arguments) == 0
        with zipfile.ZipFile(target / f"{UNIT}.zip") as archive:
            archive.extractall(tmp_path / "home")
        return tmp_path / "home" / UNIT

    return make


def test_a_learner_with_a_sealed_release(unzipped):
    folder = unzipped()
    said = learn(folder)
    assert "✓ along_route: Right. (1 of 1)" in said
    assert "✗ reverse_sweep: Overwritten at the forks. (0 of 3)" in said and "A fork adds" in said
    assert "✗ slope_of_shared: Your answer" in said and "✗ count_routes" in said
    assert "✗ dydx: The route through v is missing." in said
    assert "Hint 1 of 3 for reverse_sweep" in said and "Hint 1 of 1 for why_routes_add" in said
    assert "1.2 Forks and routes" in said and "You left off at dydx" in said
    assert said.splitlines()[-2] == "[]"
    assert said.splitlines()[-1] == str(folder / "autograde" / "__init__.py")


def test_a_learner_with_an_open_release(unzipped):
    folder = unzipped("--open")
    assert not [p for p in folder.rglob("*") if p.suffix == ".db" or p.name in ("submitted", "graded", "__pycache__")]
    said = learn(folder, LEARNER + "print(check(along_route).model)\nimport lstm_ref; print(lstm_ref.__file__)")
    assert "np.prod(local)" in said and "Overwritten at the forks." in said
    assert said.splitlines()[-1] == str(folder / "lstm_ref" / "__init__.py")


@pytest.mark.parametrize("unit", UNITS)
def test_no_answer_in_a_sealed_release(unit):
    about = desk(ROOT, unit)
    files = release.sealed(about.unit)
    assert not [name for name in files if "lstm_ref" in name or name.startswith("autograde/classroom")]
    text = "\n".join(data.decode("utf-8", "replace") for data in files.values())
    text = text.replace("\\n", "\n").replace('\\"', '"').replace("\\\\", "\\")
    exercises = [e for _, e in about.exercises()]
    meant = [c.source for n in about.unit.release.values() for c in n.cells]
    meant += [h for e in exercises if isinstance(e, Exercise) for h in (*e.hints, *(m.says for m in e.mistakes))]
    lines = {line for e in exercises if isinstance(e, Exercise) for line in course.solution(e.name).splitlines()}
    for name in about.unit.release:
        for cell in nbformat.read(ROOT / "solutions" / unit / f"{name}.ipynb", as_version=4).cells:
            inside = re.search(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", cell.source, re.DOTALL)
            if grade_id(cell) and (inside or cell.cell_type == "markdown"):
                lines |= set((inside[1] if inside else cell.source).splitlines())
    lines |= {line for e in exercises if not isinstance(e, Exercise) for line in (e.model, *e.guide)}
    lines = {line.strip() for line in lines if len(line.strip()) >= 12}
    assert len(lines) > 5
    assert not [line for line in lines if line in text and not any(line in m for m in meant)]


@pytest.mark.parametrize("name", list(course.notebooks()))
def test_a_sealed_check_says_what_the_full_one_says(name, tmp_path, monkeypatch):
    monkeypatch.setattr(sealed_course, "RECORDED", tmp_path)
    for exercise in course.notebooks()[name].exercises:
        (tmp_path / f"{exercise.name}.wire").write_bytes(release.recorded(exercise))
        sealed = sealed_course._load(exercise.name)
        assert sealed.points == exercise.points
        if not isinstance(exercise, Exercise):
            assert not sealed.model and not sealed.guide and len(sealed.hints) == 1
            continue
        assert sealed.hints == exercise.hints and sealed_course.solution(exercise.name) == ""
        for mistake in (None, *exercise.mistakes):
            function = variant(exercise.reference, (mistake,)) if mistake else exercise.reference
            with np.errstate(all="ignore"), contextlib.suppress(Exception):
                answers = [Answer(plain(function(**p), exercise.outputs)) for p in exercise.problems()]
                full = judge.judge(exercise, exercise.problems(), answers)
                found = judge.judge(sealed, sealed.problems(), answers)
                same = (found.mistakes, found.credit, found.rows) == (full.mistakes, full.credit, full.rows)
                assert (
                    same
                    or full.how not in ("", "form", "relation", "named")
                    or pytest.fail(f"{exercise.name}: {found.to_text()}\n\n{full.to_text()}")
                )


def test_a_sealed_check_names_the_line(tmp_path, monkeypatch):
    exercise = course.find("lstm_step_backward")
    monkeypatch.setattr(sealed_course, "RECORDED", tmp_path)
    (tmp_path / f"{exercise.name}.wire").write_bytes(release.recorded(exercise))
    sealed = sealed_course._load(exercise.name)
    source = STYLES[exercise.name][0].replace(
        "return dW, db, dz[H:], dz[:H], dc * step.f",
        "new = dc * step.f + 0.3 * dc\n    return dW, db, dz[H:], dz[:H], new",
    )
    answers = ask("function", exercise.outputs, spoiled.cell(source, exercise.name), sealed.problems())
    (place,) = judge.judge(sealed, sealed.problems(), answers).places
    assert place["text"] == "new = dc * step.f + 0.3 * dc" and place["result"] == "dc_prev"


def test_recorded_problems_cannot_be_changed_by_a_learner(unzipped):
    said = learn(unzipped(), "from autograde import course\ne = course.find('along_route')\ne.problems()[0]['local'][:] = 0\n"
                 "print(e.problems()[0]['local'].any())")  # fmt: skip
    assert said == "True\n"


def test_the_same_bytes(tmp_path):
    first, second = (release.zipped(UNIT, release.sealed(desk(ROOT).unit)) for _ in range(2))
    assert first == second
    (tmp_path / "a.zip").write_bytes(first)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert all(n.startswith(f"{UNIT}/") and ".." not in n for n in archive.namelist())
        assert "figures/fork.svg" in " ".join(archive.namelist())
        contents = json.loads(archive.read(f"{UNIT}/autograde/recorded/contents.json"))
    assert [*contents] == [*desk(ROOT).unit.release]


def test_a_folder_of_somebody_else_is_left_alone(command, tmp_path):
    (tmp_path / UNIT).mkdir()
    (tmp_path / UNIT / "thesis.txt").write_text("mine")
    code, _, err = command("release", UNIT, "--to", str(tmp_path))
    assert code == 2 and "was not made by this command" in err
    assert (tmp_path / UNIT / "thesis.txt").read_text() == "mine"
    assert command("release", UNIT, "--to", str(tmp_path / "new"))[0] == 0
    (tmp_path / "new" / UNIT / "stale.txt").write_text("old")
    assert command("release", UNIT, "--to", str(tmp_path / "new"))[0] == 0
    assert not (tmp_path / "new" / UNIT / "stale.txt").exists()
    assert "no released unit '9-none'" in command("release", "9-none")[2]
