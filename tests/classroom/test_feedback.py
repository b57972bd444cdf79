"""nbgrader's feedback with verdicts, points and solutions, and with nothing in it that runs."""

import shutil

import corpus
import nbformat
import pytest
from browser.lab import CHROMIUM
from nbgrader.api import Gradebook
from test_review import Page

from autograde.classroom.late import Rules
from autograde.classroom.maths import formula
from autograde.classroom.shown import Shown

UNIT, NAME = corpus.UNIT, corpus.NAME


@pytest.fixture
def page(command, course):
    def write(student: str, *options: str) -> str:
        assert command("feedback", UNIT, student, *options)[0] == 0
        return (course / "class" / "feedback" / student / UNIT / f"{NAME}.html").read_text()

    return write


@pytest.fixture
def gradebook(course):
    with Gradebook(f"sqlite:///{course}/class/gradebook.db", "lstm-by-hand") as book:
        yield book


def body(text: str) -> Page:
    return Page(text.partition("<body>")[2].replace("</t", " </t"))


def standing_still(page: Page, maths: bool = True) -> bool:
    tags = {tag for tag, _ in page.found}
    attributes = [(k, v or "") for _, a in page.found for k, v in a.items()]
    return (
        not tags
        & {
            "script",
            "iframe",
            "svg",
            "object",
            "embed",
            "form",
            "input",
            "link",
            "meta",
            "base",
            "style",
            "" if maths else "math",
        }
        and not [k for k, _ in attributes if k.startswith("on") or k in ("srcdoc", "formaction", "action")]
        and not [v for k, v in attributes if k in ("href", "src") and "script" in v.lower()]
    )


def test_verdicts_points_and_comments(page, gradebook):
    gradebook.find_comment(
        "reverse_sweep", NAME, UNIT, "bob"
    ).manual_comment = "Look at *forks* <script>alert(9)</script>"
    gradebook.find_grade("why_routes_add", NAME, UNIT, "bob").manual_score = 1.5
    gradebook.db.commit()
    found = body(page("bob"))
    words = " ".join(found.words.split())
    assert "the unit 3.5 of 15" in words and "Overwritten at the forks." in words and "Feedback for bob." in words
    assert "Look at forks <script>" in words and "Comment:" in words and standing_still(found)
    assert "not graded" not in words and "One way to write it" not in words
    assert "This notebook was not graded: the file is not a notebook" in body(page("eve")).words


def test_what_waits_for_a_mark(page, gradebook):
    words = " ".join(body(page("bob")).words.split())
    assert "why_routes_add: waits for a mark the unit 2 of 15 so far" in words
    assert "of 2 waits for a mark" in words and "why_routes_add: waits for a mark, of 2." in words
    gradebook.find_grade("why_routes_add", NAME, UNIT, "bob").manual_score = 0
    gradebook.db.commit()
    assert "waits" not in body(page("bob")).words


def test_lateness_and_what_it_costs(page, gradebook, course):
    gradebook.update_or_create_assignment(UNIT, duedate="2999-01-01 00:00 UTC")
    gradebook.update_or_create_submission(UNIT, "bob", timestamp="2999-01-03 01:00 UTC")
    assert "handed in late" not in body(page("bob")).words
    (course / "class" / "submitted" / "bob" / UNIT / "timestamp.txt").write_text("2999-01-03 01:00 UTC")
    assert "handed in late by 2 days 1 h no penalty" in " ".join(body(page("bob")).words.split())
    Rules(per_day=5).write(course / "class")
    assert "1 h −0.3 the unit 1.7 of 15" in " ".join(body(page("bob")).words.split())


def test_the_exchange_finds_its_receipt(page, course):
    submitted = course / "class" / "submitted" / "ann" / UNIT
    (submitted / "timestamp.txt").write_text("2030-01-01 00:00:00 UTC")
    (submitted / "submission_secret.txt").symlink_to("/etc/passwd")
    page("ann")
    folder = course / "class" / "feedback" / "ann" / UNIT
    assert sorted(p.name for p in folder.iterdir()) == [f"{NAME}.html", "submission_secret.txt", "timestamp.txt"]
    assert (folder / "timestamp.txt").read_text() == "2030-01-01 00:00:00 UTC"
    assert "root:" not in (folder / "submission_secret.txt").read_text()


def test_what_a_student_wrote_stands_still(page):
    found = body(page("bob"))
    assert standing_still(found)
    assert '<script>alert("words")</script>' in found.words
    assert found.words.count("reverse_sweep · Right.") == 1  # in the cell that forged it, as code


def test_solutions_after_the_due_date(page, gradebook):
    assert "One way to write it" not in page("ann")
    gradebook.update_or_create_assignment(UNIT, duedate="2020-01-01 00:00 UTC")
    late = page("ann")
    assert "One way to write it" in late and "A full answer says:" in late
    assert "One way to write it" not in page("ann", "--no-solutions")
    gradebook.update_or_create_assignment(UNIT, duedate="2999-01-01 00:00 UTC")
    assert "One way to write it" not in page("ann") and "One way to write it" in page("ann", "--solutions")


def test_hidden_tests_and_stock_outputs_are_left_out(page, course):
    path = course / "class" / "autograded" / "ann" / UNIT / f"{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    check = next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "check-dydx")
    check.source += "\n### BEGIN HIDDEN TESTS\ncheck(dydx=dydx, hidden=True)\n### END HIDDEN TESTS\nx = 1"
    bundle = {"text/html": "<script>alert(1)</script>", "application/javascript": "alert(2)", "text/plain": "as text"}
    notebook.cells[1].outputs = [nbformat.v4.new_output("display_data", data=bundle)]
    nbformat.write(notebook, path)
    found = body(page("ann"))
    assert "hidden" not in found.words and "as text" in found.words and "alert" not in found.words


def test_a_page_that_cannot_be_made_stops_no_other(command, course):
    (course / "class" / "autograded" / "ann" / UNIT / f"{NAME}.ipynb").write_text("{")
    code, out, err = command("feedback", UNIT)
    assert code == 1 and "ann" in err and "could not be made" in err and out.count("\n") == 4
    folder = course / "class" / "feedback"
    assert [p.parent.parent.name for p in sorted(folder.glob("*/*/*.html"))] == ["bob", "dan", "eve"]


ATTACKS = [
    "<script>alert(1)</script>",
    "<scr<body>ipt>alert(1)</scr</body>ipt>",
    "</body></html><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src='data:image/svg+xml;base64,PHN2Zz4='>",
    "<img src='https://example.org/seen.png'>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='//example.org'>x</a>",
    "<svg><a xlink:href='javascript:alert(1)'>x</a></svg>",
    "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<form action='javascript:alert(1)'><button>x</button></form>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<meta http-equiv=refresh content='0;url=https://example.org'>",
    "<base href='https://example.org'>",
    "<style>body{display:none}</style>",
    "<p style='position:fixed;top:0;background:url(https://example.org)'>x</p>",
    "<!--<img src='--><img src=x onerror=alert(1)>'-->",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks(attack, tmp_path):
    found = Page(Shown(tmp_path).student(f"<p>{attack}</p>"))
    assert standing_still(found)
    assert not [a for t, a in found.found if t == "img" and a.get("src")]
    assert not [a["href"] for t, a in found.found if a.get("href", "").startswith(("data:", "//"))]
    assert not any("position" in a.get("style", "") or "url" in a.get("style", "") for _, a in found.found)


@pytest.mark.needs("chromium")
def test_a_page_prints_as_a_pdf_with_its_maths_and_whole_lines(page, course):
    from playwright.sync_api import sync_playwright

    page("bob", "--solutions")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        tab = browser.new_page(viewport={"width": 720, "height": 1000})
        tab.goto((course / "class" / "feedback" / "bob" / UNIT / f"{NAME}.html").as_uri())
        tab.emulate_media(media="print")
        cut = "() => [...document.querySelectorAll('pre, math, table')].filter(e => e.scrollWidth > e.clientWidth + 1 && e.clientWidth)"
        assert tab.locator("math").count() and tab.evaluate(f"({cut})().length") == 0
        assert tab.pdf().startswith(b"%PDF")
        browser.close()


def test_figures_are_put_into_the_page(tmp_path):
    (tmp_path / "a.svg").write_text("<svg/>")
    shown = Shown(tmp_path)
    assert shown.course("![A fork](figures/a.svg)") == (
        '<p><img src="data:image/svg+xml;base64,PHN2Zy8+" alt="A fork" /></p>\n'
    )
    assert "secret" not in shown.student('<p><img src="figures/../secret.svg"><img src="figures/none.svg"></p>')


def test_mathematics_without_a_network(tmp_path):
    shown = Shown(tmp_path)
    text = shown.course(r"As $\mathrm{d}L/\mathrm{d}w$ says, not `$x$`:" + "\n\n$$\\frac{a < b}{c}$$")
    assert text.count("<math") == 2 and 'display="block"' in text and "<code>$x$</code>" in text and "<mfrac>" in text
    assert "<math" in shown.comment("It is $x^2$ <script>alert(1)</script>") and "<script" not in shown.comment(
        "<script>"
    )
    assert shown.student(r"<p>$\frac{$ costs $5 and $6</p>") == r"<p><code>\frac{</code> costs $5 and $6</p>"


@pytest.mark.parametrize(
    "tex", ["{" * 4000, r"\left(" * 600, "_{a" * 900, r"\begin{matrix}" * 200, r"\href{javascript:x}{y}"]
)
def test_formulas_that_are_none(tex):
    found = Page(formula(tex))
    assert {tag for tag, _ in found.found} & {"code", "math"} and not [a for _, a in found.found if "href" in a]
