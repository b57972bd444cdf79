"""The formulas of 3.5, restated and evaluated."""

import numpy as np
import sympy as sp
from numpy.testing import assert_allclose

from autograde import course
from lstm_ref import lstm

exercises = course.beside(__file__)

T, H, D = 6, 4, 3


def _run():
    rng = np.random.default_rng(35)
    params = lstm.Params(rng.normal(size=(4, H, H + D)), rng.normal(size=(4, H)))
    x, h0, c0 = rng.normal(size=(T, D)), rng.normal(size=H), rng.normal(size=H)
    _, _, steps = lstm.sweep_forward(params, x, h0, c0)
    _, blocks = lstm.sweep_backward(params, steps, np.zeros((T, H)), rng.normal(size=H))
    return params, steps, blocks


def cell_state():
    _, steps, _ = _run()
    for before, step in zip(steps[:-1], steps[1:], strict=True):
        assert_allclose(step.c, step.f * before.c + step.i * step.g, rtol=1e-12)


def along_c():
    """The gates held at their values, only the cell state moves."""
    _, steps, _ = _run()
    for t in range(T):
        c = steps[t].c + 1e-30j
        by_gates = np.ones(H)
        for step in steps[t + 1 :]:
            c = step.f * c + step.i * step.g
            by_gates = step.f * by_gates
        assert_allclose(c.imag / 1e-30, by_gates, rtol=1e-12)
        assert_allclose(by_gates, np.prod([s.f for s in steps[t + 1 :]], axis=0) * np.ones(H), rtol=1e-12)
        assert_allclose(by_gates, exercises.flow_along_c(steps)[t], rtol=1e-12)


def half_life():
    f, k = sp.symbols("f k", positive=True)
    for gate in (sp.Rational(1, 2), sp.Rational(87, 100), sp.Rational(99, 100)):
        steps = (sp.log(sp.Rational(1, 2)) / sp.log(f)).subs(f, gate)
        assert sp.simplify((f**k).subs({f: gate, k: steps}) - sp.Rational(1, 2)) == 0
        assert_allclose(float(steps), exercises.flow_half_life(float(gate)), rtol=1e-12)
    assert np.isclose(exercises.flow_half_life(1 / (1 + np.exp(-3))), 14.3, atol=0.05)


def total():
    """The blocks' own totals, and their lengths."""
    params, steps, blocks = _run()
    for t in range(T - 1):
        slope = steps[t].o * (1 - np.tanh(steps[t].c) ** 2)
        assert_allclose(blocks[t].dc, blocks[t].dh * slope + blocks[t + 1].dc * steps[t + 1].f, rtol=1e-12)
    norms = exercises.flow_norms(params.W, steps, blocks[-1].dc)
    assert_allclose(norms, [np.linalg.norm(block.dc) for block in blocks[::-1]], rtol=1e-12)


def share():
    params, _, _ = _run()
    rng = np.random.default_rng(5)
    x, dc_T = rng.normal(size=(T, D)), rng.normal(size=H)
    W, b = exercises.flow_dials(params.W, params.b, 1.7, 0.4)
    _, _, steps = lstm.sweep_forward(lstm.Params(W, b), x, np.zeros(H), np.zeros(H))
    _, blocks = lstm.sweep_backward(lstm.Params(W, b), steps, np.zeros((T, H)), dc_T)
    wanted = np.linalg.norm(blocks[0].dc) / np.linalg.norm(blocks[-1].dc)
    assert_allclose(wanted, exercises.flow_left(params.W, params.b, x, dc_T, 1.7, 0.4), rtol=1e-12)


def one_unit():
    """The printed sum of four routes against the derivative of the forward formulas."""
    c_1, o_1 = sp.symbols("c_1 o_1")
    weights = dict(zip("fig", sp.symbols("w_f w_i w_g"), strict=True))
    rest = dict(zip("fig", sp.symbols("a_f a_i a_g"), strict=True))
    h_1 = o_1 * sp.tanh(c_1)
    hat = {k: weights[k] * h_1 + rest[k] for k in "fig"}
    f_2, i_2, g_2 = 1 / (1 + sp.exp(-hat["f"])), 1 / (1 + sp.exp(-hat["i"])), sp.tanh(hat["g"])
    c_2 = f_2 * c_1 + i_2 * g_2
    at = {c_1: 0.6, o_1: 0.4, **dict(zip(weights.values(), (1.3, -0.8, 2.1), strict=True))}
    at |= dict(zip(rest.values(), (0.2, 0.5, -0.3), strict=True))
    w_f, w_i, w_g = weights.values()
    roads = w_f * f_2 * (1 - f_2) * c_1 + w_i * i_2 * (1 - i_2) * g_2 + w_g * (1 - g_2**2) * i_2
    wanted = f_2 + o_1 * (1 - sp.tanh(c_1) ** 2) * roads
    assert abs(float((sp.diff(c_2, c_1) - wanted).subs(at))) < 1e-14
    numbers = [float(e.subs(at)) for e in (w_f, w_i, w_g, f_2, i_2, g_2, o_1, c_1)]
    assert_allclose(float(wanted.subs(at)), exercises.flow_one_step(*numbers), rtol=1e-12)


FORMULAS = {
    r"c_t = f_t \odot c_{t-1} + i_t \odot g_t": cell_state,
    r"\left.\frac{\partial c_T}{\partial c_t}\right|_{\text{along } c} "
    r"= f_T \odot f_{T-1} \odot \cdots \odot f_{t+1}": along_c,
    r"\left.\frac{\partial c_T}{\partial c_t}\right|_{\text{along } c} = \prod_{s=t+1}^{T} f_s": along_c,
    r"f^k = \frac{1}{2}": half_life,
    r"k = \ln \tfrac12 / \ln f": half_life,
    r"\mathrm{d}c_t = \mathrm{d}h_t \odot o_t \odot (1 - \tanh^2 c_t) + \mathrm{d}c_{t+1} \odot f_{t+1}": total,
    r"\frac{\|\mathrm{d}c_1\|}{\|\mathrm{d}c_T\|}": share,
    r"z = [h_{t-1}, x_t]": "setting",
    r"\hat f_2 = w_f h_1 + \cdots \qquad \hat \imath_2 = w_i h_1 + \cdots "
    r"\qquad \hat g_2 = w_g h_1 + \cdots": one_unit,
    r"h_1 = o_1 \tanh(c_1), \qquad c_2 = f_2\, c_1 + i_2\, g_2": one_unit,
    r"\frac{\mathrm{d}c_2}{\mathrm{d}c_1} = f_2 + o_1 (1 - \tanh^2 c_1) "
    r"\left( w_f\, f_2 (1 - f_2)\, c_1 + w_i\, i_2 (1 - i_2)\, g_2 + w_g\, (1 - g_2^2)\, i_2 \right)": one_unit,
}
