"""A class of four, small and mixed: ann has all right, bob a named mistake and hostile words, dan nothing, eve a broken file."""

import argparse
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import corpus

from autograde import cli
from autograde.classroom.desk import Desk

HOSTILE = """A nudge travels along **every** route. <script>alert("words")</script>
<img src=x onerror="alert(1)"> <iframe src="https://example.org"></iframe> [press](javascript:alert(2))
<a href="JaVaScRiPt:alert(3)">me</a> <svg onload="alert(4)"></svg> $\\href{javascript:alert(5)}{x}$
"""


def mistaken() -> corpus.Notebook:
    """Two right answers, one mistake with a name, one error, a forged verdict, and words that hold scripts."""
    notebook = corpus.Notebook("along_route", "dydx", "reverse_sweep").light()
    source = "".join(notebook["reverse_sweep"]["source"])
    assert "d[node] += local" in source
    notebook["reverse_sweep"]["source"] = source.replace("d[node] += local", "d[node] = local")
    notebook["count_routes"]["source"] = (
        "def count_routes(graph, order, end):\n    return 1 / 0  # </pre><script>alert(6)"
    )
    notebook["why_routes_add"]["source"] = HOSTILE
    forged = "from IPython.display import HTML, display\ndisplay(HTML('<script>alert(7)</script><b>✓ reverse_sweep · Right.</b>'))"
    return notebook.insert(2, forged).insert(3, "print('<script>alert(8)</script>')")


def graded_class(root: Path) -> None:
    """Make the course's folder at ``root`` with the class's submissions in it, and grade them."""
    course(root)
    hand_in(root)
    assert cli.main(["grade", corpus.UNIT, "--course", str(root), "--jobs", "2", "--no-sandbox"]) == 1


def course(root: Path) -> None:
    """The course's folder with one notebook of unit 1."""
    for kind in ("notebooks", "solutions"):
        (root / kind / corpus.UNIT).mkdir(parents=True)
        shutil.copy(corpus.ROOT / kind / corpus.UNIT / f"{corpus.NAME}.ipynb", root / kind / corpus.UNIT)


def hand_in(root: Path) -> None:
    """The submissions."""
    submitted = root / "class" / "submitted"
    for student in ("ann", "bob", "dan", "eve"):
        (submitted / student / corpus.UNIT).mkdir(parents=True)
    corpus.Notebook("all").light().write(submitted / "ann" / corpus.UNIT)
    mistaken().write(submitted / "bob" / corpus.UNIT)
    corpus.Notebook().light().write(submitted / "dan" / corpus.UNIT)
    (submitted / "eve" / corpus.UNIT / f"{corpus.NAME}.ipynb").write_text("{")


def larger(root: Path, names: Sequence[str]) -> None:
    """Let more students have handed in what ann, bob and dan did, in turns, without running it again."""
    options = argparse.Namespace(course=root, room=None, db=None, unit=corpus.UNIT)
    at = Desk.open(options)
    with at.book() as book:
        for n, name in enumerate(names):
            like = ("ann", "bob", "dan")[n % 3]
            found = at.record(like) | {"student": name}
            at.unit.records.write(name, found, b"")
            shutil.copytree(at.room.path("autograded", like), at.room.path("autograded", name))
            about = found["notebooks"][corpus.NAME]
            scores: dict[str, float | None] = {f"check-{e}": v["score"] for e, v in about["exercises"].items()}
            scores |= {w: 0.0 if w in about["blank"] else None for w in about["written"]}
            book.save(name, {corpus.NAME: scores}, None)


def record(root: Path, student: str) -> dict:
    """What was recorded for a student."""
    return json.loads((root / "class" / "graded" / corpus.UNIT / f"{student}.json").read_text())
