"""The LSTM with peepholes (Gers, Schraudolph & Schmidhuber, JMLR 3, 2002): three gates see the cell state, too.

    f = sigmoid(W_f z + p_f * c_prev + b_f)      c = f * c_prev + i * g
    i = sigmoid(W_i z + p_i * c_prev + b_i)      o = sigmoid(W_o z + p_o * c + b_o)
    g =    tanh(W_g z + b_g)                     h = o * tanh(c)

The output gate comes after the update and sees the new cell state. All else is as in `lstm`: symbols, shapes and stages.
"""

from collections import namedtuple
from typing import NamedTuple

import numpy as np

from lstm_ref import lstm
from lstm_ref.checks import check_arrays, check_upstream
from lstm_ref.stages import over_batch, sigmoid, sigmoid_backward

Array = np.ndarray


class Params(NamedTuple):
    """`W (4, H, H + D)` and `b (4, H)` in the order f i g o; `P (3, H)`, the peepholes of f, i and o."""

    W: Array
    P: Array
    b: Array


Block = namedtuple("Block", "dh do do_hat dc df di dg df_hat di_hat dg_hat dW dP db dz dx dh_prev dc_prev")
Block.__doc__ = "All that `cell_backward` computed. `dW`, `dP` and `db` are this block's part of the sum over time."


def cell_forward(params: Params, x: Array, h_prev: Array, c_prev: Array) -> tuple[Array, Array, lstm.Step]:
    """One block forward. `x (..., D)`, `h_prev` and `c_prev (..., H)` -> `h`, `c` and the step's memory."""
    plain = lstm.Params(params.W, params.b)
    lstm.check(plain, "..., D", x, h_prev=h_prev, c_prev=c_prev)
    check_arrays({"params.b": (params.b, params.b.shape), "params.P": (params.P, (3, params.b.shape[1]))})
    p_f, p_i, p_o = params.P

    z = lstm.join(h_prev, x)
    f_hat, i_hat, g_hat, o_hat = lstm.sums(plain, z)
    f_hat = f_hat + p_f * c_prev
    i_hat = i_hat + p_i * c_prev
    f, i, g = sigmoid(f_hat), sigmoid(i_hat), np.tanh(g_hat)
    c = lstm.update(c_prev, f, i, g)
    o_hat = o_hat + p_o * c
    o = sigmoid(o_hat)
    h = lstm.output(c, o)
    return h, c, lstm.Step(x, h_prev, c_prev, z, f_hat, i_hat, g_hat, o_hat, f, i, g, o, c, h)


def cell_backward(params: Params, step: lstm.Step, dh: Array, dc_next: Array) -> Block:
    """One block backward. `dh (..., H)` is the total derivative at `h`, `dc_next (..., H)` the next block's `dc_prev`.

    A third road meets at `c`: the output gate saw it. Two more meet at `c_prev`.
    """
    check_upstream(params.b, step.c.shape, dh=dh, dc_next=dc_next)
    p_f, p_i, p_o = params.P
    c_prev, c = step.c_prev, step.c

    do, dc = lstm.output_backward(step, dh, dc_next)
    do_hat = sigmoid_backward(step.o, do)
    dc = dc + do_hat * p_o
    df, di, dg, dc_prev = lstm.update_backward(step, dc)
    df_hat, di_hat, dg_hat, _ = lstm.gates_backward(step, df, di, dg, do)
    dc_prev = dc_prev + df_hat * p_f + di_hat * p_i
    dP = np.stack([over_batch(df_hat * c_prev), over_batch(di_hat * c_prev), over_batch(do_hat * c)])
    dW, db = lstm.weights_backward(step, df_hat, di_hat, dg_hat, do_hat)
    dz, dh_prev, dx = lstm.inputs_backward(lstm.Params(params.W, params.b), df_hat, di_hat, dg_hat, do_hat)
    return Block(dh, do, do_hat, dc, df, di, dg, df_hat, di_hat, dg_hat, dW, dP, db, dz, dx, dh_prev, dc_prev)
