"""The pages for teachers, run from top to bottom on a class of thirty; and the workflow for students' repositories."""

import csv
import io
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
import thirty
import yaml

from autograde import cli

ROOT = corpus.ROOT
DOCS = ROOT / "docs"
PAGES = ("start", "collect", "mark", "give-back", "special-cases")
"""The pages for teachers whose commands are run here, in the order in which a teacher reads them."""
ALL_PAGES = ("teachers", *PAGES, "hub", "compared", "sandbox")


def blocks(page: str, kind: str) -> list[str]:
    text = (DOCS / f"{page}.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


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
                name, *arguments = shlex.split(line)[1:]
                looks = (0, 1) if name in ("collect", "grade") else (0,)  # 1: there is something to look at
                assert cli.main([name, *arguments]) in looks, line
        else:
            subprocess.run(["bash", "-eux", "-c", "\n".join(lines)], cwd=course, env=environment, check=True)


@pytest.mark.needs("bwrap")
def test_every_command_on_a_class_of_thirty(tmp_path, environment, monkeypatch, capsys):
    course = tmp_path / "course"
    school.course(course)
    (course / "canvas-gradebook.csv").write_text(thirty.roster(), encoding="utf-8")
    thirty.submissions(course / "submissions.zip")
    corpus.Notebook("along_route", "reverse_sweep").light().insert(2, "# by mail").write(course, "mail")
    monkeypatch.chdir(course)
    said = {}
    for page in PAGES:
        for n, block in enumerate(blocks(page, "bash")):
            run(block, course, environment)
            said[page, n] = capsys.readouterr().out
    everything = "".join(said.values())
    assert "30 students, as Canvas writes them" in everything and "passed over: Points Possible" in everything
    assert "28 new" in everything and "not known, and not collected: stranger_77777" in everything
    assert "why_routes_add: ann, formula, nli" in everything and "2 handed in nothing: null, wang3" in everything
    canvas = list(csv.reader(io.StringIO((course / "canvas.csv").read_text(encoding="utf-8"))))
    assert canvas[0][5] == "Chain rule (4711)" and len(canvas) == 2 + 29
    by_login = {row[3]: row for row in canvas[2:]}
    assert by_login["bob"][:2] == ["O'Brien, Jr., Bob", "10002"] and by_login["ann"][1] == "10000"
    assert by_login["formula"][0].startswith("'=") and by_login["wang3"][5] == "" and "tshort" not in by_login
    assert float(by_login["ann"][5]) == corpus.ALL + 1.5 and float(by_login["nli"][5]) == corpus.ALL
    assert (course / "grades.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert (course / "class" / "submitted" / "bob.lee" / corpus.UNIT).is_dir()


def test_hub_and_index_name_commands_that_there_are():
    named = re.findall(r"^(?:autograde|nbgrader) (\w+)", "\n".join(blocks("hub", "sh") + blocks("teachers", "")), re.M)
    nbgrader = {"release_assignment", "release_feedback"}
    assert set(named) - nbgrader <= set(cli.COMMANDS) and nbgrader <= set(named)


@pytest.mark.parametrize(
    "name", "build verify release roster due collect grade mark overview review report feedback export".split()
)
def test_help_has_examples(name, capsys):
    with pytest.raises(SystemExit) as end:
        cli.main([name, "--help"])
    said = capsys.readouterr().out
    assert end.value.code == 0 and f"\nexamples:\n  autograde {name}" in said


def test_installing():
    lines = [line for block in blocks("start", "sh") for line in block.splitlines()]
    assert [line for line in lines if line.startswith("make ")]
    for line in lines:
        if line.startswith("make "):
            assert subprocess.run(["make", "-n", *line.split()[1:]], cwd=ROOT, capture_output=True).returncode == 0
        elif line.startswith("sudo apt install "):
            assert all(p in (ROOT / ".ci" / "run").read_text() for p in line.split()[3:])
        else:
            assert line.startswith(("git clone ", ". .venv/bin/activate"))


def test_links_and_files_that_the_page_names():
    for name in ALL_PAGES:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", (DOCS / f"{name}.md").read_text(encoding="utf-8")):
            assert (DOCS / target).exists(), target


def test_the_tests_that_the_comparison_names():
    page = (DOCS / "compared.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ") and " | `test_" in line]
    assert len(rows) == len(
        [line for line in page.splitlines() if re.match(r"\| (nbgrader|otter-grader|cocalc) \d+ ", line)]
    )
    for file, name in re.findall(r"`(test_\w+\.py)::(\w+)`", page):
        assert f"\ndef {name}(" in (ROOT / "tests" / "classroom" / file).read_text(encoding="utf-8"), name


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=ann", "-c", "user.email=ann@example.org", "-c", "init.defaultBranch=main"]
    done = subprocess.run(["git", *who, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_workflow_of_a_students_repository(tmp_path, environment):
    workflow = yaml.safe_load((DOCS / "github-classroom.yml").read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read"} and "push" in workflow[True]
    steps = workflow["jobs"]["checks"]["steps"]
    assert all(re.search(r"@v\d+\.\d+\.\d+$", s["uses"]) if "uses" in s else "run" in s for s in steps)
    assert workflow["concurrency"]["cancel-in-progress"] and any(s.get("with", {}).get("cache") == "pip" for s in steps)
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

    summary = tmp_path / "summary.md"

    def push(before: str) -> subprocess.CompletedProcess:
        env = environment | {"BEFORE": before, "GITHUB_STEP_SUMMARY": str(summary)}
        return subprocess.run(["bash", "-e", "-c", check], cwd=repository, env=env, capture_output=True, text=True)

    nothing = push(before)
    assert nothing.returncode == 0 and nothing.stdout == ""
    before = git(repository, "rev-parse", "HEAD")
    corpus.Notebook("all").light().write(repository / corpus.UNIT)
    git(repository, "commit", "-qam", "solved")
    solved = push(before)
    assert solved.returncode == 0 and "✓ reverse_sweep" in solved.stdout, solved.stdout + solved.stderr
    assert "still open: why_routes_add" in summary.read_text() and "○ why_routes_add" in solved.stdout
    school.mistaken().write(repository / corpus.UNIT)
    git(repository, "commit", "-qam", "mistaken")
    first = push("0" * 40)
    assert first.returncode == 1 and "Overwritten at the forks." in first.stdout, first.stdout + first.stderr
    assert "something is not right yet" in summary.read_text()
