"""The formulas of 4.2, restated and evaluated."""

from fractions import Fraction
from functools import partial

import numpy as np

from autograde import course
from lstm_ref import lstm, optim, stages
from lstm_ref.fast import lstm as fast

allclose = partial(np.allclose, rtol=1e-9, atol=0)

exercises = course.beside(__file__)

RNG = np.random.default_rng(42)
STEP = 1e-6


def counting():
    train, held = np.array([0, 1, 1, 2, 1, 0, 1]), np.array([1, 0, 1, 1])
    eps = Fraction(1, 10)
    n = [Fraction(int((train == b).sum())) for b in range(3)]
    pairs = list(zip(train[:-1], train[1:], strict=True))
    n_ab = [[Fraction(pairs.count((a, b))) for b in range(3)] for a in range(3)]
    q = [(eps + n[b]) / sum(eps + other for other in n) for b in range(3)]
    q_after = [[(eps + row[b]) / sum(eps + other for other in row) for b in range(3)] for row in n_ab]
    assert sum(q) == 1 and all(sum(row) == 1 for row in q_after)
    paid = [-np.mean([np.log2(float(q[b])) for b in held[1:]])]
    paid.append(-np.mean([np.log2(float(q_after[a][b])) for a, b in zip(held[:-1], held[1:], strict=True)]))
    assert allclose(paid, exercises.train_baselines(train, held, 3, 0.1))


def mean_loss():
    T, B, K = 4, 3, 5
    y, targets = RNG.normal(size=(T, B, K)), RNG.integers(0, K, (T, B))

    def L(y):
        p = stages.softmax(y)
        return -sum(np.log(p[t, n, targets[t, n]]) for t in range(T) for n in range(B)) / (T * B)

    bits, dy = exercises.train_loss(y, targets)
    assert allclose(bits, L(y) / np.log(2))
    for t, n, j in ((0, 1, 2), (3, 2, targets[3, 2]), (2, 0, 4)):
        nudge = np.zeros(y.shape)
        nudge[t, n, j] = STEP
        printed = (stages.softmax(y)[t, n, j] - (j == targets[t, n])) / (T * B)
        assert allclose(dy[t, n, j], printed)
        assert np.isclose((L(y + nudge) - L(y - nudge)) / (2 * STEP), printed, atol=1e-9)


def adam():
    """The printed arrows over three steps, against lstm_ref's Adam and the bank's."""
    w, b1, b2, rate, eps = RNG.normal(size=4), 0.9, 0.999, 0.01, 1e-8
    theirs = [w.copy()]
    other = optim.Adam(theirs, rate, b1, b2, eps)
    m = v = np.zeros(4)
    banked = w, m, v
    for t in (1, 2, 3):
        d = RNG.normal(size=4)
        m, v = b1 * m + (1 - b1) * d, b2 * v + (1 - b2) * d**2
        m_hat, v_hat = m / (1 - b1**t), v / (1 - b2**t)
        w = w - rate * m_hat / (np.sqrt(v_hat) + eps)
        other.step([d])
        banked = exercises.adam_step(*banked, d, t, rate)
        assert allclose(w, theirs[0], rtol=1e-12) and allclose(w, banked[0], rtol=1e-12)


def temperature():
    y = RNG.normal(size=5)
    for tau in (0.3, 1.0, 4.0):
        printed = [np.exp(y[k] / tau) / sum(np.exp(y[j] / tau) for j in range(5)) for k in range(5)]
        assert allclose(printed, exercises.train_temperature(y, tau))


def readout():
    """The scores of each step come from its own h; the gradients of Wy and by agree with differences of the loss."""
    T, B, K, H = 3, 2, 4, 5
    params = lstm.init(K, H, RNG)
    weights = {"W": params.W, "b": params.b, "Wy": RNG.normal(size=(K, H)), "by": RNG.normal(size=K)}
    x, h0, c0 = RNG.normal(size=(T, B, K)), RNG.normal(size=(B, H)), RNG.normal(size=(B, H))
    h, _, _ = fast.forward(params, x, h0, c0)
    seen = []
    exercises.there_and_back(weights, x, h0, c0, lambda y: (seen.append(y) or 0.0, np.zeros(y.shape)))
    for t in range(T):
        for n in range(B):
            assert allclose(seen[0][t, n], weights["Wy"] @ h[t, n] + weights["by"])


FORMULAS = {
    r"q(b) = \frac{\varepsilon + n_b}{\sum_{b'} (\varepsilon + n_{b'})}, \qquad "
    r"q(b \mid a) = \frac{\varepsilon + n_{ab}}{\sum_{b'} (\varepsilon + n_{ab'})}": counting,
    r"L = -\frac{1}{T B} \sum_{t,n} \ln p_{t,n,k}, \qquad "
    r"\mathrm{d}y_{t,n,j} = \frac{p_{t,n,j} - [j = k]}{T B}, \qquad \text{bits} = \frac{L}{\ln 2}": mean_loss,
    r"m \leftarrow \beta_1 m + (1 - \beta_1)\, d, \qquad v \leftarrow \beta_2 v + (1 - \beta_2)\, d^2": adam,
    r"\hat m = \frac{m}{1 - \beta_1^t}, \qquad \hat v = \frac{v}{1 - \beta_2^t}, \qquad "
    r"w \leftarrow w - \eta\, \frac{\hat m}{\sqrt{\hat v} + \epsilon}": adam,
    r"p_k = \frac{e^{y_k / \tau}}{\sum_j e^{y_j / \tau}}": temperature,
    r"y_t = W_y h_t + b_y": readout,
    r"t = 1, 2, \ldots": "setting",
}
