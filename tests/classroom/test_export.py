"""Grades as CSV that a spreadsheet, Canvas and Moodle read as what they are."""

import csv
import io
import re

import corpus
import pytest

from autograde.classroom.commands import export
from autograde.classroom.commands.export import Grade, Student

UNIT = corpus.UNIT


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.fixture
def named(course):
    """Names in the gradebook that a careless export would break on; and a student who handed nothing in."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course}/class/gradebook.db", "lstm-by-hand") as book:
        book.update_or_create_student("ann", last_name='O"Hara, Jr.', first_name="Ann\nMarie", email="ann@example.org")
        book.update_or_create_student("bob", last_name='=HYPERLINK("http://example.org")', first_name="Zoë")
        book.update_or_create_student("zoe", last_name="Late")


def test_plain(command, named):
    code, out, err = command("export", UNIT)
    assert code == 0 and "1 answers still wait to be marked, and count as 0" in err
    head, *found = rows(out)
    assert head == ["student", "last_name", "first_name", "email", UNIT, f"{UNIT} possible", f"{UNIT} to mark"]
    assert found == [
        ["ann", 'O"Hara, Jr.', "Ann\nMarie", "ann@example.org", "13", "15", "0"],
        ["bob", '\'=HYPERLINK("http://example.org")', "Zoë", "", "2", "15", "1"],
        ["dan", "", "", "", "0", "15", "0"],
        ["eve", "", "", "", "0", "15", "0"],
        ["zoe", "Late", "", "", "", "15", ""],
    ]


def test_canvas(command, named, tmp_path):
    target = tmp_path / "canvas.csv"
    assert command("export", UNIT, "--for", "canvas", "--to", str(target), "--column", "Week 1 (47)")[0] == 0
    head, possible, ann, bob, dan, *_ = rows(target.read_bytes().decode())
    assert head == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Week 1 (47)"]
    assert "Points Possible" in possible[0] and possible[5] == "15"
    assert ann == ['O"Hara, Jr., Ann\nMarie', "", "", "ann", "", "13"]
    assert bob[0].startswith("'=") and dan[0] == "dan"


def test_moodle(command, named):
    head, *found = rows(command("export", UNIT, "--for", "moodle")[1])
    assert head == ["Username", "ID number", "Email address", UNIT]
    assert found[0] == ["ann", "ann", "ann@example.org", "13"] and len(found) == 4


def test_a_penalty_is_taken_off(command, course):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course}/class/gradebook.db", "lstm-by-hand") as book:
        book.find_submission_notebook(corpus.NAME, UNIT, "ann").late_submission_penalty = 2.5
        book.db.commit()
    assert rows(command("export", UNIT, "--for", "moodle")[1])[1][3] == "10.5"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1"])
def test_no_cell_is_a_formula(text):
    students = [Student(text, text, "", text, (Grade(-0.0, 0),))]
    for form in export.FORMS.values():
        for row in rows(export.written(form(students, [text], [3]))):
            assert not any(cell.lstrip(" \t\r\n").startswith(tuple("=+@")) for cell in row)
            assert all(not cell.startswith("-") or cell == "-0" for cell in row)


@pytest.mark.parametrize("text", ["ann;=1+1", "＝1+1", "tab\t=1", "a,=1", "a|＋1", 'a;"=1', "a\n@x", "\u200b=1", "﹢1"])
def test_no_cell_is_a_formula_between_other_signs(text):
    written = export.written([[text, "x", text], [1, 2.5, text]])
    for delimiter in ",;\t|":
        for row in csv.reader(io.StringIO(written, newline=""), delimiter=delimiter):
            assert not any(re.match(r"[\s\"\u200b]*[=+@＝＋－＠﹢-]", cell) for cell in row)


def test_nothing_is_exported_when_something_else_gave_points(command, course):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course}/class/gradebook.db", "lstm-by-hand") as book:
        book.find_grade("check-reverse_sweep", corpus.NAME, UNIT, "dan").auto_score = 3
        book.db.commit()
    for name in ("export", "feedback", "report"):
        code, out, err = command(name, UNIT)
        assert code == 2 and not out and "disagree about the points of dan:" in err


def test_quoting_survives_a_round_trip():
    odd = ["a,b", 'say "x"', "two\nlines", "semi;colon", "'", "", "Ünï ☃"]
    assert rows(export.written([odd, odd])) == [odd, odd]


def test_what_it_says_when_it_cannot(command):
    assert "once for each unit" in command("export", UNIT, "--column", "a", "--column", "b")[2]
    assert "no released unit" in command("export", UNIT, "9-none")[2]
