"""Every formula that the course prints is evaluated.

``tests/formulas/n1_2_....py`` restates the formulas of one notebook: ``FORMULAS`` maps each one, as it stands in the
text, to a function that evaluates both sides and asserts that they agree, or to ``SETTING`` when it only fixes a value
(such as $T = 3$). Formulas are all of ``$$...$$``, and ``$...$`` that hold an equals sign.
"""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEXTS = sorted((ROOT / "course").glob("[0-9]-*/*.py"))


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
    module = "n" + re.sub(r"[.-]", "_", path.stem)
    file = ROOT / "tests" / "formulas" / f"{module}.py"
    assert file.exists(), f"{file} must restate the formulas of {path.name}"
    spec = importlib.util.spec_from_file_location(f"formulas_{module}", file)
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return {" ".join(k.split()): v for k, v in found.FORMULAS.items()}


@pytest.mark.parametrize("path", TEXTS, ids=lambda p: p.stem)
def test_every_printed_formula_is_restated_and_none_is_stale(path):
    text, known = set(printed(path.read_text(encoding="utf-8"))), set(restated(path))
    assert not text - known, f"not restated: {sorted(text - known)}"
    assert not known - text, f"restated, but not in the text: {sorted(known - text)}"


CASES = [(p, f) for p in TEXTS for f in dict.fromkeys(printed(p.read_text(encoding="utf-8")))]


@pytest.mark.parametrize("path, formula", CASES, ids=[f"{p.stem}:{f}" for p, f in CASES])
def test_the_formula_holds(path, formula):
    evaluate = restated(path).get(formula)
    if evaluate is None:
        pytest.fail(f"{formula!r} is not restated in tests/formulas")
    if evaluate != "setting":
        evaluate()
