"""Versions: the functions of other notebooks that a notebook asks for with ``mine``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from nbformat import NotebookNode

from autograde import course
from autograde.classroom.restore import Plan
from autograde.judging.exercise import Exercise, Written


def asked_for(notebook: NotebookNode) -> list[str]:
    """The names for which the cells of a released notebook call ``mine``."""
    calls = (
        found for c in notebook.cells if c.cell_type == "code" for found in re.findall(r"\bmine\(([^)]*)\)", c.source)
    )
    return list(dict.fromkeys(name for call in calls for name in re.findall(r"[\"'](\w+)[\"']", call)))


def versions(
    names: Iterable[str], exercises: Mapping[str, Iterable[Exercise | Written]], plans: Mapping[str, Plan]
) -> dict[str, tuple[str, ...]]:
    """Source texts, by name, of which those that are Python define the function.

    exercises, plans : those of each notebook of the unit. A function of the unit is the learner's own as handed in; one of an
        earlier unit is the course's. One that was not handed in is left out.
    """
    at = {e.name: n for n, found in exercises.items() for e in found}
    made: dict[str, tuple[str, ...]] = {}
    for name in names:
        if name not in at:
            made[name] = (course.version(name),)
        elif at[name] in plans:
            made[name] = tuple(c.source for c in plans[at[name]].cells if c.kind == "code" and c.source.strip())
    return made
