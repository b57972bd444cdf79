"""The numbers and formulas of the sources: Gomez, Mazur, Karpathy, Kang & Seo."""

import numpy as np
import pytest

from lstm_ref import lstm, optim, published, rnn, stages
from lstm_ref.__main__ import main
from lstm_ref.gradcheck import complex_step, relative_error


def gomez():
    params, zero = published.gomez_params(), np.zeros(1)
    h, _, steps = lstm.sweep_forward(params, published.GOMEZ_X, zero, zero)
    delta = h - published.GOMEZ_LABEL
    grads, blocks = lstm.sweep_backward(params, steps, delta)
    return params, steps, delta, grads, blocks


def test_gomez_forward_and_backward():
    _, steps, delta, grads, blocks = gomez()
    close = {"rtol": 0, "atol": published.GOMEZ_TOLERANCE}
    for name, numbers in published.GOMEZ_FORWARD.items():
        for step, number in zip(steps, numbers, strict=True):
            np.testing.assert_allclose(getattr(step, name), [number], **close, err_msg=name)
    np.testing.assert_allclose(delta[:, 0], published.GOMEZ_BACKWARD["delta"], **close)
    for name in set(published.GOMEZ_BACKWARD) - {"delta"}:
        for block, numbers in zip(blocks, published.GOMEZ_BACKWARD[name], strict=True):
            np.testing.assert_allclose(getattr(block, name), np.atleast_1d(numbers), **close, err_msg=name)
    for k, gate in enumerate("figo"):
        dW, db = published.GOMEZ_GRADIENTS[gate]
        np.testing.assert_allclose(grads.params.W[k, 0], dW, **close, err_msg=gate)
        np.testing.assert_allclose(grads.params.b[k, 0], db, **close, err_msg=gate)


def test_gomez_update():
    params, _, _, grads, _ = gomez()
    optim.sgd(params, grads.params, published.GOMEZ_RATE)
    for k, gate in enumerate("figo"):
        W, b = published.GOMEZ_UPDATED[gate]
        np.testing.assert_allclose(params.W[k, 0], W, rtol=0, atol=published.GOMEZ_TOLERANCE, err_msg=gate)
        np.testing.assert_allclose(params.b[k, 0], b, rtol=0, atol=published.GOMEZ_TOLERANCE, err_msg=gate)


def test_gomez_table_can_be_read(capsys):
    main()
    text = capsys.readouterr().out
    assert "0.77198" in text and "0.41626" in text and "-0.00000" not in text


def mazur_pass(W1, W2):
    out_h = stages.sigmoid(W1 @ published.MAZUR_X + published.MAZUR_B1)
    return out_h, stages.sigmoid(W2 @ out_h + published.MAZUR_B2)


def mazur_step(W1, W2, as_printed=False):
    """One update. As printed, the output weights are updated before the gradient goes back through them."""
    out_h, out_o = mazur_pass(W1, W2)
    do = stages.sigmoid_backward(out_o, out_o - published.MAZUR_TARGET)
    new_W2 = W2 - published.MAZUR_RATE * np.outer(do, out_h)
    dh = stages.sigmoid_backward(out_h, (new_W2 if as_printed else W2).T @ do)
    return W1 - published.MAZUR_RATE * np.outer(dh, published.MAZUR_X), new_W2


def test_mazur_first_pass_to_its_printed_digits():
    first = published.MAZUR_FIRST_PASS
    W1, W2 = published.MAZUR_W1, published.MAZUR_W2
    out_h, out_o = mazur_pass(W1, W2)
    assert round((W1 @ published.MAZUR_X + published.MAZUR_B1)[0], 4) == first["net_h1"]
    assert tuple(out_h.round(9)) == first["out_h"]
    assert (round(out_o[0], 8), round(out_o[1], 9)) == first["out_o"]
    assert round(stages.squared_error(out_o, published.MAZUR_TARGET), 9) == first["error"]
    new_W1, new_W2 = mazur_step(W1, W2)
    assert round((W2 - new_W2)[0, 0] / published.MAZUR_RATE, 9) == first["dw5"]
    np.testing.assert_allclose(new_W1.ravel(), first["new_w1_to_w4"], rtol=0, atol=6e-9)
    np.testing.assert_allclose(new_W2.ravel(), first["new_w5_to_w8"], rtol=0, atol=6e-9)


def mazur_after(updates, as_printed=False):
    W1, W2 = published.MAZUR_W1, published.MAZUR_W2
    for _ in range(updates):
        W1, W2 = mazur_step(W1, W2, as_printed)
    out_o = mazur_pass(W1, W2)[1]
    return tuple(out_o.round(9)), stages.squared_error(out_o, published.MAZUR_TARGET)


def test_mazur_later_numbers_corrected():
    correct = published.MAZUR_CORRECT_LATER
    assert round(mazur_after(1)[1], 9) == correct["error after 1"]
    outputs, error = mazur_after(10_000)
    assert outputs == correct["outputs after 10000"]
    assert round(error, 10) == correct["error after 10000"]


def test_mazur_where_the_printed_later_numbers_come_from():
    printed = published.MAZUR_PRINTED_LATER
    assert round(mazur_after(1, as_printed=True)[1], 9) == printed["error after 1"]
    outputs, error = mazur_after(10_000, as_printed=True)
    assert outputs == printed["outputs after 10000"]
    assert round(error, 10) == 0.0000350848 != printed["error after 10000"]
    assert round(mazur_after(9_999)[1], 10) == printed["error after 10000"]


def test_karpathys_character_rnn():
    """The seed's loops, as it has them: column vectors, dictionaries, one character at a time."""
    rng = np.random.default_rng(0)
    T, K, H = 9, 6, 5
    inputs, targets = rng.integers(0, K, T), rng.integers(0, K, T)
    params = rnn.CharParams(*(rng.normal(0, 0.5, p.shape) for p in rnn.char_init(K, H, K, rng)))
    h0 = rng.normal(size=H)

    Wxh, Whh, Why = params[:3]
    bh, by = params.bh[:, None], params.by[:, None]
    xs, hs, ys, ps = {}, {-1: h0[:, None]}, {}, {}
    loss = 0.0
    for t in range(T):
        xs[t] = np.zeros((K, 1))
        xs[t][inputs[t]] = 1
        hs[t] = np.tanh(np.dot(Wxh, xs[t]) + np.dot(Whh, hs[t - 1]) + bh)
        ys[t] = np.dot(Why, hs[t]) + by
        ps[t] = np.exp(ys[t]) / np.sum(np.exp(ys[t]))
        loss += -np.log(ps[t][targets[t], 0])
    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dbh, dby, dhnext = np.zeros_like(bh), np.zeros_like(by), np.zeros_like(hs[0])
    for t in reversed(range(T)):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1
        dWhy += np.dot(dy, hs[t].T)
        dby += dy
        dh = np.dot(Why.T, dy) + dhnext
        dhraw = (1 - hs[t] * hs[t]) * dh
        dbh += dhraw
        dWxh += np.dot(dhraw, xs[t].T)
        dWhh += np.dot(dhraw, hs[t - 1].T)
        dhnext = np.dot(Whh.T, dhraw)

    found, grads, h_T = rnn.char_loss(params, np.eye(K)[inputs], targets, h0)
    assert abs(found - loss) < 1e-12
    assert relative_error(h_T, hs[T - 1][:, 0]) < 1e-12
    for ours, theirs in zip(grads.params, (dWxh, dWhh, dWhy, dbh[:, 0], dby[:, 0]), strict=True):
        assert relative_error(ours, theirs) < 1e-12
    assert relative_error(grads.h0, dhnext[:, 0]) < 1e-12


def kang_seo(scale, corrected, seed):
    """`dW (4, H, H + D)` on three steps. As printed, the c fork adds the next block's forget gate (and, at the last
    block, nothing); corrected, it adds that block's dc times its forget gate. `scale` multiplies the loss."""
    rng = np.random.default_rng(seed)
    T, D, H = 3, 2, 4
    params = lstm.Params(rng.normal(size=(4, H, H + D)), rng.normal(size=(4, H)))
    x, h0, c0, label = (rng.normal(size=shape) for shape in ((T, D), H, H, (T, H)))
    h, _, steps = lstm.sweep_forward(params, x, h0, c0)
    dh, dW = scale * (h - label), np.zeros_like(params.W)
    dh_next = c_fork = np.zeros(H)
    for t in reversed(range(T)):
        block = lstm.cell_backward(params, steps[t], dh[t] + dh_next, c_fork)
        dW += block.dW
        dh_next = block.dh_prev
        c_fork = block.dc * steps[t].f if corrected else steps[t].f

    def loss(W):
        return scale * stages.squared_error(lstm.sweep_forward(lstm.Params(W, params.b), x, h0, c0)[0], label)

    return dW, complex_step(loss, params.W)


@pytest.mark.parametrize("seed", range(5))
def test_kang_and_seos_c_fork(seed):
    for gate in range(3):  # f, i (their u) and g (their c)
        printed, truth = (dW[gate] for dW in kang_seo(1.0, False, seed))
        assert relative_error(printed, truth) > 0.05
    corrected, truth = kang_seo(1.0, True, seed)
    assert relative_error(corrected, truth) < 1e-12
    assert relative_error(kang_seo(2.0, True, seed)[0], 2 * corrected) < 1e-14
    once, twice = (kang_seo(scale, False, seed)[0] for scale in (1.0, 2.0))
    assert relative_error(twice, 2 * once) > 0.01  # a gradient must double with its loss
