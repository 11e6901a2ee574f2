"""Publishes delivered messages of announcement channels, where a manager has asked for it."""

from __future__ import annotations

import logging

import discord
from discord.ext import commands

from cogs.announcements.channel_queue import ChannelQueue
from cogs.framework.discord_errors import (
    ALREADY_PUBLISHED,
    UNKNOWN_CHANNEL,
    UNKNOWN_MESSAGE,
    WRONG_CHANNEL_KIND,
    describe_error,
    is_expected,
)
from cogs.framework.log_context import log_subject
from cogs.framework.services import Services, get_services
from cogs.framework.texts import NO_ANNOUNCEMENT_CHANNEL_TEXT
from records.outbox import Publication

logger = logging.getLogger(__name__)

_CONCURRENCY = 1000
"""Channels in which messages are published at the same time.

Discord lets a channel publish ten an hour; discord.py waits until it may go on.
"""

_SETTLED_CODES = frozenset({ALREADY_PUBLISHED, UNKNOWN_CHANNEL, UNKNOWN_MESSAGE})
"""There is nothing more to publish."""


class Publisher(commands.Cog):
    """Publishes messages after their delivery, which a failure here never repeats.

    If the process dies after Discord has published a message, the next attempt is told so, and
    nothing is published twice. What fails is tried again after each round of syncs, for a day.
    """

    def __init__(self, bot: commands.Bot, services: Services) -> None:
        self._bot = bot
        self._services = services
        self._queue = ChannelQueue(self._publish_next, _CONCURRENCY)

    async def cog_unload(self) -> None:
        """Stop; what is not published yet waits in the outbox."""
        await self._queue.stop()

    @commands.Cog.listener("on_ready")
    @commands.Cog.listener("on_sync_round_finished")
    async def publish_waiting(self) -> None:
        """Publish what waits, such as since an earlier run."""
        if not self._bot.is_ready():
            return
        try:
            now = self._services.now()
            channel_ids = await self._services.storage.publications.load_channels(now)
        except Exception:
            logger.exception("What is to be published could not be read")
            return
        for channel_id in channel_ids:
            self._queue.put(channel_id)

    @commands.Cog.listener()
    async def on_delivered_in_announcement_channel(self, channel_id: int) -> None:
        """Publish what was just delivered to an announcement channel."""
        self._queue.put(channel_id)

    async def _publish_next(self, channel_id: int) -> bool:
        """Publish the oldest message of a channel; return whether another one may wait."""
        try:
            publication = await self._services.storage.publications.find_next(channel_id)
            if publication is None:
                return False
            with log_subject(server=publication.guild_id):
                return await self._publish(publication)
        except Exception:
            logger.exception("Channel %s: a message could not be published", channel_id)
            return False

    async def _publish(self, publication: Publication) -> bool:
        publications = self._services.storage.publications
        channel = self._bot.get_partial_messageable(
            publication.channel_id, guild_id=publication.guild_id
        )
        try:
            await channel.get_partial_message(publication.message_id).publish()
        except Exception as error:
            if not is_expected(error):
                raise
            code = error.code if isinstance(error, discord.HTTPException) else None
            if code not in _SETTLED_CODES:
                logger.warning("Channel %s: not published: %s", publication.channel_id, error)
                is_wrong_kind = code == WRONG_CHANNEL_KIND
                reason = NO_ANNOUNCEMENT_CHANNEL_TEXT if is_wrong_kind else describe_error(error)
                await publications.record_failure(publication, reason)
                return False
        await publications.record_finished(publication)
        return True


async def setup(bot: commands.Bot) -> None:
    """Add the cog."""
    await bot.add_cog(Publisher(bot, get_services(bot)))
