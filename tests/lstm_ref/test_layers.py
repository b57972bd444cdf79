"""Beyond one layer: each gradient against the complex step, and against PyTorch's own modules where it is installed."""

import numpy as np
import pytest

from lstm_ref import attention, layers, layouts, lstm, stages
from lstm_ref.gradcheck import complex_step, relative_error

T, B, D, H = 5, 3, 2, 4
LENGTHS = np.array([5, 3, 2])


def draw(rng, *sizes):
    """Parameters of a layer for each size of input."""
    return [lstm.Params(rng.normal(0, 0.5, (4, H, H + n)), rng.normal(size=(4, H))) for n in sizes]


def assert_gradients(loss, arrays, grads):
    for k, (a, grad) in enumerate(zip(arrays, grads, strict=True)):
        wanted = complex_step(lambda a, k=k: loss(*arrays[:k], a, *arrays[k + 1 :]), a)
        assert relative_error(grad, wanted) < 1e-12, f"argument {k}, shape {a.shape}"


@pytest.mark.parametrize("batch", [(), (2,), (2, 3)])
@pytest.mark.parametrize("dropped", [False, True])
def test_a_stack(batch, dropped):
    rng = np.random.default_rng(0)
    params = draw(rng, D, H, H)
    x, dh = rng.normal(size=(T, *batch, D)), rng.normal(size=(T, *batch, H))
    states = [(rng.normal(size=(*batch, H)), rng.normal(size=(*batch, H))) for _ in params]
    masks = [stages.dropout_mask(rng.random((T, *batch, H)), 0.3) for _ in params[1:]] if dropped else None

    def loss(x, *arrays):
        weights = [lstm.Params(*arrays[k : k + 2]) for k in (0, 4, 8)]
        h, _, _ = layers.stack_forward(weights, x, [arrays[k : k + 2] for k in (2, 6, 10)], masks)
        return (h * dh).sum()

    h, last, caches = layers.stack_forward(params, x, states, masks)
    assert relative_error(last[-1][0], h[-1]) == 0
    grads = layers.stack_backward(caches, dh, masks)
    arrays = [a for p, s in zip(params, states, strict=True) for a in (*p, *s)]
    assert_gradients(loss, [x, *arrays], [grads[0].x, *(a for g in grads for a in (*g.params, g.h0, g.c0))])


def test_both_ways_over_unequal_lengths():
    rng = np.random.default_rng(0)
    left, right = draw(rng, D, D)
    x = rng.normal(size=(T, B, D))
    dh = rng.normal(size=(T, B, 2 * H)) * layers.inside(T, LENGTHS)[..., None]

    def loss(x, *arrays):
        h, _ = layers.both_forward(lstm.Params(*arrays[:2]), lstm.Params(*arrays[2:]), x, LENGTHS)
        return (h * dh).sum()

    h, caches = layers.both_forward(left, right, x, LENGTHS)
    grad_left, grad_right, dx = layers.both_backward(caches, LENGTHS, dh)
    assert_gradients(loss, [x, *left, *right], [dx, *grad_left.params, *grad_right.params])
    for n, own in enumerate(LENGTHS):  # as if it were alone, and not padded
        alone, _ = layers.both_forward(left, right, x[:own, [n]], np.array([own]))
        assert relative_error(h[:own, n], alone[:, 0]) < 1e-14
        assert not dx[own:, n].any()


def test_turning_is_its_own_inverse_and_its_own_way_back():
    rng = np.random.default_rng(0)
    x, dy = rng.normal(size=(2, T, B, D))
    assert np.array_equal(layers.turned(layers.turned(x, LENGTHS), LENGTHS), x)
    assert_gradients(lambda x: (layers.turned(x, LENGTHS) * dy).sum(), [x], [layers.turned(dy, LENGTHS)])


def test_an_embedding_is_one_hot_times_a_matrix():
    rng = np.random.default_rng(0)
    E, codes, dx = rng.normal(size=(6, D)), rng.integers(0, 5, (T, B)), rng.normal(size=(T, B, D))
    one_hot = np.eye(6)[codes]
    assert np.array_equal(stages.embedding(E, codes), one_hot @ E)
    dE = stages.embedding_backward(6, codes, dx)
    assert relative_error(dE, np.tensordot(one_hot, dx, ([0, 1], [0, 1]))) < 1e-15
    assert_gradients(lambda E: (stages.embedding(E, codes) * dx).sum(), [E], [dE])
    assert not dE[5].any()


def test_dropout_keeps_the_mean():
    u = np.random.default_rng(0).random(100_000)
    mask = stages.dropout_mask(u, 0.2)
    assert mask.mean() == pytest.approx(1, abs=0.01) and np.mean(mask == 0) == pytest.approx(0.2, abs=0.01)
    assert set(np.unique(mask)) == {0, 1.25}
    assert (stages.dropout_mask(u, 0) == 1).all()


@pytest.mark.parametrize("batch", [(), (2,), (2, 3)])
def test_attention_every_intermediate(batch):
    rng = np.random.default_rng(0)
    q, dy, h = rng.normal(size=(*batch, H)), rng.normal(size=(*batch, H)), rng.normal(size=(*batch, T, H))
    y, a = attention.forward(q, h)
    grads = attention.backward(q, h, a, dy)
    s = (h * q[..., None, :]).sum(axis=-1)

    def tail(a):
        return ((a[..., None] * h).sum(axis=-2) * dy).sum()

    assert_gradients(lambda q, h: (attention.forward(q, h)[0] * dy).sum(), [q, h], [grads.dq, grads.dh])
    assert_gradients(tail, [a], [grads.da])
    assert_gradients(lambda s: tail(stages.softmax(s)), [s], [grads.ds])
    assert y.shape == q.shape and np.allclose(a.sum(axis=-1), 1)


def test_what_does_not_fit_is_said():
    x = np.ones((T, B, D))
    with pytest.raises(ValueError, match=r"lengths is int64 of shape \(2,\), wanted integers of shape \(3,\)"):
        layers.turned(x, LENGTHS[:2])
    with pytest.raises(ValueError, match=r"lengths run from 2 to 5, wanted 1 .. 4"):
        layers.inside(4, LENGTHS)
    with pytest.raises(ValueError, match=r"lengths is list, wanted integers"):
        layers.turned(x, [5, 3, 2])
    with pytest.raises(ValueError, match=r"wanted the longest first"):
        layers.packed(x, LENGTHS[::-1])
    with pytest.raises(ValueError, match=r"codes runs from 0 to 3, wanted 0 .. 2"):
        stages.embedding(np.ones((3, 2)), np.array([0, 3]))
    with pytest.raises(ValueError, match=r"codes is float64 of shape \(2,\), wanted an array of integers"):
        stages.embedding(np.ones((3, 2)), np.ones(2))
    with pytest.raises(ValueError, match=r"dx has shape \(2, 2\), wanted \(3, 2\)"):
        stages.embedding_backward(3, np.zeros(3, int), np.ones((2, 2)))
    with pytest.raises(ValueError, match=r"p is 1, wanted a share"):
        stages.dropout_mask(np.ones(3), 1)
    with pytest.raises(ValueError, match=r"q has shape \(3,\), wanted \(2,\)"):
        attention.forward(np.ones(3), np.ones((4, 2)))


def torch_layer(torch, params, **options):
    """A `torch.nn.LSTM` with these parameters: of layers, or of both directions."""
    names = ("_l0", "_l0_reverse") if options.get("bidirectional") else tuple(f"_l{k}" for k in range(len(params)))
    layer = torch.nn.LSTM(D, H, dtype=torch.float64, **options)
    own = {
        key.replace("_l0", name): torch.tensor(a)
        for p, name in zip(params, names, strict=True)
        for key, a in layouts.lstm_to_torch(p).items()
    }
    layer.load_state_dict(own)
    return layer, names


def assert_as_in_torch(layer, names, grads):
    for name, grad in zip(names, grads, strict=True):
        for key, ours in layouts.lstm_to_torch(grad.params).items():
            if not key.startswith("bias_hh"):
                theirs = getattr(layer, key.replace("_l0", name)).grad
                assert relative_error(ours, theirs.numpy()) < 1e-12, (name, key)


@pytest.mark.needs("torch")
def test_num_layers_as_pytorch_has_them():
    import torch

    rng = np.random.default_rng(0)
    params = draw(rng, D, H, H)
    x, dh, h0, c0 = (rng.normal(size=s) for s in ((T, B, D), (T, B, H), (3, B, H), (3, B, H)))
    layer, names = torch_layer(torch, params, num_layers=3)
    inputs = [torch.tensor(a, requires_grad=True) for a in (x, h0, c0)]
    y, (h_T, c_T) = layer(inputs[0], tuple(inputs[1:]))
    (y * torch.tensor(dh)).sum().backward()

    h, last, caches = layers.stack_forward(params, x, list(zip(h0, c0, strict=True)))
    grads = layers.stack_backward(caches, dh)
    assert relative_error(h, y.detach().numpy()) < 1e-12
    assert relative_error(np.stack([s[0] for s in last]), h_T.detach().numpy()) < 1e-12
    assert relative_error(np.stack([s[1] for s in last]), c_T.detach().numpy()) < 1e-12
    assert_as_in_torch(layer, names, grads)
    ours = grads[0].x, np.stack([g.h0 for g in grads]), np.stack([g.c0 for g in grads])
    for a, theirs in zip(ours, inputs, strict=True):
        assert relative_error(a, theirs.grad.numpy()) < 1e-12


@pytest.mark.needs("torch")
def test_dropout_between_layers_by_pytorchs_autograd():
    import torch

    rng = np.random.default_rng(0)
    params = draw(rng, D, H)
    x, dh = rng.normal(size=(T, B, D)), rng.normal(size=(T, B, H))
    mask = stages.dropout_mask(rng.random((T, B, H)), 0.4)
    lower, _ = torch_layer(torch, params[:1])
    upper = torch.nn.LSTM(H, H, dtype=torch.float64)
    upper.load_state_dict({k: torch.tensor(a) for k, a in layouts.lstm_to_torch(params[1]).items()})
    theirs = torch.tensor(x, requires_grad=True)
    y, _ = upper(lower(theirs)[0] * torch.tensor(mask))
    (y * torch.tensor(dh)).sum().backward()

    _, _, caches = layers.stack_forward(params, x, masks=[mask])
    grads = layers.stack_backward(caches, dh, [mask])
    assert relative_error(grads[0].x, theirs.grad.numpy()) < 1e-12
    for layer, grad in zip((lower, upper), grads, strict=True):
        assert_as_in_torch(layer, ["_l0"], [grad])


@pytest.mark.needs("torch")
def test_both_directions_over_a_packed_batch_as_pytorch_has_them():
    import torch
    from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

    rng = np.random.default_rng(0)
    params = draw(rng, D, D)
    own = layers.inside(T, LENGTHS)[..., None]
    x, dh = rng.normal(size=(T, B, D)), rng.normal(size=(T, B, 2 * H)) * own
    layer, names = torch_layer(torch, params, bidirectional=True)
    theirs = torch.tensor(x, requires_grad=True)
    rows = pack_padded_sequence(theirs, torch.tensor(LENGTHS))
    y, _ = pad_packed_sequence(layer(rows)[0])
    (y * torch.tensor(dh)).sum().backward()

    data, sizes = layers.packed(x, LENGTHS)
    assert np.array_equal(data, rows.data.detach().numpy()) and np.array_equal(sizes, rows.batch_sizes.numpy())
    h, caches = layers.both_forward(*params, x, LENGTHS)
    *grads, dx = layers.both_backward(caches, LENGTHS, dh)
    assert relative_error(h * own, y.detach().numpy()) < 1e-12
    assert relative_error(dx, theirs.grad.numpy()) < 1e-12
    assert_as_in_torch(layer, names, grads)


@pytest.mark.needs("torch")
def test_embedding_and_attention_as_pytorch_has_them():
    import torch

    rng = np.random.default_rng(0)
    codes, E, dx = rng.integers(0, 4, (T, B)), rng.normal(size=(4, D)), rng.normal(size=(T, B, D))
    table = torch.nn.Embedding(4, D, _weight=torch.tensor(E))
    (table(torch.tensor(codes)) * torch.tensor(dx)).sum().backward()
    assert relative_error(stages.embedding_backward(4, codes, dx), table.weight.grad.numpy()) < 1e-12

    q, h, dy = (rng.normal(size=s) for s in ((B, H), (B, T, H), (B, H)))
    query, outputs = torch.tensor(q, requires_grad=True), torch.tensor(h, requires_grad=True)
    theirs = torch.nn.functional.scaled_dot_product_attention(query[:, None], outputs, outputs, scale=1.0)[:, 0]
    (theirs * torch.tensor(dy)).sum().backward()
    y, a = attention.forward(q, h)
    grads = attention.backward(q, h, a, dy)
    assert relative_error(y, theirs.detach().numpy()) < 1e-12
    assert relative_error(grads.dq, query.grad.numpy()) < 1e-12
    assert relative_error(grads.dh, outputs.grad.numpy()) < 1e-12
