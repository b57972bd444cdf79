"""A group of processes (cgroup v2) for each sandbox where systemd can make one: the kernel itself keeps to the limits then."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache

ENVIRONMENT = ("XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS")
"""What systemd-run needs to know, and what a sandbox does not get to know."""


def prefix(memory: int, processes: int) -> list[str]:
    """What stands before a command to run it in a group of its own; nothing where there are no groups.

    Parameters
    ----------
    memory : bytes, the kernel's own for these processes included.
    processes : processes and threads at one time.
    """
    if not here():
        return []
    limits = (f"MemoryMax={memory}", "MemorySwapMax=0", f"TasksMax={processes}", "CPUQuota=100%")
    return [*_start(), *(x for limit in limits for x in ("-p", limit)), "--"]


@cache
def here() -> bool:
    """Whether groups with these limits can be made."""
    if not shutil.which("systemd-run") or not os.path.exists("/sys/fs/cgroup/cgroup.controllers"):
        return False
    try:
        return (
            subprocess.run([*_start(), "-p", "MemoryMax=1G", "--", "true"], capture_output=True, timeout=10).returncode
            == 0
        )
    except (OSError, subprocess.TimeoutExpired):
        return False


def said() -> str:
    """How limits are kept on this machine, for a teacher."""
    if here():
        return "memory and processors are limited by the kernel, a group for each sandbox"
    return (
        "memory and processors are looked at ten times a second: this machine offers no groups (cgroup v2 by systemd)"
    )


def _start() -> list[str]:
    return ["systemd-run", *([] if os.geteuid() == 0 else ["--user"]), "--scope", "--quiet", "--collect"]
