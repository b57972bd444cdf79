"""The formulas of 1.5, restated and evaluated."""

import numpy as np
import sympy as sp

x, h, s = sp.symbols("x h s", real=True)
f = sp.exp(sp.sin(x)) + x**3  # stands for any smooth f: no derivative of it vanishes
EPS = np.finfo(float).eps


def _series(step, order=4):
    """f(x + step) in powers of h, below the given order."""
    return sp.expand(f.subs(x, x + step).series(h, 0, order).removeO())


def _vanishes(expression):
    values = [abs(complex(expression.subs(x, at).subs(h, 0.3).evalf())) for at in (0.3, -1.1)]
    assert max(values) < 1e-12


def quotients():
    one_sided, central = (f.subs(x, x + h) - f) / h, (f.subs(x, x + h) - f.subs(x, x - h)) / (2 * h)
    for at in (0.3, -1.1):
        for quotient, order in ((one_sided, 1), (central, 2)):
            gaps = [abs(float((quotient - sp.diff(f, x)).subs({x: at, h: step}))) for step in (1e-2, 1e-3)]
            assert np.isclose(gaps[0] / gaps[1], 10**order, rtol=0.1)


def taylor():
    terms = f + h * sp.diff(f, x) + h**2 / 2 * sp.diff(f, x, 2) + h**3 / 6 * sp.diff(f, x, 3)
    _vanishes(_series(h) - terms)


def cube_quotients():
    one_sided, central = ((x + h) ** 3 - x**3) / h, ((x + h) ** 3 - (x - h) ** 3) / (2 * h)
    assert sp.expand(one_sided - (3 * x**2 + 3 * x * h + h**2)) == 0
    assert sp.expand(central - (3 * x**2 + h**2)) == 0


def cube_derivatives():
    assert sp.diff(x**3, x) == 3 * x**2 and sp.diff(x**3, x).subs(x, 2) == 12
    assert sp.diff(x**3, x, 2) == 6 * x and sp.diff(x**3, x, 3) == 6


def square_aside():
    assert sp.expand((x + sp.I * h) ** 2 - (x**2 - h**2 + 2 * x * h * sp.I)) == 0


def one_sided_error():
    _vanishes(_series(h, 3) - f - h * (sp.diff(f, x) + h / 2 * sp.diff(f, x, 2)))


def complex_taylor():
    terms = f + sp.I * h * sp.diff(f, x) - h**2 / 2 * sp.diff(f, x, 2) - sp.I * h**3 / 6 * sp.diff(f, x, 3)
    _vanishes(_series(sp.I * h) - terms)


def complex_quotient():
    value = sp.lambdify(x, f)(0.3 + 1e-30j).imag / 1e-30
    assert abs(value - float(sp.diff(f, x).subs(x, 0.3))) < 1e-15


def sine():
    assert sp.simplify(sp.diff(sp.sin(2 * x + 2), x) - 2 * sp.cos(2 * x + 2)) == 0


def both_errors():
    """The estimate is met within a factor of ten on both arms of the U."""
    at, value = 0.7, np.sin(2 * 0.7 + 2)
    slope, third = 2 * np.cos(2 * at + 2), -8 * np.cos(2 * at + 2)
    for steps in (np.logspace(-2, -4, 41), np.logspace(-8, -11, 41)):
        central = (np.sin(2 * (at + steps) + 2) - np.sin(2 * (at - steps) + 2)) / (2 * steps)
        estimate = steps**2 / 6 * abs(third) + EPS * abs(value) / steps
        ratio = np.sqrt(np.mean(((central - slope) / estimate) ** 2))
        assert 0.1 < ratio < 10


def epsilon():
    assert abs(EPS - 2.2e-16) < 0.05e-16


def best_step():
    assert abs(np.cbrt(EPS) - 6e-6) < 0.1e-6


def relative():
    found, wanted = np.array([1.0, -2.5, 3e-9]), np.array([1.0, -2.0, 1e-9])
    largest = max(abs(float(a - b)) for a, b in zip(found, wanted, strict=True))
    assert np.abs(found - wanted).max() / np.abs(wanted).max() == largest / 2


def slope_along():
    y = sp.Symbol("y")
    both, signs = sp.sin(x * y) + x**2 * y, (1, -1)
    along = sp.diff(both.subs({x: x + s * signs[0], y: y + s * signs[1]}, simultaneous=True), s).subs(s, 0)
    assert sp.simplify(along - sum(sp.diff(both, v) * d for v, d in zip((x, y), signs, strict=True))) == 0


def weights():
    assert 4 * 100 * (100 + 65 + 1) == 66400 and 2 * 66400 == 132_800


CENTRAL = r"\frac{f(x + h) - f(x - h)}{2h}"
ONE_SIDED = r"\frac{f(x + h) - f(x)}{h}"

FORMULAS = {
    rf"f'(x) \approx {ONE_SIDED} \qquad\qquad f'(x) \approx {CENTRAL}": quotients,
    r"f(x + h) = f(x) + h f'(x) + \frac{h^2}{2} f''(x) + \frac{h^3}{6} f'''(x) + \cdots": taylor,
    r"f(x) = x^3": cube_derivatives,
    r"x = 2": "setting",
    r"3x^2 = 12": cube_derivatives,
    r"\frac{(x + h)^3 - x^3}{h} = 3x^2 + 3x\,h + h^2 \qquad\qquad "
    r"\frac{(x + h)^3 - (x - h)^3}{2h} = 3x^2 + h^2": cube_quotients,
    r"f''(x) = 6x": cube_derivatives,
    r"f'''(x) = 6": cube_derivatives,
    r"(x + ih)^2 = x^2 - h^2 + 2x\,h\,i": square_aside,
    r"f(x) = \sin(2x + 2)": sine,
    r"\varepsilon \approx 2.2 \cdot 10^{-16}": epsilon,
    r"\text{error} \;\approx\; \frac{h^2}{6}\,|f'''(x)| \;+\; \frac{\varepsilon\,|f(x)|}{h}": both_errors,
    r"h = \sqrt[3]{\varepsilon} \approx 6 \cdot 10^{-6}": best_step,
    r"4 \cdot 100 \cdot (100 + 65 + 1) = 66400": weights,
    r"i^2 = -1": "setting",
    r"f(x + i h) = f(x) + i h f'(x) - \frac{h^2}{2} f''(x) - \frac{i h^3}{6} f'''(x) + \cdots": complex_taylor,
    r"f'(x) \approx \frac{\operatorname{Im} f(x + i h)}{h}": complex_quotient,
    r"h = 10^{-30}": "setting",
    r"\text{relative error} = \frac{\max_j |\,\text{found}_j - \text{wanted}_j\,|}{\max_j |\,\text{wanted}_j\,|}": relative,
    r"d_j = \pm 1": "setting",
    r"\frac{\mathrm{d}}{\mathrm{d}s} f(x + s\,d)\,\Big|_{s=0} = \sum_j \frac{\partial f}{\partial x_j}\, d_j": slope_along,
}
