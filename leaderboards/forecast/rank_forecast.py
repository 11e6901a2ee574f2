"""Ranks of scores that are left alone, some hours from now, and what follows for medal zones.

The number of teams that will come in above a rank is modelled as a count whose mean is uncertain
itself. Its mean continues the recent pace. Its variance is the sum of three: of a Poisson count of
the coming hours, of the pace that was counted, and of the change of the pace.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

import numpy as np

from leaderboards.board import Integers
from leaderboards.forecast.counts import CountDistributions
from leaderboards.forecast.pace import Pace
from leaderboards.medals import medal_thresholds

DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_PRIOR = 0.5
"""Teams that are counted in addition: where none came in lately, one may still come."""
_SPREAD_HOURS, _SPREADS = (24, 48), (0.25, 0.3)
"""The standard deviation of the pace to come, as a share of the recent pace: 0.25 up to a day, 0.3
from two days on. They were chosen on the earlier half of one recording (see `docs/forecast.md`)."""
_MIN_MULTIPLE = 1e-9
"""Replaces 0 where nobody comes in, as after the deadline: a mean of 0 has no quantiles."""
_TAIL = 0.1
"""What an 80 % interval leaves out on each side."""
_LIKELY = 2 / 3
"""The least probability at which a team is said to be likely to leave its zone."""
_NO_LAST_RANK = np.iinfo(np.int64).max
"""Below the zones there is no last rank."""


class RankForecast(NamedTuple):
    """The ranks that some scores will have if they are left alone, one value for each."""

    rank: Integers
    """As likely too high as too low."""
    low: Integers
    """The best rank of the 80 % interval."""
    high: Integers
    """The worst rank of the 80 % interval."""


@dataclass(frozen=True, slots=True)
class DayForecast:
    """The rank that one score will have in 24 hours, or at the deadline, if it is left alone."""

    rank: int
    low: int
    """The best rank of the 80 % interval."""
    high: int
    """The worst rank of the 80 % interval."""
    zone_exit: timedelta | None
    """In how long it is likely to be below its medal zone; None if that is not so sure."""
    zone_last_rank: int | None = None
    """The last rank that its medal zone will have by then; None if it is in none."""
    reaches_last_day: bool = False
    """Whether some of these hours are in the last day before the deadline, in which more teams
    submit than before, and it is not known how many."""
    at_deadline: bool = False
    """Whether it is for the deadline, which is less than 24 hours away."""

    @property
    def may_leave_zone(self) -> bool:
        """Whether the interval reaches below the medal zone, but leaving it is not so sure."""
        if self.zone_last_rank is None or self.zone_exit is not None:
            return False
        return self.high > self.zone_last_rank


@dataclass(frozen=True, slots=True)
class RankSeries:
    """The ranks that one score will have in 1, 2, 3, … hours if it is left alone."""

    ranks: tuple[int, ...]
    lows: tuple[int, ...]
    """The best ranks of the 80 % intervals."""
    highs: tuple[int, ...]
    """The worst ranks of the 80 % intervals."""
    team_counts: tuple[int, ...]
    """How many teams the board will have, from which its medal zones follow."""


def forecast_day(pace: Pace, *, reaches_last_day: bool = False) -> list[DayForecast]:
    """Return the forecast for each rank of a pace."""
    end = DAY / _HOUR if pace.deadline is None else min(DAY / _HOUR, pace.deadline.hours)
    exits = forecast_zone_exits(pace, DAY // _HOUR)
    last_ranks = _last_ranks(pace, end)[_zone_numbers(pace)]
    columns = *forecast_ranks(pace, end), exits, last_ranks
    return [
        DayForecast(
            rank,
            low,
            high,
            zone_exit=min(hours, end) * _HOUR if hours else None,
            zone_last_rank=last_rank if last_rank < _NO_LAST_RANK else None,
            reaches_last_day=reaches_last_day,
            at_deadline=end < DAY / _HOUR,
        )
        for rank, low, high, hours, last_rank in zip(
            *(column.tolist() for column in columns), strict=True
        )
    ]


def forecast_ranks(pace: Pace, hours: float) -> RankForecast:
    """Return the ranks in `hours` hours, each within the board that is expected by then."""
    counts = _forecast_counts(pace, hours)
    median = counts.median
    # All counts up to the one found together have a tenth: the interval begins at the next.
    low = np.minimum(counts.find_nearest(_TAIL) + 1, median)
    high = np.maximum(counts.find_nearest(1 - _TAIL), median)
    return RankForecast(*(_add_teams(pace, hours, count) for count in (median, low, high)))


def forecast_team_count(pace: Pace, hours: float) -> int:
    """Return how many teams the board will have in `hours` hours, at least 1."""
    return max(round(pace.team_count + pace.new_teams * pace.compute_multiple(hours)), 1)


def forecast_series(pace: Pace, hours: int) -> RankSeries:
    """Return the forecast for the only rank of a pace, for each of the next `hours`."""
    each = range(1, hours + 1)
    forecasts = [forecast_ranks(pace, hour) for hour in each]
    return RankSeries(
        ranks=tuple(int(forecast.rank[0]) for forecast in forecasts),
        lows=tuple(int(forecast.low[0]) for forecast in forecasts),
        highs=tuple(int(forecast.high[0]) for forecast in forecasts),
        team_counts=tuple(forecast_team_count(pace, hour) for hour in each),
    )


def forecast_zone_exits(pace: Pace, max_hours: int) -> Integers:
    """Return in how many hours each rank is likely to be below the zone that it has now.

    0 for ranks that are in no zone, and for those that are below theirs after `max_hours` with a
    probability of less than two in three. The zones grow with the board.
    """
    zones, exits = _zone_numbers(pace), np.zeros(len(pace.ranks), dtype=np.int64)
    kept = _forecast_counts(pace, max_hours).find_probability(
        _last_ranks(pace, max_hours)[zones] - pace.ranks
    )
    leaves = 1 - kept >= _LIKELY
    for hour in range(max_hours, 0, -1):
        rank = _add_teams(pace, hour, _forecast_counts(pace, hour).median)
        exits[leaves & (rank > _last_ranks(pace, hour)[zones])] = hour
    return exits


def _forecast_counts(pace: Pace, hours: float) -> CountDistributions:
    """Return how many teams come in above each rank in `hours` hours."""
    multiple = max(pace.compute_multiple(hours), _MIN_MULTIPLE)
    mean = (np.maximum(pace.passed, 0) + _PRIOR) * multiple
    variance = mean * (1 + multiple) + _relative_variance(pace, hours) * mean**2
    return CountDistributions.from_moments(mean, variance)


def _add_teams(pace: Pace, hours: float, counts: Integers) -> Integers:
    """Return the ranks after `counts` teams came in above each, within the board."""
    room = pace.below + forecast_team_count(pace, hours) - pace.team_count
    return pace.ranks + np.minimum(counts, room)


def _relative_variance(pace: Pace, hours: float) -> float:
    """Return the variance of the pace to come, as a share of the square of the recent one."""
    variance = float(np.interp(hours, _SPREAD_HOURS, _SPREADS)) ** 2
    if pace.deadline is not None and (total := pace.deadline.to_usual_hours(0, hours, pace.rhythm)):
        rush_share = pace.deadline.to_usual_hours_of_last_day(0, hours) / total
        variance += (pace.deadline.rush.spread * rush_share) ** 2
    return variance


def _last_ranks(pace: Pace, hours: float = 0) -> Integers:
    """Return the last rank of each zone by its number; every rank is above that of no zone."""
    thresholds = medal_thresholds(forecast_team_count(pace, hours))
    return np.array([*thresholds, _NO_LAST_RANK])


def _zone_numbers(pace: Pace) -> Integers:
    """Return the number of the zone of each rank: 0 for gold, 3 for none."""
    return np.searchsorted(_last_ranks(pace), pace.ranks)
