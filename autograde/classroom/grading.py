"""Grade: every submission of a unit gets its score or a stated reason, whatever is in it."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
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
from autograde.classroom.sandbox.run import Limits, NoSandbox, require, run
from autograde.classroom.unit import Unit
from autograde.judging.exercise import Exercise

WINDOW = 128
"""Notebooks that wait or run at one time."""


def grade(
    unit: Unit,
    db_url: str,
    course: str = "lstm-by-hand",
    limits: Limits | None = None,
    executor: Executor | None = None,
    jobs: int | None = None,
    sandboxed: bool = True,
    resume: bool = False,
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Grade every submission of ``unit``; yields how many there are, and the record of each as it is finished.

    Raises
    ------
    CannotDo : nothing was handed in.
    NoSandbox : there is no sandbox here, and ``sandboxed`` is true.
    CannotRecord : the gradebook cannot be used. What was recorded stays; ``resume`` goes on from there.
    """
    if sandboxed and executor is None:
        require()
    submitted = unit.room.path("submitted")
    found = list(lint.submissions(submitted, unit.name, list(unit.release)))
    if not found:
        raise CannotDo(
            f"Nothing was handed in for {unit.name}: {submitted}/<student>/{unit.name}/ is where it belongs."
        )
    key, version = _key(unit), _version(unit)
    todo = []
    with Book(db_url, course, unit.name, unit.release) as book:
        for submission in found:
            digest = _digest(submission, version)
            old = unit.records.read(submission.student)
            if resume and old is not None and old.get("digest") == digest:
                yield len(found), old
                continue
            unit.records.forget(submission.student)
            book.reset(submission.student)
            todo.append((submission, digest))
        with executor or ThreadPoolExecutor(jobs or os.cpu_count()) as pool:
            try:
                for submission, digest, graded in _run_all(unit, todo, key, limits or Limits(), pool, sandboxed):
                    yield len(found), _recorded(unit, book, submission, digest, graded)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise


def _run_all(
    unit: Unit,
    todo: Sequence[tuple[lint.Submission, str]],
    key: bytes,
    limits: Limits,
    pool: Executor,
    sandboxed: bool,
) -> Iterator[tuple[lint.Submission, str, dict[str, Graded]]]:
    waiting: dict[Future, _Job] = {}
    graded: list[dict[str, Graded]] = [{} for _ in todo]
    jobs = _jobs(unit, todo, key, limits)
    more = True
    while more or waiting:
        finished = []
        while more and len(waiting) < WINDOW:
            job = next(jobs, None)
            more = job is not None
            if job is None:
                break
            if isinstance(job.task, Graded):
                finished.append((job, job.task))
            else:
                waiting[pool.submit(run, job.task, limits, sandboxed)] = job
        if waiting:
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                job = waiting.pop(future)
                finished.append((job, _finish(future, job, unit)))
        for job, result in finished:
            submission, digest = todo[job.number]
            graded[job.number][job.name] = result
            if len(graded[job.number]) == len(submission.work):
                digest = "" if any(g.again for g in graded[job.number].values()) else digest
                yield submission, digest, {n: graded[job.number][n] for n in submission.work}
                graded[job.number] = {}


@dataclass(frozen=True)
class _Job:
    number: int
    name: str
    work: lint.Work
    task: bytes | Graded
    plan: Plan | None = None
    seed: int = 0


def _jobs(unit: Unit, todo: Sequence[tuple[lint.Submission, str]], key: bytes, limits: Limits) -> Iterator[_Job]:
    for number, (submission, _) in enumerate(todo):
        for name, work in submission.work.items():
            exercises = unit.exercises(name)
            if work.reason:
                yield _Job(number, name, work, not_run(exercises, work))
                continue
            plan = restore(work.cells, unit.release[name], exercises)
            drawn = hmac.digest(key, f"{submission.student}\0{name}\0{work.digest}".encode(), "sha256")
            seed = int.from_bytes(drawn[:8], "big")
            try:
                yield _Job(number, name, work, _task(plan, unit, name, seed, limits), plan, seed)
            except WireError as error:
                yield _Job(
                    number, name, work, not_run(exercises, replace(work, reason=f"it is too large to be run: {error}"))
                )


def _finish(future: Future, job: _Job, unit: Unit) -> Graded:
    exercises = unit.exercises(job.name)
    try:
        return judged(future.result(), job.plan, unit.release[job.name], exercises, job.seed, job.work.remarks)
    except NoSandbox:
        raise
    except Exception as error:
        reason = f"the grader failed on it ({type(error).__name__}: {error})"[:300]
        return replace(not_run(exercises, replace(job.work, reason=reason)), again=True)


def _task(plan: Plan, unit: Unit, notebook: str, seed: int, limits: Limits) -> bytes:
    asked = [e for e in unit.exercises(notebook) if isinstance(e, Exercise)]
    questions = {e.name: {"kind": e.kind, "outputs": e.outputs, "problems": e.problems(seed)} for e in asked}
    cells = [
        (n, "ask", plan.checks[n]) if n in plan.checks else (n, "run", c.source)
        for n, c in enumerate(plan.cells)
        if n in plan.checks or (c.kind == "code" and c.source.strip())
    ]
    return pack({"cells": cells, "questions": pack(questions), "files": dict(unit.files), "limits": asdict(limits)})


def _recorded(
    unit: Unit, book: Book, submission: lint.Submission, digest: str, graded: Mapping[str, Graded]
) -> dict[str, Any]:
    """``_record``; when it fails for this submission alone, that is recorded, and the others go on."""
    try:
        return _record(unit, book, submission, digest, graded)
    except CannotRecord:
        raise
    except Exception as error:
        work = lint.Work(reason=f"the grader could not record it ({type(error).__name__}: {error!a})"[:300])
        return _record(unit, book, submission, "", {n: not_run(unit.exercises(n), work) for n in graded})


def _record(
    unit: Unit, book: Book, submission: lint.Submission, digest: str, graded: Mapping[str, Graded]
) -> dict[str, Any]:
    record = {
        "student": submission.student,
        "unit": unit.name,
        "digest": digest,
        "graded": datetime.now(UTC).isoformat(timespec="seconds"),
        "score": sum(v.credit for g in graded.values() for v in g.verdicts.values()),
        "possible": sum(e.points for n in unit.release for e in unit.exercises(n)),
        "to_mark": [f"{n}/{w}" for n, g in graded.items() for w in g.written if w not in g.blank],
        "eye": [*submission.remarks, *(f"{n}: {line}" for n, g in graded.items() for line in g.eye)],
        "notebooks": {n: g.record() for n, g in graded.items()},
    }
    for name, g in graded.items():
        target = unit.room.path("autograded", submission.student, unit.name, f"{name}.ipynb")
        if g.notebook is None:
            target.unlink(missing_ok=True)
        else:
            put(target, nbformat.writes(g.notebook).encode("utf-8", "replace"))
    comments = {n: {e: v.to_text() for e, v in g.verdicts.items()} for n, g in graded.items()}
    book.save(submission.student, {n: g.scores() for n, g in graded.items()}, handed_in(submission.folder), comments)
    try:
        answers = pack({n: g.answers for n, g in graded.items()})
    except WireError:
        answers = pack({})
    unit.records.write(submission.student, record, answers)
    return record


def _key(unit: Unit) -> bytes:
    file = unit.room.path("graded", ".key")
    if not file.exists():
        put(file, secrets.token_bytes(32))
        file.chmod(0o600)
    return file.read_bytes()


def _version(unit: Unit) -> str:
    digest = hashlib.sha256()
    for name, notebook in unit.release.items():
        source = course.notebooks()[name].path("exercises.py").read_bytes()
        digest.update(name.encode() + json.dumps(notebook, sort_keys=True).encode() + source)
    return digest.hexdigest()


def _digest(submission: lint.Submission, version: str) -> str:
    parts = [version, *(f"{n}\0{w.digest}\0{w.reason}" for n, w in submission.work.items())]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()
