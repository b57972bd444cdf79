"""Rosters as Canvas, Moodle, GitHub and spreadsheets write them; who joins, leaves, is renamed."""

import shutil

import corpus
import pytest
from nbgrader.api import Gradebook

from autograde.classroom.room import CannotDo, Room
from autograde.classroom.roster import Person, Roster, merge
from autograde.classroom.roster_file import take

CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Chain rule (4711)\n"
    "    Points Possible,,,,,80\n"
    '"Müller, Anna",10000,S0,amueller,A,\n'
    '"O\'Brien, Jr., Bob",10002,S2,bobrien,A,\n'
    '"Student, Test",9999,,5d9f8c,A,\n'
)
MOODLE = 'First name,Last name,ID number,Email address,Groups\nAnna,Müller,0001,anna@uni.example,\nBob,"O\'Brien, Jr.",0002,bob@uni.example,\n'
IDS = {"amueller": ("Müller", "Anna"), "bobrien": ("O'Brien, Jr.", "Bob")}


def named(people) -> dict[str, tuple[str, str]]:
    return {p.id: (p.last_name, p.first_name) for p in people}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_whatever_a_spreadsheet_makes_of_it(encoding, delimiter):
    head = ["email", "first_name", "id", "last_name"]
    rows = [head, ["a@x.example", "Anna", "amueller", "Müller"], ["b@x.example", "Bob", "bobrien", '"O\'Brien, Jr."']]
    text = "\r\n".join(delimiter.join(r) for r in rows)
    taken = take(text.encode(encoding))
    assert named(taken.people) == IDS and taken.known_by == "id"


def test_canvas_keeps_its_ids_and_passes_over_what_is_no_student():
    taken = take(CANVAS.encode())
    assert taken.source == "Canvas" and named(taken.people) == IDS and len(taken.passed_over) == 2
    assert taken.people[0] == Person("amueller", "Müller", "Anna", "", "10000", "S0", "amueller", "A")


def test_canvas_with_names_in_two_columns_and_semicolons():
    text = "LastName;FirstName;ID;SIS User ID;SIS Login ID;Section\nMüller;Anna;10000;S0;amueller;A\n"
    assert named(take(text.encode()).people) == {"amueller": ("Müller", "Anna")}


def test_who_has_no_login_is_known_by_another_number():
    more = "".join(f'"X{n}, Y",2000{n},S{n}9,x{n},A\n' for n in range(4))
    taken = take((CANVAS.replace("amueller", "") + more).encode())
    assert taken.known_by == "SIS Login ID" and [p.id for p in taken.people[:2]] == ["S0", "bobrien"]
    without = "\n".join(
        ",".join(line.split(",")[:2]) for line in ["Student,ID,Section", "Lee Ann,17", "Ray Bob,18"]
    ).replace("ID", "ID,Section")
    assert [p.id for p in take(without.encode()).people] == ["17", "18"]


def test_moodle_without_usernames_goes_by_the_email():
    taken = take(MOODLE.encode())
    assert taken.source == "Moodle" and list(named(taken.people)) == ["anna", "bob"]
    twice = "Vorname,Nachname,E-Mail-Adresse\nAnn,Lee,ann@a.example\nAnn,Li,ann@b.example\n"
    assert list(named(take(twice.encode()).people)) == ["ann@a.example", "ann@b.example"]
    called = "Anmeldename,Vorname,Nachname\nalee,Ann,Lee\n"
    assert named(take(called.encode()).people) == {"alee": ("Lee", "Ann")}


@pytest.mark.parametrize(
    "data, said",
    [
        (b"", "is empty"),
        (b"PK\x03\x04....", "save it as CSV"),
        (b"first,last\nAnn,Lee\n", "No column says who is who"),
        (b"id,last_name\n../x,Lee\n", "cannot be the name of a folder"),
        (b"id,last_name\nann,Lee\nann,Li\n", "is there twice"),
    ],
)
def test_what_cannot_be_taken_is_named(data, said):
    with pytest.raises(CannotDo, match=said):
        take(data)


def test_who_is_known_again():
    roster = Roster({})
    merge(roster, take(CANVAS.encode()).people)
    renamed = CANVAS.replace("Müller", "Schmidt").replace("amueller", "aschmidt")
    changes = merge(roster, take(renamed.encode()).people)
    assert [now.id for _, now in changes.changed] == ["amueller"] and not changes.new
    assert roster.people["amueller"].sis_login == "aschmidt" and roster.people["amueller"].last_name == "Schmidt"
    github = "identifier,github_username,github_id,name\nbobrien,bob-codes,7,\nAnna Schmidt,anna99,8,\n"
    merge(roster, take(github.encode()).people, by_name=True)
    assert roster.people["bobrien"].github == "bob-codes" and roster.people["amueller"].github == "anna99"
    with pytest.raises(CannotDo, match="another canvas_id"):
        merge(roster, [Person("bobrien", canvas_id="77")])


def test_written_and_read_back(tmp_path):
    room = Room.open(tmp_path)
    odd = Person("a", "=1+1", '\'t Hooft; "x"', "a@x.example", "007", left="yes")
    Roster({"a": odd}).write(room)
    back = Roster.read(room)
    assert back.people["a"] == odd and back.has_left("a") and back.unknown("b") and not list(back)
    (room.folder / "roster.csv").write_text("name\nx\n")
    with pytest.raises(CannotDo, match="needs the columns id"):
        Roster.read(room)


def test_the_command_says_what_it_took(command, course, tmp_path):
    (tmp_path / "canvas.csv").write_text(CANVAS)
    code, out, _ = command("roster", str(tmp_path / "canvas.csv"))
    assert code == 0 and "their id here: SIS Login ID" in out and "2 new" in out and "Student, Test" in out
    with Gradebook(f"sqlite:///{course}/class/gradebook.db", "lstm-by-hand") as book:
        assert (
            book.find_student("bobrien").last_name == "O'Brien, Jr."
            and book.find_student("bobrien").lms_user_id == "10002"
        )
    (tmp_path / "canvas.csv").write_text("\n".join(CANVAS.splitlines()[:3]))
    code, out, _ = command("roster", str(tmp_path / "canvas.csv"))
    assert "1 in the class are not in this file: bobrien" in out
    assert command("roster", "--left", "bobrien")[0] == 0 and "1 have left: bobrien" in command("roster")[1]
    assert "'who' is not on the roster" in command("roster", "--left", "who")[2]


def test_another_id_takes_everything_along(command, course):
    before = command("export", corpus.UNIT)[1]
    assert command("roster", "--rename", "ann", "alee")[0] == 0
    assert command("export", corpus.UNIT)[1].replace("alee", "ann").splitlines()[1] == before.splitlines()[1]
    kinds = ("submitted/{}", "autograded/{}", f"graded/{corpus.UNIT}/{{}}.json", f"graded/{corpus.UNIT}/{{}}.answers")
    assert all((course / "class" / k.format("alee")).exists() for k in kinds)
    assert not any((course / "class" / k.format("ann")).exists() for k in kinds)
    assert "There is a student 'bob' already" in command("roster", "--rename", "alee", "bob")[2]
    shutil.rmtree(course / "class" / "submitted" / "alee")
    assert "alee" in command("grade", corpus.UNIT, "--no-sandbox", "--jobs", "1")[1]
