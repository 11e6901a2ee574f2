"""Anomalies: reasons to hold a board instead of storing it.

A board that looks wrong is probably a mistake of Kaggle. `leaderboards/sync.py` stores it only if
the next sync finds a board that looks wrong for the same reason. The same file again is enough,
except for anomalies with `needs_another_file`.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

import numpy as np

from leaderboards.board import ABSENT, COLUMNS, Board
from leaderboards.comparison.board_diff import BoardDiff

MIN_TEAMS = 10
"""On smaller boards, gone teams and equal scores are no anomaly, and missing values are one only if
all are missing."""


class Anomaly(StrEnum):
    """Reason why a board looks wrong; the value is the sentence for people."""

    TEAMS_GONE = "A third of the teams or more are gone."
    EQUAL_SCORES = "Every score is the same."
    RANK_GAPS = "Ranks are missing between the first and the last."
    RANKS_DERIVED = "Kaggle's ranks are missing."
    MEMBERS_UNKNOWN = "The members of the teams are missing."
    SUBMISSIONS_UNKNOWN = "The numbers of submissions are missing."
    DATES_UNKNOWN = "The dates of the submissions are missing."

    @classmethod
    def find_in(cls, changes: BoardDiff) -> Anomaly | None:
        """Return why the newer of two boards looks wrong, None if it does not.

        The first board of a competition is never an anomaly, nor is what the older board has too,
        such as ranks that Kaggle leaves out. Kaggle once served a board with every score 0.00000
        by mistake (kaggle-cli issue 584).
        """
        if changes.old is None:
            return None
        return next(_find_anomalies(changes, changes.old), None)

    @property
    def needs_another_file(self) -> bool:
        """Whether only a different file can confirm it: values are missing in this one."""
        return self is Anomaly.RANKS_DERIVED or self in _UNKNOWN_COLUMNS.values()


_UNKNOWN_COLUMNS = {
    "members": Anomaly.MEMBERS_UNKNOWN,
    "submissions": Anomaly.SUBMISSIONS_UNKNOWN,
    "last_submission_at": Anomaly.DATES_UNKNOWN,
}
"""Columns whose values may be missing; a file without any date column is refused."""


def _find_anomalies(changes: BoardDiff, old: Board) -> Iterator[Anomaly]:
    if changes.new.ranks_derived and not old.ranks_derived:
        yield Anomaly.RANKS_DERIVED
    for name, anomaly in _UNKNOWN_COLUMNS.items():
        if _lost_values(changes, old, name):
            yield anomaly
    if _has_rank_gaps(changes.new) and not _has_rank_gaps(old):
        yield Anomaly.RANK_GAPS
    if len(old.teams) < MIN_TEAMS:
        return
    if 3 * len(changes.gone_rows) >= len(old.teams):
        yield Anomaly.TEAMS_GONE
    if _has_equal_scores(changes.new) and not _has_equal_scores(old):
        yield Anomaly.EQUAL_SCORES


def _lost_values(changes: BoardDiff, old: Board, name: str) -> bool:
    """Check whether a column lacks values that teams still listed had.

    True if at least a third of the known values were lost; on a board that had fewer than
    `MIN_TEAMS` teams, if all were.
    """
    unknown = COLUMNS[name].unknown
    is_unknown = getattr(changes.new.teams, name) == unknown
    if not is_unknown.any():
        return False
    rows = np.flatnonzero(changes.old_rows != ABSENT)
    had = getattr(old.teams, name)[changes.old_rows[rows]] != unknown
    lost = int((had & is_unknown[rows]).sum())
    factor = 3 if len(old.teams) >= MIN_TEAMS else 1
    return lost > 0 and factor * lost >= int(had.sum())


def _has_rank_gaps(board: Board) -> bool:
    return len(board.teams) > 0 and int(board.teams.rank[-1]) != len(board.teams)


def _has_equal_scores(board: Board) -> bool:
    return bool(np.ptp(board.teams.score) == 0) if len(board.teams) else False
