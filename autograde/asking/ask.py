"""Ask: run a learner's answer on problems and bring back values. This half knows no right answer.

It runs where the learner's code runs: in the notebook's kernel, or in the sandbox when a class is graded. So it
imports nothing of the reference or of the course.
"""

from __future__ import annotations

import contextlib
import copy
import io
import linecache
import numbers
import signal
import threading
import traceback
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograde.asking.given import Given

LIMIT = 10.0
"""Seconds that one call may take."""
PRINTED = 2000
"""Characters of a call's printing that are kept."""


class TooLong(BaseException):
    """Raised inside a learner's code when its time is over. Not an Exception, so that ``except Exception`` lets it by."""


class Unanswerable(ValueError):
    """An expression that has no value at the points of a problem."""


@dataclass(frozen=True)
class Opaque:
    """A value that is no number, text or container of those, known by the name of its type."""

    type: str

    def __repr__(self) -> str:
        return f"<{self.type}>"


@dataclass(frozen=True)
class Raised:
    """What a learner's code raised, and where in that code: the line and the function that it stands in."""

    type: str
    message: str
    line: int = 0
    text: str = ""
    function: str = ""


@dataclass(frozen=True)
class Called:
    """One call of an earlier exercise's function while an answer was computed, as plain data.

    Attributes
    ----------
    arguments : as they were before the call.
    raised : set when the call gave nothing back.
    """

    name: str
    arguments: tuple[Any, ...] = ()
    result: Any = None
    raised: Raised | None = None


@dataclass(frozen=True)
class Seen:
    """One value that a line of the learner's own gave on the way to the answer.

    Attributes
    ----------
    function : name of the function that the line stands in.
    line, text : its number in the cell, and the expression or statement.
    name : the variable that took the value; empty for a part of an expression.
    value : an array or a number, copied.
    """

    function: str
    line: int
    text: str
    name: str
    value: Any


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
    """

    value: Any = None
    raised: Raised | None = None
    changed: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    unsteady: bool = False
    printed: str = ""
    calls: tuple[Called, ...] = ()
    way: tuple[Seen, ...] = ()


def ask(
    kind: str, outputs: Sequence[str], offered: Any, problems: Sequence[Mapping[str, Any]], limit: float | None = None
) -> list[Answer]:
    """The learner's answers, one for each problem (a single one for a value).

    Parameters
    ----------
    kind : ``"function"``, ``"value"`` or ``"expression"``.
    outputs : names of the results, when the answer has several.
    offered : what was handed to ``check``.
    problems : each a mapping from argument names to plain data; never changed.
    limit : seconds for one call; ``LIMIT`` when left out.
    """
    limit = LIMIT if limit is None else limit
    if kind == "value" or offered is None or offered is Ellipsis:
        return [Answer(plain(offered, outputs))]
    if kind == "expression":
        return [_guarded(lambda p=p: evaluate(offered, p), limit) for p in problems]
    if not callable(offered):
        return [Answer(plain(offered, ()))]
    answers = []
    for number, problem in enumerate(problems):
        answer = _call(offered, outputs, problem, limit)
        if number == 0 and answer.raised is None:
            again = _call(offered, outputs, problem, limit)
            unsteady = again.raised is None and not identical(answer.value, again.value)
            answer = Answer(answer.value, None, answer.changed, answer.aliases, unsteady, answer.printed)
        answers.append(answer)
        if answer.raised is not None:
            break
    return answers


def evaluate(expression: Any, point: Mapping[str, Any]) -> Any:
    """The number that a SymPy expression has at ``point``, a mapping from symbol names to numbers."""
    import sympy

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


def plain(value: Any, outputs: Sequence[str] = (), depth: int = 0) -> Any:
    """``value`` as plain data: arrays copied, containers rebuilt, the rest ``Opaque``.

    With ``outputs``, a mapping or an object that has those names becomes a tuple in their order.
    """
    if outputs:
        picked = _pick(value, outputs)
        if picked is not None:
            return tuple(plain(v, (), 1) for v in picked)
    if value is None or value is Ellipsis or isinstance(value, bool | int | float | complex | str):
        return value
    if type(value) is np.ndarray or isinstance(value, np.generic):
        return np.array(value) if value.dtype != object else _from_objects(value)
    if isinstance(value, numbers.Real):
        return float(value)
    if depth > 20:
        return Opaque(type(value).__name__)
    if isinstance(value, tuple | list):
        items = [plain(v, (), depth + 1) for v in value]
        return tuple(items) if isinstance(value, tuple) else items
    if isinstance(value, set | frozenset):
        return sorted((plain(v, (), depth + 1) for v in value), key=repr)
    if isinstance(value, dict):
        return {
            str(k) if not isinstance(k, str | int | tuple) else k: plain(v, (), depth + 1) for k, v in value.items()
        }
    if isinstance(value, Given):
        return ("given", value.name, *value.parameters)
    if isinstance(value, types.SimpleNamespace):
        return plain(vars(value), (), depth + 1)
    return Opaque(type(value).__name__)


def identical(a: Any, b: Any) -> bool:
    """Whether two plain values are the same, bit for bit (NaN equals NaN)."""
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        a, b = np.asarray(a), np.asarray(b)
        return a.shape == b.shape and a.dtype == b.dtype and bool(np.array_equal(a, b, equal_nan=a.dtype.kind in "fc"))
    if isinstance(a, tuple | list) and isinstance(b, tuple | list):
        return len(a) == len(b) and all(map(identical, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(identical(a[k], b[k]) for k in a)
    return bool(a == b) or (a != a and b != b)


def _pick(value: Any, outputs: Sequence[str]) -> list[Any] | None:
    if isinstance(value, Mapping):
        return [value[n] for n in outputs] if all(n in value for n in outputs) else None
    if isinstance(value, tuple | list | np.ndarray):
        return None
    return [getattr(value, n) for n in outputs] if all(hasattr(value, n) for n in outputs) else None


def _from_objects(value: np.ndarray) -> Any:
    with contextlib.suppress(TypeError, ValueError):
        return np.asarray(value.tolist(), dtype=float)
    return Opaque("array of objects")


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
    changed = tuple(n for n in problem if not identical(plain(problem[n]), plain(arguments[n])))
    result = list(_arrays(returned[0]))
    aliases = tuple(n for n in problem if any(np.may_share_memory(r, a) for a in _arrays(arguments[n]) for r in result))
    return Answer(answer.value, None, changed, aliases, False, answer.printed)


class _Bounded(io.StringIO):
    def write(self, text: str) -> int:
        super().write(text[: max(0, PRINTED - self.tell())])
        return len(text)


def _guarded(run: Callable[[], Any], limit: float) -> Answer:
    out = _Bounded()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out), np.errstate(all="ignore"), _timed(limit):
            value = run()
    except KeyboardInterrupt:
        raise
    except TooLong as error:
        why = f"no answer after {limit:g} seconds, so the call was stopped"
        return Answer(raised=replace(_raised(error), message=why), printed=out.getvalue())
    except BaseException as error:
        return Answer(raised=_raised(error), printed=out.getvalue())
    return Answer(value, printed=out.getvalue())


@contextlib.contextmanager
def _timed(limit: float) -> Iterator[None]:
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def over(_signal: int, _frame: Any) -> None:
        raise TooLong

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, limit)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _raised(error: BaseException) -> Raised:
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [f for f in frames if _is_cell(f.filename)] or [f for f in frames if f.filename != __file__][:1]
    try:
        message = str(error)
    except Exception:
        message = "(its message could not be read)"
    if not theirs:
        return Raised(type(error).__name__, message)
    frame = theirs[-1]
    text = linecache.getline(frame.filename, frame.lineno or 0).strip()
    return Raised(type(error).__name__, message, frame.lineno or 0, text, frame.name)


def _is_cell(filename: str) -> bool:
    return "ipykernel_" in filename or filename.startswith(("<ipython", "<cell", "<string"))
