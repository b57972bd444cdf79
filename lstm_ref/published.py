"""Numbers that were printed, with what is wrong in them beside them.

Gomez: "Let's do this" (2016), one LSTM unit over two steps. His input activation `a` is our `g`, his `state` our `c`,
his `out` our `h`. Mazur: "A Step by Step Backpropagation Example" (2015), a 2-2-2 network of sigmoids.
"""

import numpy as np

from lstm_ref import lstm

# Gomez: one hidden unit, two inputs, loss = half the squared error at each step --------------------------------------

GOMEZ_X = np.array([[1.0, 2.0], [0.5, 3.0]])
GOMEZ_LABEL = np.array([[0.5], [1.25]])
GOMEZ_RATE = 0.1
GOMEZ_TOLERANCE = 2e-5
"""The article rounds intermediate results and goes on with them, so its last digit may be off by one."""

GOMEZ_ERRATA = {
    "label": "the second, 1.25, cannot be reached: h = o * tanh(c) stays below 1. (Noted later by the author.)",
    "c[0]": "printed .78572; it is .78573.",
    "h[1]": "printed .77197; it is .77198.",
}


def gomez_params() -> lstm.Params:
    """The initial weights as `lstm.Params`: each row is `[U, W_1, W_2]`, acting on `[h_prev, x]`."""
    f, i, g, o = [0.1, 0.7, 0.45], [0.8, 0.95, 0.8], [0.15, 0.45, 0.25], [0.25, 0.6, 0.4]
    return lstm.Params(np.array([[f], [i], [g], [o]]), np.array([[0.15], [0.65], [0.2], [0.1]]))


GOMEZ_FORWARD = {  # exact to five decimals; one entry per step
    "g": (0.81775, 0.84980),
    "i": (0.96083, 0.98118),
    "f": (0.85195, 0.87030),
    "o": (0.81757, 0.84993),
    "c": (0.78573, 1.51763),
    "h": (0.53631, 0.77198),
}
GOMEZ_BACKWARD = {  # the loss's own gradient, then totals
    "delta": (0.03631, -0.47802),
    "dh": (0.01804, -0.47802),
    "dc": (-0.05348, -0.07111),
    "dg_hat": (-0.01702, -0.01938),
    "di_hat": (-0.00165, -0.00112),
    "df_hat": (0.0, -0.00631),
    "do_hat": (0.00176, -0.05538),
    "dx": ((-0.00817, -0.00487), (-0.04742, -0.03073)),
    "dh_prev": (-0.00343, -0.01828),
}
GOMEZ_GRADIENTS = {  # gate: [dU, dW_1, dW_2], db
    "f": ((-0.00338, -0.00315, -0.01892), -0.00631),
    "i": ((-0.00060, -0.00220, -0.00664), -0.00276),
    "g": ((-0.01040, -0.02672, -0.09220), -0.03641),
    "o": ((-0.02970, -0.02592, -0.16260), -0.05361),
}
GOMEZ_UPDATED = {  # gate: [U, W_1, W_2], b after one step of gradient descent
    "f": ((0.10034, 0.70032, 0.45189), 0.15063),
    "i": ((0.80006, 0.95022, 0.80066), 0.65028),
    "g": ((0.15104, 0.45267, 0.25922), 0.20364),
    "o": ((0.25297, 0.60259, 0.41626), 0.10536),
}

# Mazur: 2 inputs, 2 hidden sigmoids, 2 output sigmoids; the biases stay as they are -----------------------------------

MAZUR_X = np.array([0.05, 0.10])
MAZUR_TARGET = np.array([0.01, 0.99])
MAZUR_RATE = 0.5
MAZUR_W1 = np.array([[0.15, 0.20], [0.25, 0.30]])
MAZUR_W2 = np.array([[0.40, 0.45], [0.50, 0.55]])
MAZUR_B1 = np.array([0.35, 0.35])
MAZUR_B2 = np.array([0.60, 0.60])

MAZUR_FIRST_PASS = {
    "net_h1": 0.3775,
    "out_h": (0.593269992, 0.596884378),
    "out_o": (0.75136507, 0.772928465),
    "error": 0.298371109,
    "dw5": 0.082167041,
    "new_w1_to_w4": (0.149780716, 0.19956143, 0.24975114, 0.29950229),
    "new_w5_to_w8": (0.35891648, 0.408666186, 0.511301270, 0.561370121),
}
MAZUR_PRINTED_LATER = {
    "error after 1": 0.291027924,
    "error after 10000": 0.0000351085,
    "outputs after 10000": (0.015912196, 0.984065734),
}
MAZUR_CORRECT_LATER = {
    "error after 1": 0.291027774,
    "error after 10000": 0.0000351019,
    "outputs after 10000": (0.015913620, 0.984064274),
}
MAZUR_ERRATA = {
    "error after 1, outputs after 10000": "Printed from a run that updated the output weights before backpropagating "
    "through them. Gradients belong to one and the same point: compute all of them, then update.",
    "error after 10000": "Does not belong to the outputs printed beside it: half their squared error is .0000350848. "
    "It is the correct run's error one update earlier, after 9 999.",
}
