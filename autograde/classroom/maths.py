"""Mathematics on a page without a network and without a script: TeX becomes MathML, which browsers draw themselves."""

from __future__ import annotations

import html
import re
from functools import lru_cache

import nh3
from latex2mathml.converter import convert

LONGEST = 4000
"""Characters of a formula that is typeset; a longer one is shown as it was typed."""
TAGS = set(
    "math maction menclose merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace msqrt "
    "mstyle msub msubsup msup mtable mtd mtext mtr munder munderover".split()
)
ATTRIBUTES = set(
    "accent accentunder columnalign columnlines columnspacing depth display displaystyle fence form height linethickness lspace "
    "mathvariant maxsize minsize notation rowspacing rspace scriptlevel separator stretchy symmetric voffset width xmlns".split()
)
_FORMULA = re.compile(
    r"\$\$(?P<a>.{1,4000}?)\$\$|\\\[(?P<b>.{1,4000}?)\\\]|(?P<c>\\begin\{(?P<env>[a-z]+\*?)\}.{1,4000}?\\end\{(?P=env)\})"
    r"|(?<![\\$])\$(?![\s$])(?P<d>[^$]{1,4000}?)(?<![\s\\])\$(?!\d)|\\\((?P<e>.{1,4000}?)\\\)",
    re.DOTALL,
)
_UPRIGHT = re.compile(r"\\mathrm\{(\w+)\}")
"""The converter sets one upright letter, as in dL/dw, in italics; text stays upright."""
_TAG = re.compile(r"(<[^>]*>)")


def typeset(page: str) -> str:
    """The HTML ``page`` with each formula in its text as MathML; what stands in ``<pre>`` and ``<code>`` is left alone."""
    parts, kept = _TAG.split(page), 0
    for n, part in enumerate(parts):
        if n % 2:
            word = re.match(r"</?(pre|code)\b", part)
            kept += (-1 if part.startswith("</") else 1) if word else 0
        elif kept <= 0:
            parts[n] = _FORMULA.sub(_found, part)
    return "".join(parts)


def _found(match: re.Match[str]) -> str:
    inline = match["d"] or match["e"]
    return formula(html.unescape(inline or match["a"] or match["b"] or match["c"]), not inline)


@lru_cache(maxsize=4096)
def formula(tex: str, display: bool = False) -> str:
    """``tex`` as MathML, or as code where it is no formula that can be read."""
    shown = "" if len(tex) > LONGEST else _converted(tex, display)
    return shown or f"<code>{html.escape(tex)}</code>"


def _converted(tex: str, display: bool) -> str:
    try:
        markup = convert(_UPRIGHT.sub(r"\\text{\1}", tex), display="block" if display else "inline")
    except Exception:  # what a stranger typed: any error of the reader means that this is no formula
        return ""
    return nh3.clean(markup, tags=TAGS, attributes={"*": ATTRIBUTES}, clean_content_tags=set())
