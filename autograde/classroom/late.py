"""Late: when a unit is due, for all and for one; when something was handed in, and how surely; what being late costs.

The due date is the gradebook's. Extensions and the rule stand in ``late.json`` of the class, since nbgrader knows an
extension only once something was handed in. Penalties are those of nbgrader's plugin, which is ``Rule`` unless you name another.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import parse_utc
from traitlets import Unicode
from traitlets.config import Config

from autograde.classroom.record import Book, put, telling
from autograde.classroom.room import CannotDo, Room

FILE = "late.json"


def when(text: str) -> datetime:
    """A moment as a teacher writes it: ``2030-01-31 23:59 Europe/Berlin``. Without a time the day's end; without a zone, here.

    Raises
    ------
    CannotDo : it is none.
    """
    found = re.fullmatch(
        r"(\d{4}-\d\d-\d\d)(?:[ T]+(\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?\s*([A-Za-z]\S*|[+-]\d\d:?\d\d)?", text.strip()
    )
    try:
        if not found:
            raise ValueError
        day, clock, zone = found.groups()
        moment = datetime.combine(datetime.fromisoformat(day), time.fromisoformat(clock or "23:59:59"))
        if not zone:
            return moment.astimezone()
        if zone[0] in "+-":
            return datetime.fromisoformat(f"{moment.isoformat()}{zone}")
        return moment.replace(tzinfo=UTC if zone in ("UTC", "Z") else ZoneInfo(zone))
    except (ValueError, OSError, LookupError):
        raise CannotDo(
            f"{text!r} is no date: write it like 2030-01-31, 2030-01-31 23:59 or 2030-01-31 23:59 Europe/Berlin."
        ) from None


def shown(moment: datetime) -> str:
    """A moment as it is here."""
    return f"{(moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone():%Y-%m-%d %H:%M %Z}"


def span(seconds: float) -> str:
    """A length of time, such as ``1 day 3 h``, in two words at most."""
    minutes = max(1, round(seconds / 60))
    days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
    parts = [f"{days} day{'s' * (days > 1)}"] * (days > 0) + [f"{hours} h"] * (hours > 0) + [f"{rest} min"] * (rest > 0)
    return " ".join(parts[:2])


@dataclass(frozen=True)
class Rules:
    """What ``late.json`` of a class holds.

    Attributes
    ----------
    per_day, at_most : percent of the points that each day begun costs, and that being late costs in all.
    grace : minutes that cost nothing.
    extensions : unit -> student -> when it is due for them, in ISO form.
    """

    per_day: float = 0.0
    at_most: float = 100.0
    grace: float = 0.0
    extensions: dict[str, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> Rules:
        """Those of the class in ``folder``."""
        path = folder / FILE
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else cls()
        except (ValueError, TypeError) as error:
            raise CannotDo(f"{path} cannot be read: {error}") from None

    def write(self, folder: Path) -> None:
        """Write them."""
        put(folder / FILE, json.dumps(asdict(self), indent=1).encode())

    def extended(self, unit: str, student: str, until: datetime | None) -> Rules:
        """The same with another date for one student; None takes it back."""
        theirs = {s: w for s, w in self.extensions.get(unit, {}).items() if s != student}
        theirs |= {student: until.astimezone(UTC).isoformat()} if until else {}
        return replace(self, extensions={**self.extensions, unit: theirs})

    def until(self, unit: str, student: str, due: datetime | None) -> datetime | None:
        """When a unit is due for one student; ``due`` is when it is for all."""
        theirs = self.extensions.get(unit, {}).get(student)
        return datetime.fromisoformat(theirs) if theirs else due

    def __str__(self) -> str:
        if not self.per_day:
            return "being late costs nothing by the rule of this class"
        grace = f", after {self.grace:g} minutes" if self.grace else ""
        return f"each day begun costs {self.per_day:g} % of the points, {self.at_most:g} % at most{grace}"


class Rule(LateSubmissionPlugin):
    """nbgrader's plugin for this course: the rule of the class, or where there is none what nbgrader's own configuration says."""

    folder = Unicode(help="the folder of the class").tag(config=True)

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float | None:
        rules = Rules.read(Path(self.folder))
        if not rules.per_day:
            return super().late_submission_penalty(student_id, score, total_seconds_late)
        late = total_seconds_late - 60 * rules.grace
        days = -(-late // 86400) if late > 0 else 0
        return score * min(rules.per_day * days, rules.at_most) / 100


def apply(book: Book, config: Config, rules: Rules, students: Collection[str] | None = None) -> None:
    """Bring extensions and penalties of a unit, of these students or of all, in step with dates and points.

    Without a due date, nothing is touched.
    """
    plugin = AssignLatePenalties(config=config)
    plugin.init_plugin()
    with telling(book.url):
        assignment = book.book.find_assignment(book.unit)
        if assignment.duedate is None:
            return
        theirs = rules.extensions.get(book.unit, {})
        for submission in assignment.submissions:
            if students is not None and submission.student.id not in students:
                continue
            if until := theirs.get(submission.student.id):
                submission.extension = datetime.fromisoformat(until).replace(tzinfo=None) - assignment.duedate
            late = submission.total_seconds_late
            for notebook in submission.notebooks:
                penalty = None
                if late > 0:
                    penalty = plugin.plugin_inst.late_submission_penalty(submission.student.id, notebook.score, late)
                if penalty is not None:
                    penalty = min(max(float(penalty), 0.0), notebook.score)
                if penalty != notebook.late_submission_penalty:
                    notebook.late_submission_penalty = penalty
        book.book.db.commit()


@dataclass(frozen=True)
class Arrived:
    """When something was handed in, by sources that the student cannot write.

    Attributes
    ----------
    at : the moment, in UTC; None when it is not known.
    by : when it was collected: not later than that.
    late : whether the platform says that it was late; None when it does not say.
    source : who says so.
    """

    at: datetime | None = None
    by: datetime | None = None
    late: bool | None = None
    source: str = ""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {k: v.isoformat() for k, v in (("at", self.at), ("by", self.by)) if v}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Arrived:
        """What ``to_dict`` gave."""
        times = {k: datetime.fromisoformat(data[k]) if data.get(k) else None for k in ("at", "by")}
        return cls(late=data.get("late"), source=str(data.get("source", "")), **times)

    def lateness(self, due: datetime | None) -> tuple[float | None, str]:
        """Seconds after ``due`` (in UTC), None when nobody knows; and in words, empty when it is not late."""
        if due is None:
            return 0.0, ""
        due = due.replace(tzinfo=UTC)
        if self.at:
            seconds = max(0.0, (self.at - due).total_seconds())
            return seconds, f"late by {span(seconds)}" if seconds else ""
        if self.by and self.by <= due:
            return 0.0, ""
        if self.late is not None:
            return (None, f"late, as {self.source} says, which does not say by how much") if self.late else (0.0, "")
        return None, "when it was handed in is unknown, and it may be late"


def arrived(room: Room, unit: str, student: str, folder: Path) -> tuple[Arrived, str]:
    """When the submission in ``folder`` was handed in, and a remark when somebody should look at that.

    It is what ``collect`` noted, unless ``timestamp.txt`` was put there since, as by ``nbgrader collect``.
    """
    at, remark = _stamp(folder)
    try:
        noted = Arrived.of(json.loads(room.path("collected", unit, f"{student}.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        noted = None
    if noted and (at is None or (noted.at and abs((noted.at - at).total_seconds()) < 1)):
        return noted, "" if noted.at else remark
    return Arrived(at, _here_since(folder), source="timestamp.txt" if at else ""), remark


def _here_since(folder: Path) -> datetime | None:
    """When this machine last changed something of a folder, which no copied time stamp can hide; None when that cannot be read."""
    try:
        changed = [
            folder.stat().st_ctime,
            *(entry.stat(follow_symlinks=False).st_ctime for entry in os.scandir(folder)),
        ]
    except OSError:
        return None
    return datetime.fromtimestamp(max(changed), UTC)


def _stamp(folder: Path) -> tuple[datetime | None, str]:
    """``timestamp.txt`` of who collected; in a clone of a student's repository the student writes it, and it does not count."""
    file = folder / "timestamp.txt"
    try:
        if file.is_symlink() or not file.is_file() or file.stat().st_size > 100:
            return None, ""
        if any(os.path.lexists(above / ".git") for above in (folder, folder.parent)):
            return None, "timestamp.txt lies in the student's own repository: when it was handed in is unknown"
        return parse_utc(file.read_text(encoding="utf-8").strip()).replace(tzinfo=UTC), ""
    except (ValueError, OSError, TypeError, OverflowError):
        return None, "timestamp.txt cannot be read: when it was handed in is unknown"


def note(room: Room, unit: str, student: str, folder: Path, arrived: Arrived) -> None:
    """Keep when something was handed in, for this project and, as ``timestamp.txt``, for nbgrader."""
    put(room.path("collected", unit, f"{student}.json"), json.dumps(arrived.to_dict(), indent=1).encode())
    stamp = folder / "timestamp.txt"
    if arrived.at:
        put(stamp, f"{arrived.at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC".encode())
    else:
        stamp.unlink(missing_ok=True)
