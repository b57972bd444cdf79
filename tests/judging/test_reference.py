"""A reference run with its steps recorded, edited and with values put in, over every exercise of the course."""

import numpy as np
import pytest

from autograde import course
from autograde.asking.ask import identical, plain
from autograde.judging import grammar, reference
from autograde.judging.compare import parts
from autograde.judging.exercise import Exercise
from autograde.judging.parts import parts as parts_of
from autograde.judging.slips import WORDS

EXERCISES = {name: e for name, e in course.exercises().items() if isinstance(e, Exercise)}


@pytest.mark.parametrize("name", EXERCISES)
def test_a_recorded_run_gives_what_the_reference_gives(name):
    exercise = EXERCISES[name]
    for problem in exercise.problems():
        wanted = parts(exercise.reference(**problem), exercise.outputs)
        for finely in (False, True):
            run = reference.of(exercise).run(problem, limit=10**6, finely=finely)
            assert identical(plain(run.results), plain(wanted))


def test_every_step_of_a_reference_is_recorded_in_order(block):
    names = [v.step.name for v in block.run(block.exercise.problems()[0]).values]
    assert names.index("df_hat") < names.index("dW") and names.index("dc") < names.index("df_hat")


def test_a_value_put_in_reaches_what_depends_on_it_and_nothing_else(block):
    problem = block.exercise.problems()[0]
    right = block.run(problem)
    taken = next(v for v in right.values if v.step.name == "do")
    put = block.run(problem, put={(taken.step, taken.turn): 0 * taken.value})
    one, other = ({v.step.name: v.value for v in r.values} for r in (right, put))
    assert not np.any(other["do_hat"]) and np.any(one["do_hat"])
    assert np.array_equal(one["df_hat"], other["df_hat"])


def test_a_step_can_be_tried_alone_where_the_run_comes_to_it(block):
    problem = block.exercise.problems()[0]
    taken = next(v for v in block.run(problem).values if v.step.name == "df")
    point = block.at(problem, taken.step, taken.turn, (), {})
    assert np.array_equal(point.value([]), taken.value)
    for edit in grammar.edits(block):
        if edit.steps == (taken.step,) and (value := point.value(edit.spans)) is not None:
            run = block.run(problem, (edit,))
            assert run is None or any(np.array_equal(v.value, value) for v in run.values if v.step == taken.step)


def test_a_run_that_is_not_wanted_to_its_end_stops(block):
    run = block.run(block.exercise.problems()[0], limit=3)
    assert run.results is None and len(run.values) == 3


def test_an_edit_that_leaves_no_python_gives_no_run(block):
    edit = grammar.edits(block)[0]
    broken = reference.Edit(edit.function, ((0, 3, "def def"),), "sign", 0, edit.steps)
    assert block.run(block.exercise.problems()[0], (broken,)) is None


@pytest.fixture
def block():
    return reference.of(EXERCISES["lstm_step_backward"])


@pytest.mark.parametrize("name", EXERCISES)
def test_the_grammar_is_the_same_every_time_and_has_words_for_every_slip(name):
    its = reference.of(EXERCISES[name])
    found = grammar.edits(its)
    assert found == grammar.edits.__wrapped__(its)
    assert {e.slip for e in found if e.mistake is None} <= set(WORDS)
    assert all(e.steps for e in found)
    named = {m.name for m in EXERCISES[name].mistakes if (m.of or its.exercise.reference) in its.functions}
    missing = named - {e.slip for e in found if e.mistake is not None}
    twice = {e.slip for e in found}
    assert not missing or len(missing) < len(twice), f"{missing} edit nothing that another mistake does not"


def test_no_words_print_a_formula():
    assert not [w for w in WORDS.values() if any(c in w for c in "=*@+[]`")]


def test_products_and_sums_have_parts_that_other_people_compute():
    import ast

    found = {ast.unparse(p) for p in parts_of(ast.parse("(o - t) * o * (1 - o)", mode="eval").body)}
    assert {"o - t", "o * (1 - o)", "(o - t) * o", "(o - t) * o * (1 - o)"} <= found
