"""Delivers the outbox: each channel in order, none held up by another, nothing given up."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta

import discord
from discord.ext import commands, tasks

from cogs.services import Services, services_of
from cogs.ui.news import message_view
from leaderboards.news import NewsMessage
from storage.outbox import OutboxRow

logger = logging.getLogger(__name__)

_SHORTEST = timedelta(seconds=15)
_LONGEST = timedelta(minutes=30)
_CLOSED = timedelta(hours=1)
"""How long a channel that is gone or closed to the bot is left alone."""


class Announcer(commands.Cog):
    """Sends what is decided, and keeps what could not be sent."""

    def __init__(self, bot: commands.Bot, services: Services) -> None:
        self._bot = bot
        self._services = services
        self._channels: dict[int, asyncio.Task[None]] = {}
        """Deliveries under way."""
        self._not_before: dict[int, datetime] = {}
        """Channels to which the last delivery failed, and when to try again."""

    async def cog_load(self) -> None:
        """Start looking into the outbox from time to time."""
        self.loop.start()

    async def cog_unload(self) -> None:
        """Stop; what is not sent yet waits in the outbox."""
        self.loop.cancel()
        for task in self._channels.values():
            task.cancel()

    @tasks.loop(minutes=1, reconnect=False)
    async def loop(self) -> None:
        """Deliver what waits, retries among it."""
        await self.deliver()

    @loop.before_loop
    async def _wait(self) -> None:
        await self._bot.wait_until_ready()

    @commands.Cog.listener()
    async def on_outbox_filled(self) -> None:
        """Deliver what was just decided."""
        await self.deliver()

    async def deliver(self) -> None:
        """Begin a delivery to each channel for which something waits and none is under way."""
        if not self._bot.is_ready():
            return
        try:
            heads = await self._services.storage.outbox.heads()
        except Exception:
            logger.exception("The outbox could not be read")
            return
        now = self._services.now()
        for row in heads:
            waits = now < self._not_before.get(row.channel_id, now)
            if not waits and row.channel_id not in self._channels:
                task = asyncio.create_task(self._deliver_to(row.channel_id))
                self._channels[row.channel_id] = task

    async def _deliver_to(self, channel_id: int) -> None:
        outbox = self._services.storage.outbox
        row: OutboxRow | None = None
        try:
            while row := await outbox.next(channel_id):
                await outbox.attempting(row.id, self._services.now())
                message = await self._send(row)
                await outbox.delivered(row.id, message.id, self._services.now())
                self._not_before.pop(channel_id, None)
        except (discord.Forbidden, discord.NotFound) as error:
            await self._failed(channel_id, row, error, _CLOSED)
        except Exception as error:
            attempts = row.attempts if row else 0
            pause = min(_SHORTEST * 2 ** min(attempts, 12), _LONGEST)
            if not isinstance(error, (discord.HTTPException, OSError)):
                logger.exception("Channel %s: an announcement could not be made", channel_id)
            await self._failed(channel_id, row, error, pause)
        finally:
            del self._channels[channel_id]

    async def _send(self, row: OutboxRow) -> discord.Message:
        pinged = await self._pinged(row)
        channel = self._bot.get_partial_messageable(row.channel_id, guild_id=row.guild_id)
        return await channel.send(
            view=message_view(row.id, row.message),
            nonce=row.nonce,
            silent=not pinged,
            allowed_mentions=discord.AllowedMentions(
                everyone=False, roles=False, users=[discord.Object(user_id) for user_id in pinged]
            ),
        )

    async def _pinged(self, row: OutboxRow) -> list[int]:
        """Give those to ping: who was to be, and still wants to."""
        if not isinstance(row.message, NewsMessage):
            return []
        meant = {user_id for item in row.message.items for user_id in item.mention_ids}
        if not meant:
            return []
        storage = self._services.storage
        if not (await storage.guilds.settings(row.guild_id)).mention:
            return []
        links = await storage.links.of_guild(row.guild_id)
        return [link.user_id for link in links if link.mention and link.user_id in meant]

    async def _failed(
        self, channel_id: int, row: OutboxRow | None, error: Exception, pause: timedelta
    ) -> None:
        self._not_before[channel_id] = self._services.now() + pause
        sentence = _sentence_for(error)
        logger.warning("Channel %s: %s (%s); next try in %s", channel_id, sentence, error, pause)
        if row is None:
            return
        try:
            await self._services.storage.outbox.failed(row.id, sentence)
        except Exception:
            logger.exception("Channel %s: the failure could not be kept", channel_id)


def _sentence_for(error: Exception) -> str:
    match error:
        case discord.Forbidden():
            return "I may not write there; allow me View Channel and Send Messages."
        case discord.NotFound():
            return "The channel is gone."
        case discord.HTTPException():
            return f"Discord answered with an error ({error.status})."
        case OSError() | TimeoutError():
            return "Discord could not be reached."
    return "An error of the bot itself; its log tells more."


async def setup(bot: commands.Bot) -> None:
    """Start announcing."""
    await bot.add_cog(Announcer(bot, services_of(bot)))
