"""The exercises of a sealed release. They hold no reference: problems, right values and mistaken values were recorded.

One file for each exercise lies in ``recorded/``, a message of ``wire``; ``contents.json`` says which there are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from autograde.ask import identical, plain
from autograde.exercise import VISIBLE, Exercise, Mistake, Problem, Written
from autograde.wire import unpack

RECORDED = Path(__file__).parent / "recorded"


@dataclass(frozen=True)
class Recorded(Exercise):
    """An exercise whose problems and values were recorded.

    Attributes
    ----------
    packed : the problems.
    mistaken : name of a mistake -> its values, for each problem a list of results.
    """

    packed: bytes = b""
    mistaken: Mapping[str, list] = field(default_factory=dict, hash=False)

    def problems(self, seed: int = VISIBLE) -> list[Problem]:
        """The recorded problems, whatever the seed."""
        return unpack(self.packed)

    def solution(self) -> str:
        """Nothing: model solutions come with the feedback."""
        return ""


class Question(Written):
    """A question that is answered in words."""

    @property
    def hints(self) -> tuple[str, ...]:
        return ("Your teacher reads what you write here. Say it as you would to a friend who missed the lesson.",)


def module_name(notebook: str) -> str:
    """The full bank's module for a notebook: ``"1.2-forks-and-routes"`` -> ``"n1_2_forks_and_routes"``."""
    return "n" + notebook.replace(".", "_").replace("-", "_")


@cache
def modules() -> dict[str, SimpleNamespace]:
    """The notebooks of this release by the name of their module in the full bank, each with ``TITLE`` and ``EXERCISES``."""
    contents = json.loads((RECORDED / "contents.json").read_text(encoding="utf-8"))
    return {
        module: SimpleNamespace(__name__=module, TITLE=about["title"], EXERCISES=tuple(map(_load, about["exercises"])))
        for module, about in contents.items()
    }


@cache
def exercises() -> dict[str, Exercise | Written]:
    """Every exercise of this release by name."""
    return {e.name: e for module in modules().values() for e in module.EXERCISES}


def find(name: str) -> Exercise | Written:
    """The exercise called ``name``.

    Raises
    ------
    KeyError : there is none here.
    """
    if name not in exercises():
        raise KeyError(f"there is no exercise called {name!r} in this unit.")
    return exercises()[name]


def _load(name: str) -> Exercise | Written:
    data = unpack((RECORDED / f"{name}.wire").read_bytes())
    if data["kind"] == "written":
        return Question(name, model="", guide=(), points=data["points"])
    mistakes = tuple(Mistake(m["name"], "", "", m["says"]) for m in data["mistakes"])
    mistaken = {m["name"]: m["values"] for m in data["mistakes"]}
    fields = {k: data[k] for k in ("points", "kind", "outputs", "hints", "draws", "rtol", "float32")}
    return Recorded(
        name,
        problem=dict,
        reference=_reference(data["problems"], data["right"], data["outputs"]),
        mistakes=mistakes,
        probes={p: {} for p in data["probes"]},
        packed=data["problems"],
        mistaken=mistaken,
        **fields,
    )


def _reference(packed: bytes, right: list[list], outputs: tuple[str, ...]) -> Callable[..., Any]:
    known = [plain(p) for p in unpack(packed)]

    def recorded(**problem: Any) -> Any:
        asked = plain(problem)
        values = next(r for p, r in zip(known, right, strict=True) if identical(p, asked))
        return tuple(values) if outputs else values[0]

    return recorded
