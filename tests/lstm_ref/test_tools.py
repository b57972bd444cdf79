"""Gradient checks, optimisers and data."""

import numpy as np
import pytest

from lstm_ref import data, gradcheck, gru, lstm, optim, rnn, stages
from lstm_ref.fast import lstm as fast_lstm


def test_three_ways_to_differentiate():
    rng = np.random.default_rng(0)
    a = rng.normal(size=(2, 3))
    kept, wanted = a.copy(), np.cos(a)

    def loss(a):
        return np.sin(a).sum()

    assert 1e-13 < gradcheck.relative_error(gradcheck.central_difference(loss, a), wanted) < 1e-8
    for step in (1e-8, 1e-30, 1e-300):
        assert gradcheck.relative_error(gradcheck.complex_step(loss, a, step), wanted) < 1e-14
    assert gradcheck.directional(loss, [a], [np.ones_like(a)]) == pytest.approx(wanted.sum(), rel=1e-14)
    assert np.array_equal(a, kept)


def test_one_direction_catches_one_wrong_entry_of_many():
    rng = np.random.default_rng(0)
    a = rng.normal(size=400)
    grad = np.cos(a)
    assert gradcheck.directional_error(lambda a: np.sin(a).sum(), [a], [grad], rng) < 1e-14
    grad[123] += 1e-8
    assert gradcheck.directional_error(lambda a: np.sin(a).sum(), [a], [grad], rng) > 1e-11


def test_relative_error():
    assert gradcheck.relative_error(np.array([1.0, 99.0]), np.array([1.0, 100.0])) == 0.01
    assert gradcheck.relative_error(np.zeros(3), np.zeros(3)) == 0.0


def test_sgd_and_adam_by_the_formulas():
    p, dp = np.array([1.0, -2.0]), np.array([0.5, 3.0])
    q = p.copy()
    optim.sgd([q], [dp], 0.1)
    assert np.array_equal(q, p - 0.1 * dp)
    q = p.copy()
    adam = optim.Adam([q], rate=0.1)
    adam.step([dp])
    assert np.allclose(q, p - 0.1 * np.sign(dp), atol=1e-8)  # at first m_hat / sqrt(v_hat) is the sign
    adam.step([-2 * dp])
    m_hat = (0.9 * 0.1 * dp + 0.1 * -2 * dp) / (1 - 0.9**2)
    v_hat = (0.999 * 0.001 * dp**2 + 0.001 * 4 * dp**2) / (1 - 0.999**2)
    wanted = p - 0.1 * dp / (np.sqrt(dp**2) + 1e-8) - 0.1 * m_hat / (np.sqrt(v_hat) + 1e-8)
    np.testing.assert_allclose(q, wanted, rtol=1e-12)


def test_adam_adds_eps_to_the_root_not_under_it():
    """A gradient as small as eps halves the first step; with eps under the root nothing would be left of it."""
    zero = np.zeros(1)
    p, _, _ = optim.adam_step(zero, zero, zero, np.array([1e-8]), 1, rate=0.1)
    np.testing.assert_allclose(p, [-0.05], rtol=1e-12)


@pytest.mark.needs("torch")
def test_adam_as_pytorch_has_it():
    import torch

    rng = np.random.default_rng(0)
    p = rng.normal(size=(3, 4))
    theirs = torch.nn.Parameter(torch.tensor(p.copy()))
    ours, reference = optim.Adam([p], rate=0.01), torch.optim.Adam([theirs], lr=0.01)
    for _ in range(20):
        dp = rng.normal(size=p.shape)
        ours.step([dp])
        theirs.grad = torch.tensor(dp)
        reference.step()
    assert gradcheck.relative_error(p, theirs.detach().numpy()) < 1e-12


def test_clipping_scales_all_by_one_factor_and_only_down():
    grads = [np.array([3.0, 0.0]), np.array([[4.0]])]
    assert optim.global_norm(grads) == 5
    clipped, norm = optim.clip(grads, 1.0)
    assert norm == 5
    assert np.allclose(clipped[0], [0.6, 0]) and np.allclose(clipped[1], [[0.8]])
    same, _ = optim.clip(grads, 10.0)
    assert all(np.array_equal(a, b) for a, b in zip(grads, same, strict=True))
    assert optim.clip([np.zeros(2)], 1.0)[1] == 0


def test_text():
    text = "hello world"
    vocab = data.vocabulary(text)
    codes = data.encode(text, vocab)
    assert vocab == " dehlorw"
    assert data.decode(codes, vocab) == text
    assert np.array_equal(data.one_hot(codes, len(vocab)).argmax(-1), codes)
    streams = data.streams(codes, 2)
    assert [data.decode(column, vocab) for column in streams.T] == ["hello", " worl"]
    pairs = list(data.chunks(streams, 3))
    assert [len(x) for x, _ in pairs] == [3, 1]
    assert np.array_equal(np.concatenate([x for x, _ in pairs]), streams[:-1])
    assert np.array_equal(np.concatenate([y for _, y in pairs]), streams[1:])


def test_adding_problem():
    x, target = data.adding(10, 200, np.random.default_rng(0))
    again, _ = data.adding(10, 200, np.random.default_rng(0))
    assert np.array_equal(x, again)
    assert x.shape == (10, 200, 2) and target.shape == (200, 1)
    assert (x[:5, :, 1].sum(0) == 1).all() and (x[5:, :, 1].sum(0) == 1).all()
    assert np.allclose((x[..., 0] * x[..., 1]).sum(0), target[:, 0])
    assert np.mean((target - 1) ** 2) == pytest.approx(1 / 6, rel=0.2)


def test_delayed_copy():
    x, target, mask = data.delayed_copy(3, 4, 5, 6, np.random.default_rng(0))
    assert x.shape == (10, 5, 8) and target.shape == mask.shape == (10, 5)
    codes = x.argmax(-1)
    assert np.array_equal(codes[:3], target[-3:])
    assert (codes[6] == 7).all() and (codes[[3, 4, 5, 7, 8, 9]] == 6).all()
    assert mask.sum() == 15 and (mask[-3:] == 1).all()


def test_an_lstm_learns_the_adding_problem_a_little():
    """All parts together: data, forward, loss at the last step, backward, clipping, Adam."""
    rng = np.random.default_rng(0)
    params, Wy, by = lstm.init(2, 16, rng), rng.normal(0, 0.2, (1, 16)), np.zeros(1)
    adam = optim.Adam([*params, Wy, by], rate=0.01)
    losses = []
    for _ in range(250):
        x, target = data.adding(8, 32, rng)
        h, _, cache = fast_lstm.forward(params, x)
        y = stages.affine(Wy, h[-1], by)
        losses.append(stages.squared_error(y, target) / len(y))
        dWy, dh_T, dby = stages.affine_backward(Wy, h[-1], stages.squared_error_backward(y, target) / len(y))
        dh = np.zeros(h.shape)
        dh[-1] = dh_T
        grads, _ = optim.clip([*fast_lstm.backward(cache, dh).params, dWy, dby], 1.0)
        adam.step(grads)
    assert np.mean(losses[-20:]) < 0.5 * np.mean(losses[:20])


@pytest.mark.parametrize("cell", [rnn, lstm, gru], ids=lambda m: m.__name__)
def test_initial_weights_have_the_variance_that_is_promised(cell):
    """`1 / (H + D)` in every weight matrix, whether it acts on `x`, on `h` or on both; biases do not count."""
    D, H = 60, 200
    weights = [a for a in cell.init(D, H, np.random.default_rng(0)) if a.size >= H * D]
    assert weights
    for a in weights:
        assert a.var() == pytest.approx(1 / (H + D), rel=0.05) and abs(a.mean()) < 0.002


def test_initial_parameters():
    rng = np.random.default_rng(0)
    params = lstm.init(3, 5, rng)
    assert (params.b[0] == 1).all() and (params.b[1:] == 0).all()
    assert params.W_o.base is not None and np.shares_memory(params.W_o, params.W)
    for cell, p in ((lstm, lstm.init(3, 5, rng, np.float32)), (rnn, rnn.init(3, 5, rng, np.float32))):
        assert all(a.dtype == np.float32 for a in p), cell
