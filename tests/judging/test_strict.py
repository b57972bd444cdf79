"""What is believed, and what is not: precision, doubles, and mistakes that fit one problem alone."""

import numpy as np

from autograde.asking.ask import ask
from autograde.judging.exercise import Exercise, Mistake
from autograde.judging.judge import judge


def asked(exercise, answer):
    problems = exercise.problems()
    return judge(exercise, problems, ask("function", exercise.outputs, answer, problems))


def exercise(reference, **fields):
    return Exercise("f", problem=lambda rng: {"x": rng.normal(size=5)}, reference=reference, **fields)


def power(x):
    return np.exp(x)


def single(x):
    return power(x.astype(np.float32))


def test_single_precision_is_right_only_where_the_exercise_allows_it():
    assert asked(exercise(power), single).status == "right"
    assert asked(exercise(power, float32=False), single).status == "wrong"
    assert asked(exercise(power), lambda x: single(x).astype(float)).status == "wrong"


def test_a_collection_holds_each_item_once():
    routes = exercise(lambda x: ["left", "right"])
    assert asked(routes, lambda x: ["right", "left"]).status == "right"
    assert asked(routes, lambda x: ["left", "right", "left"]).status == "wrong"


def two(x):
    a = 3 * x
    b = 5 * x
    return a, b


def test_a_pair_that_fits_one_problem_alone_is_not_named():
    both = Exercise(
        "both",
        problem=lambda rng, n=5: {"x": rng.normal(size=n) if n > 1 else np.ones(1)},
        probes={"one": {"n": 1}},
        reference=two,
        outputs=("a", "b"),
        mistakes=(
            Mistake("four", "    a = 3 * x", "    a = 4 * x", "Four times.", "Look."),
            Mistake("six", "    b = 5 * x", "    b = 6 * x", "Six times.", "Look."),
        ),
    )
    assert set(asked(both, lambda x: (4 * x, 6 * x)).mistakes) == {"four", "six"}
    assert asked(both, lambda x: (4 * x**2, 6 * x**3)).mistakes == ()
