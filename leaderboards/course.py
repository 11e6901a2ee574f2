"""What a team's way over a board comes to, for a stretch of its history."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from leaderboards.history import RankAt


@dataclass(frozen=True, slots=True)
class Course:
    """Where a team began, where it is, and the best and the worst in between."""

    first: RankAt
    last: RankAt
    best: RankAt
    """The first time it stood as high."""
    worst: RankAt
    submissions: int | None
    """Made since the first; None where the files do not tell."""


def since(history: Sequence[RankAt], moment: datetime | None) -> Sequence[RankAt]:
    """Give a history from a moment on, beginning with what held then; whole without a moment."""
    if moment is None:
        return history
    begin = bisect_right(history, moment, key=lambda at: at.taken_at) - 1
    return history[max(begin, 0) :]


def course_of(history: Sequence[RankAt]) -> Course | None:
    """Sum up a history; None for a team that was never on the board."""
    ranked = [(at.rank, at) for at in history if at.rank is not None]
    if not ranked:
        return None
    _, first = ranked[0]
    _, last = ranked[-1]
    _, best = min(ranked, key=lambda one: one[0])
    _, worst = max(ranked, key=lambda one: one[0])
    known = first.submissions is not None and last.submissions is not None
    # In simulation competitions the count can fall.
    made = max((last.submissions or 0) - (first.submissions or 0), 0) if known else None
    return Course(first, last, best, worst, made)
