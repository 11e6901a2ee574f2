"""Service that reads which competitions are new on Kaggle, once for all servers."""

from __future__ import annotations

import logging
from datetime import timedelta

import discord

from cogs.feeds.failure_pause import FailurePause
from cogs.framework.clock import is_within
from cogs.framework.coalesced_function import CoalescedFunction
from cogs.framework.services import Services
from cogs.syncing.sync_service import SyncService
from leaderboards.competition_info import CompetitionInfo
from leaderboards.errors import LeaderboardError
from leaderboards.kaggle_ids import is_slug
from records.feeds import FeedKind

logger = logging.getLogger(__name__)

_FIRST_PAGES = 5
"""Pages, of a hundred competitions each, that are read the first time."""
_MIN_PAGES = 2
"""Pages that are read each time: a competition may be listed below some that are newer."""
_MAX_PAGES = 20


class CompetitionListService:
    """Reads Kaggle's list of the newest competitions, and queues new ones for channels.

    It has a pause of its own after failures, which delays no board, and sends no request while
    Kaggle refuses the syncs.
    """

    def __init__(
        self, client: discord.Client, services: Services, sync_service: SyncService
    ) -> None:
        self._client = client
        self._services = services
        self._lockout = sync_service.lockout
        self._interval = timedelta(minutes=services.feed_minutes)
        self._pause = FailurePause(self._interval)
        self.read_due = CoalescedFunction(self._read_due)
        """Reads the list unless that was done within `FEED_MINUTES`, or no channel wants it."""

    async def _read_due(self) -> None:
        feeds, now = self._services.storage.competition_feeds, self._services.now()
        if self._lockout.current is not None or not await feeds.exist():
            return
        if self._pause.is_active(now):
            return
        listed_at = await feeds.find_listed_at()
        # Slightly less, so that the loop's next run is never too early.
        if is_within(listed_at, self._interval * 0.9, now):
            return
        try:
            listed = await self._read_list(is_first=listed_at is None)
        except LeaderboardError as error:
            self._pause.begin(now)
            self._services.feed_errors[FeedKind.COMPETITION] = str(error)
            logger.warning("New competitions are not read for %s: %s", self._pause.length, error)
            return
        self._pause.end()
        self._services.feed_errors.pop(FeedKind.COMPETITION, None)
        queued = await feeds.write_list(listed, now)
        if queued:
            logger.info("New competitions were queued for %d channels", queued)
            self._client.dispatch("messages_queued")

    async def _read_list(self, *, is_first: bool) -> list[CompetitionInfo]:
        """Return the newest competitions, with all that are not known yet."""
        listed: list[CompetitionInfo] = []
        token: str | None = None
        for number in range(1, (_FIRST_PAGES if is_first else _MAX_PAGES) + 1):
            page = await self._services.kaggle.list_newest_competitions(token)
            found = [info for info in page.competitions if is_slug(info.slug)]
            listed += found
            token = page.next_token
            if token is None:
                break
            if is_first or number < _MIN_PAGES:
                continue
            unknown = await self._services.storage.competition_feeds.find_unknown(
                [info.slug for info in found]
            )
            if not unknown:
                break
        return listed
