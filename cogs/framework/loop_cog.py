"""What cogs that work on a timer have in common."""

from __future__ import annotations

from typing import Any

from discord.ext import commands, tasks

from cogs.framework.services import Services


class LoopCog(commands.Cog):
    """Runs its `loop` from when the bot is ready until the cog is taken away.

    What escapes the loop's body would end it for good, or make it run again at once: each body
    keeps its own errors.
    """

    loop: tasks.Loop[Any]

    def __init__(self, bot: commands.Bot, services: Services) -> None:
        self._bot = bot
        self._services = services

    async def cog_load(self) -> None:
        """Start the loop; `on_ready` would start it again with every reconnect."""
        self.loop.before_loop(LoopCog._until_ready)
        self.loop.start()

    async def cog_unload(self) -> None:
        """Stop the loop; a run that is broken off has written whole transactions or nothing."""
        self.loop.cancel()

    async def _until_ready(self) -> None:
        await self._bot.wait_until_ready()
