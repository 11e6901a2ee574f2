"""Forecasts for members who watch whether they are likely to leave a medal zone."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from cogs.framework.clock import is_within
from cogs.framework.log_context import log_subject
from cogs.framework.services import Services
from cogs.ranks.forecast_data import load_forecasts
from leaderboards.medals import medal_zone
from leaderboards.news.watches import ZoneExit
from records.competitions import BoardInfo, Competition

logger = logging.getLogger(__name__)

_INTERVAL = timedelta(hours=1)
"""Between two checks of one competition: forecasts count in whole hours."""


class ZoneExits:
    """Queues, for members who watch it, when their team is likely to leave its medal zone.

    Each competition is looked at once an hour, and its pace is measured once for all servers. After
    a restart all are due: what was told is stored with the watches.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._checked_at: dict[int, datetime] = {}
        """By competition id."""

    async def queue(self) -> None:
        """Check the competitions that are due; what is found is sent after the next syncs."""
        now = self._services.now()
        for competition_id in await self._services.storage.watches.find_zone_exit_competitions():
            if is_within(self._checked_at.get(competition_id), _INTERVAL, now):
                continue
            competition = await self._services.storage.competitions.find_by_id(competition_id)
            if competition is not None and _is_fresh(competition, now):
                self._checked_at[competition_id] = now
                with log_subject(competition=competition.slug):
                    await self._try_check(competition)

    async def _try_check(self, competition: Competition) -> None:
        try:
            await self._check(competition)
        except Exception:
            logger.exception("The forecasts that members watch could not be made")

    async def _check(self, competition: Competition) -> None:
        storage = self._services.storage
        info = await storage.boards.find_info(competition.id)
        if info is None or not competition.awards_medals:
            return
        teams = await storage.watches.find_zone_exit_teams(competition.id, info.board_id)
        ranks = await storage.boards.find_ranks(info.board_id, teams)
        if not ranks:
            return
        exits = await self._forecast(competition, info, ranks)
        if exits is not None:
            await storage.watches.queue_zone_exits(
                competition.id, info.board_id, exits, self._services.now()
            )

    async def _forecast(
        self, competition: Competition, info: BoardInfo, ranks: Mapping[int, int]
    ) -> dict[int, ZoneExit] | None:
        """Return which teams are likely to leave their zone, by team id; None if not known."""
        seen_at = competition.synced_at
        forecasts = await load_forecasts(self._services, competition, info, [*ranks.values()])
        if forecasts is None or seen_at is None:
            return None
        exits = {}
        for (team_id, rank), forecast in zip(ranks.items(), forecasts, strict=True):
            zone = medal_zone(rank, info.team_count)
            if zone is not None and forecast.zone_exit is not None:
                exits[team_id] = ZoneExit(
                    zone,
                    rank,
                    seen_at + forecast.zone_exit,
                    forecast.rank,
                    forecast.low,
                    forecast.high,
                    forecast.reaches_last_day,
                    forecast.at_deadline,
                )
        return exits


def _is_fresh(competition: Competition, now: datetime) -> bool:
    """Return whether the last good sync is less than an hour old.

    The first hour of the forecast is then still ahead.
    """
    return competition.synced_at is not None and now - competition.synced_at < _INTERVAL
