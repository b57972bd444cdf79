"""The page for teachers, run from top to bottom on a class of two; and the workflow for students' repositories."""

import os
import re
import shlex
import subprocess
import sys
from itertools import groupby
from pathlib import Path

import corpus
import pytest
import school
import yaml

from autograde import cli

ROOT = corpus.ROOT
DOCS = ROOT / "docs"
PAGE = (DOCS / "teachers.md").read_text(encoding="utf-8")


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture
def environment(tmp_path) -> dict[str, str]:
    """An environment in which ``python`` and ``nbgrader`` are those of this run."""
    programs = tmp_path / "bin"
    programs.mkdir()
    scripts = {"nbgrader": "-m nbgrader", "python": ""}
    for name, module in scripts.items():
        (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {module} "$@"\n')
        (programs / name).chmod(0o755)
    path = os.pathsep.join([str(programs), str(Path(sys.executable).parent), os.environ["PATH"]])
    return os.environ | {"PATH": path, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "LSTM_BY_HAND_PROGRESS": "off"}


def run(block: str, course: Path, environment: dict[str, str]) -> None:
    """Run a block as a shell would; lines that begin with ``autograde`` in this process, which is quicker."""
    for ours, lines in groupby(block.splitlines(), lambda line: line.startswith("autograde ")):
        if ours:
            for line in lines:
                assert cli.main(shlex.split(line)[1:]) == 0, line
        else:
            subprocess.run(["bash", "-eux", "-c", "\n".join(lines)], cwd=course, env=environment, check=True)


@pytest.mark.needs("bwrap")
def test_every_command_of_the_page(tmp_path, environment, monkeypatch, capsys):
    course = tmp_path / "course"
    school.course(course)
    for student, solved in {"ann": ["all"], "bob": ["along_route"]}.items():
        folder = course / "class" / "submitted" / student / corpus.UNIT
        folder.mkdir(parents=True)
        notebook = corpus.Notebook(*solved).light()
        notebook["why_routes_add"]["source"] = "Each route moves the loss."
        notebook.write(folder)
    monkeypatch.chdir(course)
    for block in blocks("bash"):
        run(block, course, environment)
    said = capsys.readouterr().out
    assert "2 submissions" in said and "why_routes_add: 1.5 of 2 points for ann" in said
    canvas = (course / "canvas.csv").read_text()
    assert '"O\'Brien, Jr., Bob",,,bob,,4' in canvas and '"Lee, Ann",,,ann,,16.5' in canvas
    feedback = course / "class" / "feedback"
    pages = {s: (feedback / s / corpus.UNIT / f"{corpus.NAME}.html").read_text() for s in ("ann", "bob")}
    assert "One way to write it" in pages["bob"] and "One way to write it" not in pages["ann"]


@pytest.mark.parametrize("name", "build verify release grade review report feedback export".split())
def test_help_has_examples(name, capsys):
    with pytest.raises(SystemExit) as end:
        cli.main([name, "--help"])
    said = capsys.readouterr().out
    assert end.value.code == 0 and f"\nexamples:\n  autograde {name}" in said


def test_installing():
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    assert [line for line in lines if line.startswith("make ")]
    for line in lines:
        if line.startswith("make "):
            assert subprocess.run(["make", "-n", *line.split()[1:]], cwd=ROOT, capture_output=True).returncode == 0
        elif line.startswith("sudo apt install "):
            assert all(p in (ROOT / ".ci" / "run").read_text() for p in line.split()[3:])
        else:
            assert line.startswith(("git clone ", ". .venv/bin/activate"))


def test_links_and_files_that_the_page_names():
    for name in ("teachers.md", "sandbox.md"):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", (DOCS / name).read_text(encoding="utf-8")):
            assert (DOCS / target).exists(), target


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=ann", "-c", "user.email=ann@example.org", "-c", "init.defaultBranch=main"]
    done = subprocess.run(["git", *who, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_workflow_of_a_students_repository(tmp_path, environment):
    workflow = yaml.safe_load((DOCS / "github-classroom.yml").read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read"} and "push" in workflow[True]
    steps = workflow["jobs"]["checks"]["steps"]
    assert all("uses" in s or "run" in s for s in steps)
    check = next(s["run"] for s in steps if "verify" in s.get("run", ""))

    school.course(tmp_path / "course")
    assert (
        cli.main(["release", corpus.UNIT, "--course", str(tmp_path / "course"), "--to", str(tmp_path / "repository")])
        == 0
    )
    repository = tmp_path / "repository"
    (repository / f"{corpus.UNIT}.zip").unlink()
    git(repository, "init", "-q")
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "released")
    before = git(repository, "rev-parse", "HEAD")
    (repository / "my notes.txt").write_text("no notebook")
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "notes")
    del environment["PYTHONPATH"]

    def push(before: str) -> subprocess.CompletedProcess:
        env = environment | {"BEFORE": before}
        return subprocess.run(["bash", "-e", "-c", check], cwd=repository, env=env, capture_output=True, text=True)

    nothing = push(before)
    assert nothing.returncode == 0 and nothing.stdout == ""
    before = git(repository, "rev-parse", "HEAD")
    corpus.Notebook("all").light().write(repository / corpus.UNIT)
    git(repository, "commit", "-qam", "solved")
    solved = push(before)
    assert solved.returncode == 0 and "✓ reverse_sweep" in solved.stdout, solved.stdout + solved.stderr
    school.mistaken().write(repository / corpus.UNIT)
    git(repository, "commit", "-qam", "mistaken")
    first = push("0" * 40)
    assert first.returncode == 1 and "Overwritten at the forks." in first.stdout, first.stdout + first.stderr
