"""Run a learner's notebook and read its verdicts: for the terminal, and for a class on GitHub."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograde import course
from autograde.judging.exercise import Exercise, Written
from autograde.judging.verdict import MIME
from autograde.learning import kernel

STUB = "*Write your answer here.*"
"""What stands in the cell of a question in words before somebody answers."""


class CannotVerify(ValueError):
    """The notebook cannot be run or is none of this course; the message says why."""


@dataclass(frozen=True)
class Line:
    """One exercise of the table.

    Attributes
    ----------
    right : also of a question in words that was answered, which is marked by hand.
    open : nothing was written yet.
    """

    exercise: str
    right: bool
    score: float
    possible: int
    says: str
    open: bool = False

    @property
    def mark(self) -> str:
        return "✓" if self.right else "○" if self.open else "✗"


def verify(path: Path, timeout: float = 300) -> list[Line]:
    """The verdict on every exercise of the notebook at ``path``, which is run in a kernel of its own, not changed.

    Raises
    ------
    CannotVerify : it is not there, is no notebook, or belongs to another course.
    """
    notebook = _read(path)
    known = course.notebooks().get(_name(notebook, path))
    if known is None:
        raise CannotVerify(f"{path} is no notebook of this course, or its name and metadata were changed")
    _run(notebook, path, timeout)
    cells = {c.metadata.get("nbgrader", {}).get("grade_id"): c for c in notebook.cells}
    return [_line(exercise, cells) for exercise in known.exercises]


def table(lines: Sequence[Line]) -> str:
    """The lines as a table for a terminal, with a total."""
    wide = max(len(line.exercise) for line in lines)
    points = [f"{x.score:>4g} of {x.possible}" if x.possible else "no points" for x in lines]
    rows = [f"{x.mark} {x.exercise:<{wide}}  {p}  {x.says}" for x, p in zip(lines, points, strict=True)]
    total = f"{sum(x.score for x in lines):g} of {sum(x.possible for x in lines)} points"
    still = [x.exercise for x in lines if x.open]
    return "\n".join([*rows, total, *([f"still open: {', '.join(still)}"] if still else [])])


def _read(path: Path) -> NotebookNode:
    if not path.is_file():
        raise CannotVerify(f"there is no file {path}")
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except (ValueError, UnicodeDecodeError, AttributeError, KeyError, TypeError, nbformat.ValidationError) as error:
        reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise CannotVerify(f"{path} is not a Jupyter notebook ({reason})") from None
    return notebook


def _name(notebook: NotebookNode, path: Path) -> str:
    stamp = notebook.metadata.get("lstm_by_hand", {})
    return stamp.get("notebook", path.stem) if isinstance(stamp, dict) else path.stem


def _run(notebook: NotebookNode, path: Path, timeout: float) -> None:
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    with tempfile.TemporaryDirectory() as home:
        env = {"LSTM_BY_HAND_PROGRESS": str(Path(home) / "progress")}
        try:
            kernel.run(notebook, path.resolve().parent, env, timeout, allow_errors=True)
        except (CellTimeoutError, DeadKernelError) as error:
            raise CannotVerify(f"{path} could not be run to its end: {str(error).splitlines()[0]}") from None


def spoken(verdict: dict) -> str:
    """The headline, and the lines of the answer cell that were found to be at fault, where it does not name them."""
    lines = sorted({place["line"] for place in verdict.get("places", ()) if place["line"]})
    headline = verdict["headline"]
    if not lines or re.search(r"\b[Ll]ine \d", headline):
        return headline
    return f"{headline} Look at line{'s' * (len(lines) > 1)} {', '.join(map(str, lines))}."


def _line(exercise: Exercise | Written, cells: dict[str, NotebookNode]) -> Line:
    if isinstance(exercise, Written):
        words = cells[exercise.name].source.strip() if exercise.name in cells else ""
        blank = words in ("", STUB)
        says = "still to be written" if blank else "answered in words, marked by hand"
        return Line(exercise.name, not blank, 0, exercise.points, says, blank)
    cell = cells.get(f"check-{exercise.name}")
    if cell is None:
        return Line(exercise.name, False, 0, exercise.points, "its check cell is missing")
    for output in cell.outputs:
        data = output.get("data", {}).get(MIME)
        if data is not None:
            verdict = json.loads(data) if isinstance(data, str) else data
            score = float(verdict["score"])
            empty = verdict["status"] == "empty"
            return Line(exercise.name, verdict["status"] == "right", score, exercise.points, spoken(verdict), empty)
    errors = [f"{o.ename}: {o.evalue}".splitlines()[0] for o in cell.outputs if o.output_type == "error"]
    return Line(exercise.name, False, 0, exercise.points, errors[0] if errors else "its check was not run")
