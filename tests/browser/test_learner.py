"""A learner in a browser: the released 1.2 in JupyterLab, answered wrongly, then rightly.

The tests share one page, as an afternoon of work does, and each keeps to cells of its own.
"""

import json
import re
from collections.abc import Iterator

import pytest
from browser.lab import ROOT, Lab, open_lab, slide
from playwright.sync_api import expect

NOTEBOOK = "1-chain-rule/1.2-forks-and-routes.ipynb"
RIGHT = """def reverse_sweep(graph, order, end):
    d = {node: 0.0 for node in order}
    d[end] = 1.0
    for node in reversed(order):
        for after, local in graph[node].items():
            d[node] += local * d[after]
    return d"""
OVERWRITTEN = RIGHT.replace("+=", "=")
FRAMES = re.compile(r"Traceback|Cell In\[|File |line \d+, in")

pytestmark = pytest.mark.needs("chromium")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with open_lab(tmp_path_factory.mktemp("lab")) as lab:
        lab.open(NOTEBOOK)
        lab.run(lab.cell("from autograde import"))
        yield lab


def answer(lab: Lab, cell: str, source: str, check: str) -> str:
    """Type ``source`` into ``cell``, run it, run ``check``, and give what is seen."""
    place = lab.cell(cell)
    lab.type(place, source)
    lab.run(place)
    return lab.run(lab.cell(check))


def test_formulas_are_typeset(lab):
    text = lab.page.locator(".jp-RenderedMarkdown")
    expect(text.locator("mjx-container").first).to_be_visible()
    expect(text.filter(has_text="$")).to_have_count(0)
    expect(lab.page.locator("mjx-merror")).to_have_count(0)


def test_figures_load_and_are_described(lab):
    cells = json.loads((ROOT / "notebooks" / NOTEBOOK).read_text())["cells"]
    wanted = sum("".join(c["source"]).count("![") for c in cells)
    images = lab.page.locator(".jp-RenderedMarkdown img")
    expect(images).to_have_count(wanted)
    lab.page.wait_for_function(
        "[...document.querySelectorAll('.jp-RenderedMarkdown img')].every(i => i.complete && i.naturalWidth > 0)"
    )
    assert all(len(text) > 30 for text in images.evaluate_all("images => images.map(i => i.alt)"))


def test_a_wrong_answer_a_hint_the_right_one(lab):
    said = answer(lab, "def reverse_sweep", OVERWRITTEN, "check(reverse_sweep)")
    assert "Overwritten at the forks." in said and "A fork adds: do you use = where you need +=?" in said
    assert not FRAMES.search(said)

    scratch = lab.cell("picture = {")
    lab.type(scratch, 'hint("reverse_sweep")')
    assert "Hint 1 of 3" in lab.run(scratch)
    assert "Hint 2 of 3" in lab.run(scratch)

    said = answer(lab, "def reverse_sweep", RIGHT, "check(reverse_sweep)")
    assert "Right." in said and "3 of 3 points" in said and "fork" not in said
    model = lab.cell("check(reverse_sweep)").locator("details pre")
    expect(model).to_be_hidden()
    lab.cell("check(reverse_sweep)").locator("summary").click()
    expect(model).to_contain_text("reversed(order)")
    assert "You left off at reverse_sweep. Next: " in lab.run(lab.cell("progress()"))


def test_maths_in_a_verdict_is_typeset(lab):
    wrong = "def slope_of_shared(w, x):\n    h = np.tanh(w * x)\n    return h + w * (1 - np.tanh(h) ** 2) * x"
    assert "tanh' was taken of an activation." in answer(lab, "def slope_of_shared", wrong, "check(slope_of_shared)")
    output = lab.cell("check(slope_of_shared)").locator(".jp-Cell-outputArea")
    expect(output.locator("mjx-container")).to_have_count(2)


def test_a_check_before_its_answer(lab):
    said = lab.run(lab.cell("check(count_routes)"))
    assert said == "○ count_routes is not there yet: run the cell that defines it, then this one."


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("check()", "one answer"),
        ("check('dydx')", "without quotation marks: check(dydx)."),
        ("check(dydxx=1)", "Did you mean dydx"),
        ("def mine(): ...\ncheck(mine)", "no exercise called 'mine'. Use the name in its heading."),
    ],
)
def test_a_check_called_wrongly_gets_one_sentence(lab, source, wanted):
    scratch = lab.cell("sp.simplify")
    lab.type(scratch, f"{source}  # in the place of sp.simplify")
    said = lab.run(scratch)
    assert wanted in said and "\n" not in said and not FRAMES.search(said)


def test_an_endless_loop_can_be_interrupted(lab):
    endless = lab.cell("def all_routes")
    lab.type(endless, "def all_routes(graph, start, end):\n    print('busy')\n    while True:\n        pass")
    lab.run(endless)
    check = lab.cell("check(all_routes)")
    lab.start(check)
    expect(check.locator(".jp-InputPrompt")).to_have_text("[*]:")
    lab.menu("Kernel", "Interrupt Kernel")
    said = lab.finish(check)
    assert "you stopped the check" in said and not FRAMES.search(said)


def test_a_panel_takes_its_text_colour_from_the_theme(lab):
    lab.run(lab.cell("progress()"))
    panel = lab.cell("progress()").locator("table + div")
    text = lab.page.locator(".jp-RenderedMarkdown p").first
    seen = []
    for theme in ("Light", "Dark"):
        lab.theme(theme)
        seen.append([where.evaluate("e => getComputedStyle(e).color") for where in (text, panel)])
    (light_text, light_panel), (dark_text, dark_panel) = seen
    assert light_panel == light_text != dark_text == dark_panel


def test_progress_outlives_the_page_and_the_kernel(lab):
    answer(lab, "def along_route", "def along_route(local):\n    return np.prod(local)", "check(along_route)")
    before = lab.run(lab.cell("progress()"))
    lab.save()
    lab.reload()
    lab.restart()
    lab.run(lab.cell("from autograde import"))
    assert lab.run(lab.cell("progress()")) == before and "●" in before


def test_a_slider_draws_again(lab):
    lab.open("1-chain-rule/1.1-functional-stages.ipynb")
    lab.run(lab.cell("from autograde import"))
    answer(lab, "dfdx = ...", 'x = sp.Symbol("x")\ndfdx = 2 * sp.cos(2 * x + 2)', "check(dfdx=dfdx)")
    lab.run(lab.cell("play(nudged"))
    slide(lab.page)
