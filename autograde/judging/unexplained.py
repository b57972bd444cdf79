"""The last word: which results differ, and in which kind of problem. It explains nothing, and says so."""

from __future__ import annotations

import numpy as np

from autograde.asking.plain import plain
from autograde.judging.case import Case
from autograde.judging.differences import difference, form
from autograde.judging.finding import Finding
from autograde.judging.verdict import say
from autograde.judging.words import listed


def where(case: Case) -> Finding:
    """Which results are wrong, in which problems, and the first number that differs."""
    k = case.wrong[0]
    n = next(n for n in range(len(case.given)) if not case.good(n, k))
    several = len(case.names) > 1
    first = f"Look at `{case.names[k]}` first." if several else say(difference(case, n, k))
    shape = form(case.given[n][k], case.right[n][k])
    headline = shape or (
        f"{len(case.wrong)} of {len(case.names)} results are not right yet." if several else "Not yet."
    )
    return Finding("form" if shape else "where", headline, (*_problems(case), first))


def _problems(case: Case) -> tuple[str, ...]:
    """Whether it fails in general or in special cases; of these the simplest that fails, if it is simpler than the rest."""
    exercise, every = case.exercise, range(len(case.names))
    if exercise.kind == "value" or not exercise.probes:
        return ()
    fine = [all(case.good(n, k) for k in every) for n in range(len(case.right))]
    probes = dict(zip(exercise.probe_names(), fine[exercise.draws :], strict=True))
    passed, failed = [n for n, ok in probes.items() if ok], [n for n, ok in probes.items() if not ok]
    if all(fine[: exercise.draws]):
        return (f"It is right in general, and wrong for {listed(failed, code=False)}.",)
    if passed:
        return (
            f"It is right for {listed(passed, code=False)}, and wrong in general. What does the special case hide?",
        )
    n = exercise.draws + exercise.probe_names().index(failed[0])
    if _size(case, n) >= min(_size(case, m) for m in range(exercise.draws)):
        return ()
    k = next(k for k in every if not case.good(n, k))
    result = f"in `{case.names[k]}` " if len(every) > 1 else ""
    return (f"It fails already for {failed[0]}: {result}{difference(case, n, k)}.",)


def _size(case: Case, n: int) -> int:
    """How many numbers a problem is made of."""
    todo, entries = [plain(case.problems[n])], 0
    while todo:
        value = todo.pop()
        if isinstance(value, dict | list | tuple):
            todo += value.values() if isinstance(value, dict) else value
        else:
            entries += np.size(value)
    return entries
