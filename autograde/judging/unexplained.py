"""The last word: which results differ, and in which kind of problem. It explains nothing, and says so."""

from __future__ import annotations

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
    """Whether it fails in general or in special cases; said where that leads on."""
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
    return (f"It fails already for {failed[0]}: start there.",)
