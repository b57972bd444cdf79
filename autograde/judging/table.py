"""What every single edit of a reference gives on the problems of a learner's own check, as fingerprints, tabled beforehand.

``edits.npz`` holds two arrays for each exercise: ``<name>``, a row for each edit of ``grammar.edits`` with a fingerprint for
each result, NaN where the edit gives none; and ``<name>:made-of``, a digest of all that the rows follow from.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from autograde.asking.ask import plain
from autograde.asking.wire import pack
from autograde.judging import grammar, reference
from autograde.judging.case import Case
from autograde.judging.catalogue import called
from autograde.judging.compare import as_array
from autograde.judging.exercise import Exercise, Mistake, Problem
from autograde.judging.reference import Edit
from autograde.judging.values import fingerprint, projection

FILE = Path(__file__).with_name("edits.npz")
CANDIDATES = 40
"""How many edits with the right fingerprint are tried."""


def matches(case: Case, results: Sequence[int]) -> list[Edit]:
    """The edits that change one of these results at least and give all of them on every problem, the likeliest first."""
    found = _tabled(case, results) if _is_tabled(case, results) else _tried(case, results)
    found.sort(key=lambda edit: edit.rank)
    return [edit for edit in found[:CANDIDATES] if not case.over and gives(case, (edit,), results)]


def mistakes(case: Case, results: Sequence[int]) -> Sequence[Mistake]:
    """The named mistakes that may give these results, in the order of the catalogue: by the table, where it can tell."""
    every = case.exercise.mistakes
    if not case.exercise.readable or not len(_rows(case.exercise.name)) or not _is_tabled(case, results):
        return every
    if not all(np.isfinite(_mark(value)) for k in results for value in (case.given[0][k], case.right[0][k])):
        return every
    found = {edit.mistake for edit in _edits(case, _fitting(case, results)[0])}
    return [mistake for mistake in every if mistake in found]


def _is_tabled(case: Case, results: Sequence[int]) -> bool:
    """Whether the first problem is that of the table, and shows that the results are wrong."""
    return _asked(case.problems[0]) == _visible(case.exercise) and not all(case.good(0, k) for k in results)


def gives(case: Case, edits: tuple[Edit, ...], results: Sequence[int]) -> bool:
    """Whether the reference with these edits gives these results on every problem."""
    its = reference.of(case.exercise)
    for n in range(len(case.given)):
        run = its.run(case.problems[n], edits)
        if run is None or run.results is None or len(run.results) != len(case.names):
            return False
        if not all(case.agrees(n, k, run.results[k]) for k in results):
            return False
    return True


def _tabled(case: Case, results: Sequence[int]) -> list[Edit]:
    fitting, changed = _fitting(case, results)
    return _edits(case, fitting & changed)


def _edits(case: Case, chosen: np.ndarray) -> list[Edit]:
    numbers = np.flatnonzero(chosen)
    edits = grammar.edits(reference.of(case.exercise)) if len(numbers) else ()
    return [edits[n] for n in numbers if n < len(edits)]


def _fitting(case: Case, results: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Which rows hold these results, and which are not those of what is right. A fingerprint tells nothing of shape."""
    rows = _rows(case.exercise.name)
    fitting, changed = np.ones(len(rows), bool), np.zeros(len(rows), bool)
    for k in results:
        value = as_array(case.given[0][k])
        if value is None or value.dtype.kind not in "fiub":
            continue
        width = max(2e-6, 20 * case.tolerance(value)) * float(np.abs(projection(value.size)) @ np.abs(np.ravel(value)))
        fitting &= np.abs(rows[:, k] - _mark(value)) <= width
        changed |= np.abs(rows[:, k] - _mark(case.right[0][k])) > width
    return fitting, changed


def _tried(case: Case, results: Sequence[int]) -> list[Edit]:
    n = case.telling
    trials = _trials(case.exercise, n, _asked(case.problems[n]))
    trials.go_on(case)
    return [
        edit
        for edit, values in trials.done
        if all(case.agrees(n, k, values[k]) for k in results)
        and not all(case.right_value(n, k, values[k]) for k in results)
    ]


class _Trials:
    """The results of one problem by each edit, as far as there was time for."""

    def __init__(self, exercise: Exercise) -> None:
        self.reference = reference.of(exercise)
        self.left = sorted(grammar.edits(self.reference), key=lambda edit: -edit.rank)
        self.done: list[tuple[Edit, list[Any]]] = []

    def go_on(self, case: Case) -> None:
        """Try more of them, while the case has time."""
        while self.left and not case.over:
            edit = self.left.pop()
            run = self.reference.run(case.problems[case.telling], (edit,))
            if run is not None and run.results is not None and len(run.results) == len(case.names):
                self.done.append((edit, run.results))


@lru_cache(maxsize=64)
def _trials(exercise: Exercise, n: int, asked: bytes) -> _Trials:
    return _Trials(exercise)


def _asked(problem: Problem) -> bytes:
    return hashlib.sha256(pack(plain(problem))).digest()


@cache
def _visible(exercise: Exercise) -> bytes:
    return _asked(exercise.problems()[0])


@cache
def _file() -> Mapping[str, np.ndarray]:
    return np.load(FILE) if FILE.exists() else {}


@cache
def _rows(name: str) -> np.ndarray:
    found = _file()
    return found[name] if name in found else np.zeros((0, 100), np.float32)


def _mark(value: Any) -> np.float32:
    array = as_array(value)
    return np.float32(np.nan if array is None or array.dtype.kind not in "fiub" else fingerprint(array))


def made_of(exercise: Exercise) -> np.ndarray:
    """A digest of what the exercise's rows follow from: its functions' sources, their edits, and the first problem."""
    its = reference.of(exercise)
    digest = hashlib.sha256(_visible(exercise))
    for function in its.functions:
        digest.update(f"{called(function)}\n{reference.source(function)}".encode())
    for edit in grammar.edits(its):
        digest.update(f"{called(edit.function)} {edit.spans}".encode())
    return np.frombuffer(digest.digest(), np.uint8)


@np.errstate(all="ignore")
def rows(exercise: Exercise) -> np.ndarray:
    """The fingerprints: a row for each edit, a column for each result."""
    its, problem = reference.of(exercise), exercise.problems()[0]
    count = len(exercise.outputs) or 1
    found = np.full((len(grammar.edits(its)), count), np.nan, np.float32)
    for n, edit in enumerate(grammar.edits(its)):
        run = its.run(problem, (edit,))
        if run is not None and run.results is not None and len(run.results) == count:
            found[n] = [_mark(value) for value in run.results]
    return found


def current(exercise: Exercise) -> bool:
    """Whether the file's rows are those of the exercise as it is."""
    key = f"{exercise.name}:made-of"
    return key in _file() and np.array_equal(_file()[key], made_of(exercise))


def tabled() -> set[str]:
    """The names of the exercises that have rows in the file."""
    return {key for key in _file() if not key.endswith(":made-of")}


def made(exercises: Sequence[Exercise]) -> bytes:
    """The file anew, the same bytes for the same exercises; rows that are still current are kept."""
    arrays: dict[str, np.ndarray] = {}
    for exercise in exercises:
        arrays[exercise.name] = _file()[exercise.name] if current(exercise) else rows(exercise)
        arrays[f"{exercise.name}:made-of"] = made_of(exercise)
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)  # type: ignore[arg-type]  # a name may be any
    return out.getvalue()
