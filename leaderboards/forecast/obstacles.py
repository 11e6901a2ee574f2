"""Reasons for which no forecast is made; `cogs/ranks/forecast_data.py` looks for them."""

from __future__ import annotations

from enum import Enum, auto


class ForecastObstacle(Enum):
    """Reason why there is no forecast."""

    OVER = auto()
    """The competition has ended."""
    HELD = auto()
    """The newest board looks wrong."""
    SCORES_MOVE = auto()
    """Scores move without submissions, as in simulations."""
    OLD = auto()
    """The last good sync is too long ago."""
    LAST_DAY = auto()
    """More teams submit than before, and it is not known how many."""
    YOUNG = auto()
    """There are too few hours of boards, or too few since Kaggle rescored the board, or too few
    changes to know whether scores move without submissions."""
