"""Exercises as items of a test: how hard, how telling, and which mistakes were made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograde.classroom.desk import Desk
from autograde.judging.exercise import Exercise

STATUSES = ("right", "partly", "wrong", "empty")


@dataclass(frozen=True)
class Item:
    """One exercise and what the class did with it.

    Attributes
    ----------
    answers : notebooks that were run.
    difficulty : mean share of the points, 0 to 1, or of right answers where there are none; None without answers.
    discrimination : correlation with the points of the notebook's other exercises; None when it cannot be told.
    statuses : how many are right, partly, wrong, empty.
    mistakes : how often each was made: by its name, or by the verdict's headline where no mistake has a name.
    """

    notebook: str
    exercise: str
    answers: int
    difficulty: float | None
    discrimination: float | None
    statuses: dict[str, int]
    mistakes: tuple[tuple[str, int], ...]


def analyse(desk: Desk, records: Iterable[Mapping[str, Any]], follow_ups: bool = True) -> list[Item]:
    """An item for each checked exercise of the unit, in the order of the course.

    follow_ups : with answers that were judged with an earlier wrong answer of the same learner put in.
    """
    items, records = [], list(records)
    for notebook in desk.unit.release:
        names = [e.name for e in desk.unit.exercises(notebook) if isinstance(e, Exercise)]
        ran = [n for r in records if (n := r["notebooks"].get(notebook)) and not n["reason"]]
        ran = [n["exercises"] for n in ran if all(name in n["exercises"] for name in names)]
        for name in names:
            of = [n for n in ran if follow_ups or n[name].get("how") != "given"]
            found = [n[name] for n in of]
            rest = [sum(n[other]["score"] for other in names if other != name) for n in of]
            shares = [v["score"] / v["possible"] if v["possible"] else float(v["status"] == "right") for v in found]
            statuses = Counter(v["status"] for v in found)
            made = Counter(m for v in found for m in mistakes(v))
            items.append(
                Item(
                    notebook,
                    name,
                    len(found),
                    sum(shares) / len(shares) if shares else None,
                    correlation(shares, rest),
                    {s: statuses[s] for s in STATUSES},
                    tuple(sorted(made.items(), key=lambda m: (-m[1], m[0]))),
                )
            )
    return items


def mistakes(verdict: Mapping[str, Any]) -> Sequence[str]:
    """What was wrong with an answer: the mistakes' names, then other slips with the step that they are in.

    In the verdict's words where nothing of that kind was found.
    """
    slipped_before = verdict.get("how") == "given" and verdict["headline"].startswith("Right")
    if verdict["status"] in ("right", "empty") or slipped_before:
        return ()
    found = (*verdict["mistakes"], *map(_slip, _slips(verdict)))
    return tuple(dict.fromkeys(found)) or (verdict["headline"].rstrip(".").replace("`", ""),)


def _slips(verdict: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What was found by value and has no name in the catalogue."""
    found = verdict.get("places", ()) if verdict.get("how") in ("named", "relation", "edit", "way") else ()
    return [place for place in found if place["kind"] not in ("place", *verdict["mistakes"])]


def _slip(place: Mapping[str, Any]) -> str:
    """The same words for all learners: ``factor missing: dc``."""
    return ": ".join(filter(None, (place["kind"], place["step"] or place["result"])))


def correlation(a: Sequence[float], b: Sequence[float]) -> float | None:
    """Pearson's correlation; None for fewer than three pairs, or when either side does not vary."""
    if len(a) < 3 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return None
    return float(np.corrcoef(a, b)[0, 1])
