"""Links and pictures in the README and in the course text lead somewhere."""

import re
from pathlib import Path

import pytest

from autograde import course

ROOT = Path(__file__).parents[2]
TEXTS = [n.path("text.py") for n in course.notebooks().values()]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


WORKFLOW = re.compile(r"\.\./\.\./actions/workflows/(\w+\.yml)(/badge\.svg)?")
"""A page or a badge of GitHub, seen from a file at the top of the repository."""


def links(text):
    return [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if not re.match(r"[a-z]+:|#", link)]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_pages(page):
    found = [WORKFLOW.sub(r".github/workflows/\1", link) for link in links(page.read_text(encoding="utf-8"))]
    missing = [link for link in found if not (page.parent / link.split("#")[0]).exists()]
    assert not missing


@pytest.mark.parametrize("path", TEXTS, ids=lambda p: p.parent.name)
@pytest.mark.parametrize("kind", ["notebooks", "solutions"])
def test_notebooks(path, kind):
    folder = ROOT / kind / path.parents[1].name
    missing = [link for link in links(path.read_text(encoding="utf-8")) if not (folder / link).exists()]
    assert not missing


@pytest.mark.parametrize("path", TEXTS, ids=lambda p: p.parent.name)
def test_every_figure_has_an_alternative_text(path):
    for words in re.findall(r"!\[([^\]]*)\]", path.read_text(encoding="utf-8")):
        assert len(words) > 40
