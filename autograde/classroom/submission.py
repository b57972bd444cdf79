"""Lint: find what was handed in and read it as the work of a stranger. Nothing is run, nothing is followed."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LARGEST = 20 * 2**20
"""Bytes that a notebook may have."""
CELLS = 2000
SOURCE = 100_000
"""Characters that the source of one cell may have."""


class Unreadable(ValueError):
    """A file that is no notebook of ours; the message is for the student."""


@dataclass(frozen=True)
class Cell:
    """A cell as it was handed in: of its metadata only the grade id is believed to be text."""

    kind: str
    source: str
    grade_id: str = ""
    attachments: dict[str, dict[str, str]] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Work:
    """One notebook of a submission: its cells, or the reason why there are none.

    Attributes
    ----------
    remarks : what a human should know, such as that the file was renamed.
    """

    cells: tuple[Cell, ...] = ()
    reason: str = ""
    remarks: tuple[str, ...] = ()
    digest: str = ""


@dataclass(frozen=True)
class Submission:
    """What one student handed in for a unit.

    Attributes
    ----------
    student : the folder's name, or a printable form of it that a database can hold.
    work : by notebook, for each notebook of the release.
    """

    student: str
    folder: Path
    work: dict[str, Work]
    remarks: tuple[str, ...] = ()


def submissions(submitted: Path, unit: str, notebooks: list[str]) -> Iterator[Submission]:
    """Every student's submission for ``unit`` below ``submitted``, by name; notebooks are those of the release."""
    taken: set[str] = set()
    for name in sorted(os.listdir(submitted)) if submitted.is_dir() else []:
        folder = submitted / name / unit
        if name == ".ipynb_checkpoints" or not _present(folder):
            continue
        student, remarks = _printable(name), []
        if student in taken:
            student = f"{student[:60]}-{hashlib.sha256(os.fsencode(name)).hexdigest()[:8]}"
        taken.add(student)
        if student != name:
            remarks.append(f"the folder's name {name!a} is recorded as {student!r}")
        if folder.parent.is_symlink() or folder.is_symlink() or not folder.is_dir():
            reason = "the folder is a link to somewhere else" if folder.is_dir() else "this is not a folder"
            work = {n: Work(reason=reason) for n in notebooks}
        else:
            work = _folder(folder, notebooks)
        yield Submission(student, folder, work, tuple(remarks))


def read(path: Path) -> tuple[list[Cell], str, str]:
    """The cells of the notebook at ``path``, the name that its metadata gives, and a digest of the file.

    Raises
    ------
    Unreadable : it is a link, no file, too large, or no notebook.
    """
    data = _bytes(path)
    digest = hashlib.sha256(data).hexdigest()
    try:
        notebook = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        what = "it is empty" if not data.strip() else str(error).splitlines()[0][:120] or type(error).__name__
        raise Unreadable(f"the file is not a notebook: {what}") from None
    if isinstance(notebook, dict) and "worksheets" in notebook:
        raise Unreadable("the notebook has a format from before 2015: open it in JupyterLab, save it, hand it in again")
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        raise Unreadable("the file is not a notebook: it has no list of cells")
    if len(cells) > CELLS:
        raise Unreadable(f"the notebook has {len(cells)} cells, and {CELLS} are read")
    stamp = _dict(_dict(notebook.get("metadata")).get("lstm_by_hand")).get("notebook")
    return [_cell(c) for c in cells], stamp if isinstance(stamp, str) else "", digest


def _present(path: Path) -> bool:
    try:
        return os.path.lexists(path)
    except (OSError, ValueError):
        return False


def _printable(name: str) -> str:
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    if len(text.encode()) > 120:
        text = f"{text.encode()[:100].decode('utf-8', 'ignore')}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
    return text


def _folder(folder: Path, notebooks: list[str]) -> dict[str, Work]:
    names = sorted(os.listdir(folder))
    others = [n for n in names if n.endswith(".ipynb") and n.removesuffix(".ipynb") not in notebooks]
    renamed: dict[str, list[str]] = {}
    for other in others[:50]:
        try:
            cells, stamp, _ = read(folder / other)
        except Unreadable:
            continue
        if stamp in notebooks and any(c.grade_id for c in cells):
            renamed.setdefault(stamp, []).append(other)
    found = {}
    for name in notebooks:
        if f"{name}.ipynb" in names:
            found[name] = _work(folder / f"{name}.ipynb")
            found[name] = _with(
                found[name], [f"{o!r} lies beside it and was not graded" for o in renamed.get(name, [])]
            )
        elif len(renamed.get(name, [])) == 1:
            other = renamed[name][0]
            found[name] = _with(_work(folder / other), [f"it was found under the name {other!r}"])
        elif name in renamed:
            found[name] = Work(
                reason="it was handed in more than once, under names of its own: " + ", ".join(renamed[name])
            )
        else:
            found[name] = Work(reason="it was not handed in")
    return found


def _work(path: Path) -> Work:
    try:
        cells, _, digest = read(path)
    except Unreadable as error:
        return Work(reason=str(error))
    return Work(tuple(cells), digest=digest)


def _with(work: Work, remarks: list[str]) -> Work:
    return Work(work.cells, work.reason, (*work.remarks, *remarks), work.digest)


def _bytes(path: Path) -> bytes:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    if path.is_symlink():
        raise Unreadable("the file is a link to another file, and links are not followed")
    try:
        descriptor = os.open(path, flags)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise Unreadable("this is not a file")
            if status.st_size > LARGEST:
                raise Unreadable(f"the file has {status.st_size >> 20} MB, and {LARGEST >> 20} MB are read")
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                return file.read(LARGEST + 1)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise Unreadable(f"the file cannot be read: {error.strerror}") from None


def _dict(value: Any) -> dict:
    return value if isinstance(value, dict) else {}


def _cell(data: Any) -> Cell:
    data = _dict(data)
    source = data.get("source", "")
    if isinstance(source, list):
        source = "".join(s for s in source if isinstance(s, str))
    source = source if isinstance(source, str) else ""
    if len(source) > SOURCE:
        raise Unreadable(f"a cell has {len(source)} characters, and {SOURCE} are read")
    source = re.sub(r"[\ud800-\udfff]", "\ufffd", source)
    grade_id = _dict(_dict(data.get("metadata")).get("nbgrader")).get("grade_id", "")
    kind = data.get("cell_type")
    return Cell(
        kind if kind in ("code", "markdown") else "raw",
        source,
        grade_id if isinstance(grade_id, str) else "",
        _attachments(data.get("attachments")),
    )


def _attachments(data: Any) -> dict[str, dict[str, str]]:
    found = {}
    for name, kinds in _dict(data).items():
        kept = {
            k: v
            for k, v in _dict(kinds).items()
            if k in ("image/png", "image/jpeg", "image/gif") and isinstance(v, str)
        }
        if kept:
            found[name] = kept
    return found
