"""The figures of the course: one module per notebook, each a table `FIGURES` from file stem to drawing function.

A drawing function takes nothing and returns a `draw.Canvas`; its docstring says what the picture shows, in plain words,
and serves as its alternative text.
"""

import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from course.figures.draw import Canvas

UNITS = ("0-start", "1-chain-rule", "2-rnn", "3-lstm", "4-training")


def notebooks() -> list[str]:
    """The notebooks that have figures, in course order, such as `1.2-forks-and-routes`."""
    names = (re.fullmatch(r"n(\d)_(\d)_(\w+)", module.name) for module in iter_modules(__path__))
    return sorted(f"{m[1]}.{m[2]}-{m[3].replace('_', '-')}" for m in names if m)


def figures(notebook_name: str) -> dict[str, Callable[[], Canvas]]:
    """The figures of one notebook, by file stem; empty for a notebook without any."""
    if notebook_name not in notebooks():
        return {}
    module = "n" + notebook_name.replace(".", "_").replace("-", "_")
    return import_module(f"{__name__}.{module}").FIGURES


def draw_all(notebook_name: str, folder: Path) -> list[Path]:
    """Draw the figures of one notebook as SVG into `folder` and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    return [figure().save(folder / f"{stem}.svg") for stem, figure in figures(notebook_name).items()]
