"""Figures that move: frames differ, and for who asks for less motion, or prints, they are the finished picture."""

import shutil
from collections.abc import Iterator

import pytest
from browser.lab import CHROMIUM, ROOT
from playwright.sync_api import Page, sync_playwright

from course.figures.motion import FADE, LEAD

MOVING = sorted((ROOT / "notebooks").glob("*/figures/*-moving.svg"))
SEEK = "ms => document.getAnimations().map(a => { a.pause(); a.currentTime = ms; }).length"

pytestmark = pytest.mark.needs("chromium")


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        yield browser.new_page(viewport={"width": 900, "height": 600})
        browser.close()


@pytest.mark.parametrize("path", MOVING, ids=lambda p: p.stem)
def test_frames(page, path):
    page.emulate_media(media="screen", reduced_motion="no-preference")
    page.goto(path.as_uri())
    assert page.evaluate(SEEK, 0)
    first = page.screenshot()
    page.evaluate(SEEK, 1000 * (LEAD + FADE))
    assert page.screenshot() != first

    page.goto(path.with_stem(path.stem.removesuffix("-moving")).as_uri())
    finished = page.screenshot()
    for wish in ({"reduced_motion": "reduce"}, {"media": "print", "reduced_motion": "no-preference"}):
        page.emulate_media(**wish)
        page.goto(path.as_uri())
        assert page.evaluate(SEEK, 1000 * (LEAD + FADE)) == 0
        assert page.screenshot() == finished
