"""Every notebook runs to its end with right answers in other styles, and with cells run again.

What a check accepts, the cells after it must be able to use. A notebook is run here as its text stands, in this process,
once for each style of `answers.py`; earlier notebooks' functions, too, come back by ``mine`` in such a style. Then cells
whose names another cell also uses are run again, each before the later cells that need them.
"""

import ast
import linecache
import re
import symtable
from collections.abc import Iterator, Mapping, Sequence

import matplotlib
import pytest

from autograde import course
from autograde.asking import keep
from autograde.building.course_text import read
from autograde.learning import progress_map

NOTEBOOKS = course.notebooks()
STYLES = {
    n: s for b in NOTEBOOKS.values() if b.path("answers.py").exists() for n, s in b.load("answers.py").RIGHT.items()
}
ONE_STYLE = ("4.1", "4.2", "4.3")
"""Notebooks that measure or train for long: one style, and no cell again."""


class Session:
    """A notebook's code cells, with a namespace in which they run."""

    def __init__(self, name: str, style: int) -> None:
        notebook, self.name, self.style = NOTEBOOKS[name], name, style
        text = read(notebook.path("text.py"), {e.name: e for e in notebook.exercises}, notebook.guesses)
        self.cells = [c for c in text.cells if c.cell_type == "code"]
        self.space: dict = {"__name__": "__main__"}
        self._keep_earlier()

    def run(self, number: int) -> None:
        """One cell; an answer in the style, where there is one."""
        cell = self.cells[number]
        exercise = cell.id if cell.metadata.get("nbgrader", {}).get("solution") else ""
        if styles := list(STYLES.get(exercise, {}).values()):
            self.space[exercise] = styles[self.style % len(styles)]
            return
        source = re.sub(r"(?s)### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS", "", cell.source)
        name = f"<{self.name} cell {number}>"
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        exec(compile(source, name, "exec"), self.space)

    def _keep_earlier(self) -> None:
        """With the progress, for ``mine``: earlier functions in this style, where their source can be kept."""
        for names in re.findall(r"\bmine\(([^)]*)\)", "\n".join(c.source for c in self.cells)):
            for name in re.findall(r'"(\w+)"', names):
                styles = list(STYLES.get(name, {}).values())
                try:
                    source = keep.source(name, styles[self.style % len(styles)])
                except (keep.CannotKeep, ZeroDivisionError):
                    continue
                progress_map.record(exercise=name, source=source)


@pytest.fixture(autouse=True)
def quiet(monkeypatch, tmp_path):
    matplotlib.use("Agg")
    monkeypatch.setenv("LSTM_BY_HAND_PROGRESS", str(tmp_path / "progress"))
    monkeypatch.setenv("AUTOGRADE_STILL", "1")
    monkeypatch.chdir(tmp_path)
    yield
    matplotlib.pyplot.close("all")


def number(name: str) -> str:
    return name.split("-")[0]


RUNS = [(name, style) for name in NOTEBOOKS for style in range(1 if number(name) in ONE_STYLE else 3)]


@pytest.mark.parametrize(("name", "style"), RUNS, ids=str)
def test_a_notebook_runs_in_this_style_and_with_cells_run_again(name, style):
    session = Session(name, style)
    for k in range(len(session.cells)):
        session.run(k)
    if style or number(name) in ONE_STYLE:
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
