"""The command tree, with one error handler for all commands."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from cogs.framework.errors import respond_exception


class PodiumTree(app_commands.CommandTree[Any]):
    """Command tree that answers every error of a command with one sentence."""

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /
    ) -> None:
        """Respond with the error's sentence."""
        await respond_exception(interaction, error)
