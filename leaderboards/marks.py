"""What is kept of a board's rows beside them, by which a sync knows again those that are alike."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from leaderboards.board import Columns


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """The rows of a board without their texts, best first; every column has the same length."""

    team_id: NDArray[np.int64]
    rank: NDArray[np.int64]
    score: NDArray[np.float64]
    submissions: NDArray[np.int64]
    last_submission_at: NDArray[np.int64]
    mark: NDArray[np.uint64]
    """Of all that a row holds but its rank."""

    def __len__(self) -> int:
        return len(self.mark)

    @classmethod
    def of(cls, teams: Columns) -> Self | None:
        """Give the marks of a board's teams; None where they have none."""
        if teams.mark is None:
            return None
        return cls(*(getattr(teams, column.name) for column in fields(cls)))

    def encode(self) -> bytes:
        """Give them as bytes, 48 a row."""
        columns = [getattr(self, column.name).view(np.int64) for column in fields(self)]
        return np.stack(columns).astype("<i8", copy=False).tobytes()

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read what `encode` wrote."""
        columns = np.frombuffer(data, dtype="<i8").astype(np.int64, copy=False)
        team_id, rank, score, submissions, last_submission_at, mark = columns.reshape(
            len(fields(cls)), -1
        )
        return cls(
            team_id,
            rank,
            score.view(np.float64),
            submissions,
            last_submission_at,
            mark.view(np.uint64),
        )
