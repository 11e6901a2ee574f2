"""Rush of the last day before a deadline, as past competitions show it.

The last day has four parts of six hours. The factor of a part is how many times as many teams an
hour came in as in the two days before the last day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from leaderboards.forecast.rhythm import EVEN, Rhythm

MIN_COMPETITIONS = 3
"""Fewer past competitions show nothing of the next one."""

PART_HOURS, PARTS = 6, 4
LAST_HOURS = PART_HOURS * PARTS


@dataclass(frozen=True, slots=True)
class Rush:
    """Pace of the last day, as past competitions show it."""

    factors: tuple[float, ...]
    """The median of each part, but at least 1; the earliest part first."""
    spread: float
    """The standard deviation of the factors of competitions, as a share of them."""


@dataclass(frozen=True, slots=True)
class RushedDeadline:
    """The deadline of a board whose rush is known from past competitions."""

    rush: Rush
    hours: float
    """How far away it is."""

    def to_usual_hours(self, start: float, end: float, rhythm: Rhythm = EVEN) -> float:
        """Return how many hours of usual pace the time from `start` to `end` is worth.

        Both are hours from now. Nobody comes in after the deadline. The factors of the last day
        hold its rhythm: most deadlines are at the same hour.
        """
        before = min(end, max(self.hours - LAST_HOURS, start))
        weight = rhythm.to_usual_hours(start, before)
        return weight + self.to_usual_hours_of_last_day(start, end)

    def to_usual_hours_of_last_day(self, start: float, end: float) -> float:
        """Return the part of `to_usual_hours` that falls on the last day."""
        begins = self.hours - LAST_HOURS + PART_HOURS * np.arange(PARTS)
        overlaps = np.minimum(end, begins + PART_HOURS) - np.maximum(start, begins)
        return float((np.maximum(overlaps, 0) * self.rush.factors).sum())


def combine_rushes(factors_by_competition: Sequence[Sequence[float]]) -> Rush | None:
    """Return what the factors of past competitions show; None if these are too few."""
    count = len(factors_by_competition)
    if count < MIN_COMPETITIONS:
        return None
    factors = np.array(factors_by_competition)
    log_means = np.log(np.maximum(factors.mean(axis=1), 1 / LAST_HOURS))
    # A few competitions differ less than many would: with three, the spread is taken 1.7 times.
    spread = float(log_means.std(ddof=1)) * (1 + 2 / count)
    # At least 1: three competitions are too few to promise that fewer teams come in than usual.
    return Rush(tuple(np.maximum(np.median(factors, axis=0), 1).tolist()), spread)
