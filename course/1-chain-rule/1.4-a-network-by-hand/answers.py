"""Right answers to 1.4, in other styles."""

import math

import numpy as np

TINY = 1e-30


def half_tanh(z):
    return 0.5 + 0.5 * np.tanh(z / 2)


def forward_numpy(W1, b1, W2, b2, x, t):
    h = half_tanh(np.dot(W1, x) + b1)
    o = half_tanh(np.einsum("kj,j->k", W2, h) + b2)
    return [h, o, 0.5 * np.dot(t - o, t - o)]


def forward_loops(W1, b1, W2, b2, x, t):
    def layer(W, b, v):
        return [
            1 / (1 + math.exp(-sum(w * u for w, u in zip(row, v, strict=True)) - c))
            for row, c in zip(W, b, strict=True)
        ]

    h = layer(W1, b1, x)
    o = layer(W2, b2, h)
    return h, o, sum((a - c) ** 2 for a, c in zip(o, t, strict=True)) / 2


class Forward:
    """Weights and biases in one matrix each."""

    def __call__(self, W1, b1, W2, b2, x, t):
        h = half_tanh(np.c_[W1, b1] @ np.append(x, 1))
        o = half_tanh(np.c_[W2, b2] @ np.append(h, 1))
        return {"h": h, "o": o, "E": np.linalg.norm(o - t) ** 2 / 2}


def outputs_loops(h, o, t):
    delta = [-(c - a) * a * (1 - a) for a, c in zip(o, t, strict=True)]
    return delta, [[d * v for v in h] for d in delta]


def outputs_broadcast(h, o, t):
    delta = (o - t) * (o - o**2)
    return delta, delta[:, None] * h


def outputs_columns(h, o, t):
    delta = ((o - t) * o * (1 - o)).reshape(-1, 1)
    return delta.ravel(), delta @ h.reshape(1, -1)


def shares_loops(W2, do_hat):
    shares = np.zeros(W2.shape)
    for k, row in enumerate(W2):
        for j, w in enumerate(row):
            shares[k, j] = w * do_hat[k]
    return shares, [sum(column) for column in shares.T]


def shares_matrix(W2, do_hat):
    return np.diag(do_hat) @ W2, W2.T @ do_hat


def shares_transposed(W2, do_hat):
    shares = (W2.T * do_hat).T
    return shares, do_hat @ W2


def hidden_loops(dh, h, x):
    delta = [d * a * (1 - a) for d, a in zip(dh, h, strict=True)]
    return delta, [[d * v for v in x] for d in delta]


def hidden_einsum(dh, h, x):
    delta = dh * (h - h * h)
    return delta, np.einsum("j,i->ji", delta, x)


def hidden_columns(dh, h, x):
    delta = np.diag(h * (1 - h)) @ dh
    return delta, delta[:, np.newaxis] @ x[np.newaxis, :]


def gradients_composed(W1, b1, W2, b2, x, t):
    h, o, _ = forward_numpy(W1, b1, W2, b2, x, t)
    do_hat, dW2 = outputs_broadcast(h, o, t)
    dh_hat, dW1 = hidden_loops(shares_loops(W2, do_hat)[1], h, x)
    return dW1, dh_hat, dW2, do_hat


def gradients_complex_step(W1, b1, W2, b2, x, t):
    values = [W1, b1, W2, b2]
    found = [np.zeros(v.shape) for v in values]
    for which, value in enumerate(values):
        for index in np.ndindex(value.shape):
            moved = [v.astype(complex) for v in values]
            moved[which][index] += 1j * TINY
            found[which][index] = forward_numpy(*moved, x, t)[2].imag / TINY
    return tuple(found)


def gradients_fused(W1, b1, W2, b2, x, t):
    h, o, _ = forward_numpy(W1, b1, W2, b2, x, t)
    J = (h * (1 - h))[:, None] * W2.T * (o * (1 - o))
    db1, db2 = J @ (o - t), (o - t) * (o - o * o)
    return {"dW1": db1[:, None] * x, "db1": db1, "dW2": np.outer(db2, h), "db2": db2}


def step_with(gradients):
    def step(W1, b1, W2, b2, x, t, rate):
        found = gradients(W1, b1, W2, b2, x, t)
        if isinstance(found, dict):
            found = tuple(found.values())
        return W1 + -rate * np.array(found[0]), W2 - np.array(found[2]) * rate

    return step


def hasty_in_place(W1, b1, W2, b2, x, t, rate):
    W1, W2 = W1.copy(), W2.copy()
    h, o, _ = forward_numpy(W1, b1, W2, b2, x, t)
    do_hat, dW2 = outputs_columns(h, o, t)
    W2 -= rate * dW2
    W1 -= rate * hidden_einsum(W2.T @ do_hat, h, x)[1]
    return W1, W2


def hasty_loops(W1, b1, W2, b2, x, t, rate):
    h, o, _ = forward_loops(W1, b1, W2, b2, x, t)
    W1, W2 = W1.tolist(), W2.tolist()
    delta = outputs_loops(h, o, t)[0]
    for k, d in enumerate(delta):
        for j, v in enumerate(h):
            W2[k][j] -= rate * d * v
    for j, v in enumerate(h):
        back = sum(d * W2[k][j] for k, d in enumerate(delta)) * v * (1 - v)
        for i, u in enumerate(x):
            W1[j][i] -= rate * back * u
    return np.array(W1), np.array(W2)


def hasty_corrected(W1, b1, W2, b2, x, t, rate):
    """The right step, and what the new W2 adds to it."""
    dW1, _, dW2, do_hat = gradients_complex_step(W1, b1, W2, b2, x, t)
    h = half_tanh(W1 @ x + b1)
    extra = (-rate * dW2.T @ do_hat) * h * (1 - h)
    return W1 - rate * (dW1 + np.outer(extra, x)), W2 - rate * dW2


RIGHT = {
    "network_forward": {"numpy": forward_numpy, "loops": forward_loops, "class": Forward()},
    "output_gradients": {"loops": outputs_loops, "broadcast": outputs_broadcast, "columns": outputs_columns},
    "route_shares": {"loops": shares_loops, "matrix": shares_matrix, "transposed": shares_transposed},
    "hidden_gradients": {"loops": hidden_loops, "einsum": hidden_einsum, "columns": hidden_columns},
    "network_gradients": {
        "composed": gradients_composed,
        "complex step": gradients_complex_step,
        "fused": gradients_fused,
    },
    "gradient_step": {
        "composed": step_with(gradients_composed),
        "complex step": step_with(gradients_complex_step),
        "fused": step_with(gradients_fused),
    },
    "step_as_printed": {"in place": hasty_in_place, "loops": hasty_loops, "corrected": hasty_corrected},
}

CHECKED = "the check of the arguments; the tests of lstm_ref kill it"
UNMASKED = "there is no mask here"
EQUIVALENT = {
    ("network_forward", "squared_error: _check_rows("): CHECKED,
    ("network_forward", "squared_error: return (terms if mask is None else "): UNMASKED,
} | {
    (name, f"squared_error_backward: {edit}"): why
    for name in ("slope_of_error", "output_gradients", "network_gradients", "gradient_step", "step_as_printed")
    for edit, why in (("_check_rows(", CHECKED), ("return dy if mask is None else ", UNMASKED))
}
