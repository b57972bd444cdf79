"""Hunts show only what one has passed, say the truth about each line, and come back when they were missed."""

import shutil

import pytest

from autograde import course
from autograde.asking.ask import ask
from autograde.judging.judge import judge
from autograde.judging.puzzles import set_hunt
from autograde.learning import progress_map
from autograde.learning.mine import mine
from autograde.learning.note import Note
from autograde.learning.notebook import check
from autograde.learning.practice import TRIES, Hunt, practice
from autograde.learning.whose import Riddle

NAME = "lstm_step_backward"


@pytest.fixture(autouse=True)
def quiet(tmp_path, monkeypatch):
    monkeypatch.setenv("LSTM_BY_HAND_PROGRESS", str(tmp_path / "progress"))


@pytest.fixture
def passed():
    check(mine(NAME))


def right_line(hunt):
    return hunt.puzzle.mended[hunt.puzzle.lines[0] - 1]


def test_a_function_that_is_not_passed_is_not_shown():
    said = practice(NAME)
    assert isinstance(said, Note) and "first pass" in repr(said)
    assert (
        "first pass" in repr(said.line(...))
        and "first pass" in repr(said.mend("x"))
        and "first pass" in repr(said.again())
    )


def test_a_hunt_from_start_to_end(passed):
    hunt = practice(NAME)
    assert isinstance(hunt, Hunt) and "Which?" in repr(hunt) and "✗" in repr(hunt)
    good = next(n for n in range(1, len(hunt.puzzle.code) + 1) if n not in hunt.puzzle.lines)
    assert "in place of the dots" in repr(hunt.line(...))
    assert "as it should be" in repr(hunt.line(good)) and "run from 1" in repr(hunt.line(99))
    assert "First the line" in repr(hunt.mend("x = 1"))
    assert hunt.puzzle.mistakes[0].look in repr(hunt.hint())
    found = repr(hunt.line(hunt.puzzle.lines[0]))
    assert "Found" in found and hunt.puzzle.mistakes[0].seen in found
    assert "Not yet" in repr(hunt.mend(hunt.puzzle.code[hunt.puzzle.lines[0] - 1]))
    assert "raises SyntaxError" in repr(hunt.mend("x = "))
    assert "Mended" in repr(hunt.mend(right_line(hunt)))
    [kept] = progress_map.read().hunts
    assert kept.found and kept.points == (TRIES - 1 - 1) * hunt.puzzle.level


def test_a_missed_hunt_comes_back_after_three_others(passed):
    hunt = practice(NAME, level=1)
    key = repr(hunt)
    good = next(n for n in range(1, len(hunt.puzzle.code) + 1) if n not in hunt.puzzle.lines)
    for _ in range(TRIES):
        said = hunt.line(good)
    assert "will come back" in repr(said) and "over" in repr(hunt.line(good))
    shown = []
    for _ in range(5):
        hunt = hunt.again()
        shown.append(repr(hunt))
        hunt.line(hunt.puzzle.lines[0])
    assert key in shown and shown.index(key) >= 3


def test_a_mistake_of_ones_own_comes_first(passed):
    mistake = next(m for m in course.find(NAME).mistakes if "four" in m.name)
    progress_map.record(exercise=NAME, mistakes=[mistake.name])
    names = [practice(NAME, level=level).puzzle.mistakes[0].name for level in (1, 2, 3)]
    assert mistake.name in names


def test_a_seed_is_the_same_hunt_for_everybody(passed):
    one = repr(practice(seed=7))
    progress_map.record(reset=True)
    assert repr(practice(seed=7)) == one != repr(practice(seed=8))


def test_a_seed_is_the_same_hunt_whatever_one_has_hunted(passed):
    before = repr(practice(NAME, seed=7))
    for number in range(9):
        progress_map.record(hunt=str(number), found=True, points=1)
    progress_map.record(hunt=before, found=False, points=0)
    assert repr(practice(NAME, seed=7)) == before


def test_a_hunt_set_to_a_class_is_judged_like_a_value():
    hunt = set_hunt("hunt_of_the_week", NAME, "sweep_backward", seed=7, level=3, points=2).bound(course.find)
    same = practice(NAME, "sweep_backward", seed=7, level=3)
    (problem,) = hunt.problems()
    assert list(problem.values()) == [repr(same)] and "Which?" in repr(same)
    right = list(same.puzzle.lines)
    wrong = [n for n in range(1, len(same.puzzle.code) + 1) if n not in right][: len(right)]
    for answer, credit in ((right, 2), (right[::-1], 2), (wrong, 0), (right[:1] + wrong[:1], 0), (..., 0)):
        verdict = judge(hunt, [problem], ask(hunt.kind, hunt.outputs, answer, [problem]))
        assert verdict.credit == credit and not any(str(n) in verdict.to_text() for n in right if answer == wrong)


def test_a_notebook_can_set_a_hunt(tmp_path):
    folder = tmp_path / "course" / "8-own"
    shutil.copytree(course.notebooks()["3.2-the-block-backward"].folder, folder / "8.1-copied")
    (folder / "8.2-hunt").mkdir()
    (folder / "8.2-hunt" / "text.py").write_text("# %% [markdown]\n# # 8.2 Hunt\n")
    (folder / "8.2-hunt" / "exercises.py").write_text(
        "from autograde.judging.puzzles import set_hunt\n\nTITLE = '8.2 Hunt'\n"
        "EXERCISES = (set_hunt('hunt_8', 'lstm_step_backward', seed=1),)\n"
    )
    hunt = course.exercises(tmp_path / "course")["hunt_8"]
    (problem,) = hunt.problems()
    assert "One line is wrong in" in problem["hunt"] and len(hunt.reference(**problem)) == 1


def test_a_line_that_never_ends_is_stopped(passed, monkeypatch):
    monkeypatch.setattr("autograde.learning.practice.SECONDS", 0.05)
    hunt = practice(NAME)
    hunt.line(hunt.puzzle.lines[0])
    assert "does not come back" in repr(hunt.mend("while True: pass"))


def test_the_top_level_asks_whose_convention_it_is(passed):
    assert "First pass `lstm_step` or `gru_step`" in repr(practice(level=4).whose(...))
    assert "a line is wrong" in repr(practice(level=3).whose("a"))
    check(mine("gru_step"))
    riddle = practice(level=4)
    assert isinstance(riddle, Riddle) and "Whose convention" in repr(riddle)
    assert "<pre" in riddle._repr_mimebundle_()["text/html"]
    wrong = next(k for k in riddle.convention.choices if k != riddle.convention.right)
    assert "in place of the dots" in repr(riddle.whose(...)) and "The letters are" in repr(riddle.whose("x"))
    assert "No line is wrong" in repr(riddle.line(3)) and "A hint" in repr(riddle.hint())
    assert "One more try" in repr(riddle.whose(wrong)) and "Found, for 2 points" in repr(
        riddle.whose(riddle.convention.right)
    )
    assert "is over" in repr(riddle.whose(riddle.convention.right))
    [kept] = progress_map.read().hunts
    assert kept.found and kept.points == 2
    other = riddle.again()
    assert isinstance(other, Riddle) and other.convention is not riddle.convention
    missed = [repr(other.whose(k)) for k in other.convention.choices if k != other.convention.right][1]
    assert f"It is {other.convention.right}" in missed


def test_a_riddle_comes_by_itself_after_many_hunts_and_by_seed_to_everybody(passed):
    assert repr(practice(seed=3, level=4)) == repr(practice(seed=3, level=4))
    check(mine("gru_step"))
    for number in range(9):
        progress_map.record(hunt=str(number), found=True, points=1)
    assert isinstance(practice(), Riddle)
