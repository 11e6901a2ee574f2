"""Downsampling of lines without a visible change."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from leaderboards.board import Integers


def downsample(moments: NDArray[np.float64], values: NDArray[np.float64], periods: int) -> Integers:
    """Return the indices of the points to keep: the ends and extremes of each period of time.

    `moments` ascend; NaN means no value. At most four points a period are kept, and all of
    them when there are no more than that.
    """
    count = len(moments)
    if count <= 4 * periods:
        return np.arange(count)
    span = moments[-1] - moments[0]
    shares = (moments - moments[0]) / span if span else np.zeros(count)
    period_of_point = np.minimum((shares * periods).astype(np.int64), periods - 1)
    starts = np.flatnonzero(np.diff(period_of_point, prepend=-1))
    ends = np.append(starts[1:], count) - 1
    low = _find_first_extremes(values, np.fmin.reduceat(values, starts), starts, ends)
    high = _find_first_extremes(values, np.fmax.reduceat(values, starts), starts, ends)
    return np.unique(np.concatenate([starts, ends, low, high]))


def _find_first_extremes(
    values: NDArray[np.float64],
    extremes: NDArray[np.float64],
    starts: Integers,
    ends: Integers,
) -> Integers:
    """Return the first point with the extreme of each period; none where all are NaN."""
    hits = np.flatnonzero(values == np.repeat(extremes, ends - starts + 1))
    firsts = np.searchsorted(hits, starts)
    known = firsts < len(hits)
    found = hits[firsts[known]]
    return found[found <= ends[known]]
