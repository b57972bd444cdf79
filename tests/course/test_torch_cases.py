"""`torch.npz`, against which 4.3 and 4.4 hold a learner's gradients: `lstm_ref` has them, too, and PyTorch still has."""

import importlib.util

import numpy as np
import pytest

from autograde import course
from lstm_ref import gru, layers, layouts, lstm
from lstm_ref.gradcheck import relative_error

UNIT = course.FOLDER / "4-training"


def from_torch(case):
    with np.load(UNIT / "data" / "torch.npz") as file:
        return {key.partition("/")[2]: file[key] for key in file if key.startswith(f"{case}/")}


def assert_held(case, found):
    """`found`: name in the file -> our gradient; a second bias is not ours, but for the GRU's last third."""
    wanted = {name for name in case if name.startswith("d") and name[1:] not in ("h", "c_T") and "bias_hh" not in name}
    assert wanted == set(found)
    for name, ours in found.items():
        assert relative_error(ours, case[name]) < 1e-12, name


def laid_out(params, end="_l0"):
    """Gradients of parameters under PyTorch's names."""
    return {
        f"d{key.replace('_l0', end)}": a for key, a in layouts.lstm_to_torch(params).items() if "bias_hh" not in key
    }


def test_lstm():
    p = from_torch("lstm")
    params = lstm.Params(p["W"], p["b"])
    _, _, steps = lstm.sweep_forward(params, p["x"], p["h0"], p["c0"])
    grads, _ = lstm.sweep_backward(params, steps, p["dh"], p["dc_T"])
    assert_held(p, laid_out(grads.params) | {"dx": grads.x, "dh0": grads.h0, "dc0": grads.c0})


def test_gru():
    p = from_torch("gru")
    params = gru.Params(p["W"], p["U"], p["b"], p["b_q"])
    _, steps = gru.sweep_forward(params, p["x"], p["h0"])
    grads, _ = gru.sweep_backward(params, steps, p["dh"])
    own = {f"d{key}": a for key, a in layouts.gru_to_torch(grads.params).items()}
    H = len(p["h0"])
    assert relative_error(own.pop("dbias_hh_l0")[2 * H :], p["dbias_hh_l0"][2 * H :]) < 1e-12
    assert_held(p, own | {"dx": grads.x, "dh0": grads.h0})


def test_two_layers():
    p = from_torch("stack")
    params = [lstm.Params(p[f"W_{name}"], p[f"b_{name}"]) for name in ("lower", "upper")]
    _, _, caches = layers.stack_forward(params, p["x"])
    lower, upper = layers.stack_backward(caches, p["dh"])
    assert_held(p, laid_out(lower.params) | laid_out(upper.params, "_l1") | {"dx": lower.x})


def test_both_directions():
    p = from_torch("both")
    params = [lstm.Params(p[f"W_{name}"], p[f"b_{name}"]) for name in ("left", "right")]
    _, caches = layers.both_forward(*params, p["x"], p["lengths"])
    left, right, dx = layers.both_backward(caches, p["lengths"], p["dh"])
    assert_held(p, laid_out(left.params) | laid_out(right.params, "_l0_reverse") | {"dx": dx})


@pytest.mark.needs("torch")
def test_the_script_makes_the_file():
    """Losses after 140 updates, too: PyTorch in another version may round differently."""
    spec = importlib.util.spec_from_file_location("torch_cases", UNIT / "runs" / "torch_cases.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    made = script.cases()
    with np.load(script.FILE) as file:
        assert set(file) == set(made)
        for key in file:
            assert relative_error(file[key].astype(float), made[key].astype(float)) < 1e-9, key
