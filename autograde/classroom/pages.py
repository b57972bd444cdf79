"""HTML pages from templates. Everything that is put into them is escaped, unless it is ``Markup`` already."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from autograde.classroom.maths import typeset
from autograde.judging.verdict import rich


def page(template: str, **values: Any) -> str:
    """The page that ``template`` makes of ``values``."""
    return _ENVIRONMENT.get_template(template).render(**values)


def source(template: str) -> str:
    """The text of a file beside the templates."""
    return _LOADER.get_source(_ENVIRONMENT, template)[0]


def digest(text: str) -> str:
    """What a Content-Security-Policy calls this script or style, and no other."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def lateness(seconds: float) -> str:
    """Time after a due date in words: ``"2 days 3 hours"``."""
    hours = int(seconds // 3600)
    parts = [(hours // 24, "day"), (hours % 24, "hour")] if hours else [(max(1, round(seconds / 60)), "minute")]
    return " ".join(f"{n} {word}{'s' if n != 1 else ''}" for n, word in parts if n)


def points(value: float) -> str:
    """Points as they are written: two digits after the point at most, and none that is not needed."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


_LOADER = PackageLoader("autograde.classroom")
_ENVIRONMENT = Environment(
    loader=_LOADER, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_ENVIRONMENT.filters |= {"said": lambda text: Markup(typeset(rich(text))), "points": points, "lateness": lateness}
_STYLE = source("style.css")
_ENVIRONMENT.globals |= {"style": Markup(_STYLE), "style_digest": digest(_STYLE)}
