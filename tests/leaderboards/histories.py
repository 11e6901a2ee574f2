"""Histories of teams built from rows, for tests."""

from collections.abc import Sequence

import numpy as np

from leaderboards.board import UNKNOWN
from leaderboards.history import RankPoint, TeamHistory


def build_history(rows: Sequence[RankPoint]) -> TeamHistory:
    """Build the history of a team from its rows."""

    def numbers(column: list[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.array(column, dtype=np.int64)

    return TeamHistory(
        team_id=1,
        taken_at=numbers([int(row.taken_at.timestamp()) for row in rows]),
        team_count=numbers([row.team_count for row in rows]),
        rank=numbers([row.rank or 0 for row in rows]),
        score=np.array([np.nan if row.score is None else row.score for row in rows]),
        score_text=[row.score_text for row in rows],
        submissions=numbers(
            [UNKNOWN if row.submissions is None else row.submissions for row in rows]
        ),
    )
