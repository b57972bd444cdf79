"""``autograde report``: what a class got wrong, exercise by exercise, as a table and a plot."""

from __future__ import annotations

import argparse
import base64
import html
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

from autograde.classroom import desk, pages
from autograde.classroom.desk import Desk
from autograde.classroom.record import put
from autograde.judging.exercise import Exercise

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

STATUSES = {"right": "#2e8b57", "partly": "#c98a1b", "wrong": "#d1495b", "empty": "#aab4be"}


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    desk.options(parser, run)
    parser.add_argument("unit", help="such as 1-chain-rule")


def run(options: argparse.Namespace) -> int:
    """Write the report; returns the exit code."""
    at = Desk.open(options)
    records, name = at.all_records(), at.unit.name
    at.agreed(records)
    items = analyse(at, records)
    drawn = plot(items)
    title = f"{name}: {len(records)} submission{'s' if len(records) != 1 else ''}"
    put(at.room.path("reports", f"{name}.svg"), drawn)
    put(at.room.path("reports", f"{name}.md"), to_markdown(title, items, f"{name}.svg").encode())
    put(at.room.path("reports", f"{name}.html"), to_html(title, items, drawn).encode())
    print(f"{title}\n\n{to_text(items)}\n\n{at.room.path('reports', name)}.html (.md, .svg)")
    return 0


@dataclass(frozen=True)
class Item:
    """One exercise and what the class did with it.

    Attributes
    ----------
    answers : notebooks that were run.
    difficulty : mean share of the points, 0 to 1; None when there are no answers.
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


def analyse(desk: Desk, records: Sequence[dict[str, Any]]) -> list[Item]:
    """An item for each checked exercise of the unit, in the order of the course."""
    items = []
    for notebook in desk.unit.release:
        names = [e.name for e in desk.unit.exercises(notebook) if isinstance(e, Exercise)]
        ran = [n for r in records if (n := r["notebooks"].get(notebook)) and not n["reason"]]
        ran = [n["exercises"] for n in ran if all(name in n["exercises"] for name in names)]
        for name in names:
            found = [n[name] for n in ran]
            rest = [sum(n[other]["score"] for other in names if other != name) for n in ran]
            shares = [v["score"] / (v["possible"] or 1) for v in found]
            statuses = Counter(v["status"] for v in found)
            mistakes = Counter(m for v in found for m in _mistakes(v))
            items.append(
                Item(
                    notebook,
                    name,
                    len(found),
                    sum(shares) / len(shares) if shares else None,
                    correlation(shares, rest),
                    {s: statuses[s] for s in STATUSES},
                    tuple(sorted(mistakes.items(), key=lambda m: (-m[1], m[0]))),
                )
            )
    return items


def _mistakes(verdict: dict[str, Any]) -> Sequence[str]:
    slipped_before = verdict.get("how") == "given" and verdict["headline"].startswith("Right")
    if verdict["status"] in ("right", "empty") or slipped_before:
        return ()
    return verdict["mistakes"] or (verdict["headline"].rstrip(".").replace("`", ""),)


def correlation(a: Sequence[float], b: Sequence[float]) -> float | None:
    """Pearson's correlation; None for fewer than three pairs, or when either side does not vary."""
    if len(a) < 3 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return None
    return float(np.corrcoef(a, b)[0, 1])


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
