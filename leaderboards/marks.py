"""Marks of a board's rows: whoever holds two boards against each other reads no row that is alike.

A mark is 64 bits made of all that a row holds but its rank. Most ranks change from one sync to the
next, and few rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

_FIELDS = np.dtype([("team_id", "<i8"), ("rank", "<i8"), ("content", "<u8")])


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """The rows of a board, best first; every column has the same length."""

    team_id: NDArray[np.int64]
    rank: NDArray[np.int64]
    content: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.team_id)

    def encode(self) -> bytes:
        """Give them as bytes, 24 a row."""
        rows = np.empty(len(self), dtype=_FIELDS)
        rows["team_id"], rows["rank"], rows["content"] = self.team_id, self.rank, self.content
        return rows.tobytes()

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read what `encode` wrote."""
        rows = np.frombuffer(data, dtype=_FIELDS)
        return cls(
            rows["team_id"].astype(np.int64),
            rows["rank"].astype(np.int64),
            rows["content"].astype(np.uint64),
        )
