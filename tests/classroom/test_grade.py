"""Grading from end to end: again, after an interruption, on a cluster, into PostgreSQL; and what the command says."""

import argparse
import contextlib
import json
import os
import pwd
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from glob import glob
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import corpus

from autograde import cli
from autograde.asking import wire
from autograde.asking.ask import Answer
from autograde.classroom import jobs, sheets
from autograde.classroom import outcome as judging
from autograde.classroom.desk import Desk
from autograde.classroom.grading import Unit, grade
from autograde.judging.exercise import VISIBLE, Exercise

ALL = corpus.ALL


class Course:
    """A folder with one released notebook, and submissions of students who earn what their names say."""

    def __init__(self, root: Path, **students: str) -> None:
        self.root, self.url = root, f"sqlite:///{root}/class/gradebook.db"
        released = root / "notebooks" / corpus.UNIT
        released.mkdir(parents=True)
        shutil.copy(corpus.ROOT / "notebooks" / corpus.UNIT / f"{corpus.NAME}.ipynb", released)
        for name, solved in students.items():
            self.hand_in(name, *solved.split())

    def folder(self, student: str) -> Path:
        return self.root / "class" / "submitted" / student / corpus.UNIT

    def hand_in(self, student: str, *solved: str) -> None:
        self.folder(student).mkdir(parents=True, exist_ok=True)
        corpus.Notebook(*solved).write(self.folder(student))

    def grade(self, **options) -> dict[str, float]:
        records = [r for _, r in grade(Unit.read(self.root, corpus.UNIT), options.pop("url", self.url), **options)]
        assert len({r["student"] for r in records}) == len(records)
        return {r["student"]: r["score"] for r in records}

    def run(self, *options: str) -> int:
        return cli.main(["grade", "--course", str(self.root), "--jobs", "2", corpus.UNIT, *options])

    def book(self, url: str = "") -> dict[str, float]:
        from nbgrader.api import Gradebook

        with Gradebook(url or self.url, "lstm-by-hand") as book:
            return {s.student.id: s.score for s in book.assignment_submissions(corpus.UNIT)}


@pytest.mark.needs("bwrap")
def test_grade_again(tmp_path, capsys):
    course = Course(tmp_path, ann="all", bob="along_route dydx", eve="all")
    assert course.run() == 0
    assert "3 submissions, 9.3 of 15 points" in capsys.readouterr().out
    assert course.book() == {"ann": ALL, "bob": 2, "eve": ALL}
    (course.folder("ann") / f"{corpus.NAME}.ipynb").write_text("{")
    course.hand_in("bob", "all")
    graded = {s: (tmp_path / f"class/graded/{corpus.UNIT}/{s}.json").stat().st_mtime_ns for s in ("ann", "bob", "eve")}
    assert course.run("--resume") == 1
    assert "ann (0): 1.2-forks-and-routes: the file is not a notebook" in capsys.readouterr().out
    assert course.book() == {"ann": 0, "bob": ALL, "eve": ALL}
    later = {s: (tmp_path / f"class/graded/{corpus.UNIT}/{s}.json").stat().st_mtime_ns for s in graded}
    assert [s for s in graded if later[s] != graded[s]] == ["ann", "bob"]


def test_students_may_stand_anywhere(tmp_path, capsys):
    course = Course(tmp_path, ann="along_route", bob="along_route", eve="along_route")
    anywhere = ["eve", "--no-sandbox", "--course", str(tmp_path), "ann", "--jobs", "1"]
    assert cli.main(["grade", corpus.UNIT, *anywhere]) == 0
    assert set(course.book()) == {"ann", "eve"}


@pytest.mark.needs("bwrap")
def test_what_a_teacher_gave_stays(tmp_path):
    from nbgrader.api import Gradebook

    course = Course(tmp_path, ann="along_route")
    course.grade()
    with Gradebook(course.url, "lstm-by-hand") as book:
        book.find_grade("check-dydx", corpus.NAME, corpus.UNIT, "ann").manual_score = 1
        book.db.commit()
    course.grade()
    assert course.book() == {"ann": 2}


@pytest.mark.needs("bwrap")
def test_marks_to_look_at_again_are_named(tmp_path):
    from nbgrader.api import Gradebook

    course = Course(tmp_path, ann="along_route")
    course.grade()
    with Gradebook(course.url, "lstm-by-hand") as book:
        for name, points in {"check-dydx": 0.5, "why_routes_add": 99}.items():
            book.find_grade(name, corpus.NAME, corpus.UNIT, "ann").manual_score = points
        book.db.commit()
    again = corpus.Notebook("all")
    again["why_routes_add"]["source"] = "Nudges add."
    again.write(course.folder("ann"))
    ((_, record),) = grade(Unit.read(tmp_path, corpus.UNIT), course.url)
    said = " ".join(record["eye"])
    assert "`dydx` was marked 0.5, and the judge now gives 1" in said
    assert "its words have changed" in said and "which is more than the" in said


def test_what_waits_is_counted_before_and_after_marking(tmp_path, capsys):
    course = Course(tmp_path, ann="along_route", bob="along_route")
    for student in ("ann", "bob"):
        notebook = corpus.Notebook("along_route")
        notebook["why_routes_add"]["source"] = "Nudges add."
        notebook.write(course.folder(student))
    assert course.run("--no-sandbox") == 0
    assert "2 answers wait for a mark:\n  why_routes_add: ann, bob\n" in capsys.readouterr().out
    mark = ["review", corpus.UNIT, "ann", "--course", str(tmp_path), "--points", "why_routes_add=1.5", "dydx=1"]
    assert cli.main(mark) == 0
    capsys.readouterr()
    assert course.run("--no-sandbox") == 0
    assert "1 answer waits for a mark:\n  why_routes_add: bob\n" in capsys.readouterr().out
    again = corpus.Notebook("along_route", "dydx")
    again["why_routes_add"]["source"] = "Nudges add, each along its route."
    again.write(course.folder("ann"))
    assert course.run("ann", "--no-sandbox") == 1
    said = capsys.readouterr().out
    assert "dydx: ann" in said and "why_routes_add: ann, bob" in said
    assert "the judge now gives 1, not 0" in said and "its words have changed" in said
    assert course.book()["ann"] == 1 + 1 + 1.5
    assert cli.main(mark) == 0
    capsys.readouterr()
    course.run("--no-sandbox")
    assert "1 answer waits for a mark:\n  why_routes_add: bob\n" in capsys.readouterr().out


def test_one_student_and_one_notebook(tmp_path, capsys):
    course = Course(tmp_path, ann="all", bob="all")
    shutil.copy(
        corpus.ROOT / "notebooks" / corpus.UNIT / "1.1-functional-stages.ipynb", tmp_path / "notebooks" / corpus.UNIT
    )
    assert course.run("--no-sandbox") == 0
    before = json.loads((tmp_path / f"class/graded/{corpus.UNIT}/ann.json").read_text())
    course.hand_in("ann"), course.hand_in("bob")
    assert course.run("ann", "--notebook", "1.1", "--no-sandbox") == 0
    assert course.book() == {"ann": ALL, "bob": ALL}
    after = json.loads((tmp_path / f"class/graded/{corpus.UNIT}/ann.json").read_text())
    assert after["notebooks"][corpus.NAME] == before["notebooks"][corpus.NAME] and after["score"] == ALL
    assert course.run("ann", "--notebook", corpus.NAME, "--no-sandbox") == 0
    assert course.book() == {"ann": 0, "bob": ALL}
    capsys.readouterr()
    assert course.run("anne", "--no-sandbox") == 2 and "Did you mean ann?" in capsys.readouterr().err
    assert course.run("--notebook", "9", "--no-sandbox") == 2 and "is no notebook of" in capsys.readouterr().err


def test_a_slip_in_another_notebook_of_the_unit_costs_once(tmp_path):
    names = ("2.1-a-loop-unrolled", "2.2-backpropagation-through-time")
    for kind, to in (("notebooks", "notebooks"), ("solutions", "class/submitted/ann")):
        (tmp_path / to / "2-rnn").mkdir(parents=True)
        for name in names:
            shutil.copy(corpus.ROOT / kind / "2-rnn" / f"{name}.ipynb", tmp_path / to / "2-rnn")
    first = tmp_path / "class/submitted/ann/2-rnn" / f"{names[0]}.ipynb"
    text = first.read_text()
    assert text.count(" + Whh @ h_prev") >= 1
    first.write_text(text.replace(" + Whh @ h_prev", ""))
    assert cli.main(["grade", "--course", str(tmp_path), "2-rnn", "--no-sandbox"]) in (0, 1)
    record = json.loads((tmp_path / "class/graded/2-rnn/ann.json").read_text())["notebooks"]
    assert record[names[0]]["exercises"]["rnn_step"]["score"] == 0
    second = record[names[1]]["exercises"]
    for name in ("rnn_truncated", "char_gradients"):
        assert second[name]["score"] == second[name]["possible"]
        assert second[name]["headline"].startswith("Right, given your `rnn_forward`")


def test_who_is_gone_unknown_or_has_left(tmp_path, capsys):
    course = Course(tmp_path, ann="along_route", bob="along_route", eve="along_route", new="along_route")
    (tmp_path / "roster.csv").write_text("id,last_name\nann,A\nbob,B\neve,E\n")
    assert cli.main(["roster", str(tmp_path / "roster.csv"), "--course", str(tmp_path)]) == 0
    assert course.run("--no-sandbox") == 1
    assert "new (1): is not on the roster" in capsys.readouterr().out
    shutil.rmtree(tmp_path / "class" / "submitted" / "ann")
    assert cli.main(["roster", "--left", "eve", "--course", str(tmp_path)]) == 0
    assert course.run("--no-sandbox") == 1
    said = capsys.readouterr().out
    assert "ann (1): nothing of it is in submitted/ any more, and the grade from before stays" in said
    assert "not graded, as they have left the class: eve" in said and course.book()["eve"] == 1


def test_an_exercise_that_went_away_is_named_with_the_way_out(tmp_path, capsys):
    course = Course(tmp_path, ann="along_route")
    assert course.run("--no-sandbox") == 0
    path = tmp_path / "notebooks" / corpus.UNIT / f"{corpus.NAME}.ipynb"
    data = json.loads(path.read_text())
    data["cells"] = [c for c in data["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") != "check-dydx"]
    path.write_text(json.dumps(data))
    assert course.run("--no-sandbox") == 2
    said = capsys.readouterr().err
    assert "check-dydx" in said and "--db" in said and course.book() == {"ann": 1}


@pytest.mark.needs("bwrap")
def test_what_cannot_be_read_any_more_keeps_its_grade(tmp_path, monkeypatch):
    course = Course(tmp_path, ann="all")
    assert course.grade() == {"ann": ALL}
    real = os.listdir

    def refused(path="."):
        if Path(path) == course.folder("ann"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "listdir", refused)
    ((_, record),) = grade(Unit.read(tmp_path, corpus.UNIT), course.url)
    assert record["score"] == ALL and "the grade from before stays" in record["eye"][-1]
    assert course.book() == {"ann": ALL}


@pytest.mark.needs("bwrap")
def test_an_interruption_leaves_every_earlier_grade(tmp_path):
    course = Course(tmp_path, ann="all", bob="all", eve="all")
    course.grade()
    course.hand_in("ann"), course.hand_in("bob"), course.hand_in("eve")
    run = grade(Unit.read(tmp_path, corpus.UNIT), course.url, jobs=1)
    _, first = next(run)
    run.close()
    assert course.book() == {"ann": 0, "bob": ALL, "eve": ALL}
    assert Unit.read(tmp_path, corpus.UNIT).records.pending() == ["bob", "eve"]
    calls = []
    real = jobs.run

    def counted(*arguments):
        calls.append(1)
        return real(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs, "run", counted)
        assert course.grade(resume=True) == {"ann": 0, "bob": 0, "eve": 0}
    assert len(calls) == 2 and first["student"] == "ann"
    assert not Unit.read(tmp_path, corpus.UNIT).records.pending()


@pytest.mark.needs("bwrap")
def test_the_records_hold_what_was_answered(tmp_path):
    course = Course(tmp_path, ann="along_route dydx")
    course.grade()
    folder = tmp_path / "class" / "graded" / corpus.UNIT
    record = json.loads((folder / "ann.json").read_text())["notebooks"][corpus.NAME]
    answers = wire.unpack((folder / "ann.answers").read_bytes())[corpus.NAME]
    unit = Unit.read(tmp_path, corpus.UNIT)
    exercise = next(e for e in unit.exercises(corpus.NAME) if e.name == "along_route")
    for problem, answer in zip(exercise.problems(record["seed"]), answers["along_route"], strict=True):
        np.testing.assert_allclose(answer.value, np.prod(problem["local"]))
    assert record["exercises"]["count_routes"]["headline"] == "Still to be written."


def total(x):
    return x.sum()


def test_a_value_typed_in_is_pointed_out():
    exercise = Exercise("total", problem=lambda rng: {"x": rng.normal(size=3)}, reference=total, kind="value")
    shown = exercise.problems(VISIBLE)[0]["x"].sum()
    eye: list[str] = []
    assert judging._verdict(exercise, [Answer(shown)], 12345, eye, ({}, []), 1.0).credit == 0
    assert "right for the numbers that the notebook shows" in eye[0]
    assert (
        judging._verdict(exercise, [Answer(exercise.problems(12345)[0]["x"].sum())], 12345, [], ({}, []), 1.0).credit
        == 1
    )


@pytest.mark.needs("bwrap")
def test_a_failing_grader_is_no_verdict(tmp_path, monkeypatch):
    course = Course(tmp_path, ann="all", bob="all")
    real = jobs.run

    def broken(setup, tasks, *options):
        if any(b"# ann" in task for task in tasks):
            raise OSError("no more processes")
        return real(setup, tasks, *options)

    corpus.Notebook("all").insert(2, "# ann").write(course.folder("ann"))
    monkeypatch.setattr(jobs, "run", broken)
    assert course.run() == 1
    assert course.book() == {"ann": 0, "bob": ALL}
    monkeypatch.setattr(jobs, "run", real)
    assert course.run("--resume") == 0
    assert course.book() == {"ann": ALL, "bob": ALL}


def test_a_second_grading_is_told_that_one_is_running(tmp_path, capsys):
    course = Course(tmp_path, ann="along_route", bob="along_route")
    first = grade(Unit.read(tmp_path, corpus.UNIT), course.url, sandboxed=False, jobs=1)
    next(first)
    assert course.run("--no-sandbox") == 2 and "is being graded already" in capsys.readouterr().err
    assert len(list(first)) == 1
    assert course.run("--no-sandbox") == 0


def test_what_the_clock_stopped_on_a_crowded_machine_is_run_again_alone(tmp_path, monkeypatch):
    course = Course(tmp_path, ann="along_route", bob="along_route")
    corpus.Notebook("along_route").insert(2, "# slow").write(course.folder("ann"))
    real, calls = jobs.run, []

    def crowded(setup, tasks, *options):
        slow = b"# slow" in tasks[0]
        calls.append("slow" if slow else "other")
        if slow and calls.count("slow") == 1:
            return [wire.pack((b"", "it took more than 300 seconds", 900.0, True)) for _ in tasks]
        return real(setup, tasks, *options)

    monkeypatch.setattr(jobs, "run", crowded)
    assert course.grade(sandboxed=False, jobs=1) == {"ann": 1, "bob": 1}
    assert calls == ["slow", "other", "slow"]


@pytest.mark.needs("bwrap")
def test_what_it_says_when_it_cannot(tmp_path, capsys):
    course = Course(tmp_path)
    assert course.run() == 2 and "Nothing was handed in" in capsys.readouterr().err
    course.hand_in("ann", "all")
    assert course.run("--db", "sqlite:////nowhere/book.db") == 2
    assert "cannot be used: unable to open database file" in capsys.readouterr().err
    assert course.run("--db", "postgresql+psycopg://me:hush@127.0.0.1:1/book") == 2
    said = capsys.readouterr().err
    assert "me:***@127.0.0.1:1" in said and "hush" not in said
    assert cli.main(["grade", "7-none", "--course", str(tmp_path)]) == 2
    assert "no released unit '7-none'" in capsys.readouterr().err
    assert course.run() == 0
    with contextlib.closing(sqlite3.connect(tmp_path / "class" / "gradebook.db")) as other:
        other.execute("begin exclusive")
        assert course.run() == 2 and "database is locked" in capsys.readouterr().err


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


@pytest.fixture
def cluster(tmp_path):
    """The address of a real Dask scheduler, and its two workers as processes."""
    file = tmp_path / "scheduler.json"
    env = os.environ | {"PYTHONPATH": str(corpus.ROOT), "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "5"}
    place = {"cwd": tmp_path, "env": env, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    common = ["--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(file)]
    scheduler = subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", "0", *common], **place
    )
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", "--nthreads", "1", "--no-nanny", *common]
    workers = [subprocess.Popen([*worker, "--name", str(n)], **place) for n in range(2)]
    try:
        wait_for(file.exists)
        address = json.loads(file.read_text())["address"]
        from distributed import Client

        with Client(address) as client:
            client.wait_for_workers(2, timeout=60)
        yield address, workers
    finally:
        for process in [*workers, scheduler]:
            process.kill()
            process.wait()


@pytest.mark.needs("bwrap")
def test_on_a_cluster_a_killed_worker_loses_nothing(tmp_path, cluster):
    from distributed import Client

    address, workers = cluster
    course = Course(tmp_path / "course", **{f"student{n}": "all" if n % 2 else "along_route" for n in range(8)})
    with Client(address) as client:
        run = grade(Unit.read(course.root, corpus.UNIT), course.url, executor=client.get_executor(pure=False))
        records = [next(run)[1]]
        workers[0].send_signal(signal.SIGKILL)
        records += [r for _, r in run]
    assert sorted(r["student"] for r in records) == [f"student{n}" for n in range(8)]
    assert course.book() == {f"student{n}": ALL if n % 2 else 1 for n in range(8)}


@pytest.mark.needs("bwrap")
def test_scheduler_by_its_address(tmp_path, cluster, capsys):
    course = Course(tmp_path / "course", ann="all")
    assert course.run("--scheduler", cluster[0]) == 0
    assert course.book() == {"ann": ALL}
    assert course.run("--scheduler", "tcp://127.0.0.1:1") == 2 and "No Dask scheduler" in capsys.readouterr().err


@pytest.fixture
def postgres():
    """The URL of an empty database on a PostgreSQL server of our own."""
    programs = Path(shutil.which("initdb") or sorted(glob("/usr/lib/postgresql/*/bin/initdb"))[-1]).parent
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    folder = Path(tempfile.mkdtemp(prefix="lstm-by-hand-postgres-"))
    if user:
        os.chown(folder, pwd.getpwnam("postgres").pw_uid, -1)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    data = str(folder / "data")
    quiet = {"stdout": subprocess.DEVNULL, "check": True, "cwd": "/"}
    subprocess.run([*user, programs / "initdb", "-D", data, "-U", "grader", "-A", "trust", "--no-sync"], **quiet)
    control = [*user, programs / "pg_ctl", "-D", data, "-w"]
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
    subprocess.run([*control, "-l", str(folder / "log"), "-o", options, "start"], **quiet)
    try:
        yield f"postgresql+psycopg://grader@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], **quiet)
        shutil.rmtree(folder)


@pytest.mark.needs("bwrap", "postgres")
def test_gradebook_in_postgresql(tmp_path, postgres, capsys):
    course = Course(tmp_path, ann="all", bob="along_route")
    corpus.CLASS["ünïcödé ☃"].build(_made(course.folder("ünïcödé ☃")))
    corpus.CLASS["Robert'); DROP TABLE student;--"].build(_made(course.folder("Robert'); DROP TABLE student;--")))
    wanted = {"ann": ALL, "bob": 1, "ünïcödé ☃": 1, "Robert'); DROP TABLE student;--": 1}
    assert course.run("--db", postgres) == 0 and course.book(postgres) == wanted
    course.hand_in("ann", "along_route")
    assert course.run("--db", postgres, "--resume") == 0 and course.book(postgres) == wanted | {"ann": 1}
    assert not (tmp_path / "class" / "gradebook.db").exists()
    at = Desk.open(argparse.Namespace(course=tmp_path, room=None, db=postgres, unit=corpus.UNIT))
    with at.book() as book:
        assert sheets.give(at, book, "bob", {"dydx": sheets.Given(0.5, "nearly ☃")}) == [
            "dydx: 0.5 of 1 points for bob"
        ]
        found = sheets.read(at, book)
    assert {s: sheet.total for s, sheet in found.items()} == wanted | {"ann": 1, "bob": 1.5}
    assert found["bob"].marks["dydx"] == sheets.Mark(0, 0.5, 0.0, False, "nearly ☃")
    capsys.readouterr()
    for line in (["due", corpus.UNIT, "2030-01-31", "--per-day", "10"], ["export", corpus.UNIT]):
        assert cli.main([*line, "--course", str(tmp_path), "--db", postgres]) == 0
    assert "\nbob,,,,1.5,15,0,0,0\n" in capsys.readouterr().out


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder
