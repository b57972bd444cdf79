"""A clip left in and a gradient cut every few steps are right on small and short problems: some must be large and long."""

from functools import partial

import numpy as np
import pytest

from autograde import course
from autograde.asking.ask import ask
from autograde.judging.exercise import Exercise
from autograde.judging.judge import judge

LARGE = "gradients that are large"
EXERCISES = [e for e in course.exercises().values() if isinstance(e, Exercise) and LARGE in e.probes]
BACKWARD = [
    *("sweep_arrivals", "sweep_backward", "sweep_row", "batch_affine_backward", "fast_after", "fast_backward"),
    *("gru_step_backward", "gru_backward", "deep_stack_backward", "deep_both_backward", "deep_embedding_backward"),
    *("deep_attend_backward", "peephole_backward"),
]


def clipped(function, **problem):
    found = function(**problem)
    return tuple(np.clip(a, -5, 5) for a in found) if isinstance(found, tuple) else np.clip(found, -5, 5)


def verdict(exercise, answer):
    problems = exercise.problems()
    return judge(exercise, problems, ask("function", exercise.outputs, answer, problems))


def test_every_backward_pass_of_the_lstm_and_after_has_a_large_problem():
    assert set(BACKWARD) <= {e.name for e in EXERCISES}


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_a_clip_left_in_is_never_right(exercise):
    assert verdict(exercise, partial(clipped, exercise.reference)).status != "right"


@pytest.mark.parametrize("name", [e.name for e in EXERCISES if e.name in BACKWARD])
def test_a_large_problem_is_large_in_every_result(name):
    exercise = course.find(name)
    for seed in range(20):
        found = exercise.reference(**exercise.problem(np.random.default_rng(seed), **exercise.probes[LARGE]))
        assert all(np.abs(a).max() > 12 for a in (found if isinstance(found, tuple) else (found,)))


@pytest.mark.parametrize("every", [5, 10])
def test_a_gru_whose_gradient_is_cut_every_few_steps_is_wrong(every):
    exercise, step_backward = course.find("gru_backward"), course.find("gru_step_backward").reference

    def cut(W, U, steps, dh):
        found, dh_next = [], np.zeros(dh.shape[1])
        for k, t in enumerate(reversed(range(len(steps)))):
            found.insert(0, step_backward(W, U, steps[t], dh[t] + dh_next * (k % every > 0)))
            dh_next = found[0][-1]
        dW, dU, db, db_q, dx, _ = zip(*found, strict=True)
        return sum(dW), sum(dU), sum(db), sum(db_q), np.array(dx), dh_next

    assert "wrong for a longer sequence" in verdict(exercise, cut).headline
