"""Candidates: every file of a student that may be a notebook of a unit, wherever it lies and whatever it is called."""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

FILES, DEPTH = 300, 6
"""Files of one student that are looked at, and how many folders deep."""
UNPACKED = 128 * 2**20
"""Bytes that are taken out of a student's zips."""
BESIDE, ALL_BESIDE = 200_000, 2_000_000
"""Bytes of one file that a notebook may bring along, and of all."""
MODULES = (".py", ".csv", ".txt", ".npy", ".npz")
"""Endings of files that a notebook may bring along."""
OF_THE_COLLECTOR = ("timestamp.txt", "submission_secret.txt")
"""Files that who collects puts beside the notebooks."""


@dataclass
class Lying:
    """What lies in a student's folder.

    Attributes
    ----------
    notebooks : path below the student's folder -> a file, or the bytes of one in a zip. Ordered: the unit's folder first.
    beside : path -> bytes of modules and small data.
    others : files that cannot be a notebook.
    remarks : what could not be looked into.
    """

    notebooks: dict[str, Path | bytes] = field(default_factory=dict)
    beside: dict[str, bytes] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def loose(name: str) -> str:
    """A name without case, signs and the marks of a copy, so that `1-Chain-Rule (1)` is `1-chain-rule`."""
    name = re.sub(r"(?i)^copy[ _-]of[ _-]|[ _-]*\(\d+\)|[ _-]*copy\d*$", "", name.strip())
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def lying(folder: Path, unit: str, units: Collection[str]) -> Lying:
    """What lies in a student's ``folder``, without the folders of other ``units``. No link is followed."""
    found, left = Lying(), UNPACKED
    others = {loose(u) for u in units} - {loose(unit)}
    for path in _files(folder, others, found.remarks):
        name = path.relative_to(folder).as_posix()
        kind = path.name.lower()
        if kind in OF_THE_COLLECTOR:
            continue
        if kind.endswith(".zip"):
            left = _unzip(path, name, found, left)
        elif ".ipynb" in kind or kind.endswith((".json", ".ipy")):
            found.notebooks[name] = path
        elif kind.endswith(MODULES):
            _bring(found, name, path)
        else:
            found.others.append(name)
    own = loose(unit)
    found.notebooks = dict(
        sorted(
            found.notebooks.items(), key=lambda item: (loose(item[0].split("/")[0]) != own, item[0].count("/"), item[0])
        )
    )
    return found


def beside(found: Mapping[str, bytes], notebook: str) -> dict[str, bytes]:
    """What lies in the folder of a notebook, by its path there."""
    above = notebook.rpartition("/")[0]
    return {
        n[len(above) + 1 if above else 0 :]: data for n, data in found.items() if not above or n.startswith(f"{above}/")
    }


def _files(folder: Path, others: Collection[str], remarks: list[str]) -> Iterator[Path]:
    seen = 0

    def unread(error: OSError) -> None:
        name = Path(str(error.filename)).name
        remarks.append(f"the folder {name!a} cannot be read: {error.strerror}")

    for top, folders, names in os.walk(folder, onerror=unread):
        depth = len(Path(top).relative_to(folder).parts)
        folders[:] = sorted(
            n
            for n in folders
            if n[0] not in "._" and n not in ("autograde", "figures") and depth < DEPTH
            and not (depth == 0 and loose(n) in others)
        )  # fmt: skip
        for name in sorted(names):
            if name[0] == ".":
                continue
            seen += 1
            if seen > FILES:
                remarks.append(f"there are more than {FILES} files, and the rest was not looked at")
                return
            yield Path(top) / name


def _bring(found: Lying, name: str, path: Path) -> None:
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > BESIDE:
            return
        data = path.read_bytes()[:BESIDE]
    except OSError:
        return
    if sum(map(len, found.beside.values())) + len(data) <= ALL_BESIDE:
        found.beside[name] = data


def _unzip(path: Path, name: str, found: Lying, left: int) -> int:
    """Look into a zip, as far as ``left`` bytes go; what is left after it."""
    try:
        if path.is_symlink() or path.stat().st_size > UNPACKED:
            raise ValueError("it is a link, or too large")
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
            for entry in archive.infolist()[:FILES]:
                parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
                if entry.is_dir() or ".." in parts or any(p[0] in "._/" or p == "autograde" for p in parts):
                    continue
                kind, most = parts[-1].lower(), min(left, entry.file_size)
                if not (".ipynb" in kind or kind.endswith(MODULES)):
                    continue
                if entry.file_size > left:
                    raise ValueError("it holds too much")
                with archive.open(entry) as file:
                    data = file.read(most)
                left -= len(data)
                inside = "/".join((name, *parts))
                if ".ipynb" in kind:
                    found.notebooks[inside] = data
                elif len(data) <= BESIDE:
                    found.beside[inside] = data
    except Exception as error:  # whatever a broken or hostile archive makes of it
        found.remarks.append(f"the zip {name!a} cannot be opened: {type(error).__name__}: {str(error)[:100]}")
    return left
