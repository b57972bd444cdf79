"""Judge what came out of a sandbox. It is only ever read as values; points come from the judge alone."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from nbformat import NotebookNode

from autograde.asking.ask import Answer
from autograde.asking.wire import WireError, unpack
from autograde.classroom import graded_notebook as notebooks
from autograde.classroom import harmless
from autograde.classroom.restore import Plan
from autograde.classroom.sandbox.look import SHORT
from autograde.classroom.submission import Work
from autograde.classroom.timed import OutOfTime, within
from autograde.judging.exercise import VISIBLE, Exercise, Written
from autograde.judging.judge import judge
from autograde.judging.verdict import Row, Verdict

READING, JUDGING = 1.0, 5.0
"""Seconds of this process's time that reading what came out of a notebook, and judging one exercise, may take."""

Before = tuple[dict[str, Exercise], list[str]]
"""Exercises whose functions an answer may use, and the names of those that are not right by their own questions."""
NOTES = 5
"""Remarks of the asking side on one notebook that are kept."""


@dataclass
class Graded:
    """One notebook of a submission, graded.

    Attributes
    ----------
    reason : why it has no score of its own; empty when it ran.
    eye : what a human should look at.
    seconds, own_seconds : what the run took by the clock, and the processor time of the learner's cells and answers, by their
        own account.
    again : the fault is not the submission's, so that ``resume`` grades it anew.
    crowded : something was stopped by the clock while this machine had no processor to spare.
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
    own_seconds: float = 0.0
    notebook: NotebookNode | None = None
    again: bool = False
    crowded: bool = False

    def scores(self) -> dict[str, float | None]:
        """Points by grade id; None for words that wait for a human."""
        found: dict[str, float | None] = {f"check-{n}": v.credit for n, v in self.verdicts.items()}
        return found | {n: 0.0 if n in self.blank else None for n in self.written}

    def record(self) -> dict[str, Any]:
        """All of it but answers and notebook, for a file."""
        return {
            "reason": self.reason,
            "eye": self.eye,
            "remarks": list(self.remarks),
            "seed": self.seed,
            "seconds": round(self.seconds, 3),
            "own_seconds": round(self.own_seconds, 3),
            "exercises": {n: v.to_dict() for n, v in self.verdicts.items()},
            "written": dict(self.written),
            "blank": list(self.blank),
        }


def not_run(exercises: Sequence[Exercise | Written], work: Work) -> Graded:
    """The result for a notebook that was not run: no points, and the reason."""
    verdicts = {
        e.name: Verdict(e.name, "empty", f"Not graded: {work.reason}.", possible=e.points)
        for e in exercises
        if isinstance(e, Exercise)
    }
    words = {e.name: "" for e in exercises if isinstance(e, Written)}
    eye = [] if work.reason == "it was not handed in" else [work.reason]
    return Graded(verdicts, words, tuple(words), reason=work.reason, eye=[*eye, *work.remarks], remarks=work.remarks)


def judged(
    result: bytes,
    plan: Plan,
    release: NotebookNode,
    exercises: Sequence[Exercise | Written],
    seed: int,
    remarks: Sequence[str] = (),
    share: float = 1.0,
    elsewhere: Before = ({}, []),
) -> Graded:
    """The result for a notebook that was run. Nothing in ``result`` is trusted: it only holds values.

    share : of its points, for an answer that is right over an earlier wrong one.
    elsewhere : the exercises of other notebooks whose functions this one may use, and those that are not right.
    """
    known = {e.name: e for e in exercises if isinstance(e, Exercise)}
    stream, stopped, seconds, crowded = unpack(result)
    heard = _Heard()
    try:
        with within(READING):
            _hear(heard, stream, plan, exercises)
    except OutOfTime as error:
        heard.broken = str(error)
    answers, outputs, at = heard.answers, heard.outputs, heard.running
    if not stopped and not heard.ended:
        stopped = "it ended before its last cell"
    verdicts: dict[str, Verdict] = {}
    eye = [*remarks, *plan.eye, *heard.notes]
    for exercise in (e for e in exercises if isinstance(e, Exercise)):
        if exercise.name in answers:
            verdicts[exercise.name] = _verdict(
                exercise, answers[exercise.name], seed, eye, _before(verdicts, known, elsewhere), share
            )
        elif stopped:
            verdicts[exercise.name] = _unasked(exercise, stopped, at)
        else:
            verdicts[exercise.name] = Verdict(
                exercise.name, "empty", "The sandbox gave no answer.", possible=exercise.points
            )
            eye.append(f"`{exercise.name}`: no answer came out of the sandbox")
    if stopped:
        eye.append(stopped + (f", in cell {at + 1}" if at is not None else ""))
    if heard.broken:
        eye.append(harmless.line(f"what came out of the sandbox was not what goes in: {heard.broken}"))
    words = {e.name: "" for e in exercises if isinstance(e, Written)}
    words |= {name: plan.cells[n].source for name, n in plan.written.items()}
    stubs = {c.metadata.nbgrader.grade_id: c.source for c in release.cells if "nbgrader" in c.metadata}
    blank = tuple(n for n, text in words.items() if text.strip() in ("", stubs[n].strip()))
    return Graded(
        verdicts,
        words,
        blank,
        answers,
        eye=eye,
        remarks=plan.remarks,
        seed=seed,
        seconds=seconds,
        own_seconds=heard.own_seconds,
        notebook=notebooks.graded(plan, release, outputs, verdicts),
        again=stopped == SHORT,
        crowded=crowded and (bool(stopped) or heard.late),
    )


def _before(verdicts: Mapping[str, Verdict], known: Mapping[str, Exercise], elsewhere: Before) -> Before:
    """The exercises before one, and those whose functions are not right by their own questions."""
    unsolved = [n for n, v in verdicts.items() if v.status != "right" or v.how == "given"]
    return elsewhere[0] | {n: known[n] for n in verdicts}, [*elsewhere[1], *unsolved]


@np.errstate(all="ignore")
def _verdict(
    exercise: Exercise, answers: list[Answer], seed: int, eye: list[str], before: Before, share: float
) -> Verdict:
    if not answers:
        said = f"Nothing is called `{exercise.name}` where it is checked."
        return Verdict(exercise.name, "empty", said, ("Did the cell that defines it raise an error?",), exercise.points)
    try:
        with within(JUDGING):
            verdict = _clean(judge(exercise, exercise.problems(seed), answers, *before, share > 0))
            if verdict.how == "given":
                verdict = replace(verdict, score=verdict.score * share)
            shown = exercise.kind == "value" and not verdict.credit
            if shown and judge(exercise, exercise.problems(VISIBLE), answers).credit:
                eye.append(
                    f"`{exercise.name}` is right for the numbers that the notebook shows, but does not follow from its code"
                )
    except (Exception, OutOfTime) as error:
        eye.append(f"`{exercise.name}`: its answer could not be judged ({type(error).__name__}: {error!a})"[:300])
        return Verdict(exercise.name, "wrong", "This answer could not be judged.", possible=exercise.points)
    return verdict


def _clean(verdict: Verdict) -> Verdict:
    """The verdict with what it quotes of the learner cut short and made fit for any file, page or database."""

    def text(said: str) -> str:
        return harmless.text(said, 1000)

    rows = tuple(Row(r.name, r.right, text(r.note)) for r in verdict.rows)
    return replace(verdict, headline=text(verdict.headline), details=tuple(map(text, verdict.details)), rows=rows)


def _unasked(exercise: Exercise, stopped: str, at: int | None) -> Verdict:
    where = f" in cell {at + 1}" if at is not None else ""
    return Verdict(exercise.name, "wrong", f"It was not reached: {stopped}{where}.", possible=exercise.points)


@dataclass
class _Heard:
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    outputs: dict[int, bytes] = field(default_factory=dict)
    running: int | None = None
    own_seconds: float = 0.0
    ended: bool = False
    late: bool = False
    broken: str = ""
    notes: list[str] = field(default_factory=list)


def _hear(heard: _Heard, stream: bytes, plan: Plan, exercises: Sequence[Exercise | Written]) -> None:
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
                case ("cell", int(index), float(seconds), bytes(outputs)):
                    heard.outputs[index], heard.running = outputs, None
                    heard.own_seconds += seconds
                case ("ask", int(index), float(seconds), bytes(outputs), str(name), [*answers]) if (
                    plan.checks.get(index) == name
                    and len(answers) <= sizes[name]
                    and all(isinstance(a, Answer) for a in answers)
                ):
                    heard.answers[name], heard.outputs[index], heard.running = answers, outputs, None
                    heard.own_seconds += seconds
                    heard.late = heard.late or any(a.raised and a.raised.type == "TooLong" for a in answers)
                case ("note", int(index), str(text)) if 0 <= index < len(plan.cells) and len(heard.notes) < NOTES:
                    heard.notes.append(f"cell {index + 1}: {harmless.line(text[:200])}")
                case ("note", int(), str()):
                    pass
                case ("end",):
                    heard.ended = True
                case ("done", int()):
                    pass
                case _:
                    heard.broken = "a frame of no known kind"
        except WireError as error:
            heard.broken = str(error)
