"""Calls of earlier exercises' functions: what they were given and what they gave back, while an answer is computed."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograde.asking.plain import Raised, plain, raised

MANY = 100
"""Calls that are kept for one problem."""
ENTRIES = 200_000
"""Numbers that the kept calls may hold together."""


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


class _Record:
    """Calls in the order in which they came back, as long as there is room."""

    def __init__(self) -> None:
        self.calls: list[Called] = []
        self.entries = 0

    def watched(self, name: str, piece: Callable) -> Callable:
        @functools.wraps(piece, updated=())
        def call(*arguments: Any, **named: Any) -> Any:
            if len(self.calls) >= MANY or self.entries >= ENTRIES or named:
                return piece(*arguments, **named)
            before = tuple(map(plain, arguments))
            try:
                result = piece(*arguments)
            except Exception as error:
                self.calls.append(Called(name, before, None, raised(error, __file__)))
                raise
            self.calls.append(Called(name, before, plain(result)))
            self.entries += _size(before) + _size(self.calls[-1].result)
            return result

        return call


@contextlib.contextmanager
def recorded(function: Any, pieces: Collection[str]) -> Iterator[list[Called]]:
    """While this lasts, calls of the functions called ``pieces`` in the notebook of ``function`` are noted in the list."""
    record = _Record()
    space = getattr(function, "__globals__", {})
    before = {n: space[n] for n in pieces if callable(space.get(n)) and space[n] is not function}
    put = {name: record.watched(name, piece) for name, piece in before.items()}
    space.update(put)
    try:
        yield record.calls
    finally:
        for name, piece in before.items():
            if space.get(name) is put[name]:
                space[name] = piece


def _size(value: Any) -> int:
    if isinstance(value, np.ndarray):
        return value.size
    if isinstance(value, dict):
        return sum(map(_size, value.values()))
    return sum(map(_size, value)) if isinstance(value, tuple | list) else 1
