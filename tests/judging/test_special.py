"""Special cases that an answer gets right, or alone gets wrong, say where to look."""

from functools import partial

import numpy as np
import pytest

from autograde.asking.ask import ask
from autograde.judging.exercise import Exercise
from autograde.judging.judge import judge


def problem(rng, T=4, size=1.0, push=1.0):
    return {"x": size * rng.normal(size=(T, 3)), "h0": rng.normal(size=3), "push": push * rng.normal(size=3)}


def decayed(x, h0, push):
    """A state that halves at each step, takes in the step's input, and is pushed at the end."""
    h = h0
    for row in x:
        h = 0.5 * h + np.tanh(row)
    return h + push


SUM = Exercise("decayed", problem, decayed, probes={
    "a sequence of one step": {"T": 1}, "nothing to push it": {"push": 0.0},
    "a longer sequence": {"T": 9}, "large inputs": {"size": 500.0},
})  # fmt: skip


def carried_once(x, h0, push):
    return 0.5 * h0 + np.tanh(x).sum(0) + push


def pushed_twice(x, h0, push):
    return decayed(x, h0, push**2)


def short(x, h0, push):
    return decayed(x, h0, push) if len(x) < 6 else decayed(x[-5:], 0 * h0, push)


def clipped(x, h0, push):
    return decayed(np.where(np.abs(x) > 50, 0.1, x), h0, push)


TOLD = {
    carried_once: "It is right for a sequence of one step, and wrong for more.",
    pushed_twice: "Where `push` is zero, it is right.",
    short: "It is right with 4 of them, and wrong for a longer sequence.",
    clipped: "It is right in general, and wrong for large inputs.",
}


@pytest.mark.parametrize("answer", TOLD, ids=lambda f: f.__name__)
def test_what_tells_the_cases_apart_is_said(answer):
    """The answers are partials, whose lines cannot be followed."""
    problems = SUM.problems()
    found = judge(SUM, problems, ask("function", (), partial(answer), problems))
    assert found.how == "relation" and found.headline.startswith(TOLD[answer]), found.to_text()


def test_nothing_is_said_where_all_cases_are_wrong():
    problems = SUM.problems()
    found = judge(SUM, problems, ask("function", (), lambda x, h0, push: decayed(x, h0, push) * x[0], problems))
    assert found.how == "where"
