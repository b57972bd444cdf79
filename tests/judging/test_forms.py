"""The form of an answer: what is missing, empty or of another kind, and forms that are as good as the usual one."""

import dataclasses
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest

from autograde.asking.ask import ask
from autograde.judging.exercise import Exercise
from autograde.judging.judge import judge
from autograde.judging.verdict import say


def asked(exercise, answer):
    problems = exercise.problems()
    return judge(exercise, problems, ask(exercise.kind, exercise.outputs, answer, problems))


def two(x):
    return np.exp(x), x.sum()


TWO = Exercise(
    "two", problem=lambda rng: {"x": rng.normal(size=3)}, reference=two, outputs=("power", "total"), points=2
)
SCALARS = Exercise(
    "scalars", problem=lambda rng: {"x": rng.normal()}, reference=lambda x: (x * x, 2 * x), outputs=("L", "dw")
)
STEPS = Exercise("steps", problem=lambda rng: {"x": rng.normal(size=2)},
                 reference=lambda x: tuple({"h": v, "c": 2 * v} for v in x))  # fmt: skip
TRUTHS = Exercise("truths", problem=lambda rng: {"x": rng.normal(size=9)}, reference=lambda x: x > 0)
ROUTES = Exercise(
    "routes", problem=lambda rng: {"n": int(rng.integers(3, 9))}, reference=lambda n: [[i] for i in range(n)]
)


class Named(NamedTuple):
    total: float
    power: np.ndarray


@dataclasses.dataclass
class Step:
    c: float
    h: float


RIGHT = {
    "a named tuple in an order of its own": (TWO, lambda x: Named(x.sum(), np.exp(x))),
    "a dictionary": (TWO, lambda x: {"total": x.sum(), "power": np.exp(x)}),
    "two numbers in one array": (SCALARS, lambda x: np.array([x * x, 2 * x])),
    "steps of a class": (STEPS, lambda x: [Step(2 * v, v) for v in x]),
    "steps as dictionaries": (STEPS, lambda x: [{"h": v, "c": 2 * v} for v in x]),
    "a list of truths": (TRUTHS, lambda x: [bool(v > 0) for v in x]),
}


@pytest.mark.parametrize("exercise, answer", RIGHT.values(), ids=RIGHT)
def test_forms_that_are_as_good(exercise, answer):
    assert asked(exercise, answer).status == "right"


def test_a_dictionary_is_refused_where_later_cells_read_fields():
    stepped = replace(STEPS, fields=True)
    found = asked(stepped, lambda x: [{"h": v, "c": 2 * v} for v in x])
    assert found.status == "wrong" and found.credit == 0 and "SimpleNamespace(**yours)" in found.to_text()
    assert asked(stepped, lambda x: [Step(2 * v, v) for v in x]).status == "right"
    one = replace(TWO, fields=True)
    assert asked(one, lambda x: {"total": x.sum(), "power": np.exp(x)}).headline == found.headline
    assert asked(one, lambda x: Named(x.sum(), np.exp(x))).status == "right"


def test_what_is_missing_is_named():
    assert asked(TWO, lambda x: np.exp(x)).headline == "`total` is missing."
    assert asked(TWO, lambda x: {"power": np.exp(x)}).headline == "Still to be written: `total`."


def test_results_filled_in_one_by_one_are_confirmed_one_by_one():
    found = asked(TWO, lambda x: (np.exp(x), None))
    assert found.status == "partly" and found.credit == 1
    assert found.headline == "Still to be written: `total`." and "Right already: `power`." in found.details


def test_always_empty_or_zero_is_not_called_a_variable_of_the_notebook():
    assert asked(ROUTES, lambda n: []).headline == "It comes back empty."
    assert "zero" in asked(TWO, lambda x: (0 * x, 0.0)).to_text()
    assert "depend on what is asked" in asked(TWO, lambda x: (np.array([1.0, 2.0, 3.0]), 7.0)).headline


def test_an_argument_changed_with_the_values_right_keeps_its_points():
    def in_place(x):
        total = x.sum()
        x += 1
        return np.exp(x - 1), total

    found = asked(TWO, in_place)
    assert found.status == "right" and "wrote into `x`" in found.details[0]

    def put_back(x):
        total = x.sum()
        x += 1e-3
        x -= 1e-3
        return np.exp(x), total

    assert not asked(Exercise("two", TWO.problem, two, outputs=TWO.outputs, rtol=1e-6), put_back).details


def test_an_error_says_which_function_its_line_stands_in():
    space = {"np": np}
    exec("def inner(x):\n    return x @ np.ones(5)\ndef two(x):\n    return inner(x), 1.0", space)
    said = asked(TWO, space["two"]).to_text()
    assert "of inner" in said and "the left has 3 columns, the right 5 rows" in said


def test_identifiers_keep_their_small_letter():
    assert say("dbh is overwritten") == "dbh is overwritten."
    assert say("power is lost", {"power"}) == "power is lost." and say("power is lost") == "Power is lost."


def test_no_sentence_is_said_twice():
    found = asked(
        Exercise("z", problem=lambda rng: {"x": rng.normal(size=3)}, reference=lambda x: np.exp(x)),
        lambda x: [x, x[:2]],
    )
    assert len({found.headline, *found.details}) == 1 + len(found.details)
