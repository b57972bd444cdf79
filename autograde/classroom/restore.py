"""Restore: the cells that are run, from what was handed in and what was released."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nbformat import NotebookNode

from autograde.classroom.submission import Cell
from autograde.judging.exercise import Exercise, Written

_TARGETS = re.compile(r"[\w\s,*]+(?::[\w\s.|\[\],]*)?[-+*/@]?")


@dataclass(frozen=True)
class Plan:
    """The notebook as it is graded.

    Attributes
    ----------
    cells : those handed in, in their order, with checks and locked cells as released.
    checks : index of a cell -> the exercise that is asked there.
    written : name of a written question -> index of its cell, where it was found.
    remarks : what was put back.
    """

    cells: tuple[Cell, ...]
    checks: Mapping[int, str] = field(default_factory=dict, hash=False)
    written: Mapping[str, int] = field(default_factory=dict, hash=False)
    remarks: tuple[str, ...] = ()


def restore(cells: Sequence[Cell], release: NotebookNode, exercises: Sequence[Exercise | Written]) -> Plan:
    """The plan for a notebook.

    An answer counts wherever it stands. A check that is there once, as code, after something that defines its name, stays
    where it is; any other goes after the last cell that defines the name, or to the end. Check cells hold no code of
    the learner: only the exercise's name is used of them.
    """
    ours = {c.metadata.nbgrader.grade_id: c for c in release.cells if "nbgrader" in c.metadata}
    asked = {f"check-{e.name}": e for e in exercises if isinstance(e, Exercise)}
    remarks: list[str] = []
    kept: list[Cell] = []
    seen: set[str] = set()
    at: dict[str, int] = {}
    for cell in cells:
        known = ours.get(cell.grade_id)
        if known is None or cell.grade_id in seen:
            if cell.grade_id in asked:
                at.pop(cell.grade_id, None)
                continue
            kept.append(Cell(cell.kind, cell.source, "", cell.attachments))
            continue
        seen.add(cell.grade_id)
        if cell.grade_id in asked:
            if cell.kind != "code" or cell.source.strip() != known.source.strip():
                remarks.append(f"the check of `{asked[cell.grade_id].name}` was edited")
            at[cell.grade_id] = len(kept)
            kept.append(Cell("code", known.source, cell.grade_id))
        elif known.metadata.nbgrader.get("locked"):
            kept.append(Cell(known.cell_type, known.source, cell.grade_id))
        else:
            kept.append(cell)
    kept, at, moved = _place(kept, at, asked, ours)
    remarks += moved
    for name in [g for g, c in ours.items() if g not in seen and g not in asked and c.cell_type == "code"]:
        remarks.append(f"the cell `{name}` is missing")
    written = {
        c.grade_id: n for n, c in enumerate(kept) if c.grade_id in {e.name for e in exercises if isinstance(e, Written)}
    }
    return Plan(tuple(kept), {n: asked[g].name for g, n in at.items()}, written, tuple(dict.fromkeys(remarks)))


def _place(
    kept: list[Cell], at: dict[str, int], asked: Mapping[str, Exercise], ours: Mapping[str, NotebookNode]
) -> tuple[list[Cell], dict[str, int], list[str]]:
    remarks = []
    defines = [_defined(c) if c.kind == "code" and c.grade_id not in asked else set() for c in kept]
    after: dict[int, list[str]] = {}
    stays: dict[str, int] = {}
    for grade_id, exercise in asked.items():
        where = [n for n, names in enumerate(defines) if exercise.name in names]
        if grade_id in at and (not where or min(where) < at[grade_id]):
            stays[grade_id] = at[grade_id]
            continue
        after.setdefault(where[-1] if where else len(kept) - 1, []).append(grade_id)
        remarks.append(f"the check of `{exercise.name}` was missing, doubled or before its answer")
    cells: list[Cell] = []
    places: dict[str, int] = {}
    for n, cell in [(-1, None), *enumerate(kept)]:
        if cell is not None and (cell.grade_id not in asked or stays.get(cell.grade_id) == n):
            if cell.grade_id in asked:
                places[cell.grade_id] = len(cells)
            cells.append(cell)
        for grade_id in after.get(n, []):
            places[grade_id] = len(cells)
            cells.append(Cell("code", ours[grade_id].source, grade_id))
    return cells, places, remarks


def _defined(cell: Cell) -> set[str]:
    """Names that the cell seems to define. Read line by line: a hostile source must not reach Python's parser here."""
    names: set[str] = set()
    for line in cell.source.splitlines():
        if found := re.match(r"\s*(?:async\s+def|def|class)\s+(\w+)", line):
            names.add(found[1])
        elif "=" in line and _TARGETS.fullmatch(left := line.split("=", 1)[0]):
            names.update(re.findall(r"\w+", left.split(":")[0]))
    return names
