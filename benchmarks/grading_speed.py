"""Submissions per minute: `autograde grade` in its sandbox against `nbgrader autograde`, on the same 20 submissions.

Stock nbgrader is timed as it comes, and with immediate kernel shutdown, which this course's configuration sets. All of
them run one after another on this machine, and must give the same scores. Writes grading_speed.md beside this file.
"""

from __future__ import annotations

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
sys.path.insert(0, str(ROOT / "tests" / "classroom"))
import corpus  # noqa: E402

COUNT = 20
SOLVED = (("all",), ("all",), ("along_route", "dydx", "reverse_sweep"), ())


def main() -> None:
    """Time them all and write the table."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        _course(root)
        runs = {
            "`nbgrader autograde`": _stock(root, "graceful"),
            "`nbgrader autograde`, immediate shutdown": _stock(root, "immediate"),
            "`autograde grade --jobs 1`": _ours(root, 1),
            f"`autograde grade --jobs {os.cpu_count()}`": _ours(root, os.cpu_count() or 1),
        }
        over = _overhead(root)
    (stock, scores), *others = runs.values()
    assert all(s == scores for _, s in others), "the scores differ"
    lines = [
        f"{COUNT} submissions of {corpus.NAME}, graded on {os.cpu_count()} processors ({platform.machine()}, Python "
        f"{platform.python_version()}), start and end of the command included; the scores are equal.",
        "",
        "| | seconds | submissions per minute | times stock |",
        "|---|---|---|---|",
        *(f"| {n} | {t:.1f} | {60 * COUNT / t:.1f} | {stock / t:.1f} |" for n, (t, _) in runs.items()),
        "",
        f"In the sandbox, a notebook takes {over:.2f} s (median) beyond the learner's own cells and answers, at --jobs "
        f"{os.cpu_count()}. Own cells include importing NumPy, SymPy and Matplotlib.",
    ]
    text = "\n".join(lines) + "\n"
    Path(__file__).with_suffix(".md").write_text(text, encoding="utf-8")
    print(text)


def _course(root: Path) -> None:
    source = root / "solutions" / corpus.UNIT
    source.mkdir(parents=True)
    shutil.copy(ROOT / "solutions" / corpus.UNIT / f"{corpus.NAME}.ipynb", source)
    (root / "autograde").mkdir()
    shutil.copy(ROOT / "autograde" / "nbgrader_config.py", root / "autograde")
    _nbgrader(root, "generate_assignment", "--force", "--create")
    for n in range(COUNT):
        folder = root / "class" / "submitted" / f"student{n:02}" / corpus.UNIT
        folder.mkdir(parents=True)
        corpus.Notebook(*SOLVED[n % len(SOLVED)]).write(folder)


def _stock(root: Path, shutdown: str) -> tuple[float, dict[str, float]]:
    shutil.rmtree(root / "class" / "autograded", ignore_errors=True)
    begun = time.perf_counter()
    _nbgrader(root, "autograde", "--create", f"--Execute.shutdown_kernel={shutdown}")
    return time.perf_counter() - begun, _scores(root)


def _nbgrader(root: Path, command: str, *options: str) -> None:
    _run(root, [str(Path(sys.executable).parent / "nbgrader"), command, corpus.UNIT, "--log-level=ERROR", *options])


def _ours(root: Path, jobs: int) -> tuple[float, dict[str, float]]:
    begun = time.perf_counter()
    _run(root, [sys.executable, "-m", "autograde.cli", "grade", corpus.UNIT, "--jobs", str(jobs)])
    return time.perf_counter() - begun, _scores(root)


def _run(root: Path, command: list[str]) -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    env = os.environ | {"PATH": path, "JUPYTER_CONFIG_PATH": str(root / "autograde"), "PYTHONPATH": str(ROOT)}
    env |= {"OPENBLAS_NUM_THREADS": "1", "LSTM_BY_HAND_PROGRESS": "off"}
    done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


def _scores(root: Path) -> dict[str, float]:
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{root}/class/gradebook.db", "lstm-by-hand") as book:
        return {s.student.id: s.score for s in book.assignment_submissions(corpus.UNIT)}


def _overhead(root: Path) -> float:
    records = [json.loads(p.read_text()) for p in (root / "class" / "graded" / corpus.UNIT).glob("*.json")]
    found = [r["notebooks"][corpus.NAME] for r in records]
    return statistics.median(n["seconds"] - n["own_seconds"] for n in found)


if __name__ == "__main__":
    main()
