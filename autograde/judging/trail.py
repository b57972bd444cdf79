"""The learner's values and the reference's, side by side: which steps of the reference the learner has got right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from autograde.asking.ask import Seen, identical, plain
from autograde.judging import reference
from autograde.judging.case import Case, worked
from autograde.judging.compare import as_array
from autograde.judging.exercise import Recording
from autograde.judging.recording import Step, Value, part_of
from autograde.judging.reference import Edit, Reference, Run
from autograde.judging.values import ROWS, Index, arrays, close, telling, views

SECONDS = 0.2
"""How long a way is followed."""
NOISE = 0.1
"""How much a step is moved to see what depends on it, relative to its largest entry."""
NEAR = 1e-9
"""How near two numbers are that are the same, relative to their size."""
FINELY = 3000
"""How many values of steps and parts of steps are looked at, to recognise what is right."""
TRIED = 25
"""How many steps that the learner does not have are looked at before giving up."""


@dataclass(frozen=True)
class Known:
    """What does not change while a way is followed: the problem's values and the learner's, to look others up in."""

    case: Case
    n: int
    seen: tuple[Seen, ...]
    end: float = field(default_factory=lambda: worked() + SECONDS)

    @cached_property
    def reference(self) -> Reference:
        return reference.of(self.case.exercise)

    @cached_property
    def learners(self) -> Index[int]:
        """The learner's values, by their numbers in ``seen``."""
        return Index((m, s.value) for m, s in enumerate(self.seen) if not np.iscomplexobj(s.value))

    @cached_property
    def named(self) -> Index[int]:
        """Those that a variable took."""
        return Index((m, s.value) for m, s in enumerate(self.seen) if s.name and not np.iscomplexobj(s.value))

    @cached_property
    def right(self) -> Index[None]:
        """All values of the reference's own run, its results, and what the problem gives."""
        run = self.run()
        found = [v.value for v in run.values] if run is not None else []
        results = [a for r in self.case.right[self.n] if (a := as_array(r)) is not None and a.dtype.kind == "f"]
        return Index((None, value) for value in [*found, *results, *arrays(self.problem)])

    @cached_property
    def problem(self) -> Mapping[str, Any]:
        return self.case.problems[self.n]

    @cached_property
    def _given(self) -> Index[None]:
        return Index((None, value) for value in arrays(self.problem))

    def given_names(self, value: np.ndarray) -> set[str]:
        """The names of the arguments and their fields that hold this value."""
        fields = {
            **self.problem,
            **{k: v for a in self.problem.values() if hasattr(a, "__dict__") for k, v in vars(a).items()},
        }
        return {name for name, a in fields.items() if isinstance(a, np.ndarray) and close(a, value)}

    @cached_property
    def _numbers(self) -> frozenset[float]:
        return frozenset({0.0}.union(*(np.ravel(a).tolist() for a in arrays(self.problem))))

    def speaks(self, value: np.ndarray) -> bool:
        """Whether a value tells something: it can be recognised, and is not made of the problem's own numbers alone."""
        return telling(value) and value not in self._given and not self._numbers.issuperset(value.ravel().tolist())

    def agreeing(self, results: Sequence[Any]) -> list[bool]:
        """Which results are those that came back."""
        return [self.case.agrees(self.n, k, value) for k, value in enumerate(results)]

    def is_new(self, value: np.ndarray, before: np.ndarray) -> bool:
        """Whether the learner has this value, which is no right one; of an array, all rows that differ from ``before``."""
        if value in self.learners:
            return value not in self.right
        for axis in (0, 1):
            if value.ndim >= axis + 2 and value.shape == before.shape and value.shape[axis] <= ROWS:
                rows = zip(np.moveaxis(value, axis, 0), np.moveaxis(before, axis, 0), strict=True)
                changed = [row for row, old in rows if not np.array_equal(row, old)]
                if changed and all(telling(r) and r not in self.right and r in self.learners for r in changed):
                    return True
        return False

    def run(
        self, edits: tuple[Edit, ...] = (), put: Mapping[tuple[Step, int], Any] | None = None, limit: int = 4000
    ) -> Run | None:
        """The reference's run on the problem."""
        return self.reference.run(self.case.problems[self.n], edits, put, limit)

    @property
    def over(self) -> bool:
        """Whether the time is used up."""
        return worked() > self.end or self.case.over


@dataclass(frozen=True)
class Suspect:
    """The first step that the learner has nowhere right, although nothing that follows from it is right either.

    Attributes
    ----------
    number : of its value in the run.
    after : the numbers of the values that depend on it.
    """

    number: int
    value: Value
    after: tuple[int, ...]


@dataclass(frozen=True)
class Trail:
    """How far the way has been followed: the edits found, the learner's values put in place, and the run with these."""

    known: Known
    edits: tuple[Edit, ...] = ()
    put: Mapping[tuple[Step, int], Any] = field(default_factory=dict)

    @cached_property
    def run(self) -> Run | None:
        run = self.known.run(self.edits, self.put)
        complete = run is not None and run.results is not None and len(run.results) == len(self.known.case.names)
        return run if complete else None

    @cached_property
    def values(self) -> list[Value]:
        return self.run.values if self.run is not None else []

    @cached_property
    def agreeing(self) -> list[bool]:
        """Which results are those that came back, given all that was found."""
        return self.known.agreeing(self.run.results) if self.run is not None and self.run.results is not None else []

    @cached_property
    def recognised(self) -> Index[None]:
        """What there may be of values, given all that was found: steps, their parts, and what the problem gives."""
        plain = ((None, w) for v in self._plain for w in views(v))
        return Index([*((None, v) for v in self._fine), *plain], parts=False)

    def made_of_known(self, value: np.ndarray) -> bool:
        """Whether all numbers of a value are numbers of what is recognised, however they are arranged."""
        known, wanted = self._numbers, np.ravel(value)
        place = np.clip(np.searchsorted(known, wanted), 1, max(1, len(known) - 1)) if len(known) > 1 else None
        if place is None or np.iscomplexobj(wanted):
            return False
        gap = np.minimum(np.abs(known[place] - wanted), np.abs(known[place - 1] - wanted))
        return bool(np.all(gap <= NEAR * np.abs(wanted)))

    @cached_property
    def _numbers(self) -> np.ndarray:
        found = [np.zeros(1), *(np.ravel(v) for v in (*self._fine, *self._plain) if not np.iscomplexobj(v))]
        return np.unique(np.concatenate(found))

    @property
    def _fine(self) -> Sequence[np.ndarray]:
        if self._recorded is not None:
            return self._recorded.parts
        known = self.known
        run = known.reference.run(known.case.problems[known.n], self.edits, self.put, FINELY, finely=True)
        wrong = {part_of(step) for edit in self.edits for step in edit.steps}
        return [v.value for v in run.values if v.step not in wrong] if run is not None else []

    @property
    def _recorded(self) -> Recording | None:
        return self.known.case.exercise.recorded(self.known.n)

    @cached_property
    def expected(self) -> Index[None]:
        """The values of steps themselves, given all that was found, and what the problem gives."""
        return Index((None, value) for value in self._plain)

    @property
    def _plain(self) -> list[np.ndarray]:
        steps = [v.value for v in self.values] if self._recorded is None else self._recorded.steps
        return [*steps, *arrays(self.known.problem)]

    @cached_property
    def speaking(self) -> list[bool]:
        """Which values tell something."""
        return [self.known.speaks(v.value) for v in self.values]

    @cached_property
    def found(self) -> list[bool]:
        """Which values the learner has; one that tells nothing counts as had."""
        return [
            not speaks or self.known.learners.holds(v.value)
            for v, speaks in zip(self.values, self.speaking, strict=True)
        ]

    @cached_property
    def suspect(self) -> Suspect | None:
        """The first step that is wrong; None when every value that matters is there, or the time is over."""
        tried = 0
        for i, value in enumerate(self.values):
            if self.found[i]:
                continue
            tried += 1
            if tried > TRIED or self.known.over:
                return None
            after = self._after(i, value)
            if after:
                return Suspect(i, value, after)
        return None

    def _after(self, i: int, value: Value) -> tuple[int, ...]:
        """What depends on a value that may be wrong; nothing when it is right after all, or does not matter."""
        moved = self._moved(i, value)
        if moved is None or moved.results is None or self.run is None or len(moved.values) != len(self.values):
            return ()
        changed = tuple(
            j
            for j in range(i + 1, len(self.values))
            if self.values[j].value.shape != moved.values[j].value.shape
            or not np.array_equal(self.values[j].value, moved.values[j].value)
        )
        results = [k for k, v in enumerate(moved.results) if not identical(plain(v), plain(self.run.results[k]))]  # type: ignore[index]
        if any(self.found[j] and self.speaking[j] for j in changed) or any(self.agreeing[k] for k in results):
            return ()
        return changed or ((i,) if results else ())

    def _moved(self, i: int, value: Value) -> Run | None:
        size = NOISE * (float(np.max(np.abs(value.value))) or 1.0)
        noise = size * np.random.default_rng(i).normal(size=value.value.shape)
        return self.with_value(value, value.value + noise).run

    def with_value(self, value: Value, new: np.ndarray) -> Trail:
        """The way with another value in place of one of a step's."""
        return replace(self, put={**self.put, (value.step, value.turn): new.reshape(value.value.shape)})

    def with_edits(self, *edits: Edit) -> Trail:
        """The way with more edits."""
        return replace(self, edits=(*self.edits, *edits))
