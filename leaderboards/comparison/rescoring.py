"""Boards that Kaggle has scored anew, told apart from scores that move by themselves.

When a metric is corrected, most scores change at once although nobody submitted. In simulation
competitions half of the scores or more do so every hour.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Self

import numpy as np

from leaderboards.board import ABSENT, UNKNOWN, Board, Integers, Mask, Reals
from leaderboards.comparison.board_diff import BoardDiff

_MIN_SHARE = 0.5
"""A correction changes at least this share of the scores."""
_MIN_SHARE_OF_FIRST_PAIR = 0.9
"""At least this share must change between the first two boards, when it is not known yet how many
change by themselves. A simulation of 3,700 teams changes 0.5 to 0.8 of them in two hours and 0.9 in
four."""
_MAX_PAIR_AGE = timedelta(hours=3)
"""If more time lies between the first two boards, all scores of a simulation may have moved."""
_RATING_DECIMALS = 1
"""Kaggle shows the ratings of simulations with one decimal, most metrics with five. After a pause,
or with many games an hour, most ratings move between two boards."""
_MIN_SAME_DIRECTION = 0.95
"""If at least this share of the changed scores moved one way, no simulation did that: there, two in
three fall."""
_MIN_USUAL_MULTIPLE = 3
"""A correction changes at least this many times the usual share of the scores."""
_DECAY = 0.9
"""The usual share falls by this factor with each changed board."""
_MIN_TEAMS = 3


@dataclass(frozen=True, slots=True)
class ScoreDrift:
    """How many scores change without a submission in a competition."""

    usual: float | None = None
    """The share that changed of late; None before two boards are known."""
    rescored: bool = False
    """Whether the newest board was scored anew."""

    @classmethod
    def measure(cls, changes: BoardDiff, usual: float | None) -> Self:
        """Update the drift with a new board; `usual` is its value before."""
        if changes.old is None:
            return cls()
        rows = _find_rows_without_submission(changes, changes.old)
        if len(rows) < _MIN_TEAMS:
            return cls(usual)
        before = changes.old.teams.score[changes.old_rows[rows]]
        steps = changes.new.teams.score[rows] - before
        share = float((steps != 0).mean())
        least = (
            _MIN_SHARE_OF_FIRST_PAIR
            if usual is None
            else max(_MIN_SHARE, _MIN_USUAL_MULTIPLE * usual)
        )
        rescored = share >= least and not _may_be_drift(changes, changes.old, steps, usual)
        return cls(max(share, _DECAY * (usual or 0)), rescored)


NO_DRIFT = ScoreDrift()
"""That of a first board."""


def _find_rows_without_submission(changes: BoardDiff, old: Board) -> Integers:
    """Return the rows of the new board whose team is known to have submitted nothing."""
    rows = np.flatnonzero(changes.old_rows != ABSENT)
    before, after = old.teams, changes.new.teams
    old_rows = changes.old_rows[rows]
    dates, counts = before.last_submission_at[old_rows], before.submissions[old_rows]
    is_known = (dates != UNKNOWN) | (counts != UNKNOWN)
    same_date = dates == after.last_submission_at[rows]
    nothing_new: Mask = is_known & same_date & (after.submissions[rows] <= counts)
    return rows[np.flatnonzero(nothing_new)]


def _may_be_drift(changes: BoardDiff, old: Board, steps: Reals, usual: float | None) -> bool:
    """Check whether a simulation can explain it.

    Its scores move both ways, and are ratings or had the time to move.
    """
    fell = float((steps < 0).sum() / (steps != 0).sum())
    if max(fell, 1 - fell) >= _MIN_SAME_DIRECTION:
        return False
    if _may_be_ratings(changes.new):
        return True
    # Submissions show that time has passed where the boards themselves have no date.
    submitted = changes.new.teams.last_submission_at.max() - old.teams.last_submission_at.max()
    passed = timedelta(seconds=int(submitted))
    if old.taken_at is not None and changes.new.taken_at is not None:
        passed = max(passed, changes.new.taken_at - old.taken_at)
    return usual is None and passed >= _MAX_PAIR_AGE


def _may_be_ratings(board: Board) -> bool:
    """Check whether the scores have as few decimals as the ratings of a simulation."""
    return all(
        len(text.partition(".")[2]) <= _RATING_DECIMALS for text in board.teams.score_text if text
    )
