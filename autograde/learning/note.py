"""What a notebook shows that is no verdict: a few paragraphs in a panel, and errors of one line."""

from __future__ import annotations

import html
from typing import Any

from autograde.judging.verdict import panel, rich, say


class OneLine(BaseException):
    """In a notebook the traceback of such an error is its message alone."""

    def _render_traceback_(self) -> list[str]:
        return [say(str(self.args[0]))]


class WrongCall(OneLine, TypeError):
    """``check`` was called in a way that it cannot answer."""


class NoExercise(OneLine, KeyError):
    """There is no exercise of that name."""


class NotWritten(OneLine, OSError):
    """A certificate or saved progress could not be written or read."""


class Interrupted(OneLine, KeyboardInterrupt):
    """The learner stopped a check."""


class Note:
    """A few paragraphs in a panel, and lines of code to copy."""

    def __init__(self, title: str, paragraphs: tuple[str, ...], foot: str, code: str = "") -> None:
        self.title, self.paragraphs, self.foot, self.code = title, paragraphs, foot, code

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        items = "".join(f'<div style="margin-top:6px">{rich(p)}</div>' for p in self.paragraphs)
        if self.code:
            items += f'<pre style="margin:6px 0 0;padding:6px 10px">{html.escape(self.code)}</pre>'
        foot = f'<div style="margin-top:6px"><small>{rich(self.foot)}</small></div>'
        body = f"<div><strong>{rich(self.title)}</strong></div>{items}{foot}"
        return {"text/plain": repr(self), "text/html": panel("#1f77b4", body)}

    def __repr__(self) -> str:
        return "\n".join(
            [self.title, *(f"- {p}" for p in self.paragraphs), *([self.code] * bool(self.code)), self.foot]
        )
