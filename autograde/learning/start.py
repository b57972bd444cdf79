"""``autograde start``: the course in a folder of one's own, and later what is new of it, never over one's work.

A copied notebook says in its metadata which version it is of. So a newer version is told apart from one's own work, and goes
beside it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograde import course

TEXT = """\
Put the course into a folder: notebooks, figures and data. What is there already is left as it is; where the course has a newer
version of a notebook, that goes beside yours under another name.

examples:
  autograde start lstm-by-hand
  python -m jupyterlab lstm-by-hand
"""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("folder", type=Path, help="where to; it is made if it is not there")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Copy the course; returns the exit code."""
    try:
        new = list(start(options.folder, course.RELEASED))
    except OSError as error:
        print(f"autograde start: {error}", file=sys.stderr)
        return 1
    count = sum(path.suffix == ".ipynb" for path in new)
    for path in (p for p in new if p.stem.endswith(NEW)):
        print(f"a newer version lies beside yours: {path}")
    print(f"{count} new notebooks in {options.folder}. Begin with {options.folder / FIRST}")
    return 0


NEW = "-new"
FIRST = Path("0-start", "0.1-start-here.ipynb")


def start(folder: Path, released: Path) -> Iterator[Path]:
    """Copy what is not in ``folder`` yet; yields each file that was written.

    Raises
    ------
    OSError : the folder cannot be written to.
    """
    for source in sorted(p for p in released.rglob("*") if p.is_file()):
        inside = source.relative_to(released)
        if any(part.startswith(".") for part in inside.parts):
            continue
        target = folder / inside
        if source.suffix == ".ipynb":
            if target.exists():
                if not newer(target, source):
                    continue
                target = _free(target, version(source))
            data = stamped(source)
        else:
            data = source.read_bytes()
        if target.exists():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        yield target


def put_data(unit: str) -> None:
    """Put the data of a unit, such as ``"2-rnn"``, into the current folder, where there is none: for standalone notebooks."""
    for source in sorted((course.RELEASED / unit / "data").glob("*")):
        target = Path("data", source.name)
        if not target.exists():
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(source.read_bytes())


def waiting(folder: Path, released: Path) -> list[Path]:
    """The notebooks in ``folder`` of which the course has a newer version, none of it beside them yet."""
    found = []
    for source in sorted(released.glob("*/*.ipynb")):
        target = folder / source.name
        if target.exists() and newer(target, source) and not _free(target, version(source)).exists():
            found.append(target)
    return found


def newer(path: Path, source: Path) -> bool:
    """Whether the notebook at ``path`` was copied from another version than the one at ``source`` is now."""
    known = _stamp(path)
    return bool(known) and known != version(source)


def version(source: Path) -> str:
    """A digest of a released notebook: the same as long as nothing in it changes."""
    return hashlib.sha256(source.read_bytes()).hexdigest()[:12]


def stamped(source: Path) -> bytes:
    """A released notebook with its version in its metadata."""
    notebook = json.loads(source.read_text(encoding="utf-8"))
    notebook["metadata"].setdefault("lstm_by_hand", {})["version"] = version(source)
    return (json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _free(target: Path, wanted: str) -> Path:
    """Where a newer version goes: the first name that is free, or that has this very version."""
    number, path = 1, target.with_stem(target.stem + NEW)
    while path.exists() and _stamp(path) != wanted:
        number += 1
        path = target.with_stem(f"{target.stem}-{number}{NEW}")
    return path


def _stamp(path: Path) -> str:
    try:
        metadata: Any = json.loads(path.read_text(encoding="utf-8"))["metadata"]
        return str(metadata["lstm_by_hand"].get("version", ""))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ""
