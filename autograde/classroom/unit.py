"""A unit as it was released, and where the work of a class on it lies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograde import course
from autograde.classroom.record import Files
from autograde.classroom.room import CannotDo, Room
from autograde.judging.exercise import Exercise, Written


def every_unit() -> set[str]:
    """The units of the course."""
    return {n.unit for n in course.notebooks().values()}


@dataclass(frozen=True)
class Unit:
    """A unit as it was released.

    Attributes
    ----------
    root : the folder that holds ``notebooks/`` and ``solutions/``.
    files : what lies beside the notebooks and may be opened by them, by its path there.
    """

    root: Path
    room: Room
    name: str
    release: Mapping[str, NotebookNode]
    files: Mapping[str, bytes]

    @property
    def records(self) -> Files:
        return Files(self.room.path("graded", self.name))

    def exercises(self, notebook: str) -> Sequence[Exercise | Written]:
        return course.notebooks()[notebook].exercises

    @classmethod
    def read(cls, root: Path, name: str, room: Room | None = None) -> Unit:
        """The unit called ``name`` below ``root``; the class is ``root/class`` when ``room`` is left out.

        Raises
        ------
        CannotDo : there is no such unit, or none of its notebooks is one of this course.
        """
        folder = root / "notebooks" / name
        found = {p.stem: nbformat.read(p, as_version=4) for p in sorted(folder.glob("*.ipynb"))}
        if not found:
            raise CannotDo(f"There is no released unit {name!r} in {root / 'notebooks'}.")
        release = {n: nb for n, nb in found.items() if n in course.notebooks()}
        if not release:
            raise CannotDo(f"No notebook of {name!r} is a notebook of this course.")
        data = (p for p in folder.rglob("*") if p.is_file() and p.suffix != ".ipynb" and "figures" not in p.parts)
        files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(data)}
        return cls(root, room or Room.open(root), name, release, files)
