"""Grades as CSV that a spreadsheet, Canvas and Moodle read as what they are."""

import csv
import io
import json
import re
import shutil
from types import SimpleNamespace

import corpus
import pytest

from autograde.classroom.commands import export
from autograde.classroom.commands.export import Grade, Student
from autograde.classroom.roster import Person
from autograde.classroom.spreadsheet import written

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
    assert code == 0 and "1 answer still waits to be marked, and counts as they stand" in err and ": bob" in err
    head, *found = rows(out)
    more = [f"{UNIT} {what}" for what in ("possible", "to mark", "hours late", "late penalty")]
    assert head == ["student", "last_name", "first_name", "email", UNIT, *more]
    all_, rest = str(corpus.ALL), ["0", "0"]
    most = str(corpus.ALL + 2)
    assert found == [
        ["ann", 'O"Hara, Jr.', "Ann\nMarie", "ann@example.org", all_, most, "0", *rest],
        ["bob", '\'=HYPERLINK("http://example.org")', "Zoë", "", "2", most, "1", *rest],
        ["dan", "", "", "", "0", most, "0", *rest],
        ["eve", "", "", "", "0", most, "0", *rest],
        ["zoe", "Late", "", "", "", most, "", "", ""],
    ]


def test_canvas(command, named, tmp_path):
    target = tmp_path / "canvas.csv"
    assert command("export", UNIT, "--for", "canvas", "--to", str(target), "--column", "Week 1 (47)")[0] == 0
    head, possible, ann, bob, dan, *_ = rows(target.read_bytes().decode())
    assert head == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Week 1 (47)"]
    assert "Points Possible" in possible[0] and possible[5] == str(corpus.ALL + 2)
    assert ann == ['O"Hara, Jr., Ann\nMarie', "", "", "ann", "", str(corpus.ALL)]
    assert bob[0].startswith("'=") and dan[0] == "dan"


def test_moodle(command, named):
    head, *found = rows(command("export", UNIT, "--for", "moodle")[1])
    assert head == ["Username", "ID number", "Email address", UNIT]
    assert found[0] == ["ann", "ann", "ann@example.org", str(corpus.ALL)] and len(found) == 4


def test_a_penalty_is_taken_off(command, course):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course}/class/gradebook.db", "lstm-by-hand") as book:
        book.find_submission_notebook(corpus.NAME, UNIT, "ann").late_submission_penalty = 2.5
        book.db.commit()
    assert rows(command("export", UNIT, "--for", "moodle")[1])[1][3] == str(corpus.ALL - 2.5)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1"])
def test_no_cell_is_a_formula(text):
    students = [Student(Person(text, text, "", text), (Grade(-0.0, 0),))]
    for form in export.FORMS.values():
        for row in rows(written(form(students, [text], [3]))):
            assert not any(cell.lstrip(" \t\r\n").startswith(tuple("=+@")) for cell in row)
            assert all(not cell.startswith("-") or cell == "-0" for cell in row)


@pytest.mark.parametrize(
    "text",
    [
        "ann;=1+1",
        "＝1+1",
        "tab\t=1",
        "a,=1",
        "a|＋1",
        'a;"=1',
        "a\n@x",
        "\u200b=1",
        "\u200e=1",
        "\x01-1",
        "\u2060\xad@x",
        "﹢1",
    ],
)
def test_no_cell_is_a_formula_between_other_signs(text):
    text = written([[text, "x", text], [1, 2.5, text]])
    for delimiter in ",;\t|":
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            assert not any(re.match(r"[\s\"\x01\xad\u200b-\u200f\u2060]*[=+@＝＋－＠﹢-]", cell) for cell in row)


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
    assert rows(written([odd, odd])) == [odd, odd]


def test_what_it_says_when_it_cannot(command):
    assert "once for each unit" in command("export", UNIT, "--column", "a", "--column", "b")[2]
    assert "no released unit" in command("export", UNIT, "9-none")[2]


def test_ids_of_the_platform(command, course):
    (course / "canvas.csv").write_text(
        "Student,ID,SIS User ID,SIS Login ID,Section\n    Points Possible,,,,\n"
        '"Lee, Ann",101,S1,ann,A\n"Ray, Bob",102,S2,bob,B\n"Doe, Dan",103,S3,dan,B\n"Fox, Zoë",104,S4,zoe,B\n'
    )
    assert command("roster", str(course / "canvas.csv"))[0] == 0
    code, out, err = command("export", UNIT, "--for", "canvas")
    assert (
        code == 0
        and "not on the roster, and left out: eve" in err
        and "handed in nothing, and have an empty cell: zoe" in err
    )
    assert [r[:5] for r in rows(out)[2:]] == [
        ["Lee, Ann", "101", "S1", "ann", "A"],
        ["Ray, Bob", "102", "S2", "bob", "B"],
        ["Doe, Dan", "103", "S3", "dan", "B"],
        ["Fox, Zoë", "104", "S4", "zoe", "B"],
    ]
    assert command("roster", "--left", "bob")[0] == 0
    for form in export.FORMS:
        assert "bob" not in command("export", UNIT, "--for", form)[1]
    assert (course / "class" / "graded" / UNIT / "bob.json").exists()


def test_other_points_than_it_was_graded_with(command, course):
    path = course / "class" / "graded" / UNIT / "ann.json"
    record = json.loads(path.read_text())
    record["notebooks"][corpus.NAME]["possible"] -= 1
    path.write_text(json.dumps(record))
    code, out, err = command("export", UNIT)
    assert code == 2 and not out and "ann was graded with" in err


def test_what_is_not_graded_yet_is_named(command, course):
    shutil.copytree(course / "class" / "submitted" / "ann", course / "class" / "submitted" / "new")
    assert "handed in and not graded: new" in command("export", UNIT)[2]


def test_more_points_than_moodle_takes_and_the_mark_of_utf8(command, course, monkeypatch, tmp_path):
    monkeypatch.setattr(export, "checked", lambda desk, book: [])
    monkeypatch.setattr(export.Desk, "exercises", lambda self: [("n", SimpleNamespace(points=101))])
    assert "make 1-chain-rule first, with its maximum" in command("export", UNIT, "--for", "moodle")[2]
    command("export", UNIT, "--to", str(tmp_path / "a.csv"))
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbfstudent,")
