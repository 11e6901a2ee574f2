"""Opens a competition's thread in a text channel, pins its live board, and closes it at the end.

A forum post is created by `forum_posts.py`; all else is the same for it.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

import discord
from discord.ext import commands

from cogs.announcements.forum_posts import MAX_NAME
from cogs.channels.forum_tags import ENDED_TAG, RUNNING_TAG, ensure_tag
from cogs.channels.target_channels import bot_permissions, reopen_thread
from cogs.framework.coalesced_function import CoalescedFunction
from cogs.framework.discord_errors import (
    THREAD_EXISTS,
    UNKNOWN_CHANNEL,
    UNKNOWN_MESSAGE,
    describe_error,
    is_expected,
)
from cogs.framework.log_context import log_subject
from cogs.framework.services import Services, get_services
from cogs.framework.texts import NOT_PINNED_TEXT
from leaderboards.display_text import clean
from records.guilds import CompetitionThread
from records.outbox import OutboxRow

logger = logging.getLogger(__name__)

_MAX_TAGS = 5
"""Discord's limit for a post."""


class CompetitionThreads(commands.Cog):
    """Takes the next step of each thread: open it, pin its live board, or close it.

    A step that failed, or that a restart interrupted, is taken again.

    The outbox sends the first message of a thread, once even if the process dies meanwhile. A forum
    post is that message. In a text channel a thread is opened from it: a message can have only one.
    Each later step can be taken twice without harm.
    """

    def __init__(self, bot: commands.Bot, services: Services) -> None:
        self._bot = bot
        self._services = services
        self._threads = services.storage.competition_threads
        self.advance = CoalescedFunction(self._advance_all)
        """Takes the next step of each thread."""

    @commands.Cog.listener("on_ready")
    @commands.Cog.listener("on_sync_round_finished")
    async def advance_waiting(self) -> None:
        """Continue what an earlier run has left, or what failed."""
        await self.advance()

    @commands.Cog.listener("on_thread_message_delivered")
    @commands.Cog.listener("on_live_board_delivered")
    async def advance_delivered(self, _row: OutboxRow, _message_id: int | None) -> None:
        """Open a thread whose first message was sent, or pin its live board."""
        await self.advance()

    @commands.Cog.listener()
    async def on_final_board_stored(self, competition_id: int) -> None:
        """Have the threads closed (again) after the news of a final board, new or changed."""
        await self._threads.allow_closing_again(competition_id)

    @commands.Cog.listener()
    async def on_thread_reopened(self, guild_id: int, thread_id: int) -> None:
        """Have a thread closed again after it was opened to edit or delete its live board."""
        await self._threads.mark_reopened(guild_id, thread_id)

    async def _advance_all(self) -> None:
        if not self._bot.is_ready():
            return
        try:
            threads = await self._threads.load_unfinished()
        except Exception:
            logger.exception("The threads of competitions could not be loaded")
            return
        for thread in threads:
            with log_subject(server=thread.guild_id, competition=thread.competition.slug):
                await self._try_advance(thread)

    async def _try_advance(self, thread: CompetitionThread) -> None:
        try:
            guild = self._bot.get_guild(thread.guild_id)
            if guild is None:
                return  # Discord is not available for the server at present.
            if thread.thread_id is None:
                await self._open(guild, thread)
            elif thread.competition.archived_at is not None and not thread.has_waiting:
                await close_thread(guild, thread.thread_id, _find_ended_tags)
                await self._threads.mark_closed(thread)
            else:
                await self._pin_live_board(guild, thread, thread.thread_id)
        except Exception as error:
            if not is_expected(error):
                logger.exception("The thread in channel %s: its step failed", thread.parent_id)
                return
            await self._handle_error(thread, error)

    async def _handle_error(self, thread: CompetitionThread, error: Exception) -> None:
        code = getattr(error, "code", None)
        if code == UNKNOWN_CHANNEL:
            gone = thread.thread_id or thread.parent_id
            await self._services.storage.guilds.remove_channel(thread.guild_id, gone)
            self._bot.dispatch("messages_queued")
        elif code == UNKNOWN_MESSAGE and thread.thread_id is None:
            await self._give_up(thread, is_forum=False)
        else:
            logger.warning("The thread in channel %s waits: %s", thread.parent_id, error)
            await self._threads.record_failure(thread, describe_error(error))

    async def _give_up(self, thread: CompetitionThread, *, is_forum: bool) -> None:
        """Announce without a thread: its first message was deleted or refused."""
        logger.warning("No thread is opened in channel %s", thread.parent_id)
        await self._threads.give_up(thread, is_forum=is_forum)
        self._bot.dispatch("messages_queued")

    async def _open(self, guild: discord.Guild, thread: CompetitionThread) -> None:
        message_id = thread.first_message_id
        is_forum = isinstance(guild.get_channel(thread.parent_id), discord.ForumChannel)
        if message_id is None:
            await self._give_up(thread, is_forum=is_forum)
            return
        if not is_forum:
            parent = self._bot.get_partial_messageable(thread.parent_id, guild_id=guild.id)
            name = clean(thread.competition.name)[:MAX_NAME]
            try:
                await parent.get_partial_message(message_id).create_thread(name=name)
            except discord.HTTPException as error:
                if error.code != THREAD_EXISTS:
                    raise  # Else an earlier attempt, whose answer was lost, has opened it.
        # In both cases the thread has the id of its first message.
        await self._threads.mark_opened(
            thread, message_id, is_forum_post=is_forum, now=self._services.now()
        )
        self._bot.dispatch("messages_queued")
        self._bot.dispatch("thread_opened", guild.id)

    async def _pin_live_board(
        self, guild: discord.Guild, thread: CompetitionThread, thread_id: int
    ) -> None:
        channel = guild.get_thread(thread_id)
        if channel is not None and not bot_permissions(channel).pin_messages:
            await self._threads.record_failure(thread, NOT_PINNED_TEXT)
            return
        if thread.live_board_id is None:
            return
        if channel is None:  # Discord archived it after a failed attempt.
            await reopen_thread(guild, thread_id)
        partial = self._bot.get_partial_messageable(thread_id, guild_id=guild.id)
        await partial.get_partial_message(thread.live_board_id).pin()
        await self._threads.mark_pinned(thread)


async def close_thread(
    guild: discord.Guild,
    thread_id: int,
    find_tags: Callable[[discord.Thread], Awaitable[list[discord.ForumTag]]],
) -> None:
    """Archive a thread; a forum post gets the tags that are found for it.

    A locked one stays as it is without *Manage Threads*. Raises Discord's errors.
    """
    channel = guild.get_thread(thread_id) or await guild.fetch_channel(thread_id)
    if not isinstance(channel, discord.Thread):
        return
    tags = await find_tags(channel)
    is_done = channel.archived and tags == channel.applied_tags
    # Only an open thread can be edited.
    if not is_done and await reopen_thread(guild, thread_id):
        if tags == channel.applied_tags:
            await channel.edit(archived=True)
        else:
            await channel.edit(archived=True, applied_tags=tags)


async def _find_ended_tags(thread: discord.Thread) -> list[discord.ForumTag]:
    """Return the tags of a post after the end: with *ended* instead of *running*, if possible."""
    forum, tags = thread.parent, thread.applied_tags
    if not isinstance(forum, discord.ForumChannel):
        return tags
    ended = await ensure_tag(forum, ENDED_TAG)
    if ended is None:
        return tags
    others = [tag for tag in tags if tag != ended and tag.name.casefold() != RUNNING_TAG]
    return [*others[: _MAX_TAGS - 1], ended]


async def setup(bot: commands.Bot) -> None:
    """Add the cog."""
    await bot.add_cog(CompetitionThreads(bot, get_services(bot)))
