"""What an exercise is: problems to ask, a reference that answers them, mistakes that have names, and hints."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

Problem = dict[str, Any]
Kind = Literal["function", "value", "expression"]

VISIBLE, HIDDEN = 0, 1_000_003
"""Seeds of the problems that a learner's own check asks, and of those that stock nbgrader asks."""


@dataclass(frozen=True)
class Mistake:
    """An edit of a function that reproduces a wrong answer, and what a tutor would say about it.

    Attributes
    ----------
    name : a few words for a table, such as ``"second road missing"``.
    before, after : the edit, in whole lines. ``before`` occurs exactly once in the source of the edited function.
    seen : what is seen in such an answer; true also when another mistake stands beside it.
    look : why it is not enough, and where to look. Never the answer.
    of : the function whose source is edited; the exercise's reference when None.
    """

    name: str
    before: str
    after: str
    seen: str
    look: str = ""
    of: Callable | None = None

    @property
    def says(self) -> str:
        """All its words."""
        return f"{self.seen} {self.look}".strip()


@dataclass(frozen=True)
class Recording:
    """Values on the way to the results of one problem: those of the reference's steps, and those of parts of these."""

    steps: Sequence[np.ndarray] = ()
    parts: Sequence[np.ndarray] = ()


@dataclass(frozen=True)
class Own:
    """The learner's own forward pass, with which a gradient can be compared when no named mistake explains it.

    Attributes
    ----------
    function : its name in the notebook.
    loss : ``loss(function, problem) -> number``, the loss whose gradient the exercise asks for, by that function.
    wrt : result of the exercise -> the argument of which it is the gradient, such as ``{"dW": "W"}``.
    """

    function: str
    loss: Callable[[Callable, Problem], float]
    wrt: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Exercise:
    """One checked exercise.

    Attributes
    ----------
    name : the one name of the exercise in text, checks, grade ids and progress; unique in the course.
    problem : ``problem(rng, **options) -> dict``, the named arguments of one problem, drawn from a NumPy Generator.
    reference : ``reference(**problem)``, the right answer; its source is what mistakes edit. For an expression,
        the problem gives a number (or array) to each symbol.
    kind : a ``"function"`` is called on problems; a ``"value"`` was computed from ``given(name)``;
        an ``"expression"`` is SymPy, evaluated at the problem's points.
    outputs : names of the results, when there are several; each earns an equal share of the points.
    probes : words for a special case -> options of ``problem`` that make it, the easiest first; used to say where a
        wrong answer fails.
    own : the learner's own forward pass, for an exercise that asks for a gradient of it.
    float32 : answers in single precision are right, too (compared at 1e-5).
    alone : why the reference is not one of ``lstm_ref``; empty where it is.
    fields : the results are the fields of an object, ``step.c``: a dictionary, ``step["c"]``, is not what later cells can use.
    fixed : why a result is the same for every draw, where it is: whoever knows it has answered, so it earns no points.
    """

    name: str
    problem: Callable[..., Problem]
    reference: Callable
    points: int = 1
    kind: Kind = "function"
    outputs: tuple[str, ...] = ()
    mistakes: Sequence[Mistake] = field(default=(), compare=False)
    hints: tuple[str, ...] = ()
    probes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, hash=False)
    draws: int = 3
    rtol: float = 1e-9
    float32: bool = True
    own: Own | None = None
    fields: bool = False
    alone: str = ""
    fixed: str = ""

    def problems(self, seed: int = VISIBLE) -> list[Problem]:
        """The problems that ``seed`` stands for: some random draws, then one for each probe."""
        rng = np.random.default_rng([seed, *self.name.encode()])
        draws = 1 if self.kind == "value" else self.draws
        with np.errstate(all="ignore"):
            return [self.problem(rng) for _ in range(draws)] + [self.problem(rng, **o) for o in self._probes().values()]

    def probe_names(self) -> list[str]:
        """What each problem after the random draws is a special case of, in order."""
        return list(self._probes())

    @property
    def readable(self) -> bool:
        """Whether the reference is code that can be read, edited, and run on other problems."""
        return True

    def by_mistake(self, edits: tuple[Mistake, ...], n: int) -> list[Any] | None:
        """The results that were recorded of problem number ``n`` with these mistakes in the reference; None where there are none,
        and where the reference itself can be run.
        """
        return None

    def recorded(self, n: int) -> Recording | None:
        """What was recorded of the way to the results of problem number ``n``; None where the reference itself can be run."""
        return None

    def _probes(self) -> Mapping[str, Mapping[str, Any]]:
        return {} if self.kind == "value" else self.probes


@dataclass(frozen=True)
class Written:
    """A question answered in words: marked by hand in class, compared with ``model`` in self-study.

    Attributes
    ----------
    guide : what a full answer says, a point each.
    """

    name: str
    model: str
    guide: tuple[str, ...]
    points: int = 2

    @property
    def hints(self) -> tuple[str, ...]:
        asks = "A full answer says:\n" + "\n".join(f"- {line}" for line in self.guide)
        return (asks, f"One way to say it: {self.model}")
