"""Right answers to 3.1, in other styles."""

from collections import namedtuple
from types import SimpleNamespace

import numpy as np

NAMES = ("x", "h_prev", "c_prev", "z", "f_hat", "i_hat", "g_hat", "o_hat", "f", "i", "g", "o", "c", "h")


def squeeze(v):
    return 0.5 + 0.5 * np.tanh(v / 2)


def z_filled(h_prev, x):
    z = np.empty(len(h_prev) + len(x), np.result_type(h_prev, x))
    z[: len(h_prev)], z[len(h_prev) :] = h_prev, x
    return z


def gates_fused(W, b, z):
    hats = W @ z + b
    gates = squeeze(hats)
    gates[2] = np.tanh(hats[2])
    return (*hats, *gates)


def gates_in_loops(W, b, z):
    hats = [
        [b[k, j] + sum(w * v for w, v in zip(W[k, j], z, strict=True)) for j in range(b.shape[1])] for k in range(4)
    ]
    return hats + [[np.tanh(v) if k == 2 else 1 / (1 + np.exp(-v)) for v in hats[k]] for k in range(4)]


def gates_by_einsum(W, b, z):
    f_hat, i_hat, g_hat, o_hat = np.einsum("kij,j->ki", W, z) + b
    f, i, o = (1 / (1 + np.exp(-v)) for v in (f_hat, i_hat, o_hat))
    return {
        "o": o, "g": 2 * squeeze(2 * g_hat) - 1, "i": i, "f": f,
        "f_hat": f_hat, "i_hat": i_hat, "g_hat": g_hat, "o_hat": o_hat,
    }  # fmt: skip


def state_in_place(f, i, g, c_prev):
    c = c_prev.astype(np.result_type(c_prev, f, i, g))
    c *= f
    c += i * g
    return c


def step_fused(W, b, x, h_prev, c_prev):
    z = np.hstack([h_prev, x])
    hats = W @ z + b
    f, i, o = squeeze(hats[[0, 1, 3]])
    g = np.tanh(hats[2])
    c = f * c_prev + i * g
    return SimpleNamespace(
        **dict(zip(NAMES, (x, h_prev, c_prev, z, *hats, f, i, g, o, c, o * np.tanh(c)), strict=True))
    )


def step_as_a_named_tuple(W, b, x, h_prev, c_prev):
    found = vars(step_fused(W, b, x, h_prev, c_prev))
    return namedtuple("Step", reversed(found))(**found)


class Block:
    """A step that is an object of the learner's own class."""

    def __init__(self, W, b, x, h_prev, c_prev):
        self.x, self.h_prev, self.c_prev, self.z = x.copy(), h_prev.copy(), c_prev.copy(), z_filled(h_prev, x)
        for name, value in zip(NAMES[4:12], gates_fused(W, b, self.z), strict=True):
            setattr(self, name, value)
        self.c = state_in_place(self.f, self.i, self.g, c_prev)

    @property
    def h(self):
        return self.o * np.tanh(self.c)


def forward_with_a_list(W, b, x, h0, c0):
    steps = []
    for row in x:
        last = steps[-1] if steps else SimpleNamespace(h=h0, c=c0)
        steps.append(step_fused(W, b, row, last.h, last.c))
    return steps


def forward_recursive(W, b, x, h0, c0):
    if not len(x):
        return []
    first = step_fused(W, b, x[0], h0, c0)
    return [first, *forward_recursive(W, b, x[1:], first.h, first.c)]


def forward_to_a_tuple(W, b, x, h0, c0):
    return tuple(forward_with_a_list(W, b, x.copy(), h0.copy(), c0.copy()))


def torch_by_blocks(W_ih, W_hh, b_ih, b_hh):
    i, f, g, o = np.split(np.hstack([W_hh, W_ih]), 4)
    bi, bf, bg, bo = (np.split(b_ih, 4)[k] + np.split(b_hh, 4)[k] for k in range(4))
    return np.stack([f, i, g, o]), [bf, bi, bg, bo]


def torch_by_filling(W_ih, W_hh, b_ih, b_hh):
    (rows, D), H = W_ih.shape, W_hh.shape[1]
    W, b = np.zeros((4, H, H + D)), np.zeros((4, H))
    for ours, theirs in enumerate((1, 0, 2, 3)):
        part = slice(theirs * H, (theirs + 1) * H)
        W[ours, :, :H], W[ours, :, H:], b[ours] = W_hh[part], W_ih[part], b_ih[part] + b_hh[part]
    assert rows == 4 * H
    return W, b


def torch_swapped(W_ih, W_hh, b_ih, b_hh):
    H = len(b_ih) // 4
    W, b = np.c_[W_hh, W_ih].reshape(4, H, -1), np.add(b_ih, b_hh).reshape(4, H)
    W[[0, 1]], b[[0, 1]] = W[[1, 0]], b[[1, 0]]
    return W, b


RIGHT = {
    "lstm_z": {"hstack": lambda h, x: np.hstack((h, x)), "list": lambda h, x: [*h, *x], "filled": z_filled},
    "lstm_gates": {"fused": gates_fused, "loops": gates_in_loops, "einsum": gates_by_einsum},
    "lstm_cell_state": {
        "in place": state_in_place,
        "loop": lambda f, i, g, c: [a * b + d * e for a, b, d, e in zip(f, c, i, g, strict=True)],
        "rows": lambda f, i, g, c: (np.stack([f, i]) * np.stack([c, g])).sum(axis=0),
    },
    "lstm_output": {
        "exponentials": lambda o, c: o * (1 - 2 / (np.exp(2 * c) + 1)),
        "multiply": lambda o, c: np.multiply(np.tanh(c), o),
        "diagonal": lambda o, c: np.diag(o) @ np.tanh(c),
    },
    "lstm_step": {"fused": step_fused, "named tuple": step_as_a_named_tuple, "class": Block},
    "lstm_forward": {"list": forward_with_a_list, "recursive": forward_recursive, "tuple": forward_to_a_tuple},
    "lstm_from_torch_order": {"blocks": torch_by_blocks, "filling": torch_by_filling, "swapped": torch_swapped},
}
