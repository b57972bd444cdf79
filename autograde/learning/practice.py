"""``practice``: find the bug in a function that you have written yourself, as many times as you like."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograde import course
from autograde.asking.limits import TooLong, time_limit
from autograde.judging import puzzles
from autograde.judging.compare import parts, same
from autograde.judging.exercise import Exercise
from autograde.judging.mistakes import rebuild
from autograde.judging.puzzles import Puzzle
from autograde.judging.verdict import panel, rich
from autograde.learning import progress_map, whose
from autograde.learning.note import Note
from autograde.learning.whose import Riddle

TRIES = 3
SECONDS = 3.0
"""For running the learner's mended line."""


def practice(*names: str, seed: int | None = None, level: int | None = None) -> Hunt | Riddle | NoHunt:
    """A function of the course with a bug in it: ``hunt = practice("sweep_backward")``, then ``hunt.line(9)``.

    names : exercises whose functions to take; all that you have passed when left out. A function that you have not passed
        is not shown, for it would be half of the answer.
    seed : the same hunt for everybody who gives the same number, whatever they have passed.
    level : 1 to 4; by your last hunts when left out. At 3 there may be two bugs at once; at 4 the code is right, and you are asked
        whose convention it follows.
    """
    if not course.COMPLETE:
        return NoHunt("A hunt", ("The release of a class holds no functions to hunt in: the whole course does.",), "")
    state = progress_map.read()
    pool = [e for e in _functions(names) if seed is not None or state.solved(e.name, e.points)]
    if not pool:
        which = f"`{names[0]}`" if names else "an exercise with a function"
        return NoHunt("A hunt", (f"It needs code that you know: first pass {which}, then run this cell again.",), "")
    wanted = level or (_level(state) if seed is None else 1)
    rng = random.Random(f"{len(state.hunts) if seed is None else seed} {names}")
    if level == whose.LEVEL or (wanted == whose.LEVEL and len(state.hunts) % 2):
        allowed, found = (state.passed, {h.key for h in state.hunts if h.found}) if seed is None else (None, set[str]())
        if convention := whose.drawn(rng, allowed, found):
            return Riddle(convention, lambda: practice(*names, level=level))
        if level == whose.LEVEL:
            known = " or ".join(f"`{name}`" for name in whose.needed())
            return NoHunt("Whose convention?", (f"First pass {known}, then run this cell again.",), "")
    if seed is None:
        puzzle = puzzles.drawn(pool, rng, min(3, wanted), lambda p: _worth(p, state))
    else:
        puzzle = puzzles.seeded(pool, names, seed, min(3, wanted))
    if puzzle is None:
        return NoHunt("A hunt", ("No mistake in these functions makes a fair hunt.",), "Try another function.")
    return Hunt(puzzle, lambda: practice(*names, level=level))


class NoHunt(Note):
    """Why there is no hunt yet; says so again whatever is asked of it, so that a notebook runs before anything is passed."""

    def line(self, number: Any) -> Note:
        """The same again."""
        return self

    mend = whose = line

    def hint(self) -> Note:
        """The same again."""
        return self

    again = hint


class Hunt:
    """Code with a bug, and three tries to find it. The score stays with your progress."""

    def __init__(self, puzzle: Puzzle, again: Any) -> None:
        self.puzzle, self._again = puzzle, again
        self.tries, self.found, self.over, self.hinted = TRIES, set[int](), False, False

    def line(self, number: Any) -> Note:
        """Say which line is wrong, by its number."""
        if number is Ellipsis:
            return self._say("Which line?", "Put its number in place of the dots.")
        if self.over:
            return self._say("This hunt is over.", "hunt.again() gives another.")
        wrong = self.puzzle.lines
        if number in wrong:
            self.found.add(number)
            left = len(wrong) - len(self.found)
            if left:
                return self._say(f"Line {number}: yes.", f"{left} more is wrong.")
            return self._end(self.tries)
        if number not in range(1, len(self.puzzle.code) + 1):
            return self._say("Which line?", f"The lines run from 1 to {len(self.puzzle.code)}.")
        self.tries -= 1
        if self.tries:
            return self._say(
                f"Line {number} is as it should be.", f"{self.tries} {'try' if self.tries == 1 else 'tries'} left."
            )
        return self._end(0)

    def mend(self, text: Any) -> Note:
        """Write the wrong line as it should be: ``hunt.mend("dc = ...")``. Any form that computes the same is right.

        Of two wrong lines, both, each on a line of the text.
        """
        if not self.over:
            return self._say("First the line.", "hunt.line(number) says which it is.")
        if not isinstance(text, str) or not text.strip():
            return self._say("How should it read?", 'Write the line between quotes: hunt.mend("...").')
        said = _mended(self.puzzle, text)
        if said:
            return self._say("Not yet.", said)
        progress_map.record(mended=self.puzzle.function)
        return self._say("Mended.", "With your line, every result is right.")

    def whose(self, letter: Any) -> Note:
        """Here no convention is asked for; says so."""
        return self._say("Here a line is wrong.", "Say which: line(number).")

    def hint(self) -> Note:
        """Where to look, without the line."""
        self.hinted = True
        return self._say("A hint", self.puzzle.mistakes[0].look)

    def again(self) -> Hunt | Riddle | NoHunt:
        """The next one."""
        return self._again()

    def _end(self, tries: int) -> Note:
        self.over = True
        points = max(0, tries - self.hinted) * self.puzzle.level
        progress_map.record(hunt=_key(self.puzzle), found=tries > 0, level=self.puzzle.level, points=points)
        lines = " and ".join(f"{n}, `{self.puzzle.code[n - 1].strip()}`" for n in self.puzzle.lines)
        said = [f"{m.name[:1].upper()}{m.name[1:]}. {m.says}" for m in self.puzzle.mistakes]
        title = f"Found, for {points} points." if tries else "Not found this time; it will come back."
        foot = 'Now write it as it should be, hunt.mend("..."), or go on with hunt.again().'
        return Note(title, (f"Line {lines}", *said), foot)

    def _say(self, title: str, text: str) -> Note:
        return Note(title, (text,), "")

    def __repr__(self) -> str:
        return self.puzzle.asks()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        head, listing, said = repr(self).split("\n\n", 2)
        code = listing.replace("&", "&amp;").replace("<", "&lt;")
        body = f'<div><strong>{rich(head)}</strong></div><pre style="margin:6px 0;overflow-x:auto">{code}</pre><div>{rich(said)}</div>'
        return {"text/plain": repr(self), "text/html": panel("#1f77b4", body)}


def _functions(names: tuple[str, ...]) -> Iterator[Exercise]:
    wanted = [course.find(n) for n in names] if names else list(course.exercises().values())
    yield from (e for e in wanted if isinstance(e, Exercise) and e.kind == "function")


def _level(state: progress_map.State) -> int:
    """Harder after three found in a row, easier after a miss."""
    level, row = 1, 0
    for hunt in state.hunts:
        row = row + 1 if hunt.found else 0
        level = min(whose.LEVEL, level + 1) if row and row % 3 == 0 else level if hunt.found else max(1, level - 1)
    return level


def _worth(puzzle: Puzzle, state: progress_map.State) -> float:
    """First what was missed four hunts ago or before, then mistakes that one made oneself, and nothing that was there lately."""
    lately = {h.key for h in state.hunts[-3:]}
    missed = {h.key for h in state.hunts[:-3] if not h.found} - {h.key for h in state.hunts if h.found}
    key, own = _key(puzzle), any(m.name in state.made for m in puzzle.mistakes)
    return 4 * (key in missed) + 2 * own - 5 * (key in lately)


def _key(puzzle: Puzzle) -> str:
    return f"{puzzle.function}: {', '.join(m.name for m in puzzle.mistakes)}"


def _mended(puzzle: Puzzle, text: str) -> str:
    """What is still wrong with the learner's line in the place of the wrong one; empty when nothing is."""
    exercise = course.find(puzzle.exercise)
    assert isinstance(exercise, Exercise)
    function = puzzle.mistakes[0].of or exercise.reference
    lines = list(puzzle.code)
    for number, line in zip(puzzle.lines, text.strip().split("\n"), strict=False):
        wrong = lines[number - 1]
        lines[number - 1] = wrong[: len(wrong) - len(wrong.lstrip())] + line.strip()
    try:
        code = compile("\n".join(lines), "<your line>", "exec")
        with time_limit(SECONDS), np.errstate(all="ignore"):
            mended = rebuild(exercise.reference, {function: code})
            for problem in exercise.problems():
                found, right = (parts(f(**problem), exercise.outputs) for f in (mended, exercise.reference))
                names = exercise.outputs or (exercise.name,)
                off = [n for n, a, b in zip(names, found, right, strict=True) if not same(a, b, exercise.rtol)]
                if off:
                    return f"With this line `{off[0]}` is still not right."
    except TooLong:
        return "With this line it does not come back."
    except Exception as error:
        return f"With this line it raises {type(error).__name__}: {error}"
    return ""
