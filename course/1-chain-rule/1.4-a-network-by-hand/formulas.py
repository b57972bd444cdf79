"""The formulas of 1.4, restated and evaluated on a random network, in complex steps where a derivative is meant."""

import numpy as np
import sympy as sp

RNG = np.random.default_rng(14)
D, H, K, TINY = 3, 4, 2, 1e-30
W1, b1 = RNG.normal(size=(H, D)), RNG.normal(size=H)
W2, b2 = RNG.normal(size=(K, H)), RNG.normal(size=K)
x, t = RNG.normal(size=D), RNG.uniform(0.1, 0.9, K)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


h = sigmoid(W1 @ x + b1)
o = sigmoid(W2 @ h + b2)
do_hat = (o - t) * o * (1 - o)
dh = W2.T @ do_hat
dh_hat = dh * h * (1 - h)


def error(o):
    return np.sum((o - t) ** 2) / 2


def after_hidden(h):
    return error(sigmoid(W2 @ h + b2))


def slope(function, at):
    """The derivative of a scalar function with respect to each entry of an array."""
    found = np.zeros(at.shape)
    for index in np.ndindex(at.shape):
        moved = at.astype(complex)
        moved[index] += 1j * TINY
        found[index] = function(moved).imag / TINY
    return found


def same(a, b):
    np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-15)


def layout():
    w1, w2, w3, w4, w5, w6, w7, w8 = sp.symbols("w1:9")
    i1, i2 = sp.symbols("i1 i2")
    net_h = sp.Matrix([[w1, w2], [w3, w4]]) * sp.Matrix([i1, i2])
    assert list(net_h) == [w1 * i1 + w2 * i2, w3 * i1 + w4 * i2]
    net_o = sp.Matrix([[w5, w6], [w7, w8]]) * sp.Matrix([i1, i2])
    assert list(net_o) == [w5 * i1 + w6 * i2, w7 * i1 + w8 * i2]


def forward():
    by_hand = [sigmoid(sum(W1[j, i] * x[i] for i in range(D)) + b1[j]) for j in range(H)]
    outputs = [sigmoid(sum(W2[k, j] * by_hand[j] for j in range(H)) + b2[k]) for k in range(K)]
    same(h, by_hand)
    same(o, outputs)
    same(error(o), 0.5 * sum((outputs[k] - t[k]) ** 2 for k in range(K)))


def one_route():
    same(
        slope(lambda z: error(sigmoid(z)), W2 @ h + b2),
        slope(error, o) * slope(lambda z: sigmoid(z).sum(), W2 @ h + b2),
    )


def sigmoid_slope():
    same(slope(lambda z: sigmoid(z).sum(), W2 @ h + b2), o * (1 - o))


def one_output():
    a, b = sp.symbols("a b")
    assert sp.expand(sp.diff((a - b) ** 2 / 2, a) - (a - b)) == 0


def one_weight():
    found = slope(lambda W: error(sigmoid(W @ h + b2)), W2)
    same(found[0, 0], do_hat[0] * h[0])


def routes():
    same(slope(after_hidden, h), [sum(W2[k, j] * do_hat[k] for k in range(K)) for j in range(H)])


def biases():
    same(slope(lambda b: after_hidden(sigmoid(W1 @ x + b)), b1), dh_hat)
    same(slope(lambda b: error(sigmoid(W2 @ h + b)), b2), do_hat)


def update():
    small = 1e-4
    dW = slope(lambda W: error(sigmoid(W @ h + b2)), W2)
    fell = error(o) - error(sigmoid((W2 - small * dW) @ h + b2))
    np.testing.assert_allclose(fell, small * np.sum(dW**2), rtol=1e-3)


def outputs_back():
    same(slope(lambda z: error(sigmoid(z)), W2 @ h + b2), do_hat)
    same(slope(lambda W: error(sigmoid(W @ h + b2)), W2), do_hat[:, None] @ h[None, :])


def hidden_back():
    same(slope(after_hidden, h), dh)
    same(slope(lambda z: after_hidden(sigmoid(z)), W1 @ x + b1), dh_hat)
    same(slope(lambda W: after_hidden(sigmoid(W @ x + b1)), W1), dh_hat[:, None] @ x[None, :])


def pencil():
    """The pencil network's answers, by central differences."""

    def error(w):
        h = w * 2
        return ((0.5 * h - 1) ** 2 + (-1 * h + 4) ** 2) / 2

    assert error(3) == 4 and abs((error(3 + 1e-5) - error(3 - 1e-5)) / 2e-5 - 6) < 1e-6


FORMULAS = {
    r"x = 2": "setting",
    r"h = w x": pencil,
    r"w = 3": "setting",
    r"o_1 = 0.5\,h": pencil,
    r"o_2 = -1\,h": pencil,
    r"W_1 = \begin{pmatrix} w_1 & w_2 \\ w_3 & w_4 \end{pmatrix}, \qquad "
    r"W_2 = \begin{pmatrix} w_5 & w_6 \\ w_7 & w_8 \end{pmatrix}": layout,
    r"\hat h = W_1 x + b_1, \quad h = \sigma(\hat h), \quad \hat o = W_2 h + b_2, \quad o = \sigma(\hat o), \quad "
    r"E = \tfrac12 \sum_k (o_k - t_k)^2": forward,
    r"\mathrm{d}\hat o_1 = \frac{\partial E}{\partial o_1}\,\frac{\partial o_1}{\partial \hat o_1}": one_route,
    r"\frac{\partial o_1}{\partial \hat o_1} = o_1\,(1 - o_1)": sigmoid_slope,
    r"E = \tfrac12 (o - t)^2": one_output,
    r"\hat o_1 = w_5 h_1 + w_6 h_2 + b_2": layout,
    r"\mathrm{d}w_5 = \mathrm{d}\hat o_1 \; h_1": one_weight,
    r"\mathrm{d}h_j = \sum_k W_{2,kj}\;\mathrm{d}\hat o_k": routes,
    r"\mathrm{d}b_1 = \mathrm{d}\hat h, \qquad \mathrm{d}b_2 = \mathrm{d}\hat o": biases,
    r"W_{\text{new}} = W - \eta\,\mathrm{d}W": update,
    r"\mathrm{d}\hat o = (o - t) \odot o \odot (1 - o), \qquad \mathrm{d}W_2 = \mathrm{d}\hat o \; h^\top, \qquad "
    r"\mathrm{d}b_2 = \mathrm{d}\hat o": outputs_back,
    r"\mathrm{d}h = W_2^\top \, \mathrm{d}\hat o, \qquad \mathrm{d}\hat h = \mathrm{d}h \odot h \odot (1 - h), \qquad "
    r"\mathrm{d}W_1 = \mathrm{d}\hat h \; x^\top, \qquad \mathrm{d}b_1 = \mathrm{d}\hat h": hidden_back,
}
