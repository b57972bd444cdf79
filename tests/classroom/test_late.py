"""When a unit is due, who is late, and what that costs."""

from datetime import UTC, datetime, timedelta

import corpus
import pytest
from nbgrader.api import Gradebook

from autograde.classroom.late import Arrived, Rule, Rules, span, when
from autograde.classroom.room import CannotDo

DUE = datetime(2030, 1, 31, 22, 59, tzinfo=UTC)
UNIT = corpus.UNIT


@pytest.mark.parametrize(
    "text, moment",
    [
        ("2030-01-31 23:59 Europe/Berlin", DUE),
        ("2030-01-31T23:59 +0100", DUE),
        ("2030-01-31 22:59 UTC", DUE),
        ("2030-01-31 22:59:00Z", DUE),
    ],
)
def test_dates(text, moment):
    assert when(text) == moment


def test_a_day_ends_at_midnight_here():
    assert (when("2030-01-31").hour, when("2030-01-31").minute) == (23, 59) and when("2030-01-31").tzinfo


@pytest.mark.parametrize(
    "text", ["31.1.2030", "2030-13-01", "2030-01-31 25:00", "2030-01-31 10:00 Mars/Base", "soon", ""]
)
def test_no_dates(text):
    with pytest.raises(CannotDo, match="is no date"):
        when(text)


def test_lateness_rests_on_what_a_student_cannot_write():
    after, before = DUE + timedelta(hours=30), DUE - timedelta(hours=1)
    assert Arrived(at=after).lateness(DUE) == (108000, "late by 1 day 6 h")
    assert Arrived(by=before).lateness(DUE) == (0, "")
    assert Arrived(by=after, late=False, source="Canvas").lateness(DUE) == (0, "")
    assert Arrived(by=after, late=True, source="Canvas").lateness(DUE)[0] is None
    assert "unknown" in Arrived(by=after).lateness(DUE)[1]
    assert Arrived().lateness(None) == (0, "")
    assert span(59) == "1 min" and span(3600) == "1 h" and span(2 * 86400 + 60) == "2 days 1 min"


@pytest.mark.parametrize("late, points", [(10, 0), (16, 1), (1440 + 15, 1), (1440 + 16, 2), (99999, 5)])
def test_the_rule(tmp_path, late, points):
    Rules(per_day=10, at_most=50, grace=15).write(tmp_path)
    assert Rule(folder=str(tmp_path)).late_submission_penalty("ann", 10.0, late * 60) == points


def test_a_penalty_follows_a_mark(command, course):
    (course / "class" / "submitted" / "bob" / UNIT / "timestamp.txt").write_text("2030-02-01 08:00:00 UTC")
    command("due", UNIT, "2030-01-31 22:59 UTC", "--per-day", "50")
    command("grade", UNIT, "bob", "--no-sandbox")
    before = points(command("export", UNIT)[1])["bob"]
    assert command("review", UNIT, "bob", "--points", "why_routes_add=2")[0] == 0
    with Gradebook(f"sqlite:///{course}/class/gradebook.db", "lstm-by-hand") as book:  # as formgrader shows it
        found = book.find_submission(UNIT, "bob")
        penalty = found.late_submission_penalty
    assert penalty == pytest.approx(float(before[4]) + 1)
    assert points(command("export", UNIT)[1])["bob"][0] == f"{float(before[0]) + 1:g}"


@pytest.mark.parametrize("date", [[], ["--handed-in", "2030-02-01"]])
def test_a_date_that_was_taken_for_a_student(command, date):
    code, _, err = command("due", UNIT, *date, "--student", "ann", "2030-02-07")
    assert code == 2 and ("stands before it" in err) == (not date)


def points(out: str) -> dict[str, list[str]]:
    return {line.split(",")[0]: line.split(",")[4:] for line in out.splitlines()[1:]}


def test_due_extended_handed_in_and_back(command, course):
    stamp = course / "class" / "submitted" / "ann" / UNIT / "timestamp.txt"
    stamp.write_text("2030-02-01 08:00:00 UTC")
    code, out, _ = command("due", UNIT, "2030-01-31 22:59 UTC", "--per-day", "10")
    assert code == 0 and "each day begun costs 10 %" in out and "ann: late by 9 h" in out
    assert command("grade", UNIT, "ann", "--no-sandbox")[1].count("late by 9 h 1 min") == 1
    all_ = corpus.ALL
    assert points(command("export", UNIT)[1])["ann"] == [
        f"{all_ * 0.9:g}",
        str(all_ + 2),
        "0",
        "9.02",
        f"{all_ * 0.1:g}",
    ]
    assert "ann has until" in command("due", UNIT, "2030-02-07", "--student", "ann")[1]
    assert points(command("export", UNIT)[1])["ann"][0] == str(all_)
    assert "has until" not in command("due", UNIT, "none", "--student", "ann")[1]
    assert points(command("export", UNIT)[1])["ann"][0] == f"{all_ * 0.9:g}"
    assert "ann: late" not in command("due", UNIT, "--handed-in", "2030-01-30 12:00 UTC", "--student", "ann")[1]
    assert points(command("export", UNIT)[1])["ann"][0] == str(all_)
    assert "has no due date" in command("due", UNIT, "none")[1]
    assert "nobody can have longer" in command("due", UNIT, "2030-02-07", "--student", "ann")[2]
