"""The rush before the deadline of a competition that is over, counted from its history log."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from leaderboards.board import Integers
from leaderboards.forecast.pace import trace_back
from leaderboards.forecast.rush import LAST_HOURS, PART_HOURS
from leaderboards.history.moves import Moves

_HOUR = 3600
_HOURS_BEFORE = 48
LOG_HOURS = LAST_HOURS + _HOURS_BEFORE + 1
"""How long before the deadline the log must begin."""

_TRACED = 500
"""How many scores are traced, evenly over the board."""
_FROM, _TO = 0.1, 0.5
"""Of the traced scores, those count whose rank was between these shares of the board when the last
day began."""
_MIN_COUNT = 10
"""If fewer teams came in on the two days before, a factor would be chance."""
_MAX_GAP = _HOUR
"""How far a sync may be from the moment at which ranks are compared."""


def measure_rush(log: Sequence[Moves], deadline: int) -> tuple[float, ...] | None:
    """Return the factors of a competition that is over; None where its log does not show them.

    The log is oldest first and `deadline` a Unix second. It needs syncs near the ends of all parts,
    and teams that came in on the two days before.
    """
    # The last submissions are on the board a little later.
    log = _truncate(log, deadline + _MAX_GAP)
    if not log or log[-1].taken_at[-1] < deadline - _MAX_GAP:
        return None
    hours = [*range(PART_HOURS, LAST_HOURS + 1, PART_HOURS), LAST_HOURS + _HOURS_BEFORE]
    team_count = log[-1].team_counts[-1]
    places: Integers = np.unique(np.linspace(1, team_count, _TRACED).astype(np.int64))
    traced = [places]
    for edge in (deadline - each * _HOUR for each in hours):
        places, taken_at = trace_back(log, places, edge)
        if not edge - _MAX_GAP <= taken_at <= edge:
            return None
        traced.append(places)
        log = _truncate(log, taken_at)
    # The last place is the end of the board.
    shares = traced[-2] / max(traced[-2][-1], 1)
    places_lost = -np.diff(traced, axis=0)[:, (shares >= _FROM) & (shares <= _TO)]
    if not places_lost.size:
        return None
    *parts, usual = np.maximum(places_lost.mean(axis=1), 0).tolist()
    if usual < _MIN_COUNT:
        return None
    usual_an_hour = usual / _HOURS_BEFORE
    return tuple(count / PART_HOURS / usual_an_hour for count in reversed(parts))


def _truncate(log: Sequence[Moves], moment: int) -> list[Moves]:
    """Return a log without the syncs after a Unix second."""
    return [moves.truncate(moment) for moves in log if moves.taken_at[0] <= moment]
