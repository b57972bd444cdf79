"""The plain recurrent network (Elman 1990), and Karpathy's character model on top of it.

    h[t] = tanh(Wxh x[t] + Whh h[t-1] + bh)        the recurrence
    y[t] = Why h[t] + by,   p[t] = softmax(y[t])   the character model's scores and probabilities

Names are those of Karpathy's `min-char-rnn` (2015). A hat marks a pre-activation; `dv` is the total derivative of the
loss with respect to `v`, except that the `dh (T, ..., H)` given to a sweep, or to `backward`, is the loss's own
gradient at each step. As in `lstm`, the textbook form comes first and the fast form after it.

Shapes: `T` steps, any leading batch shape `...`, input size `D`, hidden size `H`, classes `K`.
"""

from collections import namedtuple
from math import prod
from typing import NamedTuple

import numpy as np

from lstm_ref.checks import check_arrays, check_axes, check_upstream
from lstm_ref.stages import cross_entropy, cross_entropy_backward, outer, over_batch

Array = np.ndarray


class Params(NamedTuple):
    """`Wxh (H, D)`, `Whh (H, H)`, `bh (H,)`."""

    Wxh: Array
    Whh: Array
    bh: Array


class Gradients(NamedTuple):
    """The gradient of the loss: `params` (as the parameters came), `x (T, ..., D)`, `h0 (..., H)`."""

    params: NamedTuple
    x: Array
    h0: Array


Step = namedtuple("Step", "x h_prev h_hat h")
Step.__doc__ = "All that `cell_forward` computed, kept for `cell_backward`."

Block = namedtuple("Block", "dh dh_hat dWxh dWhh dbh dx dh_prev")
Block.__doc__ = "All that `cell_backward` computed. `dWxh`, `dWhh`, `dbh` are this step's part of the sum over time."


def init(D: int, H: int, rng: np.random.Generator, dtype: type = np.float64) -> Params:
    """Weights drawn with variance `1 / (H + D)`, biases 0."""
    W = rng.normal(0, (H + D) ** -0.5, (H, H + D)).astype(dtype)
    return Params(W[:, H:].copy(), W[:, :H].copy(), np.zeros(H, dtype))


# The textbook form ---------------------------------------------------------------------------------------------------


def cell_forward(params: Params, x: Array, h_prev: Array) -> tuple[Array, Step]:
    """One step. `x (..., D)`, `h_prev (..., H)` -> `h (..., H)` and the step's memory."""
    _check(params, "..., D", x, h_prev=h_prev)
    Wxh, Whh, bh = params

    h_hat = x @ Wxh.T + h_prev @ Whh.T + bh
    h = np.tanh(h_hat)
    return h, Step(x, h_prev, h_hat, h)


def cell_backward(params: Params, step: Step, dh: Array) -> Block:
    """One step back. `dh (..., H)` is total: the loss's own gradient plus what the next step passed back."""
    check_upstream(params.bh, step.h.shape, dh=dh)
    Wxh, Whh, _ = params
    x, h_prev, h = step.x, step.h_prev, step.h

    dh_hat = dh * (1 - h**2)
    dWxh = outer(dh_hat, x)
    dWhh = outer(dh_hat, h_prev)
    dbh = over_batch(dh_hat)
    dx = dh_hat @ Wxh
    dh_prev = dh_hat @ Whh
    return Block(dh, dh_hat, dWxh, dWhh, dbh, dx, dh_prev)


def sweep_forward(params: Params, x: Array, h0: Array) -> tuple[Array, list[Step]]:
    """All steps from first to last. `x (T, ..., D)`, `h0 (..., H)` -> `h (T, ..., H)` and the steps."""
    _check(params, "T, ..., D", x, h0=h0)
    T = len(x)
    h, steps = h0, []
    for t in range(T):
        h, step = cell_forward(params, x[t], h)
        steps.append(step)
    return np.stack([step.h for step in steps]), steps


def sweep_backward(params: Params, steps: list[Step], dh: Array) -> tuple[Gradients, list[Block]]:
    """All steps from last to first. `dh (T, ..., H)` is the loss's own gradient at each step, 0 where there is none."""
    T = len(steps)
    check_upstream(params.bh, (T, *steps[-1].h.shape), dh=dh)
    dh_next = np.zeros_like(steps[-1].h)
    dWxh = dWhh = dbh = 0
    dx = [None] * T
    blocks = [None] * T
    for t in reversed(range(T)):
        block = cell_backward(params, steps[t], dh[t] + dh_next)
        dWxh += block.dWxh
        dWhh += block.dWhh
        dbh += block.dbh
        dx[t] = block.dx
        dh_next = block.dh_prev
        blocks[t] = block
    return Gradients(Params(dWxh, dWhh, dbh), np.stack(dx), dh_next), blocks


# Karpathy's character model ------------------------------------------------------------------------------------------


class CharParams(NamedTuple):
    """`Wxh (H, D)`, `Whh (H, H)`, `Why (K, H)`, `bh (H,)`, `by (K,)`."""

    Wxh: Array
    Whh: Array
    Why: Array
    bh: Array
    by: Array


def char_init(D: int, H: int, K: int, rng: np.random.Generator, dtype: type = np.float64) -> CharParams:
    """A recurrence from `init`, and a readout with variance `1 / H`."""
    Wxh, Whh, bh = init(D, H, rng, dtype)
    return CharParams(Wxh, Whh, rng.normal(0, H**-0.5, (K, H)).astype(dtype), bh, np.zeros(K, dtype))


def char_forward(params: CharParams, x: Array, h0: Array) -> tuple[Array, Array]:
    """`x (T, ..., D)`, as a rule one-hot, and `h0 (..., H)` -> scores `y (T, ..., K)` and `h (T, ..., H)`."""
    Wxh, Whh, Why, bh, by = params
    _check(Params(Wxh, Whh, bh), "T, ..., D", x, h0=h0)
    check_arrays({"params.Why": (Why, (len(Why), len(bh))), "params.by": (by, (len(Why),)), "h0": (h0, h0.shape)})
    T = len(x)
    h = [None] * T
    y = [None] * T
    h_prev = h0
    for t in range(T):
        h[t] = np.tanh(x[t] @ Wxh.T + h_prev @ Whh.T + bh)
        y[t] = h[t] @ Why.T + by
        h_prev = h[t]
    return np.stack(y), np.stack(h)


def char_backward(params: CharParams, x: Array, h0: Array, h: Array, dy: Array) -> Gradients:
    """Backpropagation through time from `dy (T, ..., K)`, the gradient at the scores.

    The fork at `h[t]`: it was used for `y[t]` and for `h[t+1]`, so two gradients meet there and add.
    """
    Wxh, Whh, Why, _, by = params
    T = len(x)
    check_arrays({"h": (h, (T, *h0.shape)), "x": (x, x.shape), "dy": (dy, (*x.shape[:-1], len(by)))})
    dWxh = dWhh = dWhy = dbh = dby = 0
    dx = [None] * T
    dh_next = np.zeros_like(h[-1])
    for t in reversed(range(T)):
        h_prev = h[t - 1] if t > 0 else h0
        dWhy += outer(dy[t], h[t])
        dby += over_batch(dy[t])
        dh = dy[t] @ Why + dh_next
        dh_hat = dh * (1 - h[t] ** 2)
        dWxh += outer(dh_hat, x[t])
        dWhh += outer(dh_hat, h_prev)
        dbh += over_batch(dh_hat)
        dx[t] = dh_hat @ Wxh
        dh_next = dh_hat @ Whh
    return Gradients(CharParams(dWxh, dWhh, dWhy, dbh, dby), np.stack(dx), dh_next)


def char_loss(
    params: CharParams, x: Array, target: Array, h0: Array, mask: Array | None = None
) -> tuple[float, Gradients, Array]:
    """The summed cross-entropy of `target (T, ...)`, its gradients, and `h_T` to carry into the next chunk.

    `mask (T, ...)` weighs the steps: all 1 many-to-many, only the last 1 many-to-one. Truncated backpropagation is this
    function, called chunk by chunk with the `h_T` before it as `h0`: the state goes on, the gradient stops.
    """
    y, h = char_forward(params, x, h0)
    loss = cross_entropy(y, target, mask)
    dy = cross_entropy_backward(y, target, mask)
    return loss, char_backward(params, x, h0, h, dy), h[-1]


# The fast form -------------------------------------------------------------------------------------------------------


class Cache(NamedTuple):
    """What `backward` needs: one number per step, row and hidden unit, and the inputs."""

    params: Params
    x: Array  # (T, ..., D), as it came
    h: Array  # (T + 1, B, H): h0 first


def forward(params: Params, x: Array, h0: Array | None = None) -> tuple[Array, Cache]:
    """`x (T, ..., D)`, `h0 (..., H)`, zeros if left out -> `h (T, ..., H)`, a read-only view into the cache."""
    check_axes("x", x, "T, ..., D")
    h0 = np.zeros((*x.shape[1:-1], len(params.bh)), x.dtype) if h0 is None else h0
    _check(params, "T, ..., D", x, h0=h0)
    T, B, H, D = len(x), prod(x.shape[1:-1]), h0.shape[-1], x.shape[-1]
    h = np.empty((T + 1, B, H), np.result_type(*params, x, h0))
    h[0] = h0.reshape(B, H)
    np.matmul(x.reshape(T * B, D), params.Wxh.T, out=h[1:].reshape(T * B, H))
    h[1:] += params.bh
    for t in range(T):
        h[t + 1] += h[t] @ params.Whh.T
        np.tanh(h[t + 1], out=h[t + 1])
    seen = h[1:].reshape(*x.shape[:-1], H)
    seen.flags.writeable = False
    return seen, Cache(params, x, h)


def backward(cache: Cache, dh: Array) -> Gradients:
    """`dh (T, ..., H)` is the loss's own gradient at each step. Products that need no order wait for the loop's end."""
    (Wxh, Whh, bh), x, h = cache
    T, (B, H), D, batch = len(x), h.shape[1:], x.shape[-1], x.shape[1:-1]
    check_upstream(bh, (T, *batch, H), dh=dh)
    d_hat = (1 - h[1:] ** 2).astype(np.result_type(h, dh))
    dh, dh_next = dh.reshape(T, B, H), np.zeros((B, H), d_hat.dtype)
    for t in reversed(range(T)):
        d_hat[t] *= dh[t] + dh_next
        dh_next = d_hat[t] @ Whh
    d_hat = d_hat.reshape(T * B, H)
    grads = Params(d_hat.T @ x.reshape(T * B, D), d_hat.T @ h[:-1].reshape(T * B, H), d_hat.sum(axis=0))
    return Gradients(grads, (d_hat @ Wxh).reshape(x.shape), dh_next.reshape(*batch, H))


# PyTorch's layout, and checks of the arguments -----------------------------------------------------------------------


def to_torch(params: Params) -> dict[str, Array]:
    """The arrays of `torch.nn.RNN(D, H)`, under its names; its second bias is set to 0."""
    Wxh, Whh, bh = (a.copy() for a in params)
    return {"weight_ih_l0": Wxh, "weight_hh_l0": Whh, "bias_ih_l0": bh, "bias_hh_l0": np.zeros_like(bh)}


def from_torch(state: dict[str, Array]) -> Params:
    """`Params` from `torch.nn.RNN(D, H).state_dict()`; PyTorch's two biases act as their sum."""
    Wxh, Whh, b_x, b_h = (np.asarray(state[f"{k}_l0"]).copy() for k in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
    return Params(Wxh, Whh, b_x + b_h)


def _check(params: Params, axes: str, x: Array, **states: Array) -> None:
    check_axes("params.Wxh", params.Wxh, "H, D")
    H, D = params.Wxh.shape
    check_axes("x", x, axes, D)
    weights = {"params.Wxh": (params.Wxh, (H, D)), "params.Whh": (params.Whh, (H, H)), "params.bh": (params.bh, (H,))}
    state = (*(x.shape[1:-1] if "T" in axes else x.shape[:-1]), H)
    check_arrays(weights | {"x": (x, x.shape)} | {name: (a, state) for name, a in states.items()})
