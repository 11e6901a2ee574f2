"""Pace at which teams have come in above some ranks, counted from the history log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from leaderboards.board import Integers
from leaderboards.forecast.rhythm import EVEN, RHYTHM_WINDOW, Rhythm, measure_rhythm
from leaderboards.forecast.rush import RushedDeadline
from leaderboards.history.moves import Moves

WINDOW = timedelta(hours=48)
"""How far back teams are counted: two days, so that each hour of the day is in it twice."""
MIN_WINDOW = timedelta(hours=12)
"""If the boards cover less time, there is no pace."""


@dataclass(frozen=True, slots=True, eq=False)
class Pace:
    """Number of teams that came in above the scores that have some ranks now."""

    ranks: Integers
    """The ranks now."""
    below: Integers
    """For each rank, how many teams stand below it now."""
    passed: Integers
    """For each rank, how many places a score that was left alone has lost; negative if teams above
    it left the board."""
    team_count: int
    new_teams: int
    """How many teams the board has gained."""
    hours: float
    """The time in which this was counted."""
    deadline: RushedDeadline | None = None
    """None if it is not known how many teams come in before it, or it is far away."""
    rhythm: Rhythm = EVEN

    def compute_multiple(self, hours: float) -> float:
        """Return how much comes in within the next `hours`, as a multiple of what was counted.

        At some hours of the day and before a deadline, more comes in than at others.
        """
        if self.deadline is None:
            return self.rhythm.to_usual_hours(0, hours) / self.rhythm.to_usual_hours(-self.hours, 0)
        counted = self.deadline.to_usual_hours(-self.hours, 0, self.rhythm)
        return self.deadline.to_usual_hours(0, hours, self.rhythm) / counted


def measure_pace(
    log: Sequence[Moves],
    ranks: Integers,
    until: int,
    since: int | None = None,
    deadline: RushedDeadline | None = None,
) -> Pace | None:
    """Count the teams that came in above some ranks; None with less than `MIN_WINDOW` of boards.

    The log is oldest first, and its last sync has these ranks. `until` is the Unix second at which
    they were last seen, as the log has no sync in which nothing changed. Boards before the Unix
    second `since` are not compared.
    """
    if not log:
        return None
    positions = np.array([log[-1].find_position(rank) for rank in ranks.tolist()], dtype=np.int64)
    team_count = log[-1].team_counts[-1]
    since = since or 0
    oldest = max(until - int(WINDOW.total_seconds()), since)
    # The end of the board is a place too: teams that came in above it are new.
    places, started_at = trace_back(log, np.append(positions, team_count), oldest)
    seconds = until - started_at
    if seconds < MIN_WINDOW.total_seconds():
        return None
    return Pace(
        ranks=ranks,
        below=team_count - 1 - positions,
        passed=positions - places[:-1],
        team_count=team_count,
        new_teams=team_count - int(places[-1]),
        hours=seconds / 3600,
        deadline=deadline,
        rhythm=measure_rhythm(log, until, max(until - int(RHYTHM_WINDOW.total_seconds()), since)),
    )


def trace_back(log: Sequence[Moves], places: Integers, oldest: int) -> tuple[Integers, int]:
    """Return where scores that are left alone stood at an earlier sync, and its Unix second.

    That is the last sync at or before the second `oldest`, or the first one in the log if that is
    later. `places` are positions after the last sync.
    """
    started_at = log[0].taken_at[0]
    for moves in reversed(log):
        left, taken = (np.array(column, dtype=np.int64) for column in (moves.left, moves.taken))
        for sync in range(len(moves) - 1, -1, -1):
            seconds = moves.taken_at[sync]
            if seconds <= max(oldest, started_at):
                return places, seconds
            start, end = moves.taken_starts[sync : sync + 2]
            in_order = places - np.searchsorted(taken[start:end], places)
            start, end = moves.left_starts[sync : sync + 2]
            places = in_order + np.searchsorted(left[start:end], in_order, side="right")
    return places, started_at
