"""What a score depends on but the submission, as a digest: when it changes, ``grade --resume`` grades anew."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from autograde import course
from autograde.classroom.unit import Unit


def version(unit: Unit) -> str:
    """A digest of all that a score depends on but the submission: the release, the exercises, what asks and judges."""
    digest = hashlib.sha256(_engine())
    digest.update(json.dumps(sorted(unit.files.items()), default=lambda b: hashlib.sha256(b).hexdigest()).encode())
    for name, notebook in unit.release.items():
        digest.update(name.encode() + json.dumps(notebook, sort_keys=True).encode())
        for path in sorted(course.notebooks()[name].folder.glob("*")):
            digest.update(path.read_bytes() if path.name in PARTS else b"")
    return digest.hexdigest()


PARTS = ("exercises.py", "mistakes.md")
"""What a score and its words depend on in a notebook's folder."""
ENGINE = ("autograde/asking", "autograde/judging", "lstm_ref")
"""Folders of this project of which the same is true."""


@cache
def _engine() -> bytes:
    root = Path(__file__).parents[2]
    found = [p for folder in ENGINE for p in sorted((root / folder).rglob("*.py"))]
    return hashlib.sha256(b"\0".join(p.read_bytes() for p in found)).digest()
