"""Which mistakes a class made, and how hard and how telling each exercise was."""

from types import SimpleNamespace

import corpus
import pytest

from autograde.classroom.commands import report
from autograde.judging.exercise import Exercise, Written

UNIT = corpus.UNIT


def desk(*names):
    exercises = [Exercise(n, problem=dict, reference=dict, points=2) for n in names] + [Written("why", "", ())]
    unit = SimpleNamespace(name="u", release={"nb": None}, exercises=lambda notebook: exercises)
    return SimpleNamespace(unit=unit)


def record(reason="", **scores):
    """A record; a score may come with the names of mistakes."""
    verdicts = {}
    for name, given in scores.items():
        score, *mistakes = given if isinstance(given, tuple) else (given,)
        status = "right" if score == 2 else "wrong" if score == 0 else "partly"
        verdicts[name] = {
            "score": score,
            "possible": 2,
            "status": status,
            "mistakes": mistakes,
            "headline": "`x` is not right | yet.",
        }
    return {"notebooks": {"nb": {"reason": reason, "exercises": verdicts}}}


def test_difficulty_and_discrimination():
    records = [record(a=2, b=2, c=0), record(a=1, b=2, c=1), record(a=0, b=2, c=2), record("it was not handed in")]
    a, b, c = report.analyse(desk("a", "b", "c"), records)
    assert (a.answers, a.difficulty, a.statuses["right"]) == (3, 0.5, 1)
    assert a.discrimination == pytest.approx(-1) and c.discrimination == pytest.approx(-1)
    assert b.difficulty == 1 and b.discrimination is None


def test_mistakes_are_counted_by_name():
    records = [record(a=(0, "m", "n")), record(a=(1, "m")), record(a=0), record(a=2)]
    (a,) = report.analyse(desk("a"), records)
    assert a.mistakes == (("m", 2), ("n", 1), ("x is not right | yet", 1))
    assert r"1 × x is not right \| yet" in report.to_markdown("t", [a], "t.svg")


def test_slips_without_a_name_are_counted_by_kind_and_step():
    def slipped(line):
        given = record(a=(0, "m"))
        place = {"kind": "factor missing", "result": "", "step": "dc", "line": line, "text": f"dc = {line}"}
        given["notebooks"]["nb"]["exercises"]["a"] |= {"how": "way", "places": [place, place | {"kind": "m"}]}
        return given

    (a,) = report.analyse(desk("a"), [slipped(3), slipped(4)])
    assert a.mistakes == (("factor missing: dc", 2), ("m", 2))


@pytest.mark.parametrize("records", [[record(a=1, b=0)], [record("none")], [record(a=1, b=2)] * 5])
def test_one_nobody_and_no_variance(records):
    items = report.analyse(desk("a", "b"), records)
    assert all(i.discrimination is None for i in items)
    assert "–" in report.to_text(items) and "–" in report.to_html("t", items, report.plot(items))


def test_report_of_a_class(command, course):
    code, out, _ = command("report", UNIT)
    assert code == 0 and "4 submissions" in out
    line = next(x for x in out.splitlines() if x.startswith("reverse_sweep"))
    assert line.split()[:5] == ["reverse_sweep", "3", "1", "1", "0.33"] and line.endswith(
        "1 × overwritten at the forks"
    )
    folder = course / "class" / "reports"
    files = {p.name: p.read_bytes() for p in folder.iterdir()}
    assert sorted(files) == [f"{UNIT}.html", f"{UNIT}.md", f"{UNIT}.svg"]
    assert not any(name in text for text in files.values() for name in (b"bob", b"dan", b"<script"))
    assert command("report", UNIT)[0] == 0
    assert files == {p.name: p.read_bytes() for p in folder.iterdir()}


def test_before_anything_is_graded(command, course):
    for file in (course / "class" / "graded" / UNIT).iterdir():
        file.unlink()
    for name in ("report", "export", "feedback", "review"):
        code, _, err = command(name, UNIT)
        assert (
            code == 2 and err == f"autograde {name}: Nobody has been graded for {UNIT}. First: autograde grade {UNIT}\n"
        )
