"""``autograde verify``: a learner's notebook in the terminal, and what it says to bad input."""

import json
from pathlib import Path

import pytest
from answering import answered

from autograde.cli import main
from autograde.learning.verify import spoken

ROOT = Path(__file__).parents[2]
RELEASED = ROOT / "notebooks" / "1-chain-rule" / "1.2-forks-and-routes.ipynb"


@pytest.fixture
def learner(tmp_path, monkeypatch):
    """A folder with a learner's notebook, in which some answers are right and one holds a known mistake."""
    monkeypatch.setenv("LSTM_BY_HAND_PROGRESS", "off")
    return answered(RELEASED, tmp_path / RELEASED.name, wrong={"reverse_sweep": ("+=", "=")}, leave=("count_routes",))


def test_a_table_of_verdicts(learner, capsys):
    before = learner.read_bytes()
    assert main(["verify", str(learner)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert any("✗ reverse_sweep" in x and "Overwritten at the forks." in x and "0 of 3" in x for x in lines)
    assert any("✓ along_route" in x and "1 of 1" in x for x in lines)
    assert any("○ count_routes" in x and "Still to be written." in x for x in lines)
    assert lines[-2] == "8 of 15 points" and lines[-1] == "still open: count_routes"
    assert learner.read_bytes() == before


def test_what_is_open_is_said_and_ticked_when_it_is_there(tmp_path, capsys):
    path = answered(RELEASED, tmp_path / RELEASED.name)
    assert main(["verify", str(path)]) == 0
    said = capsys.readouterr().out
    assert "✓ why_routes_add" in said and "marked by hand" in said and "still open" not in said
    data = json.loads(path.read_text())
    next(c for c in data["cells"] if c["id"] == "why_routes_add")["source"] = "*Write your answer here.*\n"
    path.write_text(json.dumps(data))
    assert main(["verify", str(path)]) == 3
    said = capsys.readouterr().out
    assert "○ why_routes_add" in said and "still open: why_routes_add" in said


def test_a_check_cell_that_was_deleted(learner, capsys):
    data = json.loads(learner.read_text())
    data["cells"] = [c for c in data["cells"] if c["id"] != "check-along_route"]
    learner.write_text(json.dumps(data))
    assert main(["verify", str(learner)]) == 1
    assert "its check cell is missing" in capsys.readouterr().out


def other_course(path):
    path.write_text(json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))


BAD = {
    "not there": (lambda p: None, "there is no file"),
    "not JSON": (lambda p: p.write_text("{"), "is not a Jupyter notebook"),
    "not a notebook": (lambda p: p.write_text('{"a": 1}'), "is not a Jupyter notebook"),
    "not text": (lambda p: p.write_bytes(b"\xff\xfe\x00"), "is not a Jupyter notebook"),
    "a list": (lambda p: p.write_text("[1]"), "is not a Jupyter notebook"),
    "another course": (other_course, "is no notebook of this course"),
}


@pytest.mark.parametrize("make, says", BAD.values(), ids=BAD)
def test_bad_input_gets_one_clear_sentence(tmp_path, capsys, make, says):
    path = tmp_path / "some.ipynb"
    make(path)
    assert main(["verify", str(path)]) == 2
    said = capsys.readouterr().err
    assert says in said and len(said.strip().splitlines()) == 1 and "Traceback" not in said


def test_a_kernel_that_dies_cannot_be_verified(learner, capsys):
    data = json.loads(learner.read_text())
    data["cells"][3]["source"] = "import os\nos._exit(1)"
    data["cells"][3]["cell_type"] = "code"
    data["cells"][3] |= {"outputs": [], "execution_count": None}
    learner.write_text(json.dumps(data))
    assert main(["verify", str(learner)]) == 2
    assert "could not be run to its end" in capsys.readouterr().err


def test_the_lines_at_fault_are_named():
    """Where the headline does not name them."""
    places = [{"line": 9}, {"line": 4}, {"line": 0}, {"line": 9}]
    assert (
        spoken({"headline": "Two things to look at.", "places": places}) == "Two things to look at. Look at lines 4, 9."
    )
    assert spoken({"headline": "`dc` is not right.", "places": places[1:3]}) == "`dc` is not right. Look at line 4."
    assert spoken({"headline": "Line 9, `dc = 0`: the sign is turned.", "places": places}).endswith("turned.")
    assert spoken({"headline": "Not yet."}) == "Not yet."
