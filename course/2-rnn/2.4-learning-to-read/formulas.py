"""The formulas of 2.4, restated and evaluated."""

import numpy as np

from autograde import course

exercises = course.beside(__file__)


def descent():
    rng = np.random.default_rng(4)
    A, W, d = rng.normal(size=(5, 5)), rng.normal(size=5), rng.normal(size=5)

    def loss(w):
        return np.tanh(A @ w).sum()

    dW = A.T @ (1 - np.tanh(A @ W) ** 2)
    cosine = (d * dW).sum() / (np.linalg.norm(d) * np.linalg.norm(dW))
    for eta in (1e-4, 1e-5, 1e-6):
        change = loss(W - eta * d) - loss(W)
        assert np.isclose(change, -eta * (d * dW).sum(), rtol=300 * eta)
    assert np.isclose((d * dW).sum(), np.linalg.norm(d) * np.linalg.norm(dW) * cosine)
    assert np.isclose(cosine, exercises.gradient_cosine([d[:2], d[2:]], [dW[:2], dW[2:]]))


FORMULAS = {
    r"n = 1": "setting",
    r"L(W - \eta\, d) - L(W) \;\approx\; -\eta \sum_j d_j\, \mathrm{d}W_j "
    r"= -\eta\, \|d\|\, \|\mathrm{d}W\| \cos\theta": descent,
    r"\cos\theta = \frac{\sum_j d_j\, \mathrm{d}W_j}{\|d\|\,\|\mathrm{d}W\|}": descent,
}
