"""The formulas of 4.2, restated and evaluated."""

from fractions import Fraction
from functools import partial

import numpy as np
import sympy as sp

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


def guess():
    assert np.log2(4) == 2


def sigma_of_one():
    assert round(1 / (1 + np.exp(-1)), 2) == 0.73


def thirty_gates():
    assert round(0.73**30, 4) == 0.0001


def thirty_halves():
    assert allclose(0.5**30, 1e-9, rtol=0.1)


def one_of_four():
    """The mean cost of knowing one symbol for sure, and nothing of which of the three others it is."""
    assert allclose((0 + 3 * np.log2(3)) / 4, 0.75 * np.log2(3)) and round(0.75 * np.log2(3), 2) == 1.19


def a_third():
    n = np.array([10, 30, 100, 1000])
    assert allclose((1 - 1 / n) ** n, 1 / np.e, rtol=0.06)
    k = sp.Symbol("n", positive=True)
    assert sp.limit((1 - 1 / k) ** k, k, sp.oo) == 1 / sp.E


def forget_bias():
    n, b = sp.Symbol("n", positive=True), sp.Symbol("b", real=True)
    assert sp.simplify(1 / (1 + sp.exp(-sp.log(n - 1))) - (1 - 1 / n)) == 0
    assert sp.simplify(sp.solve(sp.Eq(1 / (1 + sp.exp(-b)), 1 - 1 / n), b)[0] - sp.log(n - 1)) == 0


def bias_alone():
    """With all weights zero the forget gate is the sigmoid of its bias."""
    W, b = np.zeros((4, 2, 5)), np.zeros((4, 2))
    b[0] = 1.7
    _, _, step = lstm.cell_forward(lstm.Params(W, b), np.ones(3), np.ones(2), np.ones(2))
    assert allclose(step.f, 1 / (1 + np.exp(-1.7)))


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
    r"\log_2 4 = 2": guess,
    r"\sigma(1) \approx 0.73": sigma_of_one,
    r"0.73^{30} \approx 0.0001": thirty_gates,
    r"0.5^{30} \approx 10^{-9}": thirty_halves,
    r"\tfrac34 \log_2 3 \approx 1.19": one_of_four,
    r"f = 1 - 1/n": "setting",
    r"(1 - 1/n)^n \approx 1/e": a_third,
    r"f = \sigma(b)": bias_alone,
    r"\sigma(b) = 1 - 1/n": forget_bias,
    r"b = \ln(n - 1)": forget_bias,
}
