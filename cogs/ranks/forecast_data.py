"""Loading of forecasts, and of what they are made from, for all screens; or why there is none."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cogs.framework.services import Services
from leaderboards.board import BoardKind
from leaderboards.forecast.forecast_board import ForecastBoard
from leaderboards.forecast.obstacles import ForecastObstacle
from leaderboards.forecast.rank_forecast import DAY, DayForecast, forecast_day
from leaderboards.forecast.rush import RushedDeadline
from records.competitions import BoardInfo, Competition

_HOUR = timedelta(hours=1)
_MAX_AGE = timedelta(hours=3)
"""Older boards are not forecast: their ranks may have changed since."""


@dataclass(frozen=True, slots=True)
class SeenBoard:
    """Data of all forecasts of a board; there may still be too few hours of boards."""

    board: ForecastBoard
    seen_at: datetime
    """When the board was last seen: its forecasts begin there."""
    deadline: datetime | None
    """Kaggle's, or else the latest that servers gave, once all have given one."""
    reaches_last_day: bool
    """See `DayForecast`."""


async def load_forecast(
    services: Services, competition: Competition, info: BoardInfo, rank: int
) -> DayForecast | ForecastObstacle:
    """Return where a rank will be a day after the last sync, or why that cannot be known."""
    found = await _forecast(services, competition, info, [rank])
    return found if isinstance(found, ForecastObstacle) else found[0]


async def load_forecasts(
    services: Services, competition: Competition, info: BoardInfo, ranks: Sequence[int]
) -> list[DayForecast] | None:
    """Return the forecast of each of some ranks of one board; None where it cannot be known."""
    found = await _forecast(services, competition, info, ranks)
    return None if isinstance(found, ForecastObstacle) else found


async def _forecast(
    services: Services, competition: Competition, info: BoardInfo, ranks: Sequence[int]
) -> list[DayForecast] | ForecastObstacle:
    seen = await load_forecast_board(services, competition, info)
    if isinstance(seen, ForecastObstacle):
        return seen
    pace = await asyncio.to_thread(seen.board.measure_pace, ranks)
    if pace is None:
        return ForecastObstacle.YOUNG
    return forecast_day(pace, reaches_last_day=seen.reaches_last_day)


async def load_forecast_board(
    services: Services, competition: Competition, info: BoardInfo
) -> SeenBoard | ForecastObstacle:
    """Load what all forecasts of a board are made from, or return why there is none."""
    now, synced_at = services.now(), competition.synced_at
    obstacle = _find_obstacle(competition, info)
    if obstacle is not None:
        return obstacle
    ends = services.storage.competition_ends
    deadline = competition.deadline or await ends.load_given_deadline(competition.id)
    if deadline is not None and deadline <= now:
        return ForecastObstacle.OVER
    if synced_at is None or now - synced_at > _MAX_AGE:
        return ForecastObstacle.OLD
    rush = await ends.load_rush() if deadline is not None else None
    if deadline is not None and deadline - now < DAY and rush is None:
        return ForecastObstacle.LAST_DAY
    seen_at = max(synced_at, info.taken_at)
    known = RushedDeadline(rush, (deadline - seen_at) / _HOUR) if deadline and rush else None
    board = await services.storage.history.load_forecast_board(info.board_id, seen_at, known)
    if board is None:
        # It was deleted meanwhile. Too few hours of boards show only in `measure_pace`.
        return ForecastObstacle.YOUNG
    reaches_last_day = deadline is not None and deadline - now < 2 * DAY and rush is None
    return SeenBoard(board, seen_at, deadline, reaches_last_day)


def _find_obstacle(competition: Competition, info: BoardInfo) -> ForecastObstacle | None:
    """Return the obstacle that the competition and its board show by themselves; None for none."""
    if info.kind is BoardKind.PRIVATE or competition.ended_at or competition.archived_at:
        return ForecastObstacle.OVER
    if competition.anomaly:
        return ForecastObstacle.HELD
    if info.scores_move is None:
        return ForecastObstacle.YOUNG
    return ForecastObstacle.SCORES_MOVE if info.scores_move else None
