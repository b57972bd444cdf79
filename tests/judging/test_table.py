"""The table of single edits is that of the code, small, and found again by values."""

import numpy as np
import pytest

from autograde import course
from autograde.asking.ask import Answer, plain
from autograde.building import tables
from autograde.judging import grammar, reference, single, table
from autograde.judging.case import Case
from autograde.judging.exercise import HIDDEN


def test_the_table_follows_from_the_code():
    assert not tables.stale(), "run `python -m autograde.building.tables`"


@pytest.mark.parametrize("name", ["softmax", "back_to_hats", "sigmoid_slope"])
def test_its_rows_are_what_the_edits_give(name):
    exercise = course.find(name)
    np.testing.assert_array_equal(table._rows(name), table.rows(exercise))


def test_the_same_exercises_give_the_same_bytes():
    exercises = [course.find(name) for name in ("softmax", "back_to_hats")]
    assert table.made(exercises) == table.made(exercises)


def test_the_table_is_small():
    assert table.FILE.stat().st_size < 500_000


@pytest.mark.parametrize("seed", [0, HIDDEN])
def test_an_edit_is_found_by_what_it_gives(seed):
    exercise = course.find("back_to_hats")
    its = reference.of(exercise)
    problems = exercise.problems(seed)
    for edit in [e for e in grammar.edits(its) if e.slip in ("factor missing", "power missing")]:
        runs = [its.run(p, (edit,)) for p in problems]
        case = Case(exercise, problems, [Answer(plain(tuple(r.results))) for r in runs])
        found = table.matches(case, range(len(case.names)))
        assert found and all(table.gives(case, (f,), range(len(case.names))) for f in found)
        assert single.whole(case) is None or single.whole(case).proved


def test_a_right_answer_matches_no_edit():
    exercise = course.find("back_to_hats")
    problems = exercise.problems()
    case = Case(exercise, problems, [Answer(plain(exercise.reference(**p))) for p in problems])
    assert not table.matches(case, range(len(case.names)))
