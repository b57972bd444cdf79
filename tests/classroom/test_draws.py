"""No recorded value earns a point: every result of a function or an expression depends on the problems drawn."""

import pytest

from autograde import course
from autograde.asking.plain import identical, plain
from autograde.judging.compare import parts
from autograde.judging.exercise import Exercise

DRAWN = [e for e in course.exercises().values() if isinstance(e, Exercise) and e.kind in ("function", "expression")]


@pytest.mark.parametrize("exercise", DRAWN, ids=lambda e: e.name)
def test_every_result_depends_on_the_draw(exercise):
    runs = []
    for seed in (1, 2, 3):
        values = (parts(exercise.reference(**p), exercise.outputs) for p in exercise.problems(seed))
        runs.append([[plain(v) for v in row] for row in values])
    names = exercise.outputs or (exercise.name,)
    same = [
        n for k, n in enumerate(names) if all(identical([r[k] for r in run], [r[k] for r in runs[0]]) for run in runs)
    ]
    assert not same
