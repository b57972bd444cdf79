"""The formulas of 2.1, restated and evaluated."""

import numpy as np
import sympy as sp

from autograde import course
from lstm_ref import rnn, stages

exercises = course.beside(__file__)

w_x, w_h, x_1, x_2, h_0 = sp.symbols("w_x w_h x_1 x_2 h_0")
D, H, K, T = 3, 4, 6, 5


def _drawn():
    rng = np.random.default_rng(21)
    params = rnn.char_init(D, H, K, rng)
    params = params._replace(bh=rng.normal(size=H), by=rng.normal(size=K))
    return params, rng.normal(size=(T, D)), rng.normal(size=H), rng.integers(0, K, T)


def step():
    (Wxh, Whh, _, bh, _), x, h0, _ = _drawn()
    h = [h0]
    for t in range(T):
        h.append(np.tanh(Wxh @ x[t] + Whh @ h[t] + bh))
    assert np.allclose(h[1:], rnn.sweep_forward(rnn.Params(Wxh, Whh, bh), x, h0)[0])
    assert np.allclose(h[1:], exercises.rnn_forward(Wxh, Whh, bh, x, h0))


def one_unit():
    h_1 = sp.tanh(w_x * x_1 + w_h * h_0)
    at = {w_x: 0.7, x_1: -1.1, w_h: 0.9, h_0: 0.4}
    h = rnn.sweep_forward(rnn.Params(*map(np.array, ([[0.7]], [[0.9]], [0.0]))), np.array([[-1.1]]), np.array([0.4]))[0]
    assert np.isclose(float(h_1.subs(at)), h[0, 0])


def derivative_of_h_2():
    h_1 = sp.tanh(w_x * x_1 + w_h * h_0)
    h_2 = sp.tanh(w_x * x_2 + w_h * h_1)
    printed = (1 - h_2**2) * (h_1 + w_h * (1 - h_1**2) * h_0)
    assert sp.simplify(sp.diff(h_2, w_h) - printed) == 0


def _scores():
    params, x, h0, targets = _drawn()
    y, h, _ = rnn.char_forward(params, x, h0)
    return params, y, h, targets


def scores_and_probabilities():
    params, y, h, _ = _scores()
    for t in range(T):
        assert np.allclose(y[t], params.Why @ h[t] + params.by)
        assert np.allclose(np.exp(y[t]) / np.exp(y[t]).sum(), stages.softmax(y[t]))


def loss_of_a_step():
    _, y, _, targets = _scores()
    for t, k in enumerate(targets):
        loss = np.log(np.exp(y[t]).sum()) - y[t, k]
        assert np.isclose(loss, -np.log(stages.softmax(y[t])[k]))
        assert np.isclose(loss, exercises.char_losses(y, targets)[t])


def shifted_loss():
    _, y, _, targets = _scores()
    for t, k in enumerate(targets):
        s = y[t].max()
        assert np.isclose(np.log(np.exp(y[t] - s).sum()) - (y[t, k] - s), np.log(np.exp(y[t]).sum()) - y[t, k])
        assert s == max(y[t, j] for j in range(K))


def uniform_guess():
    assert np.isclose(-np.log(1 / K), np.log(K))
    assert np.allclose(exercises.char_losses(np.full((T, K), 2.5), np.arange(T)), np.log(K))


def masked_sum():
    params, y, _, targets = _scores()
    _, x, h0, _ = _drawn()
    mask = np.array([0.0, 1.0, 1.0, 0.0, 1.0])
    total = sum(mask[t] * exercises.char_losses(y, targets)[t] for t in range(T))
    assert np.isclose(total, rnn.char_loss(params, x, targets, h0, mask)[0])
    Wxh, Whh, Why, bh, by = params
    assert np.isclose(total, exercises.char_masked_loss(Wxh, Whh, Why, bh, by, x, targets, h0, mask))


FORMULAS = {
    r"\hat h_t = W_{xh}\, x_t + W_{hh}\, h_{t-1} + b_h, \qquad h_t = \tanh \hat h_t": step,
    r"h_1 = \tanh(w_x x_1 + w_h h_0)": one_unit,
    r"\frac{\mathrm{d}h_2}{\mathrm{d}w_h} = (1 - h_2^2)\left(h_1 + w_h\,(1 - h_1^2)\,h_0\right)": derivative_of_h_2,
    r"y_t = W_{hy}\, h_t + b_y, \qquad p_{t,k} = \frac{e^{y_{t,k}}}{\sum_j e^{y_{t,j}}}": scores_and_probabilities,
    r"L_t = -\ln p_{t,k_t} = \ln \sum_j e^{y_{t,j}} - y_{t,k_t}": loss_of_a_step,
    r"s_t = \max_j y_{t,j}": shifted_loss,
    r"L_t = \ln \sum_j e^{y_{t,j} - s_t} - (y_{t,k_t} - s_t)": shifted_loss,
    r"-\ln \frac{1}{K} = \ln K": uniform_guess,
    r"H = 48": "setting",
    r"L = \sum_{t=1}^{T} m_t\, L_t": masked_sum,
    r"h_t = \tanh(W_{xh} x_t + W_{hh} h_{t-1} + b_h)": step,
    r"L_t = -\ln p_{t,k_t}": loss_of_a_step,
    r"L = \sum_t m_t L_t": masked_sum,
}
