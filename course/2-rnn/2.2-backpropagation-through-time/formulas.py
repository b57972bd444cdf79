"""The formulas of 2.2, restated and evaluated."""

import numpy as np
import sympy as sp

from autograde import course
from lstm_ref import rnn, stages

exercises = course.beside(__file__)

w_x, w_h, x_1, x_2, h_0, g_1, g_2 = sp.symbols("w_x w_h x_1 x_2 h_0 g_1 g_2")
h_1 = sp.tanh(w_x * x_1 + w_h * h_0)
h_2 = sp.tanh(w_x * x_2 + w_h * h_1)
D, H, K, T = 3, 4, 6, 5
STEP = 1e-6


def _drawn():
    rng = np.random.default_rng(22)
    params = rnn.char_init(D, H, K, rng)
    params = params._replace(bh=rng.normal(size=H), by=rng.normal(size=K))
    return (
        params,
        rng.normal(size=(T, D)),
        rng.normal(size=H),
        rng.integers(0, K, T),
        np.array([1.0, 0.0, 1.0, 1.0, 0.0]),
    )


def _loss(params, x, h0, targets, mask):
    return rnn.char_loss(params, x, targets, h0, mask)[0]


def two_steps():
    at = {w_x: 0.7, x_1: -1.1, x_2: 0.6, w_h: 0.9, h_0: 0.4}
    params = rnn.Params(np.array([[0.7]]), np.array([[0.9]]), np.zeros(1))
    h, _ = rnn.sweep_forward(params, np.array([[-1.1], [0.6]]), np.array([0.4]))
    assert np.allclose([float(h_1.subs(at)), float(h_2.subs(at))], h[:, 0])


def own_gradients():
    h1, h2 = sp.symbols("h1 h2")
    loss = g_1 * h1 + g_2 * h2
    assert sp.diff(loss, h1) == g_1 and sp.diff(loss, h2) == g_2


def collected():
    dh2_hat = g_2 * (1 - h_2**2)
    dh1_hat = (g_1 + w_h * dh2_hat) * (1 - h_1**2)
    by_sympy = sp.diff(g_1 * h_1 + g_2 * h_2, w_h)
    assert sp.simplify(dh1_hat * h_0 + dh2_hat * h_1 - by_sympy) == 0
    routes = g_1 * (1 - h_1**2) * h_0 + g_2 * (1 - h_2**2) * h_1 + g_2 * (1 - h_2**2) * w_h * (1 - h_1**2) * h_0
    assert sp.simplify(routes - by_sympy) == 0


def loss_of_a_step():
    params, x, h0, targets, _ = _drawn()
    y, _, _ = rnn.char_forward(params, x, h0)
    losses = [np.log(np.exp(y[t]).sum()) - y[t, k] for t, k in enumerate(targets)]
    assert np.allclose(losses, -np.log(stages.softmax(y)[np.arange(T), targets]))


def masked_sum():
    params, x, h0, targets, mask = _drawn()
    y, _, _ = rnn.char_forward(params, x, h0)
    losses = [np.log(np.exp(y[t]).sum()) - y[t, k] for t, k in enumerate(targets)]
    assert np.isclose(np.sum(mask * losses), _loss(params, x, h0, targets, mask))
    moved = STEP * np.eye(K)[2]
    dy = exercises.char_dy(y, targets, mask)
    for t in range(T):
        cost = [mask[t] * (np.log(np.exp(v).sum()) - v[targets[t]]) for v in (y[t] + moved, y[t] - moved)]
        assert np.isclose((cost[0] - cost[1]) / (2 * STEP), dy[t, 2], atol=1e-8)


def step():
    (Wxh, Whh, _, bh, _), x, h0, *_ = _drawn()
    h, _ = rnn.sweep_forward(rnn.Params(Wxh, Whh, bh), x, h0)
    assert np.allclose(h[1], np.tanh(Wxh @ x[1] + Whh @ h[0] + bh))


def scores():
    params, x, h0, *_ = _drawn()
    y, h, _ = rnn.char_forward(params, x, h0)
    assert np.allclose(y[2], params.Why @ h[2] + params.by)


def sweep():
    """dh and dh_hat by the printed recursion, then the sums; against differences of the loss."""
    params, x, h0, targets, mask = _drawn()
    Whh, Why = params.Whh, params.Why
    y, h, _ = rnn.char_forward(params, x, h0)
    dy = exercises.char_dy(y, targets, mask)
    dh_hat = np.zeros((T + 1, H))
    for t in reversed(range(T)):
        dh = Why.T @ dy[t] + Whh.T @ dh_hat[t + 1]
        dh_hat[t] = dh * (1 - h[t] ** 2)
    before = np.vstack([h0, h[:-1]])
    sums = {
        "Wxh": sum(np.outer(dh_hat[t], x[t]) for t in range(T)),
        "Whh": sum(np.outer(dh_hat[t], before[t]) for t in range(T)),
        "bh": sum(dh_hat[t] for t in range(T)),
    }
    dWxh, dWhh, _, dbh, _ = exercises.char_gradients(*params, x, targets, h0, mask)
    assert np.allclose(sums["Wxh"], dWxh) and np.allclose(sums["Whh"], dWhh) and np.allclose(sums["bh"], dbh)
    for name, gradient in sums.items():
        weight = getattr(params, name)
        direction = np.random.default_rng(0).choice([-1.0, 1.0], weight.shape)
        up, down = (
            _loss(params._replace(**{name: weight + s * direction}), x, h0, targets, mask) for s in (STEP, -STEP)
        )
        assert np.isclose((up - down) / (2 * STEP), np.sum(gradient * direction), rtol=1e-6)


FORMULAS = {
    r"h_1 = \tanh(w_x x_1 + w_h h_0), \qquad h_2 = \tanh(w_x x_2 + w_h h_1), \qquad L = L_1(h_1) + L_2(h_2)": two_steps,
    r"g_1 = \frac{\partial L_1}{\partial h_1}, \qquad g_2 = \frac{\partial L_2}{\partial h_2}": own_gradients,
    r"\mathrm{d}\hat h_2 = g_2\,(1 - h_2^2), \qquad "
    r"\mathrm{d}\hat h_1 = (g_1 + w_h\,\mathrm{d}\hat h_2)\,(1 - h_1^2)": collected,
    r"\mathrm{d}w_h = \mathrm{d}\hat h_1\,h_0 + \mathrm{d}\hat h_2\,h_1": collected,
    r"L_t = \ln \sum_j e^{y_{t,j}} - y_{t,k_t}": loss_of_a_step,
    r"L = \sum_t m_t L_t": masked_sum,
    r"y_t = W_{hy} h_t + b_y": scores,
    r"h_t = \tanh \hat h_t": step,
    r"\hat h_t = W_{xh} x_t + W_{hh} h_{t-1} + b_h": step,
    r"H = 1000": "setting",
    r"\mathrm{d}h_t = W_{hy}^\top\,\mathrm{d}y_t + W_{hh}^\top\,\mathrm{d}\hat h_{t+1}, \qquad "
    r"\mathrm{d}\hat h_t = \mathrm{d}h_t \odot (1 - h_t^2)": sweep,
    r"\mathrm{d}W_{xh} = \sum_t \mathrm{d}\hat h_t\,x_t^\top, \qquad "
    r"\mathrm{d}W_{hh} = \sum_t \mathrm{d}\hat h_t\,h_{t-1}^\top, \qquad "
    r"\mathrm{d}b_h = \sum_t \mathrm{d}\hat h_t": sweep,
}
