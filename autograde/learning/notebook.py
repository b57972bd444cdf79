"""What a notebook calls: ``check``, ``given``, ``hint`` and ``progress``."""

from __future__ import annotations

import contextlib
import itertools
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from autograde import course
from autograde.asking import keep
from autograde.asking.ask import ask
from autograde.judging.exercise import HIDDEN, VISIBLE, Exercise, Written
from autograde.judging.judge import judge
from autograde.judging.verdict import CheckFailed, Verdict
from autograde.learning import cells, certificate, own_forward, progress_map, start, travel
from autograde.learning.note import Interrupted, NoExercise, Note, NotWritten, WrongCall


def _stamp() -> tuple[int, ...]:
    """When the course's own files last changed."""
    return tuple(p.stat().st_mtime_ns for p in sorted(Path(__file__).parent.glob("*.py")))


_STAMP = _stamp()


_PRISTINE = {name: value for name, value in vars(np).items() if callable(value)}


def check(*answer: Callable, hidden: bool = False, **named: Any) -> Verdict:
    """Check one exercise: ``check(function)`` by the function's name, ``check(dc=dc)`` for a value or an expression.

    Returns the verdict when the answer is right or partly right.

    Raises
    ------
    CheckFailed : the answer is wrong; the message says what is.
    WrongCall : not exactly one answer was handed over.
    NoExercise : there is no exercise of that name.
    """
    name, offered = _one(answer, named, sys._getframe(1).f_globals)
    exercise = _find(name)
    if isinstance(exercise, Written):
        raise WrongCall(f'{name!r} is answered in words: write them in the cell, then compare with hint("{name}")')
    try:
        verdict = _checked(exercise, offered, HIDDEN if hidden else VISIBLE)
    except KeyboardInterrupt:
        raise Interrupted(f"○ {name}: you stopped the check, so nothing was judged.") from None
    progress_map.record(exercise=name, score=verdict.credit, status=verdict.status, mistakes=verdict.mistakes)
    if verdict.status == "right" and exercise.kind == "function":
        _keep(name, offered)
    if verdict.status in ("wrong", "empty"):
        _show(verdict)
        raise CheckFailed(verdict)
    return verdict


def _keep(name: str, function: Any) -> None:
    """With the progress, for the notebooks that build on it: see ``mine``."""
    with contextlib.suppress(keep.CannotKeep):
        source = keep.source(name, function)
        if progress_map.read().sources.get(name) != source:
            progress_map.record(exercise=name, source=source)


def given(name: str) -> Any:
    """The data of a value exercise: one value, or several in a tuple, as its text describes them."""
    exercise = _find(name)
    if isinstance(exercise, Written):
        raise NoExercise(f"{name!r} is answered in words: no data belong to it.")
    values = tuple(exercise.problems()[0].values())
    return values[0] if len(values) == 1 else values


def hint(exercise: str | Callable) -> Note:
    """The next hint for an exercise; each call shows one more."""
    name = exercise if isinstance(exercise, str) else getattr(exercise, "__name__", str(exercise))
    hints = _find(name).hints
    seen = min(progress_map.read().hints.get(name, 0) + 1, len(hints))
    progress_map.record(exercise=name, hint=seen)
    left = len(hints) - seen
    more = f"{left} more: run this cell again." if left else "That was the last one."
    return Note(f"Hint {seen} of {len(hints)} for {name}", hints[:seen], more)


class _Progress:
    """``progress()`` draws the map; ``progress.reset("dc")`` forgets one exercise, ``progress.reset()`` all.

    ``progress.save("my-progress.txt")`` and ``progress.load("my-progress.txt")`` carry it to another machine;
    ``progress.certificate(name="Ada")`` writes it as a page to keep; ``progress.update()`` brings newer notebooks.
    """

    def __call__(self) -> progress_map.Map:
        stops = [progress_map.Stop(n.title, _checkable(n.exercises)) for n in course.notebooks().values()]
        state = progress_map.read()
        if course.COMPLETE and (new := start.waiting(Path.cwd(), course.RELEASED)):
            names = ", ".join(path.stem for path in new)
            state.note = (
                f"{state.note} The course has a newer {names}. Yours stays; progress.update() puts it beside.".strip()
            )
        return progress_map.Map(stops, state)

    def reset(self, name: str | None = None) -> Note:
        """Forget the points, hints and kept function of one exercise, or of all; of one, show the cell as it was at first."""
        code = course.stub(name) if name is not None and isinstance(_find(name), Exercise) and course.COMPLETE else ""
        progress_map.record(exercise=name, reset=True)
        what = f"{name} is" if name else "All exercises are"
        foot = "To begin again, paste this into its cell." if code else "What you wrote in the cells is untouched."
        return Note(f"{what} as if never tried", (), foot, code)

    def update(self) -> Note:
        """Put newer versions of this folder's notebooks beside one's own, and notebooks that are new."""
        unit = course.RELEASED / Path.cwd().name if course.COMPLETE else None
        found = start.start(Path.cwd(), unit) if unit and unit.is_dir() else ()
        new = [p.name for p in found if p.suffix == ".ipynb"]
        return Note(
            "Updated",
            tuple(f"`{name}` is new here." for name in new) or ("Nothing is new.",),
            "Yours are as they were.",
        )

    def save(self, path: str | Path) -> Note:
        """Write one's progress to a file, to be loaded elsewhere.

        Raises
        ------
        NotWritten : another file stands there, or it cannot be written.
        """
        try:
            count = travel.save(Path(path))
        except OSError as error:
            raise NotWritten(str(error)) from None
        said = f"Exercises with points: {count}."
        return Note(f"Written to {path}", (said,), f'Elsewhere: progress.load("{Path(path).name}")')

    def load(self, path: str | Path) -> Note:
        """Add the progress of a file that ``progress.save`` wrote; where both have points, the best score wins.

        Raises
        ------
        NotWritten : there is no such file, it is another kind of file, or no progress is kept here.
        """
        try:
            more = travel.load(Path(path))
        except OSError as error:
            raise NotWritten(str(error)) from None
        said = f"Exercises that have more points now: {len(more)}."
        return Note(f"Loaded from {path}", (said,), "progress() shows the map.")

    def passed(self, name: str) -> bool:
        """Whether the exercise ``name`` has been right: a later cell may then show what would have been half of the answer."""
        return name in progress_map.read().passed

    def certificate(self, path: str | Path = "certificate.html", name: str = "") -> Note:
        """Write one's own progress as an HTML page that needs no other file, and return what it says in short.

        path : where to; an older certificate there is replaced.
        name : whose progress it is; left out when empty.

        Raises
        ------
        NotWritten : another file stands there, or it cannot be written.
        """
        now = self()
        try:
            certificate.write(Path(path), certificate.page(now, str(name)))
        except OSError as error:
            raise NotWritten(str(error)) from None
        foot = "Open it in a browser. It is a record of your own, not proof."
        return Note(f"Written to {path}", (certificate.summary(now),), foot)

    def __repr__(self) -> str:
        return "Write progress() to see the map."


progress = _Progress()


def _checkable(exercises: Iterable[Exercise | Written]) -> dict[str, int]:
    return {e.name: e.points for e in exercises if not isinstance(e, Written)}


def _find(name: str) -> Exercise | Written:
    try:
        return course.find(name)
    except KeyError as unknown:
        said = str(unknown.args[0])
        raise NoExercise(said if said.endswith("?") else f"{said} Use the name in its heading.") from None


def _one(answer: tuple, named: dict[str, Any], space: Mapping[str, Any]) -> tuple[str, Any]:
    if len(answer) + len(named) != 1:
        raise WrongCall("check takes one answer: check(my_function), or check(dc=dc) for a value")
    if named:
        return next(iter(named.items()))
    name = getattr(answer[0], "__name__", "")
    if not name or name not in course.exercises():
        called = [n for n in course.exercises() if n in space and space[n] is answer[0]]
        name = called[0] if len(called) == 1 else name
    if isinstance(answer[0], str) and answer[0] in course.exercises():
        raise WrongCall(f"check wants the answer itself, without quotation marks: check({answer[0]})")
    if not name or name == "<lambda>":
        what = "function without a name" if callable(answer[0]) else f"value ({type(answer[0]).__name__})"
        raise WrongCall(
            f"check cannot tell which exercise this {what} belongs to: write check(name=value), with its name"
        )
    return name, answer[0]


def _checked(exercise: Exercise, offered: Any, seed: int) -> Verdict:
    if patched := [n for n, v in _PRISTINE.items() if getattr(np, n, None) is not v]:
        return Verdict(
            exercise.name,
            "wrong",
            "NumPy itself was changed.",
            (
                f"`np.{patched[0]}` is no longer NumPy's own. Restart the kernel, and take out the line that assigns to it.",
            ),
            exercise.points,
        )
    if (failed := cells.failed(exercise.name, exercise.points)) is not None:
        return failed
    problems = exercise.problems(seed)
    earlier = _earlier(exercise)
    answers = ask(exercise.kind, exercise.outputs, offered, problems, pieces=earlier)
    verdict = judge(exercise, problems, answers, earlier)
    if verdict.status == "right":
        return replace(verdict, model=course.solution(exercise.name))
    more = []
    if verdict.unexplained:
        more.append(own_forward.compare(exercise, offered, verdict, earlier))
    if _stamp() != _STAMP:
        more.append("The course was updated after this kernel started. Restart the kernel, and run the cells again.")
    return replace(verdict, printed=answers[0].printed, details=verdict.details + tuple(more))


def _earlier(exercise: Exercise) -> dict[str, Exercise | Written]:
    """The exercises that stand before this one in the course: functions of their names are the learner's own."""
    every = ((e.name, e) for notebook in course.notebooks().values() for e in notebook.exercises)
    return dict(itertools.takewhile(lambda item: item[0] != exercise.name, every))


def _show(verdict: Verdict) -> None:
    if "IPython" in sys.modules:
        from IPython import get_ipython
        from IPython.display import display

        if get_ipython() is not None:
            display(verdict)


def _on_name_error(shell: Any, kind: type, error: Exception, traceback: Any, tb_offset: Any = None) -> list[str] | None:
    name = getattr(error, "name", None)
    if not isinstance(name, str) or name not in course.exercises():
        shell.showtraceback((kind, error, traceback), tb_offset=tb_offset)
        return None
    failed = cells.failed(name, 0)
    lines = [f"○ {name} is not there yet: run the cell that defines it, then this one."]
    if failed is not None:
        lines = [failed.to_text()]
    shell._showtraceback(kind, error, lines)
    return lines


def _install() -> None:
    if "IPython" not in sys.modules:
        return
    from IPython import get_ipython

    shell = get_ipython()
    if shell is not None:
        shell.set_custom_exc((NameError,), _on_name_error)
        shell.events.register("post_run_cell", lambda result: cells.note(result, course.exercises()))


_install()
__all__ = ["check", "given", "hint", "progress"]
