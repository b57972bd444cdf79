"""How a page shows parts of a notebook: words with mathematics and pictures, code, outputs. Nothing in it runs or is fetched."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import nh3
from markupsafe import Markup, escape
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from autograde.classroom import harmless
from autograde.classroom.maths import formula, typeset

CUT = 20_000
"""Characters of one cell or output that are shown."""
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif);base64,[A-Za-z0-9+/=\s]*|figures/[\w-][\w.-]*")
_LINK = re.compile(r"(?:https?://|mailto:)[^\s\"'<>\\]+")


def cut(text: str) -> str:
    """``text``, not longer than a page shows."""
    return text if len(text) <= CUT else f"{text[:CUT]}\n(cut here: {len(text)} characters)"


class Shown:
    """How the notebooks of one unit are shown.

    figures : the folder of the unit's own figures, which are put into the page.
    """

    def __init__(self, figures: Path) -> None:
        self._figures = figures
        self.course = lru_cache(maxsize=1024)(self._course)
        self._figure = lru_cache(maxsize=256)(self._read_figure)

    def _course(self, markdown: str, level: int = 1) -> Markup:
        """Words of the course as HTML; its headings begin below ``level``."""
        page = MarkdownWithMath(renderer=IPythonRenderer(escape=False, exclude_anchor_links=True)).render(markdown)
        page = re.sub(r"<(/?)h([1-6])\b[^>]*>", lambda m: f"<{m[1]}h{min(int(m[2]) + level, 6)}>", page)
        page = re.sub(r'<a href="(?!https?:)[^"]*">(.*?)</a>', r"\1", page)
        return self._finished(page)

    def student(self, markup: str) -> Markup:
        """Words of a student, made harmless before, as HTML with nothing in it but what stands still."""
        clean = _CLEANER.clean(re.sub(r"</?(body|main|html)\b[^>]*>", "", markup))
        clean = re.sub(r"<h[1-6]>", '<p class="heading">', re.sub(r"</h[1-6]>", "</p>", clean))
        return self._finished(clean.replace("<img>", "").replace("<img ", '<img alt="picture in the answer" '))

    def comment(self, markdown: str) -> Markup:
        """What a teacher wrote to a student."""
        return self.student(harmless.words(markdown, {}))

    def outputs(self, outputs: Sequence[Any]) -> list[Markup]:
        """What a cell printed and drew, without what a browser would run."""
        return [shown for output in outputs if (shown := _output(output))]

    def _finished(self, page: str) -> Markup:
        still = re.sub(r'src="figures/([\w-][\w.-]*)"', lambda m: f'src="{self._figure(m[1])}"', typeset(page))
        return Markup(still)

    def _read_figure(self, name: str) -> str:
        file = self._figures / name
        if not file.is_file():
            return "data:,"
        kind = "svg+xml" if file.suffix == ".svg" else file.suffix.lstrip(".")
        return f"data:image/{kind};base64,{base64.b64encode(file.read_bytes()).decode()}"


def _kept(tag: str, name: str, value: str) -> str | None:
    wanted = _LINK if name == "href" else _PICTURE
    return value if wanted.fullmatch(value) else None


_CLEANER = nh3.Cleaner(
    tags=harmless.TAGS,
    attributes={"a": {"href"}, "img": {"src"}},
    attribute_filter=_kept,
    url_schemes={"http", "https", "mailto", "data"},
)


def code(source: str, name: str = "") -> Markup:
    """Code that can be scrolled by keyboard; ``name`` says what it is to who does not see the page."""
    label = f' role="group" aria-label="{escape(name)}"' if name else ""
    return Markup(f'<pre tabindex="0"{label}>{html.escape(cut(source), quote=False)}</pre>')


def _output(output: Any) -> Markup | None:
    if output.get("output_type") == "stream":
        return code(output.get("text", ""), "printed")
    if output.get("output_type") == "error":
        return code("\n".join(output.get("traceback", ())), "error")
    data = output.get("data", {})
    for kind in harmless.PICTURES:
        if picture := harmless.picture(kind, data.get(kind)):
            return Markup(f'<img alt="picture that the cell drew" src="data:{kind};base64,{picture}">')
    if isinstance(data.get("text/latex"), str):
        return Markup(formula(data["text/latex"].strip().strip("$").removeprefix(r"\displaystyle"), True))
    if isinstance(data.get("text/plain"), str):
        return code(data["text/plain"], "result")
    return None
