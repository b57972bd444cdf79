"""The whole class is graded at once: every honest one gets its true score, no hostile one a point more than it earned."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import socket
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import corpus

from autograde.classroom import submission as lint
from autograde.classroom.grading import Unit, grade
from autograde.classroom.sandbox.box import Limits

pytestmark = pytest.mark.needs("bwrap")
LIMITS = Limits(cell=6, notebook=30, call=2, memory=768 * 2**20)
SECRET = "the-password-of-the-gradebook"


def digest(folder: Path) -> dict[str, str]:
    """Every file, folder and link below ``folder`` that grading has no business with."""
    found = {}
    for at, folders, files in os.walk(folder):
        for name in folders + files:
            path = Path(at, name)
            key = repr(path.relative_to(folder))
            if re.search(r"class/(graded|autograded|gradebook)", str(path)):
                continue
            if path.is_symlink():
                found[key] = os.readlink(path)
            elif path.is_file():
                found[key] = hashlib.sha256(path.read_bytes()).hexdigest()
            else:
                found[key] = "folder"
    return found


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """The class, graded: records by folder name, the paths, and digests before and after."""
    base = tmp_path_factory.mktemp("room")
    root = base / "course"
    released = root / "notebooks" / corpus.UNIT
    released.mkdir(parents=True)
    shutil.copy(corpus.ROOT / "notebooks" / corpus.UNIT / f"{corpus.NAME}.ipynb", released)
    (base / "outside").mkdir(mode=0o777)
    (base / "outside" / "file").write_text("untouched")
    (base / "outside" / "file").chmod(0o666)
    os.environ["AUTOGRADE_SECRET"] = SECRET
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        corpus.PORT[0] = server.getsockname()[1]
        corpus.place(root / "class" / "submitted")
        unit = Unit.read(root, corpus.UNIT)
        names = {
            s.student: s.folder.parent.name
            for s in lint.submissions(unit.room.path("submitted"), unit.name, unit.release)
        }
        before = digest(base)
        url = f"sqlite:///{root}/class/gradebook.db"
        records = {names[r["student"]]: r for _, r in grade(unit, url, limits=LIMITS, jobs=2)}
        try:
            visitor = server.accept()
        except TimeoutError:
            visitor = None
    del os.environ["AUTOGRADE_SECRET"]
    return SimpleNamespace(root=root, url=url, records=records, before=before, after=digest(base), visitor=visitor)


@pytest.mark.parametrize("student", corpus.CLASS)
def test_score(room, student):
    case, record = corpus.CLASS[student], room.records[student]
    eye = " ".join(record["eye"])
    assert record["score"] == case.score, record
    assert re.search(case.eye, eye) if case.eye else not eye, eye


def test_every_exercise_has_a_verdict_with_words(room):
    for record in room.records.values():
        exercises = record["notebooks"][corpus.NAME]["exercises"]
        assert list(exercises) == list(corpus.POINTS)
        assert all(v["headline"] and 0 <= v["score"] <= v["possible"] for v in exercises.values())


def test_gradebook_holds_the_same(room):
    from nbgrader.api import Gradebook

    with Gradebook(room.url, "lstm-by-hand") as book:
        for record in room.records.values():
            submission = book.find_submission(corpus.UNIT, record["student"])
            assert submission.score == record["score"] and submission.max_score == corpus.ALL + 2
            waiting = [g.name for n in submission.notebooks for g in n.grades if g.needs_manual_grade]
            assert waiting == [name.split("/")[1] for name in record["to_mark"]]
        assert len(book.students) == len(corpus.CLASS)


def test_nothing_outside_changed(room):
    assert room.before == room.after


def test_nobody_called_home(room):
    assert room.visitor is None


def test_nothing_is_left_running(room):
    import psutil

    assert not [p for p in psutil.process_iter(["cmdline"]) if "3600.125" in (p.info["cmdline"] or [])]


def shown(room, student: str) -> str:
    return (room.root / "class" / "autograded" / student / corpus.UNIT / f"{corpus.NAME}.ipynb").read_text(
        encoding="utf-8"
    )


def test_the_reference_is_not_there(room):
    assert "FOUND" not in re.sub(r"print\('FOUND'[^\n]*", "", shown(room, "imports_the_reference"))


def test_the_graders_secrets_are_not_there(room):
    assert SECRET not in shown(room, "reads_the_graders_secrets") and "root:" not in shown(
        room, "reads_the_graders_secrets"
    )


def test_nobody_became_root(room):
    (output,) = [
        o["text"]
        for c in json.loads(shown(room, "becomes_root"))["cells"]
        for o in c.get("outputs", [])
        if "UNSHARE" in str(o)
    ]
    text = "".join(output)
    assert "UNSHARE [-1, -1, -1]" in text and "MOUNT -1" in text and "ROOT" not in text and "WROTE" not in text


def test_graded_notebooks_are_whole_and_safe(room):
    for file in (room.root / "class" / "autograded").rglob("*.ipynb"):
        notebook = nbformat.read(file, as_version=4)
        nbformat.validate(notebook)
        for cell in notebook.cells:
            is_check = cell.metadata.get("nbgrader", {}).get("grade_id", "").startswith("check-")
            for output in cell.get("outputs", [])[: -1 if is_check else None]:
                assert set(output.get("data", {})) <= {"text/plain", "text/latex", "image/png", "image/jpeg"}
