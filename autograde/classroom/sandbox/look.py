"""What the processes of a sandbox use, as far as /proc tells: for machines without groups, and for time."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

SPARE = 256 * 2**20
"""Bytes of memory that this machine must keep free, or sandboxes are stopped."""
SHORT = "this machine ran out of memory: grade it again with --resume and fewer --jobs"
_OWN = re.compile(r"(?:Rss(?:Anon|Shmem)|VmPTE|VmSwap):\s+(\d+)")


@dataclass(frozen=True)
class Looked:
    """What was seen: processor seconds until now, seconds that were spent waiting for a processor, and why it has to be stopped
    (empty when it has not)."""

    spent: float = 0.0
    waited: float = 0.0
    reason: str = ""


@dataclass(frozen=True)
class Look:
    """Looks at the process ``pid`` and all below it; the limits are those of ``Limits``."""

    pid: int
    memory: int
    processes: int
    files: int
    descriptors: int

    def now(self) -> Looked:
        """What they use now."""
        if sys.platform != "linux":
            return Looked()
        used, count, held, ticks, waited = 0, 0, 0, 0, 0
        found = self._all()
        for pid in found:
            here = Path(f"/proc/{pid}")
            with contextlib.suppress(OSError, ValueError, IndexError):
                used += sum(int(kb) * 1024 for kb in _OWN.findall((here / "status").read_text()))
                count += len(os.listdir(here / "task"))
                ticks += sum(map(int, (here / "stat").read_text().rsplit(")", 1)[1].split()[11:15]))
                waited += int((here / "schedstat").read_text().split()[1])
                held += len(os.listdir(here / "fd"))
        return Looked(ticks / os.sysconf("SC_CLK_TCK"), waited / 1e9, self._reason(used, count, held, found))

    def _reason(self, used: int, count: int, held: int, found: list[int]) -> str:
        if used > self.memory:
            return f"it used more than {self.memory >> 20} MB of memory"
        if count > self.processes + 10:
            return f"it had more than {self.processes} processes"
        if held > self.descriptors:
            return f"it held more than {self.descriptors} files, pipes and sockets open"
        if any(_files(pid) > self.files for pid in found[-2:]):
            return f"it made more than {self.files} files"
        free = re.search(r"MemAvailable: +(\d+)", Path("/proc/meminfo").read_text())
        return SHORT if free and int(free[1]) * 1024 < SPARE else ""

    def _all(self) -> list[int]:
        """Every process, the outer ones first."""
        found = [self.pid]
        for pid in found:
            with contextlib.suppress(OSError, ValueError):
                for thread in os.listdir(f"/proc/{pid}/task"):
                    found += map(int, Path(f"/proc/{pid}/task/{thread}/children").read_text().split())
        return found


def _files(pid: int) -> int:
    """Files in the /tmp that a process sees: the kernel keeps some memory for each, empty or not."""
    try:
        found = os.statvfs(f"/proc/{pid}/root/tmp")
    except OSError:
        return 0
    return found.f_files - found.f_ffree
