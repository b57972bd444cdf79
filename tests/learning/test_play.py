"""Sliders over a learner's own code: errors and endless loops are said in the picture's place, and a still stays the same."""

import base64

import numpy as np
import pytest

from autograde.learning import play as module
from autograde.learning.play import play


def curve(axes, slope):
    axes.plot([0, 1], [0, slope])


def shown(draw, **values):
    return module._bundle(draw, values)


def test_a_picture_is_drawn_and_is_the_same_every_time():
    one, two = shown(curve, slope=2.0), shown(curve, slope=2.0)
    assert base64.b64decode(one["image/png"]).startswith(b"\x89PNG") and one == two
    assert one != shown(curve, slope=3.0)


def test_a_text_instead_of_a_picture():
    assert shown(lambda n: f"{n} steps", n=3)["text/plain"] == "n = 3\n3 steps"
    assert shown(lambda axes, n: "first the exercise above", n=3) == {"text/plain": "first the exercise above"}


def test_an_error_is_said_with_its_place():
    def wrong(axes, n):
        return np.zeros(3)[int(n)]

    said = shown(wrong, n=7)["text/plain"]
    assert "At n = 7: IndexError" in said and "in wrong" in said


def test_a_loop_without_end_is_stopped(monkeypatch):
    monkeypatch.setattr(module, "SECONDS", 0.05)

    def endless(axes, n):
        while True:
            pass

    assert "it was stopped" in shown(endless, n=1)["text/plain"]


def test_sliders_move_in_steps_have_names_and_begin_on_their_grid():
    import ipywidgets

    whole = module._slider(ipywidgets, "T", 1, 30, 12)
    assert (whole.step, whole.value, whole.description) == (1, 12, "T")
    real = module._slider(ipywidgets, "forget", 0.0, 2.0, 0.333)
    assert real.value == pytest.approx(0.34) and real.tooltip == "forget"


def test_outside_of_a_notebook_it_prints(capsys, monkeypatch):
    monkeypatch.setitem(module.sys.modules, "IPython", None)
    monkeypatch.delitem(module.sys.modules, "IPython")
    play(lambda n: n * 2, n=(0, 5, 2))
    assert "4" in capsys.readouterr().out
