"""The formulas of 3.6, restated and evaluated."""

from functools import partial

import numpy as np
import sympy as sp

from lstm_ref import lstm

allclose = partial(np.allclose, rtol=1e-9, atol=0)

rng = np.random.default_rng(0)
T, H, D = 3, 4, 2
PARAMS = lstm.Params(rng.normal(size=(4, H, H + D)), rng.normal(size=(4, H)))
_, _, STEPS = lstm.sweep_forward(PARAMS, rng.normal(size=(T, D)), rng.normal(size=H), rng.normal(size=H))
_, BLOCKS = lstm.sweep_backward(PARAMS, STEPS, rng.normal(size=(T, H)))


def _through_h(t):
    return BLOCKS[t].dh * STEPS[t].o * (1 - np.tanh(STEPS[t].c) ** 2)


def as_printed():
    """It holds at no block but the last, whose f of the next block is taken as zero."""
    for t in range(T):
        printed = _through_h(t) + (STEPS[t + 1].f if t + 1 < T else 0)
        assert allclose(printed, BLOCKS[t].dc) == (t == T - 1)


def corrected():
    for t in range(T - 1):
        assert allclose(BLOCKS[t].dc, _through_h(t) + BLOCKS[t + 1].dc * STEPS[t + 1].f)


def two_blocks():
    first, second, _ = STEPS
    assert allclose(first.h, first.o * np.tanh(first.c))
    assert allclose(second.c, second.f * first.c + second.i * second.g)


def linear_loss():
    a, b, h, c = sp.symbols("a b h c")
    assert sp.diff(a * h + b * c, h) == a and sp.diff(a * h + b * c, c) == b


FORMULAS = {
    r"\text{as printed:}\qquad \mathrm{d}c_t \overset{?}{=} \mathrm{d}h_t \odot o_t \odot (1 - \tanh^2 c_t) + f_{t+1}": as_printed,
    r"h_1 = o_1 \tanh(c_1)": two_blocks,
    r"c_2 = f_2\, c_1 + i_2\, g_2": two_blocks,
    r"L = a\,h_1 + b\,c_2": linear_loss,
    r"\mathrm{d}c_t = \mathrm{d}h_t \odot o_t \odot (1 - \tanh^2 c_t) + \mathrm{d}c_{t+1} \odot f_{t+1}": corrected,
}
