"""Boards that Kaggle has scored anew, told apart from scores that move by themselves.

When a metric is corrected, scores change although nobody submitted: most of them at once, or some
at each of many syncs. In simulation competitions half of the scores or more do so every hour.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from leaderboards.board import ABSENT, UNKNOWN, Board, Integers, Mask, Reals
from leaderboards.comparison.board_diff import BoardDiff

_MIN_SHARE = 0.5
"""A correction changes at least this share of the scores."""
_MIN_SHARE_OF_FIRST_PAIR = 0.9
"""At least this share must change between the first two boards, when it is not known yet how many
change by themselves. A simulation of 3,700 teams changes 0.5 to 0.8 of them in two hours and 0.9 in
four."""
_MAX_TIME_BETWEEN_BOARDS = timedelta(hours=3)
"""If more time lies between the first two boards, all scores of a simulation may have moved.
Between any two boards further apart, some may have changed as old submissions were dropped."""
_RATING_DECIMALS = 1
"""Kaggle shows the ratings of simulations with one decimal, most metrics with five. After a pause,
or with many games an hour, most ratings move between two boards."""
_MIN_STEP = 0.02
"""A step of a correction changes at least this share of the scores, where usually none changes: on
35 recorded boards of a competition that is no simulation, no score did."""
_MAX_CORRECTED = 3.0
"""If the scores have changed more often than this, on average, they move by themselves."""
_MIN_SAME_DIRECTION = 0.95
"""If at least this share of the changed scores moved one way, no simulation did that: there, two in
three fall."""
_MIN_USUAL_MULTIPLE = 3
"""A correction changes at least this many times the usual share of the scores."""
_DECAY = 0.9
"""The usual share is multiplied by this with each changed board."""
_MIN_TEAMS = 3


@dataclass(frozen=True, slots=True)
class ScoreDrift:
    """Share of scores that change without a submission in a competition."""

    usual: float | None = None
    """The share that changed lately; None before two boards are known."""
    corrected: float = 0.0
    """The share of scores that the steps of a correction have changed lately, added up."""
    is_step: bool = False
    """Whether the newest board was scored anew, at least in part: ranks and bests count from it."""
    rescored: bool = False
    """Whether with this step the correction has changed most scores, which is announced."""

    @property
    def moves_by_itself(self) -> bool:
        """Whether scores move without submissions, as in simulations, or it is not known yet."""
        return self.usual is None or self.usual >= _MIN_STEP

    def measure(self, changes: BoardDiff, seen_at: datetime | None = None) -> ScoreDrift:
        """Return the drift after a new board.

        `seen_at` is when the last sync found the old board; None if it is not known.
        """
        if changes.old is None:
            return NO_DRIFT
        rows = _find_rows_without_submission(changes, changes.old)
        if len(rows) < _MIN_TEAMS:
            return ScoreDrift(self.usual, self.corrected)
        before = changes.old.teams.score[changes.old_rows[rows]]
        differences = changes.new.teams.score[rows] - before
        share, usual = float((differences != 0).mean()), self.usual or 0.0
        total = self.corrected + share
        least = (
            _MIN_SHARE_OF_FIRST_PAIR
            if self.usual is None
            else max(_MIN_SHARE, _MIN_USUAL_MULTIPLE * usual)
        )
        is_step = (
            share >= least and not _may_be_drift(changes, changes.old, differences, self.usual)
        ) or _is_small_step(changes, changes.old, differences, usual, seen_at)
        if not is_step or total > _MAX_CORRECTED:
            return ScoreDrift(max(share, _DECAY * usual), _DECAY * self.corrected)
        rescored = self.corrected < _MIN_SHARE <= total
        return ScoreDrift(_DECAY * usual, total, is_step=True, rescored=rescored)


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


def _is_small_step(
    changes: BoardDiff, old: Board, differences: Reals, usual: float, seen_at: datetime | None
) -> bool:
    """Check whether in a short time clearly more scores than usual changed, even if few.

    Never on a board of ratings, where a few change whenever a few teams have played.
    """
    changed = int((differences != 0).sum())
    elapsed, taken_at = _find_elapsed(changes, old), changes.new.taken_at
    # The board may have stood still. Boards of an import are older than the last sync.
    if seen_at is not None and taken_at is not None and seen_at <= taken_at:
        elapsed = min(elapsed, taken_at - seen_at)
    return (
        changed >= _MIN_TEAMS
        and changed >= len(differences) * max(_MIN_STEP, _MIN_USUAL_MULTIPLE * usual)
        and elapsed < _MAX_TIME_BETWEEN_BOARDS
        and not _may_be_ratings(changes.new)
    )


def _may_be_drift(changes: BoardDiff, old: Board, differences: Reals, usual: float | None) -> bool:
    """Check whether a simulation can explain it.

    Its scores move both ways, and are ratings or had the time to move.
    """
    fell = float((differences < 0).sum() / (differences != 0).sum())
    if max(fell, 1 - fell) >= _MIN_SAME_DIRECTION:
        return False
    if _may_be_ratings(changes.new):
        return True
    return usual is None and _find_elapsed(changes, old) >= _MAX_TIME_BETWEEN_BOARDS


def _find_elapsed(changes: BoardDiff, old: Board) -> timedelta:
    """Return the time between two boards."""
    # Submissions show that time has passed where the boards themselves have no date.
    submitted = changes.new.teams.last_submission_at.max() - old.teams.last_submission_at.max()
    elapsed = timedelta(seconds=int(submitted))
    if old.taken_at is not None and changes.new.taken_at is not None:
        elapsed = max(elapsed, changes.new.taken_at - old.taken_at)
    return elapsed


def _may_be_ratings(board: Board) -> bool:
    """Check whether the scores have as few decimals as the ratings of a simulation."""
    return all(
        len(text.partition(".")[2]) <= _RATING_DECIMALS for text in board.teams.score_text if text
    )
