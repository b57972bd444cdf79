"""Notebooks per minute: `autograde grade` in its sandboxes against `nbgrader autograde`, a whole unit of 20 students.

Stock nbgrader is timed as it comes, and with immediate kernel shutdown, which this course's configuration sets. All of
them run one after another on this machine, and must give the same scores. Writes grading_speed.md beside this file.
"""

from __future__ import annotations

import _blas  # isort: skip  before NumPy
import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
UNIT = "1-chain-rule"
NAMES = [p.stem for p in sorted((ROOT / "notebooks" / UNIT).glob("*.ipynb"))]
SOLVED = (1.0, 1.0, 0.5, 0.0)
"""The share of its exercises that a student has solved, by turns."""
STOCK = """\
from pathlib import Path
from autograde.building.nbgrader_config import configure
configure(get_config(), Path(__file__).parent.parent, Path(__file__).parent)
del get_config().Autograde.exporter_class, get_config().GenerateAssignment.post_convert_hook
get_config().CourseDirectory.release_directory = str(Path(__file__).parent.parent / "notebooks")
"""
"""The course's own configuration without what the folder of a class adds: no refusal to grade, no sealed release."""


def main() -> None:
    """Time them all and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=20)
    students = parser.parse_args().students
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        root.chmod(0o755)
        _course(root, students)
        runs = {
            f"`autograde grade --jobs {os.cpu_count()}`": _ours(root, os.cpu_count() or 1),
            "`autograde grade --jobs 1`": _ours(root, 1),
        }
        over, memory = _overhead(root), _memory(root)
        (root / "class" / "nbgrader_config.py").write_text(STOCK)
        runs |= {
            "`nbgrader autograde`, immediate shutdown": _stock(root, "immediate"),
            "`nbgrader autograde`": _stock(root, "graceful"),
        }
    *others, (stock, scores) = runs.values()
    assert all(s == scores for _, s in others), "the scores differ"
    count = students * len(NAMES)
    lines = [
        f"{students} students, the {len(NAMES)} notebooks of {UNIT}, graded on {os.cpu_count()} processors ({platform.machine()}, "
        f"Python {platform.python_version()}, {_blas.kernel()}), start and end of the command included; the scores are equal.",
        "",
        "| | seconds | notebooks per minute | times stock |",
        "|---|---|---|---|",
        *(f"| {n} | {t:.1f} | {60 * count / t:.1f} | {stock / t:.1f} |" for n, (t, _) in reversed(runs.items())),
        "",
        f"In the sandbox, a notebook takes {over:.2f} s (median) beyond the processor time of the learner's own cells and answers. "
        f"The grader itself takes {memory:.0f} MB at most for {10 * students} submissions.",
    ]
    text = "\n".join(lines) + "\n"
    Path(__file__).with_suffix(".md").write_text(text, encoding="utf-8")
    print(text)


def _course(root: Path, students: int) -> None:
    source = root / "solutions" / UNIT
    source.parent.mkdir()
    shutil.copytree(ROOT / "solutions" / UNIT, source)
    (root / "notebooks").mkdir()
    (root / "class").mkdir()
    (root / "class" / "nbgrader_config.py").write_text(STOCK)
    _nbgrader(root, "generate_assignment", "--force", "--create")
    for n in range(students):
        for name in NAMES:
            path = root / "class" / "submitted" / f"student{n:02}" / UNIT / f"{name}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(_answered(root, name, SOLVED[n % len(SOLVED)])))


def _answered(root: Path, name: str, share: float) -> dict:
    """A notebook with the first of its exercises solved."""
    released, solved = (
        json.loads((root / kind / UNIT / f"{name}.ipynb").read_text()) for kind in ("notebooks", "solutions")
    )
    answers = {
        tag["grade_id"]: c["source"]
        for c in solved["cells"]
        if (tag := c["metadata"].get("nbgrader", {})).get("solution") and c["cell_type"] == "code"
    }
    chosen = list(answers)[: round(share * len(answers))]
    for cell in released["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if grade_id in chosen:
            cell["source"] = answers[grade_id]
    return released


def _stock(root: Path, shutdown: str) -> tuple[float, dict[str, float]]:
    shutil.rmtree(root / "class" / "autograded", ignore_errors=True)
    begun = time.perf_counter()
    _nbgrader(root, "autograde", "--create", f"--Execute.shutdown_kernel={shutdown}")
    return time.perf_counter() - begun, _scores(root)


def _nbgrader(root: Path, command: str, *options: str) -> None:
    _run(root / "class", [str(Path(sys.executable).parent / "nbgrader"), command, UNIT, "--log-level=ERROR", *options])


def _ours(root: Path, jobs: int) -> tuple[float, dict[str, float]]:
    begun = time.perf_counter()
    _run(root, [sys.executable, "-m", "autograde", "grade", UNIT, "--jobs", str(jobs)])
    return time.perf_counter() - begun, _scores(root)


MEASURED = "import resource; from autograde import cli; cli.main(); print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"


def _memory(root: Path) -> float:
    """The most memory, in MB, that the grader itself takes for ten times as many students, with a notebook each."""
    for path in sorted((root / "class" / "submitted").glob(f"*/{UNIT}/{NAMES[0]}.ipynb")):
        for n in range(10):
            to = root / "many" / "submitted" / f"{path.parts[-3]}-{n}" / UNIT
            to.mkdir(parents=True)
            shutil.copy(path, to)
    said = _run(root, [sys.executable, "-c", MEASURED, "grade", UNIT, "--class", str(root / "many")])
    return float(said.split()[-1])


def _run(folder: Path, command: list[str]) -> str:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    env = os.environ | {"PATH": path, "PYTHONPATH": str(ROOT)}
    env |= {"OPENBLAS_NUM_THREADS": "1", "LSTM_BY_HAND_PROGRESS": "off"}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def _scores(root: Path) -> dict[str, float]:
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{root}/class/gradebook.db", "lstm-by-hand") as book:
        return {s.student.id: s.score for s in book.assignment_submissions(UNIT)}


def _overhead(root: Path) -> float:
    records = [json.loads(p.read_text()) for p in (root / "class" / "graded" / UNIT).glob("*.json")]
    found = [n for r in records for n in r["notebooks"].values()]
    return statistics.median(n["seconds"] - n["own_seconds"] for n in found)


if __name__ == "__main__":
    main()
