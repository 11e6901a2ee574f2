"""Sends direct messages to members, or shows them with their next command."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from cogs.announcements.screens.direct_message_screen import (
    MessageServer,
    count_fitting,
    direct_messages_view,
)
from cogs.announcements.sent_message import find_sent
from cogs.framework.coalesced_function import CoalescedFunction
from cogs.framework.discord_errors import is_temporary
from cogs.framework.escape import escape
from cogs.framework.log_context import log_subject
from cogs.framework.responses import Interaction
from cogs.framework.services import Services, get_services
from cogs.options.memberships import Memberships
from leaderboards.news.deadlines import DeadlineKind
from leaderboards.news.watches import WatchMessage
from records.direct_messages import DirectMessage, DirectMessageContent

logger = logging.getLogger(__name__)

_SHOWN_AT_ONCE = 10
"""Messages in one response; the others are shown with the member's next command."""
_BATCH = 100
"""Messages that are read at once."""

_FIRST_MARKER = 1 << 20
"""Above the ids that Discord gives to unnumbered components."""

Load = Callable[..., Awaitable[list[DirectMessage]]]


class DirectMessages(commands.Cog):
    """Sends direct messages; members who accept none see them after their next command.

    A message is marked before it is sent. One that may have arrived, because the process died or
    the connection broke before the answer, is searched for before it is sent again.
    """

    def __init__(self, bot: commands.Bot, services: Services) -> None:
        self._bot = bot
        self._services = services
        direct_messages = services.storage.direct_messages
        self._send_waiting = CoalescedFunction(lambda: self._send_all(direct_messages.load_waiting))
        self._send_open = CoalescedFunction(lambda: self._send_all(direct_messages.load_open))
        self._sending: set[int] = set()
        """Ids of messages that are being sent: another run would take them for a broken attempt."""
        self._showing: set[tuple[int, int]] = set()
        """Servers and members who are being shown what waits for them."""

    @commands.Cog.listener("on_messages_queued")
    async def send_queued(self) -> None:
        """Send what waits, but leave open messages open: the round of syncs may add to them."""
        await self._send_waiting()

    @commands.Cog.listener("on_sync_round_finished")
    async def send_all(self) -> None:
        """Send what waits, also what members watch: one message for a round of syncs."""
        await self._send_waiting()
        await self._send_open()

    @commands.Cog.listener()
    async def on_app_command_completion(
        self, interaction: Interaction, command: app_commands.Command[Any, ..., Any]
    ) -> None:
        """Show a member what could not be sent, so that nobody else sees it."""
        del command
        if interaction.guild_id is None:
            return
        key = interaction.guild_id, interaction.user.id
        # Of two commands at the same time one shows it. A claim in the database would outlive a
        # crash, and then nobody would ever be shown it.
        if key in self._showing:
            return
        self._showing.add(key)
        try:
            await self._show_waiting(interaction, *key)
        finally:
            self._showing.discard(key)

    async def _show_waiting(self, interaction: Interaction, guild_id: int, user_id: int) -> None:
        direct_messages = self._services.storage.direct_messages
        waiting = await direct_messages.load_waiting_in_server(guild_id, user_id, _SHOWN_AT_ONCE)
        if not waiting:
            return
        server = await self._load_server(guild_id)
        filtered = [(one.id, await self._filter_content(one, server)) for one in waiting]
        contents = [content for _, content in filtered if content is not None]
        shown_count = count_fitting(contents, server)
        if shown_count:
            view = direct_messages_view(contents[:shown_count], server, is_shown_in_server=True)
            await interaction.followup.send(view=view, ephemeral=True)
        # What did not fit is shown with the next command.
        kept_ids = [id_ for id_, content in filtered if content is not None][shown_count:]
        for id_, _ in filtered:
            if id_ not in kept_ids:
                await direct_messages.delete(id_)

    async def _send_all(self, load: Load) -> None:
        last_id, can_go_on = 0, True
        while can_go_on:
            try:
                batch = await load(self._services.now(), _BATCH, last_id)
            except Exception:
                logger.exception("The direct messages could not be read")
                return
            if not batch:
                return
            last_id = batch[-1].id
            for message in batch:
                if can_go_on and message.id not in self._sending:
                    with log_subject(server=message.guild_id):
                        can_go_on = await self._send(message)

    async def _send(self, message: DirectMessage) -> bool:
        """Send a message; return whether the next one can be sent too.

        A message that failed is kept, and tried again when messages are queued or a round of syncs
        ends. One that the member does not accept is shown in the server.
        """
        direct_messages = self._services.storage.direct_messages
        marker = _FIRST_MARKER + message.id
        self._sending.add(message.id)
        try:
            if isinstance(message.content, WatchMessage):
                guild = self._bot.get_guild(message.guild_id)
                if guild is None:
                    return True  # The server is unavailable: who is a member is not known.
                if await self._end_watches_if_left(guild, message.user_id):
                    await direct_messages.delete(message.id)
                    return True
            channel = await self._bot.create_dm(discord.Object(message.user_id))
            sent = message.attempted and await find_sent(
                channel.history(limit=None), self._bot.user, marker
            )
            current = None if sent else await direct_messages.mark_attempt(message.id)
            if current is not None:
                server = await self._load_server(message.guild_id)
                content = await self._filter_content(current, server)
                if content is not None:
                    view = direct_messages_view([content], server, marker)
                    await channel.send(view=view, nonce=f"direct-{message.id}")
            await direct_messages.delete(message.id)
        except (discord.Forbidden, discord.NotFound) as error:
            logger.info("A direct message is shown in the server instead: %s", error)
            await direct_messages.show_in_server(message)
        except Exception as error:
            logger.exception("A direct message could not be sent; it is kept")
            return not is_temporary(error)
        finally:
            self._sending.discard(message.id)
        return True

    async def _end_watches_if_left(self, guild: discord.Guild, user_id: int) -> bool:
        """End a user's watches if they have left the server; return whether they have.

        Without the members intent Discord does not report that somebody left.
        """
        if await self._services.get(Memberships).is_member(guild, user_id):
            return False
        await self._services.storage.watches.remove_member(guild.id, user_id)
        return True

    async def _filter_content(
        self, message: DirectMessage, server: MessageServer
    ) -> DirectMessageContent | None:
        """Return what of a message is still watched and still true; None if nothing is."""
        if not isinstance(message.content, WatchMessage):
            return message.content
        watches = await self._services.storage.watches.load(message.guild_id, message.user_id)
        return message.content.filter(
            {watch.id for watch in watches}, server.final_deadlines, self._services.now()
        )

    async def _load_server(self, guild_id: int) -> MessageServer:
        storage, guild = self._services.storage, self._bot.get_guild(guild_id)
        given = await storage.deadlines.load_all_given(guild_id)
        competitions = {
            follow.competition.id: follow.competition
            for follow in await storage.guilds.load_follows(guild_id)
            if not follow.paused
        }
        return MessageServer(
            escape(guild.name) if guild is not None else "the server",
            competitions,
            {
                id_: competition.deadline or given.get(id_, {}).get(DeadlineKind.FINAL)
                for id_, competition in competitions.items()
            },
        )


async def setup(bot: commands.Bot) -> None:
    """Add the cog."""
    await bot.add_cog(DirectMessages(bot, get_services(bot)))
