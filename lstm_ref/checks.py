"""Errors that say which argument is wrong, what was found, and what was wanted."""

import numpy as np


def check_arrays(wanted: dict[str, tuple[np.ndarray, tuple[int, ...]]]) -> None:
    """Hold every array to its shape, all of them to one precision, and every entry to a finite value.

    `wanted` maps an argument's name to `(array, shape)`. Complex arrays pass, so that a complex step can run
    through: complex128 goes with float64, complex64 with float32.

    Raises `TypeError` for what is not a float array or mixes precisions, `ValueError` for shapes and values.
    """
    first, precision = "", None
    for name, (a, shape) in wanted.items():
        if not isinstance(a, np.ndarray):
            raise TypeError(f"{name} is a {type(a).__name__}, wanted a NumPy array of shape {shape}")
        if a.dtype.name not in ("float64", "float32", "complex128", "complex64"):
            raise TypeError(f"{name} has dtype {a.dtype}, wanted float64 or float32: try {name}.astype(float)")
        if a.shape != shape:
            raise ValueError(f"{name} has shape {a.shape}, wanted {shape}")
        if a.size == 0:
            raise ValueError(f"{name} has shape {a.shape}, wanted at least one entry along every axis")
        if precision is None:
            first, precision = name, np.finfo(a.dtype).dtype
        if np.finfo(a.dtype).dtype != precision:
            raise TypeError(f"{name} has dtype {a.dtype} but {first} has precision {precision}: convert one of them")
        if not np.isfinite(a).all():
            index = tuple(int(k) for k in np.argwhere(~np.isfinite(a))[0])
            raise ValueError(f"{name} is not finite: {name}[{', '.join(map(str, index))}] = {a[index]}")


def check_axes(name: str, a: np.ndarray, axes: str, last: int | None = None) -> None:
    """Hold `a` to at least as many axes as `axes` names, `"T, ..., D"` say, and its last axis to length `last`."""
    if not isinstance(a, np.ndarray):
        raise TypeError(f"{name} is a {type(a).__name__}, wanted a NumPy array of shape ({axes})")
    least = len([axis for axis in axes.split(", ") if axis != "..."])
    if a.ndim < least or (last is not None and a.shape[-1] != last):
        where = "" if last is None else f" with {axes.split(', ')[-1]} = {last}"
        raise ValueError(f"{name} has shape {a.shape}, wanted ({axes}){where}")


def check_upstream(param: np.ndarray, shape: tuple[int, ...], **upstream: np.ndarray) -> None:
    """Hold the gradients that reach a backward function to `shape`, and to the precision of the parameters."""
    check_arrays({"params": (param, param.shape)} | {name: (a, shape) for name, a in upstream.items()})
