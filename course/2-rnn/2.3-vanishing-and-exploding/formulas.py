"""The formulas of 2.3, restated and evaluated."""

import numpy as np
import sympy as sp

from autograde import course
from lstm_ref import optim, rnn

exercises = course.beside(__file__)

T, D, H = 6, 3, 4


def _run(scale=1.0):
    rng = np.random.default_rng(23)
    params = rnn.Params(rng.normal(size=(H, D)), scale * rng.normal(size=(H, H)), rng.normal(size=H))
    x, h0 = rng.normal(size=(T, D)), rng.normal(size=H)
    h, steps = rnn.sweep_forward(params, x, h0)
    return params, x, h0, np.vstack([h0, h]), steps, rng.normal(size=H)


def _by_nudging(function, a, step=1e-5):
    nudges = step * np.eye(len(a))
    return np.stack([(function(a + n) - function(a - n)) / (2 * step) for n in nudges], axis=1)


def one_unit():
    w_x, w_h, x, h_prev, h_t = sp.symbols("w_x w_h x_t h_prev h_t")
    h = sp.tanh(w_x * x + w_h * h_prev)
    assert sp.simplify(sp.diff(h, h_prev) - ((1 - h_t**2) * w_h).subs(h_t, h)) == 0
    weights = [np.array([[0.7]]), np.array([[0.9]]), np.zeros(1)]
    found = rnn.sweep_forward(rnn.Params(*weights), np.array([[0.3]]), np.array([-0.4]))[0][0, 0]
    assert np.isclose(found, float(h.subs({w_x: 0.7, w_h: 0.9, x: 0.3, h_prev: -0.4})))


def jacobian():
    params, x, _, h, _, _ = _run()
    for t in range(1, T + 1):
        J = np.diag(1 - h[t] ** 2) @ params.Whh
        found = _by_nudging(lambda a, t=t: rnn.cell_forward(params, x[t - 1], a)[0], h[t - 1])
        assert np.allclose(J, found, atol=1e-8) and np.allclose(J, rnn.jacobian(params.Whh, h[t]))


def product():
    params, x, _, h, _, _ = _run()
    for t in range(T):
        chain = np.eye(H)
        for s in range(t + 1, T + 1):
            chain = (np.diag(1 - h[s] ** 2) @ params.Whh) @ chain
        found = _by_nudging(lambda a, t=t: rnn.sweep_forward(params, x[t:], a)[0][-1], h[t])
        assert np.allclose(chain, found, atol=1e-8)
        assert np.allclose(chain, rnn.jacobian_product(params.Whh, h[t + 1 :]))


def powers():
    A = _run()[0].Whh
    values, vectors = np.linalg.eig(A)
    for value, v in zip(values, vectors.T, strict=True):
        assert np.allclose(A @ v, value * v)
        assert np.allclose(np.linalg.matrix_power(A, 7) @ v, value**7 * v)


def radius():
    A = _run()[0].Whh
    assert np.isclose(max(abs(v) for v in np.linalg.eigvals(A)), exercises.spectral_radius(A))


def long_run():
    for A in (_run()[0].Whh, np.array([[0.4, 6.0], [0.0, 0.5]])):
        A = A / exercises.spectral_radius(A)
        gaps = [np.linalg.norm(np.linalg.matrix_power(A, k), 2) ** (1 / k) - 1 for k in (10, 100, 1000)]
        assert all(g >= -1e-12 for g in gaps) and gaps[2] < gaps[1] < gaps[0] and gaps[2] < 0.01


def _way_back():
    params, _, _, h, steps, dh_T = _run()
    dh = np.zeros((T, H))
    dh[-1] = dh_T
    gradients, blocks = rnn.sweep_backward(params, steps, dh)
    return params, h, [gradients.h0, *(b.dh for b in blocks)]


def one_step_back():
    params, h, dh = _way_back()
    for t in range(1, T + 1):
        assert np.allclose(dh[t - 1], params.Whh.T @ ((1 - h[t] ** 2) * dh[t]))
        assert np.allclose(dh[t - 1], rnn.jacobian(params.Whh, h[t]).T @ dh[t])


def many_steps_back():
    params, h, dh = _way_back()
    for t in range(T):
        assert np.allclose(dh[t], rnn.jacobian_product(params.Whh, h[t + 1 :]).T @ dh[T])
    assert np.allclose([np.linalg.norm(d) for d in dh[::-1]], exercises.rnn_gradient_norms(params.Whh, h[1:], dh[T]))


def bound():
    params, _, dh = _way_back()
    for t in range(1, T + 1):
        assert np.linalg.norm(dh[t - 1]) <= np.linalg.norm(params.Whh, 2) * np.linalg.norm(dh[t])


def clipped():
    rng = np.random.default_rng(3)
    gradients = [rng.normal(size=(3, 2)), rng.normal(size=4)]
    d = np.concatenate([g.ravel() for g in gradients])
    norm = np.sqrt((d**2).sum())
    assert np.isclose(norm, optim.global_norm(gradients))
    for c in (0.4 * norm, 3 * norm):
        wanted = min(1, c / norm) * d
        for found in (exercises.rnn_clip(gradients, c), optim.clip(gradients, c)[0]):
            assert np.allclose(wanted, np.concatenate([g.ravel() for g in found]))


PRODUCT = r"\frac{\mathrm{d}h_T}{\mathrm{d}h_t} = J_T\, J_{T-1} \cdots J_{t+1}"

FORMULAS = {
    r"h_t = \tanh(w_x x_t + w_h h_{t-1})": one_unit,
    r"\frac{\partial h_t}{\partial h_{t-1}} = (1 - h_t^2)\, w_h": one_unit,
    r"J_t = \frac{\partial h_t}{\partial h_{t-1}} = \operatorname{diag}(1 - h_t^2)\; W_{hh}": jacobian,
    PRODUCT: product,
    PRODUCT + r", \qquad J_s = \operatorname{diag}(1 - h_s^2)\; W_{hh}": product,
    r"A v = \lambda v": powers,
    r"A^k v = \lambda^k v": powers,
    r"\rho(A) = \max_i |\lambda_i|": radius,
    r"\lim_{k \to \infty} \|A^k\|^{1/k} = \rho(A)": long_run,
    r"\mathrm{d}h_{t-1} = W_{hh}^\top \left( (1 - h_t^2) \odot \mathrm{d}h_t \right) "
    r"= J_t^\top\, \mathrm{d}h_t": one_step_back,
    r"\mathrm{d}h_t = \left( \frac{\mathrm{d}h_T}{\mathrm{d}h_t} \right)^{\!\top} \mathrm{d}h_T": many_steps_back,
    r"\|\mathrm{d}h_{t-1}\| \;\le\; \|W_{hh}\|\;\|\mathrm{d}h_t\|": bound,
    r"\|d\| = \sqrt{\sum_j d_j^2}, \qquad "
    r"d_{\text{clipped}} = \min\!\left(1, \frac{c}{\|d\|}\right) d": clipped,
}
