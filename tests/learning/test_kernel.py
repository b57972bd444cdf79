"""Checks in a real kernel, as a learner runs them."""

import re

import nbformat
import pytest

from autograde.judging.verdict import MIME
from autograde.learning import kernel

IMPORT = "import numpy as np\nfrom autograde import check, given, hint, progress"
RIGHT = "def along_route(local):\n    return np.prod(local)"
WRONG = "def along_route(local):\n    return np.sum(local)"
CHECK = "check(along_route)"


@pytest.fixture
def play(tmp_path):
    """Run cells in a fresh kernel; gives the outputs of each."""

    def run(*sources):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])
        kernel.run(notebook, tmp_path, {"LSTM_BY_HAND_PROGRESS": str(tmp_path / "progress")}, 60, allow_errors=True)
        return [cell.outputs for cell in notebook.cells]

    return run


def verdict(outputs):
    return next(o.data[MIME] for o in outputs if MIME in o.get("data", {}))


def error(outputs):
    return next(o for o in outputs if o.output_type == "error")


def bare(lines):
    return re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(lines))


def test_a_failing_check_shows_a_panel_and_one_line(play):
    *_, failed, after = play(IMPORT, WRONG, CHECK, "1 + 1")
    assert verdict(failed)["mistakes"] == ["summed along one route"]
    assert bare(error(failed).traceback) == "✗ along_route: Summed along one route. (0 of 1)"
    assert after[0].data["text/plain"] == "2"


def test_a_check_before_its_answer_gets_one_sentence(play):
    *_, failed = play(IMPORT, CHECK)
    said = bare(error(failed).traceback)
    assert "run the cell that defines it, then this one" in said and "Traceback" not in said and "File" not in said


def test_another_name_error_is_shown_as_always(play):
    assert "Traceback" in bare(error(play(IMPORT, "nothing_of_ours")[-1]).traceback)


def test_the_last_definition_counts_wherever_it_stands(play):
    outputs = play(IMPORT, WRONG, RIGHT, CHECK, WRONG, CHECK, RIGHT, "x = 1", CHECK)
    assert [verdict(outputs[k])["status"] for k in (3, 5, 8)] == ["right", "wrong", "right"]


def test_the_line_that_raised_is_the_learners(play):
    *_, failed = play(IMPORT, "def along_route(local):\n    total = 1\n    return total / 0", CHECK)
    details = verdict(failed)["details"]
    assert (
        "`ZeroDivisionError: division by zero`" in details and "Line 3 of `along_route`: `return total / 0`" in details
    )


def test_code_that_exits_floods_or_never_ends_leaves_the_kernel_alive(play):
    outputs = play(
        IMPORT,
        "import autograde.ask, autograde.notebook\nautograde.ask.LIMIT = 0.5",
        "def along_route(local):\n    raise SystemExit",
        CHECK,
        "def along_route(local):\n    print('x' * 10**7)\n    return np.prod(local)",
        CHECK,
        "def along_route(local):\n    while True:\n        pass",
        CHECK,
        RIGHT,
        CHECK,
    )
    assert "Nothing here needs to leave Python" in str(verdict(outputs[3])["details"])
    assert verdict(outputs[5])["status"] == "right"
    assert verdict(outputs[7])["headline"] == "Your code did not come back."
    assert verdict(outputs[9])["status"] == "right"


def test_a_patched_numpy_is_named(play):
    *_, failed = play(IMPORT, RIGHT, "np.prod = np.sum", CHECK)
    assert "np.prod" in str(verdict(failed)["details"])


def test_hints_and_progress_in_the_kernel(play):
    *_, first, second, reached = play(IMPORT, RIGHT, CHECK, 'hint("along_route")', 'hint("along_route")', "progress()")
    assert "Hint 1 of 2" in first[0].data["text/html"] and "Hint 2 of 2" in second[0].data["text/html"]
    assert "You left off at along_route." in reached[0].data["text/plain"]
