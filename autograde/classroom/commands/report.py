"""``autograde report``: what a class got wrong, exercise by exercise, as a table and a plot."""

from __future__ import annotations

import argparse
import base64
import html
import io
from collections.abc import Sequence

from matplotlib import rc_context
from matplotlib.figure import Figure

from autograde.classroom import desk, pages
from autograde.classroom.desk import Desk
from autograde.classroom.overview.items import Item, analyse
from autograde.classroom.record import put

TEXT = """\
Say which mistakes a class made, exercise by exercise: in the terminal, and as class/reports/<unit>.html, .md and .svg.
No student is named in it, so it can be shown in class.

answers         notebooks that were run; what was not handed in or could not be run is left out
empty           answers that are still to be written, or not there
difficulty      mean share of the points: 1 is easy, 0 is hard
discrimination  correlation of the points with those of the notebook's other exercises (-1 to 1): near 0 or below, look at
                the exercise. A dash where it cannot be told: fewer than three answers, or all of them alike.

Points are those of the checks: points that a human gave, and written answers, are not in it.

examples:
  autograde report 1-chain-rule
"""

STATUSES = {"right": "#0b5394", "partly": "#8fb8de", "wrong": "#e08a00", "empty": "#b8bec4"}
"""Colours that differ in lightness, too, so that nobody has to tell red from green."""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    desk.options(parser, run)
    parser.add_argument("unit", help="such as 1-chain-rule")


def run(options: argparse.Namespace) -> int:
    """Write the report; returns the exit code."""
    at = Desk.open(options)
    records, name = at.all_records(), at.unit.name
    with at.book() as book:
        at.agreed(book, records)
    items = analyse(at, records)
    drawn = plot(items)
    title = f"{name}: {len(records)} submission{'s' if len(records) != 1 else ''}"
    put(at.room.path("reports", f"{name}.svg"), drawn)
    put(at.room.path("reports", f"{name}.md"), to_markdown(title, items, f"{name}.svg").encode())
    put(at.room.path("reports", f"{name}.html"), to_html(title, items, drawn).encode())
    print(f"{title}\n\n{to_text(items)}\n\n{at.room.path('reports', name)}.html (.md, .svg)")
    return 0


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _cells(item: Item) -> tuple[str, ...]:
    """The first columns of an item's line."""
    counts = (str(n) for n in (item.answers, item.statuses["right"], item.statuses["empty"]))
    return (item.exercise, *counts, _number(item.difficulty), _number(item.discrimination))


HEAD = ("exercise", "answers", "right", "empty", "difficulty", "discrimination", "what was wrong")


def to_text(items: Sequence[Item], most: int = 3) -> str:
    """A table for a terminal, with the ``most`` frequent mistakes of each exercise."""
    rows: list[tuple[str, ...]] = []
    for item in items:
        said = [f"{count} × {name}" for name, count in item.mistakes]
        said = said[:most] + ([f"and {len(said) - most} more"] if len(said) > most else [])
        rows.append((*_cells(item), said[0] if said else ""))
        rows += [("",) * 6 + (line,) for line in said[1:]]
    wide = [max(len(row[k]) for row in [HEAD, *rows]) for k in range(6)]
    lines = ["  ".join([*(cell.ljust(w) for cell, w in zip(row, wide, strict=False)), row[6]]) for row in [HEAD, *rows]]
    return "\n".join(line.rstrip() for line in lines)


def to_markdown(title: str, items: Sequence[Item], picture: str) -> str:
    """The report as Markdown with a table and a link to the plot."""

    def cell(text: str) -> str:
        return html.escape(text, quote=False).replace("|", "\\|").replace("\n", " ")

    lines = [f"# {title}", "", f"![{ALT}]({picture})", "", "| " + " | ".join(HEAD) + " |", "|---" * len(HEAD) + "|"]
    for item in items:
        said = "<br>".join(f"{count} × {cell(name)}" for name, count in item.mistakes)
        lines.append("| " + " | ".join([f"`{item.exercise}`", *_cells(item)[1:], said]) + " |")
    return "\n".join([*lines, "", NOTE, ""])


def to_html(title: str, items: Sequence[Item], picture: bytes) -> str:
    """The report as a page that needs no other file. ``picture`` is the plot as SVG."""
    data = base64.b64encode(picture).decode()
    rows = [(_cells(item), item.mistakes) for item in items]
    return pages.page("report.html", title=title, head=HEAD, rows=rows, picture=data, alt=ALT, note=NOTE)


ALT = "A bar for each exercise: the shares of answers that are right, partly right, wrong and empty"
NOTE = (
    "Difficulty is the mean share of the points: 1 is easy. Discrimination is the correlation of an exercise's points with "
    "those of the notebook's other exercises. Points are those of the checks."
)


def plot(items: Sequence[Item]) -> bytes:
    """The plot as SVG, the same bytes for the same items: a bar for each exercise, and its most frequent mistake."""
    with rc_context({"svg.hashsalt": "report", "font.family": "DejaVu Sans", "font.size": 9}):
        figure = Figure(figsize=(9, 0.9 + 0.34 * len(items)), layout="constrained")
        axes = figure.subplots()
        left = [0.0] * len(items)
        for status, colour in STATUSES.items():
            shares = [i.statuses[status] / max(i.answers, 1) for i in items]
            axes.barh(range(len(items)), shares, left=left, color=colour, label=status, height=0.7)
            left = [a + b for a, b in zip(left, shares, strict=True)]
        for n, item in enumerate(items):
            if item.mistakes:
                name, count = item.mistakes[0]
                text = f"{count} × {name[:60]}".replace("$", r"\$")
                axes.text(1.02, n, text, va="center", transform=axes.get_yaxis_transform())
        axes.set_yticks(range(len(items)), [i.exercise for i in items])
        axes.invert_yaxis()
        axes.set_xlim(0, 1)
        axes.xaxis.set_major_formatter(lambda x, _: f"{100 * x:.0f} %")
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.tick_params(left=False)
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4, frameon=False)
        out = io.BytesIO()
        figure.savefig(out, format="svg", metadata={"Date": None})
    return out.getvalue()
