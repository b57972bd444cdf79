"""``autograde feedback``: nbgrader's page for each student, with the verdicts, and with nothing in it that runs."""

from __future__ import annotations

import argparse
import base64
import re
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbgrader
import nh3
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook, new_output
from nbgrader.api import MissingEntry

from autograde.classroom import desk, harmless
from autograde.classroom.desk import Desk, grade_id, verdict
from autograde.classroom.record import Book, put
from autograde.classroom.room import CannotDo
from autograde.classroom.timed import OutOfTime, within
from autograde.judging.exercise import Written

TEXT = """\
Write nbgrader's feedback page for each student: class/feedback/<student>/<unit>/<notebook>.html. `nbgrader
release_feedback` finds it there. In it are the student's cells, the verdicts, your points and comments; not in it are hidden
tests, and scripts, frames, forms or links that run something, whatever a student wrote.

Model solutions are added when the due date is over (nbgrader's, or the student's extension), or with --solutions.

Exit code: 0 all written, 1 some pages could not be made (they are named), 2 none.

examples:
  autograde feedback 1-chain-rule
  autograde feedback 1-chain-rule ann --solutions
"""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    desk.options(parser, run)
    parser.add_argument("unit", help="such as 1-chain-rule")
    parser.add_argument("student", nargs="?", help="all of them when left out")
    parser.add_argument(
        "--solutions",
        action=argparse.BooleanOptionalAction,
        help="with, or without, model solutions, whatever the due date",
    )


def run(options: argparse.Namespace) -> int:
    """Write the pages; returns the exit code."""
    at = Desk.open(options)
    records = [at.record(options.student)] if options.student else at.all_records()
    at.agreed(records)
    export, clean = _exporter(), cleaner(at.unit.root / "notebooks" / at.unit.name / "figures")
    failed = 0
    with at.book() as book:
        for record in records:
            student = record["student"]
            submission = _submission(book, at, student)
            solved = _due(submission) if options.solutions is None else options.solutions
            folder = at.room.path("feedback", student, at.unit.name)
            for submitted in submission.notebooks:
                target = folder / f"{submitted.name}.html"
                target.unlink(missing_ok=True)
                try:
                    with within(SECONDS):
                        page = clean(export(prepared(at, record, submitted, solved), submitted))
                except (Exception, OutOfTime) as error:  # one page that cannot be made stops no other
                    failed += 1
                    what = f"{type(error).__name__}: {error!a}"[:200]
                    print(f"{student}: {target} could not be made ({what})", file=sys.stderr)
                    continue
                put(target, page.encode("utf-8", "replace"))
            print(f"{folder}{', with model solutions' if solved else ''}")
    return 1 if failed else 0


SECONDS = 5.0
"""Time that one page may take."""


def _submission(book: Book, at: Desk, student: str) -> Any:
    try:
        return book.book.find_submission(at.unit.name, student)
    except MissingEntry:
        raise CannotDo(f"This gradebook has no submission of {student!r}: is it another one? See --db.") from None


def _due(submission: Any) -> bool:
    return submission.duedate is not None and submission.duedate < datetime.now(UTC).replace(tzinfo=None)


def prepared(desk: Desk, record: Mapping[str, Any], submitted: Any, solved: bool) -> NotebookNode:
    """The student's graded notebook with scores, comments, verdicts, and model solutions if ``solved``.

    submitted : nbgrader's SubmittedNotebook.
    """
    found = record["notebooks"].get(submitted.name, {"exercises": {}, "reason": "it was not graded"})
    notebook = desk.autograded(record["student"], submitted.name)
    if notebook is None:
        reason = found["reason"] or "its graded copy is missing"
        notebook = new_notebook(cells=[new_markdown_cell(f"This notebook was not graded: {reason}.")])
    points = {g.name: g.score for g in submitted.grades}
    said = {c.name: c.manual_comment for c in submitted.comments}
    panels = {f"check-{name}": verdict(v) for name, v in found["exercises"].items()}
    models = _models(desk, submitted.name) if solved else {}
    cells = []
    for cell in notebook.cells:
        name = grade_id(cell)
        cell.source = _HIDDEN.sub("", cell.source)
        if cell.cell_type == "code":
            cell.outputs = [o for o in map(_output, cell.outputs) if o is not None]
            if name in panels:
                cell.outputs = [_panel(panels.pop(name))]
        if name:
            cell.metadata.nbgrader.update(score=points.get(name, 0.0), comment=said.get(name))
        cells.append(cell)
        if name in models:
            cells.append(new_markdown_cell(models[name]))
    notebook.cells = cells
    notebook.metadata.pop("widgets", None)
    return notebook


_HIDDEN = re.compile(r"^[^\n]*### BEGIN HIDDEN TESTS.*?(### END HIDDEN TESTS[^\n]*\n?|\Z)", re.DOTALL | re.MULTILINE)


def _output(output: NotebookNode) -> NotebookNode | None:
    """An output without what a browser would run."""
    if "data" in output:
        output.data = {m: v for m, v in output.data.items() if m in ("text/plain", "text/latex", *harmless.PICTURES)}
        output.metadata = {}
        return output if output.data else None
    return output


def _panel(found: Any) -> NotebookNode:
    return new_output("display_data", data={"text/html": found.to_html()})


def _models(desk: Desk, notebook: str) -> dict[str, str]:
    """Model solutions as Markdown, by the id of the answer's cell."""
    found = {n: f"**One way to write it**\n\n```python\n{code}\n```" for n, code in desk.solved(notebook).items()}
    for exercise in desk.unit.exercises(notebook):
        if isinstance(exercise, Written):
            guide = "\n".join(f"- {line}" for line in exercise.guide)
            found[exercise.name] = f"**One way to say it**\n\n{exercise.model}\n\nA full answer says:\n\n{guide}"
    return found


def _exporter() -> Callable[[NotebookNode, Any], str]:
    """nbgrader's feedback template, filled by nbconvert."""
    formgrader = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader"
    exporter = HTMLExporter(
        template_name="feedback",
        extra_template_basedirs=[str(formgrader / "templates")],
        extra_template_paths=[str(formgrader / "static" / "node_modules" / "bootstrap" / "dist" / "css")],
    )

    def export(notebook: NotebookNode, submitted: Any) -> str:
        late = submitted.late_submission_penalty or 0
        about = {"notebook": submitted.name, "score": submitted.score - late, "max_score": submitted.max_score}
        text, _ = exporter.from_notebook_node(notebook, {"nbgrader": about | {"late_penalty": late}})
        return text

    return export


TAGS = harmless.TAGS | {"summary", "details"}
STYLES = set("background border-left color line-height margin margin-top padding text-align".split())
_LINK = re.compile(r"(https?://|mailto:|#|[\w-][\w./-]*(#[\w.-]*)?$)")
_IMAGE = re.compile(r"data:image/(png|jpeg|gif);base64,[A-Za-z0-9+/=\s]*$|figures/[\w.-]+$")
_STYLE = re.compile(r"(?:[\w\s#:;.,%-]|rgba?\([\d\s,.]*\))*")
POLICY = (
    "default-src 'none'; script-src https: 'unsafe-inline' 'unsafe-eval'; style-src https: 'unsafe-inline'; font-src https: data:; "
    "img-src data:; base-uri 'none'; form-action 'none'"
)
"""What a browser may do in the page's head, where nothing of a student stands: it shows mathematics by MathJax."""


def cleaner(figures: Path) -> Callable[[str], str]:
    """A function that keeps of a page's body what stands still.

    figures : the unit's own figures, which are put into the page.
    """

    def keep(tag: str, name: str, value: str) -> str | None:
        match tag, name:
            case "a", "href":
                return value if _LINK.match(value) else None
            case "img", "src":
                return value if _IMAGE.match(value) else None
            case _, "id":
                return value if value in ("notebook", "notebook-container", "toc") else None
            case _, "style":
                return value if _STYLE.fullmatch(value) else None
        return value

    body = nh3.Cleaner(
        tags=TAGS,
        attributes={"*": {"class", "id", "style", "title"}, "a": {"href", "name"}, "img": {"src", "alt"}},
        attribute_filter=keep,
        filter_style_properties=STYLES,
        url_schemes={"http", "https", "mailto", "data"},
    )

    def shown(link: re.Match[str]) -> str:
        file = figures / link[1]
        if not file.is_file():
            return link[0]
        kind = "svg+xml" if file.suffix == ".svg" else file.suffix.lstrip(".")
        return f'src="data:image/{kind};base64,{base64.b64encode(file.read_bytes()).decode()}"'

    def clean(page: str) -> str:
        head, start, rest = page.partition("<body>")
        head = head.replace("<head>", f'<head><meta http-equiv="Content-Security-Policy" content="{POLICY}">', 1)
        rest = re.sub(r"</?(body|main|html)\b[^>]*>", "", rest)
        text = re.sub(r'src="figures/([\w.-]+)"', shown, body.clean(rest))
        return f"{head}{start}\n{text}\n</body>\n</html>\n"

    return clean
