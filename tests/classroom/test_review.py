"""The page with each answer beside its solution, and the points that a human gives."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import corpus
import pytest
import school

from autograde.classroom.commands import review

UNIT = corpus.UNIT


class Page(HTMLParser):
    """The tags, the attributes and the scripts of a page."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict]] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words += data


@pytest.fixture
def page(command, course):
    assert command("review", UNIT)[0] == 0
    return lambda student: (course / "class" / "reviews" / UNIT / f"{student}.html").read_text()


@pytest.fixture
def book(course):
    """Points by cell of one student, and whether they wait for a human."""
    from nbgrader.api import Gradebook

    def read(student: str) -> dict:
        with Gradebook(f"sqlite:///{course}/class/gradebook.db", "lstm-by-hand") as book:
            notebook = book.find_submission_notebook(corpus.NAME, UNIT, student)
            return {g.name: (g.score, g.needs_manual_grade) for g in notebook.grades}

    return read


def test_each_answer_beside_its_solution(page):
    text = page("bob")
    assert "Overwritten at the forks." in text and "d[node] += local * d[after]" in text
    assert "To mark: why_routes_add" in text
    words = Page(text).words
    assert (
        "A nudge of x reaches the loss along each route" in words and "A nudge travels along **every** route." in words
    )
    assert "### BEGIN SOLUTION\n    d = {node" not in words.split("Model")[-1]
    assert "Not graded: the file is not a notebook" in page("eve")
    assert "Nothing was written." in page("dan")


def test_nothing_of_a_student_runs(page):
    found = Page(page("bob")).found
    scripts = [a for tag, a in found if tag == "script"]
    assert len(scripts) == 1 and not {"iframe", "img", "svg", "object", "form"} & {tag for tag, _ in found}
    assert not [k for _, attributes in found for k in attributes if k.startswith("on") or k in ("href", "src")]
    script = re.search(r"<script>(.*?)</script>", page("bob"), re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in next(a["content"] for t, a in found if "http-equiv" in a)


def test_points_go_to_the_gradebook(command, book):
    assert book("bob")["why_routes_add"] == (0, True)
    code, out, _ = command("review", UNIT, "bob", "--points", "why_routes_add=1.5", "dydx=0.5")
    assert code == 0 and "why_routes_add: 1.5 of 2 points for bob" in out and "to mark" not in out
    assert book("bob")["why_routes_add"] == (1.5, False) and book("bob")["check-dydx"] == (0.5, False)
    assert (
        "(5 was asked for, and there are 0 to 2)" in command("review", UNIT, "bob", "--points", "why_routes_add=5")[1]
    )
    assert book("bob")["why_routes_add"] == (2, False)
    assert "0 of 2 points" in command("review", UNIT, "bob", "--points", "why_routes_add=-1")[1]
    assert "taken back" in command("review", UNIT, "bob", "--points", "why_routes_add=", "dydx=")[1]
    assert book("bob")["why_routes_add"] == (0, True) and book("bob")["check-dydx"] == (1, False)


def test_points_survive_grading_again(command, book):
    command("review", UNIT, "ann", "--points", "dydx=0.25")
    assert command("grade", UNIT, "--no-sandbox", "--jobs", "2")[0] == 1
    assert book("ann")["check-dydx"] == (0.25, True)


@pytest.mark.parametrize(
    "points, says",
    {
        "dydx": "is not of the form NAME=POINTS",
        "dxdy=1": "There is no exercise 'dxdy'",
        "dydx=nan": "'nan' is not a number",
        "dydx=one": "'one' is not a number",
    }.items(),
)
def test_wrong_points_change_nothing(command, book, points, says):
    before = book("bob")
    code, _, err = command("review", UNIT, "bob", "--points", "why_routes_add=1", points)
    assert code == 2 and says in err and book("bob") == before


def test_who_is_not_there(command, course):
    assert "Did you mean bob?" in command("review", UNIT, "bobb")[2]
    assert "First: autograde grade" in command("review", UNIT, "--", "-x")[2]
    assert "--points needs a student" in command("review", UNIT, "--points", "dydx=1")[2]
    assert "no released unit '9-none'" in command("review", "9-none")[2]


def test_the_command_on_the_page_is_one_that_runs(command):
    assert "".join(review._command(UNIT, "ann lee")).split(" --points")[0] == f"autograde review {UNIT} 'ann lee'"
    before, after = review._command(UNIT, "-x")
    _, err = command(*(before + "dydx=1" + after).split()[1:])[1:]
    assert "'-x' has not been graded" in err


def test_answers_that_stand_elsewhere():
    from nbformat.v4 import new_code_cell

    own = new_code_cell("def f(x):\n    # YOUR CODE HERE", metadata={"nbgrader": {"grade_id": "f"}})
    other, use = new_code_cell("def f(x):\n    return x"), new_code_cell("print(f(2) == 2)")
    assert review.answer([own, use], "f", own.source) == [own.source]
    assert review.answer([own, other, use], "f", own.source) == [other.source]
    assert review.answer([own, other], "f", "def f(x): ...") == [own.source, other.source]
    assert review.answer([new_code_cell("f: float = 1"), new_code_cell("f == 1")], "f", "") == ["f: float = 1"]


@pytest.mark.needs("chromium")
def test_in_a_browser(page, command, course):
    from playwright.sync_api import sync_playwright

    page("bob")
    assert command("feedback", UNIT, "bob")[0] == 0
    options = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=options.split())
        tab = browser.new_page()
        dialogs: list[str] = []
        tab.on("dialog", lambda d: (dialogs.append(d.message), d.dismiss()))
        tab.goto((course / "class" / "feedback" / "bob" / UNIT / f"{corpus.NAME}.html").as_uri())
        for link in tab.query_selector_all("text=/^(press|me)$/"):
            link.click(timeout=2000)
        tab.goto((course / "class" / "reviews" / UNIT / "bob.html").as_uri())
        tab.fill("input[name=why_routes_add]", "1.5")
        shown = tab.inner_text("#command")
        browser.close()
    assert dialogs == [] and shown == f"autograde review {UNIT} bob --points why_routes_add=1.5"


def test_records_are_not_changed(page, course, graded):
    page("ann")
    assert school.record(course, "ann") == school.record(graded, "ann")
    assert re.search(r"13 of 15 points", page("ann"))
