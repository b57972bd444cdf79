"""When nothing explains a gradient: hold it against the learner's own forward pass, in one random direction."""

from __future__ import annotations

import copy
import types
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograde.asking.ask import ask
from autograde.asking.plain import plain
from autograde.judging.compare import parts
from autograde.judging.exercise import Exercise
from autograde.judging.judge import judge
from autograde.judging.verdict import Verdict

STEP = 1e-5


def compare(exercise: Exercise, offered: Callable, verdict: Verdict, earlier: Mapping[str, Any]) -> str:
    """One sentence on the first wrong result, or nothing when the learner's notebook has no such forward pass.

    Central differences (two runs of the learner's forward pass) along a random direction of +-1, against what the
    learner's gradient says the loss does in that direction. A step or steps among the arguments are made anew by the
    learner's forward pass. That pass is blamed only when it is an exercise whose own check fails.
    """
    own = exercise.own
    forward = getattr(offered, "__globals__", {}).get(own.function) if own else None
    names = exercise.outputs or (exercise.name,)
    wrong = {r.name for r in verdict.rows if not r.right} or set(names)
    name = next((n for n in names if n in wrong and own and n in own.wrt), None)
    if own is None or forward is None or name is None:
        return ""
    argument = own.wrt[name]
    problem = exercise.problems()[0]
    direction = np.random.default_rng(0).choice([-1.0, 1.0], np.shape(problem[argument]))
    try:
        asked = _made_anew(problem, forward, own.loss)
        answer = ask(exercise.kind, exercise.outputs, offered, [asked])[0].value
        claimed = float(np.sum(np.asarray(parts(answer, exercise.outputs)[names.index(name)]) * direction))
        up, down = (float(own.loss(forward, _moved(problem, argument, s * direction))) for s in (STEP, -STEP))
    except Exception:
        return ""
    measured = (up - down) / (2 * STEP)
    if abs(measured - claimed) > 1e-6 * max(1.0, abs(measured)):
        return (
            f"Held against your own `{own.function}`: in a random direction of `{argument}` the loss changes by {measured:.6g}, "
            f"and your `{name}` says {claimed:.6g}."
        )
    if not _fails(earlier.get(own.function), forward):
        return ""
    return (
        f"It does agree with your own `{own.function}`: in a random direction of `{argument}` both give {claimed:.6g}. So "
        f"look at `{own.function}` first, which is not the one that was asked for."
    )


def _fails(exercise: Any, forward: Callable) -> bool:
    """Whether the forward pass is an exercise that the learner has not right."""
    if not isinstance(exercise, Exercise):
        return False
    problems = exercise.problems()
    return judge(exercise, problems, ask(exercise.kind, exercise.outputs, forward, problems)).status != "right"


def _made_anew(problem: Mapping[str, Any], forward: Callable, loss: Callable) -> dict[str, Any]:
    """The problem with its step, or list of steps, as the learner's forward pass makes them."""
    anew = copy.deepcopy(dict(problem))
    made: list[Any] = []

    def noted(*arguments: Any) -> Any:
        made.append(forward(*arguments))
        return made[-1]

    loss(noted, copy.deepcopy(anew))
    steps = [types.SimpleNamespace(**p) for p in map(plain, made) if isinstance(p, dict)]
    for name, value in anew.items():
        several = isinstance(value, list) and value and all(isinstance(v, types.SimpleNamespace) for v in value)
        if isinstance(value, types.SimpleNamespace) and steps:
            anew[name] = _with(value, steps[0])
        elif several and len(steps) == len(value):
            anew[name] = [_with(old, new) for old, new in zip(value, steps, strict=True)]
    return anew


def _with(old: types.SimpleNamespace, new: types.SimpleNamespace) -> types.SimpleNamespace:
    kept = {k: getattr(new, k, v) for k, v in vars(old).items()}
    return types.SimpleNamespace(**kept)


def _moved(problem: Mapping[str, Any], argument: str, by: np.ndarray) -> dict[str, Any]:
    moved = copy.deepcopy(dict(problem))
    moved[argument] = moved[argument] + by
    return moved
