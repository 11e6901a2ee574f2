"""Interleaved timing of alternatives, and percentiles."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AbstractContextManager, nullcontext
from hashlib import sha256
from statistics import median
from time import perf_counter
from typing import Any

Case = Callable[[], AbstractContextManager[Callable[[], object]]]
"""Prepares one run, yields the function that is timed, and clears up."""

Work = Coroutine[Any, Any, object]


def case_without_setup(run: Callable[[], object]) -> Case:
    """Build a case from a function that needs no preparation."""
    return lambda: nullcontext(run)


def interleaved(
    cases: Mapping[str, Case], rounds: int, clock: Callable[[], float] = perf_counter
) -> dict[str, float]:
    """Run every case once a round; return the median of each in milliseconds.

    The order turns from round to round, so that none always comes after the same other. The clock
    tells seconds: `time.process_time` those of CPU.
    """
    times: dict[str, list[float]] = {name: [] for name in cases}
    names = list(cases)
    for number in range(rounds):
        turned = names[number % len(names) :] + names[: number % len(names)]
        for name in turned:
            with cases[name]() as run:
                gc.collect()
                began = clock()
                run()
                times[name].append((clock() - began) * 1000)
    return {name: median(measured) for name, measured in times.items()}


def percentile(values: list[float], share: float) -> float:
    """Return the value below which this share of the values lies: 0.99 for the 99th percentile."""
    ascending = sorted(values)
    return ascending[min(len(ascending) - 1, int(share * len(ascending)))]


async def measure_lateness(work: Work) -> list[float]:
    """Measure by how many milliseconds the event loop was late, once a millisecond."""
    late: list[float] = []

    async def ask() -> None:
        while True:
            began = perf_counter()
            await asyncio.sleep(0.001)
            late.append((perf_counter() - began) * 1000 - 1)

    asking = asyncio.create_task(ask())
    await work
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    return late


def hash_for(seconds: float) -> None:
    """Work for some seconds without the GIL: a late loop is then due to the machine."""
    data, end = bytes(10_000_000), perf_counter() + seconds
    while perf_counter() < end:
        sha256(data)
