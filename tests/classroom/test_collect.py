"""Collecting: zips of Canvas and Moodle, clones, an exchange, folders, mail; nothing is lost, nobody is guessed."""

import json
import os
import shutil
import subprocess
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import corpus
import pytest
import school

from autograde import cli

UNIT, NAME = corpus.UNIT, corpus.NAME
ROSTER = """Student,ID,SIS User ID,SIS Login ID,Section
"O'Brien, Jr., Bob",10002,S2,bobrien,A
"Müller, Jörg",10001,S1,jmueller,A
"Lee, Ann",10025,S5,alee,A
"Lee, Ann",10026,S6,ann.lee,A
"محمد, علي",10022,S7,amohamed,A
"Xu, _",10030,S8,xu,A
"""


@pytest.fixture(scope="module")
def rostered(tmp_path_factory) -> Path:
    """A course with a class that has a roster. Not to be changed."""
    root = tmp_path_factory.mktemp("rostered")
    school.course(root)
    (root / "canvas.csv").write_text(ROSTER)
    assert cli.main(["roster", str(root / "canvas.csv"), "--course", str(root)]) == 0
    return root


@pytest.fixture
def course(rostered, tmp_path) -> Path:
    return Path(shutil.copytree(rostered, tmp_path / "course"))


@pytest.fixture
def collect(course, capsys):
    def run(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.main(["collect", UNIT, *map(str, arguments), "--course", str(course)])
        return code, *capsys.readouterr()

    return run


def zipped(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def notebook(words: str = "") -> str:
    return json.dumps(corpus.Notebook("along_route").insert(2, f"# {words}").data)


def lying(course: Path) -> set[str]:
    submitted = course / "class" / "submitted"
    return {p.relative_to(submitted).as_posix() for p in submitted.rglob("*.ipynb")}


def test_canvas(course, collect):
    files = {
        f"leeann_10025_884411_{NAME}.ipynb": notebook(),
        f"leeann_LATE_10026_884412_{NAME}-1.ipynb": notebook(),
        f"محمدعلي_10022_884413_Copy of {NAME} (1).ipynb": notebook(),
        f"xu_LATE_10030_1_a_b_{NAME}.ipynb": notebook(),
        "obrienjrbob_10002_text.html": "<p>see my mail</p>",
        f"ghost_777_9_{NAME}.ipynb": notebook(),
        f"anon_Zx12a_9_{NAME}.ipynb": notebook(),
    }
    code, out, _ = collect(zipped(course / "submissions.zip", files))
    assert code == 1 and "7 submissions, from Canvas" in out
    assert lying(course) == {
        f"alee/{UNIT}/{NAME}.ipynb",
        f"ann.lee/{UNIT}/{NAME}.ipynb",
        f"amohamed/{UNIT}/Copy of {NAME} (1).ipynb",
        f"xu/{UNIT}/a_b_{NAME}.ipynb",
    }
    assert "not collected: ghost_777: nobody on the roster is called so" in out
    assert (
        "anon_Zx12a" in out and "bobrien: handed in a text or a link" in out and "bobrien: no file came with it" in out
    )
    assert "2 handed in nothing: bobrien, jmueller" in out
    assert cli.main(["due", UNIT, "2020-01-01", "--course", str(course)]) == 0
    assert "late, as Canvas says, which does not say by how much: ann.lee, xu" in collect(course / "submissions.zip")[1]


def test_moodle(course, collect):
    files = {
        f"Jörg Müller_778812_assignsubmission_file/{NAME}.ipynb": notebook(),
        f"Bob OBrien, Jr._778813_assignsubmission_file_/deep/{NAME}.ipynb": notebook(),
        f"Ann Lee_778814_assignsubmission_file_{NAME}.ipynb": notebook(),
        "علي محمد_778815_assignsubmission_onlinetext/onlinetext.html": "x",
    }
    code, out, _ = collect(zipped(course / "moodle.zip", files))
    assert code == 1 and lying(course) == {f"jmueller/{UNIT}/{NAME}.ipynb", f"bobrien/{UNIT}/deep/{NAME}.ipynb"}
    assert "Ann Lee_778814: alee and ann.lee have the same name" in out and "amohamed: handed in a text" in out
    code, out, _ = collect(course / "moodle.zip", "--as", "Ann Lee_778814=ann.lee")
    assert f"ann.lee/{UNIT}/{NAME}.ipynb" in lying(course) and "1 new, 0 again, 2 as before" in out


def test_moodles_worksheet_tells_who_and_when(course, collect):
    files = {f"Ann Lee_77881{n}_assignsubmission_file/{NAME}.ipynb": notebook(str(n)) for n in (4, 5)}
    roster = (course / "class" / "roster.csv").read_text(encoding="utf-8-sig")
    (course / "class" / "roster.csv").write_text(roster.replace("ann.lee,Lee,Ann,", "ann.lee,Lee,Ann,ann@x.example"))
    sheet = course / "sheet.csv"
    sheet.write_text(
        "Identifier,Full name,Email address,Status,Last modified (submission),Last modified (grade)\n"
        'Participant 778814,Ann Lee,ann@x.example,Submitted,"Thursday, 31 January 2030, 10:15 PM",-\n'
        "Participant 778815,Ann Lee,other@x.example,Submitted,-,-\n"
    )
    code, out, _ = collect(zipped(course / "moodle.zip", files), "--worksheet", sheet)
    assert code == 1 and lying(course) == {f"ann.lee/{UNIT}/{NAME}.ipynb"} and "Ann Lee_778815" in out
    stamp = course / "class" / "submitted" / "ann.lee" / UNIT / "timestamp.txt"
    assert stamp.read_text()[:19] == f"{datetime(2030, 1, 31, 22, 15).astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    sheet.write_text("a,b\n1,2\n")
    assert "no column Identifier" in collect(course / "moodle.zip", "--worksheet", sheet)[2]


def test_a_name_that_does_not_say_it_is_utf8(course, collect, monkeypatch):
    monkeypatch.setattr(zipfile.ZipInfo, "_encodeFilenameFlags", lambda self: (self.filename.encode(), self.flag_bits))
    archive = zipped(course / "m.zip", {f"Jörg Müller_1_assignsubmission_file/{NAME}.ipynb": notebook()})
    assert collect(archive)[0] == 0
    assert f"jmueller/{UNIT}/{NAME}.ipynb" in lying(course)


def test_an_earlier_submission_is_kept(course, collect):
    folder = course / "in" / "alee"
    folder.mkdir(parents=True)
    (folder / f"{NAME}.ipynb").write_text(notebook("first"))
    (folder / "timestamp.txt").write_text("2020-01-01 00:00:00 UTC")
    assert collect(course / "in")[0] == 0
    assert "1 as before" in collect(course / "in")[1]
    (folder / f"{NAME}.ipynb").write_text(notebook("second"))
    assert "1 again" in collect(course / "in")[1]
    place = course / "class" / "submitted" / "alee" / UNIT
    assert "second" in (place / f"{NAME}.ipynb").read_text() and not (place / "timestamp.txt").exists()
    (earlier,) = (course / "class" / "earlier" / "alee" / UNIT).glob(f"*/{NAME}.ipynb")
    assert "first" in earlier.read_text()
    (folder / f"{NAME}.ipynb").rename(folder / "notes.txt")
    code, out, _ = collect(course / "in")
    assert code == 1 and f"alee: {NAME} is not among what was handed in again; the one from before stays" in out
    assert "second" in (place / f"{NAME}.ipynb").read_text()


def test_clones(course, collect):
    (course / "github.csv").write_text("identifier,github_username,github_id,name\nbobrien,bob-codes,7,\n")
    assert cli.main(["roster", str(course / "github.csv"), "--course", str(course)]) == 0
    for name in (f"{UNIT}-bob-codes", "week-1-alee", "week-1-stranger"):
        folder = course / "clones" / "week-1-submissions" / name
        (folder / UNIT / "autograde").mkdir(parents=True)
        (folder / "2-rnn").mkdir()
        (folder / UNIT / f"{NAME}.ipynb").write_text(notebook())
        (folder / "2-rnn" / "other.ipynb").write_text(notebook())
        (folder / UNIT / "autograde" / "x.py").write_text("")
        (folder / UNIT / "link.ipynb").symlink_to("/etc/passwd")
        git = [
            "git",
            "-C",
            str(folder),
            "-c",
            "user.name=x",
            "-c",
            "user.email=x@x.example",
            "-c",
            "commit.gpgsign=false",
        ]
        env = os.environ | {
            "GIT_COMMITTER_DATE": "2030-01-31T22:00:00+0100",
            "GIT_AUTHOR_DATE": "2030-01-31T22:00:00+0100",
        }
        for line in (["init", "-q"], ["add", "."], ["commit", "-qm", "work"]):
            subprocess.run([*git, *line], check=True, env=env)
    code, out, _ = collect(course / "clones")
    assert code == 1 and lying(course) == {f"bobrien/{UNIT}/{NAME}.ipynb", f"alee/{UNIT}/{NAME}.ipynb"}
    assert "week-1-stranger" in out and "is a link" in out
    stamp = course / "class" / "submitted" / "alee" / UNIT / "timestamp.txt"
    assert not stamp.exists()
    collect(course / "clones", "--commit-times")
    assert stamp.read_text() == "2030-01-31 21:00:00.000000 UTC"


def test_an_exchange(course, collect):
    inbound = course / "exchange" / "inbound"
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f} UTC"
    for name in (
        f"alee+{UNIT}+2020-01-01 10:00:00.000000 UTC+aaa",
        f"xu+{UNIT}+{now}+bbb",
        f"xu+{UNIT}+2019-01-01 10:00:00 UTC",
        f"xu+2-rnn+{now}",
    ):
        (inbound / name).mkdir(parents=True)
        (inbound / name / f"{NAME}.ipynb").write_text(notebook(name[:20]))
        (inbound / name / "timestamp.txt").write_text("2000-01-01 00:00:00 UTC")
        (inbound / name / "submission_secret.txt").write_text("s3cret")
    code, out, _ = collect(course / "exchange")
    assert code == 1 and "2 submissions, from nbgrader's exchange" in out
    assert "alee: its folder in the exchange says 2020-01-01 10:00 UTC" in out and "xu: its folder" not in out
    place = course / "class" / "submitted" / "xu" / UNIT
    assert (place / "timestamp.txt").read_text()[:19] == now[:19] and (
        place / "submission_secret.txt"
    ).read_text() == "s3cret"


def test_hostile_names_stay_inside(course, collect):
    files = {
        f"../../alee/{NAME}.ipynb": notebook(),
        f"alee/../../../{NAME}.ipynb": notebook(),
        f"alee/{'x' * 300}/{NAME}.ipynb": notebook(),
        f"alee/.git/hooks/{NAME}.ipynb": notebook(),
        "alee/bad.ipynb": "{",
    }
    before = {p for p in course.rglob("*") if "class" not in p.parts}
    collect(zipped(course / "x.zip", files))
    assert {p for p in course.rglob("*") if "class" not in p.parts} - before == {course / "x.zip"}
    assert all(p.startswith(f"alee/{UNIT}/") for p in lying(course)) and len(lying(course)) == 2


def test_mail_and_what_it_says_when_it_cannot(course, collect):
    (course / "mail.ipynb").write_text(notebook())
    broken = zipped(course / "broken.zip", {"a": "b"})
    broken.write_bytes(broken.read_bytes().replace(b"PK\x01\x02", b"PK\x01\x09"))
    assert collect(course / "mail.ipynb", "--student", "alee", "--at", "2030-01-31 22:15 UTC")[0] == 0
    assert (course / "class" / "submitted" / "alee" / UNIT / "timestamp.txt").read_text().startswith("2030-01-31 22:15")
    for arguments, said in {
        (course / "none.zip",): "There is no such file",
        (course / "mail.ipynb",): "neither a zip nor a folder",
        (broken,): "cannot be opened",
        (course / "mail.ipynb", "--student", "who"): "not on the roster",
        (course / "notebooks" / UNIT,): "holds no submissions",
    }.items():
        code, _, err = collect(*arguments)
        assert code == 2 and said in err
    (course / "class" / "roster.csv").unlink()
    code, _, err = collect(zipped(course / "c.zip", {f"leeann_10025_1_{NAME}.ipynb": notebook()}))
    assert code == 2 and "There is no roster yet" in err
