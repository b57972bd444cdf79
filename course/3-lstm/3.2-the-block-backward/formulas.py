"""The formulas of 3.2, restated and evaluated on a random block, in complex steps where a derivative is meant."""

from types import SimpleNamespace

import numpy as np

RNG = np.random.default_rng(32)
H, D, TINY = 4, 3, 1e-30
W, b = RNG.normal(0, 0.7, (4, H, H + D)), RNG.normal(0, 0.5, (4, H))
x, h_prev, c_prev = RNG.normal(size=D), RNG.normal(size=H), RNG.normal(size=H)
target, dh_next, dc_next = RNG.normal(size=(3, H))


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def activations(hats):
    return sigmoid(hats[0]), sigmoid(hats[1]), np.tanh(hats[2]), sigmoid(hats[3])


def loss(h, c):
    """This step's loss, and what the next block says about h and c."""
    return np.sum((h - target) ** 2) / 2 + dh_next @ h + dc_next @ c


def from_gates(f, i, g, o, c_prev):
    c = f * c_prev + i * g
    return loss(o * np.tanh(c), c)


def from_hats(hats):
    return from_gates(*activations(hats), c_prev)


def from_z(z):
    return from_hats(W @ z + b)


def slope(function, at):
    """The derivative of a scalar function with respect to each entry of an array."""
    found = np.zeros(at.shape)
    for index in np.ndindex(at.shape):
        moved = at.astype(complex)
        moved[index] += 1j * TINY
        found[index] = function(moved).imag / TINY
    return found


def same(a, b):
    np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-15)


z = np.concatenate([h_prev, x])
hats = W @ z + b
f, i, g, o = activations(hats)
c = f * c_prev + i * g
h = o * np.tanh(c)
dh = (h - target) + dh_next
dc = dh * o * (1 - np.tanh(c) ** 2) + dc_next
d = SimpleNamespace(f=dc * c_prev, i=dc * g, g=dc * i, o=dh * np.tanh(c))
d_hat = np.stack([d.f * f * (1 - f), d.i * i * (1 - i), d.g * (1 - g**2), d.o * o * (1 - o)])


def own_loss():
    same(slope(lambda v: 0.5 * sum((v[j] - target[j]) ** 2 for j in range(H)), h), h - target)


def output():
    same([o[j] * np.tanh(c[j]) for j in range(H)], h)


def update():
    same([f[j] * c_prev[j] + i[j] * g[j] for j in range(H)], c)


def slopes():
    same(slope(lambda v: sigmoid(v).sum(), hats[0]), f * (1 - f))
    same(slope(lambda v: np.tanh(v).sum(), hats[2]), 1 - g**2)


def affine():
    same([W[0, j] @ np.concatenate([h_prev, x]) + b[0, j] for j in range(H)], hats[0])


def stand_in():
    dh_, dc_ = RNG.normal(size=(2, H))
    same(slope(lambda v: sum(dh_[j] * v[j] + dc_[j] * c[j] for j in range(H)), h), dh_)
    same(slope(lambda v: sum(dh_[j] * h[j] + dc_[j] * v[j] for j in range(H)), c), dc_)


def forks():
    same(slope(lambda v: loss(v, c), h), dh)
    same(slope(lambda v: from_gates(f, i, g, v, c_prev), o), d.o)
    same(slope(lambda v: loss(o * np.tanh(v), v), c), dc)


def gates():
    same(slope(lambda v: from_gates(v, i, g, o, c_prev), f), d.f)
    same(slope(lambda v: from_gates(f, v, g, o, c_prev), i), d.i)
    same(slope(lambda v: from_gates(f, i, v, o, c_prev), g), d.g)
    same(slope(lambda v: from_gates(f, i, g, o, v), c_prev), dc * f)


def before_activation():
    same(slope(from_hats, hats), d_hat)


def weights():
    same(slope(lambda V: from_hats(V @ z + b), W), d_hat[:, :, None] * z)
    same(slope(lambda v: from_hats(W @ z + v), b), d_hat)


def inputs():
    same(slope(from_z, z), sum(W[k].T @ d_hat[k] for k in range(4)))


FORMULAS = {
    r"L_t = \tfrac12 \sum_j (h_{t,j} - \text{target}_j)^2": own_loss,
    r"h_t = o_t \odot \tanh c_t": output,
    r"c_t = f_t \odot c_{t-1} + i_t \odot g_t": update,
    r"\sigma'(\hat y) = y\,(1 - y), \qquad \tanh'(\hat y) = 1 - y^2": slopes,
    r"H = 1": "setting",
    r"\hat f_t = W_f\, z_t + b_f, \qquad z_t = [h_{t-1}, x_t]": affine,
    r"L = \sum_j \mathrm{d}h_j\, h_{t,j} + \sum_j \mathrm{dc\_next}_j\, c_{t,j}": stand_in,
    r"\mathrm{d}h_t = \frac{\partial L_t}{\partial h_t} + \mathrm{dh\_next}, \qquad "
    r"\mathrm{d}o_t = \mathrm{d}h_t \odot \tanh c_t, \qquad "
    r"\mathrm{d}c_t = \mathrm{d}h_t \odot o_t \odot (1 - \tanh^2 c_t) + \mathrm{dc\_next}": forks,
    r"\mathrm{d}f_t = \mathrm{d}c_t \odot c_{t-1}, \qquad \mathrm{d}i_t = \mathrm{d}c_t \odot g_t, \qquad "
    r"\mathrm{d}g_t = \mathrm{d}c_t \odot i_t, \qquad \mathrm{d}c_{t-1} = \mathrm{d}c_t \odot f_t": gates,
    r"\mathrm{d}\hat f_t = \mathrm{d}f_t \odot f_t \odot (1 - f_t) \ \text{(and so for $i$, $o$)}, \qquad "
    r"\mathrm{d}\hat g_t = \mathrm{d}g_t \odot (1 - g_t^2)": before_activation,
    r"\mathrm{d}W_k = \mathrm{d}\hat k_t\, z_t^\top, \qquad \mathrm{d}b_k = \mathrm{d}\hat k_t": weights,
    r"\mathrm{d}z_t = [\mathrm{d}h_{t-1}, \mathrm{d}x_t] = \sum_k W_k^\top\, \mathrm{d}\hat k_t": inputs,
}
