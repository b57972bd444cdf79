"""A class of four, small and mixed: ann has all right, bob a named mistake and hostile words, dan nothing, eve a broken file."""

import json
import shutil
from pathlib import Path

import corpus

from autograde import cli

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


def record(root: Path, student: str) -> dict:
    """What was recorded for a student."""
    return json.loads((root / "class" / "graded" / corpus.UNIT / f"{student}.json").read_text())
