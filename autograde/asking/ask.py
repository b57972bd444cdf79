"""Ask: run a learner's answer on problems and bring back values. This half knows no right answer.

It runs where the learner's code runs: in the notebook's kernel, or in the sandbox when a class is graded. So it
imports nothing of the reference or of the course.
"""

from __future__ import annotations

import contextlib
import copy
import io
import types
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from autograde.asking.calls import Called, recorded
from autograde.asking.limits import TooLong, time_limit
from autograde.asking.plain import Opaque, Raised, identical, near, plain, raised
from autograde.asking.trace import Recorder, Seen, follow
from autograde.asking.written import written

LIMIT = 10.0
"""Seconds that one call may take."""
GENERAL = 3
"""How many problems, from the first, are no special cases; the smallest of them shows the way."""
PRINTED = 2000
"""Characters of a call's printing that are kept."""


class Unanswerable(ValueError):
    """An expression that has no value at the points of a problem."""


@dataclass(frozen=True)
class Answer:
    """What came back for one problem.

    Attributes
    ----------
    value : arrays, numbers, text, or tuples, lists and dicts of those; ``Opaque`` for anything else.
    raised : set when no value came back.
    changed : names of the arguments that the call changed in place.
    aliases : names of the arguments whose memory the result shares.
    unsteady : a second call with the same arguments gave another value.
    calls : what earlier exercises' functions were given and gave back on the way, bounded.
    way : the values that the learner's own lines gave, in order, bounded; of one problem only.
    written : a SymPy expression as nested tuples, of the first problem only; see ``written``.
    keyed : a dictionary came back, or several: their values have keys, and no fields.
    """

    value: Any = None
    raised: Raised | None = None
    changed: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    unsteady: bool = False
    printed: str = ""
    calls: tuple[Called, ...] = ()
    way: tuple[Seen, ...] = ()
    written: Any = None
    keyed: bool = False


def ask(
    kind: str,
    outputs: Sequence[str],
    offered: Any,
    problems: Sequence[Mapping[str, Any]],
    limit: float | None = None,
    pieces: Collection[str] = (),
) -> list[Answer]:
    """The learner's answers, one for each problem (a single one for a value).

    Parameters
    ----------
    kind : ``"function"``, ``"value"`` or ``"expression"``.
    outputs : names of the results, when the answer has several.
    offered : what was handed to ``check``.
    problems : each a mapping from argument names to plain data; never changed.
    limit : seconds for one call; ``LIMIT`` when left out.
    pieces : names of other exercises; calls of the learner's functions of these names are recorded.
    """
    limit = LIMIT if limit is None else limit
    if kind == "value" or offered is None or offered is Ellipsis:
        return [Answer(plain(offered, outputs))]
    if kind == "expression":
        values = [_guarded(partial(evaluate, offered, p), limit) for p in problems]
        return [replace(values[0], written=written(offered)), *values[1:]]
    if not callable(offered):
        return [Answer(plain(offered, ()))]
    answers = []
    for number, problem in enumerate(problems):
        with recorded(offered, pieces) as calls:
            answer = _call(offered, outputs, problem, limit)
        answer = replace(answer, calls=tuple(calls))
        if number == 0 and answer.raised is None:
            again = _call(offered, outputs, problem, limit)
            unsteady = again.raised is None and not identical(answer.value, again.value)
            answer = replace(answer, unsteady=unsteady)
        answers.append(answer)
        if answer.raised is not None:
            return answers
    small = smallest(problems)
    answers[small] = replace(answers[small], way=_way(offered, problems[small], limit, pieces))
    return answers


def smallest(problems: Sequence[Mapping[str, Any]]) -> int:
    """The number of the problem that shows the way."""
    return min(range(len(problems[:GENERAL])), key=lambda n: _entries(problems[n]))


def _entries(problem: Mapping[str, Any]) -> int:
    return sum(array.size for array in _arrays(dict(problem)))


def _way(function: Callable, problem: Mapping[str, Any], limit: float, pieces: Collection[str]) -> tuple[Seen, ...]:
    recorder = Recorder()
    arguments = copy.deepcopy(dict(problem))
    _guarded(lambda: follow(function, arguments, recorder, pieces), limit)
    return tuple(recorder.seen)


def evaluate(expression: Any, point: Mapping[str, Any]) -> Any:
    """The number that a SymPy expression has at ``point``, a mapping from symbol names to numbers."""
    import sympy

    if isinstance(expression, sympy.Poly):
        expression = expression.as_expr()
    if not isinstance(expression, sympy.Expr | int | float):
        return Opaque(type(expression).__name__)
    expression = sympy.sympify(expression)
    unknown = sorted(str(s) for s in expression.free_symbols if str(s) not in point)
    if unknown:
        known = " and ".join(f"`{name}`" for name in point)
        raise Unanswerable(
            f"Your expression holds `{unknown[0]}`. Only {known} belong{'s' if len(point) == 1 else ''} here."
        )
    leftover = sorted(expression.atoms(sympy.core.function.AppliedUndef, sympy.Derivative, sympy.Integral), key=str)
    if leftover:
        raise Unanswerable(f"Your expression still holds `{leftover[0]}`: write it out.")
    order = sorted(expression.free_symbols, key=str)
    value = sympy.lambdify(order, expression, "numpy")(*(point[str(s)] for s in order))
    return np.asarray(value)


def _arrays(value: Any) -> Iterator[np.ndarray]:
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _arrays(item)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _arrays(item)
    elif isinstance(value, types.SimpleNamespace):
        yield from _arrays(vars(value))


def _call(function: Callable, outputs: Sequence[str], problem: Mapping[str, Any], limit: float) -> Answer:
    arguments = copy.deepcopy(dict(problem))
    returned: list[Any] = []

    def run() -> Any:
        returned.append(function(*arguments.values()))
        return plain(returned[0], outputs)

    answer = _guarded(run, limit)
    if answer.raised is not None:
        return answer
    changed = tuple(n for n in problem if not near(plain(problem[n]), plain(arguments[n])))
    result = list(_arrays(returned[0]))
    aliases = tuple(n for n in problem if any(np.may_share_memory(r, a) for a in _arrays(arguments[n]) for r in result))
    items = returned[0] if isinstance(returned[0], tuple | list) else returned
    return replace(answer, changed=changed, aliases=aliases, keyed=any(map(_keyed, items)))


def _keyed(value: Any) -> bool:
    return isinstance(value, Mapping) and not all(hasattr(value, str(name)) for name in value)


class _Bounded(io.StringIO):
    def write(self, text: str) -> int:
        super().write(text[: max(0, PRINTED - self.tell())])
        return len(text)


def _guarded(run: Callable[[], Any], limit: float) -> Answer:
    out = _Bounded()
    try:
        with (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(out),
            np.errstate(all="ignore"),
            time_limit(limit),
        ):
            value = run()
    except KeyboardInterrupt:
        raise
    except TooLong as error:
        why = f"no answer after {limit:g} seconds, so the call was stopped"
        return Answer(raised=replace(raised(error, __file__), message=why), printed=out.getvalue())
    except BaseException as error:
        return Answer(raised=raised(error, __file__), printed=out.getvalue())
    return Answer(value, printed=out.getvalue())
