"""The formulas of 3.1, restated and evaluated."""

from functools import partial
from math import prod

import numpy as np

from lstm_ref import lstm

allclose = partial(np.allclose, rtol=1e-9, atol=0)

D, H, T = 3, 5, 6


def _drawn():
    rng = np.random.default_rng(31)
    params = lstm.Params(rng.normal(size=(4, H, H + D)), rng.normal(size=(4, H)))
    return params, rng.normal(size=(T, D)), rng.normal(size=H), rng.normal(size=H)


def _sigma(z):
    return 1 / (1 + np.exp(-z))


def _steps():
    params, x, h0, c0 = _drawn()
    return params, lstm.sweep_forward(params, x, h0, c0)[2], c0


def joined():
    _, steps, _ = _steps()
    for s in steps:
        assert np.array_equal(s.z, [*s.h_prev, *s.x])


def split_weights():
    params, steps, _ = _steps()
    W_h, W_x = params.W_f[:, :H], params.W_f[:, H:]
    for s in steps:
        assert allclose(params.W_f @ s.z, W_h @ s.h_prev + W_x @ s.x)


def sums():
    (W, b), steps, _ = _steps()
    for s in steps:
        assert allclose(W[0] @ s.z + b[0], s.f_hat) and allclose(W[1] @ s.z + b[1], s.i_hat)
        assert allclose(W[2] @ s.z + b[2], s.g_hat) and allclose(W[3] @ s.z + b[3], s.o_hat)


def gates():
    _, steps, _ = _steps()
    for s in steps:
        assert allclose(_sigma(s.f_hat), s.f) and allclose(_sigma(s.i_hat), s.i)
        assert allclose(np.tanh(s.g_hat), s.g) and allclose(_sigma(s.o_hat), s.o)


def cell_state():
    _, steps, _ = _steps()
    for s in steps:
        assert allclose(s.f * s.c_prev + s.i * s.g, s.c)


def output():
    _, steps, _ = _steps()
    for s in steps:
        assert allclose(s.o * np.tanh(s.c), s.h)


def written_out():
    _, steps, c0 = _steps()
    c_T = prod(s.f for s in steps) * c0
    for t, s in enumerate(steps):
        c_T = c_T + prod((later.f for later in steps[t + 1 :]), start=np.ones(H)) * s.i * s.g
    assert allclose(c_T, steps[-1].c)


def block():
    for stage in (sums, gates, cell_state, output):
        stage()


FORMULAS = {
    r"\hat f = W_f z + b_f": sums,
    r"f = \sigma(\hat f)": gates,
    r"z_t = [h_{t-1}, x_t]": joined,
    r"z = [h, x]": joined,
    r"W z_t = W_h\, h_{t-1} + W_x\, x_t": split_weights,
    r"\hat f_t = W_f\, z_t + b_f \qquad \hat i_t = W_i\, z_t + b_i \qquad \hat g_t = W_g\, z_t + b_g "
    r"\qquad \hat o_t = W_o\, z_t + b_o": sums,
    r"f_t = \sigma(\hat f_t) \qquad i_t = \sigma(\hat i_t) \qquad g_t = \tanh(\hat g_t) "
    r"\qquad o_t = \sigma(\hat o_t)": gates,
    r"c_t = f_t \odot c_{t-1} + i_t \odot g_t": cell_state,
    r"c_T = \Big(\prod_{t=1}^{T} f_t\Big) \odot c_0 + \sum_{t=1}^{T} \Big(\prod_{s=t+1}^{T} f_s\Big) "
    r"\odot i_t \odot g_t": written_out,
    r"h_t = o_t \odot \tanh(c_t)": output,
    r"\begin{aligned} f_t &= \sigma(W_f z_t + b_f) & i_t &= \sigma(W_i z_t + b_i) & g_t &= \tanh(W_g z_t + b_g) "
    r"& o_t &= \sigma(W_o z_t + b_o) \\ c_t &= f_t \odot c_{t-1} + i_t \odot g_t & h_t &= o_t \odot \tanh(c_t) "
    r"\end{aligned}": block,
}
