"""Policies of the classroom that nothing else would notice if they were broken."""

import struct
import subprocess
import sys

import pytest
from nbgrader.api import Gradebook

from autograde import course as the_course
from autograde.asking import wire
from autograde.asking.ask import Answer
from autograde.classroom import outcome, submission, version
from autograde.classroom.record import Files, put
from autograde.classroom.restore import Plan
from autograde.classroom.room import CannotDo, Room
from autograde.classroom.spreadsheet import written
from autograde.classroom.submission import Cell
from autograde.classroom.unit import Unit
from autograde.judging.exercise import Exercise

ONE, TWO = (Exercise(n, problem=lambda rng: {"x": rng.normal()}, reference=lambda x: x) for n in ("one", "two"))
PLAN = Plan((Cell("code", "check(one)"), Cell("code", "check(two)")), {0: "one", 1: "two"})


def heard(*messages):
    frames = (wire.pack(m) for m in messages)
    found = outcome._Heard()
    outcome._hear(found, b"".join(struct.pack(">I", len(f)) + f for f in frames), PLAN, [ONE, TWO])
    return found


def test_more_answers_than_problems_are_none():
    right, many = [Answer(1.0)] * len(ONE.problems()), [Answer(1.0)] * (len(ONE.problems()) + 1)
    assert heard(("ask", 0, 0.0, b"[]", "one", right)).answers == {"one": right}
    assert not heard(("ask", 0, 0.0, b"[]", "one", many)).answers


def test_an_answer_counts_at_its_own_check_alone():
    found = heard(("ask", 1, 0.0, b"[]", "one", [Answer(1.0)]), ("ask", 0, 0.0, b"[]", "three", [Answer(1.0)]))
    assert not found.answers and found.broken


def test_an_exercise_whose_judging_never_ends_is_wrong_and_seen(monkeypatch):
    def forever(*_):
        while True:
            pass

    monkeypatch.setattr(outcome, "judge", forever)
    monkeypatch.setattr(outcome, "JUDGING", 0.05)
    eye: list[str] = []
    assert outcome._verdict(ONE, [Answer(1.0)], 1, eye, ({}, []), 1.0).credit == 0 and "OutOfTime" in eye[0]


def test_others_of_this_machine_do_not_read_records(tmp_path):
    put(tmp_path / "a" / "record", b"x")
    assert (tmp_path / "a" / "record").stat().st_mode & 0o777 == 0o640


def test_where_a_record_is_its_answers_are(tmp_path, monkeypatch):
    order = []
    monkeypatch.setattr("autograde.classroom.record.put", lambda path, data: order.append(path.suffix))
    Files(tmp_path).write("ann", {}, b"")
    assert order == [".answers", ".json"]


def test_a_penalty_takes_away_no_more_than_there_is(command, course):
    with Gradebook(f"sqlite:///{course}/class/gradebook.db", "lstm-by-hand") as book:
        book.find_submission_notebook("1.2-forks-and-routes", "1-chain-rule", "ann").late_submission_penalty = 99
        book.add_student("zoe")
        with book.db.no_autoflush:
            book.add_submission("1-chain-rule", "zoe")
        book.db.commit()
    lines = command("export", "1-chain-rule")[1].splitlines()
    points = {line.split(",")[0].strip('"'): line.split(",")[4] for line in lines[1:]}
    assert points["ann"] == "0"
    assert points["zoe"] == "", "who was not graded has no points, though the gradebook knows a submission"


@pytest.mark.parametrize("kind, kept", [("image/png", True), ("image/svg+xml", False), ("text/html", False)])
def test_attachments(kind, kept):
    data = {"cell_type": "markdown", "source": "x", "attachments": {"a": {kind: "iVBORw0KGgo="}}}
    assert bool(submission._cell(data).attachments) == kept


def test_what_a_score_depends_on(tmp_path, monkeypatch):
    notebook = tmp_path / "course" / "1-u" / "1.1-n"
    notebook.mkdir(parents=True)
    (notebook / "exercises.py").write_text("x")
    monkeypatch.setattr(the_course, "notebooks", lambda: {"1.1-n": the_course.Notebook(notebook)})

    def found(files=None):
        return version.version(Unit(tmp_path, Room(tmp_path / "class"), "1-u", {"1.1-n": {"cells": []}}, files or {}))

    before = found()
    assert found() == before and found({"data/a.txt": b"a"}) != found({"data/a.txt": b"b"}) != before
    (notebook / "figures.py").write_text("y")
    assert found() == before
    (notebook / "exercises.py").write_text("y")
    assert found() != before
    changed = found()
    monkeypatch.setattr(version, "_engine", lambda: b"another judge")
    assert found() != changed


def test_the_engine_is_hashed_by_folder(tmp_path, monkeypatch):
    for folder in version.ENGINE:
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "a.py").write_text("1")
    monkeypatch.setattr(version, "__file__", str(tmp_path / "autograde" / "classroom" / "version.py"))
    seen = set()
    for folder in version.ENGINE:
        (tmp_path / folder / "new.py").write_text("2")
        version._engine.cache_clear()
        seen.add(version._engine())
    version._engine.cache_clear()
    assert len(seen) == len(version.ENGINE)


def test_the_folder_of_a_class(tmp_path, capsys):
    room = Room.open(tmp_path)
    assert room.folder == tmp_path / "class" and f"new: {room.folder}" in capsys.readouterr().err
    assert (room.folder / "nbgrader_config.py").exists() and (room.folder / ".gitignore").read_text() == "*\n"
    Room.open(tmp_path)
    assert not capsys.readouterr().err
    assert Room.open(tmp_path, tmp_path / "other").path("graded", "u") == tmp_path / "other" / "graded" / "u"


def test_a_class_from_before_is_named_with_the_way_to_move_it(tmp_path, capsys):
    (tmp_path / "autograde" / "submitted" / "ann").mkdir(parents=True)
    (tmp_path / "autograde" / "gradebook.db").touch()
    with pytest.raises(CannotDo, match="A class from before lies in") as said:
        Room.open(tmp_path)
    subprocess.run(["sh", "-c", str(said.value).splitlines()[-1]], check=True)
    room = Room.open(tmp_path)
    assert (room.folder / "submitted" / "ann").is_dir() and (room.folder / "gradebook.db").exists()
    (tmp_path / "autograde" / "graded").mkdir()
    capsys.readouterr()
    Room.open(tmp_path)
    assert "mv " in capsys.readouterr().err


def test_help_of_a_command_imports_no_other(monkeypatch):
    code = "import sys\nfrom autograde import cli\ntry:\n    cli.main(['build', '--help'])\nexcept SystemExit:\n    print([m for m in ('nbformat', 'numpy', 'nbgrader') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.endswith("[]\n")


def test_export_of_points():
    assert written([["a", "", "b;c", '"', 1.0, 2.5]]) == 'a,,"b;c","""",1,2.5\r\n'
