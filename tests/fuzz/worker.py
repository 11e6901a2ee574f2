"""The work of each process of `make fuzz`, within a memory limit."""

from __future__ import annotations

import resource
from pathlib import Path

from tests.fuzz.cases import Figures, run_cases

_EXTRA_MEMORY = 1 << 30
"""Bytes that a process may allocate beyond what it uses before the first case."""


def run_chunk(chunk: tuple[int, int, int]) -> Figures:
    """Read the cases of one seed from one number up to another."""
    seed, start, end = chunk
    figures = run_cases(seed, range(start, end))
    figures.peak_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return figures


def limit_memory() -> None:
    """Limit the process's memory, where the system supports it."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        limit = int(statm.read_text().split()[0]) * resource.getpagesize() + _EXTRA_MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
