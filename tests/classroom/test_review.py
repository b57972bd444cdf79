"""The page with each answer beside its solution, and the points that a human gives."""

import re
import shutil
from html.parser import HTMLParser

import corpus
import pytest
import school
from browser.lab import CHROMIUM

from autograde.building import vendor
from autograde.classroom.answers import pieces

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
    words = Page(text).words
    assert "To mark: why_routes_add" in words and "Why do the derivatives of two routes" in words
    assert "A nudge of x reaches the loss along each route" in words and "A nudge travels along every route." in words
    assert "### BEGIN SOLUTION\n    d = {node" not in words.split("Model")[-1]
    assert "Not graded: the file is not a notebook" in page("eve")
    assert "Nothing was written." in page("dan")


def test_an_index_and_the_way_from_one_to_the_next(page, course):
    links = [a["href"] for tag, a in Page(page("bob")).found if tag == "a" and "rel" in a]
    assert links == ["ann.html", "dan.html"]
    index = (course / "class" / "reviews" / f"{UNIT}.html").read_text()
    assert [a["href"] for tag, a in Page(index).found if tag == "a"] == [
        f"{UNIT}/{s}.html" for s in ("ann", "bob", "dan", "eve")
    ]
    assert "the file is not a notebook" in index and "why_routes_add" in index


def test_a_class_of_one_has_no_index(command, course):
    for file in (course / "class" / "graded" / UNIT).glob("[!a]*.json"):
        file.unlink()
    code, out, _ = command("review", UNIT)
    assert code == 0 and out.splitlines() == [f"{course}/class/reviews/{UNIT}/ann.html"]
    assert not (course / "class" / "reviews" / f"{UNIT}.html").exists()
    text = (course / "class" / "reviews" / UNIT / "ann.html").read_text()
    assert not [tag for tag, about in Page(text).found if tag == "a" and "href" in about]


def test_numbers_in_place_of_names(command, course, book):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course}/class/gradebook.db", "lstm-by-hand") as gradebook:
        gradebook.update_or_create_student("bob", first_name="Bob", last_name="O'Brien & Söhne")
    command("review", UNIT)
    assert "O&#39;Brien &amp; Söhne, Bob" in (course / "class" / "reviews" / UNIT / "bob.html").read_text()
    assert command("review", UNIT, "--numbers")[0] == 0
    folder = course / "class" / "reviews" / f"{UNIT}-numbers"
    files = sorted(folder.iterdir())
    assert len(files) == 4 and all(re.fullmatch(r"\d{4}\.html", f.name) for f in files)
    for file in (*files, folder.with_name(f"{folder.name}.html")):
        assert not re.search("Brien|bob|ann|dan|eve[^rn]", Page(file.read_text()).words)


def test_marks_to_look_at_again(command, page, course):
    command("review", UNIT, "bob", "--points", "why_routes_add=1", "dydx=0.5")
    notebook = school.mistaken()
    notebook["why_routes_add"]["source"] = "Other words."
    notebook.write(course / "class" / "submitted" / "bob" / UNIT)
    command("grade", UNIT, "bob", "--no-sandbox")
    assert "to look at again: why_routes_add\n" in command("review", UNIT, "bob")[1]
    words = " ".join(Page(page("bob")).words.split())
    assert "To look at again, since the answer was graded anew with another result: why_routes_add" in words
    assert "Other words." in words and "1 of 2, by hand, to look at again" in words
    command("review", UNIT, "bob", "--points", "why_routes_add=2")
    assert "look at again" not in command("review", UNIT, "bob")[1]


def test_nothing_of_a_student_runs(page):
    found = Page(page("bob")).found
    tags = {tag for tag, _ in found}
    assert not {"script", "iframe", "svg", "object", "form"} & tags and "math" in tags
    attributes = [(k, v or "") for _, a in found for k, v in a.items()]
    assert not [k for k, _ in attributes if k.startswith("on")]
    assert not [v for k, v in attributes if k in ("href", "src") and not re.match(r"data:image/|#|[\w./-]+\.html$", v)]
    policy = next(a["content"] for t, a in found if "http-equiv" in a)
    assert "default-src 'none'" in policy and "script-src" not in policy


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
    assert book("ann")["check-dydx"] == (0.25, False)


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


def test_answers_that_stand_elsewhere():
    from nbformat.v4 import new_code_cell

    own = new_code_cell("def f(x):\n    # YOUR CODE HERE", metadata={"nbgrader": {"grade_id": "f"}})
    other, use = new_code_cell("def f(x):\n    return x"), new_code_cell("print(f(2) == 2)")
    assert pieces([own, use], "f", own.source) == [own.source]
    assert pieces([own, other, use], "f", own.source) == [other.source]
    assert pieces([own, other], "f", "def f(x): ...") == [own.source, other.source]
    assert pieces([new_code_cell("f: float = 1"), new_code_cell("f == 1")], "f", "") == ["f: float = 1"]


@pytest.mark.needs("chromium", "node")
def test_in_a_browser(page, command, course):
    """Nothing of a student's runs, nothing is fetched, a phone does not scroll sideways, and axe finds nothing."""
    from playwright.sync_api import sync_playwright

    page("bob")
    for arguments in (("feedback", UNIT, "--solutions"), ("overview",), ("report", UNIT)):
        assert command(*arguments)[0] == 0
    pages = [
        f"feedback/bob/{UNIT}/{corpus.NAME}.html",
        f"feedback/eve/{UNIT}/{corpus.NAME}.html",
        f"reviews/{UNIT}/bob.html",
        f"reviews/{UNIT}.html",
        "reports/overview.html",
        f"reports/{UNIT}.html",
    ]
    axe = (vendor.npm(vendor.named("axe-core"), corpus.ROOT / "build" / "vendor") / "axe.min.js").read_text()
    seen: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        for scheme in ("light", "dark"):
            tab = browser.new_context(color_scheme=scheme, viewport={"width": 390, "height": 800}).new_page()
            tab.on("dialog", lambda d: (seen.append(d.message), d.dismiss()))
            tab.on("request", lambda r: seen.append(r.url) if not r.url.startswith(("file:", "data:")) else None)
            for path in pages:
                tab.goto((course / "class" / path).as_uri())
                assert tab.evaluate("document.documentElement.scrollWidth") == 390, path
                tab.evaluate(axe)
                found = tab.evaluate("() => axe.run()")
                assert found["violations"] == [] and found["passes"], path
        browser.close()
    assert seen == []


def test_records_are_not_changed(page, course, graded):
    page("ann")
    assert school.record(course, "ann") == school.record(graded, "ann")
    assert re.search(r"15 of 17 points", page("ann"))
