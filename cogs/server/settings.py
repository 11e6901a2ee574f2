"""`/settings`: one panel for everything that a server can set."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from cogs.framework.checks import in_servers, managers_only
from cogs.framework.responses import Interaction, defer
from cogs.server.settings_controls import CONTROLS, show


class Settings(commands.Cog):
    """Shows the panel."""

    @app_commands.command()
    @in_servers
    @managers_only
    async def settings(self, interaction: Interaction) -> None:
        """See and change everything that is set for this server (for managers)."""
        await defer(interaction, private=True)
        await show(interaction, None)


async def setup(bot: commands.Bot) -> None:
    """Add the command and its controls."""
    bot.add_dynamic_items(*CONTROLS)
    await bot.add_cog(Settings())


async def teardown(bot: commands.Bot) -> None:
    """Take the controls away again."""
    bot.remove_dynamic_items(*CONTROLS)
