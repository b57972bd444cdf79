"""Right answers to 2.3, in other styles."""

import functools
import math

import numpy as np


def jacobian_rows(Whh, h):
    return (1 - h**2)[:, None] * Whh


def jacobian_in_loops(Whh, h):
    n = len(h)
    return [[(1 - h[i] ** 2) * Whh[i, j] for j in range(n)] for i in range(n)]


def jacobian_einsum(Whh, h):
    return np.einsum("i,ij->ij", (1 - h) * (1 + h), Whh)


def jacobian_by_cosh(Whh, h):
    return (Whh.T / np.cosh(np.arctanh(h)) ** 2).T


def product_reduced(Whh, h):
    return functools.reduce(lambda P, row: jacobian_rows(Whh, row) @ P, h, np.eye(len(Whh)))


def product_multi_dot(Whh, h):
    factors = [jacobian_rows(Whh, row) for row in h[::-1]]
    return factors[0] if len(factors) == 1 else np.linalg.multi_dot(factors)


def product_backward(Whh, h):
    back = np.eye(len(Whh))
    for row in h[::-1]:
        back = Whh.T @ ((1 - row**2)[:, None] * back)
    return back.T


def product_recursive(Whh, h):
    if len(h) == 0:
        return np.identity(len(Whh))
    return np.diag(1 - h[-1] ** 2) @ Whh @ product_recursive(Whh, h[:-1])


def radius_with_eig(A):
    return max(abs(v) for v in np.linalg.eig(A)[0])


def radius_by_parts(A):
    v = np.linalg.eigvals(A)
    return np.sqrt((v.real**2 + v.imag**2).max())


def radius_by_sorting(A):
    return float(sorted(map(abs, np.linalg.eigvals(A).tolist()))[-1])


def norms_by_products(Whh, h, dh_T):
    T = len(h)
    return [np.linalg.norm(product_reduced(Whh, h[T - k :]).T @ dh_T) for k in range(T + 1)]


def norms_by_filling(Whh, h, dh_T):
    norms = np.empty(len(h) + 1)
    dh = dh_T.copy()
    for k in range(len(h)):
        norms[k] = math.sqrt(dh @ dh)
        dh = (dh * (1 - h[-1 - k] ** 2)) @ Whh
    norms[-1] = math.sqrt(dh @ dh)
    return norms


def norms_column_vectors(Whh, h, dh_T):
    found, dh = [], dh_T[:, None]
    for row in [*h[::-1], None]:
        found.append(np.sqrt((dh**2).sum()))
        if row is not None:
            dh = Whh.T.dot(dh * (1 - row[:, None] ** 2))
    return tuple(found)


def clip_with_if(gradients, limit):
    flat = np.concatenate([g.ravel() for g in gradients])
    length = np.linalg.norm(flat)
    if length <= limit:
        return [g.copy() for g in gradients]
    return [g * limit / length for g in gradients]


def clip_as_tuple(gradients, limit):
    length = math.hypot(*(np.linalg.norm(g) for g in gradients))
    return tuple(g / max(1.0, length / limit) for g in gradients)


def clip_copies_in_place(gradients, limit):
    gradients = [np.array(g) for g in gradients]
    squares = 0.0
    for g in gradients:
        squares += np.sum(g * g)
    for g in gradients:
        if squares > limit**2:
            g *= limit / squares**0.5
    return gradients


RIGHT = {
    "rnn_jacobian": {
        "rows": jacobian_rows,
        "loops": jacobian_in_loops,
        "einsum": jacobian_einsum,
        "cosh": jacobian_by_cosh,
    },
    "rnn_jacobian_product": {
        "reduce": product_reduced,
        "multi_dot": product_multi_dot,
        "backward": product_backward,
        "recursive": product_recursive,
    },
    "spectral_radius": {"eig": radius_with_eig, "by parts": radius_by_parts, "sorting": radius_by_sorting},
    "rnn_gradient_norms": {
        "products": norms_by_products,
        "filling": norms_by_filling,
        "column vectors": norms_column_vectors,
    },
    "rnn_clip": {"if": clip_with_if, "tuple": clip_as_tuple, "copies, in place": clip_copies_in_place},
}

UNREAD = "what goes back to the state before is asked for, not the shares of weights and input"
EQUIVALENT = {
    ("dh3_dh0", "jacobian_product: product = "): "a single number is its own transpose",
    **{
        ("rnn_gradient_norms", mutant): UNREAD
        for mutant in (
            "over_batch: ",
            "cell_backward: x, h_prev, h = ",
            "cell_backward: dWxh = ",
            "cell_backward: dWhh = ",
            "cell_backward: dx = ",
        )
    },
}
