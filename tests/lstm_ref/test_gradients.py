"""Every backward function against the complex step: relative error 1e-12, measured about 1e-15."""

import numpy as np
import pytest

from lstm_ref import gru, lstm, peephole, rnn, stages
from lstm_ref.fast import lstm as fast_lstm
from lstm_ref.gradcheck import complex_step, directional_error, relative_error

SIZES = [(1, 2, 3, 4), (3, 1, 2, 5), (7, 3, 5, 2), (40, 2, 1, 3)]


def assert_gradients(loss, arrays, grads, tolerance=1e-12):
    assert len(arrays) == len(grads)
    for k, (a, grad) in enumerate(zip(arrays, grads, strict=True)):
        wanted = complex_step(lambda a, k=k: loss(*arrays[:k], a, *arrays[k + 1 :]), a)
        assert relative_error(grad, wanted) < tolerance, f"argument {k}, shape {a.shape}"


@pytest.mark.parametrize(("T", "B", "D", "H"), SIZES)
def test_parameters_inputs_and_initial_states(model, T, B, D, H):
    problem = model.draw(T, (B,), D, H, seed=T)
    assert_gradients(model.loss(problem), problem.arrays, model.gradients(problem))


@pytest.mark.parametrize("batch", [(), (2, 3)])
def test_any_leading_batch_shape(model, batch):
    problem = model.draw(4, batch, 5, 6)
    assert_gradients(model.loss(problem), problem.arrays, model.gradients(problem))


@pytest.mark.parametrize(("T", "B", "D", "H"), [(40, 7, 11, 13), (25, 1, 65, 100), (7, 500, 3, 5), (3, 1100, 2, 4)])
def test_one_direction_at_larger_sizes(model, T, B, D, H):
    problem = model.draw(T, (B,), D, H)
    error = directional_error(model.loss(problem), problem.arrays, model.gradients(problem), np.random.default_rng(1))
    assert error < 1e-12


def test_both_forms_agree(model):
    problem = model.draw(40, (5,), 6, 7)
    other = type(model)(model.module, "fast" if model.form == "textbook" else "textbook", model.states)
    for ours, theirs in zip(model.gradients(problem), other.gradients(problem), strict=True):
        assert relative_error(ours, theirs) < 1e-13


def test_float32_stays_float32_and_is_right_to_1e4(model):
    single, double = (model.draw(40, (3,), 5, 7, dtype=dtype) for dtype in (np.float32, np.float64))
    h, *_ = model.forward(single.arrays)
    assert h.dtype == np.float32
    for ours, wanted in zip(model.gradients(single), model.gradients(double), strict=True):
        assert ours.dtype == np.float32
        assert relative_error(ours, wanted) < 1e-4


@pytest.mark.parametrize("kind", ["some", "last"])
def test_losses_at_some_steps_or_the_last_only(model, kind):
    problem = model.draw(6, (2,), 3, 4)
    problem.dh[[0, 2, 3] if kind == "some" else slice(-1)] = 0
    assert_gradients(model.loss(problem), problem.arrays, model.gradients(problem))


def test_a_gradient_on_the_last_cell_state_alone(model):
    problem = model.draw(6, (2,), 3, 4)
    if problem.end:
        problem.dh[:] = 0
        assert_gradients(model.loss(problem), problem.arrays, model.gradients(problem))


@pytest.mark.parametrize("module", [rnn, lstm, gru])
def test_a_weights_gradient_is_the_sum_over_blocks(module):
    rng = np.random.default_rng(0)
    params = module.init(3, 4, rng)
    x, dh, state = rng.normal(size=(5, 2, 3)), rng.normal(size=(5, 2, 4)), rng.normal(size=(2, 4))
    states = [state, -state] if module is lstm else [state]
    *_, steps = module.sweep_forward(params, x, *states)
    grads, blocks = module.sweep_backward(params, steps, dh)
    wanted = {f"d{k}": getattr(grads.params, k) for k in module.Params._fields}
    for name, whole in wanted.items():
        assert relative_error(sum(getattr(block, name) for block in blocks), whole) < 1e-14


def test_lstm_cell_every_intermediate_by_name():
    rng = np.random.default_rng(0)
    D, H = 3, 4
    params = lstm.Params(rng.normal(size=(4, H, H + D)), rng.normal(size=(4, H)))
    x, h_prev, c_prev, dh, dc_next = (rng.normal(size=(2, n)) for n in (D, H, H, H, H))
    _, _, s = lstm.cell_forward(params, x, h_prev, c_prev)
    block = lstm.cell_backward(params, s, dh, dc_next)

    def tail(f=s.f, i=s.i, g=s.g, o=s.o, c_prev=c_prev, c=None):
        c = f * c_prev + i * g if c is None else c
        return (o * np.tanh(c) * dh).sum() + (c * dc_next).sum()

    def hats(f_hat=s.f_hat, i_hat=s.i_hat, g_hat=s.g_hat, o_hat=s.o_hat):
        return tail(stages.sigmoid(f_hat), stages.sigmoid(i_hat), np.tanh(g_hat), stages.sigmoid(o_hat))

    for name in ("f", "i", "g", "o", "c", "c_prev"):
        wanted = complex_step(lambda v, name=name: tail(**{name: v}), getattr(s, name))
        assert relative_error(getattr(block, f"d{name}"), wanted) < 1e-12, name
    for name in ("f_hat", "i_hat", "g_hat", "o_hat"):
        wanted = complex_step(lambda v, name=name: hats(**{name: v}), getattr(s, name))
        assert relative_error(getattr(block, f"d{name}"), wanted) < 1e-12, name

    def whole(W, b, x, h_prev, c_prev):
        h, c, _ = lstm.cell_forward(lstm.Params(W, b), x, h_prev, c_prev)
        return (h * dh).sum() + (c * dc_next).sum()

    grads = [block.dW, block.db, block.dx, block.dh_prev, block.dc_prev]
    assert_gradients(whole, [*params, x, h_prev, c_prev], grads)
    assert np.array_equal(block.dz, np.concatenate([block.dh_prev, block.dx], axis=-1))
    assert np.array_equal(block.dh, dh)


def test_rnn_cell_every_intermediate_by_name():
    rng = np.random.default_rng(0)
    params = rnn.Params(*(rng.normal(size=shape) for shape in ((4, 3), (4, 4), (4,))))
    x, h_prev, dh = rng.normal(size=(2, 3)), rng.normal(size=(2, 4)), rng.normal(size=(2, 4))
    _, s = rnn.cell_forward(params, x, h_prev)
    block = rnn.cell_backward(params, s, dh)
    assert relative_error(block.dh_hat, complex_step(lambda v: (np.tanh(v) * dh).sum(), s.h_hat)) < 1e-12

    def whole(Wxh, Whh, bh, x, h_prev):
        return (rnn.cell_forward(rnn.Params(Wxh, Whh, bh), x, h_prev)[0] * dh).sum()

    grads = [block.dWxh, block.dWhh, block.dbh, block.dx, block.dh_prev]
    assert_gradients(whole, [*params, x, h_prev], grads)


def test_rnn_jacobians_are_those_of_the_steps():
    rng = np.random.default_rng(0)
    params = rnn.Params(*(rng.normal(size=shape) for shape in ((4, 3), (4, 4), (4,))))
    x, h0 = rng.normal(size=(5, 2, 3)), rng.normal(size=(2, 4))
    h, _ = rnn.sweep_forward(params, x, h0)
    step, whole = rnn.jacobian(params.Whh, h[0]), rnn.jacobian_product(params.Whh, h)
    for row, unit in np.ndindex(2, 4):
        one = complex_step(lambda a, k=(row, unit): rnn.cell_forward(params, x[0], a)[0][k], h0)
        many = complex_step(lambda a, k=(row, unit): rnn.sweep_forward(params, x, a)[0][-1][k], h0)
        assert relative_error(step[row, unit], one[row]) < 1e-12
        assert relative_error(whole[row, unit], many[row]) < 1e-12


def test_gru_cell_every_intermediate_by_name():
    rng = np.random.default_rng(0)
    params = gru.Params(*(rng.normal(size=p.shape) for p in gru.init(3, 4, rng)))
    x, h_prev, dh = rng.normal(size=(2, 3)), rng.normal(size=(2, 4)), rng.normal(size=(2, 4))
    _, s = gru.cell_forward(params, x, h_prev)
    block = gru.cell_backward(params, s, dh)
    from_x = x @ params.W[2].T + params.b[2]

    def tail(r=s.r, z=s.z, q=s.q, n=None, r_hat=None, z_hat=None, n_hat=None):
        r = r if r_hat is None else stages.sigmoid(r_hat)
        z = z if z_hat is None else stages.sigmoid(z_hat)
        n_hat = from_x + r * q if n_hat is None else n_hat
        n = np.tanh(n_hat) if n is None else n
        return (((1 - z) * n + z * h_prev) * dh).sum()

    for name in ("r", "z", "q", "n", "r_hat", "z_hat", "n_hat"):
        wanted = complex_step(lambda v, name=name: tail(**{name: v}), getattr(s, name))
        assert relative_error(getattr(block, f"d{name}"), wanted) < 1e-12, name

    def whole(W, U, b, b_q, x, h_prev):
        return (gru.cell_forward(gru.Params(W, U, b, b_q), x, h_prev)[0] * dh).sum()

    grads = [block.dW, block.dU, block.db, block.db_q, block.dx, block.dh_prev]
    assert_gradients(whole, [*params, x, h_prev], grads)


@pytest.mark.parametrize("batch", [(), (2,)])
@pytest.mark.parametrize("weights", ["every step", "some steps", "last step"])
def test_character_model(batch, weights):
    rng = np.random.default_rng(0)
    T, D, H, K = 6, 5, 4, 3
    params = rnn.CharParams(*(rng.normal(size=p.shape) for p in rnn.char_init(D, H, K, rng)))
    x, h0, target = rng.normal(size=(T, *batch, D)), rng.normal(size=(*batch, H)), rng.integers(0, K, (T, *batch))
    mask = None if weights == "every step" else rng.random((T, *batch)) + 0.1
    if mask is not None:
        mask[: -1 if weights == "last step" else 3] = 0

    def loss(Wxh, Whh, Why, bh, by, x, h0):
        y, _, _ = rnn.char_forward(rnn.CharParams(Wxh, Whh, Why, bh, by), x, h0)
        return stages.cross_entropy(y, target, mask)

    found, grads, h_T = rnn.char_loss(params, x, target, h0, mask)
    assert found == loss(*params, x, h0)
    assert h_T.shape == h0.shape
    assert_gradients(loss, [*params, x, h0], [*grads.params, grads.x, grads.h0])


@pytest.mark.parametrize("batch", [(), (2,), (2, 5)])
def test_stages(batch):
    rng = np.random.default_rng(0)
    x, W, b, dz = (rng.normal(size=shape) for shape in ((*batch, 3), (4, 3), (4,), (*batch, 4)))
    grads = stages.affine_backward(W, x, dz)
    assert_gradients(lambda W, x, b: (stages.affine(W, x, b) * dz).sum(), [W, x, b], grads)
    z, dy, other = (rng.normal(size=(*batch, 4)) for _ in range(3))
    sigmoid, tanh = stages.sigmoid_backward(stages.sigmoid(z), dy), stages.tanh_backward(stages.tanh(z), dy)
    assert_gradients(lambda z: (stages.sigmoid(z) * dy).sum(), [z], [sigmoid])
    assert_gradients(lambda z: (stages.tanh(z) * dy).sum(), [z], [tanh])
    grads = stages.product_backward(z, other, dy)
    assert_gradients(lambda a, b: (stages.product(a, b) * dy).sum(), [z, other], grads)
    dcat = np.concatenate([dz, x], axis=-1)
    grads = stages.concatenate_backward(4, dcat)
    assert_gradients(lambda a, b: (stages.concatenate(a, b) * dcat).sum(), [z, x], grads)
    mask = rng.random(batch) + 0.1 if batch else None
    target = rng.integers(0, 4, batch) if batch else np.array(2)
    for weights in (None, mask):
        grad = stages.cross_entropy_backward(z, target, weights)
        assert_gradients(lambda y, w=weights: stages.cross_entropy(y, target, w), [z], [grad])
        grad = stages.squared_error_backward(z, other, weights)
        assert_gradients(lambda y, w=weights: stages.squared_error(y, other, w), [z], [grad])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_stages_are_stable_where_the_plain_formulas_overflow(dtype):
    z = np.array([[-2000, -90, 0, 90, 2000]], dtype)
    with np.errstate(all="raise", under="ignore"):
        assert np.allclose(stages.sigmoid(z), [[0, 0, 0.5, 1, 1]])
        assert np.allclose(stages.softmax(z), [[0, 0, 0, 0, 1]])
        assert stages.cross_entropy(z, np.array([0])) == 4000
        assert stages.cross_entropy(z, np.array([4])) == 0
        assert np.allclose(stages.cross_entropy_backward(z, np.array([0])), [[-1, 0, 0, 0, 1]])
    assert stages.cross_entropy_backward(z, np.array([0])).dtype == dtype
    assert stages.sigmoid(z).dtype == stages.softmax(z).dtype == dtype


def test_memory_of_the_lstm_is_seven_numbers_per_step_row_and_unit():
    T, B, D, H = 20, 3, 5, 7
    rng = np.random.default_rng(0)
    x = rng.normal(size=(T, B, D))
    _, _, cache = fast_lstm.forward(lstm.init(D, H, rng), x)
    own = sum(a.size for a in (cache.gates, cache.c, cache.tanh_c, cache.h))
    assert own == 7 * T * B * H + 2 * B * H  # and the two initial states
    assert cache.x is x


@pytest.mark.parametrize("batch", [(), (2,), (2, 3)])
def test_a_block_with_peepholes(batch):
    D, H = 3, 4
    rng = np.random.default_rng(0)
    shapes = [(4, H, H + D), (3, H), (4, H), (*batch, D), (*batch, H), (*batch, H)]
    arrays = [rng.normal(size=shape) for shape in shapes]
    dh, dc_next = rng.normal(size=(2, *batch, H))

    def loss(W, P, b, x, h_prev, c_prev):
        h, c, _ = peephole.cell_forward(peephole.Params(W, P, b), x, h_prev, c_prev)
        return (h * dh).sum() + (c * dc_next).sum()

    params = peephole.Params(*arrays[:3])
    _, _, step = peephole.cell_forward(params, *arrays[3:])
    block = peephole.cell_backward(params, step, dh, dc_next)
    assert_gradients(loss, arrays, [block.dW, block.dP, block.db, block.dx, block.dh_prev, block.dc_prev])


def test_without_peepholes_it_is_the_plain_block():
    D, H = 3, 4
    rng = np.random.default_rng(0)
    plain = lstm.init(D, H, rng)
    params = peephole.Params(plain.W, np.zeros((3, H)), plain.b)
    x, h_prev, c_prev, dh, dc_next = (rng.normal(size=n) for n in (D, H, H, H, H))
    h, c, step = peephole.cell_forward(params, x, h_prev, c_prev)
    assert all((a == b).all() for a, b in zip((h, c), lstm.cell_forward(plain, x, h_prev, c_prev)[:2], strict=True))
    ours, theirs = peephole.cell_backward(params, step, dh, dc_next), lstm.cell_backward(plain, step, dh, dc_next)
    for name in ("dW", "db", "dx", "dh_prev", "dc_prev"):
        assert relative_error(getattr(ours, name), getattr(theirs, name)) < 1e-15, name
