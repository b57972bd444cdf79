"""Which cells are run, whatever became of them on their way."""

import sys
from pathlib import Path

import nbformat
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import corpus

from autograde import course
from autograde.classroom import submission as lint
from autograde.classroom.restore import restore

RELEASE = nbformat.reads(corpus._text("notebooks"), as_version=4)
EXERCISES = course.notebooks()[corpus.NAME].exercises


def plan(*cells: tuple[str, str]):
    return restore([lint.Cell("code", source, grade_id) for grade_id, source in cells], RELEASE, EXERCISES)


def order(made) -> list[str]:
    return [made.checks.get(n, c.source) for n, c in enumerate(made.cells)]


def test_a_whole_notebook_stays_as_it_is(tmp_path):
    corpus.Notebook("all").write(tmp_path)
    cells, stamp, _ = lint.read(tmp_path / f"{corpus.NAME}.ipynb")
    made = restore(cells, RELEASE, EXERCISES)
    assert stamp == corpus.NAME and not made.remarks
    assert [(c.kind, c.source, c.grade_id) for c in made.cells] == [(c.kind, c.source, c.grade_id) for c in cells]
    assert list(made.checks.values()) == list(corpus.POINTS) and list(made.written) == ["why_routes_add"]


@pytest.mark.parametrize(
    "define",
    [
        "dydx = 1",
        "dydx: float = 1",
        "dydx += 1",
        "a, dydx = 1, 2",
        "def dydx(): ...",
        "class dydx: ...",
        "if 1:\n    dydx = 2",
        "%time\ndydx = 1",
    ],
)
def test_a_missing_check_comes_after_the_last_definition(define):
    assert order(plan(("dydx", "dydx = ..."), ("", define), ("", "print(dydx)"), ("", "f(dydx, end=1)")))[:3] == [
        "dydx = ...",
        define,
        "dydx",
    ]


def test_a_check_before_its_answer_is_moved_and_a_doubled_one_is_one():
    check = ("check-dydx", "check(dydx=dydx)")
    for cells in ([check, ("dydx", "dydx = 1")], [check, ("dydx", "dydx = 1"), check]):
        made = plan(*cells)
        assert order(made)[0] == "dydx = 1" and sorted(made.checks.values()) == sorted(corpus.POINTS)


def test_an_answer_changed_after_its_check_does_not_count_there():
    made = plan(("dydx", "dydx = 1"), ("check-dydx", "check(dydx=dydx)"), ("", "dydx = 2"))
    assert order(made)[:3] == ["dydx = 1", "dydx", "dydx = 2"]


def test_every_exercise_is_asked_once_in_an_empty_notebook():
    made = plan()
    assert sorted(made.checks.values()) == sorted(corpus.POINTS) and len(made.cells) == len(corpus.POINTS)
