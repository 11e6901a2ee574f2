"""`/help`, and the welcome message of a server that adds the bot."""

from __future__ import annotations

import logging

import discord
from discord import app_commands
from discord.ext import commands

from cogs.channels.target_channels import is_writable
from cogs.framework.checks import in_servers
from cogs.framework.log_context import log_subject
from cogs.framework.responses import Interaction, defer
from cogs.framework.services import Services, get_services
from cogs.server.help_controls import DYNAMIC_ITEMS, show_help

logger = logging.getLogger(__name__)


class Help(commands.Cog):
    """The command for the next steps, and the welcome message."""

    def __init__(self, bot: commands.Bot, services: Services) -> None:
        self._bot = bot
        self._services = services

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Queue the welcome message of a new server.

        It goes to the channel for system messages, or else to the first channel that is writable.
        """
        channels = [guild.system_channel, *guild.text_channels]
        channel = next((one for one in channels if one and is_writable(one)), None)
        if channel is None:
            with log_subject(server=guild.id):
                logger.info("Server %s has no channel in which it could be welcomed", guild.id)
            return
        guilds, now = self._services.storage.guilds, self._services.now()
        if await guilds.queue_welcome(guild.id, channel.id, now):
            self._bot.dispatch("messages_queued")

    @app_commands.command()
    @in_servers
    async def help(self, interaction: Interaction) -> None:
        """See what is set up here, what is still to be done, and what can be asked."""
        await defer(interaction, private=True)
        await show_help(interaction)


async def setup(bot: commands.Bot) -> None:
    """Add the command, the listener, and the select of the channel for news."""
    bot.add_dynamic_items(*DYNAMIC_ITEMS)
    await bot.add_cog(Help(bot, get_services(bot)))


async def teardown(bot: commands.Bot) -> None:
    """Remove the controls."""
    bot.remove_dynamic_items(*DYNAMIC_ITEMS)
