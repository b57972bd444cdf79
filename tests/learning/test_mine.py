"""A learner's passed function comes back in a later notebook, alone; where there is none, the course's version, saying so."""

import linecache

import numpy as np
import pytest

from autograde import course
from autograde.asking import keep
from autograde.asking.ask import ask
from autograde.judging.exercise import Exercise
from autograde.judging.judge import judge
from autograde.learning import notebook, progress_map
from autograde.learning.mine import mine
from autograde.learning.notebook import check

FUNCTIONS = [e.name for e in course.exercises().values() if isinstance(e, Exercise) and e.kind == "function"]
OWN = """\
import numpy as np
from math import exp
from collections import namedtuple
TWO = 2.0
WEIGHTS = np.array([1.0, 2.0])

class Scale:
    def by(self, x):
        return self.factor * x
    factor = 3

def helper(x):
    return TWO * x  # the learner's own remark

def answer(x):
    step = {"TWO": x}
    return Scale().by(helper(x)) + WEIGHTS.sum() + exp(0)
"""


@pytest.fixture
def cell(tmp_path, monkeypatch):
    """Runs a cell as a kernel does, and returns its namespace."""
    monkeypatch.setenv("LSTM_BY_HAND_PROGRESS", str(tmp_path / "progress"))

    def run(text, name="<ipython-input-1>"):
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        space = {"__name__": "__main__"}
        exec(compile(text, name, "exec"), space)
        return space

    return run


def test_a_function_is_kept_with_all_that_it_needs(cell):
    text = keep.source("answer", cell(OWN)["answer"])
    assert "own remark" in text and "namedtuple" not in text
    again = keep.load("answer", text, "again")
    assert again(5.0) == 3 * 2 * 5.0 + 3 + 1
    assert keep.load("answer", keep.source("answer", again), "twice")(5.0) == again(5.0)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("with open(__file__) if False else memoryview(b'') as file: pass\ndef answer(): return file", "file"),
        ("data = [0.0] * 100_000\ndef answer(): return data", "long"),
    ],
)
def test_what_cannot_be_written_down_is_not_kept(cell, text, why):
    with pytest.raises(keep.CannotKeep, match=why):
        keep.source("answer", cell(text)["answer"])
    with pytest.raises(keep.CannotKeep):
        keep.source("answer", np.sin)


def test_mine_is_the_learners_own_after_a_pass_and_the_courses_before(cell, capsys):
    theirs = mine("slope_of_cube")
    assert theirs(2.0) == 12.0 and "the course's version" in capsys.readouterr().out
    own = cell("def cube(x): return 3 * x ** 2\ndef slope_of_cube(x):\n    'mine'\n    return cube(x)")
    check(own["slope_of_cube"])
    capsys.readouterr()
    back = mine("slope_of_cube")
    assert back(2.0) == 12.0 and back.__doc__ == "mine" and capsys.readouterr().out == ""
    assert progress_map.read().sources["slope_of_cube"].count("def ") == 2


def test_what_the_courses_version_asks_for_itself_is_not_named(cell, capsys):
    mine("sweep_backward")
    assert capsys.readouterr().out.splitlines() == [
        "sweep_backward: the course's version, until yours has passed its check."
    ]


def test_several_at_once_and_an_unknown_name(cell):
    one, two = mine("forward_line", "local_slopes")
    assert one.__name__ == "forward_line" and two.__name__ == "local_slopes"
    with pytest.raises(KeyError, match="no exercise"):
        mine("nothing_of_the_kind")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_courses_version_is_right_and_can_be_kept(name):
    exercise = course.find(name)
    version = keep.load(name, course.version(name), name)
    for function in (version, keep.load(name, keep.source(name, version), f"{name} kept")):
        problems = exercise.problems()
        assert judge(exercise, problems, ask("function", exercise.outputs, function, problems)).status == "right"
    assert "SOLUTION" not in course.version(name)


def test_functions_of_earlier_notebooks_count_as_pieces():
    pieces = notebook._earlier(course.find("rnn_backward"))
    assert {"rnn_step", "rnn_step_backward", "sigmoid_slope"} <= pieces.keys() and "rnn_backward" not in pieces
