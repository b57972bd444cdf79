"""Every notebook runs to its end with right answers in other styles, and with cells run again.

What a check accepts, the cells after it must be able to use. A notebook is run here as its text stands, in this process,
once for each style of `answers.py`; earlier notebooks' functions, too, come back by ``mine`` in such a style. Then cells
whose names another cell also uses are run again, each before the later cells that need them.
"""

import ast
import contextlib
import copy
import inspect
import linecache
import re
import symtable
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import SimpleNamespace

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

from autograde import course
from autograde.asking import keep
from autograde.asking.ask import ask
from autograde.building.course_text import read
from autograde.judging.compare import parts
from autograde.judging.judge import judge
from autograde.learning import progress_map

NOTEBOOKS = course.notebooks()
IMPRACTICAL = ("complex step", "differentiated", "routes")
"""Words in the names of styles that are right, and take for ever on a sequence of real length."""
STYLES = {
    exercise: [answer for style, answer in found.items() if not any(word in style for word in IMPRACTICAL)]
    for notebook in NOTEBOOKS.values()
    if notebook.path("answers.py").exists()
    for exercise, found in notebook.load("answers.py").RIGHT.items()
    if course.find(exercise).kind == "function"
}
ONE_STYLE = ("2.2", "2.3", "2.4", "3.5", "4.1", "4.4", "4.7")
"""Notebooks that measure or train: a run takes seconds."""
SHORTENED = {
    "4.2": {"passes = 36": "passes = 2", "H=64": "H=8"},
    "4.6": {"seeds=5": "seeds=1", '"updates": 400': '"updates": 25', '"updates": 300': '"updates": 25'}
    | {"seeds=3": "seeds=1", "updates=400": "updates=5", "B=32": "B=2", "len(held) - T)": "len(held) - T, 99)"},
}
"""Notebooks that train for minutes: here they train for a moment, and nothing that they say of the result is looked at."""


class Session:
    """A notebook's code cells, with a namespace in which they run."""

    def __init__(self, name: str, style: int) -> None:
        notebook, self.name, self.style = NOTEBOOKS[name], name, style
        text = read(notebook.path("text.py"), {e.name: e for e in notebook.exercises}, notebook.guesses)
        self.cells = [c for c in text.cells if c.cell_type == "code"]
        self.space: dict = {"__name__": "__main__"}
        self._keep_earlier()

    def run(self, k: int) -> None:
        """One cell; an answer in the style, where there is one."""
        cell = self.cells[k]
        exercise = cell.id if cell.metadata.get("nbgrader", {}).get("solution") else ""
        if (answer := self._styled(exercise)) is not None:
            self.space[exercise] = as_asked(exercise, answer)
            return
        source = re.sub(r"(?s)### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS", "", cell.source)
        for long, short in SHORTENED.get(number(self.name), {}).items():
            source = source.replace(long, short)
        name = f"<{self.name} cell {k}>"
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        exec(compile(source, name, "exec"), self.space)

    def _styled(self, exercise: str) -> Callable | None:
        styles = STYLES.get(exercise)
        return styles[self.style % len(styles)] if styles else None

    def _keep_earlier(self) -> None:
        """With the progress, for ``mine``: earlier functions in this style, where their source can be kept."""
        for names in re.findall(r"\bmine\(([^)]*)\)", "\n".join(c.source for c in self.cells)):
            for name in re.findall(r'"(\w+)"', names):
                answer = self._styled(name)
                if answer is not None and standard(name, answer):
                    with contextlib.suppress(keep.CannotKeep, SyntaxError):
                        progress_map.record(exercise=name, source=keep.source(name, answer))


def standard(exercise: str, answer: Callable) -> bool:
    """Whether it takes the arguments by the cell's names, and returns results in their order and steps with attributes."""
    outputs, problem = course.find(exercise).outputs, copy.deepcopy(course.find(exercise).problems()[0])
    results = answer(*problem.values())
    if not outputs and isinstance(results, list | tuple) and isinstance(results[0], dict):
        return False
    in_order = not outputs or (getattr(results, "_fields", outputs) == outputs and not isinstance(results, dict))
    return in_order and list(inspect.signature(answer).parameters)[: len(problem)] == list(problem)


def as_asked(exercise: str, answer: Callable) -> Callable:
    """The answer in the form of its cell: what a check accepts beside that (results by name) is no matter of the cells below."""
    outputs, names = course.find(exercise).outputs, list(course.find(exercise).problems()[0])
    steps = "SimpleNamespace" in course.stub(exercise)

    def called(*arguments, **named):
        arguments = (*arguments, *(named[name] for name in names if name in named))
        found = answer(*arguments)
        if not outputs:
            several = isinstance(found, list | tuple)
            return [SimpleNamespace(**s) if isinstance(s, dict) else s for s in found] if several else found
        results = parts(found._asdict() if hasattr(found, "_fields") else found, outputs)
        if steps:  # the cell's own last line, with arrays
            results = [np.asarray(result) for result in results]
            return SimpleNamespace(
                **dict(zip(names, arguments, strict=False)) | dict(zip(outputs, results, strict=True))
            )
        return found if isinstance(found, tuple | list) and not hasattr(found, "_fields") else tuple(results)

    called.__name__ = exercise
    return called


@pytest.fixture(autouse=True)
def quiet(monkeypatch, tmp_path):
    matplotlib.use("Agg")
    monkeypatch.setenv("LSTM_BY_HAND_PROGRESS", str(tmp_path / "progress"))
    monkeypatch.setenv("AUTOGRADE_STILL", "1")
    monkeypatch.setattr("IPython.display.display", lambda *_, **__: SimpleNamespace(update=lambda *_, **__: None))
    monkeypatch.chdir(tmp_path)
    yield
    plt.close("all")


def number(name: str) -> str:
    return name.split("-")[0]


RUNS = [(name, style) for name in NOTEBOOKS for style in range(1 if number(name) in ONE_STYLE else 3)]


@pytest.mark.parametrize("name", [name for name in NOTEBOOKS if number(name) in SHORTENED])
def test_what_is_shortened_stands_there(name):
    text = NOTEBOOKS[name].path("text.py").read_text(encoding="utf-8")
    assert [long for long in SHORTENED[number(name)] if long not in text] == []


@pytest.mark.parametrize(("name", "style"), RUNS, ids=str)
def test_a_notebook_runs_in_this_style_and_with_cells_run_again(name, style, tmp_path):
    data = NOTEBOOKS[name].folder.parent / "data"
    if data.is_dir():
        (tmp_path / "data").symlink_to(data)
    session = Session(name, style)
    for k in range(len(session.cells)):
        session.run(k)
    if style:
        return
    for again, after in clashes([cell.source for cell in session.cells]):
        before = dict(session.space)
        session.run(again)
        try:
            session.run(after)
        except Exception as error:
            first, second = (session.cells[k].source for k in (again, after))
            pytest.fail(f"With this cell run again:\n\n{first}\n\nthis one fails with {error!r}:\n\n{second}")
        session.space.clear()
        session.space.update(before)


def test_code_to_be_mended_earns_nothing_as_it_is():
    session = Session("3.6-find-the-fault", 0)
    for k in range(len(session.cells)):
        session.run(k)
    mended = [e for e in NOTEBOOKS[session.name].exercises if e.name.startswith("mended_")]
    assert len(mended) == 4
    for exercise in mended:
        problems = exercise.problems()
        broken = session.space[exercise.name.replace("mended", "broken")]
        assert judge(exercise, problems, ask("function", exercise.outputs, broken, problems)).credit == 0, exercise.name


def clashes(sources: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of cells: the first binds a name that another one between the two binds, too, and the second uses it."""
    bound = [set(names_bound(source)) for source in sources]
    inside = {name: set(keep.loads(text)) for source in sources for name, text in definitions(source)}
    found = set()
    for after, source in enumerate(sources):
        for name in reached(set(keep.loads(source)) - bound[after], inside):
            found |= {(k, after) for k in [k for k in range(after) if name in bound[k]][:-1]}
    return sorted(found)


def reached(used: set[str], inside: Mapping[str, set[str]]) -> set[str]:
    """The names used, and those that the functions among them use."""
    waiting, found = list(used), set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += inside.get(name, ())
    return found


def names_bound(source: str) -> list[str]:
    return [s.get_name() for s in symtable.symtable(source, "cell", "exec").get_symbols() if s.is_assigned()]


def definitions(source: str) -> Iterator[tuple[str, str]]:
    """The functions that a cell defines, with their text."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, ast.unparse(node)
