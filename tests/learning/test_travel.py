"""Progress on its way to another machine: two files become one, and the best score wins."""

import json

import pytest

from autograde import course
from autograde.judging.exercise import Exercise
from autograde.learning import progress_map, travel
from autograde.learning.note import NotWritten
from autograde.learning.notebook import progress


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A function that goes to another machine, with a progress file of its own."""

    def go(name):
        monkeypatch.setenv("LSTM_BY_HAND_PROGRESS", str(tmp_path / f"{name}.jsonl"))

    go("first")
    return go


def worked(**scores):
    for name, score in scores.items():
        progress_map.record(exercise=name, score=score, status="right", mistakes=["one"])


def test_a_pass_without_points_travels_once(here, tmp_path):
    worked(four_totals=0)
    travel.save(tmp_path / "saved.txt")
    here("second")
    progress_map.record(exercise="four_totals", score=0.0, status="wrong")
    travel.load(tmp_path / "saved.txt")
    before = progress_map.path().read_bytes()
    travel.load(tmp_path / "saved.txt")
    assert "four_totals" in progress_map.read().passed and progress_map.path().read_bytes() == before


def test_the_best_score_wins_and_loading_twice_adds_nothing(here, tmp_path):
    worked(dc=2, dh=1)
    progress_map.record(exercise="dc", source="def dc(): ...")
    progress_map.record(exercise="dc", hint=2)
    progress_map.record(guess="lucky", right=True)
    progress_map.record(recall="1.2")
    progress_map.record(hunt="a hunt", found=True, points=1.5)
    assert travel.save(tmp_path / "saved.txt") == 2
    first = progress_map.read()

    here("second")
    worked(dh=3, do=1)
    assert travel.load(tmp_path / "saved.txt") == ["dc"]
    both = progress_map.read()
    assert both.scores == {"dc": 2, "dh": 3, "do": 1}
    assert both.passed["dc"] == first.passed["dc"]
    assert (both.sources, both.hints, both.guesses, both.recalls, both.hunts) == (
        first.sources, first.hints, first.guesses, first.recalls, first.hunts)  # fmt: skip
    before = progress_map.path().read_bytes()
    assert travel.load(tmp_path / "saved.txt") == []
    assert progress_map.path().read_bytes() == before


def test_it_is_said_in_a_sentence(here, tmp_path):
    worked(dc=2)
    assert "Exercises with points: 1." in str(progress.save(tmp_path / "saved.txt"))
    here("second")
    assert "Exercises that have more points now: 1." in str(progress.load(tmp_path / "saved.txt"))


@pytest.mark.parametrize(
    ("text", "says"),
    [(None, "there is no file"), ("something else", "is no file that progress.save wrote"), (b"\xff", "is no file")],
)
def test_what_cannot_be_loaded_changes_nothing(here, tmp_path, text, says):
    worked(dc=2)
    before = progress_map.path().read_bytes()
    if text is not None:
        (tmp_path / "saved.txt").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(NotWritten, match=says):
        progress.load(tmp_path / "saved.txt")
    assert progress_map.path().read_bytes() == before


def test_another_file_is_not_written_over(here, tmp_path):
    worked(dc=2)
    (tmp_path / "essay.txt").write_text("mine")
    with pytest.raises(NotWritten, match="choose another name"):
        progress.save(tmp_path / "essay.txt")
    assert (tmp_path / "essay.txt").read_text() == "mine"
    progress.save(tmp_path / "saved.txt")
    progress.save(tmp_path / "saved.txt")


def test_where_no_progress_is_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("LSTM_BY_HAND_PROGRESS", "off")
    (tmp_path / "saved.txt").write_text(f"{progress_map.MARK}\n")
    with pytest.raises(NotWritten, match="no progress is kept here"):
        progress.load(tmp_path / "saved.txt")


@pytest.mark.parametrize("notebook", course.notebooks().values(), ids=lambda n: n.name)
def test_an_untouched_cell_is_the_released_one(notebook):
    cells = json.loads((course.RELEASED / notebook.unit / f"{notebook.name}.ipynb").read_text(encoding="utf-8"))[
        "cells"
    ]
    released = {cell["id"]: "".join(cell["source"]) for cell in cells}
    for exercise in (e for e in notebook.exercises if isinstance(e, Exercise)):
        assert notebook.stub(exercise.name) == released[exercise.name]
