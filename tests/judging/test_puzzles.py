"""Bug hunts are fair: one line differs, nothing about its style gives it away, and the report shows that something is wrong."""

import pytest

from autograde import course
from autograde.judging import puzzles
from autograde.judging.exercise import Exercise

FUNCTIONS = [e for e in course.exercises().values() if isinstance(e, Exercise) and e.kind == "function"]


@pytest.fixture(scope="module")
def found():
    unique = {(p.function, p.code): p for e in FUNCTIONS for p in puzzles.puzzles(e)}
    return list(unique.values())


def test_there_are_many_and_each_has_one_wrong_line(found):
    assert len(found) > 300
    for puzzle in found:
        assert len(puzzle.lines) == 1 and len(puzzle.code) >= puzzles.SHORTEST
        assert not all(puzzle.report.values()) and 1 <= puzzle.level <= 3
        text = puzzle.listing()
        assert '"""' not in text and "check_a" not in text and "#" not in text


def test_looking_for_what_is_out_of_style_finds_hardly_more_than_chance(found):
    guessed = sum(puzzles.guess(p) in p.lines for p in found) / len(found)
    chance = sum(1 / (len(p.code) - 1) for p in found) / len(found)
    assert guessed < 1.25 * chance, f"{guessed:.3f} against {chance:.3f}"


def test_two_bugs_at_once():
    pairs = (
        puzzles.make(e, (a, b))
        for e in FUNCTIONS
        for a, b in zip(e.mistakes, list(e.mistakes)[1:], strict=False)
        if a.of is b.of
    )
    two = next(p for p in pairs if p is not None)
    assert len(two.lines) == 2 and two.level == 3 and len(two.mistakes) == 2


def test_code_is_compared_by_its_tokens():
    assert puzzles.same_code("dc = dh*o + dc_next", "  dc = dh * o + dc_next")
    assert not puzzles.same_code("dc = dh*o", "dc = dh * f") and not puzzles.same_code("", "")
