"""Bug hunts: a function of the course with a mistake in it, where nothing but the mathematics gives the line away."""

from __future__ import annotations

import ast
import difflib
import inspect
import io
import random
import re
import textwrap
import tokenize
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from autograde.judging.compare import parts, same
from autograde.judging.exercise import Exercise, Mistake
from autograde.judging.mistakes import EditError, edited, variant

SHORTEST, LONGEST_LINE, LONGER = 5, 110, 14
"""Lines that a function has at least, characters that a line has at most, and by how many an edit may make it longer."""


@dataclass(frozen=True)
class Puzzle:
    """Code with a bug, and what a gradient checker says of it.

    Attributes
    ----------
    exercise : whose results the report is about.
    function : name of the function that is shown.
    mistakes : what was done to it; one, or two at the top level.
    code : its lines as shown, without docstring and checks of arguments.
    mended : the same lines without the mistakes.
    report : result -> whether it is right.
    level : 1 short and plain, 2 longer, 3 where most results are off or two bugs are in it.
    """

    exercise: str
    function: str
    mistakes: tuple[Mistake, ...]
    code: tuple[str, ...]
    mended: tuple[str, ...]
    report: Mapping[str, bool]
    level: int

    @property
    def lines(self) -> tuple[int, ...]:
        """The lines that are wrong, counted from 1."""
        return tuple(n for n, (a, b) in enumerate(zip(self.code, self.mended, strict=True), 1) if a != b)

    def listing(self) -> str:
        """The code with line numbers."""
        return "\n".join(f"{n:3d}  {line}" for n, line in enumerate(self.code, 1))

    def asks(self) -> str:
        """The question, the code, and what a gradient checker says, as text."""
        count = len(self.lines)
        which = "One line is wrong" if count == 1 else f"{count} lines are wrong"
        rows = "  ".join(f"{'✓' if right else '✗'} {name}" for name, right in self.report.items())
        return f"{which} in {self.function}. Which?\n\n{self.listing()}\n\nA gradient checker says: {rows}"


@dataclass(frozen=True)
class SetHunt(Exercise):
    """A hunt that is set to a class: the same for everybody, answered by the list of the lines that are wrong, as a value.

    ``given(name)`` is the text to read. ``practice(*of, seed=seed, level=level)`` is the same hunt.
    """

    of: tuple[str, ...] = ()
    seed: int = 0
    level: int = 1

    def bound(self, find: Callable[[str], Any]) -> SetHunt:
        """With a problem and an answer, drawn from the functions of the exercises that ``find`` finds."""

        @cache
        def puzzle() -> Puzzle:
            drawn = seeded([find(name) for name in self.of], self.of, self.seed, self.level)
            if drawn is None:
                raise ValueError(f"{self.name}: no mistake in {', '.join(self.of)} makes a fair hunt")
            return drawn

        def lines(hunt: str) -> list[int]:
            return list(puzzle().lines)

        return replace(self, problem=lambda rng: {"hunt": puzzle().asks()}, reference=lines)


def set_hunt(name: str, *of: str, seed: int, level: int = 1, points: int = 1) -> SetHunt:
    """An exercise for a notebook's ``EXERCISES``: a hunt in the functions of the exercises ``of``."""
    hints = (
        "Which results are right already? A line that they run cannot be wrong.",
        "Derive the lines that are left one by one, on paper, and compare.",
    )
    said = "lines of a function, and no computation"
    return SetHunt(name, dict, dict, points, "value", hints=hints, alone=said, of=of, seed=seed, level=level)


def seeded(pool: Sequence[Exercise], names: tuple[str, ...], seed: int, level: int) -> Puzzle | None:
    """The puzzle that everybody gets who gives the same names, seed and level."""
    return drawn(list(pool), random.Random(f"{seed} {names}"), level, lambda puzzle: 0)


def drawn(pool: list[Exercise], rng: random.Random, level: int, worth: Callable[[Puzzle], float]) -> Puzzle | None:
    """One of the puzzles of some exercises in the pool: near ``level``, and worth most."""
    rng.shuffle(pool)
    best: tuple[float, Puzzle] | None = None
    for exercise in pool[:4]:
        for puzzle in _candidates(exercise, rng, level):
            value = worth(puzzle) - abs(puzzle.level - level) + rng.random()
            if best is None or value > best[0]:
                best = value, puzzle
    return best and best[1]


def _candidates(exercise: Exercise, rng: random.Random, level: int) -> Iterator[Puzzle]:
    yield from puzzles(exercise)
    mistakes = list(exercise.mistakes)
    for _ in range(12 if level == 3 else 0):
        two = rng.sample(mistakes, 2) if len(mistakes) > 1 else []
        if two and two[0].of is two[1].of and (puzzle := make(exercise, two)) is not None:
            yield puzzle


def puzzles(exercise: Exercise) -> Iterator[Puzzle]:
    """Every fair puzzle with one bug that this exercise makes."""
    seen = set()
    for mistake in exercise.mistakes:
        puzzle = make(exercise, (mistake,))
        if puzzle is not None and puzzle.code not in seen:
            seen.add(puzzle.code)
            yield puzzle


def make(exercise: Exercise, mistakes: Sequence[Mistake]) -> Puzzle | None:
    """The puzzle that these mistakes of one function make; None when it would not be fair, or shows nothing."""
    function = mistakes[0].of or exercise.reference
    try:
        code, mended = shown(edited(function, tuple(mistakes))), shown(inspect.getsource(function))
    except (EditError, SyntaxError, OSError):
        return None
    if not _fair(code, mended, len(mistakes)):
        return None
    report = _report(exercise, mistakes)
    if report is None or all(report.values()):
        return None
    off = len(report) - sum(report.values())
    level = 1 + (len(code) > 12) + (off == len(report) > 2)
    return Puzzle(
        exercise.name,
        function.__name__,
        tuple(mistakes),
        code,
        mended,
        report,
        3 if len(mistakes) > 1 else min(3, level),
    )


def shown(source: str) -> tuple[str, ...]:
    """The lines of a function without its docstring, empty lines and checks of its arguments."""
    source = textwrap.dedent(source)
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    dropped: set[int] = set()
    for number, node in enumerate(function.body):
        docstring = number == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        check = (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and "check" in ast.unparse(node.value.func)
        )
        if docstring or check:
            dropped |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    lines = source.rstrip().split("\n")
    return tuple(re.sub(r"\s+#.*", "", line) for n, line in enumerate(lines, 1) if n not in dropped and line.strip())


def same_code(one: str, two: str) -> bool:
    """Whether two lines are the same but for spaces, names' order in sums and products left as it is."""
    return _tokens(one) == _tokens(two) != []


def _fair(code: Sequence[str], mended: Sequence[str], count: int) -> bool:
    if len(code) != len(mended) or len(code) < SHORTEST:
        return False
    wrong = [n for n, (a, b) in enumerate(zip(code, mended, strict=True)) if a != b]
    known = {token for line in mended for token in _tokens(line)}
    return len(wrong) == count and all(_blends_in(code[n], mended[n], known) for n in wrong)


def _blends_in(line: str, right: str, known: set[str]) -> bool:
    """No name or number that the rest has not, no longer than its neighbours, and no way of writing that gives it away."""
    left, _, value = line.strip().partition(" = ")
    odd = re.search(r"\b0 \*|\* 1\.0|\bif\b|\[\[|\bpass\b|_like\(.*_like\(", line)
    bare = re.fullmatch(r"\w+", value) and not re.fullmatch(r"\w+", right.partition(" = ")[2])
    telltale = bool(odd or bare) or left == value
    fresh = {t for t in _tokens(line) if t not in known and not re.fullmatch(r"[-+*/@().,\[\]:=]+|\*\*", t)}
    return not telltale and not fresh and len(line) <= min(LONGEST_LINE, len(right) + LONGER)


def _report(exercise: Exercise, mistakes: Sequence[Mistake]) -> dict[str, bool] | None:
    problems = exercise.problems()
    try:
        wrong = variant(exercise.reference, mistakes)
        with np.errstate(all="ignore"):
            found = [parts(wrong(**p), exercise.outputs) for p in problems]
            right = [parts(exercise.reference(**p), exercise.outputs) for p in problems]
    except Exception:
        return None
    names = exercise.outputs or (exercise.name,)
    if any(len(f) != len(r) for f, r in zip(found, right, strict=True)):
        return None
    return {
        name: all(same(f[k], r[k], exercise.rtol) for f, r in zip(found, right, strict=True))
        for k, name in enumerate(names)
    }


def _tokens(line: str) -> list[str]:
    try:
        return [
            t.string for t in tokenize.generate_tokens(io.StringIO(line.strip() + "\n").readline) if t.string.strip()
        ]
    except (tokenize.TokenError, IndentationError):
        return line.split()


def guess(puzzle: Puzzle) -> int:
    """The line that somebody would name who only looks for what is out of style: a measure of fairness, not of skill."""
    bodies = [_tokens(line) for line in puzzle.code]
    counts: dict[str, int] = {}
    for token in (t for body in bodies for t in body):
        counts[token] = counts.get(token, 0) + 1

    def odd(n: int) -> float:
        rare = sum(1 / counts[t] for t in bodies[n]) / max(1, len(bodies[n]))
        near = max(
            (difflib.SequenceMatcher(None, bodies[n], bodies[k]).ratio() for k in range(len(bodies)) if k != n),
            default=0,
        )
        return rare - near

    return 1 + max(range(1, len(bodies)), key=odd)
