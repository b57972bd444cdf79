"""The LSTM (Hochreiter & Schmidhuber 1997, with the forget gate of Gers, Schmidhuber & Cummins 2000), by hand.

One block, gates in the order f i g o, `z = [h_prev, x]`:

    f = sigmoid(W_f z + b_f)    forget gate              c = f * c_prev + i * g    cell state
    i = sigmoid(W_i z + b_i)    input (update) gate      h = o * tanh(c)           output
    g =    tanh(W_g z + b_g)    candidate
    o = sigmoid(W_o z + b_o)    output gate

A hat marks a pre-activation (`f_hat = W_f z + b_f`); `dv` is the total derivative of the loss with respect to `v`. One
exception: the `dh (T, ..., H)` given to a sweep, or to `backward`, is the loss's own gradient at each step. What a step
receives from the next one is the sweep's business.

Two forms, equal to rounding: the textbook form, one line per formula (`cell_forward`, `cell_backward`, and the sweeps
over them), and the fast form (`forward`, `backward`).

Shapes: `T` steps, any leading batch shape `...` (none at all for plain vectors), input size `D`, hidden size `H`.
"""

from collections import namedtuple
from math import prod
from typing import NamedTuple

import numpy as np

from lstm_ref.checks import check_arrays, check_axes, check_upstream
from lstm_ref.stages import outer, over_batch, sigmoid

Array = np.ndarray
TORCH_ORDER = [1, 0, 2, 3]  # f i g o <-> i f g o: one swap, its own inverse


class Params(NamedTuple):
    """`W (4, H, H + D)` acts on `[h_prev, x]`; `b (4, H)`. The first axis runs over the gates f i g o."""

    W: Array
    b: Array

    W_f = property(lambda self: self.W[0])
    W_i = property(lambda self: self.W[1])
    W_g = property(lambda self: self.W[2])
    W_o = property(lambda self: self.W[3])
    b_f = property(lambda self: self.b[0])
    b_i = property(lambda self: self.b[1])
    b_g = property(lambda self: self.b[2])
    b_o = property(lambda self: self.b[3])


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
    "dh do dc df di dg df_hat di_hat dg_hat do_hat dW_f dW_i dW_g dW_o db_f db_i db_g db_o dz dx dh_prev dc_prev",
)
Block.__doc__ = "All that `cell_backward` computed. The `dW_*` and `db_*` are this block's part of the sum over time."


def init(D: int, H: int, rng: np.random.Generator, dtype: type = np.float64, forget_bias: float = 1.0) -> Params:
    """Weights drawn with variance `1 / (H + D)`; biases 0, but `forget_bias` for f (Jozefowicz et al. 2015)."""
    W = rng.normal(0, (H + D) ** -0.5, (4, H, H + D)).astype(dtype)
    b = np.zeros((4, H), dtype)
    b[0] = forget_bias
    return Params(W, b)


# The textbook form ---------------------------------------------------------------------------------------------------


def cell_forward(params: Params, x: Array, h_prev: Array, c_prev: Array) -> tuple[Array, Array, Step]:
    """One block forward. `x (..., D)`, `h_prev` and `c_prev (..., H)` -> `h`, `c` and the step's memory."""
    _check(params, "..., D", x, h_prev=h_prev, c_prev=c_prev)
    W_f, W_i, W_g, W_o = params.W
    b_f, b_i, b_g, b_o = params.b

    z = np.concatenate([h_prev, x], axis=-1)

    f_hat = z @ W_f.T + b_f
    i_hat = z @ W_i.T + b_i
    g_hat = z @ W_g.T + b_g
    o_hat = z @ W_o.T + b_o

    f = sigmoid(f_hat)
    i = sigmoid(i_hat)
    g = np.tanh(g_hat)
    o = sigmoid(o_hat)

    c = f * c_prev + i * g
    h = o * np.tanh(c)
    return h, c, Step(x, h_prev, c_prev, z, f_hat, i_hat, g_hat, o_hat, f, i, g, o, c, h)


def cell_backward(params: Params, step: Step, dh: Array, dc_next: Array) -> Block:
    """One block backward.

    `dh (..., H)` is the total derivative at `h`: the loss's own gradient at this step plus what the next block passed
    back. `dc_next (..., H)` is what the next block passed back along the cell state (its `dc_prev`).
    """
    check_upstream(params.b, step.c.shape, dh=dh, dc_next=dc_next)
    W_f, W_i, W_g, W_o = params.W
    z, f, i, g, o, c, c_prev = step.z, step.f, step.i, step.g, step.o, step.c, step.c_prev
    H = c.shape[-1]

    do = dh * np.tanh(c)
    dc = dh * o * (1 - np.tanh(c) ** 2) + dc_next
    df = dc * c_prev
    di = dc * g
    dg = dc * i

    df_hat = df * f * (1 - f)
    di_hat = di * i * (1 - i)
    dg_hat = dg * (1 - g**2)
    do_hat = do * o * (1 - o)

    dW_f = outer(df_hat, z)
    dW_i = outer(di_hat, z)
    dW_g = outer(dg_hat, z)
    dW_o = outer(do_hat, z)
    db_f = over_batch(df_hat)
    db_i = over_batch(di_hat)
    db_g = over_batch(dg_hat)
    db_o = over_batch(do_hat)

    dz = df_hat @ W_f + di_hat @ W_i + dg_hat @ W_g + do_hat @ W_o
    dh_prev = dz[..., :H]
    dx = dz[..., H:]
    dc_prev = dc * f
    dW = (dW_f, dW_i, dW_g, dW_o)
    db = (db_f, db_i, db_g, db_o)
    return Block(dh, do, dc, df, di, dg, df_hat, di_hat, dg_hat, do_hat, *dW, *db, dz, dx, dh_prev, dc_prev)


def sweep_forward(params: Params, x: Array, h0: Array, c0: Array) -> tuple[Array, Array, list[Step]]:
    """All blocks from left to right. `x (T, ..., D)`, `h0` and `c0 (..., H)` -> `h (T, ..., H)`, `c_T`, the steps."""
    _check(params, "T, ..., D", x, h0=h0, c0=c0)
    T = len(x)
    h, c, steps = h0, c0, []
    for t in range(T):
        h, c, step = cell_forward(params, x[t], h, c)
        steps.append(step)
    return np.stack([step.h for step in steps]), c, steps


def sweep_backward(
    params: Params, steps: list[Step], dh: Array, dc_T: Array | None = None
) -> tuple[Gradients, list[Block]]:
    """All blocks from right to left: backpropagation through time.

    `dh (T, ..., H)` is the loss's own gradient at each step, 0 where there is no loss. `dc_T (..., H)` is a gradient on
    the last cell state, if there is one. The blocks come back too, first to last: `sum(block.dW_f for block in blocks)`
    is `Gradients.params.W_f`, term by term (Kang & Seo's rows).
    """
    T = len(steps)
    check_upstream(params.b, (T, *steps[-1].h.shape), dh=dh)
    dh_next = np.zeros_like(steps[-1].h)
    dc_next = np.zeros_like(steps[-1].c) if dc_T is None else dc_T
    dW = db = 0
    dx = [None] * T
    blocks = [None] * T
    for t in reversed(range(T)):
        block = cell_backward(params, steps[t], dh[t] + dh_next, dc_next)
        dW += np.stack([block.dW_f, block.dW_i, block.dW_g, block.dW_o])
        db += np.stack([block.db_f, block.db_i, block.db_g, block.db_o])
        dx[t] = block.dx
        dh_next = block.dh_prev
        dc_next = block.dc_prev
        blocks[t] = block
    return Gradients(Params(dW, db), np.stack(dx), dh_next, dc_next), blocks


# The fast form -------------------------------------------------------------------------------------------------------


class Cache(NamedTuple):
    """What `backward` needs: 7 numbers per step, row and hidden unit, and the inputs. The batch is flattened to `B`."""

    params: Params
    x: Array  # (T, ..., D), as it came
    gates: Array  # (T, B, 4, H): f i g o
    c: Array  # (T + 1, B, H): c0 first
    tanh_c: Array  # (T, B, H)
    h: Array  # (T + 1, B, H): h0 first


def forward(params: Params, x: Array, h0: Array | None = None, c0: Array | None = None) -> tuple[Array, Array, Cache]:
    """`x (T, ..., D)`, `h0` and `c0 (..., H)`, zeros if left out -> `h (T, ..., H)`, `c_T (..., H)` and the cache.

    Four gates in one matrix; the input's part of it, for all steps, in one product before the loop. One tanh serves all
    four gates, since `sigmoid(a) = 0.5 + 0.5 tanh(0.5 a)`. `h` is a read-only view into the cache. The cache holds
    `params` and `x` themselves, so call `backward` before you update them. The next chunk of a long sequence starts
    from `h[-1]` and `c_T`.
    """
    check_axes("x", x, "T, ..., D")
    h0, c0 = (np.zeros((*x.shape[1:-1], params.b.shape[1]), x.dtype) if s is None else s for s in (h0, c0))
    _check(params, "T, ..., D", x, h0=h0, c0=c0)
    T, B, H, D = len(x), prod(x.shape[1:-1]), h0.shape[-1], x.shape[-1]
    W_h, W_x = np.split(params.W.reshape(4 * H, H + D), [H], axis=1)
    dtype = np.result_type(params.W, params.b, x, h0, c0)
    half = np.repeat([0.5, 0.5, 1, 0.5], H).astype(dtype)
    rest = 1 - half

    gates = np.empty((T, B, 4 * H), dtype)
    h, c, tanh_c = np.empty((T + 1, B, H), dtype), np.empty((T + 1, B, H), dtype), np.empty((T, B, H), dtype)
    h[0], c[0] = h0.reshape(B, H), c0.reshape(B, H)
    f, i, g, o = np.moveaxis(gates.reshape(T, B, 4, H), 2, 0)

    np.matmul(x.reshape(T * B, D), W_x.T, out=gates.reshape(T * B, 4 * H))
    gates += params.b.reshape(4 * H)
    for t in range(T):
        a = gates[t]
        a += h[t] @ W_h.T
        a *= half
        np.tanh(a, out=a)
        a *= half
        a += rest
        np.multiply(f[t], c[t], out=c[t + 1])
        c[t + 1] += i[t] * g[t]
        np.tanh(c[t + 1], out=tanh_c[t])
        np.multiply(o[t], tanh_c[t], out=h[t + 1])

    seen = h[1:].reshape(*x.shape[:-1], H)
    seen.flags.writeable = False
    return seen, c[T].reshape(h0.shape).copy(), Cache(params, x, gates.reshape(T, B, 4, H), c, tanh_c, h)


def backward(cache: Cache, dh: Array, dc_T: Array | None = None) -> Gradients:
    """`dh (T, ..., H)`, the loss's own gradient at each step, and `dc_T (..., H)`, one on the last cell state.

    From the last step to the first, some steps at a time, about 1024 rows of the batch: few enough that `d_hat` stays
    in the processor's cache, enough that the products are large. For each such block: the local derivatives of all its
    steps; a loop for what must be done in order; then weights, biases and inputs in a product each. The cache is left
    as it was.
    """
    params, x, gates, c, tanh_c, h = cache
    T, B, _, H = gates.shape
    batch, D = x.shape[1:-1], x.shape[-1]
    check_upstream(params.b, (T, *batch, H), dh=dh)
    dc_T = np.zeros((*batch, H), dh.dtype) if dc_T is None else dc_T
    check_upstream(params.b, (*batch, H), dc_T=dc_T)
    W_h, W_x = np.split(params.W.reshape(4 * H, H + D), [H], axis=1)
    dtype = np.result_type(gates, dh, dc_T)
    x, dh, dx = x.reshape(T, B, D), dh.reshape(T, B, H), np.empty((T, B, D), dtype)
    dc, dh_next = dc_T.reshape(B, H).astype(dtype), np.zeros((B, H), dtype)
    dW, db = None, np.zeros(4 * H, dtype)

    f, i, g, o = np.moveaxis(gates, 2, 0)
    at_once = min(T, max(1, 1024 // B))
    buffer = np.empty((at_once, B, 4, H), dtype)
    for stop in range(T, 0, -at_once):
        s = slice(max(0, stop - at_once), stop)
        d_hat = buffer[: stop - s.start]
        np.subtract(1, gates[s], out=d_hat)
        d_hat *= gates[s]  # a * (1 - a) for all four; now dc/df_hat, dc/di_hat, dc/dg_hat and dh/do_hat
        by_f, by_i, by_g, by_o = np.moveaxis(d_hat, 2, 0)
        by_f *= c[s]  # c_prev: c0 comes first in c
        by_i *= g[s]
        np.multiply(g[s], g[s], out=by_g)
        np.subtract(1, by_g, out=by_g)
        by_g *= i[s]
        by_o *= tanh_c[s]
        for t in reversed(range(s.start, stop)):
            d_hat_t = d_hat[t - s.start]
            dh_t = dh[t] + dh_next
            dc += dh_t * o[t] * (1 - tanh_c[t] ** 2)
            d_hat_t[:, :3] *= dc[:, None]
            d_hat_t[:, 3] *= dh_t
            dc *= f[t]
            np.matmul(d_hat_t.reshape(B, 4 * H), W_h, out=dh_next)
        rows = d_hat.reshape(-1, 4 * H)
        part = rows.T @ np.concatenate([h[s], x[s]], axis=-1).reshape(-1, H + D)
        dW = part if stop == T else np.add(dW, part, out=dW)
        db += rows.sum(axis=0)
        np.matmul(rows, W_x, out=dx[s].reshape(-1, D))

    grads = Params(dW.reshape(4, H, H + D), db.reshape(4, H))
    return Gradients(grads, dx.reshape(T, *batch, D), dh_next.reshape(*batch, H), dc.reshape(*batch, H))


# PyTorch's layout ----------------------------------------------------------------------------------------------------


def to_torch(params: Params) -> dict[str, Array]:
    """The arrays of `torch.nn.LSTM(D, H)`, under its names: gates i f g o, weights on x and h apart, two biases."""
    _, H, width = params.W.shape
    W = params.W[TORCH_ORDER].reshape(4 * H, width)
    bias = params.b[TORCH_ORDER].reshape(4 * H)
    weights = {"weight_ih_l0": W[:, H:].copy(), "weight_hh_l0": W[:, :H].copy()}
    return weights | {"bias_ih_l0": bias, "bias_hh_l0": np.zeros_like(bias)}


def from_torch(state: dict[str, Array]) -> Params:
    """`Params` from `torch.nn.LSTM(D, H).state_dict()`; PyTorch's two biases act as their sum."""
    W_x, W_h, b_x, b_h = (np.asarray(state[f"{k}_l0"]) for k in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
    H = W_h.shape[1]
    W = np.concatenate([W_h, W_x], axis=1).reshape(4, H, -1)[TORCH_ORDER]
    return Params(W, (b_x + b_h).reshape(4, H)[TORCH_ORDER])


# Checks of the arguments ---------------------------------------------------------------------------------------------


def _check(params: Params, axes: str, x: Array, **states: Array) -> None:
    check_axes("params.b", params.b, "4, H")
    check_axes("params.W", params.W, "4, H, H + D")
    H, width = params.W.shape[1:]
    if width <= H:
        raise ValueError(f"params.W has shape {params.W.shape}, wanted (4, H, H + D) with D at least 1")
    check_axes("x", x, axes, width - H)
    state = (*(x.shape[1:-1] if "T" in axes else x.shape[:-1]), H)
    wanted = {"params.W": (params.W, (4, H, width)), "params.b": (params.b, (4, H)), "x": (x, x.shape)}
    check_arrays(wanted | {name: (a, state) for name, a in states.items()})
