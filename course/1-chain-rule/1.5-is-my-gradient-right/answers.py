"""Answers to 1.5 that nobody planned for."""

import numpy as np


def central_by_unit_vectors(f, x, step):
    units = np.eye(x.size).reshape(x.size, *x.shape)
    return np.array([f(x + step * e) - f(x - step * e) for e in units]).reshape(x.shape) / 2 / step


def central_there_and_back(f, x, step):
    y, slope = np.array(x), []
    for i in np.ndindex(y.shape):
        y[i] += step
        up = f(y)
        y[i] -= 2 * step
        slope.append((up - f(y)) / (2 * step))
        y[i] += step
    return np.array(slope).reshape(x.shape)


def central_flat(f, x, step):
    slope = np.empty_like(x)
    for k in range(x.size):
        up, down = x.flatten(), x.flatten()
        up[k], down[k] = up[k] + step, down[k] - step
        slope.flat[k] = 0.5 * (f(up.reshape(x.shape)) - f(down.reshape(x.shape))) / step
    return slope


def complex_by_unit_vectors(f, x, step=1e-30):
    units = np.eye(x.size).reshape(x.size, *x.shape)
    return np.array([np.imag(f(x + 1j * step * e)) / step for e in units]).reshape(x.shape)


def complex_there_and_back(f, x, step=1e-30):
    z, slope = x + 0j, np.zeros_like(x)
    for i, value in np.ndenumerate(x):
        z[i] = complex(value, step)
        slope[i] = f(z).imag / step
        z[i] = value
    return slope


def complex_own_step(f, x, step=1e-30):
    slope = np.zeros(x.shape)
    for k in range(x.size):
        z = x.astype(np.complex128)
        z.flat[k] += 1e-200j
        slope.flat[k] = f(z).imag / 1e-200
    return slope


def error_by_norms(found, wanted):
    if found.shape != wanted.shape:
        return float("inf")
    return np.linalg.norm((found - wanted).ravel(), np.inf) / np.linalg.norm(wanted.ravel(), np.inf)


def error_by_extremes(found, wanted):
    if not found.shape == wanted.shape:
        return np.inf
    gap = found - wanted
    return max(gap.max(), -gap.min()) / max(wanted.max(), -wanted.min())


def error_scaled_first(found, wanted):
    if np.ndim(found) != np.ndim(wanted) or np.shape(found) != np.shape(wanted):
        return np.inf
    largest = np.max(np.abs(wanted))
    return float(np.max(np.abs(found / largest - wanted / largest)))


def along_flat(f, arrays, gradients, directions):
    g, d = (np.concatenate([a.ravel() for a in group]) for group in (gradients, directions))
    slope = np.imag(f(*[a + 1e-100j * s for a, s in zip(arrays, directions, strict=True)])) / 1e-100
    return np.abs(slope - g @ d) / np.linalg.norm(g)


def along_by_loops(f, arrays, gradients, directions):
    moved, claim, squares = [], 0.0, 0.0
    for k in range(len(arrays)):
        moved.append(arrays[k] + directions[k] * 1e-20j)
        claim += np.vdot(gradients[k], directions[k])
        squares += np.square(gradients[k]).sum()
    return abs(f(*moved).imag * 1e20 - claim) / squares**0.5


def along_scaled(f, arrays, gradients, directions):
    size = np.sqrt(np.sum([np.sum(g * g) for g in gradients]))
    claimed = np.sum([np.sum(g * d) for g, d in zip(gradients, directions, strict=True)])
    slope = f(*(a + 1j * 1e-12 * d for a, d in zip(arrays, directions, strict=True))).imag / 1e-12
    return abs(slope / size - claimed / size)


RIGHT = {
    "central_difference": {
        "unit vectors": central_by_unit_vectors,
        "there and back": central_there_and_back,
        "flat": central_flat,
    },
    "complex_step": {
        "unit vectors": complex_by_unit_vectors,
        "there and back": complex_there_and_back,
        "a step of its own": complex_own_step,
    },
    "relative_error": {
        "norms": error_by_norms,
        "extremes": error_by_extremes,
        "scaled first": error_scaled_first,
    },
    "directional_check": {
        "flat": along_flat,
        "loops": along_by_loops,
        "scaled": along_scaled,
    },
}
