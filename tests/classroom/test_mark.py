"""Marking in a browser: question by question for a class of thirty, and nobody else gets in."""

import json
import re
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import corpus
import pytest
import school
from browser.lab import CHROMIUM
from nbgrader.api import Gradebook
from playwright.sync_api import Browser, Page, expect, sync_playwright

from autograde.building import vendor

UNIT, WORDS, CODE = corpus.UNIT, "why_routes_add", "reverse_sweep"
NAMES = [f"Zoë O'Brien-{n}" for n in range(26)]


@pytest.fixture(scope="module")
def thirty(graded, tmp_path_factory) -> Path:
    root = Path(shutil.copytree(graded, tmp_path_factory.mktemp("thirty") / "course"))
    school.larger(root, NAMES)
    return root


@pytest.fixture(scope="module")
def address(thirty) -> Iterator[str]:
    """Where the command serves the marking of the class, with its key."""
    command = [sys.executable, "-m", "autograde", "mark", UNIT, "--course", str(thirty), "--no-browser"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    yield process.stdout.readline().strip()
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0 and "answers wait for a mark." in said


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def at(chromium, address):
    """Open a page of the marking, by default as a teacher with a desk does."""
    contexts = []

    def open(path: str = "", **options) -> Page:
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.goto(address)
        page.goto(address.partition("?")[0] + path)
        return page

    yield open
    for context in contexts:
        context.close()


@pytest.fixture
def kept(thirty):
    """Points and comment of an answer as the gradebook has them."""

    def read(name: str, cell: str, student: str) -> tuple[float | None, str | None, bool]:
        with Gradebook(f"sqlite:///{thirty}/class/gradebook.db", "lstm-by-hand") as book:
            grade = book.find_grade(cell, corpus.NAME, UNIT, student)
            comment = book.find_comment(name, corpus.NAME, UNIT, student)
            return grade.manual_score, comment.manual_comment, grade.needs_manual_grade

    return read


def card(page: Page, number: int = 0):
    return page.locator("section.card").nth(number)


@pytest.mark.needs("chromium")
def test_by_keyboard_across_students(at, kept):
    page = at(f"question/{WORDS}?show=open&names=1")
    expect(page.locator("#open")).to_have_text("10 open of 30.")
    people = page.locator("section.card h2").all_inner_texts()
    card(page).locator("input").focus()
    for points in ("1.5", "0", "2"):
        page.keyboard.type(points)
        page.keyboard.press("Enter")
        expect(page.locator("input:focus")).to_have_value("")
    page.keyboard.press("Shift+Tab")
    expect(page.locator("#open")).to_have_text("7 open of 30.")
    card(page).locator("textarea").fill("Which loss?")
    page.keyboard.press("Control+Enter")
    expect(card(page).locator(".state")).to_have_text("Saved: 1.5 of 2, by you.")
    expect(card(page, 1).locator("input")).to_be_focused()
    assert kept(WORDS, WORDS, people[0]) == (1.5, "Which loss?", False)
    assert [kept(WORDS, WORDS, who)[0] for who in people[1:4]] == [0, 2, None]
    card(page, 2).locator("input").fill("")
    card(page, 2).locator("textarea").focus()
    expect(page.locator("#open")).to_have_text("8 open of 30.")
    assert kept(WORDS, WORDS, people[2]) == (None, None, True)


@pytest.mark.needs("chromium")
def test_who_leaves_the_page_loses_nothing(at, kept):
    page = at(f"question/{WORDS}?show=all&names=1")
    who = page.locator("section.card h2").all_inner_texts()[-1]
    page.on("dialog", lambda dialog: pytest.fail(dialog.type))
    page.locator("section.card textarea").last.fill("Write something.")
    page.get_by_text("All questions").click()
    expect(page.get_by_role("heading", name=f"Mark {UNIT}")).to_be_visible()
    for _ in range(100):
        if kept(WORDS, WORDS, who)[1]:
            break
        page.wait_for_timeout(100)
    assert kept(WORDS, WORDS, who) == (None, "Write something.", False)


@pytest.mark.needs("chromium")
def test_names_are_hidden_until_they_are_asked_for(at):
    page = at(f"question/{WORDS}")
    assert not [name for name in (*NAMES, "bob", "ann") if name in page.content().replace("&#39;", "'")]
    numbers = page.locator("section.card h2").all_inner_texts()
    assert len(set(numbers)) == 30 and all(re.fullmatch(r"Answer \d{4}", n) for n in numbers)
    page.get_by_text("Show names").click()
    assert "Zoë O'Brien-1" in page.locator("section.card h2").all_inner_texts()


@pytest.mark.needs("chromium")
def test_a_check_is_overruled_with_a_reason(at, kept):
    page = at(f"question/{CODE}?names=1")
    mine = page.locator("section.card", has=page.get_by_role("heading", name="bob", exact=True))
    expect(mine).to_contain_text("Overwritten at the forks.")
    mine.get_by_role("button", name="2.5").click()
    expect(mine.locator(".state.failed")).to_contain_text("Say why")
    assert kept(CODE, f"check-{CODE}", "bob")[:2] == (None, None)
    mine.locator("textarea").fill("The idea is right.")
    mine.locator("input").focus()
    expect(mine.locator(".state")).to_have_text("Saved: 2.5 of 3, by you.")
    assert kept(CODE, f"check-{CODE}", "bob") == (2.5, "The idea is right.", False)


@pytest.mark.needs("chromium")
def test_the_question_and_the_answer_with_its_mathematics(at):
    page = at(f"question/{WORDS}?names=1")
    asked = page.get_by_role("region", name="the question and the model")
    expect(asked).to_contain_text("Why do the derivatives of two routes add?")
    expect(asked).to_contain_text("A full answer says:")
    words = page.locator("section.card", has=page.get_by_role("heading", name="bob", exact=True)).locator(".words")
    expect(words.locator("strong").first).to_have_text("every")
    expect(words.locator("math")).to_have_count(1)
    assert page.locator(".words script, .words iframe, .words img, .words form").count() == 0


@pytest.mark.needs("chromium", "node")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["", f"question/{WORDS}?show=all", f"question/{CODE}?show=all&names=1"])
def test_axe_finds_nothing_and_a_phone_does_not_scroll_sideways(at, path, scheme):
    page = at(path, color_scheme=scheme, viewport={"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.evaluate((vendor.npm(vendor.named("axe-core"), corpus.ROOT / "build" / "vendor") / "axe.min.js").read_text())
    found = page.evaluate("() => axe.run()")
    assert found["violations"] == [] and found["passes"]


def answered(address: str, path: str, headers: dict[str, str] | None = None, data: object = None) -> tuple[int, str]:
    base, _, token = address.partition("?token=")
    headers = {"Cookie": f"autograde-mark={token}"} | (headers or {})
    body = None if data is None else json.dumps(data).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(base + path, body, headers), timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def sent(address: str, thirty: Path, **changes: str) -> tuple[int, str]:
    """Save a mark for the first answer in words, as the page does."""
    page = answered(address, f"question/{WORDS}")[1]
    number, digest = re.findall(r'data-number="(\d+)" data-digest="(\w+)"', page)[-1]
    data = {"points": "1", "comment": "", "digest": digest} | changes
    return answered(address, f"question/{WORDS}/{number}", {"X-Autograde": "mark"}, data)


@pytest.mark.parametrize(
    "points, says", [("3", "0 to 2"), ("-1", "0 to 2"), ("nan", "0 to 2"), ("one", "not a number")]
)
def test_wrong_points_are_not_saved(address, thirty, points, says):
    status, said = sent(address, thirty, points=points)
    assert status == 409 and says in said


def test_a_mark_for_another_answer_than_was_shown_is_not_saved(address, thirty):
    status, said = sent(address, thirty, digest="0" * 16)
    assert status == 409 and "graded anew since you opened the page" in said
    assert sent(address, thirty, points="1,5")[0] == 200


@pytest.mark.parametrize(
    "headers",
    [{"Cookie": ""}, {"Cookie": "autograde-mark=x"}, {"Host": "example.org"}, {"Host": "127.0.0.1.example.org"}],
)
def test_nobody_else_gets_in(address, headers):
    assert answered(address, "")[0] == 200
    for path in ("", f"question/{WORDS}", "mark.js", "else"):
        status, said = answered(address, path, headers)
        assert status == 403 and "autograde mark" in said and "route" not in said


def test_no_other_page_can_save(address):
    assert answered(address, f"question/{WORDS}/1000", data={})[0] == 403
    assert answered(address, f"question/{WORDS}/1000", {"X-Autograde": "mark"}, data={})[0] == 400
    assert answered(address, "question/none")[0] == 404 and answered(address, "../etc")[0] == 404
