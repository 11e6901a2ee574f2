"""Tells members in private what happened to their links while they were away."""

from __future__ import annotations

import logging
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from cogs.announcements.find_sent import find_marked
from cogs.framework.coalesce import Coalesced
from cogs.framework.escape import plain
from cogs.framework.responses import Interaction
from cogs.framework.services import Services, get_services
from cogs.members.links_screen import direct_messages_view
from records.members import DirectMessage

logger = logging.getLogger(__name__)

_AT_ONCE = 10

_MARKS_FROM = 1 << 20
"""Discord itself numbers the components of the bot's other messages, from 1 on."""


class Notes(commands.Cog):
    """Sends direct messages; to those who take none it is shown with their next command.

    A note is marked before it is sent. One that may have reached its member, because the process
    died or the connection broke before the answer, is looked for before it is sent again.
    """

    def __init__(self, bot: commands.Bot, services: Services) -> None:
        self._bot = bot
        self._services = services
        self._looks = Coalesced(self._send_all)

    @commands.Cog.listener()
    async def on_outbox_filled(self) -> None:
        """Send what there is to tell, each note once."""
        await self._looks()

    @commands.Cog.listener()
    async def on_app_command_completion(
        self, interaction: Interaction, command: app_commands.Command[Any, ..., Any]
    ) -> None:
        """Show what could not be sent, to nobody but the member."""
        del command
        if interaction.guild_id is None:
            return
        notes = self._services.storage.notes
        waiting = await notes.to_show(interaction.guild_id, interaction.user.id)
        if waiting:
            view = direct_messages_view(waiting, self._server(interaction.guild_id))
            await interaction.followup.send(view=view, ephemeral=True)
        for note in waiting:
            await notes.told(note.id)

    async def _send_all(self) -> None:
        for note in await self._services.storage.notes.to_send(self._services.now(), _AT_ONCE):
            await self._send(note)

    async def _send(self, note: DirectMessage) -> None:
        notes = self._services.storage.notes
        mark = _MARKS_FROM + note.id
        try:
            channel = await self._bot.create_dm(discord.Object(note.user_id))
            sent = note.attempted and await find_marked(
                channel.history(limit=None), self._bot.user, mark
            )
            if not sent and await notes.attempting(note.id):
                view = direct_messages_view([note], self._server(note.guild_id), mark)
                await channel.send(view=view, nonce=f"note-{note.id}")
            await notes.told(note.id)
        except (discord.Forbidden, discord.NotFound) as error:
            logger.info("A note is shown in the server instead: %s", error)
            await notes.keep_for_server(note.id)
        except Exception:
            logger.exception("A note could not be sent; it is kept")

    def _server(self, guild_id: int) -> str:
        guild = self._bot.get_guild(guild_id)
        return plain(guild.name) if guild is not None else "the server"


async def setup(bot: commands.Bot) -> None:
    """Start telling."""
    await bot.add_cog(Notes(bot, get_services(bot)))
