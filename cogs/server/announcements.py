"""`/announcements`: what this server is told, and where."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from cogs.framework.channels import require_writable
from cogs.framework.checks import in_servers, managers_only
from cogs.framework.responses import Interaction, defer, respond
from cogs.framework.services import Services, get_services, require_guild_id
from cogs.server.announcements_screen import settings_view
from records.guilds import SettingsChange


class Announcements(commands.Cog):
    """Keeps what a server wants to be told."""

    def __init__(self, bot: commands.Bot, services: Services) -> None:
        self._bot = bot
        self._services = services

    @app_commands.command()
    @in_servers
    @managers_only
    @app_commands.describe(
        channel="Where to announce, unless a competition has a channel of its own",
        enabled="Whether to announce at all",
        smallest_rise="How many places a new best score must gain to be told (0: every one)",
        smallest_fall="How many places a member must fall to be told",
        mention="Whether members who asked for it with /pingme are pinged",
    )
    async def announcements(  # noqa: PLR0917 - its options
        self,
        interaction: Interaction,
        channel: discord.TextChannel | None = None,
        enabled: bool | None = None,
        smallest_rise: app_commands.Range[int, 0, 100_000] | None = None,
        smallest_fall: app_commands.Range[int, 1, 100_000] | None = None,
        mention: bool | None = None,
    ) -> None:
        """Set what is announced and where (for managers); without options, see what is set."""
        await defer(interaction, private=True)
        changed: SettingsChange = {}
        if channel is not None:
            require_writable(channel)
            changed["channel_id"] = channel.id
        if enabled is not None:
            changed["announce"] = enabled
        if smallest_rise is not None:
            changed["smallest_rise"] = smallest_rise
        if smallest_fall is not None:
            changed["smallest_fall"] = smallest_fall
        if mention is not None:
            changed["mention"] = mention
        guilds, guild_id = self._services.storage.guilds, require_guild_id(interaction)
        if changed:
            settings = await guilds.change(guild_id, **changed)
            self._bot.dispatch("outbox_filled")  # What waited may have moved to another channel.
        else:
            settings = await guilds.settings(guild_id)
        await respond(interaction, settings_view(settings, changed=bool(changed)))


async def setup(bot: commands.Bot) -> None:
    """Add the command."""
    await bot.add_cog(Announcements(bot, get_services(bot)))
