"""A learner's progress: one line for each event in a small file beside the notebooks.

Lines are only ever appended, so a crash costs at most the last one, and two notebooks can write at once.
"""

from __future__ import annotations

import html
import json
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from autograde.judging.verdict import CELL, panel

FILE = ".lstm-by-hand-progress.jsonl"
MARK = "# LSTM by Hand: saved progress"
"""The first line of a file that ``progress.save`` wrote."""
_UNIT = re.compile(r"^\d-[a-z-]+$")


@dataclass(frozen=True)
class Hunted:
    """One finished bug hunt."""

    key: str
    found: bool
    points: float


@dataclass
class State:
    """What the file says: best score, hints seen, last pass and the passed function by exercise, and the one checked last;
    whether the first guess was right, by question; how often was recalled, by notebook; how often a named mistake was made;
    the bug hunts, in order.

    Files of older versions hold no times; then ``passed`` stays empty.
    """

    scores: dict[str, float] = field(default_factory=dict)
    hints: dict[str, int] = field(default_factory=dict)
    passed: dict[str, datetime] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    guesses: dict[str, bool] = field(default_factory=dict)
    recalls: dict[str, int] = field(default_factory=dict)
    made: dict[str, int] = field(default_factory=dict)
    hunts: list[Hunted] = field(default_factory=list)
    last: str = ""
    note: str = ""

    def solved(self, name: str, points: int) -> bool:
        """Whether an exercise is right: all its points are earned, or, where it has none, it has passed."""
        return self.scores.get(name, 0.0) >= points if points else name in self.passed


def path() -> Path | None:
    """Where progress is kept: beside the unit folders, or in ``$LSTM_BY_HAND_PROGRESS`` (``off`` keeps none)."""
    chosen = os.environ.get("LSTM_BY_HAND_PROGRESS", "")
    if chosen == "off":
        return None
    if chosen:
        return Path(chosen)
    here = Path.cwd()
    return (here.parent if _UNIT.match(here.name) else here) / FILE


def record(**event: object) -> None:
    """Append one event, such as ``exercise="dc", score=2.0``, and its time. A folder that cannot be written to is no error."""
    file = path()
    if file is None:
        return
    read()
    try:
        with open(file, "a", encoding="utf-8") as out:
            out.write(json.dumps({"time": datetime.now(UTC).isoformat(timespec="seconds")} | event) + "\n")
    except OSError:
        return


def read() -> State:
    """The state of the file. A file that cannot be read is put aside under another name, and ``note`` says so."""
    file = path()
    if file is None or not file.exists():
        return State()
    try:
        text = file.read_bytes().decode("utf-8")
        state = parsed(text)
        if not text.endswith("\n"):
            _cut_last(file)
    except (ValueError, OSError) as error:
        return State(note=_put_aside(file, error))
    return state


def parsed(text: str) -> State:
    """The state that the text of a progress file describes; a last line that does not end is left out.

    Raises
    ------
    ValueError : it is no such text.
    """
    state = State()
    events = [json.loads(line) for line in text.split("\n")[:-1] if line.strip()]
    if not all(isinstance(e, dict) for e in events):
        raise ValueError("not a progress file")
    for event in events:
        _apply(state, event)
    return state


def _cut_last(file: Path) -> None:
    text = file.read_bytes()
    with open(file, "rb+") as out:
        out.truncate(text.rfind(b"\n") + 1)


def _put_aside(file: Path, error: Exception) -> str:
    k = 1
    while (kept := file.with_name(f"{file.name}.broken-{k}")).exists():
        k += 1
    try:
        file.replace(kept)
    except OSError:
        return f"The progress file could not be read ({type(error).__name__})."
    return f"The progress file could not be read. It is kept as {kept.name}, and a new one starts now."


def _apply(state: State, event: dict) -> None:
    name = event.get("exercise")
    if isinstance(guess := event.get("guess"), str):
        state.guesses.setdefault(guess, bool(event.get("right")))
    if isinstance(recall := event.get("recall"), str):
        state.recalls[recall] = state.recalls.get(recall, 0) + 1
    if isinstance(hunt := event.get("hunt"), str):
        state.hunts.append(Hunted(hunt, bool(event.get("found")), float(event.get("points", 0))))
    for mistake in event.get("mistakes") or ():
        state.made[str(mistake)] = state.made.get(str(mistake), 0) + 1
    if event.get("reset"):
        for table in (state.scores, state.hints, state.passed, state.sources):
            for known in list(table):
                if name in (None, known):
                    del table[known]
        return
    if not isinstance(name, str):
        return
    if "score" in event:
        state.scores[name] = max(state.scores.get(name, 0.0), float(event["score"]))
        state.last = name
    if event.get("status") == "right" and (time := _time(event)):
        state.passed[name] = time
    if isinstance(source := event.get("source"), str):
        state.sources[name] = source
    if "hint" in event:
        state.hints[name] = max(state.hints.get(name, 0), int(event["hint"]))


def _time(event: dict) -> datetime | None:
    try:
        return datetime.fromisoformat(event["time"]).astimezone()
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return None


@dataclass(frozen=True)
class Stop:
    """A notebook on the map: its title, its exercises with their points."""

    title: str
    points: dict[str, int]


class Map:
    """The course as a map: points by notebook, what is next, where one left off."""

    def __init__(self, stops: Iterable[Stop], state: State) -> None:
        self.stops, self.state = list(stops), state

    @property
    def next(self) -> str:
        """The first exercise that is not right yet, of the notebook worked in last and then of those after it.

        So a piece that failed comes before what uses it.
        """
        start = next((k for k, stop in enumerate(self.stops) if self.state.last in stop.points), 0)
        order = [item for stop in self.stops[start:] + self.stops[:start] for item in stop.points.items()]
        return next((n for n, p in order if not self.state.solved(n, p)), "")

    def _notebook(self, name: str) -> str:
        """The title of the notebook that an exercise stands in."""
        return next(stop.title for stop in self.stops if name in stop.points)

    def earned(self, stop: Stop) -> float:
        """The points earned in one notebook."""
        return sum(min(self.state.scores.get(n, 0.0), p) for n, p in stop.points.items())

    def _lines(self) -> list[tuple[str, float, int, str]]:
        return [(s.title, self.earned(s), sum(s.points.values()), self._dots(s)) for s in self.stops]

    def _dots(self, stop: Stop) -> str:
        state = self.state
        return "".join(
            "●" if state.solved(n, p) else "◐" if state.scores.get(n, 0.0) > 0 else "○" for n, p in stop.points.items()
        )

    def to_text(self) -> str:
        """The map as plain text."""
        lines = [self.state.note] if self.state.note else []
        lines += [
            f"{title:<34} {dots:<10} {earned:g} of {total} points" for title, earned, total, dots in self._lines()
        ]
        lines.append(self._ahead(str))
        return "\n".join(lines)

    def to_html(self) -> str:
        """The map as a panel."""
        rows = "".join(
            f'<tr style="background:transparent"><td style="{CELL}">{html.escape(title)}</td>'
            f'<td style="{CELL}">{dots}</td><td style="{CELL}">{earned:g} of {total} points</td></tr>'
            for title, earned, total, dots in self._lines()
        )
        note = f"<div>{html.escape(self.state.note)}</div>" if self.state.note else ""
        ahead = self._ahead(lambda name: f"<code>{html.escape(name)}</code>", html.escape)
        return panel("#1f77b4", f'{note}<table style="margin:4px 0">{rows}</table><div>{ahead}</div>')

    def _ahead(self, show: Callable[[str], str], escape: Callable[[str], str] = str) -> str:
        left_off = f"You left off at {show(self.state.last)}. " if self.state.last else ""
        if not self.next:
            return left_off + "All of it is done."
        return left_off + f"Next: {show(self.next)} in {escape(self._notebook(self.next))}."

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/plain": self.to_text(), "text/html": self.to_html()}
