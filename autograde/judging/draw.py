"""Random numbers that hide nothing."""

from __future__ import annotations

import numpy as np


def numbers(rng: np.random.Generator, *shape: int, low: float = 0.3, high: float = 1.2) -> np.ndarray:
    """Numbers of either sign and between ``low`` and ``high`` in size, so that none is near zero."""
    return rng.uniform(low, high, shape) * rng.choice([-1.0, 1.0], shape)
