"""Notebooks that stand alone: nothing beside them is needed, and an error is shown at its line as Colab names its cells."""

from __future__ import annotations

import json
import linecache
import re
from pathlib import Path

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell

from autograde.asking.ask import ask
from autograde.asking.plain import Raised
from autograde.building import standalone

ROOT = Path(__file__).parents[2]
PACKAGE, PAGES = "https://ada.github.io/course/lstm.whl", "https://ada.github.io/course"
HELPED = """def helper(local):
    return local[99]

def along_route(local):
    return helper(local)
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("standalone")
    standalone.build(folder, ROOT / "notebooks", PACKAGE, PAGES)
    return folder


def test_every_notebook_is_there_and_needs_nothing_beside_it(built):
    names = [p.relative_to(ROOT / "notebooks") for p in sorted((ROOT / "notebooks").glob("[0-9]-*/*.ipynb"))]
    assert [p.relative_to(built) for p in sorted(built.glob("*/*"))] == names
    for name in names:
        notebook = nbformat.read(built / name, 4)
        nbformat.validate(notebook)
        text = "".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
        released = (ROOT / "notebooks" / name).read_text(encoding="utf-8")
        assert text.count("](data:image/svg+xml;base64,") == released.count("](figures/")
        assert not re.search(r"\]\([^)]*\.ipynb\)", text)


def test_a_link_to_another_notebook_leads_to_its_page(built):
    text = (built / "1-chain-rule" / "1.1-functional-stages.ipynb").read_text(encoding="utf-8")
    assert f"[1.2]({PAGES}/1-chain-rule/1.2-forks-and-routes.html)" in text


def test_the_first_cell_brings_data_and_installs_only_what_is_missing(built, tmp_path, monkeypatch):
    notebook = json.loads((built / "2-rnn" / "2.1-a-loop-unrolled.ipynb").read_text(encoding="utf-8"))
    first = next(cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "code")
    assert f"%pip install --quiet {PACKAGE}" in first
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("builtins.get_ipython", lambda: pytest.fail("pip was asked"), raising=False)
    exec(InteractiveShell.instance().transform_cell(first), {})
    assert (tmp_path / "data" / "alice.txt").read_bytes() == (ROOT / "notebooks/2-rnn/data/alice.txt").read_bytes()


@pytest.mark.parametrize(
    "name", ["/tmp/ipython-input-3-0a1b2c.py", "<ipython-input-3-0a1b2c>", "/tmp/ipykernel_7/31.py"]
)
def test_an_error_in_a_helper_is_shown_at_its_line(name):
    space: dict = {}
    exec(compile(HELPED, name, "exec"), space)
    linecache.cache[name] = (len(HELPED), None, HELPED.splitlines(True), name)
    (answer,) = ask("function", (), space["along_route"], [{"local": [1.0, 2.0]}])
    assert answer.raised == Raised("IndexError", "list index out of range", 2, "return local[99]", "helper")
