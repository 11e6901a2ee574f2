"""Boards that Kaggle served by mistake: held until a second sync says the same."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from leaderboards.board import Board
from leaderboards.board_diff import BoardDiff

SMALL = 10
"""On a board of fewer teams anything may happen: nothing is held."""


class Anomaly(StrEnum):
    """Why a board looks wrong; the value is the sentence's end: "The board is held because …"."""

    GONE = "a third of the teams or more are gone"
    EQUAL = "every score is the same"
    HOLES = "ranks are missing between the first and the last"

    @classmethod
    def find(cls, changes: BoardDiff) -> Anomaly | None:
        """Tell why the newer of two boards looks wrong, None if it does not.

        The first board of a competition has nothing to be held against, and what has looked wrong
        for long, such as ranks that Kaggle leaves out, is no news. A board with every score
        0.00000 was once served by mistake (kaggle-cli issue 584).
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
