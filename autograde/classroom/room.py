"""The folder of a class: all that a teacher's commands read and write. Nothing of a class lies in the course or the package."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

KINDS = ("submitted", "collected", "earlier", "autograded", "graded", "feedback", "released", "reviews", "reports")
"""Folders of a class."""
GRADEBOOK = "gradebook.db"

CONFIG = '''\
"""nbgrader's configuration for this class: `cd` here, and nbgrader's commands and formgrader work on it."""

from pathlib import Path

from autograde.building.nbgrader_config import configure

HERE = Path(__file__).resolve().parent
configure(get_config(), course={course}, room=HERE)  # noqa: F821
'''


class CannotDo(RuntimeError):
    """A command cannot be carried out; the message says why and what to do."""


@dataclass(frozen=True)
class Room:
    """A class by its folder."""

    folder: Path

    def path(self, kind: str, *parts: str) -> Path:
        """Where things of one of the ``KINDS`` are kept, such as ``class/reviews/1-chain-rule``."""
        assert kind in KINDS, kind
        return self.folder.joinpath(kind, *parts)

    @property
    def db_url(self) -> str:
        """The gradebook: ``$AUTOGRADE_DB``, or the file in this folder."""
        return os.environ.get("AUTOGRADE_DB") or f"sqlite:///{self.folder}/{GRADEBOOK}"

    @classmethod
    def open(cls, course: Path, chosen: Path | None = None) -> Room:
        """The class of ``course``: ``course/class``, or the folder ``chosen``. It is made when it is not there.

        Raises
        ------
        CannotDo : a class from before lies inside the package's folder.
        """
        room = cls((chosen or course / "class").expanduser().resolve())
        before = [p for p in (course / "autograde" / name for name in (*KINDS, GRADEBOOK)) if p.exists()]
        new = not room.folder.exists()
        if before:
            move = f"mkdir -p {shlex.quote(str(room.folder))} && mv {shlex.join(map(str, before))} {shlex.quote(str(room.folder))}"
            said = f"A class from before lies in {course / 'autograde'}. A class has a folder of its own now:\n  {move}"
            if new:
                raise CannotDo(said)
            print(said, file=sys.stderr)
        room._make(course)
        if new:
            print(f"The class's folder is new: {room.folder}", file=sys.stderr)
        return room

    def _make(self, course: Path) -> None:
        self.path("submitted").mkdir(parents=True, exist_ok=True)
        config, ignored = self.folder / "nbgrader_config.py", self.folder / ".gitignore"
        if not ignored.exists():
            ignored.write_text("*\n", encoding="utf-8")
        if not config.exists():
            beside = course.resolve() == self.folder.parent
            config.write_text(CONFIG.format(course="HERE.parent" if beside else f"Path({str(course.resolve())!r})"))
