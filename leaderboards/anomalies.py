"""Boards that look like a mistake of Kaggle: quarantined until a second sync confirms them."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from leaderboards.board import Board
from leaderboards.board_diff import BoardDiff

SMALL = 10
"""Boards of fewer teams are not quarantined for teams that are gone or equal scores."""


class Anomaly(StrEnum):
    """Why a board looks wrong; the value is the sentence's end: "The board is held because …"."""

    GONE = "a third of the teams or more are gone"
    EQUAL = "every score is the same"
    HOLES = "ranks are missing between the first and the last"

    @classmethod
    def find_in(cls, changes: BoardDiff) -> Anomaly | None:
        """Return why the newer of two boards looks wrong, None if it does not.

        The first board of a competition is never an anomaly, nor is what the older board has too,
        such as ranks that Kaggle leaves out. Kaggle once served a board with every score 0.00000
        by mistake (kaggle-cli issue 584).
        """
        if changes.old is None:
            return None
        if _has_holes(changes.new) and not _has_holes(changes.old):
            return cls.HOLES
        if len(changes.old.teams) < SMALL:
            return None
        if 3 * len(changes.gone) >= len(changes.old.teams):
            return cls.GONE
        if _all_equal(changes.new) and not _all_equal(changes.old):
            return cls.EQUAL
        return None


def _has_holes(board: Board) -> bool:
    return len(board.teams) > 0 and int(board.teams.rank[-1]) != len(board.teams)


def _all_equal(board: Board) -> bool:
    return bool(np.ptp(board.teams.score) == 0) if len(board.teams) else False
