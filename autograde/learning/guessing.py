"""``guess`` and ``recall``: questions without points, answered in a line."""

from __future__ import annotations

import random
from typing import Any

from autograde import course
from autograde.judging.questions import Guess, Recall
from autograde.learning import progress_map
from autograde.learning.note import NoExercise, Note, WrongCall

ASKED = 3
"""Questions that one ``recall`` asks."""


def guess(**named: Any) -> Note:
    """A guess before the answer is shown: ``guess(up_or_down="a")``. It costs no points; the first one is counted.

    Raises
    ------
    WrongCall : not exactly one name.
    NoExercise : there is no guess of that name.
    """
    if len(named) != 1:
        raise WrongCall('guess takes one name and a letter: guess(up_or_down="a")')
    name, chosen = next(iter(named.items()))
    question = _find(name)
    letters = ", ".join(question.choices)
    if chosen is Ellipsis:
        return Note(
            "A guess first", (f"Put a letter in place of the dots: {letters}.",), "Nothing is lost by a wrong one."
        )
    letter = str(chosen).strip().lower()
    if letter not in question.choices:
        return Note("A guess first", (f"The letters are {letters}; you wrote {str(chosen)[:20]!r}.",), "")
    right = letter == question.right
    progress_map.record(guess=name, right=right)
    title = f"{letter}: yes." if right else f"{letter}: not so."
    return Note(
        title,
        (question.choices[letter].means,),
        "" if right else "Look at the next cell, then guess again if you like.",
    )


def recall(notebook: str, *answers: Any) -> Note:
    """Three short questions on what the notebook ``"3.2"`` builds on; answer them in its place: ``recall("3.2", "h", 4, "sum")``.

    The questions stay until you answer, then others come.

    Raises
    ------
    NoExercise : there is no such notebook, or nothing before it.
    """
    questions = _drawn(notebook)
    given = [*answers, *[Ellipsis] * len(questions)][: len(questions)]
    if all(a is Ellipsis for a in given):
        dots = ", ".join("..." for _ in questions)
        foot = f'Answer in place of the dots, in this order: recall("{notebook}", {dots}). Or go on: nothing is lost.'
        return Note("What do you remember?", tuple(f"{n}. {q.asks}" for n, q in enumerate(questions, 1)), foot)
    rights = [q.right(a) for q, a in zip(questions, given, strict=True)]
    progress_map.record(recall=notebook, right=sum(rights))
    said = tuple(f"{'Yes.' if ok else 'Not so:'} {q.says}" for q, ok in zip(questions, rights, strict=True))
    return Note(f"{sum(rights)} of {len(questions)}", said, "Run the cell with dots again for other questions.")


def _find(name: str) -> Guess:
    for notebook in course.notebooks().values():
        for question in notebook.guesses:
            if question.name == name:
                return question
    raise NoExercise(f"there is no guess called {name!r}.")


def _drawn(notebook: str) -> list[Recall]:
    """The questions for this notebook: the same until they are answered."""
    names = [name for name in course.notebooks() if name.split("-")[0] == notebook or name == notebook]
    if not names:
        raise NoExercise(f'there is no notebook {notebook!r}: write its number, such as recall("3.2").')
    pool = course.notebooks()[names[0]].recall
    times = progress_map.read().recalls.get(notebook, 0)
    return random.Random(f"{notebook} {times}").sample(pool, min(ASKED, len(pool)))
