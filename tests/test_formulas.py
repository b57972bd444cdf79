"""Every formula that the course prints is evaluated.

A notebook's ``formulas.py`` restates the formulas of its text: ``FORMULAS`` maps each one, as it stands in the
text, to a function that evaluates both sides and asserts that they agree, or to ``SETTING`` when it only fixes a value
(such as $T = 3$). Formulas are all of ``$$...$$``, and ``$...$`` that hold an equals sign.
"""

import re
from pathlib import Path

import pytest

from autograde import course

TEXTS = [n.path("text.py") for n in course.notebooks().values()]


def printed(text: str) -> list[str]:
    """The formulas in the Markdown of a course text, white space folded."""
    prose = "\n".join(
        line[1:].lstrip() for line in text.splitlines() if line.startswith("#") and not line.startswith("# %%")
    )
    prose = re.sub(r"`[^`]*`", "", prose)
    display = re.findall(r"\$\$(.*?)\$\$", prose, flags=re.S)
    inline = re.findall(r"\$([^$]+)\$", re.sub(r"\$\$.*?\$\$", "", prose, flags=re.S))
    return [" ".join(f.split()) for f in display + [f for f in inline if re.search(r"=|\\approx|\\propto", f)]]


def restated(path: Path) -> dict:
    return {" ".join(k.split()): v for k, v in course.Notebook(path.parent).load("formulas.py").FORMULAS.items()}


@pytest.mark.parametrize("path", TEXTS, ids=lambda p: p.parent.name)
def test_every_printed_formula_is_restated_and_none_is_stale(path):
    text, known = set(printed(path.read_text(encoding="utf-8"))), set(restated(path))
    assert not text - known, f"not restated: {sorted(text - known)}"
    assert not known - text, f"restated, but not in the text: {sorted(known - text)}"


CASES = [(p, f) for p in TEXTS for f in dict.fromkeys(printed(p.read_text(encoding="utf-8")))]


@pytest.mark.parametrize("path, formula", CASES, ids=[f"{p.parent.name}:{f}" for p, f in CASES])
def test_the_formula_holds(path, formula):
    evaluate = restated(path).get(formula)
    if evaluate is None:
        pytest.fail(f"{formula!r} is not restated in formulas.py")
    if evaluate != "setting":
        evaluate()
