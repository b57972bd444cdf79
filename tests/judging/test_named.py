"""Named mistakes: on all results, on one alone, in pairs, and what joined mistakes say."""

import numpy as np

from autograde.asking.ask import ask
from autograde.judging.exercise import Exercise, Mistake
from autograde.judging.judge import judge


def gates(f, i, c):
    kept = f * np.sin(c)
    new = i * np.cosh(c)
    both = kept * new
    return kept, new, both


GATES = Exercise(
    "gates",
    problem=lambda rng: {n: rng.normal(size=3) for n in "fic"},
    reference=gates,
    outputs=("kept", "new", "both"),
    points=3,
    mistakes=(
        Mistake("the sine twice", "    kept = f * np.sin(c)", "    kept = f * np.sin(np.sin(c))", "Sine is there twice.", "Once."),
        Mistake("the other gate squared", "    new = i * np.cosh(c)", "    new = i**2 * np.cosh(c)", "A square too many.", "Look."),
        Mistake("the sum of both", "    both = kept * new", "    both = kept + new", "They were added.", "Which is it?"),
    ),
)  # fmt: skip


def asked(answer):
    problems = GATES.problems()
    return judge(GATES, problems, ask("function", GATES.outputs, answer, problems))


def test_one_mistake_gives_all_results():
    found = asked(lambda f, i, c: (f * np.sin(c), i**2 * np.cosh(c), f * np.sin(c) * i**2 * np.cosh(c)))
    assert found.mistakes == ("the other gate squared",) and found.how == "named" and found.credit == 1
    assert "A square too many. Look." in found.details


def test_each_result_by_a_mistake_of_its_own():
    found = asked(lambda f, i, c: (f * np.sin(np.sin(c)), i**2 * np.cosh(c), f * np.sin(c) * i * np.cosh(c)))
    assert set(found.mistakes) == {"the sine twice", "the other gate squared"}
    assert any(d.startswith("`kept`") for d in found.details) and any(d.startswith("`new`") for d in found.details)


def test_a_pair_says_what_is_seen_of_both_and_no_more():
    found = asked(lambda f, i, c: (f * np.sin(np.sin(c)), i**2 * np.cosh(c), f * np.sin(np.sin(c)) + i**2 * np.cosh(c)))
    assert len(found.mistakes) >= 2 and found.how == "named"


def test_the_verdict_carries_how_it_was_found_and_what():
    found = asked(lambda f, i, c: (f * np.sin(c), -i * np.cosh(c), f * np.sin(c) * i * np.cosh(c)))
    data = found.to_dict()
    assert data["how"] == "relation" and data["places"] == (
        {"kind": "sign", "result": "new", "step": "", "line": 0, "text": ""},
    )
