"""All that a notebook may call is there in a sandbox, and quiet."""

import pytest

import autograde
from autograde.asking import standin
from autograde.asking.wire import pack

OWN = "import numpy as np\nprint('not run')\ndef helper(x):\n    return 2 * x\ndef twice(x):\n    return helper(x)\n"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("AUTOGRADE_ASK", str(tmp_path))
    return tmp_path


def test_every_public_name_has_a_stand_in():
    assert [name for name in autograde.__all__ if not hasattr(standin, name)] == []


def test_what_is_for_the_learners_own_machine_is_quiet():
    hunt = standin.practice("dc")
    said = [standin.guess(a="b"), standin.recall("3.2", 1), standin.play(print, x=(0, 1, 0)), standin.hint("dc")]
    said += [
        hunt,
        hunt.line(3),
        hunt.mend("x"),
        hunt.hint(),
        hunt.again(),
        standin.progress(),
        standin.progress.save("x"),
    ]
    assert all("graded" in repr(s) for s in said) and standin.progress.passed("dc") is False


def test_mine_is_what_was_handed_in_beside(folder, capsys):
    (folder / "versions").write_bytes(pack({"twice": OWN, "broken": "def broken(:", "other": "x = 1"}))
    assert standin.mine("twice")(4) == 8 and capsys.readouterr().out == ""
    with pytest.raises(SyntaxError):
        standin.mine("broken")
    for name in ("other", "never"):
        with pytest.raises(NameError):
            standin.mine(name)
