"""The formulas of 4.1, restated and evaluated."""

from functools import partial

import numpy as np
import sympy as sp

from autograde import course
from lstm_ref import gradcheck, lstm
from lstm_ref.fast import lstm as fast

allclose = partial(np.allclose, rtol=1e-9, atol=0)

exercises = course.beside(__file__)

T, B, D, H = 6, 2, 3, 5


def _drawn():
    p = exercises.a_batch_gone_forward(np.random.default_rng(41), T, B, D, H)
    gates, c, h = p["memory"]
    params = lstm.Params(p["W"], exercises._bias(H))
    assert np.allclose(lstm.sweep_forward(params, p["x"], h[0], c[0])[0], h[1:], rtol=0, atol=1e-14)
    return p, params, gates, c, h


def affine_rows():
    p = exercises.a_batch_of_rows(np.random.default_rng(1))
    W, z = p["W"], p["z"]
    b = np.array([0.3, -0.2, 0.5, 0.1, -0.4])
    y = z @ W.T + b
    for n in range(len(z)):
        assert allclose(y[n], W @ z[n] + b)


def affine_backward():
    p = exercises.a_batch_of_rows(np.random.default_rng(2))
    W, z, dy = p.values()
    dW = sum(np.outer(dy[n], z[n]) for n in range(len(z)))
    db = sum(dy[n] for n in range(len(z)))
    dz = np.array([W.T @ row for row in dy])
    for found, wanted in zip(exercises.batch_affine_backward(**p), (dW, db, dz), strict=True):
        assert allclose(found, wanted)
    assert allclose(dW, gradcheck.complex_step(lambda W: np.sum((z @ W.T) * dy), W))


def cut():
    p, params, _, _, h = _drawn()
    W, b, x = p["W"].reshape(4 * H, H + D), params.b.reshape(4 * H), p["x"]
    W_h, W_x = W[:, :H], W[:, H:]
    for t in range(T):
        for n in range(B):
            s = W @ np.concatenate([h[t, n], x[t, n]]) + b
            assert allclose(s, W_h @ h[t, n] + (W_x @ x[t, n] + b))
    assert allclose(exercises.fast_inputs(p["W"], params.b, x).reshape(T, B, 4 * H), x @ W_x.T + b)
    assert allclose(
        fast.sums(p["W"], params.b, np.concatenate([h[1], x[1]], 1))[0].ravel(),
        W @ np.append(h[1, 0], x[1, 0]) + b,
    )


def way_back():
    """All of it against the reference's textbook sweep, the ds of every step among it."""
    p, params, _, c, h = _drawn()
    W, x = p["W"].reshape(4 * H, H + D), p["x"]
    _, _, steps = lstm.sweep_forward(params, x, h[0], c[0])
    wanted, blocks = lstm.sweep_backward(params, steps, p["dh"], p["dc_T"])
    ds = [np.concatenate([k.df_hat, k.di_hat, k.dg_hat, k.do_hat], axis=-1) for k in blocks]
    dW, db = np.zeros(W.shape), np.zeros(4 * H)
    for t in range(T):
        for n in range(B):
            assert allclose(blocks[t].dh_prev[n], W[:, :H].T @ ds[t][n])
            assert allclose(blocks[t].dx[n], W[:, H:].T @ ds[t][n])
            dW += np.outer(ds[t][n], np.concatenate([h[t, n], x[t, n]]))
            db += ds[t][n]
    assert allclose(dW.reshape(4, H, H + D), wanted.params.W) and allclose(db.reshape(4, H), wanted.params.b)
    found = exercises.fast_backward(**p)
    for a, w in zip(found, (*wanted.params, wanted.x, wanted.h0, wanted.c0), strict=True):
        assert np.allclose(a, w, rtol=0, atol=1e-12)


def forget_gate():
    p, params, gates, c, h = _drawn()
    _, _, steps = lstm.sweep_forward(params, p["x"], h[0], c[0])
    _, blocks = lstm.sweep_backward(params, steps, p["dh"], p["dc_T"])
    for t in range(T):
        f = gates[t, :, 0]
        assert allclose(blocks[t].df_hat, blocks[t].dc * (c[t] * f * (1 - f)))


u, z = sp.symbols("u z", real=True)
SIGMA = 1 / (1 + sp.exp(-z))


def two_curves():
    one = (sp.exp(u) - sp.exp(-u)) / (sp.exp(u) + sp.exp(-u))
    two = (1 - sp.exp(-2 * u)) / (1 + sp.exp(-2 * u))
    assert sp.simplify(one - two) == 0 and sp.simplify(sp.tanh(u).rewrite(sp.exp) - one) == 0


def half_the_argument():
    moved = sp.Rational(1, 2) + sp.tanh(z / 2) / 2
    assert sp.simplify((moved - SIGMA).rewrite(sp.exp)) == 0
    slope = exercises.fast_slope(sp.tanh(z / 2))
    assert sp.simplify((slope - sp.diff(SIGMA, z)).rewrite(sp.exp)) == 0
    assert sp.simplify(sp.diff(SIGMA, z) - SIGMA * (1 - SIGMA)) == 0


FORMULAS = {
    r"y_n = W z_n + b": affine_rows,
    r"\mathrm{d}W = \sum_{n=1}^{B} \mathrm{d}y_n\, z_n^\top, \qquad \mathrm{d}b = \sum_{n=1}^{B} \mathrm{d}y_n, \qquad "
    r"\mathrm{d}z_n = W^\top \mathrm{d}y_n": affine_backward,
    r"s_t = W z_t + b = W_h h_{t-1} + (W_x x_t + b)": cut,
    r"\mathrm{d}h_{t-1} = W_h^\top\, \mathrm{d}s_t, \qquad \mathrm{d}x_t = W_x^\top\, \mathrm{d}s_t, \qquad "
    r"\mathrm{d}W = \sum_{t=1}^{T} \sum_{n=1}^{B} \mathrm{d}s_{t,n}\, z_{t,n}^\top, \qquad "
    r"\mathrm{d}b = \sum_{t=1}^{T} \sum_{n=1}^{B} \mathrm{d}s_{t,n}": way_back,
    r"\sigma(z) = \frac{1}{1 + e^{-z}}, \qquad \tanh u = \frac{e^{u} - e^{-u}}{e^{u} + e^{-u}} = "
    r"\frac{1 - e^{-2u}}{1 + e^{-2u}}": two_curves,
    r"u = z/2": "setting",
    r"H = 256": "setting",
    r"t = \tanh(z/2)": half_the_argument,
    r"\mathrm{d}\hat f_t = \mathrm{d}c_t \odot \underbrace{c_{t-1} \odot f_t \odot (1 - f_t)}_{\text{known before the loop}}": forget_gate,
    r"s_t = W z_t + b": cut,
    r"\mathrm{d}W = \sum_t \sum_n \mathrm{d}s_{t,n}\, z_{t,n}^\top": way_back,
    r"\sigma(z) = \tfrac12 + \tfrac12 \tanh \tfrac z2": half_the_argument,
}
