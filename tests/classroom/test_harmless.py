"""Words, outputs and file names of a stranger, where a browser or a terminal shows them."""

import json

import pytest
from nbconvert.filters import markdown2html
from test_feedback import ATTACKS, standing_still
from test_review import Page

from autograde.classroom import harmless
from autograde.classroom.graded_notebook import ALL, PER_CELL, PICTURES, Kept

PNG = "iVBORw0KGgo="
MARKDOWN = [
    "[x](javascript:alert(1))",
    "[x](JaVa&#115;cript:alert(1))",
    "[x][y]\n\n[y]: javascript:alert(1)",
    "<javascript:alert(1)>",
    "[x](data:text/html,<script>alert(1)</script>)",
    "![x](https://example.org/seen.png)",
    "![x](//example.org/seen.png)",
    '![x](y "onerror=alert(1)")',
    "<div>\n\n<script>alert(1)</script>\n\n</div>",
    "<div>\n\n[x](javascript:alert(1))\n\n</div>",
    "`x\n\n<img src=x onerror=alert(1)>`",
    "```\n</code></pre><script>alert(1)</script>\n```",
    "$x$<script>alert(1)</script>$$\n<img src=x onerror=alert(1)>\n$$",
    "<p style='background:image-set(\"https://example.org/a\" 1x)'>x</p>",
    "<b id=submission_id class=modal data-target=x>x</b>",
    "<img src='figures/../../secret.png'>",
]


@pytest.mark.parametrize("attack", [*ATTACKS, *MARKDOWN])
def test_words(attack):
    """As they are kept, and again after another reader of Markdown has read them."""
    kept = harmless.words(attack, {})
    for text in (kept, markdown2html(kept), markdown2html(markdown2html(kept))):
        page = Page(text)
        assert standing_still(page, maths=False)
        assert {k for _, a in page.found for k in a} <= {"href", "rel"}
        assert all(a.get("href", "https://").startswith("https://") for _, a in page.found)
    assert "\n" not in kept


@pytest.mark.parametrize(
    "spelt", [r"\href{javascript:alert(1)}{x}", r"\h&#114;ef{a}{x}", r"\require{html}\style{a}{b}", r"\def\a{x}"]
)
def test_formulas_make_no_links(spelt):
    for text in (harmless.words(f"${spelt}$", {}), harmless.words(f"$$\n{spelt}\n$$", {}), harmless.latex(spelt) or ""):
        words = Page(text).words
        assert not any(f"\\{name}" in words for name in ("href", "require", "style", "def"))
    assert r"\frac{a}{b}" in harmless.words(r"$\frac{a}{b}$", {})


def test_what_is_kept_of_words():
    kept = harmless.words("A **nudge** of `x < 1` in $a < b$\n\n- one\n\n```python\na = 1\n\nb\n```", {})
    page = Page(kept)
    assert [t for t, _ in page.found if t in ("strong", "code", "li", "pre")] == ["strong", "code", "li", "pre"]
    assert "x < 1" in page.words and "$a < b$" in page.words and "a = 1\n\nb" in page.words
    assert '<script>alert("x")</script>' in Page(harmless.words('<script>alert("x")</script>', {})).words


def test_pictures_are_in_the_words():
    seen = f"data:image/png;base64,{PNG}"
    for source in (
        f"![a]({seen})",
        "![a](<attachment:my picture.png>)",
        f'<img src="{seen}">',
        "![a](attachment:my%20picture.png)",
    ):
        found = Page(harmless.words(source, {"my picture.png": {"image/png": PNG}})).found
        assert [a["src"] for t, a in found if t == "img"] == [seen]
    assert "data:" not in harmless.words("![a](attachment:s.svg)", {"s.svg": {"image/svg+xml": "PHN2Zy8+"}})
    assert harmless.picture("image/png", "PHN2Zy8+") is None and harmless.picture("image/png", "no base64") is None


@pytest.mark.parametrize("long", ["<div>" * 20_000, "\\\\[" * 33_000, "a" * 90_000, "\n" * 20_001])
def test_long_words_are_shown_as_typed(long):
    page = Page(harmless.words(long, {}))
    assert [t for t, _ in page.found] == ["div", "pre"] and page.words.startswith(long[:1000])


def test_text_obeys_no_terminal():
    odd = "a\x1b]0;title\x07b\x1b[31mc\x1b[2J\rd\x9be\u202ef\ud800g"
    assert harmless.text(odd, 100) == "abc\ufffdd\ufffde\ufffdf\ufffdg"
    assert harmless.line("one\n  bob (0): two", 100) == "one bob (0): two"
    assert len(harmless.line("x" * 150_000)) < 400


def test_outputs_are_limited():
    def kept(*outputs):
        return Kept()(json.dumps(outputs).encode())

    stream = {"output_type": "stream", "name": "stdout", "text": "\x1b[1mx" * 600_000}
    assert sum(len(o.text) for o in kept(*[stream] * 60)) < ALL + 100_000 and "\x1b" not in kept(stream)[0].text
    assert len(kept(*[{"output_type": "display_data", "data": {"text/plain": "x"}}] * 500)) == PER_CELL
    large = {"output_type": "display_data", "data": {"image/png": PNG[:-1] + "A" * 400_001}}
    assert sum(len(o.data["image/png"]) for o in kept(*[large] * 60)) <= PICTURES
    bundle = {
        "text/html": "<b>",
        "application/javascript": "x",
        "image/svg+xml": "<svg/>",
        "text/markdown": "x",
        "text/plain": "y",
    }
    assert [dict(o.data) for o in kept({"output_type": "display_data", "data": bundle})] == [{"text/plain": "y"}]
    assert kept({"output_type": "display_data", "data": {"text/latex": "$a<b$"}})[0].data == {"text/latex": r"$a\lt b$"}
    for broken in (b"{", b"[" * 100_000, b'{"a": 1}', b'[1, "x", {"output_type": "error"}]'):
        assert Kept()(broken) == []
