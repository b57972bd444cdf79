"""Any number of mistakes is told one after the other, with the learner's lines; and what is told is true."""

import pytest
from judging.spoiled import Spoiled, cell, measured, refuted, slips, told
from judging.styles import STYLES

from autograde import course
from autograde.asking.ask import ask
from autograde.judging.judge import judge
from autograde.judging.mistakes import variant

NAME = "lstm_step_backward"
THREE = {
    "d_f * step.f * (1 - step.f)": "d_f * (1 - step.f)",
    "d_o * step.o": "step.o",
    "W[0].T @ a_f + W[1].T @ a_i": "W[0].T @ a_f",
}
"""Right and wrong text of three lines of a style of it."""


def verdict(name, source):
    exercise = course.find(name)
    problems = exercise.problems()
    return judge(exercise, problems, ask("function", exercise.outputs, cell(source, name), problems))


def test_three_mistakes_are_told_in_order_with_their_lines():
    source = STYLES[NAME][0]
    for right, wrong in THREE.items():
        source = source.replace(right, wrong)
    found = verdict(NAME, source)
    lines = [n for n, line in enumerate(source.split("\n"), 1) if any(wrong in line for wrong in THREE.values())]
    told = [place["line"] for place in found.places]
    assert found.how == "way" and set(lines) - {lines[0]} <= set(told) and told == sorted(told)
    assert found.details[-1] == "With these put right, all is right."


def test_a_right_value_that_is_not_returned_is_pointed_at():
    source = STYLES["rnn_backward"][0].replace("gx, carry\n", "gx, carry * (1 - h0**2)\n")
    found = verdict("rnn_backward", source)
    assert found.how in ("way", "edit") and "dh0" in str(found.places)


@pytest.mark.parametrize("name", STYLES)
def test_a_style_that_is_right_is_right(name):
    for source in STYLES[name]:
        assert verdict(name, source).status == "right"


@pytest.mark.parametrize("count, share", [(1, 0.85), (2, 0.6), (3, 0.4)])
def test_slips_are_found_and_what_is_said_is_true(count, share):
    every = measured(24, count, seed=100)
    assert sum(t.full for t in every) >= share * len(every)
    false = [(t.spoiled.source, t.verdict.to_text(), t.false) for t in every if t.false]
    assert len(false) <= len(every) // 200, false


def test_a_false_statement_would_be_noticed():
    right = STYLES[NAME][0]
    source = right
    for one, other in THREE.items():
        source = source.replace(one, other)
    exercise = course.find(NAME)
    by_line = {s.statement: s for s in slips(right)}
    places = [n for n, line in enumerate(source.split("\n"), 1) if any(wrong in line for wrong in THREE.values())]
    assert not told(Spoiled(exercise, right, source, tuple(by_line[n] for n in places))).false
    assert len(told(Spoiled(exercise, right, source, (by_line[places[0]],))).false) >= 2


def test_a_false_name_would_be_noticed():
    exercise, right = course.find(NAME), STYLES[NAME][0]
    problems = exercise.problems()
    named = judge(
        exercise,
        problems,
        ask("function", exercise.outputs, variant(exercise.reference, exercise.mistakes[:1]), problems),
    )
    other = right.replace("d_f * step.f * (1 - step.f)", "d_f * (1 - step.f)")
    assert named.how == "named" and list(refuted(Spoiled(exercise, right, other, ()), named))
