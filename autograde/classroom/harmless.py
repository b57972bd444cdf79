"""What a learner wrote, made harmless where somebody else looks at it: in a browser, a terminal, a notebook.

Words become HTML on one line, cleaned by nh3, which no Markdown reader takes apart again. What is taken away is shown as text.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Mapping
from typing import Any

import nh3
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

TAGS = set(
    "a b blockquote br code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i img kbd li ol p pre s small span strong "
    "sub summary sup table tbody td tfoot th thead tr u ul".split()
)
LONGEST, TAGGED = 20_000, 500
"""Characters, and ``<`` among them, that words may have to be read as Markdown; beyond that they are shown as they were typed."""
PICTURES = {"image/png": b"\x89PNG", "image/jpeg": b"\xff\xd8\xff", "image/gif": b"GIF8"}
"""Pictures that hold nothing but a picture, and how their bytes begin."""
_LINK = re.compile(r"https?://[^\s<>\"'\\]+|mailto:[^\s<>\"'\\]+")
_FIGURE = re.compile(r"figures/[\w-][\w.-]*")
_DATA = re.compile(r"data:(image/\w+);base64,([A-Za-z0-9+/=\s]*)")
_TEX = re.compile(
    r"\\(?=(?:href|url|style|class|cssId|data|require|unicode|includegraphics|[gex]?def|let|(?:re)?new(?:command|environment)|"
    r"DeclareMathOperator|html\w*|texttip|mathtip|action|toggle|csname|verb)(?![A-Za-z]))"
)
_ESCAPES = re.compile(r"\x1b(?:\[[0-9;:?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.?)", re.DOTALL)


def text(said: str, most: int) -> str:
    """Text of which every character can be shown, without a terminal's orders, and not longer than ``most``."""
    if len(said) > most:
        said = f"{said[:most]}\n(cut here: {len(said)} characters)"
    said = _ESCAPES.sub("", said)
    return "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in said.replace("\r\n", "\n"))


def line(said: str, most: int = 300) -> str:
    """``text`` on one line, as for a terminal."""
    return " ".join(text(said, most).split())


def tex(said: str) -> str:
    """Text in which no formula makes a link, a style or a command of its own: those commands lose their backslash."""
    return _TEX.sub("∖", said)


def latex(said: str) -> str | None:
    """A formula that was shown, or None when it is no formula for a page."""
    if len(said) > LONGEST or re.search(r"&#?\w+;", said):
        return None
    return tex(text(said, LONGEST).replace("<", r"\lt ").replace(">", r"\gt "))


def picture(kind: str, data: Any) -> str | None:
    """The picture in base64 on one line, or None when these are not the bytes of a picture of that kind."""
    if kind not in PICTURES or not isinstance(data, str):
        return None
    try:
        content = base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    return base64.b64encode(content).decode() if content.startswith(PICTURES[kind]) else None


def typed(source: str) -> str:
    """Words as they were typed, as HTML on one line."""
    shown = html.escape(tex(text(source, 5 * LONGEST)))
    return f"<div><pre>{shown.translate(_STILL)}</pre></div>"


def words(source: str, attachments: Mapping[str, Mapping[str, str]]) -> str:
    """Markdown as HTML on one line that runs nothing and fetches nothing; pictures are in it."""
    pictures: dict[str, str] = {}

    def keep(kind: str, data: str, name: str) -> str:
        if (content := picture(kind, data)) is not None:
            pictures[name] = f"data:{kind};base64,{content}"
        return name

    for name, kinds in attachments.items():
        for kind, data in kinds.items():
            keep(kind, data, f"attachment:{name}")
    short = _DATA.sub(lambda m: keep(m[1], m[2], f"picture:{len(pictures)}"), source)
    if len(short) > LONGEST or short.count("<") > TAGGED:
        return typed(short)

    def attribute(tag: str, name: str, value: str) -> str | None:
        if (tag, name) == ("a", "href"):
            return value if _LINK.fullmatch(value) else None
        if (tag, name) == ("img", "src"):
            known = value if value in pictures else html.unescape(value).replace("%20", " ")
            return value if _FIGURE.fullmatch(value) else f"picture:{names.index(known)}" if known in pictures else None
        return None

    names = list(pictures)
    markup = MarkdownWithMath(renderer=_Renderer(escape=False, exclude_anchor_links=True)).render(text(short, LONGEST))
    clean = nh3.clean(
        markup,
        tags=TAGS,
        clean_content_tags=set(),
        attributes={"a": {"href"}, "img": {"src"}},
        attribute_filter=attribute,
        url_schemes={"http", "https", "mailto", "picture", "attachment"},
    )
    parts = re.split(r"(<[^>]*>)", clean)
    still = "".join(p if p.startswith("<") else _quiet(p) for p in parts)
    for number, name in enumerate(names):
        still = still.replace(f'src="picture:{number}"', f'src="{pictures[name]}"')
    return f"<div>{still}</div>"


_STILL = {ord("\n"): "&#10;", ord("\t"): "&#9;"}


def _quiet(part: str) -> str:
    return html.escape(tex(html.unescape(part)), quote=False).translate(_STILL)


class _Renderer(IPythonRenderer):
    """Markdown as nbconvert reads it; pictures by their names, and markup that will not be kept as text."""

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return f'<img src="{html.escape(url)}">'

    def inline_html(self, html: str) -> str:
        return _kept(html)

    def block_html(self, html: str) -> str:
        return _kept(html)


def _kept(markup: str) -> str:
    known = all(tag.lower() in TAGS for tag in re.findall(r"<[\s/]*([^\s/>]+)", markup))
    return markup if known else html.escape(markup)
