"""Grade: every submission of a unit gets its score or a stated reason, whatever is in it."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import struct
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from .. import bank
from ..ask import Answer
from ..exercise import VISIBLE, Exercise, Written
from ..judge import judge
from ..verdict import Verdict
from ..wire import WireError, pack, unpack
from . import lint, notebooks
from .record import Book, Files, handed_in, put
from .restore import Plan, restore
from .sandbox import Limits, NoSandbox, require, run


class CannotGrade(RuntimeError):
    """Nothing can be graded; the message says why and what to do."""


@dataclass(frozen=True)
class Unit:
    """A unit as it was released. ``root`` is the folder that holds ``notebooks/`` and ``autograde/``."""

    root: Path
    name: str
    release: Mapping[str, NotebookNode]
    files: Mapping[str, bytes]

    @property
    def submitted(self) -> Path:
        return self.root / "autograde" / "submitted"

    @property
    def records(self) -> Files:
        return Files(self.root / "autograde" / "graded" / self.name)

    def exercises(self, notebook: str) -> Sequence[Exercise | Written]:
        return bank.modules()[bank.module_name(notebook)].EXERCISES

    @classmethod
    def read(cls, root: Path, name: str) -> Unit:
        """The unit called ``name`` below ``root``.

        Raises
        ------
        CannotGrade : there is none, or it has a notebook without exercises in the bank.
        """
        folder = root / "notebooks" / name
        found = {p.stem: nbformat.read(p, as_version=4) for p in sorted(folder.glob("*.ipynb"))}
        if not found:
            raise CannotGrade(f"There is no released unit {name!r} in {root / 'notebooks'}.")
        release = {n: nb for n, nb in found.items() if bank.module_name(n) in bank.modules()}
        if not release:
            raise CannotGrade(f"No notebook of {name!r} has exercises in the bank.")
        data = (p for p in folder.rglob("*") if p.is_file() and p.suffix != ".ipynb" and "figures" not in p.parts)
        return cls(root, name, release, {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(data)})


@dataclass
class Graded:
    """One notebook of a submission, graded.

    Attributes
    ----------
    reason : why it has no score of its own; empty when it ran.
    eye : what a human should look at.
    """

    verdicts: dict[str, Verdict]
    written: dict[str, str] = field(default_factory=dict)
    blank: tuple[str, ...] = ()
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    reason: str = ""
    eye: list[str] = field(default_factory=list)
    remarks: tuple[str, ...] = ()
    seed: int = 0
    seconds: float = 0.0
    notebook: NotebookNode | None = None

    def scores(self) -> dict[str, float | None]:
        """Points by grade id; None for words that wait for a human."""
        found: dict[str, float | None] = {f"check-{n}": v.credit for n, v in self.verdicts.items()}
        return found | {n: 0.0 if n in self.blank else None for n in self.written}


def grade(
    unit: Unit,
    db_url: str,
    course: str = "lstm-by-hand",
    limits: Limits = Limits(),
    executor: Executor | None = None,
    jobs: int | None = None,
    sandboxed: bool = True,
    resume: bool = False,
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Grade every submission of ``unit``; yields how many there are, and the record of each as it is finished.

    Raises
    ------
    CannotGrade : nothing was handed in.
    NoSandbox : there is no sandbox here, and ``sandboxed`` is true.
    CannotRecord : the gradebook cannot be used. What was recorded stays; ``resume`` goes on from there.
    """
    if sandboxed and executor is None:
        require()
    found = list(lint.submissions(unit.submitted, unit.name, list(unit.release)))
    if not found:
        raise CannotGrade(f"Nothing was handed in for {unit.name}: {unit.submitted}/<student>/{unit.name}/ is where it belongs.")
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
                for submission, digest, graded in _run_all(unit, todo, key, limits, pool, sandboxed):
                    yield len(found), _record(unit, book, submission, digest, graded)
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
    waiting: dict[Future, tuple[int, str, Plan, int]] = {}
    graded: list[dict[str, Graded]] = []
    for number, (submission, _) in enumerate(todo):
        graded.append({})
        for name, work in submission.work.items():
            if work.reason:
                graded[number][name] = not_run(unit.exercises(name), work)
                continue
            plan = restore(work.cells, unit.release[name], unit.exercises(name))
            seed = int.from_bytes(hmac.digest(key, f"{submission.student}\0{name}\0{work.digest}".encode(), "sha256")[:8], "big")
            try:
                task = _task(plan, unit, name, seed, limits)
            except WireError as error:
                graded[number][name] = not_run(unit.exercises(name), replace(work, reason=f"it is too large to be run: {error}"))
                continue
            waiting[pool.submit(run, task, limits, sandboxed)] = (number, name, plan, seed)
    left = [sum(number == n for n, *_ in waiting.values()) for number in range(len(todo))]
    for number, (submission, digest) in enumerate(todo):
        if not left[number]:
            yield submission, digest, graded[number]
    for future in as_completed(waiting):
        number, name, plan, seed = waiting.pop(future)
        submission, digest = todo[number]
        work, exercises = submission.work[name], unit.exercises(name)
        try:
            graded[number][name] = judged(future.result(), plan, unit.release[name], exercises, seed, work.remarks)
        except NoSandbox:
            raise
        except Exception as error:
            said = f"{type(error).__name__}: {error}"[:300]
            graded[number][name] = not_run(exercises, replace(work, reason=f"the grader failed on it ({said})"))
        left[number] -= 1
        if not left[number]:
            yield submission, digest, {n: graded[number][n] for n in submission.work}


def not_run(exercises: Sequence[Exercise | Written], work: lint.Work) -> Graded:
    """The result for a notebook that was not run: no points, and the reason."""
    verdicts = {
        e.name: Verdict(e.name, "empty", f"Not graded: {work.reason}.", possible=e.points) for e in exercises if isinstance(e, Exercise)
    }
    words = {e.name: "" for e in exercises if isinstance(e, Written)}
    eye = [] if work.reason == "it was not handed in" else [work.reason]
    return Graded(verdicts, words, tuple(words), reason=work.reason, eye=[*eye, *work.remarks], remarks=work.remarks)


def judged(
    result: bytes, plan: Plan, release: NotebookNode, exercises: Sequence[Exercise | Written], seed: int, remarks: Sequence[str] = ()
) -> Graded:
    """The result for a notebook that was run. Nothing in ``result`` is trusted: it only holds values."""
    stream, stopped, seconds = unpack(result)
    heard = _hear(stream, plan, exercises)
    answers, outputs, at = heard.answers, heard.outputs, heard.running
    if not stopped and not heard.ended:
        stopped = "it ended before its last cell"
    verdicts: dict[str, Verdict] = {}
    eye = [*remarks]
    for exercise in (e for e in exercises if isinstance(e, Exercise)):
        if exercise.name in answers:
            verdicts[exercise.name] = _verdict(exercise, answers[exercise.name], seed, eye)
        elif stopped:
            verdicts[exercise.name] = _unasked(exercise, stopped, at)
        else:
            verdicts[exercise.name] = Verdict(exercise.name, "empty", "The sandbox gave no answer.", possible=exercise.points)
            eye.append(f"`{exercise.name}`: no answer came out of the sandbox")
    if stopped:
        eye.append(stopped + (f", in cell {at + 1}" if at is not None else ""))
    if heard.broken:
        eye.append(f"what came out of the sandbox was not what goes in: {heard.broken}")
    words = {e.name: "" for e in exercises if isinstance(e, Written)}
    words |= {name: plan.cells[n].source for name, n in plan.written.items()}
    stubs = {c.metadata.nbgrader.grade_id: c.source for c in release.cells if "nbgrader" in c.metadata}
    blank = tuple(n for n, text in words.items() if text.strip() in ("", stubs[n].strip()))
    return Graded(
        verdicts, words, blank, answers, "", eye, plan.remarks, seed, seconds, notebooks.graded(plan, release, outputs, verdicts)
    )


def _verdict(exercise: Exercise, answers: list[Answer], seed: int, eye: list[str]) -> Verdict:
    if not answers:
        said = f"Nothing is called `{exercise.name}` where it is checked."
        return Verdict(exercise.name, "empty", said, ("Did the cell that defines it raise an error?",), exercise.points)
    try:
        verdict = judge(exercise, exercise.problems(seed), answers)
        json.dumps(verdict.to_dict())
        if exercise.kind == "value" and not verdict.credit and judge(exercise, exercise.problems(VISIBLE), answers).credit:
            eye.append(f"`{exercise.name}` is right for the numbers that the notebook shows, but does not follow from its code")
    except Exception as error:
        eye.append(f"`{exercise.name}`: its answer could not be judged ({type(error).__name__}: {error})"[:300])
        return Verdict(exercise.name, "wrong", "This answer could not be judged.", possible=exercise.points)
    return verdict


def _unasked(exercise: Exercise, stopped: str, at: int | None) -> Verdict:
    where = f" in cell {at + 1}" if at is not None else ""
    return Verdict(exercise.name, "wrong", f"It was not reached: {stopped}{where}.", possible=exercise.points)


@dataclass
class _Heard:
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    outputs: dict[int, bytes] = field(default_factory=dict)
    running: int | None = None
    ended: bool = False
    broken: str = ""


def _hear(stream: bytes, plan: Plan, exercises: Sequence[Exercise | Written]) -> _Heard:
    heard = _Heard()
    sizes = {e.name: len(e.problems()) for e in exercises if isinstance(e, Exercise)}
    offset = 0
    while offset + 4 <= len(stream):
        (length,) = struct.unpack_from(">I", stream, offset)
        frame = stream[offset + 4 : offset + 4 + length]
        offset += 4 + length
        try:
            match unpack(frame):
                case ("start", int(index)) if 0 <= index < len(plan.cells):
                    heard.running = index
                case ("cell", int(index), float(), bytes(outputs)):
                    heard.outputs[index], heard.running = outputs, None
                case ("ask", int(index), float(), bytes(outputs), str(name), [*answers]) if (
                    plan.checks.get(index) == name
                    and len(answers) <= sizes[name]
                    and all(isinstance(a, Answer) for a in answers)
                ):
                    heard.answers[name], heard.outputs[index], heard.running = answers, outputs, None
                case ("end",):
                    heard.ended = True
                case _:
                    heard.broken = "a frame of no known kind"
        except WireError as error:
            heard.broken = str(error)
    return heard


def _task(plan: Plan, unit: Unit, notebook: str, seed: int, limits: Limits) -> bytes:
    asked = [e for e in unit.exercises(notebook) if isinstance(e, Exercise)]
    questions = {e.name: {"kind": e.kind, "outputs": e.outputs, "problems": e.problems(seed)} for e in asked}
    cells = [
        (n, "ask", plan.checks[n]) if n in plan.checks else (n, "run", c.source)
        for n, c in enumerate(plan.cells)
        if n in plan.checks or (c.kind == "code" and c.source.strip())
    ]
    return pack({"cells": cells, "questions": pack(questions), "files": dict(unit.files), "limits": asdict(limits)})


def _record(unit: Unit, book: Book, submission: lint.Submission, digest: str, graded: Mapping[str, Graded]) -> dict[str, Any]:
    record = {
        "student": submission.student,
        "unit": unit.name,
        "digest": digest,
        "graded": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "score": sum(v.credit for g in graded.values() for v in g.verdicts.values()),
        "possible": sum(e.points for n in unit.release for e in unit.exercises(n)),
        "to_mark": [f"{n}/{w}" for n, g in graded.items() for w in g.written if w not in g.blank],
        "eye": [*submission.remarks, *(f"{n}: {line}" for n, g in graded.items() for line in g.eye)],
        "notebooks": {n: _notebook_record(g) for n, g in graded.items()},
    }
    for name, g in graded.items():
        target = unit.root / "autograde" / "autograded" / submission.student / unit.name / f"{name}.ipynb"
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


def _notebook_record(graded: Graded) -> dict[str, Any]:
    return {
        "reason": graded.reason,
        "eye": graded.eye,
        "remarks": list(graded.remarks),
        "seed": graded.seed,
        "seconds": round(graded.seconds, 3),
        "exercises": {n: v.to_dict() for n, v in graded.verdicts.items()},
        "written": dict(graded.written),
        "blank": list(graded.blank),
    }


def _key(unit: Unit) -> bytes:
    file = unit.root / "autograde" / "graded" / ".key"
    if not file.exists():
        put(file, secrets.token_bytes(32))
        file.chmod(0o600)
    return file.read_bytes()


def _version(unit: Unit) -> str:
    digest = hashlib.sha256()
    for name, notebook in unit.release.items():
        source = Path(bank.modules()[bank.module_name(name)].__file__).read_bytes()
        digest.update(name.encode() + json.dumps(notebook, sort_keys=True).encode() + source)
    return digest.hexdigest()


def _digest(submission: lint.Submission, version: str) -> str:
    parts = [version, *(f"{n}\0{w.digest}\0{w.reason}" for n, w in submission.work.items())]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()
