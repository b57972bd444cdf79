"""One thread, and the BLAS kernel that a user gets. Import it before NumPy: a BLAS looks at its settings once."""

import os
import sys

HELD_BACK = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
"""Settings with which the builds give the same bytes everywhere; they cost a current NumPy up to a third of its speed."""

if any(name in os.environ for name in HELD_BACK):
    free = {name: value for name, value in os.environ.items() if name not in HELD_BACK}
    os.execve(sys.executable, sys.orig_argv, free)
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ[variable] = "1"


def kernel() -> str:
    """The BLAS that NumPy runs on, and the kernel that it chose for this processor."""
    import numpy as np
    from threadpoolctl import threadpool_info

    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    chosen = {pool.get("architecture") for pool in threadpool_info() if pool["user_api"] == "blas"} - {None}
    return f"{blas['name']} {blas['version']}, kernel {' and '.join(sorted(chosen)) or 'unknown'}"
