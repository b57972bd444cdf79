"""The formulas of 4.3, restated entry by entry, and the library that they are said to agree with."""

import numpy as np

from autograde import course
from lstm_ref import gru

RNG = np.random.default_rng(43)
H, D = 4, 3
W, U, b, b_q = RNG.normal(size=(3, H, D)), RNG.normal(size=(3, H, H)), RNG.normal(size=(3, H)), RNG.normal(size=H)
x, h_prev, c_prev = RNG.normal(size=D), RNG.normal(size=H), RNG.normal(size=H)
V, P, a = RNG.normal(size=(4, H, H + D)), RNG.normal(size=(3, H)), RNG.normal(size=(4, H))


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def gru_equations():
    """Unit by unit, against the reference (which tests hold against torch.nn.GRU)."""
    h = []
    for j in range(H):
        r = sigmoid(sum(W[0, j] * x) + sum(U[0, j] * h_prev) + b[0, j])
        z = sigmoid(sum(W[1, j] * x) + sum(U[1, j] * h_prev) + b[1, j])
        q = sum(U[2, j] * h_prev) + b_q[j]
        n = np.tanh(sum(W[2, j] * x) + b[2, j] + r * q)
        h.append((1 - z) * n + z * h_prev[j])
    np.testing.assert_allclose(h, gru.cell_forward(gru.Params(W, U, b, b_q), x, h_prev)[0], rtol=1e-13)


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
    r"\begin{aligned} r_t &= \sigma(W_r x_t + U_r h_{t-1} + b_r) && \text{reset gate} \\ "
    r"z_t &= \sigma(W_z x_t + U_z h_{t-1} + b_z) && \text{update gate} \\ "
    r"q_t &= U_n h_{t-1} + b_q && \text{what the past has to say} \\ "
    r"n_t &= \tanh(W_n x_t + b_n + r_t \odot q_t) && \text{candidate} \\ "
    r"h_t &= (1 - z_t) \odot n_t + z_t \odot h_{t-1} && \text{the mix} \end{aligned}": gru_equations,
    r"\begin{aligned} f_t &= \sigma(W_f z_t + p_f \odot c_{t-1} + b_f), & "
    r"i_t &= \sigma(W_i z_t + p_i \odot c_{t-1} + b_i), & "
    r"g_t &= \tanh(W_g z_t + b_g), \\ c_t &= f_t \odot c_{t-1} + i_t \odot g_t, & "
    r"o_t &= \sigma(W_o z_t + p_o \odot c_t + b_o), & h_t &= o_t \odot \tanh c_t \end{aligned}": peephole_equations,
    r"z_t = [h_{t-1}, x_t]": "setting",
}
