"""Versions: the functions of other notebooks that a notebook asks for with ``mine``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from nbformat import NotebookNode

from autograde import course
from autograde.classroom.restore import Plan, defined
from autograde.judging.exercise import Exercise, Written


def asked_for(notebook: NotebookNode) -> list[str]:
    """The names for which the cells of a released notebook call ``mine``."""
    calls = (
        found for c in notebook.cells if c.cell_type == "code" for found in re.findall(r"\bmine\(([^)]*)\)", c.source)
    )
    return list(dict.fromkeys(name for call in calls for name in re.findall(r"[\"'](\w+)[\"']", call)))


def versions(
    names: Iterable[str],
    release: Mapping[str, NotebookNode],
    exercises: Mapping[str, Iterable[Exercise | Written]],
    plans: Mapping[str, Plan],
) -> dict[str, tuple[str, ...]]:
    """Source texts, by name, of which those that are Python define the function.

    release, exercises, plans : those of each notebook of the unit. A function of the unit is the learner's own as handed in. Where
        they have not written it, and of an earlier unit, it is the course's: what is missing costs its own points alone.
    """
    at = {e.name: n for n, found in exercises.items() for e in found}
    made: dict[str, tuple[str, ...]] = {}
    for name in names:
        plan = plans.get(at.get(name, ""))
        if plan is not None and _written(name, plan, release[at[name]]):
            made[name] = tuple(c.source for c in plan.cells if c.kind == "code" and c.source.strip())
        else:
            made[name] = (course.version(name),)
    return made


def _written(name: str, plan: Plan, release: NotebookNode) -> bool:
    """Whether some cell that is not as it was released defines the function."""
    ours = {c.source.strip() for c in release.cells}
    return any(name in defined(c) for c in plan.cells if c.kind == "code" and c.source.strip() not in ours)
