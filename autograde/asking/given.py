"""Functions that a problem can hand to a learner's code, known by name so that they can travel as plain data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


def _in_training(inputs: np.ndarray, targets: np.ndarray) -> Callable:
    """A recurrent network's loss as training code has it, ``loss(W, h, rng)``: it drops units and leaves the new state in ``h``."""

    def loss(W: np.ndarray, h: np.ndarray, rng: np.random.Generator) -> float:
        total = 0.0
        for from_input, target in zip(inputs, targets, strict=True):
            h[:] = np.tanh(W @ h + from_input)
            kept = rng.random(len(h)) < 0.5
            total += ((2 * kept * h - target) ** 2).sum() / 2
        return total

    return loss


TABLE: dict[str, Callable[..., Callable]] = {
    "sin": lambda: np.sin,
    "cos": lambda: np.cos,
    "exp": lambda: np.exp,
    "tanh": lambda: np.tanh,
    "square": lambda: lambda x: x * x,
    "linear": lambda w, b: lambda x: w * x + b,
    "sum_tanh": lambda A: lambda x: np.tanh(A @ x).sum(),
    "layer": lambda u, v: lambda W: u @ np.tanh(W @ v),
    "squared_error": lambda x, target: lambda W, b: ((np.tanh(W @ x + b) - target) ** 2).sum() / 2,
    "in_training": _in_training,
}
"""From a name to a function that, given the parameters, makes the function."""


@dataclass(frozen=True)
class Given:
    """The function ``name`` of the table with its parameters; call it like any function."""

    name: str
    parameters: tuple[Any, ...] = ()

    def __call__(self, *arguments: Any) -> Any:
        return TABLE[self.name](*self.parameters)(*arguments)

    def __repr__(self) -> str:
        return f"{self.name}({', '.join(map(str, self.parameters))})" if self.parameters else self.name
