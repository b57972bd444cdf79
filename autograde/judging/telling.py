"""Where in the reference a slip is, in words that a learner can follow: a step by its name, or what it is on the way to."""

from __future__ import annotations

from collections.abc import Sequence

from autograde.judging import reference
from autograde.judging.case import Case
from autograde.judging.finding import Place
from autograde.judging.origin import Origin
from autograde.judging.recording import Step
from autograde.judging.reference import Edit
from autograde.judging.slips import WORDS
from autograde.judging.verdict import say
from autograde.judging.words import listed


def step_name(case: Case, step: Step) -> str:
    """What a step makes, by a name that the learner knows: of a result, an argument, or a variable of their own.

    Empty where there is none, and where it is a result that is right.
    """
    its = reference.of(case.exercise)
    name = its.results.get(step, step.name.split("[")[0].split(".")[0])
    if name in case.names:
        return name if case.names.index(name) in case.wrong else ""
    return name if name in case.identifiers or name in own_names(case) else ""


def own_names(case: Case) -> frozenset[str]:
    """The names of the variables in the learner's code, as far as they were seen."""
    return frozenset(seen.name for answer in case.answers for seen in answer.way if seen.name)


def inside(case: Case, steps: Sequence[Step], results: Sequence[int]) -> str:
    """Where it is: ``In the step that makes `dc` ``, or what it is on the way to."""
    if steps and steps[0].name.startswith("for "):
        return "In the loop"
    names = list(dict.fromkeys(name for step in steps if (name := step_name(case, step))))
    several = len(case.names) > 1
    if names and (several or names != [case.exercise.name]):
        return f"In the step that makes {listed(names[:3])}"
    return (
        f"On the way to {listed([case.names[k] for k in results])}"
        if several
        else "In your result, or on the way to it"
    )


def line(origin: Origin) -> str:
    """Where a value was made: ``Line 7, `df = dc * c` ``; with what else may be at fault instead."""
    where = f"line {origin.seen.line}, `{origin.seen.text}`"
    where += "" if origin.sure else ", or what goes into it"
    where += f", or line {origin.twin.line}, which gives the same" if origin.twin is not None else ""
    where += f", or line {origin.use.line}, which uses it" if origin.use is not None else ""
    return f"{where}, or where it is used" if origin.known else where


def slip(case: Case, edit: Edit, results: Sequence[int], origin: Origin | None = None) -> str:
    """A sentence on a mechanical edit, with the learner's line where it is known."""
    where = line(origin) if origin is not None else inside(case, edit.steps, results)
    return say(f"{where}: {WORDS[edit.slip]}")


def place(case: Case, edit: Edit, results: Sequence[int], line: int = 0, text: str = "") -> Place:
    """The same as data."""
    step = next((name for s in edit.steps if (name := step_name(case, s))), "")
    result = case.names[results[0]] if len(results) == 1 else ""
    return Place(edit.slip, result, step, line, text)
