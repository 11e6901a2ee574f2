"""What a team's way over a board comes to, for a stretch of its history."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from leaderboards.history import RankAt, TeamHistory


@dataclass(frozen=True, slots=True)
class RankSummary:
    """Where a team began, where it is, and the best and the worst in between."""

    first: RankAt
    last: RankAt
    best: RankAt
    """The first time it stood as high."""
    worst: RankAt
    submissions: int | None
    """Made since the first; None where the files do not tell."""


def since(history: TeamHistory, moment: datetime | None) -> TeamHistory:
    """Give a history from a moment on, beginning with what held then; whole without a moment."""
    if moment is None:
        return history
    begin = bisect_right(history, moment, key=lambda at: at.taken_at) - 1
    return history[max(begin, 0) :]


def summarize_history(history: TeamHistory) -> RankSummary | None:
    """Sum up a history; None for a team that was never on the board."""
    ranked = np.flatnonzero(history.rank)
    if not len(ranked):
        return None
    ranks = history.rank[ranked]
    first, last = history[int(ranked[0])], history[int(ranked[-1])]
    best, worst = history[int(ranked[ranks.argmin()])], history[int(ranked[ranks.argmax()])]
    known = first.submissions is not None and last.submissions is not None
    # In simulation competitions the count can fall.
    made = max((last.submissions or 0) - (first.submissions or 0), 0) if known else None
    return RankSummary(first, last, best, worst, made)
