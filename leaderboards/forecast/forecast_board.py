"""A board with its log of the last seven days, from which all forecasts are made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from leaderboards.board import Integers, Reals
from leaderboards.forecast.medal_lines import MedalLine, forecast_medal_lines, select_line_ranks
from leaderboards.forecast.pace import Pace, measure_pace
from leaderboards.forecast.rush import RushedDeadline
from leaderboards.history.moves import Moves


@dataclass(frozen=True, slots=True, eq=False)
class ForecastBoard:
    """State of a board when a forecast is made."""

    log: Sequence[Moves]
    """Of the last seven days, or less if the board is younger; oldest first, up to the sync of this
    board."""
    ranks: Integers
    """Of all teams, ascending."""
    scores: Reals
    """Of all teams, best first."""
    seen_at: int
    """The Unix second at which Kaggle last showed this board."""
    rescored_at: int | None = None
    """The Unix second of the last board that Kaggle had scored anew: none before is compared."""
    rushed_deadline: RushedDeadline | None = None
    """None if it is not known how many teams come in before it, or it is far away."""

    @property
    def compared_since(self) -> int | None:
        """The Unix second of the oldest board that may be compared; None for an empty log."""
        return max(self.log[0].taken_at[0], self.rescored_at or 0) if self.log else None

    def measure_pace(self, ranks: Integers | Sequence[int]) -> Pace | None:
        """Count the teams that came in above some ranks; None with too few hours of boards."""
        return measure_pace(
            self.log, np.asarray(ranks), self.seen_at, self.rescored_at, self.rushed_deadline
        )

    def forecast_medal_lines(self, hours: float) -> list[MedalLine]:
        """Return the scores that medals take now and later, gold first.

        An empty list with too few hours of boards.
        """
        pace = self.measure_pace(select_line_ranks(self.ranks))
        return [] if pace is None else forecast_medal_lines(pace, self.scores, hours)
