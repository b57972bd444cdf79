"""The formulas of 1.3, restated and evaluated; those on its card are run as code and compared with differences."""

import re
from functools import partial
from pathlib import Path

import numpy as np
import sympy as sp

allclose = partial(np.allclose, rtol=1e-9, atol=0)

TEXT = Path(__file__).with_name("text.py")
H, D = 3, 4

s, z, z0, z1, z2, c = sp.symbols("s z z0 z1 z2 c")
Z = sp.Matrix([z0, z1, z2])
P = Z.applyfunc(sp.exp) / sum(Z.applyfunc(sp.exp))


def softmax(z):
    return np.exp(z) / np.exp(z).sum()


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def numbers(*shape):
    return np.random.default_rng(shape).uniform(0.4, 1.6, shape)


def differences(forward, inputs, out):
    """The gradient of sum(out * forward) with respect to each input, by central differences."""
    found = {}
    for name, value in inputs.items():
        d = np.zeros_like(value)
        for at in np.ndindex(value.shape):
            ends = []
            for step in (1e-5, -1e-5):
                moved = value.copy()
                moved[at] += step
                ends.append(np.sum(out * forward(**{**inputs, name: moved})))
            d[at] = (ends[0] - ends[1]) / 2e-5
        found[name] = d
    return found


CODE = {
    r"\mathrm{d}W = \mathrm{d}z\, x^\top": "dW = np.outer(dz, x)",
    r"\mathrm{d}x = W^\top \mathrm{d}z": "dx = W.T @ dz",
    r"\mathrm{d}b = \mathrm{d}z": "db = dz",
    r"\mathrm{d}x = \mathrm{d}u + \mathrm{d}v": "dx = du + dv",
    r"\mathrm{d}u = \mathrm{d}y": "du = dy",
    r"\mathrm{d}v = \mathrm{d}y": "dv = dy",
    r"\mathrm{d}u = \mathrm{d}y \odot v": "du = dy * v",
    r"\mathrm{d}v = \mathrm{d}y \odot u": "dv = dy * u",
    r"\mathrm{d}z = \mathrm{d}y \odot (1 - y^2)": "dz = dy * (1 - y**2)",
    r"\mathrm{d}z = \mathrm{d}s \odot s \odot (1 - s)": "dz = ds * s * (1 - s)",
    r"\mathrm{d}h = \mathrm{d}v_{0 \ldots H-1}": "dh = dv[:H]",
    r"\mathrm{d}x = \mathrm{d}v_{H \ldots H+D-1}": "dx = dv[H:]",
    r"\mathrm{d}X = \mathrm{d}Y": "dX = dY",
    r"\mathrm{d}b_j = \sum_i \mathrm{d}Y_{ij}": "db = dY.sum(axis=0)",
    r"\mathrm{d}z = p - \mathrm{onehot}": "dz = softmax(z) - onehot",
    r"\mathrm{d}y = y - t": "dy = y - t",
}
"""Each formula on the card, as code."""


def row(formula, output, forward, known=(), **inputs):
    """Evaluate the card's row for `formula`; `output` is the name of what `forward` returns."""

    def evaluate():
        line = next(line for line in TEXT.read_text().splitlines() if line.startswith("# |") and f"${formula}$" in line)
        y = forward(**inputs)
        dy = numbers(*np.shape(y)) if np.ndim(y) else np.float64(1)
        names = dict(zip(output.split(), y, strict=True)) if " " in output else {output: y}
        upstream = dict(zip((f"d{n}" for n in names), dy if len(names) > 1 else [dy], strict=True))
        space = {"np": np, "softmax": softmax, "H": H, **inputs, **dict(known), **names, **upstream}
        for backward in re.findall(r"\$([^$]*)\$", line.rsplit("|", 2)[1]):
            exec(CODE[backward], space)
        for name, d in differences(forward, inputs, dy).items():
            assert space[f"d{name}"].shape == d.shape and allclose(space[f"d{name}"], d, rtol=1e-7), name

    return formula, evaluate


def on_the_card(formula):
    """The row that a backward formula stands in holds."""
    line = next(line for line in TEXT.read_text().splitlines() if line.startswith("# |") and f"${formula}$" in line)
    forward = re.search(r"\$([^$]*)\$", line)[1]
    return lambda: FORMULAS[forward]()


def vector_jacobian_product():
    x = sp.Matrix(sp.symbols("x0 x1"))
    y = sp.Matrix([x[0] * x[1], sp.sin(x[0]), x[1] ** 2])
    loss = sp.Lambda((z0, z1, z2), z0 * z1 + z2**3)
    J = y.jacobian(x)
    dy = Z.applyfunc(lambda v: sp.diff(loss(*Z), v)).subs(dict(zip(Z, y, strict=True)))
    dx = x.applyfunc(lambda v: sp.diff(loss(*y), v))
    by_sum = sp.Matrix([sum(sp.diff(y[i], x[j]) * dy[i] for i in range(3)) for j in range(2)])
    assert sp.simplify(dx - by_sum) == sp.simplify(dx - J.T * dy) == sp.zeros(2, 1)


def affine():
    W, x, b, dz = numbers(H, D), numbers(D), numbers(H), numbers(H)
    sums = [sum(W[i, j] * x[j] for j in range(D)) + b[i] for i in range(H)]
    assert allclose(sums, W @ x + b)
    d = differences(lambda W, x, b: W @ x + b, {"W": W, "x": x, "b": b}, dz)
    for i, j in np.ndindex(H, D):
        assert allclose(d["W"][i, j], dz[i] * x[j])
        assert allclose(d["b"][i], dz[i])
        assert allclose(d["x"][j], sum(W[k, j] * dz[k] for k in range(H)))


def tanh_from_its_output():
    assert sp.simplify(sp.diff(sp.tanh(z), z) - (1 - sp.tanh(z) ** 2)) == 0


def sigmoid_of_z():
    assert allclose(0.5 + 0.5 * np.tanh(0.5 * numbers(D)), sigmoid(numbers(D)))


def exponential_from_output():
    assert sp.simplify(((1 - s) / s).subs(s, 1 / (1 + sp.exp(-z))) - sp.exp(-z)) == 0


def product():
    u, v, dy = numbers(3), numbers(3) + 1, numbers(3) + 2
    d = differences(lambda u, v: u * v, {"u": u, "v": v}, dy)
    assert allclose(d["u"], dy * v) and allclose(d["v"], dy * u)


def gate():
    a, b, dy = numbers(3), numbers(3) + 1, numbers(3) + 2
    i, g = sigmoid(a), np.tanh(b)
    d = differences(lambda a, b: sigmoid(a) * np.tanh(b), {"a": a, "b": b}, dy)
    assert allclose(d["a"], dy * g * i * (1 - i)) and allclose(d["b"], dy * i * (1 - g**2))


def cut():
    dv = numbers(H + D)
    d = differences(lambda h, x: np.concatenate([h, x]), {"h": numbers(H), "x": numbers(D)}, dv)
    assert allclose(d["h"], [dv[j] for j in range(0, H - 1 + 1)])
    assert allclose(d["x"], [dv[j] for j in range(H, H + D - 1 + 1)])


def forget_gate_input():
    W, b, da = numbers(H, H + D), numbers(H), numbers(H)
    d = differences(lambda h, x: W @ np.concatenate([h, x]) + b, {"h": numbers(H), "x": numbers(D)}, da)
    assert allclose(np.concatenate([d["h"], d["x"]]), W.T @ da)


def broadcast():
    X, b, dY = numbers(H, D), numbers(D), numbers(H, D) + 1
    assert all((X + b)[i, j] == X[i, j] + b[j] for i, j in np.ndindex(H, D))
    d = differences(lambda b: X + b, {"b": b}, dY)
    assert allclose(d["b"], [sum(dY[i, j] for i in range(H)) for j in range(D)])


def softmax_sums_to_one():
    assert sp.simplify(sum(P)) == 1
    assert all(P[k] == sp.exp(Z[k]) / sum(map(sp.exp, Z)) for k in range(3))


def shift():
    shifted = P.subs(dict(zip(Z, Z - c * sp.ones(3, 1), strict=True)), simultaneous=True)
    assert sp.simplify(shifted - P) == sp.zeros(3, 1)


def cross_entropy():
    point = {z0: 0.3, z1: -1.2, z2: 2.1}
    for k in range(3):
        two_terms = -Z[k] + sp.log(sum(map(sp.exp, Z)))
        assert abs((-sp.log(P[k]) - two_terms).subs(point)) < 1e-12


def plain_difference():
    for k in range(3):
        onehot = sp.Matrix([int(j == k) for j in range(3)])
        dz = Z.applyfunc(lambda v, k=k: sp.diff(-Z[k] + sp.log(sum(map(sp.exp, Z))), v))
        assert sp.simplify(dz - (P - onehot)) == sp.zeros(3, 1)


def squared_error():
    y, t = numbers(D), numbers(D) + 1
    d = differences(lambda y: sum((y[j] - t[j]) ** 2 for j in range(D)) / 2, {"y": y}, 1.0)
    assert allclose(d["y"], y - t)


X_, Y_ = numbers(H, D), {"onehot": np.eye(D)[2]}
u_, v_ = numbers(H), numbers(H) + 1

FORMULAS = {
    r"\mathrm{d}x_j = \sum_i \frac{\partial y_i}{\partial x_j}\,\mathrm{d}y_i "
    r"\qquad\text{or, for all } j \text{ at once,}\qquad \mathrm{d}x = J^\top \mathrm{d}y": vector_jacobian_product,
    r"z_i = \sum_j W_{ij}\,x_j + b_i": affine,
    r"\mathrm{d}W_{ij} = \mathrm{d}z_i\,x_j \qquad \mathrm{d}b_i = \mathrm{d}z_i \qquad "
    r"\mathrm{d}x_j = \sum_i W_{ij}\,\mathrm{d}z_i": affine,
    r"\mathrm{d}z = \mathrm{d}y \odot (1 - y^2)": tanh_from_its_output,
    r"s = \sigma(z) = \frac{1}{1 + e^{-z}}": sigmoid_of_z,
    r"s = 1 / (1 + e^{-z})": sigmoid_of_z,
    r"e^{-z} = (1 - s) / s": exponential_from_output,
    r"y = u \odot v \qquad \mathrm{d}u = \mathrm{d}y \odot v \qquad \mathrm{d}v = \mathrm{d}y \odot u": product,
    r"i = \sigma(\hat\imath)": gate,
    r"g = \tanh(\hat g)": gate,
    r"y = i \odot g": gate,
    r"\mathrm{d}h = \mathrm{d}v_{0 \ldots H-1} \qquad \mathrm{d}x = \mathrm{d}v_{H \ldots H+D-1}": cut,
    r"\hat f = W\,[h, x] + b": forget_gate_input,
    r"Y_{ij} = X_{ij} + b_j \qquad \mathrm{d}b_j = \sum_i \mathrm{d}Y_{ij}": broadcast,
    r"p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}": softmax_sums_to_one,
    r"\frac{e^{z_k - c}}{\sum_j e^{z_j - c}} = \frac{e^{z_k}}{\sum_j e^{z_j}}": shift,
    r"L = -\log p_k = -z_k + \log \sum_j e^{z_j}": cross_entropy,
    r"L = -z_0 + \log(e^{z_0} + e^{z_1} + e^{z_2})": cross_entropy,
    r"\mathrm{d}z = p - \mathrm{onehot}": plain_difference,
    r"L = \tfrac{1}{2} \sum_j (y_j - t_j)^2 \qquad \mathrm{d}y = y - t": squared_error,
} | dict(
    (
        row("z = W x + b", "z", lambda W, x, b: W @ x + b, W=numbers(H, D), x=numbers(D), b=numbers(H)),
        row("u = v = x", "u v", lambda x: np.stack([x, x]), x=u_),
        row("y = u + v", "y", lambda u, v: u + v, u=u_, v=v_),
        row(r"y = u \odot v", "y", lambda u, v: u * v, u=u_, v=v_),
        row(r"y = \tanh z", "y", lambda z: np.tanh(z), z=u_),
        row(r"s = \sigma(z)", "s", sigmoid, z=u_),
        row("v = [h, x]", "v", lambda h, x: np.concatenate([h, x]), h=numbers(H), x=numbers(D)),
        row("Y_{ij} = X_{ij} + b_j", "Y", lambda X, b: X + b, X=X_, b=numbers(D)),
        row(r"L = -\log \mathrm{softmax}(z)_k", "L", lambda z: -np.log(softmax(z)[2]), Y_, z=numbers(D)),
        row(
            r"L = \tfrac{1}{2} \sum_j (y_j - t_j)^2",
            "L",
            lambda y: 0.5 * np.sum((y - v_) ** 2),
            {"t": v_},
            y=u_,
        ),
    )
)
FORMULAS |= {f: on_the_card(f) for f in CODE if f not in FORMULAS}
