"""When no named mistake explains a gradient: hold it against the learner's own forward pass, in one random direction."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograde.judging.compare import parts
from autograde.judging.exercise import Exercise
from autograde.judging.verdict import Verdict

STEP = 1e-5


def compare(exercise: Exercise, offered: Callable, answer: Any, verdict: Verdict) -> str:
    """One sentence on the first wrong result, or nothing when the learner's notebook has no such forward pass.

    Central differences (two runs of the learner's forward pass) along a random direction of +-1, against what the
    learner's gradient says the loss does in that direction.
    """
    own = exercise.own
    forward = getattr(offered, "__globals__", {}).get(own.function) if own else None
    names = exercise.outputs or (exercise.name,)
    wrong = {r.name for r in verdict.rows if not r.right} or set(names)
    name = next((n for n in names if n in wrong and own and n in own.wrt), None)
    if forward is None or name is None:
        return ""
    problem = exercise.problems()[0]
    argument = own.wrt[name]
    direction = np.random.default_rng(0).choice([-1.0, 1.0], np.shape(problem[argument]))
    try:
        claimed = float(np.sum(np.asarray(parts(answer, exercise.outputs)[names.index(name)]) * direction))
        up, down = (float(own.loss(forward, _moved(problem, argument, s * direction))) for s in (STEP, -STEP))
    except Exception:
        return ""
    measured = (up - down) / (2 * STEP)
    if abs(measured - claimed) <= 1e-6 * max(1.0, abs(measured)):
        return (
            f"It does agree with your own `{own.function}`: in a random direction of `{argument}` both give {claimed:.6g}. So "
            f"look at `{own.function}`, which is not the one that was asked for."
        )
    return (
        f"Held against your own `{own.function}`: in a random direction of `{argument}` the loss changes by {measured:.6g}, "
        f"and your `{name}` says {claimed:.6g}."
    )


def _moved(problem: Mapping[str, Any], argument: str, by: np.ndarray) -> dict[str, Any]:
    moved = copy.deepcopy(dict(problem))
    moved[argument] = moved[argument] + by
    return moved
