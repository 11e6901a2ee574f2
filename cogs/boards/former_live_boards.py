"""Deletes the messages of live boards that were moved or removed."""

from __future__ import annotations

import logging

import discord
from discord.ext import commands

from cogs.boards.board_screen import former_live_board_view
from cogs.boards.live_board_locks import LiveBoardLocks
from cogs.channels.target_channels import reopen_thread
from cogs.framework.coalesced_function import CoalescedFunction
from cogs.framework.discord_errors import THREAD_ARCHIVED, describe_error, is_expected
from cogs.framework.log_context import log_subject
from cogs.framework.services import Services, get_services
from records.guilds import FormerLiveBoard
from records.outbox import OutboxRow

logger = logging.getLogger(__name__)


class FormerLiveBoards(commands.Cog):
    """Deletes each message; after a failure or a restart that is tried again.

    The first message of a forum post, which has the id of the post, is edited instead: it says that
    it is not updated any more.
    """

    def __init__(self, bot: commands.Bot, services: Services) -> None:
        self._bot = bot
        self._former = services.storage.former_live_boards
        self._locks = services.get(LiveBoardLocks)
        self.remove = CoalescedFunction(self._remove_all)
        """Deletes all messages that are known."""

    @commands.Cog.listener("on_ready")
    @commands.Cog.listener("on_messages_queued")
    @commands.Cog.listener("on_live_board_replaced")
    @commands.Cog.listener("on_sync_round_finished")
    async def remove_waiting(self) -> None:
        """Delete what a command, or an earlier run, has left."""
        await self.remove()

    @commands.Cog.listener()
    async def on_live_board_delivered(self, _row: OutboxRow, _message_id: int | None) -> None:
        """Delete a message whose live board was moved or removed while it was being sent."""
        await self.remove()

    async def _remove_all(self) -> None:
        if not self._bot.is_ready():
            return
        try:
            boards = await self._former.load_settled()
        except Exception:
            logger.exception("Former live boards could not be loaded")
            return
        for board in boards:
            if self._locks.is_locked(board.outbox_id):
                continue  # That edit would overwrite this one; `live_board_replaced` follows it.
            with log_subject(server=board.guild_id):
                await self._try_remove(board)
        if boards:
            self._bot.dispatch("former_live_boards_removed")

    async def _try_remove(self, board: FormerLiveBoard) -> None:
        guild = self._bot.get_guild(board.guild_id)
        if guild is None:
            return  # Discord is not available for the server at present.
        try:
            await self._remove(guild, board)
        except discord.NotFound:
            pass  # A person has deleted it.
        except Exception as error:
            if not is_expected(error):
                logger.exception("Channel %s: an old live board was not removed", board.channel_id)
                return
            logger.warning("Channel %s: an old live board stays: %s", board.channel_id, error)
            await self._former.record_failure(board, describe_error(error))
            return
        await self._former.delete(board)

    async def _remove(self, guild: discord.Guild, board: FormerLiveBoard) -> None:
        """Delete a message; if Discord has archived its thread, open that again first."""
        try:
            await self._delete_or_edit(board)
        except discord.HTTPException as error:
            if error.code != THREAD_ARCHIVED:
                raise
            if await reopen_thread(guild, board.channel_id):
                self._bot.dispatch("thread_reopened", board.guild_id, board.channel_id)
                await self._delete_or_edit(board)
            else:
                logger.info("Channel %s: the old live board stays: it is locked", board.channel_id)

    async def _delete_or_edit(self, board: FormerLiveBoard) -> None:
        if board.message_id is None:
            return
        channel = self._bot.get_partial_messageable(board.channel_id, guild_id=board.guild_id)
        message = channel.get_partial_message(board.message_id)
        if board.message_id == board.channel_id:
            await message.edit(view=former_live_board_view(board.moved_to))
        else:
            await message.delete()


async def setup(bot: commands.Bot) -> None:
    """Add the cog."""
    await bot.add_cog(FormerLiveBoards(bot, get_services(bot)))
