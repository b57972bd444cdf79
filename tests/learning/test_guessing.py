"""Guesses cost nothing and answer each choice; what is recalled is drawn anew after an answer."""

import pytest

from autograde import course
from autograde.building import course_text
from autograde.judging.questions import Choice, Guess, Recall
from autograde.learning import progress_map
from autograde.learning.guessing import guess, recall
from autograde.learning.note import NoExercise, WrongCall

UP = Guess(
    "up_or_down",
    "Does the loss rise?",
    {
        "a": Choice("It rises.", "Then the sign would be turned."),
        "b": Choice("It falls.", "One goes against the gradient."),
    },
    right="b",
)
MEMORY = tuple(Recall(f"Question {n}?", (n, f"answer {n}"), f"It is {n}.") for n in range(6))


@pytest.fixture(autouse=True)
def quiet(tmp_path, monkeypatch):
    monkeypatch.setenv("LSTM_BY_HAND_PROGRESS", str(tmp_path / "progress"))
    monkeypatch.setattr(course.Notebook, "guesses", property(lambda self: (UP,)))
    monkeypatch.setattr(course.Notebook, "recall", property(lambda self: list(MEMORY)))


def test_each_choice_is_answered_and_the_first_guess_is_counted():
    assert "in place of the dots: a, b" in repr(guess(up_or_down=...))
    assert progress_map.read().guesses == {}
    assert "sign would be turned" in repr(guess(up_or_down="a"))
    assert "against the gradient" in repr(guess(up_or_down=" B "))
    assert progress_map.read().guesses == {"up_or_down": False}
    assert "you wrote" in repr(guess(up_or_down="x"))
    with pytest.raises(NoExercise):
        guess(left_or_right="a")
    with pytest.raises(WrongCall):
        guess()


def test_recall_asks_three_and_then_others():
    first = repr(recall("3.2", ..., ..., ...))
    assert first == repr(recall("3.2")) and first.count("Question") == 3
    numbers = [line.split("Question ")[1][0] for line in first.splitlines() if "Question" in line]
    said = repr(recall("3.2", numbers[0], f" Answer {numbers[1]}", "nonsense"))
    assert said.startswith("2 of 3") and said.count("Yes.") == 2 and said.count("Not so:") == 1
    assert repr(recall("3.2")) != first
    with pytest.raises(NoExercise):
        recall("9.9")


def test_answers_are_compared_kindly():
    question = Recall("What?", ("W.T @ dz", 0.25), "So.")
    assert all(map(question.right, ["w.t@dz", "`W.T @ dz`", 0.25, "0.25", 0.2501]))
    assert not any(map(question.right, [..., None, "dz", 0.26, ""]))


def test_a_guess_in_a_text_becomes_a_question_and_a_cell(tmp_path):
    path = tmp_path / "text.py"
    path.write_text('# %% guess="up_or_down"\n')
    question, cell = course_text.read(path, {}, [UP]).cells
    assert "Does the loss rise?" in question.source and "**b** It falls." in question.source
    assert cell.source == "guess(up_or_down='b')"
    notebook = course_text.read(path, {}, [UP])
    course_text.without_guesses(notebook, [UP])
    assert notebook.cells[1].source == "guess(up_or_down=...)"
    with pytest.raises(course_text.BuildError, match="asks the guesses"):
        course_text.read(path, {}, [])


def test_the_courses_guesses_are_well_made(monkeypatch):
    monkeypatch.undo()
    names = [g.name for n in course.notebooks().values() for g in n.guesses]
    assert len(set(names)) == len(names)
    for notebook in course.notebooks().values():
        for question in notebook.guesses:
            assert question.right in question.choices and 2 <= len(question.choices) <= 5
            assert all(len(c.means) > 20 for c in question.choices.values())
        for memory in notebook.recall:
            assert memory.answers and memory.asks.endswith(("?", ".")) and len(memory.says) > 10
