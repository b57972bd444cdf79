"""Is my gradient right? Three ways to differentiate a loss without a backward pass.

Central differences err by `O(step^2)` from the formula and `O(eps / step)` from rounding. The complex step (Squire &
Trapp, SIAM Review 40, 1998) subtracts nothing, so its step can be tiny and its error is that of the loss itself; the
loss must be holomorphic: `abs`, `.real`, `float()` and comparisons break it. A directional check costs one evaluation
for all parameters together.
"""

from collections.abc import Callable, Sequence

import numpy as np

Array = np.ndarray


def central_difference(loss: Callable[[Array], float], a: Array, step: float = 1e-5) -> Array:
    """`d loss / d a`, an array like `a`, from `2 a.size` evaluations of `loss(a)`. `a` itself is left alone."""
    a = _floats(a)
    grad = np.zeros_like(a)
    for index in np.ndindex(a.shape):
        above, below = a.copy(), a.copy()
        above[index] += step
        below[index] -= step
        grad[index] = (loss(above) - loss(below)) / (2 * step)
    return grad


def complex_step(loss: Callable[[Array], complex], a: Array, step: float = 1e-30) -> Array:
    """`d loss / d a = Im loss(a + i step) / step`, an array like `a`, from `a.size` evaluations."""
    a = _floats(a)
    grad = np.zeros(a.shape)
    for index in np.ndindex(a.shape):
        moved = a.astype(complex)
        moved[index] += 1j * step
        grad[index] = _imaginary(loss(moved)) / step
    return grad


def directional(loss: Callable[..., complex], arrays: Sequence[Array], directions: Sequence[Array]) -> float:
    """The slope of `loss(*arrays)` when all arrays move together along `directions`: one complex evaluation."""
    step = 1e-30
    moved = [_floats(a) + 1j * step * d for a, d in zip(arrays, directions, strict=True)]
    return _imaginary(loss(*moved)) / step


def error_along(
    loss: Callable[..., complex], arrays: Sequence[Array], grads: Sequence[Array], directions: Sequence[Array]
) -> float:
    """How far `grads` are from the slope along `directions`, relative to its typical size.

    The typical size is that of a sum of the gradients' entries with random signs: the root of the sum of their squares.
    """
    slope = directional(loss, arrays, directions)
    claimed = sum((np.asarray(g) * d).sum() for g, d in zip(grads, directions, strict=True))
    typical = np.sqrt(sum((np.asarray(g) ** 2).sum() for g in grads))
    gap = abs(slope - claimed)
    return float(gap / typical) if typical > 0 else float(gap)


def directional_error(
    loss: Callable[..., complex], arrays: Sequence[Array], grads: Sequence[Array], rng: np.random.Generator
) -> float:
    """`error_along` one random direction of +1s and -1s.

    Any single wrong entry shows, because no direction has a zero in it. Right gradients give about 1e-15.
    """
    directions = [rng.choice([-1.0, 1.0], size=np.shape(a)) for a in arrays]
    return error_along(loss, arrays, grads, directions)


def relative_error(found: Array, wanted: Array) -> float:
    """The largest difference, relative to the largest entry of `wanted`. Shapes must agree: nothing is broadcast.

    Where `wanted` is 0 everywhere, it is the difference itself.
    """
    found, wanted = np.asarray(found), np.asarray(wanted)
    if found.shape != wanted.shape:
        raise ValueError(f"found has shape {found.shape}, wanted {wanted.shape}")
    gap = np.abs(found - wanted).max()
    largest = np.abs(wanted).max()
    return float(gap / largest) if gap > 0 and largest > 0 else float(gap)


def _floats(a: Array) -> Array:
    a = np.asarray(a)
    if a.dtype.kind != "f":
        raise TypeError(f"the array to differentiate by has dtype {a.dtype}, wanted float64: try .astype(float)")
    return a


def _imaginary(value: complex) -> float:
    if not np.iscomplexobj(value):
        raise TypeError(
            "the loss came back real: abs, .real, float() or a copy into a float array dropped its imaginary part"
        )
    if np.shape(value) != ():
        raise ValueError(f"the loss has shape {np.shape(value)}, wanted a single number")
    return float(np.imag(value))
