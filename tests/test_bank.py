"""The bank, proved: references are right, mistakes are named, mutants are killed, right answers pass."""

import itertools

import pytest
from answers import EQUIVALENT, RIGHT
from mutants import survivors

from autograde import course
from autograde.asking.ask import Answer, ask, plain
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

    def test_it_has_hints(self, exercise):
        assert len(exercise.hints) >= 2

    def test_every_mistake_is_named_when_made(self, exercise):
        for mistake, seed in itertools.product(exercise.mistakes, SEEDS if exercise.kind == "function" else SEEDS[:1]):
            found = verdict(exercise, variant(exercise.reference, (mistake,)), seed)
            assert found.mistakes == (mistake.name,), (mistake.name, found)
            assert found.score < exercise.points

    def test_a_mistake_says_what_to_look_at(self, exercise):
        names = [m.name for m in exercise.mistakes]
        assert len(set(names)) == len(names)
        for mistake in exercise.mistakes:
            assert len(mistake.says) > 30 and mistake.name[0].islower() | mistake.name[0].isupper()

    def test_mutants_are_killed_by_visible_and_by_hidden_problems(self, exercise):
        _, alive = survivors(exercise)
        argued = [m for m in alive if why_equivalent(exercise, m)]
        assert [m.name for m in alive if m not in argued] == []

    def test_pairs_of_mistakes_are_named(self, exercise):
        named = total = 0
        pairs = list(itertools.combinations(exercise.mistakes, 2))
        for pair in pairs[:: max(1, len(pairs) // 60)]:
            try:
                found = verdict(exercise, variant(exercise.reference, pair))
            except Exception:
                continue
            if found.status not in ("right", "empty"):
                total += 1
                named += bool(found.mistakes)
        assert named >= 0.95 * total - 1, f"{named} of {total} pairs are named"


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
