"""The progress file survives crashes, two notebooks at once and corruption."""

import multiprocessing

import pytest

from autograde.learning import progress_map
from autograde.learning.progress_map import Map, Stop, read, record


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    monkeypatch.setenv("LSTM_BY_HAND_PROGRESS", str(tmp_path / "progress"))
    return tmp_path / "progress"


STOPS = [Stop("1.1 A", {"a": 1, "b": 2}), Stop("1.2 B", {"c": 3})]


def test_the_best_score_counts():
    for score in (1.0, 2.0, 0.0):
        record(exercise="b", score=score)
    assert read().scores == {"b": 2.0} and read().last == "b"


def test_the_map_says_what_is_next_and_where_one_left_off():
    record(exercise="a", score=1.0)
    record(exercise="b", score=1.0)
    text = Map(STOPS, read()).to_text()
    assert "●◐" in text and "2 of 3" in text and "You left off at b. Next: b in 1.1 A." in text
    record(exercise="b", score=2.0)
    record(exercise="c", score=3.0)
    assert "All of it is done." in Map(STOPS, read()).to_html()


def test_an_exercise_without_points_is_done_when_it_has_passed():
    stops = [Stop("1.1 A", {"a": 0, "b": 2})]
    assert "○○" in Map(stops, read()).to_text() and Map(stops, read()).next == "a"
    record(exercise="a", score=0.0, status="wrong")
    assert Map(stops, read()).next == "a"
    record(exercise="a", score=0.0, status="right")
    text = Map(stops, read()).to_text()
    assert "●○" in text and "0 of 2 points" in text and "Next: b" in text


def test_next_is_looked_for_from_the_notebook_worked_in_last():
    record(exercise="c", score=1.0)
    assert Map(STOPS, read()).next == "c"
    record(exercise="c", score=3.0)
    assert Map(STOPS, read()).next == "a"


def test_reset_of_one_and_of_all():
    for name in "abc":
        record(exercise=name, score=1.0)
        record(exercise=name, hint=1)
    record(exercise="b", reset=True)
    assert set(read().scores) == set(read().hints) == {"a", "c"}
    record(exercise=None, reset=True)
    assert not read().scores


def test_a_line_cut_off_by_a_crash_costs_only_itself(file):
    record(exercise="a", score=1.0)
    with open(file, "a") as out:
        out.write('{"exercise": "b", "sco')
    assert read().scores == {"a": 1.0}
    record(exercise="c", score=3.0)
    assert read().scores == {"a": 1.0, "c": 3.0}


@pytest.mark.parametrize("rubbish", [b"\xff\xfe\x00\x00\n", b"{}}\n", b"[1]\n", b'"text"\n'])
def test_a_corrupt_file_is_kept_and_a_new_one_starts(file, rubbish):
    file.write_bytes(rubbish)
    state = read()
    kept = file.with_name("progress.broken-1")
    assert kept.read_bytes() == rubbish and kept.name in state.note and kept.name in Map(STOPS, state).to_text()
    record(exercise="a", score=1.0)
    assert read().scores == {"a": 1.0}


def _many(path, name):
    import os

    os.environ["LSTM_BY_HAND_PROGRESS"] = path
    for k in range(200):
        record(exercise=f"{name}{k}", score=1.0)


def test_two_notebooks_at_once_lose_nothing(file):
    spawn = multiprocessing.get_context("spawn")
    both = [spawn.Process(target=_many, args=(str(file), name)) for name in "ab"]
    for process in both:
        process.start()
    for process in both:
        process.join()
    assert len(read().scores) == 400 and not list(file.parent.glob("*.broken*"))


def test_where_it_is_kept(tmp_path, monkeypatch):
    monkeypatch.delenv("LSTM_BY_HAND_PROGRESS")
    unit = tmp_path / "2-rnn"
    unit.mkdir()
    monkeypatch.chdir(unit)
    assert progress_map.path() == tmp_path / progress_map.FILE
    monkeypatch.chdir(tmp_path)
    assert progress_map.path() == tmp_path / progress_map.FILE
    monkeypatch.setenv("LSTM_BY_HAND_PROGRESS", "off")
    assert progress_map.path() is None
    record(exercise="a", score=1.0)


def test_a_folder_that_cannot_be_written_to_is_no_error(monkeypatch, tmp_path):
    monkeypatch.setenv("LSTM_BY_HAND_PROGRESS", str(tmp_path / "no" / "such" / "folder"))
    record(exercise="a", score=1.0)
