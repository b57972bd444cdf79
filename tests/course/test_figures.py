"""Every figure draws, reads well, has an alternative text and comes out as the same bytes on every run."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from autograde import course
from course.figures import draw_all, faults, figures, notebooks
from course.figures.draw import Canvas

ROOT = Path(__file__).parents[2]
ALL = [(notebook, stem) for notebook in notebooks() for stem in figures(notebook)]


@pytest.fixture(scope="module")
def svgs(tmp_path_factory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("figures")
    return {path.stem: path.read_bytes() for notebook in notebooks() for path in draw_all(notebook, folder)}


@pytest.mark.parametrize(("notebook", "stem"), ALL, ids=[f"{notebook}:{stem}" for notebook, stem in ALL])
def test_a_figure_is_clean_and_described(notebook: str, stem: str) -> None:
    figure = figures(notebook)[stem]
    assert faults.find(figure()) == []
    text = " ".join((figure.__doc__ or "").split())
    assert len(text) > 40 and text.endswith("."), "the docstring is the alternative text: say what the figure shows"
    assert not set("[]$\\") & set(text), "the alternative text stands inside ![...] and is read aloud: plain words"


def test_names_are_unique() -> None:
    assert [stem for stem, count in Counter(stem for _, stem in ALL).items() if count > 1] == []


def test_files_are_small_and_undated(svgs: dict[str, bytes]) -> None:
    moving = {f"{stem}-moving" for notebook, stem in ALL if figures(notebook)[stem]().motion}
    assert moving and set(svgs) == {stem for _, stem in ALL} | moving
    for stem, svg in svgs.items():
        assert svg.lstrip().startswith(b"<?xml") and svg.rstrip().endswith(b"</svg>"), stem
        assert len(svg) < 200_000, stem
        assert b"dc:date" not in svg and b"<text" not in svg, stem


def test_another_process_draws_the_same_bytes(svgs: dict[str, bytes], tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "course.figures", tmp_path], cwd=ROOT, check=True, capture_output=True)
    again = {path.stem: path.read_bytes() for path in tmp_path.glob("*/figures/*.svg")}
    assert [stem for stem in svgs if svgs[stem] != again.get(stem)] == []
    assert {path.parent.parent.name for path in tmp_path.glob("*/figures/*.svg")} <= {
        n.unit for n in course.notebooks().values()
    }


def test_a_notebook_without_figures_has_none(tmp_path: Path) -> None:
    assert draw_all("9.9-no-such-notebook", tmp_path) == []


def test_an_arrow_touches_both_outlines() -> None:
    canvas = Canvas(4, 2)
    a, b = canvas.node(1, 1, "$a$", r=0.3), canvas.box(3, 1, 0.8, 0.8)
    canvas.forward(a, b)
    assert a.rim((1, 0)) == pytest.approx(a.right) and b.rim((-1, 0)) == pytest.approx(b.left)
    assert canvas.lines[0].vertices[0] == pytest.approx(a.right)


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda c: c.text(3.9, 1, "clipped"), "'clipped' leaves the card"),
        (lambda c: (c.text(2, 1, "one"), c.text(2, 1, "two")), "'one' and 'two' overlap"),
        (lambda c: (c.text(2, 1, "struck"), c.line((1, 1), (3, 1))), "a line crosses 'struck'"),
        (lambda c: c.node(2, 1, "too long"), "an outline cuts 'too long'"),
        (lambda c: c.box(2, 1, 0.4, 0.4, "too wide"), "an outline cuts 'too wide'"),
    ],
)
def test_faults_are_found(spoil, fault: str) -> None:
    canvas = Canvas(4, 2)
    spoil(canvas)
    assert faults.find(canvas) == [fault]


def test_a_moving_twin_is_the_still_picture_and_a_style_sheet(svgs: dict[str, bytes]) -> None:
    for stem in (s.removesuffix("-moving") for s in svgs if s.endswith("-moving")):
        still, moving = svgs[stem], svgs[f"{stem}-moving"]
        assert b"<style>" in moving and b"prefers-reduced-motion" in moving and b"@keyframes" in moving
        assert b"@keyframes" not in still and len(moving) < 1.2 * len(still) + 3000


def test_what_only_passes_by_is_not_in_the_still_picture(tmp_path: Path) -> None:
    canvas = Canvas(3, 2)
    canvas.node(1, 1, "$x$")
    with canvas.at(1, until=2):
        canvas.node(1.1, 1, "$y$")
    with canvas.at(3):
        canvas.node(2, 1, "$z$")
    still, moving = (
        canvas.save(tmp_path / "a.svg").read_text(),
        canvas.save(tmp_path / "b.svg", moving=True).read_text(),
    )
    assert still.count('id="b100') == 0 and moving.count('id="b100') == 2 and "[id^=b100u0t200-]{opacity:0}" in moving
    assert canvas.save(tmp_path / "c.svg").read_text() == still and faults.find(canvas) == []


def test_an_arrow_needs_two_ends() -> None:
    with pytest.raises(ValueError, match="two different ends"):
        Canvas(2, 2).forward((1, 1), (1, 1))
