"""Collect: put what arrived where ``grade`` looks for it, and lose nothing that was there."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from autograde.classroom import arrivals, candidates, late
from autograde.classroom.arrivals import Arrival
from autograde.classroom.roster import Roster, possible
from autograde.classroom.submission import where
from autograde.classroom.unit import Unit, every_unit


@dataclass
class Collected:
    """What collecting did.

    Attributes
    ----------
    new, again, same : students by id: the first time, in place of an earlier submission, as it was.
    unknown : how the source calls somebody -> why it is not known who that is.
    remarks : student, or how the source calls them -> what a human should know.
    """

    new: list[str] = field(default_factory=list)
    again: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    unknown: dict[str, str] = field(default_factory=dict)
    remarks: dict[str, list[str]] = field(default_factory=dict)


def collect(unit: Unit, roster: Roster, arrived: Sequence[Arrival], given: dict[str, str], now: datetime) -> Collected:
    """Sort submissions into the folder of the class.

    given : what a source calls somebody -> their id, where the teacher knows better.
    now : when this is done, in UTC; nothing was handed in later.
    """
    done = Collected()
    for one in arrived:
        person, why = arrivals.of(one, roster, given)
        if person is None or not possible(person.id):
            done.unknown[one.called] = why or "this cannot be the name of a folder"
            continue
        said = list(one.remarks)
        if not one.files:
            said.append("no file came with it")
        else:
            try:
                kind = _put(unit, person.id, one, now, said)
                getattr(done, kind).append(person.id)
            except OSError as error:
                said.append(f"it could not be collected: {error}")
        if roster.has_left(person.id):
            said.append("has left the class, by the roster")
        if said:
            done.remarks.setdefault(person.id, []).extend(said)
    return done


def _put(unit: Unit, student: str, arrival: Arrival, now: datetime, said: list[str]) -> str:
    """Put one submission into its place; what that was: new, again or same."""
    target = unit.room.path("submitted", student, unit.name)
    units = every_unit()
    files = _of_unit(_readable(arrival, said), unit.name, units)
    noted = replace(arrival.arrived, by=now)
    if target.is_dir() and _digests(target) == {n: hashlib.sha256(d).hexdigest() for n, d in files.items()}:
        if arrival.arrived.at:
            late.note(unit.room, unit.name, student, target, noted)
        return "same"
    parent = unit.room.path("collected")
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=parent, prefix=".new-") as temporary:
        made = Path(temporary, unit.name)
        for name, data in files.items():
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            (made / name).write_bytes(data)
        made.mkdir(exist_ok=True)
        again = os.path.lexists(target)
        if again:
            _keep_missing(unit, target.parent, Path(temporary), units, said)
            kept = unit.room.path("earlier", student, unit.name, f"{now:%Y-%m-%d %H.%M.%S.%f}")
            kept.parent.mkdir(parents=True, exist_ok=True)
            os.replace(target, kept)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(made, target)
    late.note(unit.room, unit.name, student, target, noted)
    return "again" if again else "new"


def _readable(arrival: Arrival, said: list[str]) -> dict[str, bytes]:
    """The files that can be read; what cannot is said."""
    found: dict[str, bytes] = {}
    for name, read in arrival.files.items():
        try:
            found[name] = read()
        except Exception as error:  # whatever a broken or locked archive makes of it
            said.append(f"{name!a} cannot be read: {error}")
    return found


def _of_unit(files: dict[str, bytes], unit: str, units: set[str]) -> dict[str, bytes]:
    """Without the folders of other units, and without the unit's own around it."""
    own, others = candidates.loose(unit), {candidates.loose(u) for u in units} - {candidates.loose(unit)}
    kept = {}
    for name, data in files.items():
        top, slash, rest = name.partition("/")
        if not (slash and candidates.loose(top) in others):
            kept[rest if slash and candidates.loose(top) == own else name] = data
    return kept


def _digests(folder: Path) -> dict[str, str]:
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in folder.rglob("*")
        if p.is_file() and not p.is_symlink() and p.name not in candidates.OF_THE_COLLECTOR
    }


def _keep_missing(unit: Unit, before: Path, now: Path, units: set[str], said: list[str]) -> None:
    """Notebooks that were handed in before and not now stay."""
    old, new = (where(folder, unit.name, unit.release, units) for folder in (before, now))
    for name in sorted(set(old) - set(new)):
        source = before / old[name]
        if old[name].startswith(f"{unit.name}/") and source.is_file():
            shutil.copyfile(source, now / unit.name / f"{name}.ipynb")
            said.append(f"{name} is not among what was handed in again; the one from before stays")
        else:
            said.append(f"{name} is not among what was handed in again")


def missing(unit: Unit, student: str) -> list[str]:
    """The notebooks of the unit that ``student`` has not handed in."""
    found = where(unit.room.path("submitted", student), unit.name, unit.release, every_unit())
    return [n for n in unit.release if n not in found]
