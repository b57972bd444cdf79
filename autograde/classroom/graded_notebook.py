"""The graded notebook: the learner's cells with their outputs, made safe to look at, and the verdicts."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograde.classroom import harmless
from autograde.classroom.restore import Plan
from autograde.classroom.submission import Cell
from autograde.classroom.timed import OutOfTime, within
from autograde.judging.verdict import Verdict

SECONDS = 3.0
"""Time for the words of one notebook to be read as Markdown; they are kept as typed when it is over."""
PRINTED, PER_CELL, ALL = 100_000, 100, 2_000_000
"""Characters of one output, outputs of one cell, and characters of all outputs of a notebook that are kept; pictures apart."""
PICTURE, PICTURES = 500_000, 8_000_000
"""Characters of one picture in base64 that is kept, and of all."""


def graded(
    plan: Plan, release: NotebookNode, outputs: Mapping[int, bytes], verdicts: Mapping[str, Verdict]
) -> NotebookNode:
    """The notebook to keep, with the nbgrader metadata of the release. Nothing in it runs or fetches anything."""
    tags = {c.metadata.nbgrader.grade_id: c.metadata.nbgrader for c in release.cells if "nbgrader" in c.metadata}
    ours = {c.source for c in release.cells if c.cell_type == "markdown"}
    kept = Kept()
    shown = _words(plan, ours)
    cells = []
    for n, cell in enumerate(plan.cells):
        own_id = {"id": re.sub(r"[^a-zA-Z0-9_-]", "-", cell.grade_id)[:64] if cell.grade_id in tags else f"cell-{n}"}
        if cell.kind == "code":
            new = new_code_cell(harmless.text(cell.source, PRINTED), outputs=kept(outputs.get(n, b"[]")), **own_id)
            if n in plan.checks:
                new.outputs.append(_panel(verdicts[plan.checks[n]]))
        else:
            new = new_markdown_cell(shown[n], **own_id)
        if cell.grade_id in tags:
            new.metadata.nbgrader = nbformat.from_dict(dict(tags[cell.grade_id]))
        cells.append(new)
    made = new_notebook(cells=cells, metadata=release.metadata)
    made.nbformat, made.nbformat_minor = 4, 5
    return made


def _words(plan: Plan, ours: set[str]) -> dict[int, str]:
    """The words of a notebook by the number of their cell; those of the course are left as they are."""
    found = {n: c for n, c in enumerate(plan.cells) if c.kind != "code"}

    def shown(cell: Cell) -> str:
        if cell.source in ours:
            return cell.source
        return harmless.words(cell.source, cell.attachments) if cell.kind == "markdown" else harmless.typed(cell.source)

    try:
        with within(SECONDS):
            return {n: shown(c) for n, c in found.items()}
    except OutOfTime:
        return {n: c.source if c.source in ours else harmless.typed(c.source) for n, c in found.items()}


class Kept:
    """Outputs from a sandbox, as far as they are what outputs are, and not more than one notebook may have."""

    def __init__(self) -> None:
        self.left, self.pictures = ALL, PICTURES

    def __call__(self, data: bytes) -> list[NotebookNode]:
        try:
            found = json.loads(data)
        except (ValueError, RecursionError):
            return []
        found = found[:PER_CELL] if isinstance(found, list) else []
        return [o for o in (self._output(d) for d in found if isinstance(d, dict)) if o is not None]

    def _output(self, data: dict[str, Any]) -> NotebookNode | None:
        match data:
            case {"output_type": "stream", "name": "stdout" | "stderr" as name, "text": str(text)}:
                return new_output("stream", name=name, text=self._text(text)) if self.left else None
            case {"output_type": "display_data" | "execute_result", "data": dict(bundle)}:
                shown = {m: kept for m, v in bundle.items() if (kept := self._shown(m, v)) is not None}
                return new_output("display_data", data=shown) if shown else None
            case {"output_type": "error", "ename": str(name), "evalue": str(value), "traceback": [*lines]}:
                lines = [self._text(line) for line in lines[:40] if isinstance(line, str)]
                return new_output(
                    "error", ename=harmless.line(name), evalue=harmless.text(value, 2000), traceback=lines
                )
        return None

    def _shown(self, kind: str, data: Any) -> str | None:
        if kind == "text/plain" and isinstance(data, str):
            return self._text(data)
        if kind == "text/latex" and isinstance(data, str):
            return harmless.latex(data)
        if not isinstance(data, str) or len(data) > min(PICTURE, self.pictures):
            return None
        if (picture := harmless.picture(kind, data)) is not None:
            self.pictures -= len(picture)
        return picture

    def _text(self, text: str) -> str:
        kept = harmless.text(text, min(PRINTED, self.left))
        self.left = max(0, self.left - len(kept))
        return kept


def _panel(verdict: Verdict) -> NotebookNode:
    bundle = {m: harmless.tex(v) if isinstance(v, str) else v for m, v in verdict._repr_mimebundle_().items()}
    return new_output("display_data", data=nbformat.from_dict(bundle))
