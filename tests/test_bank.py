"""The bank, proved: references are right, mistakes are named, mutants are killed, right answers pass."""

import itertools
from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest
from answers import EQUIVALENT, RIGHT
from mutants import survivors

from autograde import course
from autograde.asking.ask import Answer, Seen, ask, plain, smallest
from autograde.judging import grammar, reference
from autograde.judging.compare import parts, same
from autograde.judging.exercise import HIDDEN, VISIBLE, Exercise, Written
from autograde.judging.judge import judge
from autograde.judging.mistakes import variant

ALL = list(course.exercises().values())
CHECKED = [e for e in ALL if isinstance(e, Exercise)]
SEEDS = (VISIBLE, 1, 2, HIDDEN)


def answers(exercise, function, problems):
    if exercise.kind == "function":
        return ask("function", exercise.outputs, function, problems)
    return [Answer(plain(function(**p), exercise.outputs)) for p in problems]


def verdict(exercise, function, seed=VISIBLE):
    problems = exercise.problems(seed)
    return judge(exercise, problems, answers(exercise, function, problems))


def at_home(mistake, exercise):
    """Whether the mistake is one of the exercise's own notebook, and not inherited from what its reference calls."""
    return mistake.of is exercise.reference or mistake.of.__module__ == exercise.reference.__module__


def values(exercise, mistakes, problems):
    """What the reference gives with a mistake, some, or none in it; nothing where that code raises."""
    edits = () if mistakes is None else mistakes if isinstance(mistakes, tuple) else (mistakes,)
    try:
        function = variant(exercise.reference, edits) if edits else exercise.reference
        with np.errstate(all="ignore"):
            return [plain(function(**deepcopy(p)), exercise.outputs) for p in problems]
    except Exception:
        return None


def alike(one, two):
    """Whether two lists of plain values agree to rounding."""
    return one is not None and two is not None and all(map(same_to_rounding, one, two))


def same_to_rounding(a, b):
    if isinstance(a, tuple | list) and isinstance(b, tuple | list):
        return len(a) == len(b) and all(map(same_to_rounding, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same_to_rounding(a[k], b[k]) for k in a)
    return same(a, b, 1e-8) if not isinstance(b, list) else a == b


def test_every_mistake_is_named_somewhere():
    """No mistake is written for nothing: by its own name, in at least one exercise."""
    named = set()
    for exercise in CHECKED:
        problems = exercise.problems()
        for mistake in exercise.mistakes:
            if (mistake.of, mistake.name) not in named and (made := values(exercise, mistake, problems)) is not None:
                if mistake.name in judge(exercise, problems, [Answer(v) for v in made]).mistakes:
                    named.add((mistake.of, mistake.name))
    every = {(m.of, m.name) for e in CHECKED for m in e.mistakes}
    assert sorted(f"{of.__name__}: {name}" for of, name in every - named) == []


def test_every_notebook_has_a_title_and_exercises():
    for name, notebook in course.notebooks().items():
        assert notebook.title.split()[0] == name.split("-")[0] and notebook.exercises


def test_written_questions_have_a_guide_and_a_model_answer():
    for exercise in ALL:
        if isinstance(exercise, Written):
            assert exercise.model and exercise.guide and exercise.points >= 1


@pytest.mark.parametrize("exercise", CHECKED, ids=lambda e: e.name)
class TestExercise:
    def test_the_reference_is_right(self, exercise):
        for seed in SEEDS:
            assert verdict(exercise, lambda *a, **k: exercise.reference(*a, **k), seed).status == "right"

    def test_problems_are_reproducible_and_never_shared(self, exercise):
        one, two = exercise.problems(5), exercise.problems(5)
        assert repr(one) == repr(two)
        if exercise.kind == "function":
            assert len({repr(p) for p in one[: exercise.draws]}) == exercise.draws

    def test_no_result_is_the_same_for_every_draw(self, exercise):
        """So recorded values earn nothing; where a pencil is asked for, ``fixed`` says so, and there are no points."""
        if exercise.kind == "expression":
            return
        drawn = [values(exercise, None, exercise.problems(seed)[: exercise.draws]) for seed in SEEDS]
        results = [parts(value, exercise.outputs) for made in drawn for value in made]
        stuck = [all(same(r, column[0], 1e-9) for r in column) for column in zip(*results, strict=True)]
        assert any(stuck) == bool(exercise.fixed) == (exercise.points == 0)

    def test_it_has_hints(self, exercise):
        assert len(exercise.hints) >= 2

    def test_a_mistake_that_shows_is_named(self, exercise):
        """Inherited mistakes may change nothing here, or give the numbers of a nearer one, which then speaks."""
        seeds = SEEDS if exercise.kind == "function" else SEEDS[:1]
        cases = [(m, s) for m in exercise.mistakes for s in (seeds if at_home(m, exercise) else seeds[:1])]
        for mistake, seed in cases:
            problems = exercise.problems(seed)
            made = values(exercise, mistake, problems)
            if made is None or alike(made, values(exercise, None, problems)):
                continue
            found = judge(exercise, problems, [Answer(v) for v in made])
            assert found.mistakes, (mistake.name, seed, found)
            named = [m for m in exercise.mistakes if m.name == found.mistakes[0]]
            assert any(alike(values(exercise, m, problems), made) for m in named), (mistake.name, found.mistakes)
            assert found.status != "right" and (found.score < exercise.points or not exercise.points)

    def test_a_mistake_says_what_to_look_at(self, exercise):
        for mistake in exercise.mistakes:
            assert len(mistake.seen) > 15 and len(mistake.look) > 10 and not mistake.name.endswith((".", "!"))

    def test_mutants_are_killed_by_visible_and_by_hidden_problems(self, exercise):
        _, alive = survivors(exercise)
        argued = [m for m in alive if why_equivalent(exercise, m)]
        assert [m.name for m in alive if m not in argued] == []

    def test_pairs_of_mistakes_are_explained(self, exercise):
        """One of the exercise's own with any other, in code that is written line by line as the reference is."""
        explained = total = 0
        for pair in drawn_pairs(exercise):
            problems = exercise.problems()
            made = values(exercise, pair, problems)
            if made is None:
                continue
            found = judge(exercise, problems, written_as_the_reference(exercise, pair, problems, made))
            if found.status not in ("right", "empty"):
                total += 1
                explained += found.how != "where"
        least = 0.7 if exercise.name in MANY else 0.9
        assert explained >= least * total - 1, f"{explained} of {total} pairs are explained"


MANY = ("flow_left", "sweep_learn_edges")
"""Exercises that run whole sweeps several times: a hundred mistakes and more to pair, and little time for each."""


def drawn_pairs(exercise, most=20):
    """Some pairs of mistakes of which one is the exercise's own; of inherited ones where it has none."""
    pairs = list(itertools.combinations(exercise.mistakes, 2))
    pairs = [pair for pair in pairs if any(at_home(m, exercise) for m in pair)] or pairs
    return pairs[:: max(1, -(-len(pairs) // most))]


def written_as_the_reference(exercise, mistakes, problems, made):
    """The answers of code with these mistakes, with the values that its lines gave on the way."""
    answers = [Answer(v) for v in made]
    its = reference.of(exercise)
    edits = tuple(e for e in grammar.edits(its) if e.mistake in mistakes)
    small = smallest(problems)
    run = its.run(problems[small], edits) if exercise.kind == "function" and len(edits) == len(mistakes) else None
    if run is not None:
        way = [Seen(s.function, 1 + s.number, s.name, s.name.split("[")[0], v) for s, _, v in run.values]
        answers[small] = replace(answers[small], way=tuple(way))
    return answers


def why_equivalent(exercise, mutant):
    if mutant.after.replace(".T", "") == mutant.before.replace(".T", ""):
        return "the transpose of a vector is that vector; sizes differ pairwise, so no matrix survives being transposed"
    argued = {start: why for (name, start), why in EQUIVALENT.items() if name == exercise.name}
    return next((why for start, why in argued.items() if mutant.name.startswith(start)), "")


@pytest.mark.parametrize("name, style", [(n, s) for n, styles in RIGHT.items() for s in styles], ids=str)
def test_a_right_answer_in_another_style_passes(name, style):
    exercise = course.find(name)
    for seed in range(40):
        found = verdict(exercise, RIGHT[name][style], seed)
        assert found.status == "right", (seed, found)


@pytest.mark.parametrize("name", RIGHT)
def test_no_false_alarm_in_1000_seeds(name):
    exercise = course.find(name)
    styles = list(RIGHT[name].values())
    for seed in range(1000):
        problems = exercise.problems(seed)
        got = [Answer(plain(styles[seed % len(styles)](*p.values()), exercise.outputs)) for p in problems]
        assert judge(exercise, problems, got).status == "right", seed


def test_right_answers_come_in_three_styles():
    assert all(len(styles) >= 3 for styles in RIGHT.values())
