"""Delivers the outbox: each channel in order, none held up by another, nothing lost or doubled."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

import discord
from discord.ext import commands

from cogs.announcements import http_attempts as tries
from cogs.announcements.channel_queue import KeyedQueue
from cogs.announcements.find_sent import find_marked
from cogs.announcements.message_view import message_view
from cogs.announcements.pictures import MessagePictures
from cogs.framework.channels import channels_without_history
from cogs.framework.coalesce import Coalesced
from cogs.framework.discord_errors import (
    UNKNOWN_CHANNEL,
    UNKNOWN_MESSAGE,
    ErrorMeaning,
    classify_error,
    created_nothing,
    describe_error,
    is_expected,
)
from cogs.framework.layout import build_files
from cogs.framework.services import Services, get_services
from leaderboards.news.messages import LiveBoardMessage
from records.outbox import OutboxRow

logger = logging.getLogger(__name__)

_SHORTEST = timedelta(seconds=15)
_LONGEST = timedelta(minutes=30)
_CLOSED = timedelta(hours=1)
"""How long a channel that is gone or closed to the bot is left alone, unless it is mended."""

_AT_ONCE = 50
"""Messages under way at most: what Discord takes in a second. The others are not marked yet."""

_TRIES = 10
"""After so many in a row, about two hours, what may be wrong with a message is so for good."""


class Announcer(commands.Cog):
    """Sends what is decided, and keeps what could not be sent.

    A row is marked before its request and after the answer. One that was marked and not answered,
    because the process died or the connection broke, may stand in the channel already: it is looked
    for by the id of its container, which is the row's, before it is sent again. Where the bot may
    not read the history, the nonce alone guards, for the few minutes that Discord keeps it.

    A message that Discord will never take is set aside, and the next ones go on. A channel that is
    closed or gone keeps its messages until it is mended.
    """

    def __init__(self, bot: commands.Bot, services: Services) -> None:
        self._bot = bot
        self._services = services
        self._pictures = MessagePictures(services)
        self._turns = KeyedQueue(self._take_turn, _AT_ONCE)
        self.deliver = Coalesced(self._deliver_all)
        """Begins a delivery to each channel for which something waits and none is under way."""
        self._pauses: dict[int, asyncio.TimerHandle] = {}
        """Channels to which the last delivery failed, until they are tried again."""

    async def cog_unload(self) -> None:
        """Stop; what is not sent yet waits in the outbox."""
        for pause in self._pauses.values():
            pause.cancel()
        await self._turns.stop()

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Deliver what an earlier run, or a lost connection, left waiting."""
        await self.deliver()

    @commands.Cog.listener()
    async def on_outbox_filled(self) -> None:
        """Deliver what was just decided."""
        await self.deliver()

    @commands.Cog.listener()
    async def on_synced(self, _competition_id: int) -> None:
        """Deliver what a sync had to tell; the whole round is not over for a while."""
        await self.deliver()

    @commands.Cog.listener()
    async def on_guild_channel_update(
        self, _before: discord.abc.GuildChannel, after: discord.abc.GuildChannel
    ) -> None:
        """Try a channel again whose permissions may have been mended."""
        self._resume([after.id])

    @commands.Cog.listener()
    async def on_guild_role_update(self, _before: discord.Role, after: discord.Role) -> None:
        """Try a server's channels again when the bot's own role may have been mended."""
        self._resume([channel.id for channel in after.guild.channels])

    @commands.Cog.listener()
    async def on_member_update(self, _before: discord.Member, after: discord.Member) -> None:
        """Try a server's channels again when the bot itself may have been given a role."""
        if after.id == after.guild.me.id:
            self._resume([channel.id for channel in after.guild.channels])

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Try the channels again of a server that the bot is back in."""
        self._resume([channel.id for channel in guild.channels])

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Announce nothing in a deleted channel any more."""
        await self._services.storage.guilds.remove_channel(channel.guild.id, channel.id)
        await self.deliver()

    async def _deliver_all(self) -> None:
        if not self._bot.is_ready():
            return
        try:
            channel_ids = await self._services.storage.outbox.channels()
        except Exception:
            logger.exception("The outbox could not be read")
            return
        for channel_id in channel_ids:
            if channel_id not in self._pauses:
                self._turns.ask(channel_id)

    def _pause(self, channel_id: int, pause: timedelta) -> None:
        self._pauses[channel_id] = asyncio.get_running_loop().call_later(
            pause.total_seconds(), self._resume, [channel_id]
        )

    def _resume(self, channel_ids: list[int]) -> None:
        for channel_id in channel_ids:
            pause = self._pauses.pop(channel_id, None)
            if pause is not None:
                pause.cancel()
                self._turns.ask(channel_id)

    async def _take_turn(self, channel_id: int) -> bool:
        """Deliver a channel's oldest message; tells whether another one may wait."""
        if channel_id in self._pauses:
            return False
        row: OutboxRow | None = None
        try:
            row = await self._services.storage.outbox.next(channel_id)
            return row is not None and await self._deliver(row)
        except Exception as error:  # noqa: BLE001 - each is logged and kept by _failed
            await self._failed(channel_id, row, error)
            return False

    async def _deliver(self, row: OutboxRow) -> bool:
        """Send a row, find it sent, or set it aside; raises what keeps its channel from more.

        Tells whether another one may wait for its channel.
        """
        outbox, now = self._services.storage.outbox, self._services.now
        message_id = await self._found(row) if row.attempted_at else None
        if message_id is None:
            attempted = await outbox.attempting(row, now(), self._known_id(row))
            if attempted is None:
                return True  # It is told elsewhere, or nowhere, since it was read.
            tries.start_recording()
            try:
                message_id = await self._send(attempted)
            except Exception as error:
                if not _is_final(attempted, error):
                    raise
                await outbox.set_aside(row.id, describe_error(error), now())
                logger.exception("Channel %s: message %s is set aside", row.channel_id, row.id)
                return True
        more = await outbox.delivered(row.id, message_id, now())
        if isinstance(row.message, LiveBoardMessage):
            self._bot.dispatch("live_board_delivered", row, message_id)
        return more

    def _known_id(self, row: OutboxRow) -> int:
        """Give the newest message of a channel that is known without asking Discord."""
        # Asked for without its server, discord.py would look for it in every one.
        guild = self._bot.get_guild(row.guild_id)
        channel = guild and guild.get_channel_or_thread(row.channel_id)
        return getattr(channel, "last_message_id", None) or row.channel_id

    async def _send(self, row: OutboxRow) -> int | None:
        """Give the id of the message; None if an earlier attempt made it and it was deleted."""
        pinged = await self._pinged(row)
        pictures = await self._pictures.of(row, self._bot.get_guild(row.guild_id))
        try:
            message = await self._channel(row).send(
                view=message_view(row.id, row.message, pictures),
                files=build_files(pictures),
                nonce=row.nonce,
                silent=not pinged,
                allowed_mentions=discord.AllowedMentions(
                    everyone=False, roles=False, users=[discord.Object(id_) for id_ in pinged]
                ),
            )
        except discord.NotFound as error:
            if error.code == UNKNOWN_MESSAGE:
                return None
            raise
        return message.id

    async def _found(self, row: OutboxRow) -> int | None:
        """Give the message that an unanswered attempt made, None if it made none."""
        if channels_without_history(self._bot.get_guild(row.guild_id), [row.channel_id]):
            # Discord would answer as if nothing stood there.
            logger.warning(
                "Channel %s: I may not read its history, so only the nonce guards", row.channel_id
            )
            return None
        after = discord.Object(row.after_id or row.channel_id)
        since = self._channel(row).history(limit=None, after=after, oldest_first=True)
        return await find_marked(since, self._bot.user, row.id)

    def _channel(self, row: OutboxRow) -> discord.PartialMessageable:
        return self._bot.get_partial_messageable(row.channel_id, guild_id=row.guild_id)

    async def _pinged(self, row: OutboxRow) -> list[int]:
        """Give those to ping: who was to be, and still wants to."""
        meant = row.message.mention_ids()
        if not meant:
            return []
        storage = self._services.storage
        if not (await storage.guilds.load_settings(row.guild_id)).mention:
            return []
        links = await storage.links.load_counted_links(row.guild_id)
        return [link.user_id for link in links if link.mention and link.user_id in meant]

    async def _failed(self, channel_id: int, row: OutboxRow | None, error: Exception) -> None:
        meaning = classify_error(error)
        closed = meaning is ErrorMeaning.CHANNEL
        attempts = row.attempts if row else 0
        pause = _CLOSED if closed else min(_SHORTEST * 2 ** min(attempts, 12), _LONGEST)
        self._pause(channel_id, pause)
        sentence = describe_error(error)
        logger.warning("Channel %s: %s (%s); next try in %s", channel_id, sentence, error, pause)
        if not is_expected(error):
            logger.error("Channel %s: an announcement failed", channel_id, exc_info=error)
        if row is None:
            return
        # An earlier attempt of which nothing is known may have made it all the same.
        refused = row.attempted_at is None and created_nothing(error, tries.recorded_statuses())
        try:
            await self._services.storage.outbox.failed(
                row.id, sentence, refused=refused, doubtful=meaning is ErrorMeaning.UNCLEAR
            )
            if isinstance(error, discord.NotFound) and error.code == UNKNOWN_CHANNEL:
                await self._services.storage.guilds.remove_channel(row.guild_id, channel_id)
                await self.deliver()
        except Exception:
            logger.exception("Channel %s: the failure could not be kept", channel_id)


def _is_final(row: OutboxRow, error: Exception) -> bool:
    meaning = classify_error(error)
    if meaning is ErrorMeaning.UNCLEAR:
        return row.doubtful_tries + 1 >= _TRIES
    return meaning is ErrorMeaning.MESSAGE


async def setup(bot: commands.Bot) -> None:
    """Start announcing."""
    await bot.add_cog(Announcer(bot, get_services(bot)))
