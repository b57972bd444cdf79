"""The formulas of 1.2, restated and evaluated."""

import numpy as np
import sympy as sp

x, z, w, n = sp.symbols("x z w n")
U, V, F = sp.Function("U"), sp.Function("V"), sp.Function("F")


def one_route():
    a, b = sp.Rational(3, 2), sp.Rational(-5, 4)
    u = a * x
    assert sp.diff(b * u, x) == a * b


def two_routes():
    u, v = x**2, sp.exp(x)
    y = sp.Function("y")
    p, q = sp.symbols("p q")
    total = sp.diff(y(u, v), x).doit()
    by_routes = (sp.diff(y(p, q), p) * sp.diff(u, x) + sp.diff(y(p, q), q) * sp.diff(v, x)).subs({p: u, q: v}).doit()
    concrete = {y: sp.Lambda((p, q), p * sp.sin(q) + q**2)}
    assert sp.simplify((total - by_routes).subs(concrete).doit()) == 0


def shared_weight():
    loss = w * sp.tanh(w * x)
    w1, w2 = sp.symbols("w1 w2")
    apart = w2 * sp.tanh(w1 * x)
    total = (sp.diff(apart, w1) + sp.diff(apart, w2)).subs({w1: w, w2: w})
    assert sp.simplify(sp.diff(loss, w) - total) == 0


def slope_of_tanh():
    assert sp.simplify(sp.diff(sp.tanh(z), z) - (1 - sp.tanh(z) ** 2)) == 0


def sweep():
    u, v = 2 * x, 3 * x
    node = {"w": 5 * sp.Symbol("u") + 7 * sp.Symbol("v")}
    y = sp.Symbol("u") + 2 * node["w"]
    assert sp.diff(y, sp.Symbol("v")) == 14 and sp.diff(y, sp.Symbol("u")) == 11
    assert sp.diff(y.subs({"u": u, "v": v}), x) == 2 * 11 + 3 * 14 == 64


def product():
    assert np.isclose(2 * 0.7 * np.exp(0.7) + 0.7**2 * np.exp(0.7), float(sp.diff(x**2 * sp.exp(x), x).subs(x, 0.7)))


FORMULAS = {
    r"\frac{\mathrm{d}y}{\mathrm{d}x} = \frac{\mathrm{d}y}{\mathrm{d}u}\,\frac{\mathrm{d}u}{\mathrm{d}x} = b\,a": one_route,
    r"\frac{\mathrm{d}y}{\mathrm{d}x} = \frac{\partial y}{\partial u}\,\frac{\mathrm{d}u}{\mathrm{d}x} "
    r"+ \frac{\partial y}{\partial v}\,\frac{\mathrm{d}v}{\mathrm{d}x}": two_routes,
    r"u = x^2": product,
    r"v = e^x": product,
    r"y = u v": product,
    r"h = \tanh(w x), \qquad L = w h": shared_weight,
    r"h = \tanh(w_1 x)": shared_weight,
    r"L = w_2 h": shared_weight,
    r"L = w \tanh(w x)": shared_weight,
    r"\frac{\mathrm{d}}{\mathrm{d}z} \tanh z = 1 - \tanh^2 z": slope_of_tanh,
    r"2 \cdot 5 + 3 \cdot 7 = 31": lambda: _equal(2 * 5 + 3 * 7, 31),
    r"\mathrm{d}n = \sum_{n \to m} \frac{\partial m}{\partial n}\;\mathrm{d}m": sweep,
    r"\mathrm{d}w = 2 \cdot 1": sweep,
    r"\mathrm{d}v = 7 \cdot 2 = 14": lambda: _equal(7 * 2, 14),
    r"\mathrm{d}u = 5 \cdot 2 + 1 \cdot 1 = 11": lambda: _equal(5 * 2 + 1 * 1, 11),
    r"\mathrm{d}x = 2 \cdot 11 + 3 \cdot 14 = 64": lambda: _equal(2 * 11 + 3 * 14, 64),
}


def _equal(a, b):
    assert a == b
