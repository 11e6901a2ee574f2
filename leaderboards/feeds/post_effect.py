"""Effects of notebooks: how many teams rose in the two hours after one was published.

Only a number that is clearly more than usual counts.

The history log has what each team did by itself: a rise is a sync in which a team took a place more
than 100 places better than its own, or more than a tenth of a small board. The usual number is
counted in the windows of two hours before, up to seven days of them.

A number is told if it is at least 10, and if chance brings that many in less than one of 1,000
windows. Rises come in bursts, so chance is a negative binomial distribution with the mean and the
variance of those windows. Its mean is that of the same hours of the days before, if that is higher:
days have a rhythm. Five notebooks of a period are looked at, so one digest in 200 tells of chance.
It says what came after what, never why, and never who.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from leaderboards.board import Integers
from leaderboards.history.moves import NEW_TEAM, Moves

WINDOW = timedelta(hours=2)
USUAL_TIME = timedelta(days=7)
"""How far back from a notebook the usual number is counted."""

_WINDOW_SECONDS = int(WINDOW.total_seconds())
_WINDOWS_A_DAY = timedelta(days=1) // WINDOW
_MIN_WINDOWS = 2 * _WINDOWS_A_DAY
_MAX_NOTEBOOKS = 5
_MIN_TEAMS = 10
_MAX_CHANCE = 0.001
_PLACES, _BOARD_SHARE, _MIN_PLACES = 100, 10, 10
"""A rise is more than 100 places, or more than a tenth of the board; boards on which that is less
than 10 places are too small."""


@dataclass(frozen=True, slots=True)
class PostEffect:
    """Teams that rose after a notebook was published."""

    index: int
    """Of the notebook."""
    teams: int
    places: int
    """Each rose by more than this."""
    usual: float
    """How many usually do in two hours."""
    others: int
    """How many other notebooks were published less than two hours before or after it."""


def find_effects(
    log: Sequence[Moves], published_at: Sequence[int], since: int | None = None
) -> list[PostEffect]:
    """Return what came after some notebooks, in their order.

    `published_at` are the Unix seconds of all notebooks of a period, those with the most votes
    first: only five are looked at. Of those less than two hours apart, the first one is told.
    Boards before the Unix second `since` are not compared. The log is oldest first.
    """
    found: list[PostEffect] = []
    for index, seconds in enumerate(published_at[:_MAX_NOTEBOOKS]):
        near = [abs(other - seconds) < _WINDOW_SECONDS for other in published_at]
        if any(near[effect.index] for effect in found):
            continue
        rises = _measure_rises(log, seconds, since)
        if rises is not None:
            found.append(PostEffect(index, *rises, others=sum(near) - 1))
    return found


def count_risen_teams(log: Sequence[Moves], after: int, places: int) -> int:
    """Return how many teams rose by more than `places` in the two hours after a Unix second.

    The first sync after that second is left out: it also has what happened before. Teams that have
    left the board by the end do not count.
    """
    risen = np.empty(0, dtype=np.int64)
    is_first = True
    for moves in log:
        for sync in range(bisect_right(moves.taken_at, after), len(moves)):
            if moves.taken_at[sync] > after + _WINDOW_SECONDS:
                return len(risen)
            risen = _update_positions(moves, sync, risen)
            if not is_first:
                taken, rises = _find_rises(moves, slice(sync, sync + 1))
                risen = np.union1d(risen, taken[rises > places])
            is_first = False
    return len(risen)


def compute_chance(count: int, mean: float, variance: float) -> float:
    """Return how likely a negative binomial count is at least this; Poisson if it varies less."""
    if mean <= 0:
        return 0.0 if count else 1.0
    share = min(mean / variance, 1 - 1e-9) if variance else 1 - 1e-9
    size = mean * share / (1 - share)
    below = (
        math.lgamma(number + size)
        - math.lgamma(size)
        - math.lgamma(number + 1)
        + size * math.log(share)
        + number * math.log1p(-share)
        for number in range(count)
    )
    return max(1 - math.fsum(map(math.exp, below)), 0.0)


def _measure_rises(
    log: Sequence[Moves], seconds: int, since: int | None
) -> tuple[int, int, float] | None:
    """Return the teams that rose, by how many places, and the usual number.

    None if it is not clearly more than usual, or if that is not known.
    """
    before = [moves for moves in log if moves.taken_at[0] <= seconds]
    begin = max(log[0].taken_at[0] if log else seconds, since or 0)
    windows = min(
        (seconds - begin) // _WINDOW_SECONDS, int(USUAL_TIME.total_seconds()) // _WINDOW_SECONDS
    )
    if not before or windows < _MIN_WINDOWS:
        return None
    sync = bisect_right(before[-1].taken_at, seconds) - 1
    places = min(_PLACES, before[-1].team_counts[sync] // _BOARD_SHARE)
    if places < _MIN_PLACES:
        return None
    counts = np.zeros(windows, dtype=np.int64)
    for moves in before:
        _, rises = _find_rises(moves, slice(0, len(moves)))
        moments = np.repeat(_to_numbers(moves.taken_at), moves.taken_counts)
        moments = moments[(rises > places) & (moments <= seconds)]
        ages = (seconds - moments) // _WINDOW_SECONDS
        counts += np.bincount(ages[ages < windows], minlength=windows)
    same_hours = counts[_WINDOWS_A_DAY - 1 :: _WINDOWS_A_DAY]
    usual = max(float(counts.mean()), float(same_hours.mean()))
    variance = usual * max(float(counts.var()) / max(float(counts.mean()), 1e-9), 1)
    teams = count_risen_teams(log, seconds, places)
    if teams < _MIN_TEAMS or compute_chance(teams, usual, variance) >= _MAX_CHANCE:
        return None
    return teams, places, usual


def _find_rises(moves: Moves, syncs: slice) -> tuple[Integers, Integers]:
    """Return the positions taken in some syncs, and how many places better they are.

    A team that is new has risen by none.
    """
    rows = slice(moves.taken_starts[syncs.start], moves.taken_starts[syncs.stop])
    taken, came_from = _to_numbers(moves.taken[rows]), _to_numbers(moves.came_from[rows])
    starts = np.repeat(_to_numbers(moves.left_starts[syncs]), moves.taken_counts[syncs])
    known = came_from != NEW_TEAM
    rises = np.zeros(len(taken), dtype=np.int64)
    indices = came_from[known] - 1
    rises[known] = _to_numbers(moves.left)[starts[known] + indices] + indices - taken[known]
    return taken, rises


def _update_positions(moves: Moves, sync: int, positions: Integers) -> Integers:
    """Return where teams at some positions stand after a sync, without those that left."""
    if not len(positions):
        return positions
    rows = slice(*moves.taken_starts[sync : sync + 2])
    taken, came_from = _to_numbers(moves.taken[rows]), _to_numbers(moves.came_from[rows])
    left = _to_numbers(moves.left[slice(*moves.left_starts[sync : sync + 2])])
    left += np.arange(len(left))
    index = np.searchsorted(left, positions)
    has_left = np.append(left, -1)[index] == positions
    in_order = (positions - index)[~has_left]
    stayed = in_order + np.searchsorted(taken - np.arange(len(taken)), in_order, side="right")
    moved = taken[np.isin(came_from, index[has_left] + 1)]
    return np.concatenate([stayed, moved])


def _to_numbers(column: Sequence[int]) -> Integers:
    """Return a part of a column, whose own type may have no room for sums or negative numbers."""
    return np.array(column, dtype=np.int64)
