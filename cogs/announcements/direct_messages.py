"""Sends direct messages to members, or shows them with their next command."""

from __future__ import annotations

import logging
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from cogs.announcements.direct_message_screen import count_fitting, direct_messages_view
from cogs.announcements.find_sent import find_sent
from cogs.framework.coalesce import Coalesced
from cogs.framework.escape import plain
from cogs.framework.log_context import log_subject
from cogs.framework.responses import Interaction
from cogs.framework.services import Services, get_services
from records.direct_messages import DirectMessage

logger = logging.getLogger(__name__)

_SHOWN_AT_ONCE = 10
"""Messages in one response; the others are shown with the member's next command."""
_BATCH = 10
"""Messages sent after each event."""

_FIRST_MARKER = 1 << 20
"""Above the ids that Discord gives to unnumbered components."""


class DirectMessages(commands.Cog):
    """Sends direct messages; members who accept none see them after their next command.

    A message is marked before it is sent. One that may have arrived, because the process died or
    the connection broke before the answer, is searched for before it is sent again.
    """

    def __init__(self, bot: commands.Bot, services: Services) -> None:
        self._bot = bot
        self._services = services
        self._send_waiting = Coalesced(self._send_all)

    @commands.Cog.listener("on_messages_queued")
    @commands.Cog.listener("on_sync_round_finished")
    async def send_queued(self) -> None:
        """Send what waits."""
        await self._send_waiting()

    @commands.Cog.listener()
    async def on_app_command_completion(
        self, interaction: Interaction, command: app_commands.Command[Any, ..., Any]
    ) -> None:
        """Show a member what could not be sent, so that nobody else sees it."""
        del command
        if interaction.guild_id is None:
            return
        direct_messages = self._services.storage.direct_messages
        waiting = await direct_messages.load_waiting_in_server(
            interaction.guild_id, interaction.user.id, _SHOWN_AT_ONCE
        )
        if not waiting:
            return
        server = self._guild_name(interaction.guild_id)
        contents = [each.content for each in waiting]
        waiting = waiting[: count_fitting(contents, server)]
        view = direct_messages_view(contents[: len(waiting)], server)
        await interaction.followup.send(view=view, ephemeral=True)
        for message in waiting:
            await direct_messages.delete(message.id)

    async def _send_all(self) -> None:
        direct_messages, now = self._services.storage.direct_messages, self._services.now()
        for message in await direct_messages.load_waiting(now, _BATCH):
            with log_subject(server=message.guild_id):
                await self._send(message)

    async def _send(self, message: DirectMessage) -> None:
        direct_messages = self._services.storage.direct_messages
        marker = _FIRST_MARKER + message.id
        try:
            channel = await self._bot.create_dm(discord.Object(message.user_id))
            sent = message.attempted and await find_sent(
                channel.history(limit=None), self._bot.user, marker
            )
            if not sent and await direct_messages.mark_attempt(message.id):
                server = self._guild_name(message.guild_id)
                view = direct_messages_view([message.content], server, marker)
                await channel.send(view=view, nonce=f"note-{message.id}")
            await direct_messages.delete(message.id)
        except (discord.Forbidden, discord.NotFound) as error:
            logger.info("A direct message is shown in the server instead: %s", error)
            await direct_messages.show_in_server(message.id)
        except Exception:
            logger.exception("A direct message could not be sent; it is kept")

    def _guild_name(self, guild_id: int) -> str:
        guild = self._bot.get_guild(guild_id)
        return plain(guild.name) if guild is not None else "the server"


async def setup(bot: commands.Bot) -> None:
    """Add the cog."""
    await bot.add_cog(DirectMessages(bot, get_services(bot)))
