"""What ``from autograde import check`` gives in a sandbox: it asks and hands the answers over. Nothing here knows one.

``$AUTOGRADE_ASK`` is a folder with a file ``questions``: for each exercise its kind, outputs and drawn problems.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from autograde.asking.ask import Answer, ask
from autograde.asking.wire import unpack


@cache
def questions() -> dict[str, dict[str, Any]]:
    """Name -> ``{"kind", "outputs", "problems"}`` of every exercise that can be asked here."""
    return unpack((Path(os.environ["AUTOGRADE_ASK"]) / "questions").read_bytes())


def answers(name: str, namespace: Mapping[str, Any], limit: float) -> list[Answer]:
    """The answers to the exercise ``name`` by what a learner's code left in ``namespace``; empty when nothing has that name.

    limit : seconds for one call.
    """
    if name not in namespace:
        return []
    question = questions()[name]
    earlier = list(questions())[: list(questions()).index(name)]
    return ask(question["kind"], question["outputs"], namespace[name], question["problems"], limit, earlier)


def check(*answer: Callable, **named: Any) -> Quiet:
    """Take note of an answer. It is asked again where its check cell stands, and judged elsewhere."""
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


class _Progress:
    def __call__(self) -> Quiet:
        return Quiet("Progress is not kept while a class is graded.")

    def reset(self, name: str | None = None) -> None:
        """Do nothing."""

    def certificate(self, path: str | Path = "certificate.html", name: str = "") -> Quiet:
        """Write nothing."""
        return self()


progress = _Progress()


class Quiet:
    """A line of text."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text
