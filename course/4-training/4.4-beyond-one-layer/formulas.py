"""The formulas of 4.4, restated and evaluated."""

import numpy as np
import sympy as sp

from autograde import course
from lstm_ref import attention, gradcheck, layers, stages
from lstm_ref.fast import lstm as fast

exercises = course.beside(__file__)


def two_layers():
    """The lower layer under the slope that the upper one sends down, against the complex step of the whole."""
    p = exercises.two_layers(np.random.default_rng(44))
    H = p["W_lower"].shape[1]
    params = [exercises.Params(p[f"W_{name}"], exercises._bias(H)) for name in ("lower", "upper")]
    starts = [(p[f"memory_{name}"][2][0], p[f"memory_{name}"][1][0]) for name in ("lower", "upper")]
    h_lower = p["memory_lower"][2][1:]

    def upper_loss(x):
        return (fast.forward(params[1], x, *starts[1])[0] * p["dh_loss"]).sum()

    _, _, caches = layers.stack_forward(params, p["x"], starts)
    assert np.array_equal(caches[1].x, h_lower)
    lower, upper = layers.stack_backward(caches, p["dh_loss"])
    slope = gradcheck.complex_step(upper_loss, h_lower)
    assert gradcheck.relative_error(upper.x, slope) < 1e-12
    wanted = fast.backward(caches[0], slope)
    assert gradcheck.relative_error(lower.params.W, wanted.params.W) < 1e-12


def dropout():
    p = exercises.something_dropped(np.random.default_rng(44))
    y, dh = exercises.deep_dropout(**p)
    m = np.where(p["u"] < p["p"], 0, 1 / (1 - p["p"]))
    assert np.allclose(y, m * p["h"], rtol=1e-14) and np.allclose(dh, m * p["dy"], rtol=1e-14)
    assert abs(stages.dropout_mask(np.random.default_rng(0).random(10**5), p["p"]).mean() - 1) < 0.01


def embedding():
    p = exercises.some_rows_read(np.random.default_rng(44))
    codes, dx, K = p.values()
    E = np.random.default_rng(1).normal(size=(K, dx.shape[2]))
    dE = np.zeros(E.shape)
    for t, n in np.ndindex(codes.shape):
        assert np.array_equal(stages.embedding(E, codes)[t, n], E[codes[t, n]])
        dE[codes[t, n]] += dx[t, n]
    assert np.allclose(stages.embedding_backward(K, codes, dx), dE, rtol=1e-14)


def mean_loss():
    p = exercises.losses_with_padding(np.random.default_rng(44))
    losses, lengths = p.values()
    m = np.array([[float(t < n) for n in lengths] for t in range(len(losses))])
    loss, slope = exercises.deep_mean_loss(losses, lengths)
    assert m.sum() == lengths.sum()
    assert np.isclose(loss, (m * losses).sum() / m.sum(), rtol=1e-14) and np.allclose(slope, m / m.sum(), rtol=1e-14)
    assert np.allclose(gradcheck.complex_step(lambda v: (m * v).sum() / m.sum(), losses), slope, rtol=1e-12)


def residual():
    """F is any function with a Jacobian; here a layer of tanh."""
    rng = np.random.default_rng(44)
    W, x, dy = rng.normal(size=(3, 3)), rng.normal(size=3), rng.normal(size=3)
    jacobian = (1 - np.tanh(W @ x) ** 2)[:, None] * W
    slope = gradcheck.complex_step(lambda x: (x + np.tanh(W @ x)) @ dy, x)
    assert np.allclose(slope, dy + jacobian.T @ dy, rtol=1e-12)


def attend():
    p = exercises.something_attended(np.random.default_rng(44))
    q, h = p["q"], p["h"]
    y, a = attention.forward(q, h)
    s = np.array([q @ h_t for h_t in h])
    assert np.allclose(a, np.exp(s) / np.exp(s).sum(), rtol=1e-14) and np.allclose(p["a"], a, rtol=1e-14)
    assert np.allclose(y, sum(a[t] * h[t] for t in range(len(h))), rtol=1e-14)


def softmax_slopes():
    s = sp.symbols("s_1:4")
    a = [sp.exp(k) / sum(map(sp.exp, s)) for k in s]
    for t in range(3):
        assert sp.simplify(sp.diff(a[t], s[t]) - a[t] * (1 - a[t])) == 0
        for j in set(range(3)) - {t}:
            assert sp.simplify(sp.diff(a[j], s[t]) + a[j] * a[t]) == 0


def two_routes():
    s_1, s_2, v_1, v_2 = sp.symbols("s_1 s_2 v_1 v_2")
    a_1, a_2 = (sp.exp(s) / (sp.exp(s_1) + sp.exp(s_2)) for s in (s_1, s_2))
    y = a_1 * v_1 + a_2 * v_2
    assert sp.simplify(sp.diff(y, s_1) - exercises.deep_attend_slope(a_1, a_2, v_1, v_2, y)) == 0
    assert sp.simplify(sp.diff(y, s_1) - a_1 * (v_1 - y)) == 0


def scores():
    p = exercises.something_attended(np.random.default_rng(44))
    da, ds, _, _ = exercises.deep_attend_backward(**p)
    a = p["a"]
    for t in range(len(a)):
        assert np.isclose(ds[t], a[t] * (da[t] - sum(a[j] * da[j] for j in range(len(a)))), rtol=1e-12)


FORMULAS = {
    r"x^{\text{upper}}_t = h^{\text{lower}}_t, \qquad "
    r"\frac{\partial L}{\partial h^{\text{lower}}_t} = \mathrm{d}x^{\text{upper}}_t": two_layers,
    r"m = \begin{cases} 0 & \text{if } u < p \\ \dfrac{1}{1 - p} & \text{otherwise,} \end{cases} \qquad "
    r"y = m \odot h, \qquad \mathrm{d}h = m \odot \mathrm{d}y": dropout,
    r"x_t = E_{k_t}, \qquad \mathrm{d}E_k = \sum_{t:\, k_t = k} \mathrm{d}x_t": embedding,
    r"L = \frac{1}{N} \sum_{t,n} m_{t,n}\, \ell_{t,n}, \qquad N = \sum_{t,n} m_{t,n}, \qquad "
    r"\frac{\partial L}{\partial \ell_{t,n}} = \frac{m_{t,n}}{N}": mean_loss,
    r"y = x + F(x)": residual,
    r"\mathrm{d}x = \mathrm{d}y + F'(x)^\top \mathrm{d}y": residual,
    r"s_t = q \cdot h_t, \qquad a_t = \frac{e^{s_t}}{\sum_j e^{s_j}}, \qquad y = \sum_t a_t\, h_t": attend,
    r"\frac{\partial a_t}{\partial s_t} = a_t (1 - a_t), \qquad "
    r"\frac{\partial a_j}{\partial s_t} = -a_j\, a_t \quad (j \ne t)": softmax_slopes,
    r"y = a_1 v_1 + a_2 v_2": two_routes,
    r"\frac{\partial L}{\partial h^{\text{lower}}_t} = \mathrm{d}x^{\text{upper}}_t": two_layers,
    r"\mathrm{d}s_t = a_t (\mathrm{d}a_t - \sum_j a_j\, \mathrm{d}a_j)": scores,
}
