"""The formulas of 3.3, restated and evaluated."""

from functools import partial

import numpy as np
import sympy as sp

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


def as_printed():
    """It holds at no block but the last, whose f of the next block is taken as zero."""
    _, steps, _, blocks = _blocks()
    for t in range(T):
        through_h = blocks[t].dh * steps[t].o * (1 - np.tanh(steps[t].c) ** 2)
        printed = through_h + (steps[t + 1].f if t + 1 < T else 0)
        assert allclose(printed, blocks[t].dc) == (t == T - 1)


def forks():
    h, steps, _, blocks = _blocks()
    for t in range(T - 1):
        assert allclose(blocks[t].dh, (h - TARGET)[t] + blocks[t + 1].dh_prev)
        through_h = blocks[t].dh * steps[t].o * (1 - np.tanh(steps[t].c) ** 2)
        assert allclose(blocks[t].dc, through_h + blocks[t + 1].dc * steps[t + 1].f)


def two_blocks():
    _, steps, _, _ = _blocks()
    assert allclose(steps[0].h, steps[0].o * np.tanh(steps[0].c))
    assert allclose(steps[1].c, steps[1].f * steps[0].c + steps[1].i * steps[1].g)


def linear_loss():
    a, b, h, c = sp.symbols("a b h c")
    assert sp.diff(a * h + b * c, h) == a and sp.diff(a * h + b * c, c) == b


FORMULAS = {
    r"L = \frac{1}{2} \sum_{t} \lVert h_t - \text{target}_t \rVert^2": half_squared_error,
    r"\mathrm{d}W_f = \mathrm{d}W_f^{(3)} + \mathrm{d}W_f^{(2)} + \mathrm{d}W_f^{(1)}": rows,
    r"\text{as printed:}\qquad \mathrm{d}c_t \overset{?}{=} \mathrm{d}h_t \odot o_t \odot (1 - \tanh^2 c_t) + f_{t+1}": as_printed,
    r"h_1 = o_1 \tanh(c_1)": two_blocks,
    r"c_2 = f_2\, c_1 + i_2\, g_2": two_blocks,
    r"L = a\,h_1 + b\,c_2": linear_loss,
    r"\mathrm{d}h_t = \frac{\partial L}{\partial h_t} + \mathrm{d}h_t^{\,\text{from } t+1}, \qquad "
    r"\mathrm{d}c_t = \mathrm{d}h_t \odot o_t \odot (1 - \tanh^2 c_t) + \mathrm{d}c_{t+1} \odot f_{t+1}": forks,
}
