"""The formulas of 1.6, restated and evaluated."""

import numpy as np


def network():
    """The text's network, in the words of its formula, gives what the notebook's ``forward`` and ``loss`` give."""
    rng = np.random.default_rng(5)
    W, U, V = (rng.normal(0, 0.7, shape) for shape in ((4, 3), (4, 4), (2, 4)))
    x_, target = rng.normal(size=3), np.array([0.9, 0.2])
    h1 = [np.tanh(sum(W[i, j] * x_[j] for j in range(3))) for i in range(4)]
    h2 = [np.tanh(sum(U[i, j] * h1[j] for j in range(4))) for i in range(4)]
    h3 = [np.tanh(sum(U[i, j] * h2[j] for j in range(4))) for i in range(4)]
    y = [1 / (1 + np.exp(-sum(V[i, j] * h3[j] for j in range(4)))) for i in range(2)]
    assert round(sum((y[k] - target[k]) ** 2 for k in range(2)) / 2, 5) == 0.23279


FORMULAS = {
    r"h_1 = \tanh(W x), \quad h_2 = \tanh(U h_1), \quad h_3 = \tanh(U h_2), \quad y = \sigma(V h_3), \quad "
    r"L = \tfrac{1}{2} \sum_k (y_k - \text{target}_k)^2": network,
}
