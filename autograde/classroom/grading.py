"""Grade: every submission of a unit gets its score or a stated reason, whatever is in it."""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

import nbformat

from autograde import course
from autograde.asking.wire import WireError, pack
from autograde.classroom import submission as lint
from autograde.classroom.outcome import Graded, judged, not_run
from autograde.classroom.record import Book, CannotRecord, handed_in, put
from autograde.classroom.restore import Plan, restore
from autograde.classroom.room import CannotDo
from autograde.classroom.sandbox.box import Limits, NoSandbox
from autograde.classroom.sandbox.run import require, run
from autograde.classroom.unit import Unit
from autograde.classroom.version import version
from autograde.classroom.versions import asked_for, versions
from autograde.judging.exercise import Exercise

WINDOW = 32
"""Students whose notebooks wait or run at one time."""
WARM = {"numpy": "numpy", "sympy": "sympy", "matplotlib": "matplotlib.pyplot"}
"""What a sandbox imports before its notebooks run, when their text holds the word."""


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
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Grade every submission of ``unit``; yields how many there are, and the record of each as it is finished.

    share : of its points, for an answer that is right but for an earlier function of the learner's.

    Raises
    ------
    CannotDo : nothing was handed in, or this unit is being graded already.
    NoSandbox : there is no sandbox here, and ``sandboxed`` is true.
    CannotRecord : the gradebook cannot be used. What was recorded stays; ``resume`` goes on from there.
    """
    if sandboxed and executor is None:
        require()
    submitted = unit.room.path("submitted")
    units = {n.unit for n in course.notebooks().values()}
    found = list(lint.submissions(submitted, unit.name, unit.release, units))
    if not found:
        raise CannotDo(
            f"Nothing was handed in for {unit.name}: {submitted}/<student>/{unit.name}/ is where it belongs."
        )
    key, now = _key(unit), version(unit)
    todo, token = [], secrets.token_hex(8)
    with _alone(unit), Book(db_url, course_id, unit.name, unit.release) as book:
        for submission in found:
            digest = _digest(submission, now)
            old = unit.records.read(submission.student)
            if resume and old is not None and old.get("digest") == digest:
                yield len(found), old
                continue
            if old is not None and _unread(submission):
                said = "it cannot be read now, and the grade from before stays"
                yield len(found), old | {"eye": [*(e for e in old["eye"] if e != said), said]}
                continue
            todo.append((submission, digest))
        unit.records.begin(token, [s.student for s, _ in todo])
        with executor or ThreadPoolExecutor(jobs or os.cpu_count()) as pool:
            try:
                for submission, digest, graded in _run_all(unit, todo, key, limits or Limits(), pool, sandboxed, share):
                    yield len(found), _recorded(unit, book, submission, digest, graded, token)
                unit.records.end()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise


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


@dataclass(frozen=True)
class _Part:
    """One notebook of a student: what is run, or why it is not."""

    work: lint.Work
    plan: Plan | None = None
    seed: int = 0
    task: bytes = b""
    reason: str = ""


@dataclass
class _Job:
    """A student's notebooks, and what was found for them."""

    submission: lint.Submission
    digest: str
    parts: dict[str, _Part]
    graded: dict[str, Graded]
    share: float = 1.0

    def waiting(self) -> dict[str, _Part]:
        """What has to be run."""
        return {n: p for n, p in self.parts.items() if n not in self.graded}


def _run_all(
    unit: Unit,
    todo: Sequence[tuple[lint.Submission, str]],
    key: bytes,
    limits: Limits,
    pool: Executor,
    sandboxed: bool,
    share: float,
) -> Iterator[tuple[lint.Submission, str, dict[str, Graded]]]:
    """Run and judge; what the clock stopped on a crowded machine is run again at the end, one student after another."""
    running: dict[Future, _Job] = {}
    again: list[_Job] = []
    jobs = (_job(unit, submission, digest, key, limits, share) for submission, digest in todo)
    more = True

    def start(job: _Job) -> Future:
        tasks = [p.task for p in job.waiting().values()]
        return pool.submit(run, _setup(unit, job), tasks, limits, sandboxed)

    while more or running:
        ready = []
        while more and len(running) < WINDOW:
            job = next(jobs, None)
            more = job is not None
            if job is None:
                break
            if job.waiting():
                running[start(job)] = job
            else:
                ready.append(job)
        if running:
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                job = running.pop(future)
                _finish(future, job, unit)
                (again if any(g.crowded for g in job.graded.values()) else ready).append(job)
        for job in ready:
            yield _found(job)
    for job in again:
        job.graded = {n: g for n, g in job.graded.items() if not g.crowded}
        future = start(job)
        wait([future])
        _finish(future, job, unit)
        yield _found(job)


def _found(job: _Job) -> tuple[lint.Submission, str, dict[str, Graded]]:
    digest = "" if any(g.again for g in job.graded.values()) else job.digest
    graded, job.graded, parts, job.parts = job.graded, {}, job.parts, {}
    return job.submission, digest, {n: graded[n] for n in parts}


def _job(unit: Unit, submission: lint.Submission, digest: str, key: bytes, limits: Limits, share: float) -> _Job:
    exercises = {n: unit.exercises(n) for n in unit.release}
    work = submission.work
    plans = {n: restore(w.cells, unit.release[n], exercises[n]) for n, w in work.items() if not w.reason}

    def part(name: str) -> _Part:
        if name not in plans:
            return _Part(work[name], reason=work[name].reason)
        drawn = hmac.digest(key, f"{submission.student}\0{name}\0{work[name].digest}".encode(), "sha256")
        seed = int.from_bytes(drawn[:8], "big")
        texts = versions(asked_for(unit.release[name]), exercises, plans)
        try:
            return _Part(work[name], plans[name], seed, _task(plans[name], unit, name, seed, limits, texts))
        except WireError as error:
            return _Part(work[name], reason=f"it is too large to be run: {error}")

    parts = {n: part(n) for n in work}
    refused = {n: replace(p.work, reason=p.reason) for n, p in parts.items() if p.reason}
    return _Job(submission, digest, parts, {n: not_run(exercises[n], w) for n, w in refused.items()}, share)


def _finish(future: Future, job: _Job, unit: Unit) -> None:
    """Judge what came out for a student's notebooks."""
    waiting = job.waiting()
    try:
        results: list[bytes | Exception] = list(future.result())
    except NoSandbox:
        raise
    except Exception as error:
        results = [error] * len(waiting)
    for (name, part), result in zip(waiting.items(), results, strict=True):
        exercises = unit.exercises(name)
        try:
            if isinstance(result, Exception):
                raise result
            assert part.plan is not None, "only a notebook with a plan is run"
            found = judged(result, part.plan, unit.release[name], exercises, part.seed, part.work.remarks, job.share)
        except Exception as error:
            reason = f"the grader failed on it ({type(error).__name__}: {error})"[:300]
            found = replace(not_run(exercises, replace(part.work, reason=reason)), again=True)
        job.graded[name] = found


def _setup(unit: Unit, job: _Job) -> bytes:
    """What the notebooks of a student share; see ``inside``."""
    text = " ".join(c.source for p in job.waiting().values() if p.plan for c in p.plan.cells if c.kind == "code")
    warm = tuple(module for word, module in WARM.items() if f"import {word}" in text or f"from {word}" in text)
    return pack({"warm": warm, "files": {**job.submission.files, **unit.files}})


def _task(
    plan: Plan, unit: Unit, notebook: str, seed: int, limits: Limits, texts: Mapping[str, tuple[str, ...]]
) -> bytes:
    asked = [e for e in unit.exercises(notebook) if isinstance(e, Exercise)]
    questions = {e.name: {"kind": e.kind, "outputs": e.outputs, "problems": e.problems(seed)} for e in asked}
    cells = [
        (n, "ask", plan.checks[n]) if n in plan.checks else (n, "run", c.source)
        for n, c in enumerate(plan.cells)
        if n in plan.checks or (c.kind == "code" and c.source.strip())
    ]
    return pack({"cells": cells, "questions": pack(questions), "versions": dict(texts), "limits": asdict(limits)})


def _recorded(
    unit: Unit, book: Book, submission: lint.Submission, digest: str, graded: Mapping[str, Graded], token: str
) -> dict[str, Any]:
    """``_record``; when it fails for this submission alone, that is recorded, and the others go on."""
    try:
        return _record(unit, book, submission, digest, graded, token)
    except CannotRecord:
        raise
    except Exception as error:
        work = lint.Work(reason=f"the grader could not record it ({type(error).__name__}: {error!a})"[:300])
        return _record(unit, book, submission, "", {n: not_run(unit.exercises(n), work) for n in graded}, token)


def _record(
    unit: Unit, book: Book, submission: lint.Submission, digest: str, graded: Mapping[str, Graded], token: str
) -> dict[str, Any]:
    when, unknown = handed_in(submission.folder)
    marked = _marked(book.marks(submission.student), unit.records.read(submission.student), graded)
    record = {
        "student": submission.student,
        "unit": unit.name,
        "digest": digest,
        "run": token,
        "graded": datetime.now(UTC).isoformat(timespec="seconds"),
        "score": sum(v.credit for g in graded.values() for v in g.verdicts.values()),
        "possible": sum(e.points for n in unit.release for e in unit.exercises(n)),
        "to_mark": [f"{n}/{w}" for n, g in graded.items() for w in g.written if w not in g.blank],
        "eye": [
            *submission.remarks,
            *([unknown] if unknown else []),
            *marked,
            *(f"{n}: {line}" for n, g in graded.items() for line in g.eye),
        ],
        "notebooks": {n: g.record() for n, g in graded.items()},
    }
    for name, g in graded.items():
        target = unit.room.path("autograded", submission.student, unit.name, f"{name}.ipynb")
        if g.notebook is None:
            target.unlink(missing_ok=True)
        else:
            put(target, nbformat.writes(g.notebook).encode("utf-8", "replace"))
    comments = {n: {e: v.to_text() for e, v in g.verdicts.items()} for n, g in graded.items()}
    book.save(submission.student, {n: g.scores() for n, g in graded.items()}, when, comments)
    try:
        answers = pack({n: g.answers for n, g in graded.items()})
    except WireError:
        answers = pack({})
    unit.records.write(submission.student, record, answers)
    return record


def _marked(
    marks: Sequence[tuple[str, str, float, float]], old: Mapping[str, Any] | None, graded: Mapping[str, Graded]
) -> list[str]:
    """What a teacher should look at again: marks on words that have changed, below the judge's points, or above the maximum."""
    said = []
    for notebook, name, mark, most in marks:
        found = graded.get(notebook)
        if found is None:
            continue
        before = ((old or {}).get("notebooks", {}).get(notebook) or {}).get("written", {}).get(name)
        given = found.scores().get(name)
        about = f"{notebook}: `{name.removeprefix('check-')}` was marked {mark:g}"
        if name in found.written and before is not None and before != found.written[name]:
            said.append(f"{about}, and its words have changed since: look at it again")
        if given is not None and given > mark:
            said.append(f"{about}, and the judge now gives {given:g}: look at it again")
        if mark > most:
            said.append(f"{about}, which is more than the {most:g} that there are to get")
    return said


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
