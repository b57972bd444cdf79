"""The form of an answer: is it there, did it come back, is it the right kind and number of things, is it steady?

Each finder looks at one thing; those of ``BEFORE`` need no right values, those of ``BESIDE`` stand before the values.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from autograde.asking.ask import Opaque, Raised, identical
from autograde.judging import named
from autograde.judging.case import Case
from autograde.judging.compare import as_array, is_array, is_numeric
from autograde.judging.differences import form as misshapen
from autograde.judging.finding import Finding, Place
from autograde.judging.words import advice, kind_of, listed, where

_KINDS = {
    "function": "You handed over a function; this exercise wants what it returns.",
    "generator": "That is a generator, which is used up when read. Make it a list or an array.",
    "MaskedArray": "That is a masked array. Give a plain array: masked entries hide numbers that a gradient needs.",
    "matrix": "`np.matrix` turns `*` into a matrix product. Use `np.array`.",
}
_EXPRESSION = {
    "ndarray": "Write it with the symbol, not with numbers, and `sp.exp(x)`, not `np.exp(x)`.",
    "function": "Write the expression itself, without `def` or `lambda`.",
    "Equality": "An equation has two sides; the expression itself is wanted.",
    "str": "Leave the quotation marks out.",
}
_KINDS |= dict.fromkeys(("builtin_function_or_method", "method"), _KINDS["function"])


def nothing(case: Case) -> Finding | None:
    """Nothing was written yet."""
    if not case.answers:
        return Finding("form", "There is no answer here yet.", status="empty")
    answer = case.answers[0]
    todo = answer.raised is not None and answer.raised.type == "NotImplementedError"
    if not todo and (answer.raised is not None or not blank(answer.value)):
        return None
    detail = "Write your answer in the cell above, run it, then check."
    if case.exercise.kind == "function" and not todo and answer.value is None:
        detail = "Your function gave back nothing (`None`). Is there a `return` at its end?"
    return Finding("form", "Still to be written.", (detail,), status="empty")


def blank(value: object) -> bool:
    """Whether a value is what an unwritten answer gives."""
    if isinstance(value, dict) and value:
        value = tuple(value.values())
    if isinstance(value, tuple) and value:
        return all(v is None or v is Ellipsis for v in value)
    return value is None or value is Ellipsis


def raised(case: Case) -> Finding | None:
    """The learner's code raised, or was stopped."""
    error = next((a.raised for a in case.answers if a.raised is not None), None)
    if error is None:
        return None
    if error.type == "Unanswerable":
        return Finding("form", "This expression has no value yet.", (error.message,), status="wrong")
    place = (Place(error.type, line=error.line, text=error.text),)
    if error.type == "TooLong":
        stopped = (f"There was {error.message}.", where(error))
        return Finding("form", "Your code did not come back.", stopped, "wrong", places=place)
    details = (f"`{_error(error)}`", where(error), advice(error.type, error.message))
    return Finding("form", "Your code raised an error.", details, "wrong", places=place)


def _error(error: Raised) -> str:
    message = " ".join(error.message.split())
    return f"{error.type}: {message[:300]}" if message else error.type


def kind(case: Case) -> Finding | None:
    """Something of a kind that is no answer here."""
    value = case.answers[0].value
    if isinstance(value, Opaque):
        detail = _KINDS.get(value.type, f"That is {kind_of(value)}; an array or a number is wanted.")
        if case.exercise.kind == "expression":
            detail = (
                f"A SymPy expression is wanted, and this is {kind_of(value)}. {_EXPRESSION.get(value.type, '')}".strip()
            )
        return Finding("form", "This is not the kind of answer that was asked for.", (detail,), "wrong")
    if case.exercise.kind == "function" and len(case.answers) == 1 and len(case.problems) > 1:
        detail = "A function is asked for, and this is a value. Write `check(name)`, without brackets after the name."
        return Finding("form", "This is not a function.", (detail,), "wrong")
    return None


def count(case: Case) -> Finding | None:
    """More or fewer results than there should be; which one is missing is said when the values show it."""
    names, got = case.exercise.outputs, case.results(0)
    if not names or len(got) == len(names):
        return None
    value = case.answers[0].value
    right = case.right[0]
    found = f"{len(got)} results" if isinstance(value, tuple | list) else "one result"
    said = f"This exercise has {len(names)} results, in this order: {listed(names)}. Yours gave {found}."
    right_ones = [k for k in range(len(names)) if any(case.right_value(0, k, _array(g, right[k])) for g in got)]
    if 0 < len(right_ones) < len(names) and len(right_ones) == len(got):
        missing = [n for k, n in enumerate(names) if k not in right_ones]
        is_right = f"What you return is {listed([names[k] for k in right_ones])}, and right."
        headline = f"{listed(missing)} {'is' if len(missing) == 1 else 'are'} missing."
        return Finding("form", headline, (is_right, said), "wrong")
    return Finding("form", "Not the right number of results.", (said,), "wrong")


def _array(given: object, right: object) -> object:
    return np.asarray(given) if is_array(right) and is_numeric(given) and not np.iterable(given) else given


def few(case: Case) -> Finding | None:
    """Some problems were not answered."""
    if len(case.answers) < len(case.problems):
        return Finding("form", "Only some of the questions were answered.", status="wrong")
    return None


def not_numbers(case: Case) -> Finding | None:
    """Text, nothing or an object where numbers are wanted, in all results that are wrong."""
    odd = [k for k in case.wrong if is_array(case.right[0][k]) and _other(case, k) is not None]
    if not odd or len(odd) < len(case.wrong):
        return None
    names, several = case.exercise.outputs, len(case.exercise.outputs) > 1
    if several and all(blank(case.given[0][k]) for k in odd):
        rest = listed([names[k] for k in odd])
        return Finding("form", f"Still to be written: {rest}.", results=tuple(names[k] for k in odd))
    details = tuple(
        f"{f'`{names[k]}`' if several else 'The answer'} is {kind_of(case.given[_other(case, k) or 0][k])}, and "
        f"{kind_of(case.right[0][k]) if np.ndim(case.right[0][k]) else 'a number'} is wanted."
        for k in odd
    )
    return Finding("form", "Numbers are wanted here.", details, results=tuple(case.names[k] for k in odd))


def _other(case: Case, k: int) -> int | None:
    """The first problem in which result ``k`` is no number or array."""
    return next((n for n in range(len(case.given)) if not is_numeric(case.given[n][k])), None)


def not_a_dictionary(case: Case) -> Finding | None:
    """Something else where a dictionary is wanted, in all results that are wrong."""
    if not case.wrong or not all(
        isinstance(case.right[0][k], dict) and not isinstance(case.given[0][k], dict) for k in case.wrong
    ):
        return None
    names, several = [case.names[k] for k in case.wrong], len(case.names) > 1
    details = tuple(
        f"{f'`{case.names[k]}`' if several else 'What came back'} is {kind_of(case.given[0][k])}." for k in case.wrong
    )
    return Finding("form", "A dictionary is wanted here.", details, results=tuple(names))


def keyed(case: Case) -> Finding | None:
    """A dictionary where an object with fields is wanted."""
    if not case.exercise.fields or not any(a.keyed for a in case.answers):
        return None
    detail = (
        "What comes back is a dictionary, and the cells below write `step.c`. `SimpleNamespace(**yours)` makes fields of its keys; "
        "a named tuple or a dataclass is as good."
    )
    return Finding("form", "An object with fields is wanted here.", (detail,), "wrong")


def changed(case: Case) -> Finding | None:
    """The code wrote into an argument, and its values are not right either; by a named mistake, if one gives them."""
    names = sorted({n for a in case.answers for n in a.changed})
    if not names or not case.wrong:
        return None
    if (known := named.whole(case)) is not None:
        return replace(known, details=(*known.details, wrote_into(names)))
    places = tuple(Place("argument changed", step=n) for n in names)
    return Finding("form", "An argument was changed in place.", (wrote_into(names),), places=places)


def wrote_into(names: list[str]) -> str:
    """What to say when arguments of these names were changed."""
    return (
        f"Your code wrote into {listed(names)}, which belongs to the caller. Does `+=` or `[...] =` work on it? Start from "
        "a copy."
    )


def same_for_all(case: Case) -> Finding | None:
    """One answer to all questions: zero, empty, or some other constant."""
    given, right = case.given, case.right
    if case.exercise.kind == "value" or len(given) < 2 or not case.wrong:
        return None
    if len(case.wrong) < len(case.names) or any(not _constant(given, k) for k in case.wrong):
        return None
    if all(identical(right[0], r) for r in right[1:]):
        return None
    value = given[0][0] if len(given[0]) == 1 else tuple(given[0])
    if _empty(value):
        return Finding("form", "It comes back empty.", ("Nothing was put into what you return.",), "wrong")
    if all(_zero(v) for row in given for v in row):
        details = (
            "Every number in it is zero. Is what you compute ever put into what you return, or is a factor zero?",
        )
        return Finding("form", "It is always zero.", details, "wrong", places=(Place("zero"),))
    if any(misshapen(case.given[0][k], case.right[0][k]) for k in case.wrong):
        return None
    if case.exercise.kind == "expression":
        symbols = listed(list(case.problems[0]))
        details = (f"It is the same number wherever it is looked at; the answer depends on {symbols}.",)
        return Finding("form", "It is a number, not an expression.", details, "wrong", places=(Place("constant"),))
    details = (
        "It gave the same answer to different questions. Does it use a variable of the notebook, or a number written out, "
        "where it should use its arguments?",
    )
    return Finding(
        "form", "The answer does not depend on what is asked.", details, "wrong", places=(Place("constant"),)
    )


def _constant(given: list, k: int) -> bool:
    return all(_zero(g[k]) for g in given) or all(identical(given[0][k], g[k]) for g in given[1:])


def _zero(value: object) -> bool:
    numbers = as_array(value)
    return numbers is not None and numbers.size > 0 and not np.any(numbers)


def _empty(value: object) -> bool:
    return (
        isinstance(value, list | tuple | dict | np.ndarray)
        and len(np.atleast_1d(value) if isinstance(value, np.ndarray) else value) == 0
    )


def unsteady(case: Case) -> Finding | None:
    """Two calls with the same arguments, two answers."""
    if not any(a.unsteady for a in case.answers):
        return None
    details = [
        "Called twice with the same arguments, it gave two answers. Does it keep something between calls (a global, a "
        "default `[]`), read memory that was never filled (`np.empty`), or draw random numbers?"
    ]
    return Finding("form", "The second call gave another answer.", tuple(details), "wrong", places=(Place("unsteady"),))


def not_finite(case: Case) -> Finding | None:
    """Infinite or undefined numbers where finite ones are right, in all results that are wrong."""
    if not case.wrong or not all(any(_wild(case, n, k) for n in range(len(case.given))) for k in case.wrong):
        return None
    return Finding("form", "Not every number is finite.", results=tuple(case.names[k] for k in case.wrong))


def _wild(case: Case, n: int, k: int) -> bool:
    given, right = case.given[n][k], case.right[n][k]
    numbers = as_array(given)
    return (
        is_array(right)
        and bool(np.all(np.isfinite(right)))
        and numbers is not None
        and not np.all(np.isfinite(numbers))
    )


BEFORE = (raised, kind, keyed, count, few)
BESIDE = (not_numbers, not_a_dictionary, unsteady, changed)
"""``same_for_all`` and ``not_finite`` speak after the named mistakes, which may say why."""
