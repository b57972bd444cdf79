"""The folders say who may know what; these tests hold them to it. docs/architecture.md tells why."""

import ast
import re
from pathlib import Path

import pytest

from autograde import course
from autograde.judging.catalogue import reached
from autograde.judging.exercise import Exercise

ROOT = Path(__file__).parent.parent
MAY_USE = {
    "asking": {"asking"},
    "judging": {"asking", "judging"},
    "learning": {"asking", "judging", "learning", "course"},
    "building": {"asking", "judging", "learning", "building", "course"},
    "classroom": {"asking", "judging", "learning", "building", "classroom", "course"},
    "course.py": {"asking", "judging"},
}
"""Folder of ``autograde/`` -> what it may import of the package. Nothing may import upward."""


def imports(path: Path) -> set[str]:
    """Every module that a file imports, wherever in it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = {alias.name for n in ast.walk(tree) if isinstance(n, ast.Import) for alias in n.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)} if node.module else set()
            assert not node.level, f"{path} imports relatively; say autograde...."
    return {name for name in found if name}


def files(place: str) -> list[Path]:
    path = ROOT / "autograde" / place
    return [path] if path.suffix else sorted(p for p in path.rglob("*.py") if "sealed" not in p.parts)


@pytest.mark.parametrize("place", MAY_USE)
def test_a_folder_imports_no_folder_above_it(place):
    for path in files(place):
        for name in imports(path):
            if name.startswith("autograde."):
                part = name.split(".")[1]
                known = part in MAY_USE or f"{part}.py" in MAY_USE
                assert not known or part in MAY_USE[place], f"{path} imports {name}"


def test_what_may_stand_beside_a_strangers_code_knows_no_answer():
    for path in files("asking"):
        for name in imports(path):
            assert not name.startswith(("lstm_ref", "course")), f"{path} imports {name}"


def test_the_judge_runs_nobodys_code():
    """Only the rebuilt reference is executed; nothing in judging/ calls or compiles what an answer holds."""
    for path in files("judging"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
        assert not calls & {"eval", "__import__", "input", "open"}, path
        if "exec" in calls:
            assert path.name in EXECUTES, f"{path} executes code"


EXECUTES = {
    "mistakes.py": "the reference with a mistake in it",
    "reference.py": "the reference with its steps recorded",
}


def test_lstm_ref_imports_numpy_alone():
    standard = {"collections", "dataclasses", "importlib", "math", "pathlib", "typing", "re"}
    for path in (ROOT / "lstm_ref").rglob("*.py"):
        roots = {name.split(".")[0] for name in imports(path)}
        assert roots <= standard | {"numpy", "lstm_ref"}, path


def test_the_engine_names_no_exercise():
    """Names such as ``softmax`` are words, too: those with an underscore can only be an exercise."""
    names = {name for name in course.exercises() if "_" in name}
    for path in (ROOT / "autograde").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        used = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
        used |= {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
        assert not names & used, f"{path} names {sorted(names & used)}"


def test_everything_of_a_notebook_stands_in_its_folder():
    for name, notebook in course.notebooks().items():
        parts = {p.name for p in notebook.folder.iterdir() if not p.name.startswith((".", "__"))}
        assert {"text.py", "exercises.py", "mistakes.md", "formulas.py", "answers.py"} <= parts, name
        assert parts <= {"text.py", "exercises.py", "mistakes.md", "figures.py", "formulas.py", "answers.py"}, name
        assert re.fullmatch(r"\d\.\d-[a-z-]+", name) and notebook.unit.startswith(name[0])


@pytest.mark.parametrize("name", [n for n, e in course.exercises().items() if isinstance(e, Exercise)])
def test_an_exercise_is_judged_by_lstm_ref_or_says_why_not(name):
    exercise = course.find(name)
    central = any(f.__module__.startswith("lstm_ref") for f in reached(exercise.reference))
    assert central != bool(exercise.alone), f"{name}: judged by lstm_ref is {central}, and alone is {exercise.alone!r}"
