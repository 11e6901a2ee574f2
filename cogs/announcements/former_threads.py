"""Closes the threads that their competition has left, after a last message in them."""

from __future__ import annotations

import logging

import discord
from discord.ext import commands

from cogs.announcements.competition_threads import close_thread
from cogs.channels.forum_tags import RUNNING_TAG
from cogs.channels.target_channels import bot_permissions
from cogs.framework.coalesced_function import CoalescedFunction
from cogs.framework.discord_errors import UNKNOWN_CHANNEL, describe_error, is_expected
from cogs.framework.log_context import log_subject
from cogs.framework.services import Services, get_services
from records.guilds import FormerThread

logger = logging.getLogger(__name__)


class FormerThreads(commands.Cog):
    """Closes each thread once its last message is sent and its live board is removed.

    The outbox sends the message, once. To close a thread twice does no harm.
    """

    def __init__(self, bot: commands.Bot, services: Services) -> None:
        self._bot = bot
        self._services = services
        self._threads = services.storage.former_threads
        self.close = CoalescedFunction(self._close_all)
        """Closes all threads that can be closed."""

    @commands.Cog.listener("on_ready")
    @commands.Cog.listener("on_sync_round_finished")
    @commands.Cog.listener("on_thread_left")
    @commands.Cog.listener("on_former_live_boards_removed")
    async def close_waiting(self) -> None:
        """Close what can be closed now, or what failed before."""
        await self.close()

    async def _close_all(self) -> None:
        if not self._bot.is_ready():
            return
        try:
            threads = await self._threads.load_settled()
        except Exception:
            logger.exception("The threads that competitions have left could not be loaded")
            return
        for thread in threads:
            with log_subject(server=thread.guild_id):
                await self._try_close(thread)

    async def _try_close(self, thread: FormerThread) -> None:
        guild = self._bot.get_guild(thread.guild_id)
        if guild is None:
            return  # Discord is not available for the server at present.
        try:
            if thread.is_closed_to_bot:
                if not await _is_locked(guild, thread.thread_id):
                    return  # `/status` says what the bot needs there.
                logger.info("The thread %s is locked: it gets no last message", thread.thread_id)
            await close_thread(guild, thread.thread_id, _find_left_tags)
        except Exception as error:
            if not is_expected(error):
                logger.exception("The thread %s could not be closed", thread.thread_id)
            elif getattr(error, "code", None) == UNKNOWN_CHANNEL:
                await self._services.storage.guilds.remove_channel(guild.id, thread.thread_id)
            else:
                logger.warning("The thread %s stays open: %s", thread.thread_id, error)
                await self._threads.record_failure(thread, describe_error(error))
            return
        await self._threads.delete(thread)


async def _is_locked(guild: discord.Guild, thread_id: int) -> bool:
    """Return whether the bot can neither write in a thread nor close it, as it is locked."""
    channel = await guild.fetch_channel(thread_id)
    if not isinstance(channel, discord.Thread):
        return False
    return channel.locked and not bot_permissions(channel).manage_threads


async def _find_left_tags(thread: discord.Thread) -> list[discord.ForumTag]:
    """Return the tags of a post without *running*, unless it needs a tag and has no other."""
    forum, tags = thread.parent, thread.applied_tags
    left = [tag for tag in tags if tag.name.casefold() != RUNNING_TAG]
    must_have_one = isinstance(forum, discord.ForumChannel) and forum.flags.require_tag
    return left if left or not must_have_one else tags


async def setup(bot: commands.Bot) -> None:
    """Add the cog."""
    await bot.add_cog(FormerThreads(bot, get_services(bot)))
