"""Finds the teams of one board on another, and which of them stand there alike."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ABSENT = -1
"""Stands for the row of a team that is not there."""


def rows_of(old: NDArray[np.int64], new: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give for each new team id its row among the old ones, or `ABSENT`."""
    if not len(old):
        return np.full(len(new), ABSENT, dtype=np.int64)
    # Searched for in their order, the new ones are found in half of the time.
    old_order, new_order = np.argsort(old), np.argsort(new)
    ascending, wanted = old[old_order], new[new_order]
    slots = np.minimum(np.searchsorted(ascending, wanted), len(old) - 1)
    rows = np.empty(len(new), dtype=np.int64)
    rows[new_order] = np.where(ascending[slots] == wanted, old_order[slots], ABSENT)
    return rows


def marked_otherwise(
    old: NDArray[np.uint64], new: NDArray[np.uint64], rows: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Tell of each new row whether its old one, in these rows, is absent or marked otherwise."""
    otherwise: NDArray[np.bool_] = (rows == ABSENT) | (old[rows] != new)
    return otherwise
