"""Live boards: messages that are edited after each sync of their competition."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Awaitable, Sequence
from dataclasses import replace

import discord
from discord import ui
from discord.ext import commands

from cogs.boards.board_page import load_board_data
from cogs.boards.board_screen import board_view
from cogs.boards.live_board_locks import LiveBoardLocks
from cogs.channels.target_channels import reopen_thread
from cogs.framework.discord_errors import (
    THREAD_ARCHIVED,
    UNKNOWN_CHANNEL,
    UNKNOWN_MESSAGE,
    describe_error,
    is_expected,
)
from cogs.framework.log_context import log_subject
from cogs.framework.responses import UserError
from cogs.framework.services import Services, get_services
from cogs.options.visibility import ServerVisibility
from records.guilds import LiveBoard
from records.outbox import OutboxRow

logger = logging.getLogger(__name__)

_MAX_CONCURRENT_EDITS = 8
"""Limits memory: each edit holds a board. discord.py obeys Discord's rate limits itself."""


class LiveBoards(commands.Cog):
    """Edits a live board after a sync of its competition if its content has changed.

    The message is sent by the outbox, which sends it once even if the bot is killed meanwhile. A
    deleted message is sent again.
    """

    def __init__(self, bot: commands.Bot, services: Services) -> None:
        self._bot = bot
        self._services = services
        self._locks = services.get(LiveBoardLocks)
        self._edit_slots = asyncio.Semaphore(_MAX_CONCURRENT_EDITS)

    @commands.Cog.listener("on_board_synced")
    @commands.Cog.listener("on_final_board_stored")
    async def refresh_live_boards(self, competition_id: int) -> None:
        """Update a competition's live boards in all servers."""
        live_boards = self._services.storage.live_boards
        await self._refresh_all(live_boards.load_by_competition(competition_id))

    @commands.Cog.listener("on_links_changed")
    @commands.Cog.listener("on_competition_named")
    @commands.Cog.listener("on_thread_opened")
    async def refresh_guild(self, guild_id: int) -> None:
        """Update a server's live boards: its linked members, its own names, a new forum post."""
        await self._refresh_all(self._services.storage.live_boards.load_by_guild(guild_id))

    async def _refresh_all(self, loading: Awaitable[Sequence[LiveBoard]]) -> None:
        try:
            boards = await loading
        except Exception:
            logger.exception("Live boards could not be loaded")
            return
        await asyncio.gather(*(self._refresh(board) for board in boards))

    @commands.Cog.listener()
    async def on_live_board_delivered(self, row: OutboxRow, _message_id: int | None) -> None:
        """Show the board in the message that was just sent for it."""
        if row.competition_id is None:
            return
        board = await self._find(row.guild_id, row.competition_id, row.id)
        if board is not None:
            await self._refresh(board)

    async def _refresh(self, board: LiveBoard) -> None:
        with log_subject(server=board.guild_id, competition=board.competition.slug):
            async with self._locks.find_lock(board.outbox_id), self._edit_slots:
                is_replaced = await self._try_show(board)
            if is_replaced:
                self._bot.dispatch("live_board_replaced")

    async def _try_show(self, board: LiveBoard) -> bool:
        """Show a board; return whether it was moved, removed or sent anew meanwhile."""
        key = board.guild_id, board.competition.id, board.outbox_id
        try:
            current = await self._find(*key)
            if current is not None and not current.is_undelivered:
                await self._show(current)
                return await self._find(*key) is None
        except UserError as error:
            logger.info("The live board of %s waits: %s", board.competition.slug, error)
        except Exception:
            logger.exception("The live board of %s could not be updated", board.competition.slug)
        return False

    async def _find(self, guild_id: int, competition_id: int, outbox_id: int) -> LiveBoard | None:
        """Return a live board as it is stored now; None if it was moved, removed or sent anew."""
        board = await self._services.storage.live_boards.find(guild_id, competition_id)
        return board if board is not None and board.outbox_id == outbox_id else None

    async def _show(self, board: LiveBoard) -> None:
        live_boards = self._services.storage.live_boards
        if board.message_id is None:
            await self._queue_new_message(board)
            return
        view = await load_live_board_view(self._services, board)
        fingerprint = _fingerprint(view)
        if fingerprint == board.fingerprint and board.error is None:
            return
        try:
            await self._edit(board, board.message_id, view)
        except Exception as error:
            if not is_expected(error):
                raise
            await self._handle_error(board, error)
        else:
            await live_boards.record_edit(board, fingerprint)

    async def _edit(self, board: LiveBoard, message_id: int, view: ui.LayoutView) -> None:
        """Edit a message; if Discord has archived its thread, open that again first."""
        channel = self._bot.get_partial_messageable(board.channel_id, guild_id=board.guild_id)
        message = channel.get_partial_message(message_id)
        # An edit without content does not send the client's own `allowed_mentions`.
        mentions = discord.AllowedMentions.none()
        try:
            await message.edit(view=view, allowed_mentions=mentions)
        except discord.HTTPException as error:
            if error.code != THREAD_ARCHIVED or not await self._reopen_thread(board):
                raise
            await message.edit(view=view, allowed_mentions=mentions)

    async def _reopen_thread(self, board: LiveBoard) -> bool:
        """Unarchive the thread of a live board; return whether that was possible."""
        guild = self._bot.get_guild(board.guild_id)
        if guild is None or not await reopen_thread(guild, board.channel_id):
            return False
        self._bot.dispatch("thread_reopened", board.guild_id, board.channel_id)
        return True

    async def _queue_new_message(self, board: LiveBoard) -> None:
        await self._services.storage.live_boards.recreate(board, self._services.now())
        self._bot.dispatch("messages_queued")

    async def _handle_error(self, board: LiveBoard, error: Exception) -> None:
        live_boards = self._services.storage.live_boards
        code = getattr(error, "code", None)
        if code == UNKNOWN_MESSAGE:
            await self._queue_new_message(board)
        elif code == UNKNOWN_CHANNEL:
            await live_boards.delete(board)
        else:
            logger.warning("Channel %s: the live board stays: %s", board.channel_id, error)
            await live_boards.record_failure(board, describe_error(error))


async def load_live_board_view(services: Services, board: LiveBoard) -> ui.LayoutView:
    """Load a live board's view: the first page, without times that change with every sync."""
    links = await ServerVisibility(services, board.guild_id).load_links_by_user_name()
    data = await load_board_data(services, board.competition, links)
    info = await services.storage.boards.find_private_or_public(board.competition.id)
    taken_at = info.taken_at if info is not None else None
    return board_view(replace(data, read_at=None, changed_at=taken_at, failed_at=None))


def _fingerprint(view: ui.LayoutView) -> str:
    content = json.dumps(view.to_components(), sort_keys=True)  # type: ignore[no-untyped-call]
    return hashlib.sha256(content.encode()).hexdigest()


async def setup(bot: commands.Bot) -> None:
    """Add the cog."""
    await bot.add_cog(LiveBoards(bot, get_services(bot)))
