"""The scores that medal zones will take some hours from now.

The line in some hours is the score whose forecast rank is the zone's last rank then; the zones grow
with the board.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from leaderboards.board import Integers, Reals
from leaderboards.forecast.pace import Pace
from leaderboards.forecast.rank_forecast import RankForecast, forecast_ranks, forecast_team_count
from leaderboards.medals import MedalZone, medal_thresholds

_MARGIN = 1.5
"""How far below the lines ranks are traced, as lines move down when the board grows."""


@dataclass(frozen=True, slots=True)
class MedalLine:
    """The score of a medal zone's last rank now, and the one that it may have later.

    A medal takes a better score: an equal one comes after those that had it first.
    """

    medal_zone: MedalZone
    rank: int
    """The last rank of the zone now."""
    score: float
    """The score of that rank now."""
    later_rank: int
    """The last rank of the zone later, when the board is larger."""
    later_score: float
    """The score that this rank will have; it is as likely too good as too bad."""
    best_score: float
    """The best score of the interval, which is right less often than an interval of ranks."""
    worst_score: float
    """The worst score of the interval."""

    @property
    def shown_worst_score(self) -> float:
        """The worst score of the interval that screens show: none worse than the score now.

        The line can become worse if the zone grows, but nobody should count on that.
        """
        if self.best_score > self.worst_score:
            return min(max(self.worst_score, self.score), self.best_score)
        return max(min(self.worst_score, self.score), self.best_score)


def select_line_ranks(ranks: Integers) -> Integers:
    """Return the ranks whose pace is needed for the lines: those of the zones and some below."""
    last = medal_thresholds(len(ranks)).bronze
    return np.unique(ranks[: int(last * _MARGIN) + 20])


def forecast_medal_lines(
    pace: Pace, scores: Reals | Sequence[float], hours: float
) -> list[MedalLine]:
    """Return the lines of the zones, gold first.

    The pace has the ranks that `select_line_ranks` returns, and the scores are those of all teams,
    best first. A zone that nobody is in is left out, and one whose line is likely to be below all
    ranks of the pace.
    """
    now = medal_thresholds(pace.team_count)
    later = medal_thresholds(forecast_team_count(pace, hours))
    forecast = forecast_ranks(pace, hours)
    positions = pace.team_count - 1 - pace.below
    lines = []
    for zone in MedalZone:
        rank, later_rank = now.last_rank(zone), later.last_rank(zone)
        rows = _find_rows(forecast, later_rank)
        row_now = int(np.searchsorted(pace.ranks, rank, side="right")) - 1
        # Where ranks are missing, a zone with a last rank may have no team.
        is_empty = row_now < 0 or now.medal_zone(int(pace.ranks[row_now])) is not zone
        if is_empty or not later_rank or rows[-1] >= len(positions):
            continue
        position_now = int(positions[row_now])
        if position_now >= len(scores):
            continue
        best, likely, worst = (float(scores[position]) for position in positions[rows].tolist())
        score = float(scores[position_now])
        lines.append(MedalLine(zone, rank, score, later_rank, likely, best, worst))
    return lines


def _find_rows(forecast: RankForecast, rank: int) -> list[int]:
    """Return the rows of the pace whose scores will have a rank: the best, the median, the worst.

    The best one has it if more teams come in than expected. The ends are one rank farther out, as
    the size of the zones is not certain either.
    """
    return [
        int(np.searchsorted(np.maximum.accumulate(column), rank))
        for column in (forecast.high + 1, forecast.rank, forecast.low - 1)
    ]
