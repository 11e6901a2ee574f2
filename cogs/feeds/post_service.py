"""Service that reads topics and notebooks of followed competitions, once for all servers."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta

import discord

from cogs.feeds.failure_pause import MAX_FEED_PAUSE, FailurePause
from cogs.framework.coalesced_function import CoalescedFunction
from cogs.framework.log_context import log_subject
from cogs.framework.services import Services
from cogs.syncing.sync_service import SyncService
from leaderboards.errors import (
    CliTooOld,
    CompetitionNotFound,
    Forbidden,
    KaggleFailed,
    LeaderboardError,
)
from leaderboards.feeds.posts import PostKind
from records.feeds import DuePosts, FeedKind

logger = logging.getLogger(__name__)

_MAX_READS = 40
"""Competitions that one round reads."""
_OVERLAP = timedelta(hours=1)
"""How much from before the last read is read again: clocks differ, and Kaggle's list lags."""
_ERRORS_OF_ONE_COMPETITION = (CompetitionNotFound, Forbidden, KaggleFailed)
"""Errors that the next competition need not have; all others pause the reading of all."""


class PostService:
    """Reads what people post about competitions, and queues it for the channels with that feed.

    It has pauses of its own after failures, which delay no board, and sends no request while
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
        """After failures that are not those of one competition."""
        self._kinds = list(PostKind)
        """What can be read: an old CLI cannot list topics."""
        self.read_due = CoalescedFunction(self._read_due)
        """Reads the competitions that were not read within `FEED_MINUTES`."""

    async def _read_due(self) -> None:
        now = self._services.now()
        if self._lockout.current is not None or self._pause.is_active(now):
            return
        queued = 0
        feeds = self._services.storage.post_feeds
        for due in await feeds.find_due(now, self._kinds, _MAX_READS):
            with log_subject(competition=due.slug):
                try:
                    queued += await self._read(due, now)
                except LeaderboardError as error:
                    # Also if all reading pauses: else this competition would stay the first, and
                    # end every round.
                    await feeds.record_failure(due, str(error), now, self._interval, MAX_FEED_PAUSE)
                    if not isinstance(error, _ERRORS_OF_ONE_COMPETITION):
                        self._begin_pause(error, now)
                        break
                    logger.warning("%s: topics and notebooks were not read: %s", due.slug, error)
        if queued:
            logger.info("New topics and notebooks were queued for %d channels", queued)
            self._client.dispatch("messages_queued")

    async def _read(self, due: DuePosts, now: datetime) -> int:
        """Read a competition's topics or notebooks; return how many messages were queued."""
        due = replace(due, kinds=tuple(kind for kind in due.kinds if kind in self._kinds))
        if not due.kinds:
            return 0
        try:
            since = due.since - _OVERLAP
            listed = await self._services.kaggle.list_posts(due.slug, due.kinds, since)
        except CliTooOld as error:
            if PostKind.TOPIC not in due.kinds:
                raise
            # Not tried again before the bot is updated and restarted: the answer would be the same.
            self._kinds.remove(PostKind.TOPIC)
            self._services.feed_errors[FeedKind.TOPIC] = str(error)
            logger.warning("Topics are not read: %s", error)
            return await self._read(due, now)
        self._end_pause()
        posts, due_at = self._services.storage.posts, now + self._interval * 0.9
        return sum(
            [
                await posts.write(due.competition_id, kind, listed.select(kind), now, due_at)
                for kind in due.kinds
            ]
        )

    def _begin_pause(self, error: LeaderboardError, now: datetime) -> None:
        self._pause.begin(now)
        errors = {FeedKind(kind): str(error) for kind in self._kinds}
        self._services.feed_errors.update(errors)
        logger.warning("Topics and notebooks are not read for %s: %s", self._pause.length, error)

    def _end_pause(self) -> None:
        self._pause.end()
        for kind in self._kinds:
            self._services.feed_errors.pop(FeedKind(kind), None)
