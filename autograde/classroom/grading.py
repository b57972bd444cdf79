"""Grade: every submission of a unit gets its score or a stated reason, whatever is in it."""

from __future__ import annotations

import difflib
import fcntl
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import nbformat

from autograde.asking.wire import WireError, pack
from autograde.classroom import submission as lint
from autograde.classroom.jobs import run_all
from autograde.classroom.late import arrived
from autograde.classroom.marks import looked_at_again
from autograde.classroom.outcome import Graded, not_run
from autograde.classroom.record import Book, CannotRecord, put
from autograde.classroom.room import CannotDo
from autograde.classroom.roster import Roster
from autograde.classroom.sandbox.box import Limits
from autograde.classroom.sandbox.run import require
from autograde.classroom.unit import Unit, every_unit
from autograde.classroom.version import version


def grade(
    unit: Unit,
    db_url: str,
    course_id: str = "lstm-by-hand",
    limits: Limits | None = None,
    executor: Executor | None = None,
    jobs: int | None = None,
    sandboxed: bool = True,
    resume: bool = False,
    share: float = 1.0,
    students: Collection[str] = (),
    notebooks: Collection[str] = (),
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Grade the submissions of ``unit``; yields how many there are, and the record of each as it is finished.

    share : of its points, for an answer that is right but for an earlier function of the learner's.
    students, notebooks : these alone; all when left out. Who has left the class is left out.

    Raises
    ------
    CannotDo : nothing was handed in, or this unit is being graded already.
    NoSandbox : there is no sandbox here, and ``sandboxed`` is true.
    CannotRecord : the gradebook cannot be used. What was recorded stays; ``resume`` goes on from there.
    """
    if sandboxed and executor is None:
        require()
    roster = Roster.read(unit.room)
    found, gone = _chosen(unit, roster, students)
    key, now = _key(unit), version(unit)
    todo: list[tuple[lint.Submission, str, Collection[str]]] = []
    token = secrets.token_hex(8)
    count = len(found) + len(gone)
    with _alone(unit), Book(db_url, course_id, unit.name, unit.release) as book:
        for record in gone:
            yield count, _kept(record, "nothing of it is in submitted/ any more, and the grade from before stays")
        for submission in found:
            digest = _digest(submission, now)
            old = unit.records.read(submission.student)
            if resume and old is not None and old.get("digest") == digest:
                yield count, old
                continue
            if old is not None and _unread(submission):
                yield count, _kept(old, "it cannot be read now, and the grade from before stays")
                continue
            rest = set(unit.release) - set((old or {}).get("notebooks", ()))  # what never was graded is graded, too
            todo.append((submission, digest, {*notebooks, *rest} if notebooks else unit.release))
        unit.records.begin(token, [s.student for s, _, _ in todo])
        desk = _Recorder(unit, book, roster, token, now)
        with executor or ThreadPoolExecutor(jobs or os.cpu_count()) as pool:
            try:
                for submission, digest, graded in run_all(unit, todo, key, limits or Limits(), pool, sandboxed, share):
                    yield count, desk.recorded(submission, digest, graded)
                unit.records.end()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise


def _chosen(
    unit: Unit, roster: Roster, students: Collection[str]
) -> tuple[list[lint.Submission], list[dict[str, Any]]]:
    """The submissions to grade, and the records of those who have none any more."""
    submitted = unit.room.path("submitted")
    found = list(lint.submissions(submitted, unit.name, unit.release, every_unit()))
    if not found:
        raise CannotDo(
            f"Nothing was handed in for {unit.name}: {submitted}/<student>/{unit.name}/ is where it belongs, and "
            "`autograde collect` puts it there."
        )
    names = {s.student for s in found}
    for student in students:
        if student not in names:
            near = difflib.get_close_matches(student, names, n=3, cutoff=0.6)
            also = f" Did you mean {' or '.join(near)}?" if near else ""
            raise CannotDo(f"{student!r} handed nothing in for {unit.name}.{also}")
    kept = [r for s in unit.records.students() if s not in names and (r := unit.records.read(s)) is not None]
    gone = [] if students else [r for r in kept if not roster.has_left(r["student"])]
    wanted = [s for s in found if s.student in students] if students else found
    return [s for s in wanted if students or not roster.has_left(s.student)], gone


def _kept(old: dict[str, Any], said: str) -> dict[str, Any]:
    return old | {"eye": [*(e for e in old["eye"] if e != said), said]}


def _unread(submission: lint.Submission) -> bool:
    """Whether something was handed in that this machine may not read."""
    return any(re.match("the (file|folder) cannot be read", w.reason) for w in submission.work.values())


@contextmanager
def _alone(unit: Unit) -> Iterator[None]:
    """Keep a second grading of the unit away."""
    unit.records.folder.mkdir(parents=True, exist_ok=True)
    with open(unit.records.folder / ".running", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotDo(f"{unit.name} is being graded already. Wait for that to end, or end it.") from None
        yield


class _Recorder:
    """Writes what was found for one submission after another."""

    def __init__(self, unit: Unit, book: Book, roster: Roster, token: str, version: str) -> None:
        self.unit, self.book, self.roster, self.token, self.version = unit, book, roster, token, version

    def recorded(self, submission: lint.Submission, digest: str, graded: Mapping[str, Graded]) -> dict[str, Any]:
        """The record, written; when that fails for this submission alone, so much is recorded, and the others go on."""
        try:
            return self._record(submission, digest, graded)
        except CannotRecord:
            raise
        except Exception as error:
            work = lint.Work(reason=f"the grader could not record it ({type(error).__name__}: {error!a})"[:300])
            return self._record(submission, "", {n: not_run(self.unit.exercises(n), work) for n in graded})

    def _record(self, submission: lint.Submission, digest: str, graded: Mapping[str, Graded]) -> dict[str, Any]:
        unit, student = self.unit, submission.student
        came, remark = arrived(unit.room, unit.name, student, submission.folder)
        old = unit.records.read(student)
        new = {n: g.record() | {"version": self.version, "possible": self._possible(n)} for n, g in graded.items()}
        found = (old or {}).get("notebooks", {}) | new
        found = {n: found[n] for n in unit.release if n in found}
        again = looked_at_again(self.book.marks(student), old, graded)
        record = {
            "student": student,
            "unit": unit.name,
            "digest": digest if len(new) == len(unit.release) else "",
            "run": self.token,
            "graded": datetime.now(UTC).isoformat(timespec="seconds"),
            "handed_in": came.to_dict(),
            "score": sum(v["score"] for about in found.values() for v in about["exercises"].values()),
            "possible": sum(map(self._possible, unit.release)),
            "to_mark": [f"{n}/{w}" for n, about in found.items() for w in about["written"] if w not in about["blank"]],
            "eye": [
                *submission.remarks,
                *(["is not on the roster"] if self.roster.unknown(student) else []),
                *([remark] if remark else []),
                *(said for _, _, said in again),
                *(f"{n}: {line}" for n, about in found.items() for line in about["eye"]),
            ],
            "notebooks": found,
        }
        for name, g in graded.items():
            target = unit.room.path("autograded", student, unit.name, f"{name}.ipynb")
            if g.notebook is None:
                target.unlink(missing_ok=True)
            else:
                put(target, nbformat.writes(g.notebook).encode("utf-8", "replace"))
        _figures(unit, student)
        comments = {n: {e: v.to_text() for e, v in g.verdicts.items()} for n, g in graded.items()}
        scores = {n: g.scores() for n, g in graded.items()}
        self.book.save(student, scores, came.at, comments, {(n, e) for n, e, _ in again})
        try:
            answers = pack(self.unit.records.answers(student) | {n: g.answers for n, g in graded.items()})
        except WireError:
            answers = pack({})
        unit.records.write(student, record, answers)
        return record

    def _possible(self, notebook: str) -> int:
        return sum(e.points for e in self.unit.exercises(notebook))


def _figures(unit: Unit, student: str) -> None:
    """Put the unit's figures beside a graded notebook, where formgrader finds them: as hard links, which take no room."""
    to = unit.room.path("autograded", student, unit.name, "figures")
    figures = sorted((unit.root / "notebooks" / unit.name / "figures").glob("*.*"))
    for figure in figures if to.parent.is_dir() else ():
        if not (to / figure.name).exists():
            to.mkdir(exist_ok=True)
            try:
                os.link(figure, to / figure.name)
            except OSError:  # another file system
                shutil.copyfile(figure, to / figure.name)


def _key(unit: Unit) -> bytes:
    file = unit.room.path("graded", ".key")
    if not file.exists():
        put(file, secrets.token_bytes(32))
        file.chmod(0o600)
    return file.read_bytes()


def _digest(submission: lint.Submission, version: str) -> str:
    files = pack({n: data for n, data in sorted(submission.files.items())})
    parts = [version, *(f"{n}\0{w.digest}\0{w.reason}" for n, w in submission.work.items())]
    parts.append(hashlib.sha256(files).hexdigest())
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()
