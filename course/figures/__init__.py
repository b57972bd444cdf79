"""The vocabulary of the course's figures. Each notebook's `figures.py` holds a table `FIGURES`, file stem -> function.

A drawing function takes nothing and returns a `draw.Canvas`; its docstring says what the picture shows, in plain words,
and serves as its alternative text.
"""

from collections.abc import Callable
from pathlib import Path

from autograde import course
from course.figures.draw import Canvas


def notebooks() -> list[str]:
    """The notebooks that have figures, in course order, such as `1.2-forks-and-routes`."""
    return [name for name, notebook in course.notebooks().items() if notebook.path("figures.py").exists()]


def figures(notebook_name: str) -> dict[str, Callable[[], Canvas]]:
    """The figures of one notebook, by file stem; empty for a notebook without any."""
    return course.notebooks()[notebook_name].load("figures.py").FIGURES if notebook_name in notebooks() else {}


def draw_all(notebook_name: str, folder: Path) -> list[Path]:
    """Draw the figures of one notebook as SVG into `folder`, a figure that moves also as `<stem>-moving.svg`."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for stem, figure in figures(notebook_name).items():
        canvas = figure()
        files.append(canvas.save(folder / f"{stem}.svg"))
        if canvas.motion:
            files.append(canvas.save(folder / f"{stem}-moving.svg", moving=True))
    return files
