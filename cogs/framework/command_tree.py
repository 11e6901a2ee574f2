"""The command tree, which sends every error to one place."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from cogs.framework.errors import respond_exception


class PodiumTree(app_commands.CommandTree[Any]):
    """Slash commands whose errors end as one clear answer."""

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /
    ) -> None:
        """Answer what went wrong."""
        await respond_exception(interaction, error)
