"""Boards that look like a mistake of Kaggle: quarantined until a second sync confirms them."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from leaderboards.board import Board
from leaderboards.board_diff import BoardDiff

MIN_TEAMS = 10
"""Boards of fewer teams are not quarantined for teams that are gone or equal scores."""


class Anomaly(StrEnum):
    """Why a board looks wrong; the value is the sentence's end: "The board is held because …"."""

    TEAMS_GONE = "a third of the teams or more are gone"
    EQUAL_SCORES = "every score is the same"
    MISSING_RANKS = "ranks are missing between the first and the last"

    @classmethod
    def find_in(cls, changes: BoardDiff) -> Anomaly | None:
        """Return why the newer of two boards looks wrong, None if it does not.

        The first board of a competition is never an anomaly, nor is what the older board has too,
        such as ranks that Kaggle leaves out. Kaggle once served a board with every score 0.00000
        by mistake (kaggle-cli issue 584).
        """
        if changes.old is None:
            return None
        if _has_missing_ranks(changes.new) and not _has_missing_ranks(changes.old):
            return cls.MISSING_RANKS
        if len(changes.old.teams) < MIN_TEAMS:
            return None
        if 3 * len(changes.gone_rows) >= len(changes.old.teams):
            return cls.TEAMS_GONE
        if _has_equal_scores(changes.new) and not _has_equal_scores(changes.old):
            return cls.EQUAL_SCORES
        return None


def _has_missing_ranks(board: Board) -> bool:
    return len(board.teams) > 0 and int(board.teams.rank[-1]) != len(board.teams)


def _has_equal_scores(board: Board) -> bool:
    return bool(np.ptp(board.teams.score) == 0) if len(board.teams) else False
