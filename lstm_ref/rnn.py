"""The plain recurrent network (Elman 1990), and Karpathy's character model on top of it.

    h[t] = tanh(Wxh x[t] + Whh h[t-1] + bh)        the recurrence
    y[t] = Why h[t] + by,   p[t] = softmax(y[t])   the character model's scores and probabilities

Names are those of Karpathy's `min-char-rnn` (2015). A hat marks a pre-activation; `dv` is the total derivative of the
loss with respect to `v`. What the loss itself says about `h` at each step, without the later steps, is `dh_loss`.
This is the textbook form; `fast.rnn` computes the same, faster.

Shapes: `T` steps, any leading batch shape `...`, input size `D`, hidden size `H`, classes `K`.
"""

from collections import namedtuple
from typing import NamedTuple

import numpy as np

from lstm_ref.checks import check_arrays, check_axes, check_upstream
from lstm_ref.stages import affine, affine_backward, cross_entropy, cross_entropy_backward, outer, over_batch

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
    W: Array = rng.normal(0, (H + D) ** -0.5, (H, H + D)).astype(dtype)
    return Params(W[:, H:].copy(), W[:, :H].copy(), np.zeros(H, dtype))


def cell_forward(params: Params, x: Array, h_prev: Array) -> tuple[Array, Step]:
    """One step. `x (..., D)`, `h_prev (..., H)` -> `h (..., H)` and the step's memory."""
    check(params, "..., D", x, h_prev=h_prev)
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


def jacobian(Whh: Array, h: Array) -> Array:
    """How `h[t]` moves with `h[t-1]`, `(..., H, H)`, from the step's output `h (..., H)`."""
    slope = 1 - h**2
    return slope[..., None] * Whh


def jacobian_product(Whh: Array, h: Array) -> Array:
    """How the last of the states `h (T, ..., H)` moves with the state before the first, `(..., H, H)`."""
    product = np.eye(len(Whh))
    for h_t in h:
        product = jacobian(Whh, h_t) @ product
    return product


def sweep_forward(params: Params, x: Array, h0: Array) -> tuple[Array, list[Step]]:
    """All steps from first to last. `x (T, ..., D)`, `h0 (..., H)` -> `h (T, ..., H)` and the steps."""
    check(params, "T, ..., D", x, h0=h0)
    h, steps = h0, []
    for x_t in x:
        h, step = cell_forward(params, x_t, h)
        steps.append(step)
    return np.stack([step.h for step in steps]), steps


def steps_of(x: Array, h0: Array, h: Array) -> list[Step]:
    """What each step keeps for the way back, from `x (T, ..., D)`, `h0 (..., H)` and the states `h (T, ..., H)` alone."""
    before = np.concatenate([h0[None], h[:-1]])
    return [Step(*kept) for kept in zip(x, before, np.arctanh(h), h, strict=True)]


def sweep_backward(params: Params, steps: list[Step], dh_loss: Array) -> tuple[Gradients, list[Block]]:
    """All steps from last to first: backpropagation through time.

    `dh_loss (T, ..., H)` is the loss's own gradient at each step, 0 where there is none. At `h[t]` two roads meet: from
    this step's loss, and from the next step.
    """
    T = len(steps)
    check_upstream(params.bh, (T, *steps[-1].h.shape), dh_loss=dh_loss)
    dh_next = np.zeros_like(steps[-1].h)
    dWxh, dWhh, dbh = np.zeros_like(params.Wxh), np.zeros_like(params.Whh), np.zeros_like(params.bh)
    dx, blocks = [], []
    for t in reversed(range(T)):
        dh = dh_loss[t] + dh_next
        block = cell_backward(params, steps[t], dh)
        dWxh = dWxh + block.dWxh
        dWhh = dWhh + block.dWhh
        dbh = dbh + block.dbh
        dx.append(block.dx)
        blocks.append(block)
        dh_next = block.dh_prev
    return Gradients(Params(dWxh, dWhh, dbh), np.stack(dx[::-1]), dh_next), blocks[::-1]


# Karpathy's character model ------------------------------------------------------------------------------------------


class CharParams(NamedTuple):
    """`Wxh (H, D)`, `Whh (H, H)`, `Why (K, H)`, `bh (H,)`, `by (K,)`."""

    Wxh: Array
    Whh: Array
    Why: Array
    bh: Array
    by: Array

    @property
    def recurrence(self) -> Params:
        """The parameters of the recurrence alone."""
        return Params(self.Wxh, self.Whh, self.bh)


def char_init(D: int, H: int, K: int, rng: np.random.Generator, dtype: type = np.float64) -> CharParams:
    """A recurrence from `init`, and a readout with variance `1 / H`."""
    Wxh, Whh, bh = init(D, H, rng, dtype)
    return CharParams(Wxh, Whh, rng.normal(0, H**-0.5, (K, H)).astype(dtype), bh, np.zeros(K, dtype))


def char_forward(params: CharParams, x: Array, h0: Array) -> tuple[Array, Array, list[Step]]:
    """`x (T, ..., D)`, as a rule one-hot, and `h0 (..., H)` -> scores `y (T, ..., K)`, `h (T, ..., H)`, the steps."""
    K, H = len(params.by), len(params.bh)
    check_arrays({"params.Why": (params.Why, (K, H)), "params.by": (params.by, (K,))})
    h, steps = sweep_forward(params.recurrence, x, h0)
    y = affine(params.Why, h, params.by)
    return y, h, steps


def char_backward(params: CharParams, steps: list[Step], dy: Array) -> Gradients:
    """From `dy (T, ..., K)`, the gradient at the scores: back through the readout, then through time.

    The fork at `h[t]`: it was used for `y[t]` and for `h[t+1]`. The readout's share is `dh_loss`; the sweep adds the
    next step's.
    """
    h = np.stack([step.h for step in steps])
    check_upstream(params.by, (*h.shape[:-1], len(params.by)), dy=dy)
    dWhy, dh_loss, dby = affine_backward(params.Why, h, dy)
    grads, _ = sweep_backward(params.recurrence, steps, dh_loss)
    dWxh, dWhh, dbh = grads.params
    return Gradients(CharParams(dWxh, dWhh, dWhy, dbh, dby), grads.x, grads.h0)


def char_loss(
    params: CharParams, x: Array, target: Array, h0: Array, mask: Array | None = None
) -> tuple[float, Gradients, Array]:
    """The summed cross-entropy of `target (T, ...)`, its gradients, and `h_T` to carry into the next chunk.

    `mask (T, ...)` weighs the steps: all 1 many-to-many, only the last 1 many-to-one. Truncated backpropagation is this
    function, called chunk by chunk with the `h_T` before it as `h0`: the state goes on, the gradient stops.
    """
    y, h, steps = char_forward(params, x, h0)
    loss = cross_entropy(y, target, mask)
    dy = cross_entropy_backward(y, target, mask)
    return loss, char_backward(params, steps, dy), h[-1]


def check(params: Params, axes: str, x: Array, **states: Array) -> None:
    """Hold parameters, inputs (with these axes) and states to their shapes; see `checks`."""
    check_axes("params.Wxh", params.Wxh, "H, D")
    H, D = params.Wxh.shape
    check_axes("x", x, axes, D)
    weights = {"params.Wxh": (params.Wxh, (H, D)), "params.Whh": (params.Whh, (H, H)), "params.bh": (params.bh, (H,))}
    state = (*(x.shape[1:-1] if "T" in axes else x.shape[:-1]), H)
    check_arrays(weights | {"x": (x, x.shape)} | {name: (a, state) for name, a in states.items()})
