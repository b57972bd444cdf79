"""From a course text (py:percent) to a notebook: short tags on cells become nbgrader metadata."""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from autograde.judging.exercise import Exercise, Written
from autograde.judging.questions import Guess

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
TAGS = ("answer", "check", "written", "points", "guess")


class BuildError(ValueError):
    """A course text, or a built notebook, with which the build cannot go on. The message says what to do."""


def read(path: Path, exercises: Mapping[str, Exercise | Written], guesses: Sequence[Guess] = ()) -> NotebookNode:
    """The notebook that the course text at ``path`` describes, with answers in it, not executed.

    Parameters
    ----------
    exercises : those of this notebook, by name.
    guesses : its guesses.

    Raises
    ------
    BuildError : a tag, a name, a marker or points that do not fit.
    """
    notebook = jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent")
    notebook.cells = _with_guesses(path, notebook.cells, {g.name: g for g in guesses})
    seen: dict[str, set[str]] = {"answer": set(), "check": set(), "written": set()}
    for cell in notebook.cells:
        tags = {t: cell.metadata.pop(t) for t in TAGS if t in cell.metadata}
        if "guess" in tags:
            continue
        kind = next((t for t in ("answer", "check", "written") if t in tags), None)
        _markers(path, cell, kind)
        if kind is None:
            continue
        name = tags[kind]
        exercise = _exercise(path, name, kind, exercises)
        if name in seen[kind]:
            raise BuildError(f"{path}: the {kind} cell of {name!r} is there twice; rename one, or take it out")
        seen[kind].add(name)
        if "points" in tags and int(tags["points"]) != exercise.points:
            raise BuildError(f"{path}: {name!r} has points={tags['points']} here and {exercise.points} in exercises.py")
        _PREPARE[kind](path, cell, exercise)
    _complete(path, seen, exercises)
    _ids(notebook)
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
            "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
        }
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def without_guesses(notebook: NotebookNode, guesses: Sequence[Guess]) -> None:
    """Dots in place of each letter, in a notebook for learners."""
    for cell in notebook.cells:
        for question in guesses:
            if cell.source == _guessed(question, repr(question.right)):
                cell.source = _guessed(question, "...")


def _guessed(question: Guess, what: str) -> str:
    return f"guess({question.name}={what})"


def _with_guesses(path: Path, cells: list[NotebookNode], guesses: Mapping[str, Guess]) -> list[NotebookNode]:
    """The question in words before each cell that asks for a guess; the cell itself with the right letter."""
    found: list[NotebookNode] = []
    asked = [cell.metadata["guess"] for cell in cells if "guess" in cell.metadata]
    if sorted(asked) != sorted(guesses):
        raise BuildError(f"{path}: it asks the guesses {sorted(asked)}, and exercises.py has {sorted(guesses)}")
    for cell in cells:
        if "guess" in cell.metadata:
            question = guesses[cell.metadata["guess"]]
            if cell.source.strip():
                raise BuildError(
                    f"{path}: leave the cell of the guess {question.name!r} empty; it is made from exercises.py"
                )
            found.append(new_markdown_cell(question.markdown()))
            cell.source = _guessed(question, repr(question.right))
        found.append(cell)
    return found


def stub(source: str) -> str:
    """An answer cell without what stands between its solution markers."""
    return re.sub(rf"(?ms)^[ \t]*{BEGIN}.*?{END}[^\n]*\n?", "", source)


def solution_lines(source: str) -> list[str]:
    """The lines between solution markers, stripped."""
    found = re.findall(rf"(?ms){BEGIN}[^\n]*\n(.*?)^[ \t]*{END}", source)
    return [line.strip() for block in found for line in block.splitlines() if line.strip()]


def _markers(path: Path, cell: NotebookNode, kind: str | None) -> None:
    begins, ends = cell.source.count(BEGIN), cell.source.count(END)
    first = cell.source.strip().split("\n")[0]
    if begins != ends:
        raise BuildError(f"{path}: a solution marker is not closed in the cell that starts {first!r}")
    if begins and kind != "answer":
        raise BuildError(f'{path}: a solution stands in a cell without answer="...": the cell that starts {first!r}')
    if kind == "answer" and not begins:
        raise BuildError(f"{path}: the answer cell that starts {first!r} has no {BEGIN} ... {END}")


def _exercise(path: Path, name: str, kind: str, exercises: Mapping[str, Exercise | Written]) -> Exercise | Written:
    if name not in exercises:
        known = ", ".join(exercises) or "none"
        raise BuildError(f"{path}: there is no exercise {name!r} in this notebook's exercises.py (it has: {known})")
    exercise = exercises[name]
    if isinstance(exercise, Written) != (kind == "written"):
        wanted = "written" if isinstance(exercise, Written) else "answer and check"
        raise BuildError(f"{path}: {name!r} wants the tag {wanted}, and stands in a cell with the tag {kind}")
    return exercise


def _answer(path: Path, cell: NotebookNode, exercise: Exercise) -> None:
    left = stub(cell.source)
    try:
        tree = ast.parse(left)
    except SyntaxError as error:
        raise BuildError(
            f"{path}: without its solution, the answer cell of {exercise.name!r} is no Python: {error}"
        ) from None
    named = {n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    named |= {t.id for n in tree.body if isinstance(n, ast.Assign) for t in ast.walk(n) if isinstance(t, ast.Name)}
    if exercise.name not in named:
        how = f"def {exercise.name}(...)" if exercise.kind == "function" else f"{exercise.name} = ..."
        raise BuildError(f"{path}: the answer cell of {exercise.name!r} must say `{how}` outside its solution")
    cell.metadata.nbgrader = _nbgrader(exercise.name, solution=True)


def _check(path: Path, cell: NotebookNode, exercise: Exercise) -> None:
    call = exercise.name if exercise.kind == "function" else f"{exercise.name}={exercise.name}"
    if cell.source.strip() != f"check({call})":
        raise BuildError(f"{path}: the check cell of {exercise.name!r} must be `check({call})` and no more")
    if exercise.kind != "value":
        cell.source += f"\n### BEGIN HIDDEN TESTS\ncheck({call}, hidden=True)\n### END HIDDEN TESTS"
    cell.metadata.nbgrader = _nbgrader(f"check-{exercise.name}", grade=True, locked=True, points=exercise.points)


def _written(path: Path, cell: NotebookNode, exercise: Written) -> None:
    if cell.source.strip():
        raise BuildError(
            f"{path}: leave the written cell of {exercise.name!r} empty; its model answer stands in exercises.py"
        )
    guide = "\n".join(f"- {line}" for line in exercise.guide)
    cell.source = (
        f"**Model answer.** {exercise.model}\n\n**Marking guide.** One of {exercise.points} points for each:\n\n{guide}"
    )
    if len(exercise.guide) != exercise.points:
        cell.source = cell.source.replace(
            f"One of {exercise.points} points for each:", f"{exercise.points} points in all:"
        )
    cell.metadata.nbgrader = _nbgrader(exercise.name, grade=True, solution=True, points=exercise.points)


_PREPARE: dict[str, Callable[[Path, NotebookNode, Any], None]] = {
    "answer": _answer,
    "check": _check,
    "written": _written,
}


def _nbgrader(
    grade_id: str, grade: bool = False, solution: bool = False, locked: bool = False, points: int = 0
) -> dict:
    found = {
        "schema_version": 3,
        "grade": grade,
        "grade_id": grade_id,
        "locked": locked,
        "solution": solution,
        "task": False,
    }
    return found | ({"points": points} if grade else {})


def _complete(path: Path, seen: Mapping[str, set[str]], exercises: Mapping[str, Exercise | Written]) -> None:
    for name in sorted(seen["answer"] ^ seen["check"]):
        there, lacks = ("an answer", "check") if name in seen["answer"] else ("a check", "answer")
        raise BuildError(f"{path}: {name!r} has {there} cell and no {lacks} cell")
    unused = sorted(set(exercises) - seen["check"] - seen["written"])
    if unused:
        raise BuildError(f"{path}: exercises.py has {', '.join(unused)}, which the text does not ask")


def _ids(notebook: NotebookNode) -> None:
    taken: dict[str, int] = {}
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        stem = grade_id or hashlib.sha256(cell.source.encode()).hexdigest()[:12]
        taken[stem] = taken.get(stem, 0) + 1
        cell.id = stem if taken[stem] == 1 else f"{stem}-{taken[stem]}"
