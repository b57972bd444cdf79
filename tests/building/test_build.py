"""The build refuses what does not fit, with a clear message and nothing written."""

import json
import re
import shutil
from pathlib import Path

import pytest

from autograde import course
from autograde.building import build
from autograde.building.course_text import BuildError, read, solution_lines, stub
from autograde.cli import main
from autograde.judging.exercise import Exercise, Written

ROOT = Path(__file__).parents[2]


def twice(x):
    return 2 * x


def number(rng):
    return {"x": rng.uniform(1, 2)}


DOUBLE = Exercise("double", problem=number, reference=twice, points=2)
WHY = Written("why", model="Because.", guide=("It says because.",), points=1)

DEMO = '''"""A demo."""

from autograde.judging.exercise import Exercise

TITLE = "1.9 A demo"


def twice(x):
    return 2 * x


EXERCISES = (Exercise("double", problem=lambda rng: {"x": rng.uniform(1, 2)}, reference=twice, points=2),)
'''
GOOD = '''# %% [markdown]
# # A demo

# %%
from autograde import check

# %% answer="double"
def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% check="double"
check(double)
'''


def reading(tmp_path, text, *exercises):
    path = tmp_path / "1.9-demo.py"
    path.write_text(text)
    return read(path, {e.name: e for e in exercises or (DOUBLE,)})


def test_tags_become_nbgrader_metadata(tmp_path):
    cells = {c.id: c for c in reading(tmp_path, GOOD).cells}
    assert cells["double"].metadata.nbgrader == {
        "schema_version": 3,
        "grade": False,
        "grade_id": "double",
        "locked": False,
        "solution": True,
        "task": False,
    }
    assert cells["check-double"].metadata.nbgrader["points"] == 2
    assert "check(double, hidden=True)" in cells["check-double"].source


def test_ids_come_from_names_and_text(tmp_path):
    one, two = reading(tmp_path, GOOD), reading(tmp_path, GOOD)
    assert [c.id for c in one.cells] == [c.id for c in two.cells]
    assert len({c.id for c in one.cells}) == len(one.cells)


def test_a_written_question_gets_its_model_answer_from_its_exercises(tmp_path):
    cell = reading(tmp_path, GOOD + '\n# %% [markdown] written="why"\n', DOUBLE, WHY).cells[-1]
    assert "Because." in cell.source and cell.metadata.nbgrader["grade"] and cell.metadata.nbgrader["solution"]


REFUSED = {
    "unknown name": (GOOD.replace('"double"', '"dubble"'), "no exercise 'dubble'"),
    "answer twice": (GOOD + GOOD.split("check(double)")[0].split("check\n")[1].split("# %% check")[0], "twice"),
    "no check cell": (GOOD.split("# %% check")[0], "no check cell"),
    "no answer cell": (GOOD.split("# %% answer")[0] + '# %% check="double"\ncheck(double)\n', "no answer cell"),
    "marker not closed": (GOOD.replace("    ### END SOLUTION\n", ""), "not closed"),
    "no solution": (GOOD.replace("### BEGIN SOLUTION", "#").replace("### END SOLUTION", "#"), "BEGIN SOLUTION"),
    "solution in a plain cell": (GOOD.replace(' answer="double"', ""), 'without answer="..."'),
    "points differ": (GOOD.replace('check="double"', 'check="double" points=3'), "points=3 here and 2 in exercises.py"),
    "name not defined": (GOOD.replace("def double", "def triple"), "must say `def double"),
    "stub is no Python": (GOOD.replace('    """Twice x."""\n', ""), "no Python"),
    "check does more": (GOOD.replace("check(double)", "check(double); print(1)"), "and no more"),
    "not asked": ("# %% [markdown]\n# nothing\n", "which the text does not ask"),
}


@pytest.mark.parametrize("text, says", REFUSED.values(), ids=REFUSED)
def test_refuses(tmp_path, text, says):
    with pytest.raises(BuildError) as caught:
        reading(tmp_path, text)
    assert says in str(caught.value) and "1.9-demo.py" in str(caught.value)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with one course text, with one exercise."""
    folder = tmp_path / "course" / "1-demo" / "1.9-demo"
    folder.mkdir(parents=True)
    (folder / "text.py").write_text(GOOD)
    (folder / "exercises.py").write_text(DEMO)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(build, "execute", lambda notebook, folder, source: None)
    return tmp_path


def test_builds_once_then_nothing_is_to_do(project, capsys):
    assert main(["build"]) == 0
    solution = (project / "solutions/1-demo/1.9-demo.ipynb").read_text()
    released = (project / "notebooks/1-demo/1.9-demo.ipynb").read_text()
    assert "return 2 * x" in solution and "return 2 * x" not in released and "YOUR CODE HERE" in released
    assert "hidden=True" not in released
    assert main(["build"]) == 0
    assert capsys.readouterr().out.split() == ["built", "1-demo/1.9-demo", "up", "to", "date", "1-demo/1.9-demo"]


def test_a_notebook_edited_by_hand_is_not_overwritten(project, capsys):
    main(["build"])
    released = project / "notebooks/1-demo/1.9-demo.ipynb"
    data = json.loads(released.read_text())
    data["cells"][0]["source"] = ["# My own title"]
    released.write_text(json.dumps(data))
    (project / "course/1-demo/1.9-demo/text.py").write_text(GOOD.replace("A demo", "A new demo"))
    before = {p: p.read_bytes() for p in project.rglob("*.ipynb")}
    assert main(["build"]) == 1
    said = capsys.readouterr().err
    assert "edited by hand" in said and str(released.relative_to(project)) in said and "course" in said
    assert {p: p.read_bytes() for p in project.rglob("*.ipynb")} == before
    assert main(["build", "--force"]) == 0 and "A new demo" in released.read_text()


def test_a_built_notebook_that_broke_is_not_overwritten(project, capsys):
    main(["build"])
    released = project / "notebooks/1-demo/1.9-demo.ipynb"
    released.write_text(released.read_text()[:-40])
    assert main(["build"]) == 1 and "edited by hand" in capsys.readouterr().err


def test_new_data_is_a_reason_to_build(project, capsys):
    data = project / "course/1-demo/data/numbers.txt"
    data.parent.mkdir()
    data.write_text("1 2 3")
    main(["build"])
    assert (project / "notebooks/1-demo/data/numbers.txt").read_text() == "1 2 3"
    data.write_text("4 5 6")
    capsys.readouterr()
    assert main(["build"]) == 0 and capsys.readouterr().out.startswith("built")
    assert (project / "notebooks/1-demo/data/numbers.txt").read_text() == "4 5 6"


def test_a_refusal_writes_nothing(project, capsys):
    (project / "course/1-demo/1.9-demo/text.py").write_text(GOOD.replace("def double", "def triple"))
    assert main(["build"]) == 1
    assert "must say" in capsys.readouterr().err
    assert not (project / "solutions").exists() and not (project / "notebooks").exists()


def test_unknown_unit_and_no_course(project, capsys, monkeypatch):
    assert main(["build", "7-nothing"]) == 1 and "the units are 1-demo" in capsys.readouterr().err
    shutil.rmtree(project / "course")
    course.notebooks.cache_clear()
    assert main(["build"]) == 1 and "no course below" in capsys.readouterr().err


def test_a_cell_that_raises_is_refused(project, monkeypatch, capsys):
    monkeypatch.undo()
    monkeypatch.chdir(project)
    (project / "course/1-demo/1.9-demo/exercises.py").write_text('TITLE = "1.9 A demo"\nEXERCISES = ()\n')
    (project / "course/1-demo/1.9-demo/text.py").write_text("# %%\nnumber = 1 / 0\n")
    assert main(["build"]) == 1
    said = capsys.readouterr().err
    assert "ZeroDivisionError" in said and "1.9-demo" in said and not (project / "solutions").exists()


SOURCES = build.sources(ROOT)


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: s.name)
def test_no_line_of_a_solution_is_released(source):
    text = source.text.read_text(encoding="utf-8")
    outside = {line.strip().lstrip("# ") for line in stub(text).splitlines()}
    released = json.loads(source.built("notebooks").read_text(encoding="utf-8"))
    everything = "\n".join("".join(c["source"]) for c in released["cells"]) + json.dumps(released["metadata"])
    lines = [line for line in solution_lines(text) if line not in outside and len(line) > 6]
    for exercise in course.notebooks()[source.name].exercises:
        lines += [exercise.model, *exercise.guide] if isinstance(exercise, Written) else []
    leaked = [line for line in lines if re.search(rf"(?<!\w){re.escape(line)}(?![\w,.(\[])", everything)]
    assert lines and not leaked
    assert all(not c.get("outputs") for c in released["cells"])
