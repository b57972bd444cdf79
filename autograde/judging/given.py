"""Given an earlier function: an answer that is right but for what an earlier exercise's function gave it.

The asking side records what earlier functions were given and gave back. Here each call is compared with that exercise's
own reference; where it was wrong, the reference at hand is run with the recorded values put in the place of the right
ones. No code of the learner's is needed, and a record that claims more than the earlier exercise's own questions show
earns nothing: see ``Case.unsolved``.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograde.asking.calls import Called
from autograde.asking.plain import Opaque, identical, plain
from autograde.judging import reference
from autograde.judging.case import SINGLE, Case, is_single
from autograde.judging.compare import as_array, same
from autograde.judging.exercise import Exercise
from autograde.judging.finding import Finding, Place
from autograde.judging.form import blank
from autograde.judging.recording import Step
from autograde.judging.words import advice, listed, where

MANY = 60
"""Wrong calls that are followed in one problem."""


def first(case: Case) -> Finding | None:
    """The answer raised, and an earlier function had raised or given something wrong on the way: that one is said first."""
    if not any(a.raised is not None or blank(a.value) for a in case.answers):
        return None
    for call in (c for a in case.answers for c in a.calls):
        right = _right(case, call)
        if _formed(case, call) if right is None else _fits(case, call, right):
            continue
        places = (Place(call.name),)
        name = f"`{call.name}`"
        if call.raised is not None and call.raised.type != "NotImplementedError":
            error = call.raised
            details = (f"`{error.type}: {error.message[:200]}`", where(error), advice(error.type, error.message))
            return Finding("given", f"Your {name} raised an error: begin there.", details, "wrong", places=places)
        if call.raised is not None or blank(call.result):
            return Finding("given", f"Your {name} is not written yet: begin there.", status="wrong", places=places)
        last = next((a.raised for a in case.answers if a.raised is not None), None)
        if last is not None:
            details = (
                "This one raised an error on what it got from there.",
                f"`{last.type}: {last.message[:200]}`",
                where(last),
            )
            return Finding("given", f"Your {name} is not right yet: begin there.", details, "wrong", places=places)
    return None


def given(case: Case) -> Finding | None:
    """Right, given earlier functions that are not right."""
    calls = [c for a in case.answers for c in a.calls]
    wrong = [c for c in calls if (right := _right(case, c)) is not None and not _fits(case, c, right)]
    names = list(dict.fromkeys(c.name for c in wrong))
    if not names:
        return None
    for n in range(len(case.given)):
        results = _results(case, n)
        if results is None or len(results) != len(case.names):
            return None
        if not all(case.agrees(n, k, v) for k, v in enumerate(results)):
            return None
    which = "which is" if len(names) == 1 else "which are"
    said = f"Right, given your {listed(names)}, {which} not right yet: begin there."
    earned = _tells(wrong) and case.earns and (case.unsolved is None or set(names) <= set(case.unsolved))
    places = tuple(Place(name) for name in names)
    return Finding("given", said, status="right" if earned else "wrong", places=places, proved=True)


def _tells(calls: list[Called]) -> bool:
    """Whether the wrong calls gave something that depends on what they were given, so that an answer shows in it."""
    values = [c.result for c in calls]
    zero = all(not np.any(v) for c in calls for v in _leaves(c.result))
    return not zero and (len(calls) == 1 or not all(identical(values[0], v) for v in values[1:]))


def _results(case: Case, n: int) -> list[Any] | None:
    """The results of problem ``n`` by the reference, with what the wrong calls gave in place of what is right."""
    try:
        traced = reference.of(case.exercise)
    except (OSError, TypeError):
        return None
    calls = ((c, _right(case, c)) for c in case.answers[n].calls)
    wrong = [(c, right) for c, right in calls if right is not None and not _fits(case, c, right)]
    put: dict[tuple[Step, int], Any] = {}
    run, stale = traced.run(case.problems[n]), False
    for call, right in wrong[:MANY]:
        got, wanted = list(_leaves(call.result)), list(_leaves(plain(right)))
        if len(got) != len(wanted):
            return None
        found = _places(traced, run, got, wanted)
        if stale and not found:  # it was given something that an earlier call had made
            run, stale = traced.run(case.problems[n], put=put), False
            found = _places(traced, run, got, wanted)
        put, stale = put | found, stale or bool(found)
    run = traced.run(case.problems[n], put=put) if stale else run
    return None if run is None else run.results


def _places(traced: Any, run: Any, got: list[np.ndarray], wanted: list[np.ndarray]) -> dict[tuple[Step, int], Any]:
    """Where in a run the right values of a call are, with what it gave instead."""
    return {
        (value.step, value.turn): g if g.ndim else g.item()
        for value in (run.values if run is not None else ())
        for g, w in zip(got, wanted, strict=True)
        if w.shape == value.value.shape == g.shape
        and same(value.value, w, 1e-10)
        and (_known(w) or (value.step.name.startswith("return") and value.step not in traced.results))
    }


def _known(value: np.ndarray) -> bool:
    """Whether a value can be recognised: it is not made of zeros and ones."""
    return bool(np.any((value != 0) & (np.abs(value) != 1)))


def _right(case: Case, call: Called) -> Any:
    """What the earlier exercise's reference gives for a call's arguments; None when it gives nothing."""
    key = id(call)
    if key not in case.pieces:
        case.pieces[key] = _computed(case.earlier.get(call.name), call)
    return case.pieces[key]


def _computed(exercise: Exercise | Any, call: Called) -> Any:
    if not isinstance(exercise, Exercise) or exercise.kind != "function":
        return None
    try:
        examples = list(exercise.problems()[0].values())
        with np.errstate(all="ignore"):
            return exercise.reference(*(_like(a, e) for a, e in zip(call.arguments, examples, strict=True)))
    except Exception:
        return None


def _fits(case: Case, call: Called, right: Any) -> bool:
    exercise = case.earlier[call.name]
    result = call.result
    if isinstance(result, dict) and exercise.outputs and result.keys() >= set(exercise.outputs):
        result = tuple(result[n] for n in exercise.outputs)
    return call.raised is None and _alike(result, plain(right, exercise.outputs), 10 * exercise.rtol)


def _alike(value: Any, right: Any, rtol: float) -> bool:
    if isinstance(right, tuple):
        items = tuple(value) if isinstance(value, tuple | list | np.ndarray) and np.ndim(value[0:1]) else ()
        return len(items) == len(right) and all(_alike(v, r, rtol) for v, r in zip(items, right, strict=True))
    if isinstance(right, dict):
        return (
            isinstance(value, dict)
            and value.keys() == right.keys()
            and all(_alike(value[k], right[k], rtol) for k in right)
        )
    return same(value, right, SINGLE if is_single(value) else rtol)


def _formed(case: Case, call: Called) -> bool:
    """Whether a call whose right result is unknown, since it was given functions say, gave as many results and axes as
    that exercise asks for."""
    exercise = case.earlier.get(call.name)
    if call.raised is not None or not isinstance(exercise, Exercise) or exercise.kind != "function":
        return True
    problem = exercise.problems()[0]
    right, got = plain(exercise.reference(**problem), exercise.outputs), call.result
    if not any(isinstance(a, Opaque) for a in _all(call.arguments)) or blank(got):
        return not blank(got)
    if isinstance(right, tuple) or isinstance(got, tuple):
        return isinstance(right, tuple) and isinstance(got, tuple | list) and len(right) == len(got)
    wanted, found = as_array(right), as_array(got)
    return wanted is None or (found is not None and found.ndim == wanted.ndim)


def _all(value: Any) -> Iterator[Any]:
    items = value.values() if isinstance(value, dict) else value if isinstance(value, tuple | list) else ()
    yield value
    for item in items:
        yield from _all(item)


def _like(value: Any, example: Any) -> Any:
    """Plain data in the containers that an example has."""
    if isinstance(example, types.SimpleNamespace) and isinstance(value, dict):
        return types.SimpleNamespace(**{k: _like(v, getattr(example, k, None)) for k, v in value.items()})
    if isinstance(example, dict) and isinstance(value, dict):
        return {k: _like(v, example.get(k)) for k, v in value.items()}
    if isinstance(example, list | tuple) and isinstance(value, list | tuple) and example:
        return type(example)(_like(v, example[min(k, len(example) - 1)]) for k, v in enumerate(value))
    return value


def _leaves(value: Any) -> Iterator[np.ndarray]:
    if isinstance(value, dict):
        value = [value[k] for k in sorted(value, key=str)]
    if (isinstance(value, tuple | list) and as_array(value) is None) or isinstance(value, tuple):
        for item in value:
            yield from _leaves(item)
    elif (array := as_array(value)) is not None:
        yield array
