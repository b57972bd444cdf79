"""The formulas of 1.1, restated and evaluated."""

import numpy as np
import sympy as sp

x, z, w, p, t = sp.symbols("x z w p t")
LINES = (
    (sp.Lambda(x, 2 * x + 2), sp.Lambda(x, sp.sin(x))),
    (sp.Lambda(x, x**2), sp.Lambda(x, sp.sin(x)), sp.Lambda(x, sp.exp(x))),
    (sp.Lambda(x, 3 * x - 1), sp.Lambda(x, sp.tanh(x)), sp.Lambda(x, x**3), sp.Lambda(x, sp.cos(x))),
)


def slope(stage):
    return sp.Lambda(x, sp.diff(stage(x), x))


def first_half():
    g, f, *_ = LINES[1]
    assert sp.simplify(sp.diff(f(g(x)), x) - slope(f)(g(x)) * slope(g)(x)) == 0
    g, f = LINES[0]
    assert sp.simplify(sp.diff(f(g(x)), x) - 2 * sp.cos(2 * x + 2)) == 0


def neighbours():
    g, f, e = LINES[1]
    factors = slope(e)(f(g(x))) * slope(f)(g(x)) * slope(g)(x)
    assert sp.simplify(factors - sp.diff(sp.exp(sp.sin(x**2)), x)) == 0


def way_back():
    for stages in LINES:
        values = [sp.Float("0.4", 30)]
        for stage in stages:
            values.append(stage(values[-1]))
        d = [1]
        for stage, value in zip(reversed(stages), reversed(values[:-1]), strict=True):
            d.insert(0, slope(stage)(value) * d[0])
        for k, value in enumerate(values):
            rest = x
            for stage in stages[k:]:
                rest = stage(rest)
            assert abs(sp.diff(rest, x).subs(x, value) - d[k]) < 1e-20


def in_numbers():
    assert 2 * 0.5 + 2 == 3
    assert round(np.cos(3), 3) == -0.990 and round(np.cos(3), 2) == -0.99
    assert round(2 * np.cos(3), 3) == round(2 * -0.990, 3) == -1.980


def sigmoid():
    s = x
    for stage in (sp.Lambda(x, -x), sp.Lambda(x, sp.exp(x)), sp.Lambda(x, x + 1), sp.Lambda(x, 1 / x)):
        s = stage(s)
    assert s == 1 / (1 + sp.exp(-x))
    assert sp.simplify(sp.diff(s, x) - s * (1 - s)) == 0


def line_of_the_weight():
    loss = (sp.tanh(w * x) - t) ** 2 / 2
    back = x * (1 - p**2) * (p - t)
    assert sp.simplify(sp.diff(loss, w) - back.subs(p, sp.tanh(w * x))) == 0


def two_slopes():
    assert sp.simplify(sp.diff((p - t) ** 2 / 2, p) - (p - t)) == 0
    assert sp.simplify(sp.diff(sp.tanh(z), z) - (1 - sp.tanh(z) ** 2)) == 0


def update():
    loss = sp.lambdify((w, x, t), (sp.tanh(w * x) - t) ** 2 / 2)
    dw = sp.lambdify((w, x, t), sp.diff((sp.tanh(w * x) - t) ** 2 / 2, w))
    rng = np.random.default_rng(0)
    for at in rng.uniform(0.3, 1.2, (20, 3)) * rng.choice([-1, 1], (20, 3)):
        alpha = 1e-6 / max(abs(dw(*at)), 1e-3)
        new = at[0] - alpha * dw(*at)
        assert loss(new, *at[1:]) < loss(*at)


DV = r"\mathrm{d}v_n = 1, \qquad \mathrm{d}v_k = f_k'(v_k)\; \mathrm{d}v_{k+1}"

FORMULAS = {
    r"x = 0.5": "setting",
    r"g = 3": in_numbers,
    r"\cos 3 \approx -0.99": in_numbers,
    r"\frac{\mathrm{d}}{\mathrm{d}x}\, f(g(x)) = f'(g(x))\; g'(x)": first_half,
    r"\frac{\mathrm{d}e}{\mathrm{d}x} = \frac{\mathrm{d}e}{\mathrm{d}f} \cdot \frac{\mathrm{d}f}{\mathrm{d}g} "
    r"\cdot \frac{\mathrm{d}g}{\mathrm{d}x}": neighbours,
    r"g = x^2": neighbours,
    r"f = \sin g": neighbours,
    r"e = \exp f": neighbours,
    r"e = \exp(\sin(x^2))": neighbours,
    DV: way_back,
    r"\mathrm{d}f = 1": way_back,
    r"\mathrm{d}g = \cos 3 \cdot 1 \approx -0.990": in_numbers,
    r"\mathrm{d}x = 2 \cdot (-0.990) = -1.980": in_numbers,
    r"s = \frac{1}{1 + e^{-x}}": sigmoid,
    r"z = w x, \qquad p = \tanh z, \qquad L = \tfrac{1}{2}\,(p - t)^2": line_of_the_weight,
    r"\frac{\partial L}{\partial p} = p - t, \qquad \frac{\partial p}{\partial z} = 1 - \tanh^2 z": two_slopes,
    r"w_{\text{new}} = w - \alpha\, \mathrm{d}w": update,
}
