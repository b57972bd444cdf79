"""An answer cell that failed when it was last run is said to have failed; an old answer is not judged in its place."""

import pytest

from autograde.learning import cells


class Ran:
    """What IPython hands to those who listen: the cell, and its error before or while it ran."""

    def __init__(self, source, error_before_exec=None):
        self.info = type("Info", (), {"raw_cell": source})
        self.error_before_exec, self.error_in_exec = error_before_exec, None
        if error_before_exec is None:
            try:
                exec(compile(source, "<ipython-input-1>", "exec"), {})
            except Exception as error:
                self.error_in_exec = error


def broken(source):
    with pytest.raises(SyntaxError) as caught:
        compile(source, "<ipython-input-1>", "exec")
    return Ran(source, caught.value)


KNOWN = {"z", "cube"}
FAILED = {
    "a power": (Ran("u = [1]\nz = ...\nz = u ^ 2"), "A power is `**`", "Line 3: `z = u ^ 2`"),
    "numpy on symbols": (Ran("import sympy, numpy as np\nz = np.cos(sympy.Symbol('x'))"), "`sp.cos`", "Line 2"),
    "shapes": (Ran("import numpy as np\nz = np.ones((3, 2)) * np.ones(3)"), "(3,2) and (3,)", "Line 2"),
    "no Python": (broken("def cube(x):\n    return 3x**2"), "`3*x`, not `3x`", "Line 2"),
}


@pytest.mark.parametrize("ran, advice, line", FAILED.values(), ids=FAILED)
def test_a_failed_cell_is_told_with_what_its_error_means(ran, advice, line, monkeypatch):
    monkeypatch.setattr(cells, "_failed", {})
    cells.note(ran, KNOWN)
    found = cells.failed("cube" if "def" in ran.info.raw_cell else "z", 2)
    said = " ".join([found.headline, *found.details])
    assert found.headline == "Your answer cell failed when it was last run." and advice in said and line in said


def test_a_cell_that_runs_again_or_fails_after_the_answer_has_an_answer(monkeypatch):
    monkeypatch.setattr(cells, "_failed", {})
    cells.note(Ran("z = 1 ^ 'a'"), KNOWN)
    assert cells.failed("z", 1) is not None
    cells.note(Ran("z = 1\nprint(unknown)"), KNOWN)
    assert cells.failed("z", 1) is None
    cells.note(Ran("other = 1 ^ 'a'"), KNOWN)
    assert cells.failed("other", 1) is None
