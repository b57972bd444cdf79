"""Questions without points: a guess before the answer is shown, and a few to recall what a notebook builds on."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Choice:
    """One thing that somebody may think, and what it would mean. ``means`` of the right one says why it is right."""

    says: str
    means: str


@dataclass(frozen=True)
class Guess:
    """A guess to make before the next cell shows the answer.

    Attributes
    ----------
    name : unique in the course.
    asks : the question.
    choices : letter -> what may be chosen; every wrong one is a misconception that people have.
    right : its letter.
    """

    name: str
    asks: str
    choices: Mapping[str, Choice]
    right: str

    def markdown(self) -> str:
        """Question and choices as they stand above the cell."""
        lines = [f"- **{letter}** {choice.says}" for letter, choice in self.choices.items()]
        return "\n".join([f"**A guess first.** {self.asks}", "", *lines])


@dataclass(frozen=True)
class Convention:
    """Code that is right in somebody's convention, and the question whose it is: the top level of ``practice``.

    Attributes
    ----------
    name : unique in the course.
    needs : the exercise that one must have passed to be asked, as the code would be half of its answer.
    code : a function, whole.
    choices : letter -> a convention; ``means`` says how that one would show.
    right : its letter.
    """

    name: str
    needs: str
    code: str
    choices: Mapping[str, Choice]
    right: str


@dataclass(frozen=True)
class Recall:
    """A short question on what later notebooks build on.

    Attributes
    ----------
    asks : the question; it says in what form the answer is wanted.
    answers : all that is right: texts (compared without case, spaces and quotes) or numbers.
    says : the answer in a sentence, shown whatever was answered.
    """

    asks: str
    answers: tuple[str | float, ...]
    says: str

    def right(self, answer: Any) -> bool:
        """Whether ``answer`` is one of the answers; numbers to a thousandth."""
        return any(_alike(answer, wanted) for wanted in self.answers)


def _alike(answer: Any, wanted: str | float) -> bool:
    if isinstance(wanted, str):
        return isinstance(answer, str | int | float) and _plain(str(answer)) == _plain(wanted)
    try:
        return math.isclose(float(answer), wanted, rel_tol=1e-3, abs_tol=1e-9)
    except (TypeError, ValueError):
        return False


def _plain(text: str) -> str:
    return re.sub(r"[\s`'\"$*]+", "", text).lower()
