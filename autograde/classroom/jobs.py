"""Jobs: a student's notebooks as messages to a sandbox, many at a time, and what comes out of it, judged."""

from __future__ import annotations

import hmac
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import asdict, dataclass, replace

from autograde.asking.wire import WireError, pack
from autograde.classroom import submission as lint
from autograde.classroom.outcome import Before, Graded, judged, not_run
from autograde.classroom.restore import Plan, restore
from autograde.classroom.sandbox.box import Limits, NoSandbox
from autograde.classroom.sandbox.run import run
from autograde.classroom.unit import Unit
from autograde.classroom.versions import asked_for, versions
from autograde.judging.exercise import Exercise

WINDOW = 32
"""Students whose notebooks wait or run at one time."""
WARM = {"numpy": "numpy", "sympy": "sympy", "matplotlib": "matplotlib.pyplot"}
"""What a sandbox imports before its notebooks run, when their text holds the word."""


@dataclass(frozen=True)
class Part:
    """One notebook of a student: what is run, or why it is not."""

    work: lint.Work
    plan: Plan | None = None
    seed: int = 0
    task: bytes = b""
    reason: str = ""


@dataclass
class Job:
    """A student's notebooks, and what was found for them."""

    submission: lint.Submission
    digest: str
    parts: dict[str, Part]
    graded: dict[str, Graded]
    share: float = 1.0

    def waiting(self) -> dict[str, Part]:
        """What has to be run."""
        return {n: p for n, p in self.parts.items() if n not in self.graded}


def run_all(
    unit: Unit,
    todo: Sequence[tuple[lint.Submission, str, Collection[str]]],
    key: bytes,
    limits: Limits,
    pool: Executor,
    sandboxed: bool,
    share: float,
) -> Iterator[tuple[lint.Submission, str, dict[str, Graded]]]:
    """Run and judge; what the clock stopped on a crowded machine is run again at the end, one student after another."""
    running: dict[Future, Job] = {}
    again: list[Job] = []
    jobs = (_job(unit, submission, digest, only, key, limits, share) for submission, digest, only in todo)
    more = True

    def start(job: Job) -> Future:
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


def _found(job: Job) -> tuple[lint.Submission, str, dict[str, Graded]]:
    digest = "" if any(g.again for g in job.graded.values()) else job.digest
    graded, job.graded, parts, job.parts = job.graded, {}, job.parts, {}
    return job.submission, digest, {n: graded[n] for n in parts}


def _job(
    unit: Unit,
    submission: lint.Submission,
    digest: str,
    only: Collection[str],
    key: bytes,
    limits: Limits,
    share: float,
) -> Job:
    """What is run of a submission: the notebooks ``only``. Functions of its other notebooks can be used all the same."""
    exercises = {n: unit.exercises(n) for n in unit.release}
    work = submission.work
    plans = {n: restore(w.cells, unit.release[n], exercises[n]) for n, w in work.items() if not w.reason}

    def part(name: str) -> Part:
        if name not in plans:
            return Part(work[name], reason=work[name].reason)
        drawn = hmac.digest(key, f"{submission.student}\0{name}\0{work[name].digest}".encode(), "sha256")
        seed = int.from_bytes(drawn[:8], "big")
        texts = versions(asked_for(unit.release[name]), exercises, plans)
        try:
            return Part(work[name], plans[name], seed, _task(plans[name], unit, name, seed, limits, texts))
        except WireError as error:
            return Part(work[name], reason=f"it is too large to be run: {error}")

    parts = {n: part(n) for n in work if n in only}
    refused = {n: replace(p.work, reason=p.reason) for n, p in parts.items() if p.reason}
    return Job(submission, digest, parts, {n: not_run(exercises[n], w) for n, w in refused.items()}, share)


def _finish(future: Future, job: Job, unit: Unit) -> None:
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
            found = judged(
                result,
                part.plan,
                unit.release[name],
                exercises,
                part.seed,
                part.work.remarks,
                job.share,
                _elsewhere(unit, job, name),
            )
        except Exception as error:
            reason = f"the grader failed on it ({type(error).__name__}: {error})"[:300]
            found = replace(not_run(exercises, replace(part.work, reason=reason)), again=True)
        job.graded[name] = found


def _elsewhere(unit: Unit, job: Job, notebook: str) -> Before:
    """The exercises of the notebooks before one, and which of them the student has not right."""
    old = (unit.records.read(job.submission.student) or {}).get("notebooks", {})
    known: dict[str, Exercise] = {}
    unsolved = []
    for name in (n for n in unit.release if n < notebook):
        graded = job.graded.get(name)
        found = (
            {e: v.to_dict() for e, v in graded.verdicts.items()} if graded else old.get(name, {}).get("exercises", {})
        )
        for exercise in (e for e in unit.exercises(name) if isinstance(e, Exercise)):
            known[exercise.name] = exercise
            about = found.get(exercise.name, {})
            if about.get("status") != "right" or about.get("how") == "given":
                unsolved.append(exercise.name)
    return known, unsolved


def _setup(unit: Unit, job: Job) -> bytes:
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
