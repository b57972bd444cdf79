"""Plain data: what a learner's values become before they leave the learner's code."""

from __future__ import annotations

import contextlib
import dataclasses
import linecache
import numbers
import traceback
import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograde.asking.given import Given


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
        return np.array(value) if value.dtype != object else _from_objects(np.asarray(value))
    if isinstance(value, numbers.Real):
        return float(value)
    if depth > 20:
        return Opaque(type(value).__name__)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return {n: plain(v, (), depth + 1) for n, v in zip(value._fields, value, strict=True)}
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
    if isinstance(value, types.SimpleNamespace) or _is_record(value):
        return plain(vars(value), (), depth + 1)
    return Opaque(type(value).__name__)


def identical(a: Any, b: Any) -> bool:
    """Whether two plain values are the same, bit for bit (NaN equals NaN)."""
    if isinstance(a, tuple | list | dict) != isinstance(b, tuple | list | dict):
        return False
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        a, b = np.asarray(a), np.asarray(b)
        return a.shape == b.shape and a.dtype == b.dtype and bool(np.array_equal(a, b, equal_nan=a.dtype.kind in "fc"))
    if isinstance(a, tuple | list) and isinstance(b, tuple | list):
        return len(a) == len(b) and all(map(identical, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(identical(a[k], b[k]) for k in a)
    return bool(a == b) or (a != a and b != b)


def near(a: Any, b: Any) -> bool:
    """Whether two plain values are the same up to rounding."""
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray) and a.dtype.kind in "fc" and a.shape == b.shape:
        return bool(np.allclose(a, b, rtol=1e-12, atol=1e-15, equal_nan=True))
    if isinstance(a, tuple | list) and isinstance(b, tuple | list):
        return len(a) == len(b) and all(map(near, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(near(a[k], b[k]) for k in a)
    return identical(a, b)


def _pick(value: Any, outputs: Sequence[str]) -> list[Any] | None:
    if isinstance(value, Mapping):
        return [value[n] for n in outputs] if all(n in value for n in outputs) else None
    if isinstance(value, tuple | list | np.ndarray) and not hasattr(value, "_fields"):
        return None
    return [getattr(value, n) for n in outputs] if all(hasattr(value, n) for n in outputs) else None


def _is_record(value: Any) -> bool:
    """Whether a value is an object of a learner's own class, such as a dataclass that holds a step's values."""
    own = dataclasses.is_dataclass(value) or type(value).__module__ == "__main__"
    return own and not isinstance(value, type) and not callable(value) and bool(getattr(value, "__dict__", None))


def _from_objects(value: np.ndarray) -> Any:
    with contextlib.suppress(TypeError, ValueError):
        return np.asarray(value.tolist(), dtype=float)
    return Opaque("array of objects")


def raised(error: BaseException, inner: str = "") -> Raised:
    """An error as plain data, with the learner's line it came from.

    inner : a file whose lines are not the learner's.
    """
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [f for f in frames if is_cell(f.filename)] or [f for f in frames if f.filename not in (__file__, inner)][
        :1
    ]
    try:
        message = str(error)
    except Exception:
        message = "(its message could not be read)"
    if not theirs:
        return Raised(type(error).__name__, message)
    frame = theirs[-1]
    text = linecache.getline(frame.filename, frame.lineno or 0).strip()
    return Raised(type(error).__name__, message, frame.lineno or 0, text, frame.name)


def is_cell(filename: str) -> bool:
    """Whether code of this file name was typed into a notebook; Colab calls its cells ``/tmp/ipython-input-...``."""
    return any(mark in filename for mark in ("ipykernel_", "ipython-input-")) or filename.startswith(
        ("<cell", "<string")
    )
