"""Announcements that are due at a time: what quiet hours deferred, reminders, digests."""

from __future__ import annotations

import logging
from datetime import UTC, time

from discord.ext import commands, tasks

from cogs.announcements.digest_builder import build_digests
from cogs.announcements.zone_exits import ZoneExits
from cogs.framework.coalesced_function import CoalescedFunction
from cogs.framework.log_context import log_subject
from cogs.framework.loop_cog import LoopCog
from cogs.framework.services import Services, get_services
from cogs.syncing.sync_service import SyncService
from leaderboards.errors import LeaderboardError

logger = logging.getLogger(__name__)

_QUARTER_HOURS = [
    time(hour, minute, tzinfo=UTC) for hour in range(24) for minute in (0, 15, 30, 45)
]
"""In UTC, the full hours of every time zone are among these."""


class ScheduledAnnouncements(LoopCog):
    """Queues, each quarter of an hour and after each round, the announcements that are due."""

    def __init__(self, bot: commands.Bot, services: Services) -> None:
        super().__init__(bot, services)
        self.queue_due = CoalescedFunction(self._queue_due)
        """Puts in the outbox what is due; what was put there is not due again."""
        self._zone_exits = ZoneExits(services)

    @commands.Cog.listener("on_competition_followed")
    @commands.Cog.listener("on_settings_changed")
    @commands.Cog.listener("on_sync_round_finished")
    async def queue_after_changes(self) -> None:
        """Queue what is due. Also after each round, as a changed clock can delay the loop."""
        await self.queue_due()

    @tasks.loop(time=_QUARTER_HOURS, reconnect=False)
    async def loop(self) -> None:
        """Queue what is due."""
        await self.queue_due()

    async def _queue_due(self) -> None:
        # Each returns how many messages can be sent now.
        queued = 0
        for queue in (
            self._release_deferred,
            self._queue_digests,
            self._queue_reminders,
            self._queue_last_days,
            self._queue_zone_exits,
        ):
            try:
                queued += await queue()
            except Exception:
                logger.exception("Scheduled announcements could not be queued")
        if queued:
            self._bot.dispatch("messages_queued")

    async def _release_deferred(self) -> int:
        storage, now = self._services.storage, self._services.now()
        released = await storage.deferred_news.release(now)
        released += await storage.feed_messages.release(now)
        if released:
            logger.info("%d deferred messages were released", released)
        return released

    async def _queue_reminders(self) -> int:
        deadlines, now = self._services.storage.deadlines, self._services.now()
        due = await deadlines.find_due_competitions(now)
        unconfirmed = {id_ for id_ in due if not await self._read_deadline_again(id_)}
        reminders = await deadlines.queue_reminders(now, unconfirmed)
        if reminders:
            logger.info("%d deadlines are near", reminders)
        return reminders

    async def _queue_last_days(self) -> int:
        """Add the last days that members watch to their open messages.

        Those are sent after the next round of syncs, so nothing waits to be sent now.
        """
        watches, now = self._services.storage.watches, self._services.now()
        for competition_id in await watches.find_last_days(now):
            await self._read_deadline_again(competition_id)
        await watches.queue_last_days(now)
        return 0

    async def _queue_zone_exits(self) -> int:
        """Add the forecasts that members watch to their open messages, which are sent later."""
        await self._zone_exits.queue()
        return 0

    async def _read_deadline_again(self, competition_id: int) -> bool:
        """Read the deadlines of Kaggle's list; return whether that succeeded.

        If not, the reminder is sent all the same, and says so: an hour before, it cannot wait.
        """
        sync_service = self._services.get(SyncService)
        competition = await self._services.storage.competitions.find_by_id(competition_id)
        if competition is None or sync_service.lockout.current is not None:
            return False
        try:
            await sync_service.refresh_info(competition)
        except LeaderboardError as error:
            with log_subject(competition=competition.slug):
                logger.warning("%s: its deadline was not read again: %s", competition.slug, error)
            return False
        except Exception:
            with log_subject(competition=competition.slug):
                logger.exception("%s: its deadline was not read again", competition.slug)
            return False
        return True

    async def _queue_digests(self) -> int:
        """Queue each server's digest by itself, so that a failure delays no other."""
        digests, now = self._services.storage.digests, self._services.now()
        queued = 0
        for due in await digests.find_due(now):
            try:
                messages = await build_digests(self._services, due, now)
                if await digests.write(due, messages, now):
                    queued += len(messages)
            except Exception:
                with log_subject(server=due.guild_id):
                    logger.exception("The digest of server %d could not be made", due.guild_id)
        return queued


async def setup(bot: commands.Bot) -> None:
    """Add the cog."""
    await bot.add_cog(ScheduledAnnouncements(bot, get_services(bot)))
