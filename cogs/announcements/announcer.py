"""Delivers the outbox: in order in each channel, each message exactly once."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import replace
from datetime import timedelta

import discord
from discord.ext import commands

from cogs.announcements.channel_queue import ChannelQueue
from cogs.announcements.forum_posts import create_post, load_first_messages
from cogs.announcements.http_attempts import created_nothing, record_http_statuses
from cogs.announcements.pictures import MessagePictures
from cogs.announcements.retry_policy import MERGE_AFTER, is_final, pause_before_retry
from cogs.announcements.screens.message_screen import message_view
from cogs.announcements.sent_message import find_sent
from cogs.channels.target_channels import find_channels_without_history, is_announcement_channel
from cogs.framework.coalesced_function import CoalescedFunction
from cogs.framework.discord_errors import (
    UNKNOWN_CHANNEL,
    UNKNOWN_MESSAGE,
    ErrorMeaning,
    classify_error,
    describe_error,
    is_expected,
)
from cogs.framework.layout import build_files
from cogs.framework.log_context import log_subject
from cogs.framework.services import Services, get_services
from cogs.server.help_controls import build_setup_controls
from leaderboards.display_text import clean
from leaderboards.kaggle_ids import readable_slug
from leaderboards.news.messages import ThreadMessage, message_to_json
from records.outbox import DeliveryOutcome, OutboxMessage, OutboxRow

logger = logging.getLogger(__name__)

_CONCURRENCY = 50
"""Messages sent at the same time; `bot/rate_limit.py` limits the requests of a second."""

_REPLAY_CONCURRENCY = 2
"""Replays at the same time: one is drawn while another is loaded or sent."""

_LIVE_BOARD, _REPLAY, _THREAD = "live_board", "replay", "thread"
"""The kinds of `LiveBoardMessage`, `ReplayMessage` and `ThreadMessage`."""
_THREAD_LEFT = "thread_left"
"""The kind of `ThreadLeftMessage`."""


class Announcer(commands.Cog):
    """Delivers the outbox and records what could not be sent.

    Exactly-once delivery: a row is marked as attempted before the request, and as delivered after
    the answer. If it was attempted but not delivered, because the process died or the connection
    broke, its message may have been sent. It is then searched for in the channel, by the id of its
    container, which is the row's, before it is sent again. Where the bot may not read the history,
    only the nonce prevents a second message, for the few minutes that Discord remembers it.

    A message that Discord will never accept is abandoned, and the next ones are sent. The messages
    of a channel that is closed to the bot wait until it may write there again; after a day they are
    merged. Those of a deleted channel move to the server's own channel.
    """

    def __init__(self, bot: commands.Bot, services: Services) -> None:
        self._bot = bot
        self._services = services
        self._pictures = MessagePictures(services)
        self._outcomes = services.announcement_outcomes
        self._queue = ChannelQueue(self._deliver_next, _CONCURRENCY)
        self._replay_queue = ChannelQueue(self._deliver_replay, _REPLAY_CONCURRENCY)
        """Channels whose oldest row is a replay: drawing takes seconds, and many can be due."""
        self.deliver = CoalescedFunction(self._queue_channels)
        """Queues each channel for which rows wait, unless it is paused."""
        self._pauses: dict[int, asyncio.TimerHandle] = {}
        """Timers of the channels that are left alone after a failure."""

    async def cog_unload(self) -> None:
        """Stop; what is not sent yet waits in the outbox."""
        for pause in self._pauses.values():
            pause.cancel()
        await asyncio.gather(self._queue.stop(), self._replay_queue.stop())

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Deliver what was left waiting by an earlier run or a lost connection."""
        await self.deliver()

    @commands.Cog.listener("on_messages_queued")
    @commands.Cog.listener("on_settings_changed")
    @commands.Cog.listener("on_sync_round_finished")
    async def deliver_queued(self) -> None:
        """Deliver what is queued; changed settings may have moved it to another channel."""
        await self.deliver()

    @commands.Cog.listener("on_board_synced")
    @commands.Cog.listener("on_final_board_stored")
    async def deliver_news(self, _competition_id: int) -> None:
        """Deliver the news of one competition without waiting for the whole round."""
        await self.deliver()

    @commands.Cog.listener()
    async def on_guild_channel_update(
        self, _before: discord.abc.GuildChannel, after: discord.abc.GuildChannel
    ) -> None:
        """Retry a channel, and its threads, whose permissions may have been repaired."""
        self._resume([after.id, *(thread.id for thread in getattr(after, "threads", ()))])

    @commands.Cog.listener()
    async def on_raw_thread_update(self, event: discord.RawThreadUpdateEvent) -> None:
        """Retry a thread that may have been unlocked; archived ones are known by their id only."""
        self._resume([event.thread_id])

    @commands.Cog.listener()
    async def on_guild_role_update(self, _before: discord.Role, after: discord.Role) -> None:
        """Retry a server's channels, as the bot's own role may have been repaired."""
        self._resume_guild(after.guild)

    @commands.Cog.listener()
    async def on_member_update(self, _before: discord.Member, after: discord.Member) -> None:
        """Retry a server's channels when the bot itself may have been given a role."""
        if after.id == after.guild.me.id:
            self._resume_guild(after.guild)

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Retry the channels of a server that the bot has rejoined."""
        self._resume_guild(guild)

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Remove a deleted channel from what the server has set."""
        await self._remove_channel(channel.guild.id, channel.id)

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, event: discord.RawThreadDeleteEvent) -> None:
        """Remove a deleted thread likewise; also if its channel was deleted."""
        await self._remove_channel(event.guild_id, event.thread_id)

    async def _remove_channel(self, guild_id: int, channel_id: int) -> None:
        await self._services.storage.guilds.remove_channel(guild_id, channel_id)
        await self.deliver()

    async def _queue_channels(self) -> None:
        if not self._bot.is_ready():
            return
        try:
            channel_ids = await self._services.storage.outbox.load_waiting_channels()
        except Exception:
            logger.exception("The outbox could not be read")
            return
        for channel_id in channel_ids:
            if channel_id not in self._pauses:
                self._queue.put(channel_id)

    def _pause(self, channel_id: int, pause: timedelta) -> None:
        self._pauses[channel_id] = asyncio.get_running_loop().call_later(
            pause.total_seconds(), self._resume, [channel_id]
        )

    def _resume_guild(self, guild: discord.Guild) -> None:
        self._resume([channel.id for channel in (*guild.channels, *guild.threads)])

    def _resume(self, channel_ids: list[int]) -> None:
        for channel_id in channel_ids:
            pause = self._pauses.pop(channel_id, None)
            if pause is not None:
                pause.cancel()
                self._queue.put(channel_id)

    async def _deliver_next(self, channel_id: int) -> bool:
        """Deliver a channel's oldest row, but not a replay; return whether another one may wait."""
        return await self._deliver_oldest(channel_id, is_replay=False)

    async def _deliver_replay(self, channel_id: int) -> bool:
        """Deliver a channel's oldest row if it is a replay."""
        if await self._deliver_oldest(channel_id, is_replay=True):
            self._queue.put(channel_id)
        return False

    async def _deliver_oldest(self, channel_id: int, *, is_replay: bool) -> bool:
        """Deliver a channel's oldest row, or leave it to the other queue if it is not for this one.

        Return whether another row may wait.
        """
        if channel_id in self._pauses:
            return False
        row: OutboxRow | None = None
        try:
            row = await self._merge_and_find_next(channel_id)
            if row is None or await self._waits_for_forum_post(row):
                return False
            if (row.kind == _REPLAY) is not is_replay:
                (self._queue if is_replay else self._replay_queue).put(channel_id)
                return False
            with log_subject(server=row.guild_id):
                return await self._deliver(row)
        except Exception as error:  # noqa: BLE001 - _handle_failure logs and records each
            with await self._find_log_subject(row):
                await self._handle_failure(channel_id, row, error)
            return False

    async def _find_log_subject(self, row: OutboxRow | None) -> AbstractContextManager[None]:
        """Return a context in which log lines name the server and the competition of a row."""
        if row is None:
            return nullcontext()
        slug = None
        if row.competition_id is not None:
            with suppress(Exception):  # Such as that of a database that cannot be read.
                found = await self._services.storage.competitions.find_by_id(row.competition_id)
                slug = None if found is None else found.slug
        return log_subject(server=row.guild_id, competition=slug)

    async def _merge_and_find_next(self, channel_id: int) -> OutboxRow | None:
        """Return a channel's oldest row; merge first what waits there, if that is too old."""
        outbox, now = self._services.storage.outbox, self._services.now()
        row = await outbox.find_next(channel_id)
        if row is None or row.attempted_at is not None or now - row.created_at < MERGE_AFTER:
            return row
        await outbox.merge_waiting(channel_id, now)
        return await outbox.find_next(channel_id)

    async def _waits_for_forum_post(self, row: OutboxRow) -> bool:
        """Return whether a row waits until the forum post of its competition is opened."""
        if row.kind == _THREAD or self._find_forum(row) is None:
            return False
        threads = self._services.storage.competition_threads
        return await threads.is_any_requested_in(row.guild_id, row.channel_id)

    async def _deliver(self, row: OutboxRow) -> bool:
        """Find the message that an earlier attempt sent, else send the row or abandon it.

        Return whether another row may wait for its channel. Raise an error that pauses the channel.
        """
        outbox, now = self._services.storage.outbox, self._services.now
        try:
            message_id = await self._find_sent(row) if row.attempted_at else None
        except Exception as error:
            if not is_final(classify_error(error), row.suspect_failures):
                raise
            await self._abandon(row, error)
            return True
        if message_id is None:
            message = await outbox.mark_attempt(row, now(), self._find_newest_known_message_id(row))
            if message is None:
                return True  # It was moved or removed since it was read.
            record_http_statuses()
            try:
                content = message.content.filter_for_time(now())
                if content is None:
                    await outbox.delete(row.id)
                    self._outcomes[DeliveryOutcome.DROPPED] += 1
                    return True  # It waited until nothing of it was true any more.
                if content is not message.content:
                    message = replace(message, text=message_to_json(content))
                message_id = await self._send(message)
            except Exception as error:
                if not is_final(classify_error(error), message.row.suspect_failures):
                    raise
                await self._abandon(row, error)
                return True
        others_wait = await outbox.mark_delivered(row.id, message_id, now())
        self._outcomes[DeliveryOutcome.DELIVERED] += 1
        self._dispatch_delivered(row, message_id)
        return others_wait

    def _dispatch_delivered(self, row: OutboxRow, message_id: int | None) -> None:
        if row.kind == _LIVE_BOARD:
            self._bot.dispatch("live_board_delivered", row, message_id)
        if row.kind == _THREAD:
            self._bot.dispatch("thread_message_delivered", row, message_id)
        if row.kind == _THREAD_LEFT:
            self._bot.dispatch("thread_left")
        guild = self._bot.get_guild(row.guild_id)
        if guild is not None and is_announcement_channel(guild.get_channel(row.channel_id)):
            self._bot.dispatch("delivered_in_announcement_channel", row.channel_id)

    async def _abandon(self, row: OutboxRow, error: Exception) -> None:
        """Record and log that a row is not tried again."""
        await self._services.storage.outbox.abandon(
            row.id, describe_error(error), self._services.now()
        )
        self._outcomes[DeliveryOutcome.ABANDONED] += 1
        with await self._find_log_subject(row):
            logger.error(
                "Channel %s: message %s is abandoned", row.channel_id, row.id, exc_info=error
            )

    def _find_newest_known_message_id(self, row: OutboxRow) -> int:
        """Return the id of a channel's newest message, as far as known without asking Discord.

        Else the id of the channel: it is older than its messages, and ids grow with time.
        """
        # Without the server, discord.py would look for the channel in every one.
        guild = self._bot.get_guild(row.guild_id)
        channel = guild and guild.get_channel_or_thread(row.channel_id)
        return getattr(channel, "last_message_id", None) or row.channel_id

    async def _send(self, message: OutboxMessage) -> int | None:
        """Return the id of the message; None if an earlier attempt made it and it was deleted."""
        row = message.row
        mentioned = await self._find_mentioned(message)
        pictures = await self._pictures.draw(message, self._bot.get_guild(row.guild_id))
        view = message_view(
            row.id, message.content, pictures, message.names, build_setup_controls()
        )
        forum = self._find_forum(row)
        if forum is not None and isinstance(message.content, ThreadMessage):
            slug = message.content.slug
            name = clean(message.names.get(slug) or readable_slug(slug))
            return await create_post(forum, name, view)
        try:
            sent = await self._channel(row).send(
                view=view,
                files=build_files(pictures),
                nonce=message.nonce,
                silent=not mentioned,
                allowed_mentions=discord.AllowedMentions(
                    everyone=False, roles=False, users=[discord.Object(id_) for id_ in mentioned]
                ),
            )
        except discord.NotFound as error:
            # Discord knows the nonce of an earlier attempt, whose message was deleted.
            if error.code == UNKNOWN_MESSAGE:
                return None
            raise
        return sent.id

    async def _find_sent(self, row: OutboxRow) -> int | None:
        """Return the id of the message that an unanswered attempt made; None if it made none."""
        if find_channels_without_history(self._bot.get_guild(row.guild_id), [row.channel_id]):
            # Discord would answer as if the channel were empty.
            logger.warning(
                "Channel %s: I may not read its history, so only the nonce guards", row.channel_id
            )
            return None
        after_id = row.after_id or row.channel_id
        forum = self._find_forum(row)
        if forum is not None:
            newer = load_first_messages(forum, after_id)
        else:
            newer = self._channel(row).history(
                limit=None, after=discord.Object(after_id), oldest_first=True
            )
        return await find_sent(newer, self._bot.user, row.id)

    def _find_forum(self, row: OutboxRow) -> discord.ForumChannel | None:
        """Return the channel of a row if it is a forum."""
        guild = self._bot.get_guild(row.guild_id)
        channel = guild and guild.get_channel(row.channel_id)
        return channel if isinstance(channel, discord.ForumChannel) else None

    def _channel(self, row: OutboxRow) -> discord.PartialMessageable:
        return self._bot.get_partial_messageable(row.channel_id, guild_id=row.guild_id)

    async def _find_mentioned(self, message: OutboxMessage) -> list[int]:
        """Return the members to ping: those of the message who still want it."""
        user_ids = message.content.mention_ids()
        if not user_ids:
            return []
        storage, guild_id = self._services.storage, message.row.guild_id
        if not (await storage.guilds.load_settings(guild_id)).mention:
            return []
        links = await storage.links.load_counted_links(guild_id)
        return [link.user_id for link in links if link.wants_ping and link.user_id in user_ids]

    async def _handle_failure(
        self, channel_id: int, row: OutboxRow | None, error: Exception
    ) -> None:
        """Pause a channel after a failure, and record that for its row."""
        self._outcomes[DeliveryOutcome.FAILED] += 1
        meaning = classify_error(error)
        pause = pause_before_retry(meaning, row.failures if row else 0)
        self._pause(channel_id, pause)
        sentence = describe_error(error)
        logger.warning("Channel %s: %s (%s); next try in %s", channel_id, sentence, error, pause)
        if not is_expected(error):
            logger.error("Channel %s: an announcement failed", channel_id, exc_info=error)
        if row is None:
            return
        # An earlier attempt whose outcome is unknown may have sent it all the same.
        not_sent = row.attempted_at is None and created_nothing(error)
        storage = self._services.storage
        try:
            await storage.outbox.record_failure(
                row.id,
                sentence,
                not_sent=not_sent,
                message_suspect=meaning is ErrorMeaning.MESSAGE_SUSPECT,
                channel_closed=meaning is ErrorMeaning.CHANNEL,
            )
            if isinstance(error, discord.NotFound) and error.code == UNKNOWN_CHANNEL:
                await self._remove_channel(row.guild_id, channel_id)
        except Exception:
            logger.exception("Channel %s: the failure could not be recorded", channel_id)


async def setup(bot: commands.Bot) -> None:
    """Add the cog."""
    await bot.add_cog(Announcer(bot, get_services(bot)))
