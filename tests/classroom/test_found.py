"""Honest work is found: under any name, in any folder, without metadata, in a cell that was made again."""

import copy
import io
import json
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import corpus

from autograde import course
from autograde.classroom import submission as lint
from autograde.classroom.restore import restore

RELEASE = nbformat.reads(corpus._text("notebooks"), as_version=4)
EXERCISES = course.notebooks()[corpus.NAME].exercises
UNITS = {n.unit for n in course.notebooks().values()}
WORDS = "Each route moves the loss, so nudges add."


def data(*solved: str) -> dict:
    made = corpus.Notebook(*(solved or ("all",)))
    made["why_routes_add"]["source"] = WORDS
    return made.data


def put(path: Path, notebook: dict, encoding: str = "utf-8") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(json.dumps(notebook).encode(encoding))


def found(folder: Path) -> lint.Submission | None:
    every = list(lint.submissions(folder, corpus.UNIT, {corpus.NAME: RELEASE}, UNITS))
    return every[0] if every else None


def sources(submission: lint.Submission) -> list[str]:
    return [c.source for c in submission.work[corpus.NAME].cells]


@pytest.mark.parametrize(
    "path",
    [
        f"{corpus.UNIT}/Copy of {corpus.NAME}.ipynb",
        f"{corpus.UNIT}/{corpus.NAME} (1).ipynb",
        f"{corpus.UNIT}/{corpus.NAME}.ipynb.txt",
        f"{corpus.UNIT}/{corpus.NAME}.IPYNB",
        f"{corpus.UNIT}/{corpus.NAME.upper()}.ipynb",
        f"{corpus.UNIT}/{corpus.NAME}.json",
        f"{corpus.UNIT}/{corpus.UNIT}/my work/untitled.ipynb",
        f"{corpus.UNIT.upper().replace('-', ' ')}/{corpus.NAME}.ipynb",
        f"week one/{corpus.NAME}.ipynb",
        f"{corpus.NAME}.ipynb",
    ],
)
@pytest.mark.parametrize("stamped", [True, False])
def test_a_notebook_is_found_wherever_it_lies(tmp_path, path, stamped):
    notebook = data()
    if not stamped:
        notebook["metadata"] = {}
        for cell in notebook["cells"]:
            cell["metadata"] = {}
            cell.pop("id", None)
    put(tmp_path / "ann" / path, notebook)
    submission = found(tmp_path)
    assert [s.strip() for s in sources(submission)] == ["".join(c["source"]).strip() for c in notebook["cells"]]
    assert path.rpartition("/")[2] in submission.work[corpus.NAME].remarks[0]


def test_a_notebook_in_a_zip(tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(f"homework/{corpus.NAME}.ipynb", json.dumps(data()))
        archive.writestr("homework/own.py", "x = 1")
        archive.writestr("../evil.ipynb", json.dumps(data()))
    (tmp_path / "ann").mkdir()
    (tmp_path / "ann" / "homework.zip").write_bytes(out.getvalue())
    submission = found(tmp_path)
    assert WORDS in sources(submission) and submission.files == {"own.py": b"x = 1"}
    assert not any("evil" in r for r in submission.work[corpus.NAME].remarks)
    (tmp_path / "ann" / "homework.zip").write_bytes(b"PK\x03\x04")
    assert "cannot be opened" in found(tmp_path).remarks[0]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"])
def test_any_encoding(tmp_path, encoding):
    notebook = data()
    notebook["cells"][-1]["source"] = "für"
    path = tmp_path / "ann" / corpus.UNIT / f"{corpus.NAME}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(json.dumps(notebook, ensure_ascii=False).encode(encoding, "ignore"))
    assert sources(found(tmp_path))[-1] == "für"


def test_the_worked_one_of_two_wins(tmp_path):
    put(tmp_path / "ann" / corpus.UNIT / f"{corpus.NAME}.ipynb", corpus.Notebook().data)
    put(tmp_path / "ann" / corpus.UNIT / f"{corpus.NAME}-Copy1.ipynb", data())
    submission = found(tmp_path)
    assert WORDS in sources(submission)
    assert len(submission.work[corpus.NAME].remarks) == 2


def test_what_is_no_notebook_of_the_unit(tmp_path):
    put(tmp_path / "ann" / "2-rnn" / "2.1.ipynb", {"cells": []})
    assert found(tmp_path) is None
    (tmp_path / "ann" / "2-rnn").rename(tmp_path / "ann" / "homework")
    assert "none of its files" in found(tmp_path).remarks[0]


def test_embedded_pictures_and_old_outputs_cost_nothing(tmp_path):
    notebook = data()
    picture = "![image.png](data:image/png;base64," + "iVBORw0KGgo" * 15000 + ")"
    notebook["cells"].insert(2, {"cell_type": "markdown", "metadata": {}, "source": f"my sketch {picture}"})
    notebook["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * 25_000_000}]
    put(tmp_path / "ann" / corpus.UNIT / f"{corpus.NAME}.ipynb", notebook)
    assert sources(found(tmp_path))[2].startswith("my sketch")


def plan(notebook: dict, tmp_path: Path):
    put(tmp_path / "x.ipynb", notebook)
    return restore(lint.read(tmp_path / "x.ipynb")[0], RELEASE, EXERCISES)


def at(notebook: dict, name: str) -> int:
    return next(n for n, c in enumerate(notebook["cells"]) if c["metadata"].get("nbgrader", {}).get("grade_id") == name)


def test_words_by_cell_id_by_place_and_in_a_new_cell(tmp_path):
    def answered(change) -> str:
        notebook = data()
        change(notebook["cells"], at(notebook, "why_routes_add"))
        made = plan(notebook, tmp_path)
        return made.cells[made.written["why_routes_add"]].source if made.written else ""

    def only_id(cells, n):
        cells[n]["metadata"] = {}

    def only_place(cells, n):
        cells[n] = {"cell_type": "markdown", "metadata": {}, "source": WORDS}

    def beside(cells, n):
        cells[n]["source"] = next(c.source for c in RELEASE.cells if c.get("id") == cells[n]["id"])
        cells.insert(n + 1, {"cell_type": "raw", "metadata": {}, "source": WORDS})

    def at_the_end(cells, n):
        cells.append({"cell_type": "markdown", "metadata": {}, "source": cells.pop(n)["source"]})

    assert [answered(c) for c in (only_id, only_place, beside, at_the_end)] == [WORDS] * 4
    assert answered(lambda cells, n: cells.pop(n)) == ""


def test_words_far_from_their_question_are_named(tmp_path):
    notebook = data()
    cell = notebook["cells"][at(notebook, "why_routes_add")]
    words, cell["source"] = cell["source"], ""
    notebook["cells"].append({"cell_type": "markdown", "metadata": {}, "source": "a note"})
    assert not plan(notebook, tmp_path).eye
    notebook["cells"].append({"cell_type": "markdown", "metadata": {}, "source": words})
    assert f"stand in cell {len(notebook['cells'])}: is it answered there?" in plan(notebook, tmp_path).eye[0]


def test_lines_in_a_check_cell_run_before_the_question(tmp_path):
    notebook = data("count_routes")
    cell = notebook["cells"][at(notebook, "check-along_route")]
    cell["source"] = "def along_route(local):\n    return np.prod(local)\n" + "".join(cell["source"])
    made = plan(notebook, tmp_path)
    where = next(n for n, name in made.checks.items() if name == "along_route")
    assert made.cells[where - 1].source == cell["source"]


def test_an_answer_below_its_check_counts(tmp_path):
    notebook = data("count_routes")
    right = "def along_route(local):\n    return np.prod(local)"
    notebook["cells"].append({"cell_type": "code", "metadata": {}, "source": right, "outputs": []})
    made = plan(notebook, tmp_path)
    where = next(n for n, name in made.checks.items() if name == "along_route")
    assert where > next(n for n, c in enumerate(made.cells) if c.source == right)


def test_an_answer_above_its_untouched_cell_counts(tmp_path):
    notebook = data("count_routes")
    where = at(notebook, "along_route")
    right = "def along_route(local):\n    return np.prod(local)"
    notebook["cells"].insert(where, {"cell_type": "code", "metadata": {}, "source": right, "outputs": []})
    made = plan(notebook, tmp_path)
    assert made.cells[where].source == right and made.cells[where + 1].source == ""
    notebook["cells"][where]["source"] = "something_else = 1"
    assert "along_route" in plan(notebook, tmp_path).cells[where + 1].source


def test_code_that_was_turned_into_words_is_run_and_named(tmp_path):
    notebook = data()
    cell = notebook["cells"][at(notebook, "all_routes")]
    cell["cell_type"] = "markdown"
    made = plan(notebook, tmp_path)
    assert next(c for c in made.cells if c.grade_id == "all_routes").kind == "code" and "all_routes" in made.eye[0]


def test_another_order_is_named(tmp_path):
    notebook = data()
    backward = copy.deepcopy(notebook)
    backward["cells"] = notebook["cells"][:2] + notebook["cells"][2:][::-1]
    assert not plan(notebook, tmp_path).eye and "another order" in plan(backward, tmp_path).eye[0]
