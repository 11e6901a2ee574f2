"""Whole numbers as SQLite's own table of JSON reads them, however many they are."""

from __future__ import annotations

import numpy as np
import orjson
from numpy.typing import NDArray


def as_json(numbers: NDArray[np.int64]) -> str:
    """Write an array that `json_each` can read."""
    side_by_side = np.ascontiguousarray(numbers)
    return orjson.dumps(side_by_side, option=orjson.OPT_SERIALIZE_NUMPY).decode()
