"""The graded notebook: the learner's cells with their outputs, made safe to look at, and the verdicts."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

from autograde.classroom.restore import Plan
from autograde.judging.verdict import Verdict

SHOWN = ("text/plain", "text/latex", "image/png", "image/jpeg")
"""What is kept of a learner's outputs. HTML, SVG and scripts would run in the browser of who looks at it."""


def graded(
    plan: Plan, release: NotebookNode, outputs: Mapping[int, bytes], verdicts: Mapping[str, Verdict]
) -> NotebookNode:
    """The notebook to keep, with the nbgrader metadata of the release."""
    tags = {c.metadata.nbgrader.grade_id: c.metadata.nbgrader for c in release.cells if "nbgrader" in c.metadata}
    cells = []
    for n, cell in enumerate(plan.cells):
        own_id = {"id": re.sub(r"[^a-zA-Z0-9_-]", "-", cell.grade_id)[:64] if cell.grade_id in tags else f"cell-{n}"}
        if cell.kind == "code":
            new = new_code_cell(_clean(cell.source), outputs=safe(outputs.get(n, b"[]")), **own_id)
            if n in plan.checks:
                new.outputs.append(_panel(verdicts[plan.checks[n]]))
        elif cell.kind == "markdown":
            new = new_markdown_cell(_clean(cell.source), **own_id)
            if cell.attachments:
                new.attachments = nbformat.from_dict(cell.attachments)
        else:
            new = new_raw_cell(_clean(cell.source), **own_id)
        if cell.grade_id in tags:
            new.metadata.nbgrader = nbformat.from_dict(dict(tags[cell.grade_id]))
        cells.append(new)
    made = new_notebook(cells=cells, metadata=release.metadata)
    made.nbformat, made.nbformat_minor = 4, 5
    return made


def safe(data: bytes) -> list[NotebookNode]:
    """Outputs from the sandbox, as far as they are what outputs are."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return []
    kept = (_output(o) for o in found if isinstance(o, dict)) if isinstance(found, list) else ()
    return [o for o in kept if o is not None]


def _output(data: dict[str, Any]) -> NotebookNode | None:
    match data:
        case {"output_type": "stream", "name": "stdout" | "stderr" as name, "text": str(text)}:
            return new_output("stream", name=name, text=_clean(text))
        case {"output_type": "display_data" | "execute_result", "data": dict(bundle)}:
            shown = {m: _clean(v) for m, v in bundle.items() if m in SHOWN and isinstance(v, str)}
            return new_output("display_data", data=shown) if shown else None
        case {"output_type": "error", "ename": str(name), "evalue": str(value), "traceback": [*lines]}:
            lines = [_clean(line) for line in lines if isinstance(line, str)]
            return new_output("error", ename=_clean(name), evalue=_clean(value), traceback=lines)
    return None


def _panel(verdict: Verdict) -> NotebookNode:
    return new_output("display_data", data=nbformat.from_dict(verdict._repr_mimebundle_()))


def _clean(text: str) -> str:
    return re.sub(r"[\ud800-\udfff]", "\ufffd", text)
