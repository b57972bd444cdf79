"""The course: its notebooks in order, and the parts of each, loaded by path. Only this file knows how they are called.

A notebook is a folder ``course/<unit>/<notebook>/``; CONTRIBUTING.md says what stands in it.
"""

from __future__ import annotations

import difflib
import importlib.util
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol, cast, overload

from autograde.asking import keep
from autograde.judging import catalogue
from autograde.judging.exercise import Exercise, Mistake, Written
from autograde.judging.puzzles import SetHunt
from autograde.judging.questions import Convention, Guess, Recall

MARKERS = ("### BEGIN SOLUTION", "### END SOLUTION")
HERE = "# YOUR CODE HERE"
"""What the learner gets in the place of a solution."""


def _folder(name: str) -> Path:
    """Beside the package in a checkout; inside it where it was installed from a wheel."""
    inside = Path(__file__).parent / "files" / name
    return inside if inside.is_dir() else Path(__file__).parent.parent / name


FOLDER = _folder("course")
RELEASED = _folder("notebooks")
"""The notebooks as learners get them, with figures and data, by unit."""
COMPLETE = True
"""Whether references and mistakes are here to be read; a class's sealed release has only values."""


class Content(Protocol):
    """What the module ``exercises.py`` of a notebook holds; also, where there are any, ``GUESSES``, ``RECALL``, ``CONVENTIONS``,
    and ``NOTATION``: a sentence to add to the words of other notebooks' mistakes, where this one calls things by other names.
    """

    TITLE: str
    EXERCISES: tuple[Exercise | Written, ...]


@dataclass(frozen=True)
class Notebook:
    """A notebook of the course by its folder. ``name`` is its folder's and its files' name, ``unit`` the folder above."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def unit(self) -> str:
        return self.folder.parent.name

    def path(self, part: str) -> Path:
        """Where a part is, such as ``"text.py"``; whether or not it is there."""
        return self.folder / part

    def load(self, part: str) -> ModuleType:
        """The module of a part, such as ``"formulas.py"``.

        Raises
        ------
        FileNotFoundError : the notebook has no such part.
        """
        return _module(self.path(part))

    @property
    def title(self) -> str:
        """Number and title, such as ``"3.2 The block, backward"``; the name where there are no exercises."""
        return cast(Content, self.load("exercises.py")).TITLE if self.path("exercises.py").exists() else self.name

    @cached_property
    def exercises(self) -> tuple[Exercise | Written, ...]:
        """Its exercises in the order of the text, each with the mistakes of all functions that its reference runs."""
        if not self.path("exercises.py").exists():
            return ()
        content = cast(Content, self.load("exercises.py"))
        return tuple(self._with_mistakes(e) if isinstance(e, Exercise) else e for e in content.EXERCISES)

    @property
    def guesses(self) -> tuple[Guess, ...]:
        """Its guesses, in the order of the text."""
        return getattr(self.load("exercises.py"), "GUESSES", ()) if self.path("exercises.py").exists() else ()

    @property
    def conventions(self) -> tuple[Convention, ...]:
        """Code in other people's conventions, for the top level of ``practice``."""
        return getattr(self.load("exercises.py"), "CONVENTIONS", ()) if self.path("exercises.py").exists() else ()

    @property
    def recall(self) -> list[Recall]:
        """Questions on what it builds on: those of the notebooks that ``BUILDS_ON`` numbers, or of the nearest ones before it."""
        before = [n for n in notebooks(self.folder.parent.parent).values() if n.name < self.name]
        numbers = getattr(self.load("exercises.py"), "BUILDS_ON", [n.name.split("-")[0] for n in before[-3:]])
        asked = [n for n in reversed(before) if n.name.split("-")[0] in numbers]
        return [q for n in asked for q in getattr(n.load("exercises.py"), "RECALL", ())]

    def solution(self, exercise: str) -> str:
        """The model solution as source text: a function whole, of other cells what stands between the markers."""
        source = self._answer(exercise)
        if "def " not in source:
            source = "\n".join(re.findall(rf"(?s){MARKERS[0]}\n(.*?){MARKERS[1]}", source))
        return "\n".join(line for line in source.splitlines() if line.strip() not in MARKERS).strip()

    def stub(self, exercise: str) -> str:
        """The answer cell as the learner gets it, without the solution."""
        marked = rf"(?ms)^([ \t]*){MARKERS[0]}.*?{MARKERS[1]}[^\n]*"
        return re.sub(marked, rf"\1{HERE}", self._answer(exercise)).strip()

    def _answer(self, exercise: str) -> str:
        text = self.path("text.py").read_text(encoding="utf-8")
        cell = re.search(rf'(?ms)^# %% answer="{exercise}"[^\n]*\n(.*?)(?=^# %%|\Z)', text)
        return cell[1] if cell else ""

    def _with_mistakes(self, exercise: Exercise) -> Exercise:
        if exercise.mistakes:
            return exercise
        course, own = self.folder.parent.parent, module_name(self.path("exercises.py"))
        if isinstance(exercise, SetHunt):
            exercise = exercise.bound(lambda name: exercises(course)[name])
        notation = getattr(self.load("exercises.py"), "NOTATION", "")

        def found() -> tuple[Mistake, ...]:
            return tuple(
                replace(m, look=f"{m.look} {notation}") if notation and m.of and m.of.__module__ != own else m
                for m in inherited(exercise, course)
            )

        return replace(exercise, mistakes=Later(found))


class Later(Sequence[Mistake]):
    """Mistakes that are read when somebody asks for them."""

    def __init__(self, find: Callable[[], tuple[Mistake, ...]]) -> None:
        self._find = find

    @cached_property
    def _found(self) -> tuple[Mistake, ...]:
        return self._find()

    @overload
    def __getitem__(self, index: int) -> Mistake: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Mistake, ...]: ...
    def __getitem__(self, index: Any) -> Any:
        return self._found[index]

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[Mistake]:
        return iter(self._found)

    def __bool__(self) -> bool:
        return True


@cache
def notebooks(course: Path = FOLDER) -> Mapping[str, Notebook]:
    """Every notebook of the course by name, in order."""
    return {p.parent.name: Notebook(p.parent) for p in sorted(course.glob("[0-9]-*/[0-9]*/text.py"))}


@cache
def exercises(course: Path = FOLDER) -> Mapping[str, Exercise | Written]:
    """Every exercise of the course by name.

    Raises
    ------
    ValueError : two exercises share a name.
    """
    found: dict[str, Exercise | Written] = {}
    for notebook in notebooks(course).values():
        for exercise in notebook.exercises:
            if exercise.name in found:
                raise ValueError(f"two exercises are called {exercise.name!r}; a name is used once in the whole course")
            found[exercise.name] = exercise
    return found


def find(name: str) -> Exercise | Written:
    """The exercise called ``name``.

    Raises
    ------
    KeyError : there is none; the message names near ones.
    """
    known = exercises()
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.7)
        also = f" Did you mean {near[0]}?" if near else ""
        raise KeyError(f"there is no exercise called {name!r}.{also}")
    return known[name]


def beside(file: str, part: str = "exercises.py") -> ModuleType:
    """Another part of the notebook that ``file`` is a part of: ``exercises = course.beside(__file__)``."""
    return Notebook(Path(file).parent).load(part)


def solution(name: str) -> str:
    """The model solution of an exercise as source text, shown after a pass."""
    return next((n.solution(name) for n in notebooks().values() if any(e.name == name for e in n.exercises)), "")


def stub(name: str) -> str:
    """The cell of an exercise as it is before one writes."""
    return next(n.stub(name) for n in notebooks().values() if any(e.name == name for e in n.exercises))


@cache
def version(name: str) -> str:
    """The course's version of an exercise's function, as source text that stands alone."""
    notebook = next(n for n in notebooks().values() if any(e.name == name for e in n.exercises))
    text = keep.closure(name, notebook.path("text.py").read_text(encoding="utf-8"))
    return "\n".join(line for line in text.splitlines() if line.strip() not in MARKERS) + "\n"


def inherited(exercise: Exercise, course: Path = FOLDER) -> tuple[Mistake, ...]:
    """The mistakes of every function that the exercise's reference comes to call, its own first.

    They stand in the ``mistakes.md`` of any notebook, under the function's name: ``sigmoid`` is one of that notebook's
    ``exercises.py``, ``lstm.cell_backward`` one of ``lstm_ref``.
    """
    headings = _headings(course)
    found: list[Mistake] = []
    for function in catalogue.reached(exercise.reference):
        for path in headings.get(catalogue.called(function), ()):
            found += catalogue.mistakes(path, function)
    return tuple(found)


@cache
def _headings(course: Path) -> dict[str, list[Path]]:
    """Where the mistakes of each function stand. Functions of a notebook's own are called by their module, too."""
    found: dict[str, list[Path]] = {}
    for notebook in notebooks(course).values():
        path = notebook.path("mistakes.md")
        if not path.exists():
            continue
        for name in catalogue.headings(path):
            key = name if "." in name else f"{module_name(notebook.path('exercises.py'))}.{name}"
            found.setdefault(key, []).append(path)
    return found


def module_name(path: Path) -> str:
    """The name under which a part is loaded: ``3.2-the-block-backward/exercises``."""
    return f"{path.parent.name}/{path.stem}"


@cache
def _module(path: Path) -> ModuleType:
    name = module_name(path)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
