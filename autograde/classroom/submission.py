"""Lint: find what was handed in and read it as the work of a stranger. Nothing is run, nothing is followed."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from autograde.classroom import candidates

MISSING = "it was not handed in"
LARGEST = 80 * 2**20
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
    id: str = ""


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
    files : modules and small data of the student's own, by their path beside the notebook.
    """

    student: str
    folder: Path
    work: dict[str, Work]
    remarks: tuple[str, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict, hash=False)


def submissions(
    submitted: Path, unit: str, release: Mapping[str, NotebookNode], units: Collection[str] = ()
) -> Iterator[Submission]:
    """Every student's submission for ``unit`` below ``submitted``, by name; ``units`` are all of the course.

    A notebook is found in any folder of the student but those of other units, under any name, and in a zip.
    """
    taken: set[str] = set()
    for name in sorted(os.listdir(submitted)) if submitted.is_dir() else []:
        folder = submitted / name
        if name[0] == "." and not os.path.isdir(folder / unit):  # .git and its like; a student may be called so
            continue
        made = _of_student(folder, unit, release, units)
        if made is None:
            continue
        student, remarks = _printable(name), []
        if student in taken:
            student = f"{student[:60]}-{hashlib.sha256(os.fsencode(name)).hexdigest()[:8]}"
        taken.add(student)
        if student != name:
            remarks.append(f"the folder's name {name!a} is recorded as {student!r}")
        work, more, files = made
        yield Submission(student, folder / unit, work, (*remarks, *more), files)


def where(folder: Path, unit: str, release: Mapping[str, NotebookNode], units: Collection[str] = ()) -> dict[str, str]:
    """Where each notebook of a unit lies in a student's ``folder``; without those that are not there or cannot be read."""
    work, at = _chosen(candidates.lying(folder, unit, units), unit, release)
    return {n: path for n, path in at.items() if not work[n].reason}


_Made = tuple[dict[str, Work], list[str], dict[str, bytes]]


def _of_student(folder: Path, unit: str, release: Mapping[str, NotebookNode], units: Collection[str]) -> _Made | None:
    """Work, remarks and files that go along; None when nothing here belongs to the unit."""
    own = folder / unit
    for place in (folder, own):
        reason = ""
        try:
            if place.is_symlink():
                reason = "the folder is a link to somewhere else"
            elif place == own and os.path.lexists(own) and not own.is_dir():
                reason = "this is not a folder"
            elif place.is_dir():
                os.listdir(place)
        except (OSError, ValueError) as error:
            reason = f"the folder cannot be read: {getattr(error, 'strerror', '') or error}"
        if reason and (place == own or reason.startswith("the folder cannot") or _present(own)):
            return {n: Work(reason=reason) for n in release}, [], {}
    if not folder.is_dir():
        return None
    found = candidates.lying(folder, unit, units)
    work, at = _chosen(found, unit, release)
    handed_in = any(w.reason != MISSING for w in work.values())
    here = _present(own) or any(candidates.loose(n) == candidates.loose(unit) for n in os.listdir(folder))
    stray = not any(candidates.loose(n) in map(candidates.loose, units) for n in os.listdir(folder))
    if not handed_in and not here and not (stray and (found.notebooks or found.others or found.remarks)):
        return None
    remarks = list(found.remarks)
    if not handed_in and (lies := [*found.notebooks, *found.others][:5]):
        remarks.append("none of its files is a notebook of this unit: " + ", ".join(map(ascii, lies)))
    elif not handed_in and not remarks:
        remarks.append("the folder holds nothing that was handed in")
    files: dict[str, bytes] = {}
    for path in at.values():
        files |= candidates.beside(found.beside, path)
    return work, remarks, files


@dataclass(frozen=True)
class _Candidate:
    path: str
    work: Work
    worked: int


def _chosen(
    found: candidates.Lying, unit: str, release: Mapping[str, NotebookNode]
) -> tuple[dict[str, Work], dict[str, str]]:
    """For each notebook of the release the candidate with most work in it, and where that lay."""
    known = {n: {c.source.strip() for c in nb.cells} for n, nb in release.items()}
    names = {candidates.loose(n): n for n in release}
    by_name: dict[str, list[_Candidate]] = {}
    for path, file in found.notebooks.items():
        called = names.get(candidates.loose(re.split(r"(?i)\.(?:ipynb|json)", path.rpartition("/")[2])[0]), "")
        try:
            cells, stamp, digest = read(file)
        except Unreadable as error:
            if called:
                by_name.setdefault(called, []).append(_Candidate(path, Work(reason=str(error)), -1))
            elif ".ipynb" in path.lower():
                found.remarks.append(f"{path!a} cannot be read: {error}")
            continue
        sources = {c.source.strip() for c in cells}
        name = stamp if stamp in release else max(known, key=lambda n: len(known[n] & sources))
        if stamp not in release and (stamp or len(known[name] & sources) < len(known[name]) / 4):
            if not called or stamp:
                continue
            name = called
        worked = sum(bool(s) for s in sources - known[name])
        by_name.setdefault(name, []).append(_Candidate(path, Work(tuple(cells), digest=digest), worked))
    work, at = {}, {}
    for name in release:
        right = f"{unit}/{name}.ipynb"
        these = sorted(by_name.get(name, []), key=lambda c: (-c.worked, c.path != right))
        if not these:
            work[name] = Work(reason=MISSING)
            continue
        best, at[name] = these[0], these[0].path
        said = [] if best.path == right else [f"it was found as {best.path!a}"]
        said += [f"{c.path!a} was handed in, too, and was not graded" for c in these[1:]]
        work[name] = _with(best.work, said)
    return work, at


def read(file: Path | bytes) -> tuple[list[Cell], str, str]:
    """The cells of the notebook ``file`` (a path, or its bytes), the name that its metadata gives, and a digest of the file.

    Raises
    ------
    Unreadable : it is a link, no file, too large, or no notebook.
    """
    data = file if isinstance(file, bytes) else _bytes(file)
    digest = hashlib.sha256(data).hexdigest()
    try:
        notebook = _parsed(data)
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


def _parsed(data: bytes) -> Any:
    """JSON in whatever encoding an editor has saved it: UTF-8, UTF-16, UTF-32, or that of Western Windows."""
    try:
        return json.loads(data)
    except UnicodeDecodeError:
        return json.loads(data.decode("cp1252", "replace"))


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
    source = source.replace("\r\n", "\n") if isinstance(source, str) else ""
    kind = data.get("cell_type")
    if len(source) > SOURCE and kind != "code":
        source = re.sub(r"data:image/[\w.+-]+;base64,[A-Za-z0-9+/=\s]+", "", source)
        source = source if len(source) <= SOURCE else source[: SOURCE - 100] + "\n(cut here)"
    if len(source) > SOURCE:
        raise Unreadable(f"a cell has {len(source)} characters, and {SOURCE} are read")
    source = re.sub(r"[\ud800-\udfff]", "\ufffd", source)
    grade_id = _dict(_dict(data.get("metadata")).get("nbgrader")).get("grade_id", "")
    return Cell(
        kind if kind in ("code", "markdown") else "raw",
        source,
        grade_id if isinstance(grade_id, str) else "",
        _attachments(data.get("attachments")),
        own_id if isinstance(own_id := data.get("id"), str) else "",
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
