"""The formulas of 4.6, restated and evaluated."""

from functools import partial

import numpy as np
import sympy as sp

from lstm_ref import lstm

allclose = partial(np.allclose, rtol=1e-9, atol=0)


def guess():
    assert np.log2(4) == 2


def sigma_of_one():
    assert round(1 / (1 + np.exp(-1)), 2) == 0.73


def thirty_gates():
    assert round(0.73**30, 4) == 0.0001


def thirty_halves():
    assert allclose(0.5**30, 1e-9, rtol=0.1)


def one_of_four():
    """The mean cost of knowing one symbol for sure, and nothing of which of the three others it is."""
    assert allclose((0 + 3 * np.log2(3)) / 4, 0.75 * np.log2(3)) and round(0.75 * np.log2(3), 2) == 1.19


def a_third():
    n = np.array([10, 30, 100, 1000])
    assert allclose((1 - 1 / n) ** n, 1 / np.e, rtol=0.06)
    k = sp.Symbol("n", positive=True)
    assert sp.limit((1 - 1 / k) ** k, k, sp.oo) == 1 / sp.E


def forget_bias():
    n, b = sp.Symbol("n", positive=True), sp.Symbol("b", real=True)
    assert sp.simplify(1 / (1 + sp.exp(-sp.log(n - 1))) - (1 - 1 / n)) == 0
    assert sp.simplify(sp.solve(sp.Eq(1 / (1 + sp.exp(-b)), 1 - 1 / n), b)[0] - sp.log(n - 1)) == 0


def bias_alone():
    """With all weights zero the forget gate is the sigmoid of its bias."""
    W, b = np.zeros((4, 2, 5)), np.zeros((4, 2))
    b[0] = 1.7
    _, _, step = lstm.cell_forward(lstm.Params(W, b), np.ones(3), np.ones(2), np.ones(2))
    assert allclose(step.f, 1 / (1 + np.exp(-1.7)))


FORMULAS = {
    r"\log_2 4 = 2": guess,
    r"\sigma(1) \approx 0.73": sigma_of_one,
    r"0.73^{30} \approx 0.0001": thirty_gates,
    r"0.5^{30} \approx 10^{-9}": thirty_halves,
    r"\tfrac34 \log_2 3 \approx 1.19": one_of_four,
    r"f = 1 - 1/n": "setting",
    r"(1 - 1/n)^n \approx 1/e": a_third,
    r"f = \sigma(b)": bias_alone,
    r"\sigma(b) = 1 - 1/n": forget_bias,
    r"b = \ln(n - 1)": forget_bias,
}
