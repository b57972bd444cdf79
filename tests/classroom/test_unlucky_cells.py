"""Cells with a line that cannot run in a sandbox, functions of other notebooks, and one slip that costs once."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import corpus

from autograde import course
from autograde.asking.ask import Answer, plain
from autograde.asking.calls import Called
from autograde.classroom.restore import Plan
from autograde.classroom.submission import Cell
from autograde.classroom.versions import versions
from autograde.judging.exercise import Exercise
from autograde.judging.judge import judge

PLAIN = [n for n in corpus.POINTS if "sp." not in corpus._solution(n)]


def graded(tmp_path, notebook, **files: str) -> dict:
    from test_grade import Course, Unit, grade

    made = Course(tmp_path)
    made.folder("ann").mkdir(parents=True)
    notebook.write(made.folder("ann"))
    for name, text in files.items():
        (made.folder("ann") / f"{name}.py").write_text(text)
    (record,) = (r for _, r in grade(Unit.read(tmp_path, corpus.UNIT), made.url))
    return record


@pytest.mark.needs("bwrap")
def test_a_line_that_cannot_run_here_stops_no_other(tmp_path):
    notebook = corpus.Notebook(*PLAIN).light()
    notebook.cells[1]["source"] = (
        "import pandas_of_nobody as pd; import os\n"
        "from google.nowhere import drive\n"
        "drive.mount('/content')\n"
        "%matplotlib widget_of_nobody\n"
        "table = pd.read_csv('x.csv')\n" + notebook.cells[1]["source"]
    )
    notebook.insert(2, "name = input('name? ')\nassert name == ''\nfrom own import product")
    notebook["along_route"]["source"] = "along_route = product"
    record = graded(tmp_path, notebook, own="import numpy as np\ndef product(local):\n    return np.prod(local)")
    assert record["score"] == sum(corpus.POINTS[n] for n in PLAIN)
    assert any("pandas_of_nobody" in line and "cannot run here" in line for line in record["eye"])


@pytest.mark.needs("bwrap")
def test_an_error_of_the_learners_own_still_stops_its_cell(tmp_path):
    notebook = corpus.Notebook("count_routes").light()
    notebook["along_route"]["source"] = "1 / 0\ndef along_route(local):\n    return np.prod(local)"
    assert graded(tmp_path, notebook)["notebooks"][corpus.NAME]["exercises"]["along_route"]["score"] == 0


@pytest.mark.needs("bwrap")
def test_the_kernel_that_a_notebook_names_does_not_matter(tmp_path):
    notebook = corpus.Notebook(*PLAIN).light()
    kernel = {"name": "conda-env-of-mine-r", "display_name": "R", "language": "R"}
    notebook.data["metadata"] |= {"kernelspec": kernel, "language_info": {"name": "R"}}
    record = graded(tmp_path, notebook)
    assert record["score"] == sum(corpus.POINTS[n] for n in PLAIN) and not record["eye"]


@pytest.mark.needs("bwrap")
def test_an_answer_of_another_name_that_was_checked_as_one(tmp_path):
    notebook = corpus.Notebook(*PLAIN).light()
    notebook["along_route"]["source"] = "def my_own(local):\n    return np.prod(local)"
    notebook["check-along_route"]["source"] = "check(along_route=my_own)"
    assert graded(tmp_path, notebook)["notebooks"][corpus.NAME]["exercises"]["along_route"]["score"] == 1


def test_functions_of_other_notebooks():
    later, earlier = [n for n in course.notebooks().values() if n.unit == "3-lstm"][1::-1]
    name = next(e.name for e in earlier.exercises if isinstance(e, Exercise) and e.kind == "function")
    first = next(n for n in course.notebooks().values() if n.unit == "2-rnn")
    before = next(e.name for e in first.exercises if isinstance(e, Exercise) and e.kind == "function")
    exercises = {n.name: n.exercises for n in (earlier, later)}
    plan = Plan((Cell("code", "x = 1"), Cell("markdown", "words")))
    found = versions([name, before], exercises, {earlier.name: plan})
    assert found[name] == ("x = 1",) and f"def {before}" in found[before][0]
    assert versions([name], exercises, {}) == {}


FIRST = Exercise(
    "double", problem=lambda rng: {"x": rng.normal(size=3)}, reference=lambda x: 2 * x, hints=("",), points=1
)


def _double(x):
    return 2 * x


def _second(x):
    middle = _double(x)
    return middle + 1


SECOND = Exercise("second", problem=lambda rng: {"x": rng.normal(size=3)}, reference=_second, hints=("",), points=2)


def _answers(learner, forged=None):
    problems = SECOND.problems(7)
    found = []
    for problem in problems:
        x = problem["x"]
        middle = forged(x) if forged else 3 * x
        found.append(Answer(value=plain(learner(x)), calls=(Called("double", (plain(x),), plain(middle)),)))
    return problems, found


def test_right_given_an_earlier_function_earns_and_says_so():
    problems, answers = _answers(lambda x: 3 * x + 1)
    verdict = judge(SECOND, problems, answers, {"double": FIRST}, ["double"])
    assert verdict.credit == 2 and "given your `double`" in verdict.headline and not verdict.mistakes
    assert judge(SECOND, problems, answers, {"double": FIRST}, ["double"], earns=False).credit == 0


def test_a_forged_record_earns_nothing():
    problems, answers = _answers(lambda x: 3 * x + 1)
    assert judge(SECOND, problems, answers, {"double": FIRST}, []).credit == 0, "the piece passes its own questions"
    problems, answers = _answers(lambda x: 3 * x + 2)
    assert judge(SECOND, problems, answers, {"double": FIRST}, ["double"]).credit == 0, "another slip beside it"
    problems, answers = _answers(lambda x: np.ones(3), forged=lambda x: np.zeros(3))
    assert judge(SECOND, problems, answers, {"double": FIRST}, ["double"]).credit == 0, "a record without any value"
