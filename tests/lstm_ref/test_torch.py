"""PyTorch's own modules in float64, same weights, to 1e-12: outputs, gradients, and the way there and back."""

import numpy as np
import pytest

from lstm_ref import layouts
from lstm_ref.fast import gru, lstm, rnn
from lstm_ref.gradcheck import relative_error

pytestmark = pytest.mark.needs("torch")


@pytest.mark.parametrize(("module", "name"), [(rnn, "RNN"), (lstm, "LSTM"), (gru, "GRU")])
@pytest.mark.parametrize(("T", "B", "D", "H"), [(1, 2, 3, 4), (7, 3, 5, 2), (40, 4, 6, 8)])
def test_outputs_and_gradients(module, name, T, B, D, H):
    import torch

    from_torch, to_torch = (getattr(layouts, f"{name.lower()}_{way}_torch") for way in ("from", "to"))
    torch.manual_seed(0)
    theirs = getattr(torch.nn, name)(D, H).double()
    params = from_torch(theirs.state_dict())
    rng = np.random.default_rng(T)
    x, dh = rng.normal(size=(T, B, D)), rng.normal(size=(T, B, H))
    states = [rng.normal(size=(B, H)) for _ in range(2 if name == "LSTM" else 1)]
    dc_T = [rng.normal(size=(B, H))] if name == "LSTM" else []

    h, *c_T, cache = module.forward(params, x, *states)
    grads = module.backward(cache, dh, *dc_T)

    inputs = [torch.tensor(a, requires_grad=True) for a in (x, *states)]
    start = [s[None] for s in inputs[1:]]
    y, last = theirs(inputs[0], tuple(start) if name == "LSTM" else start[0])
    loss = (y * torch.tensor(dh)).sum()
    if name == "LSTM":
        loss = loss + (last[1][0] * torch.tensor(dc_T[0])).sum()
        assert relative_error(c_T[0], last[1][0].detach().numpy()) < 1e-12
    loss.backward()

    assert relative_error(h, y.detach().numpy()) < 1e-12
    for ours, a in zip(grads[1:], inputs, strict=True):
        assert relative_error(ours, a.grad.numpy()) < 1e-12
    layout = to_torch(grads.params)
    for key, a in theirs.named_parameters():
        if not key.startswith("bias"):
            assert relative_error(layout[key], a.grad.numpy()) < 1e-12, key
    assert relative_error(layout["bias_ih_l0"], theirs.bias_ih_l0.grad.numpy()) < 1e-12
    if name == "GRU":
        assert relative_error(grads.params.b_q, theirs.bias_hh_l0.grad.numpy()[2 * H :]) < 1e-12

    again = getattr(torch.nn, name)(D, H).double()
    again.load_state_dict({key: torch.tensor(a) for key, a in to_torch(params).items()})
    with torch.no_grad():
        y_again, _ = again(inputs[0], tuple(start) if name == "LSTM" else start[0])
    assert relative_error(y_again.numpy(), y.detach().numpy()) < 1e-12
