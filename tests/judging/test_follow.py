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


UNKNOWN = """
def fast_backward(W, x, memory, dh, dc_T):
    gates, c, h = memory
    T, B, _, H = gates.shape
    f, i, g, o = (gates[:, :, k] for k in range(4))
    behind = np.concatenate([h[:-1], x], axis=2)
    tc = np.tanh(c[1:])
    d = np.zeros((T, B, 4, H))
    dh_next, dc_next = np.zeros((B, H)), dc_T
    for t in reversed(range(T)):
        total = dh[t] + dh_next
        dc = total * o[t] * (1 - tc[t] ** 2) + dc_next
        odd = np.sin(dc) * c[t] + total
        d[t] = np.stack([odd, dc * i[t] * g[t] ** 3, odd * dc, odd - tc[t]], axis=1)
        dc_next, back = dc * f[t] ** 2, d[t].reshape(B, 4 * H) @ W.reshape(4 * H, -1)
        dh_next = back[:, :H]
    dW = np.einsum("tbkh,tbz->khz", d, behind)
    dx = d.reshape(T, B, 4 * H) @ W.reshape(4 * H, -1)[:, H:]
    return dW, d.sum((0, 1)), dx, dh_next, dc_next
"""


def test_where_nothing_else_can_be_said_the_first_value_that_leads_off_the_way_is():
    """What is right in an arrangement of its own, as ``behind`` is here, is passed over."""
    found = verdict("fast_backward", UNKNOWN)
    assert found.how == "way" and "line 13, `odd = np.sin(dc) * c[t] + total`" in found.headline, found.to_text()


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
