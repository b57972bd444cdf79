"""The formulas of 4.5, restated and evaluated."""

import numpy as np
import sympy as sp

from autograde import course
from lstm_ref import layouts, lstm

exercises = course.beside(__file__)
RNG = np.random.default_rng(45)
H, D = 4, 3
x, h_prev, c_prev = RNG.normal(size=D), RNG.normal(size=H), RNG.normal(size=H)
V, P, a = RNG.normal(size=(4, H, H + D)), RNG.normal(size=(3, H)), RNG.normal(size=(4, H))


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def rows():
    """Their sums, gate by gate, against ours."""
    params = lstm.Params(V, a)
    W_x, W_h, b = layouts.lstm_to_rows(params)
    sums = dict(zip("ifog", np.split(x @ W_x + h_prev @ W_h + b, 4), strict=True))
    _, _, step = lstm.cell_forward(params, x, h_prev, c_prev)
    for gate in "figo":
        np.testing.assert_allclose(sums[gate], getattr(step, f"{gate}_hat"), rtol=1e-12)


def coupled():
    """The slope of the coupled cell state, by SymPy."""
    i_hat, c, g = sp.symbols("i_hat c g")
    i = 1 / (1 + sp.exp(-i_hat))
    slope = sp.diff((1 - i) * c + i * g, i_hat)
    assert sp.simplify(slope - exercises.layout_coupled(1, c, g, i)) == 0


def peephole_equations():
    """Unit by unit, against the exercise's own forward pass."""
    peephole_step = course.beside(__file__).peephole_step

    z = [*h_prev, *x]
    for j in range(H):
        f = sigmoid(sum(V[0, j] * z) + P[0, j] * c_prev[j] + a[0, j])
        i = sigmoid(sum(V[1, j] * z) + P[1, j] * c_prev[j] + a[1, j])
        g = np.tanh(sum(V[2, j] * z) + a[2, j])
        c = f * c_prev[j] + i * g
        o = sigmoid(sum(V[3, j] * z) + P[2, j] * c + a[3, j])
        step = peephole_step(V, P, a, x, h_prev, c_prev)
        np.testing.assert_allclose([c, o * np.tanh(c)], [step.c[j], step.h[j]], rtol=1e-13)


FORMULAS = {
    r"a_t = x_t W_x + h_{t-1} W_h + b": rows,
    r"f_t = 1 - i_t": "setting",
    r"c_t = (1 - i_t) \odot c_{t-1} + i_t \odot g_t": coupled,
    r"\begin{aligned} f_t &= \sigma(W_f z_t + p_f \odot c_{t-1} + b_f), & "
    r"i_t &= \sigma(W_i z_t + p_i \odot c_{t-1} + b_i), & "
    r"g_t &= \tanh(W_g z_t + b_g), \\ c_t &= f_t \odot c_{t-1} + i_t \odot g_t, & "
    r"o_t &= \sigma(W_o z_t + p_o \odot c_t + b_o), & h_t &= o_t \odot \tanh c_t \end{aligned}": peephole_equations,
    r"z_t = [h_{t-1}, x_t]": "setting",
}
