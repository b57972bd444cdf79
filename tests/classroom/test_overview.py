"""The whole class on one page: who, what, how hard, which mistakes, and whose answers are alike."""

from dataclasses import replace

import corpus
import natural
import pytest
import school
from nbgrader.api import Gradebook
from test_report import desk, record
from test_review import Page

from autograde.classroom.overview import examples, people
from autograde.classroom.overview.items import analyse
from autograde.classroom.overview.people import Column
from autograde.classroom.overview.similar import Work, pairs
from autograde.classroom.sheets import Mark, Sheet

UNIT = corpus.UNIT
STUB = "def sweep(graph, order):\n    '''Totals.'''\n    # YOUR CODE HERE"
MODEL = "def sweep(graph, order):\n    d = {n: 0.0 for n in order}\n    for n in reversed(order):\n        d[n] += 1\n    return d"
OWN = """def sweep(graph, order):
    # zuerst das Ende
    ergebnis = {}
    for knoten in order[::-1]:
        rest = sum(w * ergebnis.get(z, 1.0) for z, w in graph[knoten].items())
        ergebnis[knoten] = rest or 1.0
    return ergebnis
"""
RENAMED = """def sweep(graph, order):
    totals = {}
    for key in order[::-1]:
        part = sum(a * totals.get(b, 1.0) for b, a in graph[key].items())
        totals[key] = part or 1.0
    return totals
"""


def alike(*sources: str, words: tuple[str, ...] = ()):
    works = [Work(f"s{n}", {"sweep": s}, {"why": words[n]} if words else {}) for n, s in enumerate(sources)]
    return pairs(works, [STUB, MODEL, "A nudge travels along every route at once and the loss moves"])


def test_the_same_code_with_other_names_is_found():
    (pair,) = alike(OWN, RENAMED, MODEL, MODEL)
    assert (pair.first, pair.second) == ("s0", "s1")
    (shared,) = pair.shared
    assert any("ergebnis.get(z, 1.0)" in line for line in shared.lines[0])
    assert any("totals.get(b, 1.0)" in line for line in shared.lines[1])


def test_names_comments_and_phrases_count():
    own = "My neighbour and I think that a loss has exactly one way to hear of a change"
    (pair,) = alike(OWN, OWN, MODEL, words=(own, own.upper(), "A nudge travels along every route at once"))
    shared = {s.exercise: s for s in pair.shared}
    assert shared["sweep"].comments == ("zuerst das Ende",) and "ergebnis" in shared["sweep"].names
    assert shared["why"].phrases == (own,)


def test_what_the_task_the_model_or_the_class_explains_is_not_told():
    assert alike(MODEL, MODEL, STUB, STUB) == []
    assert alike(*[OWN] * 5, MODEL) == []
    said = "a nudge travels along every route at once"
    assert alike(MODEL, STUB, words=(said, said)) == []


@pytest.mark.parametrize("seed", range(5))
def test_a_class_of_thirty_in_which_two_copied(seed):
    """Who wrote common lines by themselves is not told; who copied all of it, or one odd answer with other names, is, first."""
    works = natural.works(30, seed)
    assert len(pairs(works, [STUB, MODEL])) <= 10
    whole = replace(works[7], student="copy")
    odd = replace(works[3], code=works[3].code | {"reverse_sweep": OWN.replace("def sweep", "def reverse_sweep")})
    renamed = replace(
        works[9], code=works[9].code | {"reverse_sweep": RENAMED.replace("def sweep", "def reverse_sweep")}
    )
    others = [w for n, w in enumerate(works) if n not in (3, 9, 11)]
    found = pairs([*others, whole, odd, renamed], [STUB, MODEL])
    told = [(p.first, p.second) for p in found]
    assert told[0] == ("copy", "s7") and ("s3", "s9") in told and len(told) <= 12


@pytest.mark.parametrize("source", ["def sweep(", "\0", "(" * 500, "x = 1 # \ud800", ""])
def test_answers_that_are_no_python(source):
    assert alike(source, source, OWN) == []
    assert isinstance(examples.bare(source), str)


def test_an_example_names_nobody():
    code = 'def f(x):\n    """By Ann Lee."""\n    # ann\n    "ann"\n    return x  # me\n'
    assert examples.bare(code) == "def f(x):\n    return x"
    assert examples.bare('def f():\n    """By Ann."""') == "def f():\n    pass"


def test_follow_ups_are_left_out():
    records = [record(a=2, b=2), record(a=0, b=0), record(a=0, b=2), record(a=1, b=1)]
    records[1]["notebooks"]["nb"]["exercises"]["b"]["how"] = "given"
    assert [i.answers for i in analyse(desk("a", "b"), records, follow_ups=False)] == [4, 3]
    assert [i.difficulty for i in analyse(desk("a", "b"), records)] == [0.375, 0.625]
    assert [i.difficulty for i in analyse(desk("a", "b"), records, follow_ups=False)][1] == pytest.approx(5 / 6)


def test_points_are_spread_and_who_is_missing():
    names = {s: s.upper() for s in "abcd"}
    marks = {"a": 10.0, "b": 4.999999, "c": 0.0}
    column = Column("u", 10, {s: Sheet(s, s, marks={"x": Mark(p)}) for s, p in marks.items()})
    spread = people.spread(column, names)
    assert spread.counts == (1, 0, 0, 0, 1, 0, 0, 0, 0, 1) and spread.missing == ("D",)
    rows = people.rows([column, Column("v", 0, {})], names)
    assert rows[0].course == [[(0.0, 0.0)]] and rows[3].course == []


def test_overview_of_a_class(command, course):
    with Gradebook(f"sqlite:///{course}/class/gradebook.db", "lstm-by-hand") as book:
        book.update_or_create_student("fay", first_name="Fay", last_name="<b>Ó Hara</b>")
    school.larger(course, ["gil", "hal"])
    (course / "class" / "submitted" / "ida" / UNIT).mkdir(parents=True)
    code, out, _ = command("overview")
    assert code == 0 and f"{UNIT}: 6 of 8 students, missing: <b>Ó Hara</b>, Fay" in out
    text = (course / "class" / "reports" / "overview.html").read_text()
    page = Page(text)
    words = " ".join(page.words.split())
    assert "<b>Ó Hara</b>, Fay" in words and "6 of 8 graded, 1 more handed in" in words
    assert "2 × overwritten at the forks in reverse_sweep" in words and "d[node] = local * d[after]" in words
    assert "1 to mark" in words and 'name="viewport"' in text
    assert not {"script", "iframe", "img", "object", "form"} & {tag for tag, _ in page.found}


def test_what_cannot_be_looked_over(command, course):
    assert command("overview", "9-none")[0] == 2
    for file in (course / "class" / "graded" / UNIT).iterdir():
        file.unlink()
    code, _, err = command("overview")
    assert code == 2 and "Nobody has been graded yet" in err
