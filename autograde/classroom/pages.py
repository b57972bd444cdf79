"""HTML pages from templates. Everything that is put into them is escaped, unless it is ``Markup`` already."""

from __future__ import annotations

import base64
import hashlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from autograde.classroom.maths import typeset
from autograde.classroom.record import put
from autograde.classroom.timed import OutOfTime, within
from autograde.judging.verdict import rich

SECONDS = 5.0
"""Time that one page may take."""


def page(template: str, **values: Any) -> str:
    """The page that ``template`` makes of ``values``."""
    return _ENVIRONMENT.get_template(template).render(**values)


def made(path: Path, text: Callable[[], str], failing: str) -> bool:
    """Write a page, in the time that there is; one that cannot be made is said, after ``failing``, and stops no other."""
    path.unlink(missing_ok=True)
    try:
        with within(SECONDS):
            put(path, text().encode("utf-8", "replace"))
    except (Exception, OutOfTime) as error:
        what = f"{type(error).__name__}: {error!a}"[:200]
        print(f"{failing} could not be made ({what})", file=sys.stderr)
        return False
    return True


def source(template: str) -> str:
    """The text of a file beside the templates."""
    return _LOADER.get_source(_ENVIRONMENT, template)[0]


def digest(text: str) -> str:
    """What a Content-Security-Policy calls this script or style, and no other."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def said(text: str) -> Markup:
    """A verdict's words as HTML."""
    return Markup(typeset(rich(text)))


def points(value: float) -> str:
    """Points as they are written: two digits after the point at most, and none that is not needed."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def of(value: float, possible: int) -> str:
    """Points of those that there are; an exercise for practice has none."""
    return f"{points(value)} of {possible}" if possible else "no points"


_LOADER = PackageLoader("autograde.classroom")
_ENVIRONMENT = Environment(
    loader=_LOADER, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_ENVIRONMENT.filters |= {"said": said, "points": points, "of": of}
_STYLE = source("style.css")
_ENVIRONMENT.globals |= {"style": Markup(_STYLE), "style_digest": digest(_STYLE)}
