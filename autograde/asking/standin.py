"""What ``from autograde import check`` gives in a sandbox: it asks and hands the answers over. Nothing here knows one.

``$AUTOGRADE_ASK`` is a folder with a file ``questions``: for each exercise its kind, outputs and drawn problems; and where
the notebook uses functions of others, a file ``versions``: name -> source text that defines it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from autograde.asking import keep
from autograde.asking.ask import Answer, ask
from autograde.asking.wire import unpack


@cache
def questions() -> dict[str, dict[str, Any]]:
    """Name -> ``{"kind", "outputs", "problems"}`` of every exercise that can be asked here."""
    return unpack((Path(os.environ["AUTOGRADE_ASK"]) / "questions").read_bytes())


def versions() -> dict[str, Any]:
    """Name -> source text that defines it, of the functions of other notebooks that this one uses."""
    file = Path(os.environ["AUTOGRADE_ASK"]) / "versions"
    return unpack(file.read_bytes()) if file.exists() else {}


def answers(name: str, namespace: Mapping[str, Any], limit: float) -> list[Answer]:
    """The answers to the exercise ``name`` by what a learner's code left in ``namespace``; empty when nothing has that name.

    limit : seconds for one call.
    """
    if name not in namespace:
        return []
    question = questions()[name]
    earlier = [*versions(), *list(questions())[: list(questions()).index(name)]]
    return ask(question["kind"], question["outputs"], namespace[name], question["problems"], limit, earlier)


def check(*answer: Callable, **named: Any) -> Quiet:
    """Take note of an answer. It is asked again where its check cell stands, and judged elsewhere.

    ``check(dc=my_dc)`` answers with a thing of another name: from now on that is what its exercise's name stands for.
    """
    vars(sys.modules["__main__"]).update({name: value for name, value in named.items() if name in questions()})
    names = [*named, *(getattr(a, "__name__", type(a).__name__) for a in answer)]
    return Quiet(f"{', '.join(names)}: this is judged outside.")


def given(name: str) -> Any:
    """The data of a value exercise: one value, or several in a tuple.

    Raises
    ------
    KeyError : this notebook has no such exercise.
    """
    if name not in questions():
        raise KeyError(f"there is no exercise called {name!r} in this notebook")
    values = tuple(questions()[name]["problems"][0].values())
    return values[0] if len(values) == 1 else values


def hint(exercise: str | Callable) -> Quiet:
    """Nothing: hints are for the learner's own machine."""
    return Quiet("Hints are not shown while a class is graded.")


def mine(*names: str) -> Callable | tuple[Callable, ...]:
    """The learner's own functions of other notebooks, as they were handed in beside this one.

    Raises
    ------
    NameError : none was handed in, or what was handed in does not define it.
    """
    found = tuple(map(_version, names))
    return found[0] if len(found) == 1 else found


def _version(name: str) -> Callable:
    text = versions().get(name)
    if text is None:
        raise NameError(f"no notebook with an answer to {name!r} was handed in beside this one")
    return keep.load(name, keep.closure(name, text), f"your {name}")


def guess(**named: Any) -> Quiet:
    """Nothing: guesses are for the learner's own machine."""
    return Quiet("Guesses are not counted while a class is graded.")


def recall(notebook: str, *answers: Any) -> Quiet:
    """Nothing: what is recalled is for the learner's own machine."""
    return Quiet("Nothing is asked here while a class is graded.")


def play(draw: Callable, **sliders: Any) -> Quiet:
    """Nothing: there is nobody to play."""
    return Quiet("Sliders are not shown while a class is graded.")


def practice(*names: str, seed: int | None = None, level: int | None = None) -> Hunt:
    """A hunt without a bug: hunts are for the learner's own machine."""
    return Hunt("Hunts are not held while a class is graded.")


class _Progress:
    def __call__(self) -> Quiet:
        return Quiet("Progress is not kept while a class is graded.")

    def reset(self, name: str | None = None) -> None:
        """Do nothing."""

    def passed(self, name: str) -> bool:
        """No: nothing is judged here."""
        return False

    def certificate(self, path: str | Path = "certificate.html", name: str = "") -> Quiet:
        """Write nothing."""
        return self()

    def save(self, path: str | Path = "") -> Quiet:
        """Write nothing."""
        return self()

    load = save


progress = _Progress()


class Quiet:
    """A line of text."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


class Hunt(Quiet):
    """Answers whatever is asked of a hunt with the same line."""

    def line(self, number: Any) -> Quiet:
        """The same line."""
        return Quiet(self.text)

    mend = line

    def hint(self) -> Quiet:
        """The same line."""
        return Quiet(self.text)

    again = hint
