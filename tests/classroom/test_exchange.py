"""nbgrader's exchange, there and back: what is released can be worked on, what was graded is fetched by its student."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import corpus
import pytest
import school

from autograde import cli

UNIT, NAME = corpus.UNIT, corpus.NAME
STUDENT = """\
c = get_config()
c.Exchange.root = {exchange!r}
c.CourseDirectory.course_id = "lstm-by-hand"
c.CourseDirectory.root = {home!r}
"""


@pytest.fixture
def places(tmp_path) -> tuple[Path, Path]:
    """A course whose class has an exchange, and a student's home."""
    course, home, exchange = tmp_path / "course", tmp_path / "home", tmp_path / "exchange"
    school.course(course)
    shutil.copytree(corpus.ROOT / "notebooks" / UNIT / "figures", course / "notebooks" / UNIT / "figures")
    exchange.mkdir(mode=0o777)
    exchange.chmod(0o777)
    home.mkdir()
    (home / "nbgrader_config.py").write_text(STUDENT.format(exchange=str(exchange), home=str(home)))
    assert cli.main(["roster", "--course", str(course)]) == 0
    with open(course / "class" / "nbgrader_config.py", "a") as config:
        config.write(f"get_config().Exchange.root = {str(exchange)!r}\n")
    return course, home


def nbgrader(folder: Path, *arguments: str, user: str = "teacher") -> str:
    env = os.environ | {
        "PYTHONPATH": str(corpus.ROOT),
        "HOME": str(folder),
        "JUPYTERHUB_USER": user,
        "JUPYTER_CONFIG_DIR": str(folder / ".jupyter"),
    }
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments], cwd=folder, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_there_and_back(places, capsys):
    course, home = places
    room = course / "class"
    assert cli.main(["release", UNIT, "--course", str(course)]) == 0
    nbgrader(room, "release_assignment", UNIT)
    nbgrader(home, "fetch_assignment", UNIT)
    got = home / UNIT
    assert (got / "autograde" / "recorded" / "contents.json").is_file() and list((got / "figures").iterdir())
    env = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | {"LSTM_BY_HAND_PROGRESS": "off"}
    verified = subprocess.run(
        [sys.executable, "-P", "-c", "import sys; sys.path.insert(0, '.'); from autograde import check; print(check.__module__)"],
        cwd=got, env=env, capture_output=True, text=True,
    )  # fmt: skip
    assert verified.returncode == 0, verified.stderr
    corpus.Notebook("along_route").light().write(got)
    nbgrader(home, "submit", UNIT)
    assert (
        cli.main(["collect", UNIT, str(Path(places[0].parent, "exchange", "lstm-by-hand")), "--course", str(course)])
        == 0
    )
    (who,) = (p.name for p in (room / "submitted").iterdir())
    assert (room / "submitted" / who / UNIT / "submission_secret.txt").is_file()
    shutil.copytree(room / "submitted" / who, room / "submitted" / "by-mail")
    (room / "submitted" / "by-mail" / UNIT / "submission_secret.txt").unlink()
    assert cli.main(["grade", UNIT, "--course", str(course), "--no-sandbox"]) == 0
    assert cli.main(["feedback", UNIT, "--course", str(course)]) == 0
    said = nbgrader(room, "release_feedback", UNIT)
    assert said.count("Releasing feedback for student") == 2
    released = list((places[0].parent / "exchange" / "lstm-by-hand" / "feedback").glob("*.html"))
    assert len(released) == 2 and all(p.stat().st_mode & 0o004 for p in released), (
        "students have to be able to read them"
    )
    assert not (room / "feedback").stat().st_mode & 0o007
    nbgrader(home, "fetch_feedback", UNIT)
    (page,) = home.glob(f"{UNIT}/feedback/*/{NAME}.html")
    assert "along_route" in page.read_text(encoding="utf-8")


def test_formgraders_generate_makes_a_sealed_release_and_leaves_the_build_alone(places):
    course, _ = places
    released = course / "notebooks" / UNIT
    before = {p: p.read_bytes() for p in released.rglob("*") if p.is_file()}
    nbgrader(course / "class", "generate_assignment", UNIT, "--force")
    assert {p: p.read_bytes() for p in released.rglob("*") if p.is_file()} == before
    made = course / "class" / "released" / "sealed" / UNIT
    assert (made / "autograde" / "recorded" / "contents.json").is_file() and (made / f"{NAME}.ipynb").is_file()
    assert "BEGIN SOLUTION" not in (made / f"{NAME}.ipynb").read_text()
