"""What relations look at: one result of one problem, beside what is right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from autograde.judging.compare import error


@dataclass(frozen=True)
class Values:
    """One result of one problem: what came back, what is right, and what was asked."""

    given: np.ndarray
    right: np.ndarray
    problem: dict[str, Any]
    rtol: float

    def fits(self, value: Any) -> bool:
        """Whether what came back is ``value``, which is not the right one."""
        value = np.asarray(value)
        return value.shape == self.given.shape and error(self.given, value) <= self.rtol

    def turned(self, right: Any) -> bool:
        """The other way about: whether ``right``, made from what came back, is the right value."""
        right = np.asarray(right)
        return right.shape == self.right.shape and error(right, self.right) <= self.rtol


def broadcasts(value: Any, onto: np.ndarray) -> bool:
    """Whether ``value`` can be spread to the shape of ``onto``."""
    try:
        return np.broadcast_shapes(np.shape(value), onto.shape) == onto.shape
    except ValueError:
        return False
