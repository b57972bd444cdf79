"""Restore: the cells that are run, from what was handed in and what was released."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from nbformat import NotebookNode

from autograde.classroom.submission import Cell
from autograde.judging.exercise import Exercise, Written

SENTENCE = 5
"""Words of a note that may be an answer in a wrong place."""
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
    eye : what a human should look at.
    """

    cells: tuple[Cell, ...]
    checks: Mapping[int, str] = field(default_factory=dict, hash=False)
    written: Mapping[str, int] = field(default_factory=dict, hash=False)
    remarks: tuple[str, ...] = ()
    eye: tuple[str, ...] = ()


def restore(cells: Sequence[Cell], release: NotebookNode, exercises: Sequence[Exercise | Written]) -> Plan:
    """The plan for a notebook.

    An answer counts wherever it stands. A check that is there once, as code, after something that defines its name, stays
    where it is; any other goes after the last cell that defines the name, or to the end. What a learner wrote into a check
    cell runs before the question. Words are found by their cell's id, by their place, or in a cell beside it.
    """
    ours = {c.metadata.nbgrader.grade_id: c for c in release.cells if "nbgrader" in c.metadata}
    asked = {f"check-{e.name}": e for e in exercises if isinstance(e, Exercise)}
    remarks: list[str] = []
    kept: list[Cell] = []
    seen: set[str] = set()
    at: dict[str, int] = {}
    cells = _without_stubs(_recognised(cells, ours), ours, asked)
    eye = _reordered(cells, ours, asked)
    for cell in cells:
        known = ours.get(cell.grade_id)
        if known is None or cell.grade_id in seen:
            if cell.grade_id in asked:
                at.pop(cell.grade_id, None)
                if cell.source.strip() == ours[cell.grade_id].source.strip():
                    continue
            kept.append(Cell(cell.kind, cell.source, "", cell.attachments))
            continue
        seen.add(cell.grade_id)
        if cell.grade_id in asked:
            if cell.kind != "code" or cell.source.strip() != known.source.strip():
                remarks.append(f"the check of `{asked[cell.grade_id].name}` was edited")
                kept.append(Cell(cell.kind, cell.source, "", cell.attachments))
            at[cell.grade_id] = len(kept)
            kept.append(Cell("code", known.source, cell.grade_id))
        elif known.metadata.nbgrader.get("locked"):
            kept.append(Cell(known.cell_type, known.source, cell.grade_id))
        elif known.cell_type == "code" and cell.kind != "code" and cell.source.strip():
            eye.append(f"the answer `{cell.grade_id}` was turned into words; it was run as code")
            kept.append(Cell("code", cell.source, cell.grade_id))
        else:
            kept.append(cell)
    kept, at, moved = _place(kept, at, asked, ours)
    remarks += moved
    for name in [g for g, c in ours.items() if g not in seen and g not in asked and c.cell_type == "code"]:
        remarks.append(f"the cell `{name}` is missing")
    written = {}
    for exercise in (e for e in exercises if isinstance(e, Written) and e.name in ours):
        where, said = _words(kept, exercise.name, release, ours)
        if where is not None:
            written[exercise.name] = where
        eye += said
    checks = {n: asked[g].name for g, n in at.items()}
    return Plan(tuple(kept), checks, written, tuple(dict.fromkeys(remarks)), tuple(eye))


def _recognised(cells: Sequence[Cell], ours: Mapping[str, NotebookNode]) -> list[Cell]:
    """The cells, with the grade ids that an editor has dropped: by a cell's own id, or by text that is as released."""
    there = {c.grade_id for c in cells}
    by_id = {c.id: g for g, c in ours.items() if g not in there and "id" in c}
    by_text = {c.source.strip(): g for g, c in ours.items() if g not in there}
    found = []
    for cell in cells:
        name = "" if cell.grade_id in ours else by_id.get(cell.id) or by_text.get(cell.source.strip(), "")
        if name and name not in there:
            there.add(name)
            cell = Cell(cell.kind, cell.source, name, cell.attachments, cell.id)
        found.append(cell)
    return found


def _without_stubs(
    cells: Sequence[Cell], ours: Mapping[str, NotebookNode], asked: Mapping[str, Exercise]
) -> list[Cell]:
    """The cells, with answer cells that were left as they were emptied where another cell before them answers."""
    names, before, found = {e.name for e in asked.values()}, set[str](), []
    for cell in cells:
        known = ours.get(cell.grade_id)
        if known is not None and cell.grade_id in before and cell.source.strip() == known.source.strip():
            cell = replace(cell, source="")
        elif cell.kind == "code" and known is None:
            before |= names & _defined(cell)
        found.append(cell)
    return found


def _reordered(cells: Sequence[Cell], ours: Mapping[str, NotebookNode], asked: Mapping[str, Exercise]) -> list[str]:
    """Whether cells of the course stand in another order; answers may then run before what they need."""
    order = {g: n for n, g in enumerate(g for g in ours if g not in asked)}
    places = [order[c.grade_id] for c in cells if c.grade_id in order and c.kind == "code"]
    first = list(dict.fromkeys(places))
    return [] if first == sorted(first) else ["its cells stand in another order than they were released in"]


def _words(
    kept: Sequence[Cell], name: str, release: NotebookNode, ours: Mapping[str, NotebookNode]
) -> tuple[int | None, list[str]]:
    """The cell that answers a question in words, and what a human should know about it."""
    stub = ours[name].source.strip()
    own = next((n for n, c in enumerate(kept) if c.grade_id == name), None)
    if own is not None and kept[own].source.strip() not in ("", stub):
        return own, []
    released = {c.source.strip() for c in release.cells}
    learners = [n for n, c in enumerate(kept) if c.source.strip() not in released and _is_text(c)]
    at = next(
        n for n, c in enumerate(release.cells) if c.get("metadata", {}).get("nbgrader", {}).get("grade_id") == name
    )
    places = {c.source.strip(): n for n, c in reversed(list(enumerate(kept)))}
    before = next((places[s] for c in reversed(release.cells[:at]) if (s := c.source.strip()) in places), -1)
    after = next((places[s] for c in release.cells[at + 1 :] if (s := c.source.strip()) in places), len(kept))
    beside = [n for n in learners if before < n < after] or ([] if own is not None else learners)
    if not beside:
        long = [str(n + 1) for n in learners if kept[n].kind != "code" and len(kept[n].source.split()) >= SENTENCE]
        where = (
            f"`{name}` is empty, and the student's own words stand in cell {', '.join(long[:5])}: is it answered there?"
        )
        return own, [where] if long else []
    best = max(beside, key=lambda n: len(kept[n].source))
    said = f"`{name}` has no words in its own cell: those in cell {best + 1} are taken for the answer"
    return best, [said]


def _is_text(cell: Cell) -> bool:
    """Whether a learner's cell without a grade id holds words: no code, or comments alone."""
    lines = [x.strip() for x in cell.source.splitlines() if x.strip()]
    return bool(lines) and not cell.grade_id and (cell.kind != "code" or all(x[0] == "#" for x in lines))


def _place(
    kept: list[Cell], at: dict[str, int], asked: Mapping[str, Exercise], ours: Mapping[str, NotebookNode]
) -> tuple[list[Cell], dict[str, int], list[str]]:
    remarks = []
    defines = [_defined(c) if c.kind == "code" and c.grade_id not in asked else set() for c in kept]
    after: dict[int, list[str]] = {}
    stays: dict[str, int] = {}
    for grade_id, exercise in asked.items():
        where = [n for n, names in enumerate(defines) if exercise.name in names]
        released = {c.source.strip() for c in ours.values()}
        own = [n for n in where if kept[n].source.strip() not in released]
        last = max((n for n in own if re.search(rf"(?m)^\s*def\s+{exercise.name}\b", kept[n].source)), default=-1)
        if grade_id in at and last < at[grade_id] and (not own or min(own) < at[grade_id]):
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
