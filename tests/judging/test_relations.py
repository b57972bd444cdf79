"""What is said of an answer that stands in a plain relation to the right one, without any mistake written down."""

import types

import numpy as np
import pytest

from autograde.asking.ask import ask
from autograde.judging.exercise import Exercise
from autograde.judging.judge import judge


def asked(exercise, answer):
    problems = exercise.problems()
    return judge(exercise, problems, ask(exercise.kind, exercise.outputs, answer, problems))


def table(A, B):
    return A * np.sinh(B)


TABLE = Exercise(
    "table",
    problem=lambda rng: {"A": rng.normal(size=(t := int(rng.integers(5, 9)), 2)), "B": rng.normal(size=(t, 2))},
    reference=table,
)
SQUARE = Exercise(
    "square", problem=lambda rng: {"A": rng.normal(size=(3, 3))}, reference=lambda A: np.exp(A) + A.cumsum(0)
)
CUBE = Exercise("cube", problem=lambda rng: {"A": rng.normal(size=(2, 3, 4))}, reference=lambda A: np.exp(A))

COSINE = Exercise("cosine", problem=lambda rng: {"A": rng.normal(size=4)}, reference=lambda A: np.cos(A))

ONE = {
    "sign": (TABLE, lambda r: -r, "the right numbers with the other sign"),
    "twice": (TABLE, lambda r: 2 * r, "exactly twice what is right"),
    "a mean": (TABLE, lambda r: r / len(r), "divided by the length of axis 0 of A"),
    "a count": (TABLE, lambda r: r / (11 + np.sum(r > 0)), "divided by a whole number"),
    "sine": (COSINE, lambda r: np.sqrt(1 - r**2), "the sine where the cosine is wanted"),
    "transposed": (SQUARE, lambda r: r.T, "rows and columns exchanged"),
    "axes": (CUBE, lambda r: r.transpose(1, 0, 2), "its axes stand in the order (1, 0, 2)"),
    "reversed": (TABLE, lambda r: r[::-1], "in reverse order"),
    "late": (TABLE, lambda r: np.vstack([0 * r[:1], r[:-1]]), "one step late"),
    "early": (TABLE, lambda r: np.vstack([r[1:], 0 * r[:1]]), "one step early"),
    "running": (TABLE, lambda r: r.cumsum(0), "running sums"),
    "rows": (TABLE, lambda r: np.roll(r, 1, 0)[::-1], "along axis 0, in another order"),
    "first missing": (TABLE, lambda r: r[1:], "the first entry is missing"),
    "one too many": (TABLE, lambda r: np.vstack([r, r[:1]]), "one entry too many, the last"),
    "not summed": (TABLE, lambda r: np.stack([r / 4, 3 * r / 4]), "summed over axis 0"),
    "summed": (TABLE, lambda r: r.sum(1), "summed where it should not be. Axis: 1"),
    "flat": (TABLE, np.ravel, "the right numbers, in another shape"),
    "one row": (TABLE, lambda r: r[0], "the first row of what is wanted"),
    "all alike": (TABLE, lambda r: np.broadcast_to(r[-1], r.shape), "all rows are alike, and are the right last one"),
    "zero": (TABLE, lambda r: 0 * r, "zero everywhere"),
    "complement": (TABLE, lambda r: 1 - r, "one minus what is right"),
    "square": (TABLE, lambda r: r * r, "the square of what is right"),
    "rounded": (TABLE, lambda r: np.round(r, 3), "rounded to 3 decimals"),
    "guarded": (TABLE, lambda r: r + 1e-7, "near, but not the same"),
    "off by one": (TABLE, lambda r: r + 1, "off by +1 everywhere"),
    "a factor": (TABLE, lambda r: 1.7 * r, "1.7 times what is right"),
    "only the first": (TABLE, lambda r: np.vstack([r[:1], np.tan(r[1:])]), "right in its first entry or row, and in no other"),
    "but the last": (TABLE, lambda r: np.vstack([r[:-1], np.tan(r[-1:])]), "right but for its last entry or row"),
}  # fmt: skip


@pytest.mark.parametrize("exercise, change, says", ONE.values(), ids=ONE)
def test_a_relation_is_told(exercise, change, says):
    found = asked(exercise, lambda *arguments: change(exercise.reference(*arguments)))
    assert found.how in ("relation", "form") and says in found.to_text() and found.credit == 0 and not found.unexplained


def test_nothing_is_said_of_what_stands_in_no_relation():
    found = asked(TABLE, lambda A, B: A * np.cosh(B) + np.tan(A * B))
    assert found.how == "where" and found.unexplained


def test_single_precision_is_right_and_said():
    found = asked(TABLE, lambda A, B: table(A, B).astype(np.float32))
    assert found.status == "right" and "single precision" in found.details[0]


BOTH = Exercise("both", problem=lambda rng: {"a": rng.normal(size=3), "b": rng.normal(size=3)},
                reference=lambda a, b: (a * b, np.exp(a), b - a), outputs=("product", "power", "difference"), points=3)  # fmt: skip


def test_results_in_another_order():
    found = asked(BOTH, lambda a, b: (np.exp(a), a * b, b - a))
    assert found.headline == "The results are in another order." and found.credit == 1
    found = asked(BOTH, lambda a, b: (a * b, a * b, b - a))
    assert "What you return as `power` is `product`." in found.details


def test_each_result_by_its_own_relation_and_the_rest_told_too():
    found = asked(BOTH, lambda a, b: (-a * b, 2 * np.exp(a), b - a))
    assert "`product` has the right numbers with the other sign." in found.details
    assert any(d.startswith("`power` is exactly twice") for d in found.details)
    assert {p["kind"] for p in found.places} == {"sign", "factor"}


def gate(f, i, c):
    return f * c + i * np.tanh(c)


GATE = Exercise("gate", problem=lambda rng: {n: rng.normal(size=3) for n in "fic"}, reference=gate)
STEP = Exercise("step", problem=lambda rng: {"step": types.SimpleNamespace(**{n: rng.normal(size=3) for n in "fic"})},
                reference=lambda step: gate(step.f, step.i, step.c))  # fmt: skip
AS_IF = {
    "left out": (GATE, lambda f, i, c: f * c, "right if i were zero"),
    "exchanged": (GATE, lambda f, i, c: gate(i, f, c), "right if f and i changed places"),
    "in place of": (GATE, lambda f, i, c: gate(f, f, c), "right if i were f"),
    "sign": (GATE, lambda f, i, c: gate(f, -i, c), "right if i had the other sign"),
    "turned": (GATE, lambda f, i, c: gate(f, i, c[::-1]), "right if c were in reverse order"),
    "in a step": (STEP, lambda step: gate(step.i, step.f, step.c), "right if step.f and step.i changed places"),
}


@pytest.mark.parametrize("exercise, answer, says", AS_IF.values(), ids=AS_IF)
def test_as_if_an_argument_were_another(exercise, answer, says):
    found = asked(exercise, answer)
    assert says in found.to_text() or found.how == "edit"


def test_a_value_exercise_does_not_tell_by_how_much_it_is_off():
    value = Exercise("z", problem=lambda rng: {"x": rng.normal(size=3)}, reference=lambda x: x.sum(), kind="value")
    right = value.reference(**value.problems()[0])
    for wrong in (right + 1, 1.7 * right, np.round(right, 2)):
        assert not any(word in asked(value, wrong).to_text() for word in ("+1", "-1", "1.7", "decimals"))


ROUTES = Exercise(
    "routes", problem=lambda rng: {"n": int(rng.integers(3, 9))}, reference=lambda n: [[i, n] for i in range(n)]
)
STEPS = Exercise("steps", problem=ROUTES.problem, reference=lambda n: tuple({"h": i, "c": i * n} for i in range(n)))
ITEMS = {
    "missing": (ROUTES, lambda r: r[1:], "Some are missing"),
    "too many": (ROUTES, lambda r: [*r, [77, 0]], "some that should not be"),
    "back to front": (ROUTES, lambda r: [v[::-1] for v in r], "back to front"),
    "one too many": (STEPS, lambda r: [{"h": 0}, *r], "one too many, the first"),
    "the last missing": (STEPS, lambda r: r[:-1], "The last is missing"),
    "reversed": (STEPS, lambda r: r[::-1], "the last comes first"),
}


@pytest.mark.parametrize("exercise, change, says", ITEMS.values(), ids=ITEMS)
def test_items_of_a_collection(exercise, change, says):
    assert says in asked(exercise, lambda n: change(exercise.reference(n))).to_text()


def test_a_dictionary_is_wanted():
    exercise = Exercise("counts", problem=ROUTES.problem, reference=lambda n: {"x": n, "y": 1})
    assert asked(exercise, lambda n: [n, 1]).headline == "A dictionary is wanted here."
