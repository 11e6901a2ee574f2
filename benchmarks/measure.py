"""Interleaved timing of alternatives, and percentiles."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from statistics import median
from time import perf_counter

Case = Callable[[], AbstractContextManager[Callable[[], object]]]
"""Prepares one run, yields the function that is timed, and clears up."""


def case_without_setup(run: Callable[[], object]) -> Case:
    """Build a case from a function that needs no preparation."""
    return lambda: nullcontext(run)


def interleaved(cases: Mapping[str, Case], rounds: int) -> dict[str, float]:
    """Run every case once a round; return the median of each in milliseconds.

    The order turns from round to round, so that none always comes after the same other.
    """
    times: dict[str, list[float]] = {name: [] for name in cases}
    names = list(cases)
    for number in range(rounds):
        turned = names[number % len(names) :] + names[: number % len(names)]
        for name in turned:
            with cases[name]() as run:
                gc.collect()
                began = perf_counter()
                run()
                times[name].append((perf_counter() - began) * 1000)
    return {name: median(measured) for name, measured in times.items()}


def percentile(values: list[float], share: float) -> float:
    """Return the value below which this share of the values lies: 0.99 for the 99th percentile."""
    ascending = sorted(values)
    return ascending[min(len(ascending) - 1, int(share * len(ascending)))]
