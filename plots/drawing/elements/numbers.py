"""Short formats for numbers, to fit on a phone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise


def short_number(count: int) -> str:
    """Return a count for an axis: 950, 1,500, 25k."""
    return f"{count / 1000:g}k" if count >= 10_000 and count % 100 == 0 else f"{count:,}"


def score_labels(scores: Sequence[float]) -> list[str]:
    """Return scores with the same few decimals; very large ones with k, M or B.

    Different scores in order have different labels, unless they differ beyond the eighth decimal.
    """
    largest = max(map(abs, scores), default=0)
    for letter, size in (("B", 1e9), ("M", 1e6), ("k", 1e4)):
        if largest >= size:
            unit = 1000 if letter == "k" else size
            return _shortest_distinct_labels([score / unit for score in scores], letter)
    steps = [abs(after - before) for before, after in pairwise(scores) if after != before]
    if not steps:
        return [f"{score:.5g}" for score in scores]
    step = min(steps)
    decimals = min(max(0, -math.floor(math.log10(step) + 1e-9)), 8)
    if any(abs(score * 10**decimals - round(score * 10**decimals)) > 1e-3 for score in scores):
        decimals += 1
    return [f"{score:.{decimals}f}" for score in scores]


def _shortest_distinct_labels(numbers: Sequence[float], letter: str) -> list[str]:
    """Return numbers such as 1.2k, with so many digits that no two look alike."""
    labels: list[str] = []
    for digits in range(6, 16):
        labels = [f"{number:.{digits}g}{letter}" for number in numbers]
        if len(set(labels)) == len(set(numbers)):
            break
    return labels
