"""The exercises of a sealed release. They hold no reference: problems, right values and mistaken values were recorded.

One file for each exercise lies in ``recorded/``, a message of ``wire``; ``contents.json`` says which there are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from autograde.asking.ask import identical, plain
from autograde.asking.wire import unpack
from autograde.judging.exercise import VISIBLE, Exercise, Mistake, Problem, Recording, Written
from autograde.judging.questions import Choice, Guess, Recall

RECORDED = Path(__file__).parent / "recorded"
COMPLETE = False


@dataclass(frozen=True)
class Recorded(Exercise):
    """An exercise whose problems and values were recorded.

    Attributes
    ----------
    packed : the problems.
    mistaken : a mistake -> its values, for each problem a list of results.
    ways : the number of a problem -> values on the way to its results.
    """

    packed: bytes = b""
    mistaken: Mapping[Mistake, list | None] = field(default_factory=dict, hash=False)
    ways: Mapping[int, Recording] = field(default_factory=dict, hash=False)

    def problems(self, seed: int = VISIBLE) -> list[Problem]:
        """The recorded problems, whatever the seed."""
        return unpack(self.packed)

    @property
    def readable(self) -> bool:
        """No: only values were recorded."""
        return False

    def by_mistake(self, edits: tuple[Mistake, ...], n: int) -> list[Any] | None:
        """The recorded results of problem number ``n`` by one mistake."""
        values = self.mistaken[edits[0]] if len(edits) == 1 else None
        return None if values is None else values[n]

    def recorded(self, n: int) -> Recording:
        """The recorded values on the way to the results of problem number ``n``."""
        return self.ways.get(n, Recording())


class Question(Written):
    """A question that is answered in words."""

    @property
    def hints(self) -> tuple[str, ...]:
        return ("Your teacher reads what you write here. Say it as you would to a friend who missed the lesson.",)


@dataclass(frozen=True)
class Notebook:
    """A notebook of this release."""

    name: str
    title: str
    exercises: tuple[Exercise | Written, ...]
    guesses: tuple[Guess, ...] = ()
    recall: tuple[Recall, ...] = ()


@cache
def notebooks() -> Mapping[str, Notebook]:
    """The notebooks of this release by name, in order."""
    contents = json.loads((RECORDED / "contents.json").read_text(encoding="utf-8"))
    return {name: _notebook(name, c) for name, c in contents.items()}


def _notebook(name: str, about: Mapping[str, Any]) -> Notebook:
    guesses = (Guess(g["name"], g["asks"], _choices(g), g["right"]) for g in about["guesses"])
    recall = (Recall(r["asks"], tuple(r["answers"]), r["says"]) for r in about["recall"])
    return Notebook(name, about["title"], tuple(map(_load, about["exercises"])), tuple(guesses), tuple(recall))


def _choices(guess: Mapping[str, Any]) -> dict[str, Choice]:
    return {letter: Choice(**choice) for letter, choice in guess["choices"].items()}


@cache
def exercises() -> dict[str, Exercise | Written]:
    """Every exercise of this release by name."""
    return {e.name: e for notebook in notebooks().values() for e in notebook.exercises}


def find(name: str) -> Exercise | Written:
    """The exercise called ``name``.

    Raises
    ------
    KeyError : there is none here.
    """
    if name in _versions() and name not in exercises():
        return Question(name, model="", guide=(), points=0)
    if name not in exercises():
        raise KeyError(f"there is no exercise called {name!r} in this unit.")
    return exercises()[name]


@cache
def _versions() -> dict[str, str]:
    return json.loads((RECORDED / "versions.json").read_text(encoding="utf-8"))


def version(name: str) -> str:
    """The course's version of a function of an earlier unit, as source text.

    Raises
    ------
    KeyError : it is one of this unit: the learner's own is wanted.
    """
    if name not in _versions():
        where = next((n.name for n in notebooks().values() if any(e.name == name for e in n.exercises)), "its notebook")
        raise KeyError(f"your {name} has not passed yet: pass its check in {where.split('-')[0]} first.")
    return _versions()[name]


def solution(name: str) -> str:
    """Nothing: model solutions come with the feedback."""
    return ""


def _load(name: str) -> Exercise | Written:
    data = unpack((RECORDED / f"{name}.wire").read_bytes())
    if data["kind"] == "written":
        return Question(name, model="", guide=(), points=data["points"])
    mistakes = tuple(Mistake(m["name"], str(n), "", m["seen"], m["look"]) for n, m in enumerate(data["mistakes"]))
    mistaken = {mistake: m["values"] for mistake, m in zip(mistakes, data["mistakes"], strict=True)}
    fields = {k: data[k] for k in ("points", "kind", "outputs", "hints", "draws", "rtol", "float32", "fields")}
    return Recorded(
        name,
        problem=dict,
        reference=_reference(data["problems"], data["right"], data["outputs"]),
        mistakes=mistakes,
        probes={p: {} for p in data["probes"]},
        packed=data["problems"],
        mistaken=mistaken,
        ways={n: Recording(steps, parts) for n, steps, parts in data["ways"]},
        **fields,
    )


def _reference(packed: bytes, right: list[list], outputs: tuple[str, ...]) -> Callable[..., Any]:
    known = [plain(p) for p in unpack(packed)]

    def recorded(**problem: Any) -> Any:
        asked = plain(problem)
        values = next(r for p, r in zip(known, right, strict=True) if identical(p, asked))
        return tuple(values) if outputs else values[0]

    return recorded
