"""The verdict on one answer, shown as HTML in a notebook, as Markdown, and as plain text."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

MIME = "application/vnd.lstm-by-hand.verdict+json"
"""The type under which a verdict travels in a notebook's outputs, for ``verify``, ``review`` and ``report``."""

CELL = "text-align:left;padding:2px 16px 2px 0"
"""The style of a table's cell in a panel."""
_SPAN = re.compile(
    r"`(?P<code>[^`]+)`|(?P<maths>\$[^$]+\$)|\*\*(?P<strong>[^*]+)\*\*|(?<![\w*])\*(?P<em>[^*\s][^*]*)\*(?!\w)"
)
_WORD = re.compile(r"(an?|in|no|on|at|up|[a-z]{3,}(-[a-z]+)*)([ ,.]|$)")
_VOWEL = re.compile("[aeiouy]")
_LOOK = {"right": ("#2e8b57", "✓"), "partly": ("#c98a1b", "◐"), "wrong": ("#d1495b", "✗"), "empty": ("#8793a0", "○")}


@dataclass(frozen=True)
class Row:
    """One result of an answer: its name, whether it is right, and what there is to say."""

    name: str
    right: bool
    note: str


@dataclass(frozen=True)
class Verdict:
    """What the judge found.

    Attributes
    ----------
    status : ``"right"``, ``"partly"``, ``"wrong"`` or ``"empty"`` (not answered yet).
    headline, details : what is said, in words that may hold `code`, *emphasis*, **more of it** and $maths$.
    possible, score : the points there are, and those earned.
    mistakes : the names of the mistakes that reproduce the answer.
    model : the model solution, offered after a pass.
    unexplained : the values differ, and nothing explains them.
    how : how what is said was found; see ``finding.How``. Empty for a right answer.
    places : what was found, as data: dicts with the fields of ``finding.Place``.
    """

    exercise: str
    status: str
    headline: str
    details: tuple[str, ...] = ()
    possible: int = 1
    score: float = 0.0
    rows: tuple[Row, ...] = ()
    mistakes: tuple[str, ...] = ()
    model: str = ""
    printed: str = ""
    unexplained: bool = False
    how: str = ""
    places: tuple[dict[str, Any], ...] = ()

    @property
    def credit(self) -> float:
        """The score as a finite Python float between 0 and the points there are."""
        score = float(self.score)
        return min(max(score, 0.0), float(self.possible)) if math.isfinite(score) else 0.0

    def _earned(self, unit: str) -> str:
        return f"{_points(self.credit)} of {self.possible}{unit}" if self.possible else "no points, for practice"

    @property
    def summary(self) -> str:
        """One line: the mark, the exercise, what was found, the points."""
        return f"{_LOOK[self.status][1]} {self.exercise}: {_bare(self.headline)} ({self._earned('')})"

    def to_text(self) -> str:
        """The whole verdict as plain text."""
        lines = [self.summary, *(_bare(d) for d in self.details if d)]
        lines += [f"  {'✓' if r.right else '✗'} {r.name}: {_bare(r.note)}" for r in self.rows]
        if self.status in ("wrong", "partly"):
            lines.append(f'Stuck? hint("{self.exercise}")')
        return "\n".join(lines)

    def to_markdown(self) -> str:
        """The verdict as Markdown."""
        mark = _LOOK[self.status][1]
        lines = [f"**{mark} `{self.exercise}`: {self.headline}** ({self._earned(' points')})"]
        lines += [d for d in self.details if d]
        if self.rows:
            lines.append("\n".join(f"- {'✓' if r.right else '✗'} `{r.name}`: {r.note}" for r in self.rows))
        return "\n\n".join(lines)

    def to_html(self) -> str:
        """The verdict as a panel that reads well on light and dark pages, and with its styles stripped."""
        colour, mark = _LOOK[self.status]
        points = self._earned(" point" if self.possible == 1 else " points")
        body = [
            f'<div><strong><span style="color:{colour}">{mark}</span> {html.escape(self.exercise)}</strong> · '
            f"<strong>{rich(self.headline)}</strong> <small>({points})</small></div>"
        ]
        body += [f'<div style="margin-top:6px">{rich(d)}</div>' for d in self.details if d]
        if self.rows and self.status != "right":
            body.append(_table(self.rows))
        if self.printed:
            body.append(_folded("What your code printed", self.printed))
        if self.model:
            body.append(_folded("One way to write it", self.model))
        if self.status in ("wrong", "partly"):
            body.append(
                f'<div style="margin-top:6px"><small>Stuck? Run <code>hint("{self.exercise}")</code>.</small></div>'
            )
        return panel(colour, "".join(body))

    def to_dict(self) -> dict[str, Any]:
        """The verdict as plain data, without the model solution and what was printed."""
        data = asdict(self) | {"score": self.credit}
        del data["model"], data["printed"], data["unexplained"]
        return data

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        plain = repr(self.credit) if self.status == "partly" else self.to_text()
        return {
            "text/plain": plain,
            "text/html": self.to_html(),
            "text/markdown": self.to_markdown(),
            MIME: self.to_dict(),
        }

    def __repr__(self) -> str:
        return self.to_text()


class CheckFailed(AssertionError):
    """A check that did not pass. In a notebook its traceback is its message alone."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.to_text())
        self.verdict = verdict

    def _render_traceback_(self) -> list[str]:
        return [self.verdict.summary]


def panel(colour: str, body: str) -> str:
    """A calm box with a coloured edge, as HTML; ``body`` is HTML."""
    style = f"border-left:4px solid {colour};background:{_tint(colour)};padding:8px 12px;margin:4px 0;line-height:1.5"
    return f'<div style="{style}">{body}</div>'


def say(text: str, names: Collection[str] = ()) -> str:
    """``text`` as a sentence: a full stop at its end, a capital at its start unless that is a symbol such as ``dh``.

    names : words that are names of code, and stay as they are.
    """
    word = _WORD.match(text)
    if word and word[1] not in names and _VOWEL.search(word[1]):
        text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) else text + "."


def rich(text: str) -> str:
    """Text with `code`, *emphasis*, **more of it** and line breaks as HTML; $maths$ is kept, everything else is escaped."""
    return _SPAN.sub(_tagged, html.escape(text, quote=False)).replace("\n- ", "\n• ").replace("\n", "<br>")


def _tagged(span: re.Match[str]) -> str:
    kind = span.lastgroup or ""
    if kind == "maths":
        return span[0]
    return f"<{kind}>{span[kind] if kind == 'code' else _SPAN.sub(_tagged, span[kind])}</{kind}>"


def _bare(text: str) -> str:
    return _SPAN.sub(lambda span: span[0] if span["maths"] else _bare(span[span.lastgroup or 0]), text)


def _tint(colour: str) -> str:
    r, g, b = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({r},{g},{b},0.10)"


def _points(score: float) -> str:
    return f"{score:.2f}".rstrip("0").rstrip(".")


def _table(rows: tuple[Row, ...]) -> str:
    cells = "".join(
        f'<tr style="background:transparent"><td style="{CELL}">{"✓" if r.right else "✗"} '
        f'<code>{html.escape(r.name)}</code></td><td style="{CELL}">{rich(r.note)}</td></tr>'
        for r in rows
    )
    return f'<table style="margin:6px 0">{cells}</table>'


def _folded(title: str, text: str) -> str:
    return (
        f'<details style="margin-top:6px"><summary>{title}</summary>'
        f'<pre style="margin:4px 0;padding:6px 10px">{html.escape(text)}</pre></details>'
    )
