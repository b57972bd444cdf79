"""HTML pages from templates. Everything that is put into them is escaped, unless it is ``Markup`` already."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


def page(template: str, **values: Any) -> str:
    """The page that ``template`` makes of ``values``."""
    return _ENVIRONMENT.get_template(template).render(**values)


def source(template: str) -> str:
    """The text of a file beside the templates."""
    return _LOADER.get_source(_ENVIRONMENT, template)[0]


def digest(script: str) -> str:
    """What a Content-Security-Policy calls this script, and no other."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


_LOADER = PackageLoader("autograde.classroom")
_ENVIRONMENT = Environment(
    loader=_LOADER, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
