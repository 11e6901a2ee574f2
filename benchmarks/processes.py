"""CPU time and memory of other processes, from Linux's /proc."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

_TICK_MS = 1000 / os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 10.0
_MB = 1 << 20


def cpu_ms(pid: int) -> float:
    """Return the CPU milliseconds of a process and its ended children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) * _TICK_MS


def memory_mb(pid: int) -> float:
    """Return the resident memory of a process, in MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / _MB


def proportional_memory_mb(pid: int) -> float:
    """Return the memory of a process in MB, shared pages in equal parts (PSS); 0 if it ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def children_of(pid: int) -> list[int]:
    """Return the ids of a process's running children."""
    threads = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for thread in threads for child in thread.read_text().split()]


def descendants_of(pid: int) -> list[int]:
    """Return the ids of a process's running children, their children, and so on."""
    found: list[int] = []
    waiting = [pid]
    while waiting:
        with suppress(FileNotFoundError, ProcessLookupError):
            children = children_of(waiting.pop())
            found += children
            waiting += children
    return found
