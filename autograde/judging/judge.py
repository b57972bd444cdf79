"""Judge: from problems and answers, the first thing that is not right, and its name. Runs no learner's code."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograde.asking.ask import Answer, Opaque, Raised, identical
from autograde.judging.compare import is_array, is_numeric, parts, same
from autograde.judging.differences import difference, form, kind_of, listed
from autograde.judging.exercise import Exercise, Mistake, Problem
from autograde.judging.mistakes import diagnose
from autograde.judging.verdict import Row, Verdict, say

SINGLE = 1e-4
"""Tolerance for answers in single precision, where an exercise allows them."""


@np.errstate(all="ignore")
def judge(exercise: Exercise, problems: Sequence[Problem], answers: Sequence[Answer]) -> Verdict:
    """The verdict on ``answers``, which were asked on ``problems`` in that order.

    The order of what is looked at: nothing there, raised, kind and number of results, shape, finiteness, arguments
    changed or shared, arguments ignored, an unsteady answer, values. The first that is not right is reported.
    """
    if not answers:
        return _verdict(exercise, "empty", "There is no answer here yet.")
    for finding in (_nothing, _raised, _kind, _count):
        if verdict := finding(exercise, problems, answers):
            return verdict
    right = [parts(exercise.reference(**p), exercise.outputs) for p in problems]
    given = [_as_arrays(parts(a.value, exercise.outputs), right[0]) for a in answers]
    if len(given) < len(right):
        return _verdict(exercise, "wrong", "Only some of the questions were answered.")
    if verdict := _not_numbers(exercise, right, given):
        return verdict
    if not any(form(a, r) for g, rr in zip(given, right, strict=True) for a, r in zip(g, rr, strict=True)):
        for finding in (_changed, _ignores, _unsteady):
            if verdict := finding(exercise, problems, right, given, answers):
                return verdict
    return _values(exercise, problems, right, given, answers)


def _as_arrays(given: list, right: list) -> list:
    """Nested lists of numbers as arrays, where the right answer is an array or a number."""
    made = []
    for answer, wanted in zip(given, right, strict=True):
        if isinstance(answer, list | tuple) and is_numeric(answer) and is_array(wanted):
            with contextlib.suppress(ValueError):
                answer = np.asarray(answer)
        made.append(answer)
    return made


def _verdict(exercise: Exercise, status: str, headline: str, *details: str, **more: Any) -> Verdict:
    return Verdict(exercise.name, status, headline, tuple(details), exercise.points, **more)


def _nothing(exercise: Exercise, problems: Sequence[Problem], answers: Sequence[Answer]) -> Verdict | None:
    answer = answers[0]
    blank = answer.value is None or answer.value is Ellipsis
    if isinstance(answer.value, tuple) and answer.value:
        blank = all(v is None or v is Ellipsis for v in answer.value)
    todo = answer.raised is not None and answer.raised.type == "NotImplementedError"
    if not todo and (not blank or answer.raised is not None):
        return None
    if exercise.kind == "function" and not todo and answer.value is None:
        detail = "Your function gave back nothing (`None`). Is there a `return` at its end?"
        return _verdict(exercise, "empty", "Still to be written.", detail)
    return _verdict(
        exercise, "empty", "Still to be written.", "Write your answer in the cell above, run it, then check."
    )


def _raised(exercise: Exercise, problems: Sequence[Problem], answers: Sequence[Answer]) -> Verdict | None:
    raised = next((a.raised for a in answers if a.raised is not None), None)
    if raised is None:
        return None
    if raised.type == "TooLong":
        where = f"It was at line {raised.line}: `{raised.text}`." if raised.line else ""
        return _verdict(exercise, "wrong", "Your code did not come back.", f"There was {raised.message}.", where)
    if raised.type == "Unanswerable":
        return _verdict(exercise, "wrong", "This expression has no value yet.", raised.message)
    where = f"Line {raised.line}: `{raised.text}`" if raised.line else ""
    return _verdict(exercise, "wrong", "Your code raised an error.", f"`{_error(raised)}`", where, _advice(raised))


def _error(raised: Raised) -> str:
    message = " ".join(raised.message.split())
    return f"{raised.type}: {message[:300]}" if message else raised.type


def _advice(raised: Raised) -> str:
    if raised.type == "RecursionError":
        return "A function calls itself without end: what stops it?"
    if raised.type == "TypeError" and "positional argument" in raised.message:
        return "Keep the arguments in the order and number of the cell you were given."
    if raised.type == "SystemExit":
        return "Nothing here needs to leave Python: take the `exit` out."
    return ""


def _kind(exercise: Exercise, problems: Sequence[Problem], answers: Sequence[Answer]) -> Verdict | None:
    value = answers[0].value
    if isinstance(value, Opaque):
        if exercise.kind == "expression":
            detail = f"A SymPy expression is wanted, and this is a `{value.type}`. Write `sp.exp(x)`, not `np.exp`."
        elif value.type in ("function", "builtin_function_or_method", "method"):
            detail = "You handed over a function; this exercise wants what it returns."
        elif value.type == "generator":
            detail = "That is a generator, which is used up when read. Make it a list or an array."
        elif value.type == "MaskedArray":
            detail = "That is a masked array. Give a plain array: masked entries hide numbers that a gradient needs."
        elif value.type == "matrix":
            detail = "`np.matrix` turns `*` into a matrix product. Use `np.array`."
        else:
            detail = f"That is a `{value.type}`; an array or a number is wanted."
        return _verdict(exercise, "wrong", "This is not the kind of answer that was asked for.", detail)
    if exercise.kind == "function" and len(answers) == 1 and len(problems) > 1:
        detail = "A function is asked for, and this is a value. Write `check(name)`, without brackets after the name."
        return _verdict(exercise, "wrong", "This is not a function.", detail)
    return None


def _count(exercise: Exercise, problems: Sequence[Problem], answers: Sequence[Answer]) -> Verdict | None:
    wanted = len(exercise.outputs)
    if not wanted:
        return None
    got = answers[0].value
    if isinstance(got, tuple | list) and len(got) == wanted:
        return None
    names = ", ".join(f"`{n}`" for n in exercise.outputs)
    found = f"{len(got)} results" if isinstance(got, tuple | list | dict) else "one result"
    detail = f"This exercise has {wanted} results, in this order: {names}. Yours gave {found}."
    return _verdict(exercise, "wrong", "Not the right number of results.", detail)


def _not_numbers(exercise: Exercise, right: list, given: list) -> Verdict | None:
    names = exercise.outputs or ("answer",)
    for name, r, a in zip(names, right[0], given[0], strict=True):
        if is_array(r) and not is_numeric(a):
            which = f"`{name}`" if exercise.outputs else "The answer"
            detail = f"{which} is {kind_of(a)}, and an array or a number is wanted."
            return _verdict(exercise, "wrong", "Numbers are wanted here.", detail)
    return None


def _changed(
    exercise: Exercise, problems: Sequence[Problem], right: list, given: list, answers: Sequence[Answer]
) -> Verdict | None:
    changed = sorted({n for a in answers for n in a.changed})
    if changed:
        names = " and ".join(f"`{n}`" for n in changed)
        detail = f"Your code wrote into {names}, which belongs to the caller. Does `+=` or `[...] =` work on it? Start from a copy."
        return _verdict(exercise, "wrong", "An argument was changed in place.", detail)
    return None


def _ignores(
    exercise: Exercise, problems: Sequence[Problem], right: list, given: list, answers: Sequence[Answer]
) -> Verdict | None:
    if exercise.kind == "value" or len(given) < 2 or not all(identical(given[0], g) for g in given[1:]):
        return None
    if all(identical(right[0], r) for r in right[1:]) or _diagnosed(exercise, problems, given):
        return None
    detail = (
        "It gave the same answer to different questions. Does it use a variable of the notebook, or a number written out, "
        "where it should use its arguments?"
    )
    return _verdict(exercise, "wrong", "The answer does not depend on what is asked.", detail)


def _unsteady(
    exercise: Exercise, problems: Sequence[Problem], right: list, given: list, answers: Sequence[Answer]
) -> Verdict | None:
    if any(a.unsteady for a in answers):
        detail = (
            "Called twice with the same arguments, it gave two answers. Does it keep something between calls (a global, a "
            "default `[]`), or draw random numbers?"
        )
        return _verdict(exercise, "wrong", "The second call gave another answer.", detail)
    return None


def _good(exercise: Exercise, answer: Any, right: Any) -> bool:
    return same(answer, right, _tolerance(exercise, answer))


def _tolerance(exercise: Exercise, answer: Any) -> float:
    single = isinstance(answer, np.ndarray) and answer.dtype in (np.float32, np.complex64)
    return SINGLE if single and exercise.float32 else exercise.rtol


def _shared(answers: Sequence[Answer]) -> list[str]:
    shared = sorted({n for a in answers for n in a.aliases})
    if not shared:
        return []
    names = " and ".join(f"`{n}`" for n in shared)
    return [
        f"One thing to know: what you return shares its memory with {names}. Whoever changes one of them in place, with "
        "`+=` say, changes the other too. A `.copy()` cuts the tie."
    ]


def _values(
    exercise: Exercise, problems: Sequence[Problem], right: list, given: list, answers: Sequence[Answer]
) -> Verdict:
    names = exercise.outputs or (exercise.name,)
    rows, first = [], None
    for k, name in enumerate(names):
        wrong = next((n for n in range(len(right)) if not _good(exercise, given[n][k], right[n][k])), None)
        note = "right" if wrong is None else difference(exercise, given[wrong][k], right[wrong][k])
        rows.append(Row(name, wrong is None, note))
        first = (k, wrong) if first is None and wrong is not None else first
    if first is None:
        return _verdict(exercise, "right", "Right.", *_shared(answers), rows=tuple(rows), score=float(exercise.points))
    good = [r.name for r in rows if r.right]
    score = exercise.points * len(good) / len(rows)
    shown = tuple(rows) if len(rows) > 1 else ()
    details = [f"Right already: {listed(good)}."] if good else []
    found = _diagnosed(exercise, problems, given)
    details += [m.says for m in found]
    if not found:
        details += _where(exercise, right, given)
        details.append(say(rows[first[0]].note) if len(rows) == 1 else f"Look at `{rows[first[0]].name}` first.")
    headline = say(" and ".join(m.name for m in found)) if found else _headline(exercise, rows, given, right, first)
    status = "partly" if good else "wrong"
    mistakes = tuple(m.name for m in found)
    more = {"rows": shown, "score": score, "mistakes": mistakes}
    return _verdict(
        exercise, status, headline, *details, **more, unexplained=not found and not _form_of(first, given, right)
    )


def _form_of(first: tuple[int, int], given: list, right: list) -> str:
    k, n = first
    return form(given[n][k], right[n][k])


def _diagnosed(exercise: Exercise, problems: Sequence[Problem], given: list) -> tuple[Mistake, ...]:
    return diagnose(exercise, problems, [tuple(g) if exercise.outputs else g[0] for g in given])


def _headline(exercise: Exercise, rows: list[Row], given: list, right: list, first: tuple[int, int]) -> str:
    if found := _form_of(first, given, right):
        return found
    return (
        "Not yet." if len(rows) == 1 else f"{sum(not r.right for r in rows)} of {len(rows)} results are not right yet."
    )


def _where(exercise: Exercise, right: list, given: list) -> list[str]:
    if exercise.kind == "value" or not exercise.probes:
        return []
    fine = [all(_good(exercise, a, r) for a, r in zip(g, rr, strict=True)) for g, rr in zip(given, right, strict=True)]
    probes = dict(zip(exercise.probe_names(), fine[exercise.draws :], strict=True))
    passed, failed = [n for n, ok in probes.items() if ok], [n for n, ok in probes.items() if not ok]
    if all(fine[: exercise.draws]):
        return [f"It is right in general, and wrong for {listed(failed, code=False)}."]
    if passed:
        return [f"It is right for {listed(passed, code=False)}, and wrong in general. What does the special case hide?"]
    return [f"It fails already for {failed[0]}: start there."]
