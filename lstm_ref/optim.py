"""Gradient descent, Adam and clipping, over any sequence of arrays: `[*lstm_params, Why, by]`, say.

`sgd` and `Adam` change parameters in place, so whatever shares their memory changes with them; gradients are left alone.
"""

from collections.abc import Sequence

import numpy as np

from lstm_ref.checks import check_arrays

Array = np.ndarray


def sgd(params: Sequence[Array], grads: Sequence[Array], rate: float) -> None:
    """`p -= rate * dp` for every parameter, in place."""
    _check(params, grads)
    for p, dp in zip(params, grads, strict=True):
        p -= rate * dp


def adam_step(
    p: Array,
    m: Array,
    v: Array,
    dp: Array,
    t: int,
    rate: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> tuple[Array, Array, Array]:
    """One step of Adam (Kingma & Ba, ICLR 2015, Algorithm 1) for one array: the new `p`, `m` and `v`.

    `m` and `v` are running means of the gradient and of its square, zeros before the first step; `t` counts steps from 1.
    """
    m = beta1 * m + (1 - beta1) * dp
    v = beta2 * v + (1 - beta2) * dp**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    p = p - rate * m_hat / (np.sqrt(v_hat) + eps)
    return p, m, v


class Adam:
    """`adam_step` for all parameters, in place."""

    def __init__(
        self,
        params: Sequence[Array],
        rate: float = 1e-3,
        beta1: float = 0.9,
        beta2: float = 0.999,
        eps: float = 1e-8,
    ) -> None:
        self.params = list(params)
        self.rate, self.beta1, self.beta2, self.eps = rate, beta1, beta2, eps
        self.m = [np.zeros_like(p) for p in self.params]
        self.v = [np.zeros_like(p) for p in self.params]
        self.t = 0

    def step(self, grads: Sequence[Array]) -> None:
        """One step along `grads`, which are in the order of the parameters."""
        _check(self.params, grads)
        self.t += 1
        for k, (p, dp) in enumerate(zip(self.params, grads, strict=True)):
            p[...], self.m[k], self.v[k] = adam_step(
                p, self.m[k], self.v[k], dp, self.t, self.rate, self.beta1, self.beta2, self.eps
            )


def global_norm(grads: Sequence[Array]) -> float:
    """The Euclidean length of all gradients taken as one long vector."""
    return float(np.sqrt(sum((dp.astype(np.float64) ** 2).sum() for dp in grads)))


def clip(grads: Sequence[Array], limit: float) -> tuple[list[Array], float]:
    """The gradients scaled, all by one factor, to a global norm of at most `limit` (Pascanu et al. 2013); and the norm
    that they had. Direction is kept."""
    if not limit > 0:
        raise ValueError(f"limit is {limit}, wanted a positive number")
    norm = global_norm(grads)
    factor = min(1.0, limit / norm) if norm > 0 else 1.0
    return [dp * factor for dp in grads], norm


def _check(params: Sequence[Array], grads: Sequence[Array]) -> None:
    if len(params) != len(grads):
        raise ValueError(f"grads has {len(grads)} arrays, wanted {len(params)}, one for each parameter")
    for k, (p, dp) in enumerate(zip(params, grads, strict=True)):
        check_arrays({f"params[{k}]": (p, p.shape), f"grads[{k}]": (dp, p.shape)})
