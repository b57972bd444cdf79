"""The exercises, a module per notebook: ``n1_2_forks_and_routes`` holds those of ``1.2-forks-and-routes``."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from autograde.exercise import Exercise, Written


def module_name(notebook: str) -> str:
    """The bank's module for a notebook: ``"1.2-forks-and-routes"`` -> ``"n1_2_forks_and_routes"``."""
    return "n" + notebook.replace(".", "_").replace("-", "_")


@cache
def modules() -> dict[str, object]:
    """Every module of the bank by name, in the order of the course."""
    names = sorted(m.name for m in pkgutil.iter_modules(__path__) if m.name.startswith("n"))
    return {name: importlib.import_module(f"{__name__}.{name}") for name in names}


@cache
def exercises() -> dict[str, Exercise | Written]:
    """Every exercise by name.

    Raises
    ------
    ValueError : two exercises share a name.
    """
    found: dict[str, Exercise | Written] = {}
    for module in modules().values():
        for exercise in module.EXERCISES:
            if exercise.name in found:
                raise ValueError(f"two exercises are called {exercise.name!r}; a name is used once in the whole course")
            found[exercise.name] = exercise
    return found


def find(name: str) -> Exercise | Written:
    """The exercise called ``name``.

    Raises
    ------
    KeyError : there is none; the message names near ones.
    """
    known = exercises()
    if name not in known:
        import difflib

        near = difflib.get_close_matches(name, known, n=1, cutoff=0.7)
        also = f" Did you mean {near[0]}?" if near else ""
        raise KeyError(f"there is no exercise called {name!r}.{also}")
    return known[name]
