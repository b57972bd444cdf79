"""The formulas of 3.3, restated and evaluated."""

from functools import partial

import numpy as np

from lstm_ref import lstm

allclose = partial(np.allclose, rtol=1e-9, atol=0)

rng = np.random.default_rng(0)
T, H, D = 3, 4, 2
PARAMS = lstm.Params(rng.normal(size=(4, H, H + D)), rng.normal(size=(4, H)))
X, H0, C0, TARGET = rng.normal(size=(T, D)), rng.normal(size=H), rng.normal(size=H), rng.uniform(-1, 1, (T, H))


def _blocks():
    h, _, steps = lstm.sweep_forward(PARAMS, X, H0, C0)
    return h, steps, *lstm.sweep_backward(PARAMS, steps, h - TARGET)


def _slope(loss, x):
    slope = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        moved = x.astype(complex)
        moved[i] += 1e-30j
        slope[i] = loss(moved).imag / 1e-30
    return slope


def half_squared_error():
    h, _, gradients, _ = _blocks()

    def loss(W):
        h, _, _ = lstm.sweep_forward(lstm.Params(W, PARAMS.b), X, H0, C0)
        return ((h - TARGET) ** 2).sum() / 2

    assert allclose(loss(PARAMS.W), sum(np.linalg.norm(h[t] - TARGET[t]) ** 2 for t in range(T)) / 2)
    assert allclose(gradients.params.W, _slope(loss, PARAMS.W), rtol=1e-12)


def rows():
    """Each row is the derivative for a nudge in its own block; together they are the gradient."""
    _, _, gradients, blocks = _blocks()

    def loss_with_own(t, W_f):
        h, c, total = H0, C0, 0
        for s in range(T):
            W = PARAMS.W.astype(complex)
            W[0] = W_f if s == t else PARAMS.W_f
            h, c, _ = lstm.cell_forward(lstm.Params(W, PARAMS.b), X[s], h, c)
            total += ((h - TARGET[s]) ** 2).sum() / 2
        return total

    for t in range(T):
        assert allclose(blocks[t].dW[0], _slope(lambda W_f, t=t: loss_with_own(t, W_f), PARAMS.W_f), rtol=1e-11)
    assert allclose(gradients.params.W_f, blocks[2].dW[0] + blocks[1].dW[0] + blocks[0].dW[0], rtol=1e-13)


def forks():
    h, steps, _, blocks = _blocks()
    for t in range(T - 1):
        assert allclose(blocks[t].dh, (h - TARGET)[t] + blocks[t + 1].dh_prev)
        through_h = blocks[t].dh * steps[t].o * (1 - np.tanh(steps[t].c) ** 2)
        assert allclose(blocks[t].dc, through_h + blocks[t + 1].dc * steps[t + 1].f)


FORMULAS = {
    r"L = \frac{1}{2} \sum_{t} \lVert h_t - \text{target}_t \rVert^2": half_squared_error,
    r"\mathrm{d}W_f = \mathrm{d}W_f^{(3)} + \mathrm{d}W_f^{(2)} + \mathrm{d}W_f^{(1)}": rows,
    r"\mathrm{d}h_t = \frac{\partial L}{\partial h_t} + \mathrm{d}h_t^{\,\text{from } t+1}, \qquad "
    r"\mathrm{d}c_t = \mathrm{d}h_t \odot o_t \odot (1 - \tanh^2 c_t) + \mathrm{d}c_{t+1} \odot f_{t+1}": forks,
}
