"""A certificate is an honest page of one's own progress."""

import json
import re
from html.parser import HTMLParser

import pytest

from autograde.learning import certificate, notebook
from autograde.learning.progress_map import Map, State, Stop, read, record

STOPS = [Stop("1.1 A & B", {"a": 1, "b": 2}), Stop("1.2 C", {"c": 3})]


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    monkeypatch.setenv("LSTM_BY_HAND_PROGRESS", str(tmp_path / "progress"))
    return tmp_path / "progress"


def page(name=""):
    return certificate.page(Map(STOPS, read()), name)


def words(text):
    return " ".join(re.sub(r"<style>.*?</style>|<[^>]+>", " ", text, flags=re.S).split())


class Balanced(HTMLParser):
    """Raises when tags do not close in order."""

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_points_by_notebook_hints_and_the_plain_words():
    record(exercise="a", score=1.0, status="right")
    record(exercise="c", score=1.5, status="partly")
    record(exercise="b", hint=2)
    said = words(page("Ada"))
    assert "2.5 of 6 points, 1 of 3 exercises right." in said and "Hints read: 2." in said and "Ada" in said
    assert "1.1 A &amp; B 1 of 2 1 of 3" in said and "1.2 C 0 of 1 1.5 of 3" in said
    assert "not proof of anything" in said


def test_nothing_done_gives_an_honest_page():
    said = words(page())
    assert "No points yet, of 6. Hints read: 0." in said and "Last check" not in said


def test_the_page_is_whole_and_needs_nothing_else():
    text = page("Ada")
    parser = Balanced()
    parser.feed(text)
    assert text.startswith("<!DOCTYPE html>") and not parser.open
    assert not re.search(r"src=|href=|url\(|@import|https?:|<script", text)


def test_a_name_is_escaped():
    text = page('<script>alert("1")</script> & Söhne')
    assert "<script" not in text and "&lt;script&gt;" in text and "&amp; Söhne" in text
    assert 'class="who"' not in page("   ")


def test_the_date_is_that_of_the_last_passed_check(file):
    events = [
        {"exercise": "a", "score": 1.0, "status": "right", "time": "2026-11-02T12:00:00+00:00"},
        {"exercise": "b", "score": 2.0, "status": "right", "time": "2026-11-05T12:00:00+00:00"},
        {"exercise": "c", "score": 1.5, "status": "partly", "time": "2026-11-09T12:00:00+00:00"},
        {"exercise": "gone", "score": 1.0, "status": "right", "time": "2026-11-11T12:00:00+00:00"},
    ]
    file.write_text("".join(json.dumps(e) + "\n" for e in events))
    assert "Last check passed: 5 November 2026." in page()
    record(exercise="b", reset=True)
    assert "Last check passed: 2 November 2026." in page()


@pytest.mark.parametrize("time", [None, 7, "yesterday", "0001-01-01T00:00:00", []])
def test_files_without_a_time_or_with_an_odd_one_are_read(file, time):
    event = {"exercise": "a", "score": 1.0, "status": "right"} | ({} if time is None else {"time": time})
    file.write_text(json.dumps(event) + "\n")
    assert "1 of 6 points" in page() and not list(file.parent.glob("*.broken*"))


def test_every_event_carries_its_time(file):
    record(exercise="a", score=1.0, status="right")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", json.loads(file.read_text())["time"])
    assert read().passed["a"].tzinfo is not None


def test_it_is_written_from_a_notebook_and_written_again(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = repr(notebook.progress.certificate(name="Ada"))
    assert "certificate.html" in said and "No points yet" in said and "not proof" in said
    record(exercise="dydx", score=1.0, status="right")
    notebook.progress.certificate(name="Grace")
    assert "Grace" in (tmp_path / "certificate.html").read_text(encoding="utf-8")


def test_a_note_on_a_lost_file_is_passed_on():
    assert "It is kept as x.broken-1" in words(certificate.page(Map(STOPS, State(note="It is kept as x.broken-1"))))


def test_it_never_replaces_another_file(tmp_path):
    other = tmp_path / "4.3-on-your-own.ipynb"
    other.write_text("work")
    with pytest.raises(notebook.NotWritten, match="no certificate") as caught:
        notebook.progress.certificate(other)
    assert other.read_text() == "work" and caught.value._render_traceback_() == [f"{caught.value}."]
    with pytest.raises(notebook.NotWritten, match="is a folder"):
        notebook.progress.certificate(tmp_path)
    with pytest.raises(notebook.NotWritten, match="choose another folder"):
        notebook.progress.certificate(tmp_path / "no" / "such" / "folder.html")
