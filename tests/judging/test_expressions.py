"""SymPy answers by their terms and factors."""

import numpy as np
import pytest
import sympy as sp

from autograde.asking.ask import ask
from autograde.asking.wire import pack, unpack
from autograde.asking.written import MANY, written
from autograde.judging.exercise import Exercise
from autograde.judging.judge import judge

x, y = sp.symbols("x y")
SUM = Exercise("sum", lambda rng: {"x": rng.uniform(1, 2), "y": rng.uniform(1, 2)},
               lambda x, y: 2 * x * np.exp(y) + x**2 * np.sin(y) - y, kind="expression")  # fmt: skip
PRODUCT = Exercise("product", SUM.problem, lambda x, y: 6 * np.cos(2 * x) * (1 - y**2), kind="expression")
POWER = Exercise("power", SUM.problem, lambda x, y: np.stack([x**3, x])[0], kind="expression")

TOLD = {
    "a term missing": (SUM, 2 * x * sp.exp(y) - y, "One term is missing; what is there is right."),
    "a term too many": (SUM, 2 * x * sp.exp(y) + x**2 * sp.sin(y) - y + x, "One term is too many: `x`."),
    "a sign": (SUM, 2 * x * sp.exp(y) - x**2 * sp.sin(y) - y, "has the wrong sign; all else is right."),
    "a factor in a term": (SUM, 2 * sp.exp(y) + x**2 * sp.sin(y) - y, "In the term `2*exp(y)`: one factor is missing"),
    "a function": (SUM, 2 * x * sp.exp(y) + x**2 * sp.cos(y) - y, "the factor `cos(y)` is not right; all others are."),
    "a number": (PRODUCT, 5 * sp.cos(2 * x) * (1 - y**2), "The number in front, `5`, is not right; all else is."),
    "not differentiated": (PRODUCT, 6 * sp.sin(2 * x) * (1 - y**2), "Has `sin(2*x)` been differentiated?"),
    "inside": (PRODUCT, 6 * sp.cos(2 * x) * (1 - y), "In the term `-y`: one factor is missing"),
    "within a function": (PRODUCT, 6 * sp.cos(3 * x) * (1 - y**2), "the number in front, `3`, is not right"),
    "an exchange": (SUM, 2 * y * sp.exp(x) + y**2 * sp.sin(x) - x, "`x` and `y` stand in each other's place"),
    "an antiderivative": (PRODUCT, 3 * sp.sin(2 * x) * (1 - y**2), "The derivative of your answer with respect to `x`"),
    "a symbol missing": (PRODUCT, sp.exp(x), "The right answer depends on `y`, and yours does not."),
    "a symbol too many": (POWER, sp.exp(x) * y, "Your answer depends on `y`, and the right one does not."),
}  # fmt: skip


def asked(exercise, answer):
    problems = exercise.problems()
    return judge(exercise, problems, unpack(pack(ask(exercise.kind, (), answer, problems))))


@pytest.mark.parametrize("exercise, answer, says", TOLD.values(), ids=TOLD)
def test_what_differs_is_told(exercise, answer, says):
    found = asked(exercise, answer)
    assert says in " ".join([found.headline, *found.details]), found.to_text()


def test_equal_forms_are_right_and_strangers_are_left_to_the_others():
    assert asked(SUM, sp.expand(x * (2 * sp.exp(y) + x * sp.sin(y)) - y)).status == "right"
    assert asked(SUM, sp.tan(x) / y).how in ("where", "edit")
    assert asked(SUM, sp.gamma(x)).credit == 0


def test_what_crosses_is_bounded_and_holds_no_code():
    assert written(sum(x**k for k in range(MANY))) is None
    assert written(object()) is None and written("x") is None and written(sp.pi) == ("Number", "3.141592653589793")
