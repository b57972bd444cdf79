"""Run a notebook from its first cell to its last in a kernel of its own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from nbformat import NotebookNode


def run(notebook: NotebookNode, folder: Path, env: Mapping[str, str], timeout: float, allow_errors: bool) -> None:
    """Execute ``notebook`` in ``folder``; outputs are written into it.

    Parameters
    ----------
    env : variables to set for the kernel, beside those of this process.
    timeout : seconds that one cell may take; with ``allow_errors`` a cell over it is interrupted and the rest goes on.

    Raises
    ------
    nbclient.exceptions.CellExecutionError : a cell raised, and ``allow_errors`` is false.
    nbclient.exceptions.DeadKernelError : the kernel died.
    """
    from nbclient import NotebookClient

    client = NotebookClient(
        notebook,
        timeout=timeout,
        kernel_name="python3",
        allow_errors=allow_errors,
        interrupt_on_timeout=allow_errors,
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
        shutdown_kernel="immediate",
    )
    client.execute(env=os.environ | dict(env), stderr=subprocess.DEVNULL)
