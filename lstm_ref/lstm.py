"""The LSTM (Hochreiter & Schmidhuber 1997, with the forget gate of Gers, Schmidhuber & Cummins 2000), by hand.

One block, gates in the order f i g o, `z = [h_prev, x]`:

    f = sigmoid(W_f z + b_f)    forget gate              c = f * c_prev + i * g    cell state
    i = sigmoid(W_i z + b_i)    input (update) gate      h = o * tanh(c)           output
    g =    tanh(W_g z + b_g)    candidate
    o = sigmoid(W_o z + b_o)    output gate

A hat marks a pre-activation (`f_hat = W_f z + b_f`); `dv` is the total derivative of the loss with respect to `v`. What
the loss itself says about `h` at each step, without the later steps, is `dh_loss`.

This is the textbook form, one line per formula: the stages of a block (`join`, `sums`, `gates`, `update`, `output`),
their ways back, the block made of them, and the sweeps over the blocks. `fast.lstm` computes the same, faster.

Shapes: `T` steps, any leading batch shape `...` (none at all for plain vectors), input size `D`, hidden size `H`.
"""

from collections import namedtuple
from typing import NamedTuple

import numpy as np

from lstm_ref.checks import check_arrays, check_axes, check_upstream
from lstm_ref.stages import outer, over_batch, sigmoid

Array = np.ndarray


class Params(NamedTuple):
    """`W (4, H, H + D)` acts on `[h_prev, x]`; `b (4, H)`. The first axis runs over the gates f i g o."""

    W: Array
    b: Array

    @property
    def W_f(self) -> Array:
        return self.W[0]

    @property
    def W_i(self) -> Array:
        return self.W[1]

    @property
    def W_g(self) -> Array:
        return self.W[2]

    @property
    def W_o(self) -> Array:
        return self.W[3]


class Gradients(NamedTuple):
    """The gradient of the loss: `params` as a `Params`, `x (T, ..., D)`, `h0` and `c0 (..., H)`."""

    params: Params
    x: Array
    h0: Array
    c0: Array


Step = namedtuple("Step", "x h_prev c_prev z f_hat i_hat g_hat o_hat f i g o c h")
Step.__doc__ = (
    "All that `cell_forward` computed, for `cell_backward`. `x (..., D)`, `z (..., H + D)`, others `(..., H)`."
)

Block = namedtuple(
    "Block",
    "dh dc_next do dc df di dg df_hat di_hat dg_hat do_hat dW db dz dx dh_prev dc_prev",
)
Block.__doc__ = (
    "What reached a block, and all that `cell_backward` made of it. `dW (4, H, H + D)` and `db (4, H)` are this block's "
    "part of the sum over time."
)


def init(D: int, H: int, rng: np.random.Generator, dtype: type = np.float64, forget_bias: float = 1.0) -> Params:
    """Weights drawn with variance `1 / (H + D)`; biases 0, but `forget_bias` for f (Jozefowicz et al. 2015)."""
    W: Array = rng.normal(0, (H + D) ** -0.5, (4, H, H + D)).astype(dtype)
    b: Array = np.zeros((4, H), dtype)
    b[0] = forget_bias
    return Params(W, b)


# The stages of a block, forward and backward -------------------------------------------------------------------------


def join(h_prev: Array, x: Array) -> Array:
    """What all four gates read, `z (..., H + D)`: `h_prev (..., H)`, then `x (..., D)`."""
    return np.concatenate([h_prev, x], axis=-1)


def sums(params: Params, z: Array) -> tuple[Array, Array, Array, Array]:
    """What goes into the four gates. `z (..., H + D)` -> `f_hat`, `i_hat`, `g_hat`, `o_hat (..., H)`."""
    W_f, W_i, W_g, W_o = params.W
    b_f, b_i, b_g, b_o = params.b
    f_hat = z @ W_f.T + b_f
    i_hat = z @ W_i.T + b_i
    g_hat = z @ W_g.T + b_g
    o_hat = z @ W_o.T + b_o
    return f_hat, i_hat, g_hat, o_hat


def gates(f_hat: Array, i_hat: Array, g_hat: Array, o_hat: Array) -> tuple[Array, Array, Array, Array]:
    """The four gates, `f`, `i`, `g`, `o`; all arrays `(..., H)`."""
    f = sigmoid(f_hat)
    i = sigmoid(i_hat)
    g = np.tanh(g_hat)
    o = sigmoid(o_hat)
    return f, i, g, o


def update(c_prev: Array, f: Array, i: Array, g: Array) -> Array:
    """The new cell state `c`; all arrays `(..., H)`."""
    return f * c_prev + i * g


def output(c: Array, o: Array) -> Array:
    """The output `h`; all arrays `(..., H)`."""
    return o * np.tanh(c)


def output_backward(step: Step, dh: Array, dc_next: Array) -> tuple[Array, Array]:
    """`do` and `dc (..., H)`. At `c` two roads meet: from `h` below, and from the next block."""
    tanh_c = np.tanh(step.c)
    do = dh * tanh_c
    dc = dh * step.o * (1 - tanh_c**2) + dc_next
    return do, dc


def update_backward(step: Step, dc: Array) -> tuple[Array, Array, Array, Array]:
    """`df`, `di`, `dg` and `dc_prev (..., H)`: each factor of a product scales the gradient of the other."""
    df = dc * step.c_prev
    di = dc * step.g
    dg = dc * step.i
    dc_prev = dc * step.f
    return df, di, dg, dc_prev


def gates_backward(step: Step, df: Array, di: Array, dg: Array, do: Array) -> tuple[Array, Array, Array, Array]:
    """`df_hat`, `di_hat`, `dg_hat`, `do_hat (..., H)`, each slope from the gate's *output*."""
    df_hat = df * step.f * (1 - step.f)
    di_hat = di * step.i * (1 - step.i)
    dg_hat = dg * (1 - step.g**2)
    do_hat = do * step.o * (1 - step.o)
    return df_hat, di_hat, dg_hat, do_hat


def weights_backward(step: Step, df_hat: Array, di_hat: Array, dg_hat: Array, do_hat: Array) -> tuple[Array, Array]:
    """`dW (4, H, H + D)` and `db (4, H)`, this block's part of them."""
    z = step.z
    dW_f = outer(df_hat, z)
    dW_i = outer(di_hat, z)
    dW_g = outer(dg_hat, z)
    dW_o = outer(do_hat, z)
    dW = np.stack([dW_f, dW_i, dW_g, dW_o])
    db = np.stack([over_batch(df_hat), over_batch(di_hat), over_batch(dg_hat), over_batch(do_hat)])
    return dW, db


def inputs_backward(
    params: Params, df_hat: Array, di_hat: Array, dg_hat: Array, do_hat: Array
) -> tuple[Array, Array, Array]:
    """`dz (..., H + D)`, the sum over four gates, cut into `dh_prev (..., H)` and `dx (..., D)`."""
    W_f, W_i, W_g, W_o = params.W
    dz = df_hat @ W_f + di_hat @ W_i + dg_hat @ W_g + do_hat @ W_o
    H = df_hat.shape[-1]
    dh_prev, dx = dz[..., :H], dz[..., H:]
    return dz, dh_prev, dx


# The block, and the sweeps over all blocks ---------------------------------------------------------------------------


def cell_forward(params: Params, x: Array, h_prev: Array, c_prev: Array) -> tuple[Array, Array, Step]:
    """One block forward. `x (..., D)`, `h_prev` and `c_prev (..., H)` -> `h`, `c` and the step's memory."""
    check(params, "..., D", x, h_prev=h_prev, c_prev=c_prev)
    z = join(h_prev, x)
    f_hat, i_hat, g_hat, o_hat = sums(params, z)
    f, i, g, o = gates(f_hat, i_hat, g_hat, o_hat)
    c = update(c_prev, f, i, g)
    h = output(c, o)
    return h, c, Step(x, h_prev, c_prev, z, f_hat, i_hat, g_hat, o_hat, f, i, g, o, c, h)


def cell_backward(params: Params, step: Step, dh: Array, dc_next: Array) -> Block:
    """One block backward.

    `dh (..., H)` is the total derivative at `h`: the loss's own gradient at this step plus what the next block passed
    back. `dc_next (..., H)` is what the next block passed back along the cell state (its `dc_prev`).
    """
    check_upstream(params.b, step.c.shape, dh=dh, dc_next=dc_next)
    do, dc = output_backward(step, dh, dc_next)
    df, di, dg, dc_prev = update_backward(step, dc)
    df_hat, di_hat, dg_hat, do_hat = gates_backward(step, df, di, dg, do)
    dW, db = weights_backward(step, df_hat, di_hat, dg_hat, do_hat)
    dz, dh_prev, dx = inputs_backward(params, df_hat, di_hat, dg_hat, do_hat)
    return Block(dh, dc_next, do, dc, df, di, dg, df_hat, di_hat, dg_hat, do_hat, dW, db, dz, dx, dh_prev, dc_prev)


def sweep_forward(params: Params, x: Array, h0: Array, c0: Array) -> tuple[Array, Array, list[Step]]:
    """All blocks from left to right. `x (T, ..., D)`, `h0` and `c0 (..., H)` -> `h (T, ..., H)`, `c_T`, the steps."""
    check(params, "T, ..., D", x, h0=h0, c0=c0)
    h, c, steps = h0, c0, []
    for x_t in x:
        h, c, step = cell_forward(params, x_t, h, c)
        steps.append(step)
    return np.stack([step.h for step in steps]), c, steps


def sweep_backward(
    params: Params, steps: list[Step], dh_loss: Array, dc_T: Array | None = None
) -> tuple[Gradients, list[Block]]:
    """All blocks from right to left: backpropagation through time.

    `dh_loss (T, ..., H)` is the loss's own gradient at each step, 0 where there is no loss. `dc_T (..., H)` is a gradient
    on the last cell state, if there is one. The blocks come back too, first to last: `sum(block.dW for block in blocks)`
    is the weights' gradient, term by term (Kang & Seo's rows).
    """
    T = len(steps)
    check_upstream(params.b, (T, *steps[-1].h.shape), dh_loss=dh_loss)
    dh_next = np.zeros_like(steps[-1].h)
    dc_next = np.zeros_like(steps[-1].c) if dc_T is None else dc_T
    dW, db = np.zeros_like(params.W), np.zeros_like(params.b)
    dx, blocks = [], []
    for t in reversed(range(T)):
        dh = dh_loss[t] + dh_next
        block = cell_backward(params, steps[t], dh, dc_next)
        dW = dW + block.dW
        db = db + block.db
        dx.append(block.dx)
        blocks.append(block)
        dh_next, dc_next = block.dh_prev, block.dc_prev
    return Gradients(Params(dW, db), np.stack(dx[::-1]), dh_next, dc_next), blocks[::-1]


def check(params: Params, axes: str, x: Array, **states: Array) -> None:
    """Hold parameters, inputs (with these axes) and states to their shapes; see `checks`."""
    check_axes("params.b", params.b, "4, H")
    check_axes("params.W", params.W, "4, H, H + D")
    H, width = params.W.shape[1:]
    if width <= H:
        raise ValueError(f"params.W has shape {params.W.shape}, wanted (4, H, H + D) with D at least 1")
    check_axes("x", x, axes, width - H)
    state = (*(x.shape[1:-1] if "T" in axes else x.shape[:-1]), H)
    wanted = {"params.W": (params.W, (4, H, width)), "params.b": (params.b, (4, H)), "x": (x, x.shape)}
    check_arrays(wanted | {name: (a, state) for name, a in states.items()})
