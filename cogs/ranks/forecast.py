"""Loading of the forecasts that the rank card, digests and watches show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

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
    forecasts = await load_forecasts(services, competition, info, [rank])
    return forecasts[0] if forecasts else None


async def load_forecasts(
    services: Services, competition: Competition, info: BoardInfo, ranks: Sequence[int]
) -> list[DayForecast] | None:
    """Return `load_forecast` of each of some ranks of one board, whose pace is measured once."""
    now, synced_at = services.now(), competition.synced_at
    if synced_at is None or now - synced_at > _MAX_AGE or not _goes_on(competition, info):
        return None
    ends = services.storage.competition_ends
    deadline = competition.deadline or await ends.load_given_deadline(competition.id)
    if deadline is not None and deadline - now < DAY:
        # More teams submit than before, and it is not known how many.
        return None
    seen_at = max(synced_at, info.taken_at)
    pace = await services.storage.history.measure_pace(info, ranks, seen_at)
    if pace is None:
        return None
    return forecast_day(pace, in_last_day=deadline is not None and deadline - now < 2 * DAY)


def _goes_on(competition: Competition, info: BoardInfo) -> bool:
    """Return whether a board changes by submissions, as far as that is known."""
    is_over = info.kind is BoardKind.PRIVATE or competition.ended_at or competition.archived_at
    return not (is_over or competition.anomaly or info.scores_move)
