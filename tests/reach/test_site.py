"""The built site in Chromium: pages as a reader has them, and the browser edition as a learner has it.

The site is built once, and the tests of the browser edition share one visit.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser.lab import slide
from playwright.sync_api import Playwright, expect, sync_playwright
from reach.browse import Visitor, served, visiting

from autograde.building import site, vendor

ROOT = Path(__file__).parents[2]
REPOSITORY = "ada/lstm-by-hand"
PAGES = ["index.html", "1-chain-rule/1.2-forks-and-routes.html", "3-lstm/3.2-the-block-backward.html"]
SWEEP = """def reverse_sweep(graph, order, end):
    d = {node: 0.0 for node in order}
    d[end] = 1.0
    for node in reversed(order):
        for after, local in graph[node].items():
            d[node] += local * d[after]
    return d"""
WIDER = """() => [...document.querySelectorAll('body *')].filter(
    e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.sidebar-drawer, .toc-drawer, .sr-only')
).slice(0, 5).map(e => `${e.tagName} ${e.className}`)"""

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.needs("node")]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "site"
    site.build(ROOT, folder, REPOSITORY)
    return folder


@pytest.fixture(scope="module")
def url(built: Path) -> Iterator[str]:
    with served(built) as server:
        yield server.url


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def reader(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    with visiting(playwright, tmp_path_factory.mktemp("reader"), viewport={"width": 1250, "height": 900}) as visitor:
        yield visitor


@pytest.fixture(scope="module")
def learner(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    with visiting(playwright, tmp_path_factory.mktemp("learner")) as visitor:
        yield visitor


@pytest.fixture(scope="module")
def at_1_2(learner: Visitor, url: str) -> Visitor:
    learner.open_notebook(f"{url}/lite", "1-chain-rule/1.2-forks-and-routes")
    assert learner.run(learner.place("from autograde")) == ""
    return learner


class TestPages:
    @pytest.mark.parametrize("page", PAGES)
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_nothing_serious_for_axe_and_nothing_asked_outside(self, reader, url, page, scheme):
        reader.page.emulate_media(color_scheme=scheme)
        reader.page.goto(f"{url}/{page}")
        reader.page.wait_for_load_state("networkidle")
        script = vendor.npm(vendor.named("axe-core"), ROOT / "build" / "vendor") / "axe.min.js"
        reader.page.add_script_tag(path=str(script))
        found = reader.page.evaluate("() => axe.run()")["violations"]
        serious = [v for v in found if v["impact"] in ("serious", "critical")]
        assert not serious, json.dumps(serious, indent=1)[:3000]
        assert {a for a in reader.asked if not a.startswith((url, "data:"))} == set()

    @pytest.mark.parametrize("page", PAGES)
    def test_a_phone_does_not_scroll_sideways(self, reader, url, page):
        reader.page.set_viewport_size({"width": 390, "height": 800})
        reader.page.goto(f"{url}/{page}")
        reader.page.wait_for_load_state("networkidle")
        width = reader.page.evaluate("() => document.documentElement.scrollWidth")
        assert width <= 390, reader.page.evaluate(WIDER)
        reader.page.set_viewport_size({"width": 1250, "height": 900})

    def test_formulas_figures_and_the_way_on(self, reader, url):
        reader.page.goto(f"{url}/{PAGES[1]}")
        expect(reader.page.locator("mjx-container").first).to_be_visible()
        expect(reader.page.locator("mjx-merror")).to_have_count(0)
        images = reader.page.locator("article img")
        assert images.count() > 5 and images.evaluate_all(
            "all => all.every(i => i.naturalWidth > 0 && i.alt.length > 30)"
        )
        expect(reader.page.locator(".next-page")).to_contain_text("1.3")
        expect(reader.page.locator(".prev-page")).to_contain_text("1.1")

    def test_the_buttons_lead_somewhere(self, reader, url, built):
        reader.page.goto(f"{url}/{PAGES[2]}")
        doors = {a.inner_text(): a.get_attribute("href") for a in reader.page.locator(".doors a").all()}
        name = "3-lstm/3.2-the-block-backward.ipynb"
        assert doors["Open in Colab"].endswith(f"/{REPOSITORY}/blob/standalone/{name}")
        assert (built / "3-lstm" / doors["Download"]).is_file()
        page, _, path = doors["Run it in your browser"].partition("?path=")
        assert (built / "3-lstm" / page).is_file() and path == name and (built / "lite" / "files" / name).is_file()

    def test_a_figure_stands_on_a_light_plate_in_the_dark(self, reader, url):
        seen = []
        for scheme in ("light", "dark"):
            reader.page.emulate_media(color_scheme=scheme)
            reader.page.goto(f"{url}/{PAGES[1]}")
            seen.append(reader.page.locator("article img").first.evaluate("i => getComputedStyle(i).backgroundColor"))
        assert seen == ["rgba(0, 0, 0, 0)", "rgb(255, 255, 255)"]

    def test_search_finds_a_notebook(self, reader, url):
        reader.page.goto(f"{url}/search.html?q=forget+gate")
        expect(reader.page.locator("#search-results a", has_text="3.1").first).to_be_visible()


class TestBrowserEdition:
    def test_a_wrong_answer_a_hint_the_right_one(self, at_1_2):
        at_1_2.run(at_1_2.write("def reverse_sweep", SWEEP.replace("+=", "=")))
        assert "Overwritten at the forks." in at_1_2.run(at_1_2.place("check(reverse_sweep)"))
        assert "Hint 1 of 3" in at_1_2.run(at_1_2.write("picture = {", 'hint("reverse_sweep")'))
        at_1_2.run(at_1_2.write("def reverse_sweep", SWEEP))
        assert "✓ reverse_sweep" in at_1_2.run(at_1_2.place("check(reverse_sweep)"))

    def test_an_endless_loop_ends_with_a_verdict(self, at_1_2):
        at_1_2.run(at_1_2.write("def all_routes", "def all_routes(graph, start, end):\n    while True:\n        pass"))
        assert "no answer after 10 seconds" in at_1_2.run(at_1_2.place("check(all_routes)"))

    def test_progress_and_work_outlive_the_page(self, at_1_2, url):
        before = at_1_2.run(at_1_2.place("progress()"))
        assert "●" in before
        at_1_2.save()
        at_1_2.reload()
        assert at_1_2.run(at_1_2.place("from autograde")) == ""
        assert at_1_2.run(at_1_2.place("progress()")) == before
        assert at_1_2.place("d[node] += local * d[after]")

    def test_figures_show(self, at_1_2):
        at_1_2.page.wait_for_function(
            "() => { const all = [...document.querySelectorAll('.jp-RenderedMarkdown img')];"
            " return all.length && all.every(i => i.complete && i.naturalWidth > 0); }"
        )

    def test_3_2_with_a_wrong_answer(self, learner, url):
        learner.open_notebook(f"{url}/lite", "3-lstm/3.2-the-block-backward")
        learner.run(learner.place("from autograde"))
        place = learner.place("check(back_to_h)")
        learner.run(learner.write("def back_to_h", "def back_to_h(step, target, dh_next):\n    return step.h - target"))
        assert "✗ back_to_h" in learner.run(place)

    def test_a_slider_draws_again(self, learner, url):
        learner.open_notebook(f"{url}/lite", "1-chain-rule/1.1-functional-stages")
        learner.run(learner.place("from autograde"))
        learner.run(learner.write("dfdx = ...", 'x = sp.Symbol("x")\ndfdx = 2 * sp.cos(2 * x + 2)'))
        assert "✓ dfdx" in learner.run(learner.place("check(dfdx=dfdx)"))
        assert "A picture at x = 0.4" in learner.run(learner.place("play(nudged"))
        slide(learner.page)

    def test_a_newer_version_of_a_notebook_is_spoken_of(self, learner, url):
        """As if 1.2 had been saved before the course was updated; 1.1 is open."""
        older = (
            "import json, pathlib; p = pathlib.Path('1.2-forks-and-routes.ipynb'); n = json.loads(p.read_text());"
            " n['metadata']['lstm_by_hand']['version'] = 'older'; p.write_text(json.dumps(n))\n"
            "from autograde import progress; print(progress().to_text()); print(progress.update())"
        )
        said = learner.run(learner.write("from autograde", older))
        assert "The course has a newer 1.2-forks-and-routes" in said
        assert "`1.2-forks-and-routes-new.ipynb` is new here." in said

    def test_nothing_was_asked_outside(self, learner, url):
        assert {a for a in learner.asked if not a.startswith((url, "data:", "blob:"))} == set()


def test_after_one_visit_it_works_without_a_network(playwright, built, tmp_path):
    with visiting(playwright, tmp_path / "profile") as visitor:
        with served(built) as server:
            visitor.open_notebook(f"{server.url}/lite", "0-start/0.1-start-here")
            visitor.run(visitor.place("from autograde"))
            visitor.run(visitor.write("two_forms = ...", 'u = sp.Symbol("u")\ntwo_forms = 2 * u + 1'))
            assert "✓ two_forms" in visitor.run(visitor.place("check(two_forms=two_forms)"))
            visitor.wait_until_kept(built / "lite", "/lite/")
        visitor.open_notebook(f"{server.url}/lite", "1-chain-rule/1.2-forks-and-routes")
        visitor.run(visitor.place("from autograde"))
        visitor.run(visitor.write("def reverse_sweep", SWEEP))
        assert "✓ reverse_sweep" in visitor.run(visitor.place("check(reverse_sweep)"))
