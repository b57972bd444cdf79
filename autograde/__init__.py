"""Checked exercises: ask where the learner's code runs, judge apart from it, explain by name.

A notebook needs only ``from autograde import check, given, hint, progress``.
"""

from __future__ import annotations

import os
from typing import Any

__version__ = "0.2.0"
__all__ = ["check", "given", "hint", "progress"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        if "AUTOGRADE_ASK" in os.environ:
            from autograde.asking import standin as where
        else:
            from autograde.learning import notebook as where
        return getattr(where, name)
    raise AttributeError(f"module 'autograde' has no attribute {name!r}")
