"""Bad input: the error names the argument, the shape (or type) found and the shape wanted."""

import re

import numpy as np
import pytest

from lstm_ref import data, gradcheck, lstm, optim, rnn, stages
from lstm_ref.fast import lstm as fast_lstm

T, B, D, H = 5, 2, 3, 4
BROKEN = [
    ("x", lambda a: a[..., :2], ValueError, r"x has shape \(5, 2, 2\), wanted \(T, ..., D\) with D = 3"),
    ("x", lambda a: a[0, 0], ValueError, r"x has shape \(3,\), wanted \(T, ..., D\)"),
    ("x", lambda a: a[:0], ValueError, r"x has shape \(0, 2, 3\), wanted at least one"),
    ("x", lambda a: a.astype(int), TypeError, r"x has dtype int64, wanted float64 or float32"),
    ("x", lambda a: a.astype(np.float32), TypeError, r"x has dtype float32 but params.* float64"),
    ("x", lambda a: a.tolist(), TypeError, r"x is a list, wanted a NumPy array"),
    ("x", lambda a: np.where(a == a[1, 0, 2], np.nan, a), ValueError, r"x is not finite: x\[1, 0, 2\] = nan"),
    ("h0", lambda a: a[:1], ValueError, r"h0 has shape \(1, 4\), wanted \(2, 4\)"),
    ("h0", lambda a: a[0], ValueError, r"h0 has shape \(4,\), wanted \(2, 4\)"),
    ("h0", lambda a: a * np.inf, ValueError, r"h0 is not finite"),
    ("c0", lambda a: a[:, :3], ValueError, r"c0 has shape \(2, 3\), wanted \(2, 4\)"),
    ("p0", lambda a: a.astype(int), TypeError, r"params\.\w+ has dtype int64"),
    ("p0", lambda a: a[0], ValueError, r"params\.\w+ has shape .*wanted"),
    ("p1", lambda a: a[..., :2], ValueError, r"(params\.\w+|x) has shape .*wanted"),
]


@pytest.mark.parametrize(("name", "edit", "error", "words"), BROKEN, ids=lambda v: v if isinstance(v, str) else "")
def test_forward_says_what_does_not_fit(model, name, edit, error, words):
    arrays = model.draw(T, (B,), D, H).arrays
    n = len(arrays) - 1 - model.states
    place = {"p0": 0, "p1": 1, "x": n, "h0": n + 1, "c0": n + 2}[name]
    if place < len(arrays):
        arrays[place] = edit(arrays[place])
        with pytest.raises(error, match=words):
            model.forward(arrays)


@pytest.mark.parametrize(
    ("edit", "error", "words"),
    [
        (lambda a: a[:-1], ValueError, r"dh_loss has shape \(4, 2, 4\), wanted \(5, 2, 4\)"),
        (lambda a: a[:, :1], ValueError, r"dh_loss has shape \(5, 1, 4\), wanted \(5, 2, 4\)"),
        (lambda a: a.astype(int), TypeError, r"dh_loss has dtype int64"),
        (lambda a: a.astype(np.float32), TypeError, r"dh_loss has dtype float32 but params"),
        (lambda a: a * np.nan, ValueError, r"dh_loss is not finite"),
    ],
)
def test_backward_says_what_does_not_fit(model, edit, error, words):
    problem = model.draw(T, (B,), D, H)
    memory = model.forward(problem.arrays)[2]
    with pytest.raises(error, match=words):
        model.backward(memory, edit(problem.dh), problem.end)
    if problem.end:
        with pytest.raises(ValueError, match=r"(dc_T|dc_next) has shape \(1, 4\), wanted \(2, 4\)"):
            model.backward(memory, problem.dh, [problem.end[0][:1]])


def test_lstm_weights_need_room_for_x():
    params = lstm.Params(np.ones((4, H, H)), np.ones((4, H)))
    with pytest.raises(
        ValueError, match=re.escape("params.W has shape (4, 4, 4), wanted (4, H, H + D) with D at least 1")
    ):
        fast_lstm.forward(params, np.ones((T, B, D)))


def test_single_steps():
    params, x, h = lstm.init(D, H, np.random.default_rng(0)), np.ones(D), np.ones(H)
    with pytest.raises(ValueError, match=r"c_prev has shape \(1, 4\), wanted \(4,\)"):
        lstm.cell_forward(params, x, h, h[None])
    _, _, step = lstm.cell_forward(params, x, h, h)
    with pytest.raises(ValueError, match=r"dc_next has shape \(3,\), wanted \(4,\)"):
        lstm.cell_backward(params, step, h, x)


def test_what_forward_returns_cannot_be_overwritten(model):
    if model.form == "fast":
        h, *_ = model.forward(model.draw(T, (B,), D, H).arrays)
        with pytest.raises(ValueError, match="read-only"):
            h[0] = 0


def test_stages():
    y = np.ones((2, 3))
    with pytest.raises(ValueError, match=r"x has shape \(2, 3\), wanted \(..., n\) with n = 4"):
        stages.affine(np.ones((5, 4)), y, np.ones(5))
    with pytest.raises(ValueError, match=r"b has shape \(4,\), wanted \(5,\)"):
        stages.affine(np.ones((5, 3)), y, np.ones(4))
    with pytest.raises(ValueError, match=r"b has shape \(3,\), wanted \(2, 3\)"):
        stages.product(y, np.ones(3))
    with pytest.raises(ValueError, match=r"target is int64 of shape \(3,\), wanted integers of shape \(2,\)"):
        stages.cross_entropy(y, np.zeros(3, int))
    with pytest.raises(ValueError, match=r"target runs from 0 to 3, wanted 0 .. 2"):
        stages.cross_entropy(y, np.array([0, 3]))
    with pytest.raises(ValueError, match=r"mask has shape \(3,\), wanted \(2,\)"):
        stages.squared_error(y, y, np.ones(3))
    with pytest.raises(ValueError, match=r"target has shape \(3,\), wanted \(2, 3\)"):
        stages.squared_error(y, np.ones(3))


def test_character_model():
    rng = np.random.default_rng(0)
    params = rnn.char_init(D, H, 6, rng)
    x, h0 = rng.normal(size=(T, D)), np.zeros(H)
    with pytest.raises(ValueError, match=r"params.Why has shape \(6, 3\), wanted \(6, 4\)"):
        rnn.char_forward(params._replace(Why=np.ones((6, 3))), x, h0)
    _, h, steps = rnn.char_forward(params, x, h0)
    with pytest.raises(ValueError, match=r"dy has shape \(5, 4\), wanted \(5, 6\)"):
        rnn.char_backward(params, steps, h)


def test_gradient_checks():
    a = np.ones(3)
    with pytest.raises(TypeError, match="came back real"):
        gradcheck.complex_step(lambda a: abs(a).sum(), a)
    with pytest.raises(ValueError, match=r"shape \(3,\), wanted a single number"):
        gradcheck.complex_step(lambda a: a, a)
    with pytest.raises(TypeError, match="dtype int64"):
        gradcheck.central_difference(lambda a: a.sum(), np.arange(3))
    with pytest.raises(ValueError, match=r"found has shape \(3,\), wanted \(1, 3\)"):
        gradcheck.relative_error(a, a[None])


def test_optimisers_and_data():
    a, rng = np.ones(3), np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"grads\[0\] has shape \(1, 3\), wanted \(3,\)"):
        optim.sgd([a], [a[None]], 0.1)
    with pytest.raises(ValueError, match="grads has 2 arrays, wanted 1"):
        optim.Adam([a]).step([a, a])
    with pytest.raises(ValueError, match="limit is 0"):
        optim.clip([a], 0)
    with pytest.raises(ValueError, match=r"vocab has not: \['c'\]"):
        data.encode("abc", "ab")
    with pytest.raises(ValueError, match=r"wanted integers in 0 .. 1"):
        data.one_hot(np.array([0, 2]), 2)
    with pytest.raises(ValueError, match="T is 1, wanted at least 2"):
        data.adding(1, 3, rng)
    with pytest.raises(ValueError, match="wanted at least 1 each"):
        data.delayed_copy(3, 0, 2, 4, rng)
    with pytest.raises(ValueError, match="3 characters cannot make B = 4 streams"):
        data.streams(np.arange(3), 4)
