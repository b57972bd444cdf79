"""The formulas of 4.7, restated and evaluated."""

from functools import partial

import numpy as np
import sympy as sp

from autograde import course

exercises = course.beside(__file__)
allclose = partial(np.allclose, rtol=1e-12, atol=0)


def three_names():
    p = np.random.default_rng(46).uniform(0.02, 0.9, 9)
    nats = -sum(np.log(p_n) for p_n in p) / len(p)
    bits = nats / np.log(2)
    assert allclose(exercises.reward_perplexity(p), [nats, bits, np.e**nats]) and allclose(np.e**nats, 2**bits)
    assert allclose(bits, -np.log2(p).mean())


def e_or_two():
    nats = sp.Symbol("nats")
    assert sp.simplify(sp.exp(nats) - 2 ** (nats / sp.log(2))) == 0


def correlation():
    p = exercises.states_and_signal(np.random.default_rng(46))
    unit, r = exercises.reward_unit(**p)
    s, v = p["states"][:, unit], p["signal"]
    above = sum((s_n - s.mean()) * (v_n - v.mean()) for s_n, v_n in zip(s, v, strict=True))
    below = np.sqrt(sum((s - s.mean()) ** 2) * sum((v - v.mean()) ** 2))
    assert allclose(r, above / below) and allclose(r, np.corrcoef(s, v)[0, 1])


FORMULAS = {
    r"""\text{nats} = -\frac{1}{N} \sum_n \ln p_n, \qquad
        \text{bits} = \frac{\text{nats}}{\ln 2}, \qquad
        \text{perplexity} = e^{\text{nats}} = 2^{\text{bits}}""": three_names,
    r"e^{\text{nats}} = 2^{\text{bits}}": e_or_two,
    r"""r = \frac{\sum_n (s_n - \bar s)(v_n - \bar v)}{\sqrt{\sum_n (s_n - \bar s)^2 \sum_n (v_n - \bar v)^2}}""": correlation,
}
