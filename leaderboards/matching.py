"""Finds the rows of one board on another."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

ABSENT = -1
"""Stands for the row of what is not there."""

Key = TypeVar("Key", np.int64, np.uint64)


def rows_of(old: NDArray[Key], new: NDArray[Key]) -> NDArray[np.int64]:
    """Give for each new key its row among the old ones, or `ABSENT`."""
    if not len(old):
        return np.full(len(new), ABSENT, dtype=np.int64)
    # Searched for in their order, the new ones are found in half of the time.
    old_order, new_order = np.argsort(old), np.argsort(new)
    ascending, wanted = old[old_order], new[new_order]
    slots = np.minimum(np.searchsorted(ascending, wanted), len(old) - 1)
    rows = np.empty(len(new), dtype=np.int64)
    rows[new_order] = np.where(ascending[slots] == wanted, old_order[slots], ABSENT)
    return rows
