"""Parameters as others lay them out: the state dicts of `torch.nn.RNN`, `LSTM` and `GRU` (one layer, one direction), and an
LSTM's weights for inputs in rows."""

import numpy as np

from lstm_ref import gru, lstm, rnn

Array = np.ndarray
TORCH_ORDER = [1, 0, 2, 3]  # f i g o <-> i f g o: one swap, its own inverse
ROWS_ORDER = [1, 0, 3, 2]  # f i g o <-> i f o g: two swaps, its own inverse as well


def rnn_to_torch(params: rnn.Params) -> dict[str, Array]:
    """The arrays of `torch.nn.RNN(D, H)`, under its names; its second bias is set to 0."""
    Wxh, Whh, bh = (a.copy() for a in params)
    return {"weight_ih_l0": Wxh, "weight_hh_l0": Whh, "bias_ih_l0": bh, "bias_hh_l0": np.zeros_like(bh)}


def rnn_from_torch(state: dict[str, Array]) -> rnn.Params:
    """`Params` from `torch.nn.RNN(D, H).state_dict()`; PyTorch's two biases act as their sum."""
    Wxh, Whh, b_x, b_h = (np.asarray(state[f"{k}_l0"]).copy() for k in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
    return rnn.Params(Wxh, Whh, b_x + b_h)


def lstm_to_torch(params: lstm.Params) -> dict[str, Array]:
    """The arrays of `torch.nn.LSTM(D, H)`, under its names: gates i f g o, weights on x and h apart, two biases."""
    _, H, width = params.W.shape
    W = params.W[TORCH_ORDER].reshape(4 * H, width)
    bias = params.b[TORCH_ORDER].reshape(4 * H)
    weights = {"weight_ih_l0": W[:, H:].copy(), "weight_hh_l0": W[:, :H].copy()}
    return weights | {"bias_ih_l0": bias, "bias_hh_l0": np.zeros_like(bias)}


def lstm_from_torch(state: dict[str, Array]) -> lstm.Params:
    """`Params` from `torch.nn.LSTM(D, H).state_dict()`; PyTorch's two biases act as their sum."""
    W_x, W_h, b_x, b_h = (np.asarray(state[f"{k}_l0"]) for k in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
    H = W_h.shape[1]
    W = np.concatenate([W_h, W_x], axis=1).reshape(4, H, -1)[TORCH_ORDER]
    return lstm.Params(W, (b_x + b_h).reshape(4, H)[TORCH_ORDER])


def gru_to_torch(params: gru.Params) -> dict[str, Array]:
    """The arrays of `torch.nn.GRU(D, H)`, under its names. Of its second bias only the candidate's part is ours."""
    H, D = params.W.shape[1:]
    b_hh = np.zeros_like(params.b)
    b_hh[2] = params.b_q
    biases = {"bias_ih_l0": params.b.reshape(3 * H).copy(), "bias_hh_l0": b_hh.reshape(3 * H)}
    weights = {"weight_ih_l0": params.W.reshape(3 * H, D).copy(), "weight_hh_l0": params.U.reshape(3 * H, H).copy()}
    return weights | biases


def gru_from_torch(state: dict[str, Array]) -> gru.Params:
    """`Params` from `torch.nn.GRU(D, H).state_dict()`; for r and z PyTorch's two biases act as their sum."""
    W, U, b_x, b_h = (np.asarray(state[f"{k}_l0"]).copy() for k in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
    H = U.shape[1]
    b, b_h = b_x.reshape(3, H), b_h.reshape(3, H)
    b[:2] += b_h[:2]
    return gru.Params(W.reshape(3, H, -1), U.reshape(3, H, H), b, b_h[2])


def lstm_to_rows(params: lstm.Params) -> tuple[Array, Array, Array]:
    """`Wx (D, 4H)`, `Wh (H, 4H)`, `b (4H,)` for rows, `a = x @ Wx + h @ Wh + b`, gates i f o g (CS231n's `lstm_step_forward`)."""
    _, H, width = params.W.shape
    W = params.W[ROWS_ORDER].reshape(4 * H, width).T
    return W[H:], W[:H], params.b[ROWS_ORDER].reshape(4 * H)


def lstm_from_rows(Wx: Array, Wh: Array, b: Array) -> lstm.Params:
    """`Params` from weights for rows; see `lstm_to_rows`."""
    H = len(Wh)
    W = np.concatenate([Wh, Wx]).T.reshape(4, H, -1)
    return lstm.Params(W[ROWS_ORDER], b.reshape(4, H)[ROWS_ORDER])
