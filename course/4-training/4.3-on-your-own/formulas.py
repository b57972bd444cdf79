"""The formulas of 4.3, restated entry by entry, and the library that they are said to agree with."""

import numpy as np

from lstm_ref import gru

RNG = np.random.default_rng(43)
H, D = 4, 3
W, U, b, b_q = RNG.normal(size=(3, H, D)), RNG.normal(size=(3, H, H)), RNG.normal(size=(3, H)), RNG.normal(size=H)
x, h_prev = RNG.normal(size=D), RNG.normal(size=H)


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


FORMULAS = {
    r"\begin{aligned} r_t &= \sigma(W_r x_t + U_r h_{t-1} + b_r) && \text{reset gate} \\ "
    r"z_t &= \sigma(W_z x_t + U_z h_{t-1} + b_z) && \text{update gate} \\ "
    r"q_t &= U_n h_{t-1} + b_q && \text{what the past has to say} \\ "
    r"n_t &= \tanh(W_n x_t + b_n + r_t \odot q_t) && \text{candidate} \\ "
    r"h_t &= (1 - z_t) \odot n_t + z_t \odot h_{t-1} && \text{the mix} \end{aligned}": gru_equations,
}
