"""The top level of ``practice``: code that is right in somebody's convention. Whose is it?"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection
from typing import Any

from autograde import course
from autograde.judging.questions import Convention
from autograde.judging.verdict import panel, rich
from autograde.learning import progress_map
from autograde.learning.note import Note

LEVEL, TRIES = 4, 2


class Riddle:
    """Code, and the question whose convention it follows. Two tries; the score stays with your progress."""

    def __init__(self, convention: Convention, again: Callable[[], Any]) -> None:
        self.convention, self._again = convention, again
        self.tries, self.over = TRIES, False

    def whose(self, letter: Any) -> Note:
        """Say whose convention it is, by its letter."""
        choices = self.convention.choices
        if letter is Ellipsis:
            return _say("Whose convention?", f"Put a letter in place of the dots: {', '.join(choices)}.")
        if self.over:
            return _say("This one is over.", "again() gives another.")
        chosen = str(letter).strip().lower()
        if chosen not in choices:
            return _say("Whose convention?", f"The letters are {', '.join(choices)}.")
        found = chosen == self.convention.right
        self.tries -= not found
        self.over = found or not self.tries
        if not self.over:
            return _say(f"{chosen}: not so.", f"{choices[chosen].means} One more try.")
        points = LEVEL * self.tries // TRIES if found else 0
        progress_map.record(hunt=f"convention: {self.convention.name}", found=found, level=LEVEL, points=points)
        right = choices[self.convention.right]
        title = f"Found, for {points} points." if found else f"It is {self.convention.right}: {right.says}."
        return _say(title, right.means)

    def line(self, number: Any) -> Note:
        """No line of it is wrong; says so."""
        return _say("No line is wrong here.", "This is right, in somebody's convention. Name it: whose(letter).")

    mend = line

    def hint(self) -> Note:
        """Where to look."""
        return _say(
            "A hint", "Look at three places: the order of the gates, what a gate multiplies, how h comes from c."
        )

    def again(self) -> Any:
        """The next one."""
        return self._again()

    def _asked(self) -> tuple[str, str]:
        choices = "\n".join(f"- **{letter}** {choice.says}" for letter, choice in self.convention.choices.items())
        return "This code is right. Whose convention does it follow?", choices

    def __repr__(self) -> str:
        asks, choices = self._asked()
        return f"{asks}\n\n{self.convention.code.strip()}\n\n{choices.replace('**', '')}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        asks, choices = self._asked()
        code = self.convention.code.strip().replace("&", "&amp;").replace("<", "&lt;")
        lines = "".join(f"<div>{rich(line)}</div>" for line in choices.replace("- ", "").split("\n"))
        body = f'<div><strong>{rich(asks)}</strong></div><pre style="margin:6px 0;overflow-x:auto">{code}</pre>{lines}'
        return {"text/plain": repr(self), "text/html": panel("#1f77b4", body)}


def needed() -> list[str]:
    """The exercises of which one must be passed."""
    return list(dict.fromkeys(c.needs for n in course.notebooks().values() for c in n.conventions))


def drawn(rng: random.Random, allowed: Collection[str] | None, found: Collection[str]) -> Convention | None:
    """One whose exercise is among ``allowed`` (None allows all), rather one that was not found yet."""
    known = [c for n in course.notebooks().values() for c in n.conventions if allowed is None or c.needs in allowed]
    new = [c for c in known if f"convention: {c.name}" not in found]
    return rng.choice(new or known) if known else None


def _say(title: str, text: str) -> Note:
    return Note(title, (text,), "")
