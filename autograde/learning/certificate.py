"""A learner's own progress as a page to keep: one HTML file that needs no other, and says what it is and what it is not.

It is put together by hand and not by jinja2, as the classroom's pages are: it has to work in a browser, in a sealed release and
wherever else there is nothing but what a notebook needs, and jinja2 is not of that.
"""

from __future__ import annotations

import html
from pathlib import Path

from autograde.learning.progress_map import Map

_MARK = '<meta name="generator" content="LSTM by Hand: progress.certificate">'

_PLAIN = (
    "This page is a record that its owner keeps. It was written on the owner's own computer, from a file that anybody can "
    "edit, so it is not proof of anything. To see what somebody can do, ask them to explain a gradient."
)

_STYLE = """
body { font: 17px/1.55 Georgia, serif; color: #22303c; background: #fff; max-width: 40rem; margin: 3rem auto; padding: 0 1.2rem }
h1 { font-size: 1.7rem; margin: 0 }
.who { font-size: 1.3rem; margin: .4rem 0 1.4rem }
table { border-collapse: collapse; width: 100%; margin: 1.4rem 0 }
th, td { text-align: left; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid #c9d3dd }
th { font-weight: normal }
thead th { color: #66788a }
td { white-space: nowrap; font-variant-numeric: tabular-nums }
.plain { border-left: 4px solid #1f77b4; padding-left: .8rem; font-size: .95rem }
@media (prefers-color-scheme: dark) { body { color: #e6edf3; background: #14191f } thead th { color: #9fb3c8 } }
@media print { body { margin: 0 auto; color: #000; background: #fff } }
""".strip()


def summary(progress: Map) -> str:
    """Points, exercises that are right, the date of the last passed check and the hints that were read, in one line."""
    state, names = progress.state, [name for stop in progress.stops for name in stop.points]
    earned = sum(progress.earned(stop) for stop in progress.stops)
    possible = sum(sum(stop.points.values()) for stop in progress.stops)
    right = sum(_right(progress, stop.points) for stop in progress.stops)
    hints = sum(state.hints.get(name, 0) for name in names)
    passed = [state.passed[name] for name in names if name in state.passed]
    last = f" Last check passed: {max(passed).day} {max(passed):%B %Y}." if passed else ""
    if not earned:
        return f"No points yet, of {possible}.{last} Hints read: {hints}."
    return f"{earned:g} of {possible} points, {right} of {len(names)} exercises right.{last} Hints read: {hints}."


def page(progress: Map, name: str = "") -> str:
    """The page as HTML. ``name`` is the learner's, escaped; left out when empty."""
    rows = "".join(
        f'<tr><th scope="row">{html.escape(stop.title)}</th><td>{_right(progress, stop.points)} of {len(stop.points)}</td>'
        f"<td>{progress.earned(stop):g} of {sum(stop.points.values())}</td></tr>\n"
        for stop in progress.stops
    )
    who = f'<p class="who">{html.escape(name.strip())}</p>\n' if name.strip() else ""
    note = f"<p>{html.escape(progress.state.note)}</p>\n" if progress.state.note else ""
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n{_MARK}\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>LSTM by Hand: my progress</title>\n<style>\n{_STYLE}\n</style>\n</head>\n<body>\n"
        "<h1>LSTM by Hand</h1>\n<p>From the chain rule to full LSTM backpropagation: my progress.</p>\n"
        f"{who}<p>{html.escape(summary(progress))}</p>\n{note}"
        '<table>\n<thead><tr><th scope="col">Notebook</th><th scope="col">Right</th><th scope="col">Points</th></tr></thead>\n'
        f'<tbody>\n{rows}</tbody>\n</table>\n<p class="plain">{_PLAIN}</p>\n</body>\n</html>\n'
    )


def write(path: Path, text: str) -> None:
    """Write a page to ``path``; an older certificate there is replaced.

    Raises
    ------
    OSError : something else stands there, or it cannot be written; nothing is changed.
    """
    if path.is_dir():
        raise OSError(
            f"{path} is a folder: give the certificate a file name in it, such as {path / 'certificate.html'}"
        )
    if path.exists() and _MARK.encode() not in path.read_bytes():
        raise OSError(f"{path} is there already, and it is no certificate: choose another name")
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OSError(f"{path} cannot be written ({error.strerror}): choose another folder") from None


def _right(progress: Map, points: dict[str, int]) -> int:
    return sum(progress.state.solved(name, p) for name, p in points.items())
