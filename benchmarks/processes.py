"""What other processes took: their CPU time and their memory, as Linux tells it."""

from __future__ import annotations

import os
from pathlib import Path

_TICK_MS = 1000 / os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 10.0
_MB = 1 << 20


def cpu_ms(pid: int) -> float:
    """Give the CPU time of a process and of its children that have ended, in milliseconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) * _TICK_MS


def memory_mb(pid: int) -> float:
    """Give what a process has of memory now."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / _MB


def children_of(pid: int) -> list[int]:
    """Give the processes that a process has started and that still run."""
    threads = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for thread in threads for child in thread.read_text().split()]
