"""Interleaved timing of alternatives, and percentiles."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from statistics import median
from time import perf_counter

Case = Callable[[], AbstractContextManager[Callable[[], object]]]
"""Prepares one run, gives what is timed, and clears up; only the middle is measured."""


def case_without_setup(run: Callable[[], object]) -> Case:
    """Build a case from a function that needs no preparation."""
    return lambda: nullcontext(run)


def interleaved(ways: Mapping[str, Case], rounds: int) -> dict[str, float]:
    """Run every way once a round; gives the median of each in milliseconds.

    The order turns from round to round, so that none always comes after the same other.
    """
    times: dict[str, list[float]] = {name: [] for name in ways}
    names = list(ways)
    for number in range(rounds):
        turned = names[number % len(names) :] + names[: number % len(names)]
        for name in turned:
            with ways[name]() as run:
                gc.collect()
                began = perf_counter()
                run()
                times[name].append((perf_counter() - began) * 1000)
    return {name: median(measured) for name, measured in times.items()}


def percentile(values: list[float], share: float) -> float:
    """Return the value below which this share of the values lies: 0.99 for the 99th percentile."""
    ascending = sorted(values)
    return ascending[min(len(ascending) - 1, int(share * len(ascending)))]
