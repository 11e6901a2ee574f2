"""Loading of the forecast that the rank card shows."""

from __future__ import annotations

from datetime import datetime, timedelta

from cogs.framework.services import Services
from leaderboards.board import BoardKind
from leaderboards.forecast.rank_forecast import DAY, DayForecast, forecast_day
from records.competitions import BoardInfo, Competition

_MAX_AGE = timedelta(hours=3)
"""Of a board that is older, the forecast would be one of the past."""


async def load_forecast(
    services: Services, competition: Competition, info: BoardInfo, rank: int
) -> DayForecast | None:
    """Return where a rank will be a day after the last sync; None where that cannot be known."""
    if not _can_forecast(competition, info, services.now()) or competition.synced_at is None:
        return None
    seen_at = max(competition.synced_at, info.taken_at)
    pace = await services.storage.history.measure_pace(info, rank, seen_at)
    return forecast_day(pace) if pace else None


def _can_forecast(competition: Competition, info: BoardInfo, now: datetime) -> bool:
    """Return whether a board goes on for a day as it did, as far as that is known.

    Before a deadline more teams submit than they did.
    """
    is_over = info.kind is BoardKind.PRIVATE or competition.ended_at or competition.archived_at
    ends_soon = competition.deadline is not None and competition.deadline - now < DAY
    is_old = competition.synced_at is None or now - competition.synced_at > _MAX_AGE
    return not (is_over or ends_soon or is_old or competition.anomaly or info.scores_move)
