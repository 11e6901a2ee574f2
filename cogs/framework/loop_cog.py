"""Base class of cogs with a `tasks.loop`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import discord
from discord.ext import commands, tasks

from cogs.framework.services import Services


class LoopCog(commands.Cog):
    """Runs its `loop` from when the bot is ready until the cog is unloaded.

    Subclasses catch all errors inside the loop's body: an error that escapes it would end the loop
    for good, or make discord.py run it again at once.
    """

    loop: tasks.Loop[Any]

    def __init__(self, bot: commands.Bot, services: Services) -> None:
        self._bot = bot
        self._services = services

    async def cog_load(self) -> None:
        """Start the loop. Not in `on_ready`, which fires at every reconnect."""
        self.loop.before_loop(LoopCog._until_ready)
        self.loop.start()

    async def cog_unload(self) -> None:
        """Cancel the loop. A cancelled run has committed complete transactions only."""
        self.loop.cancel()

    def restart_after_clock_change(self) -> None:
        """Restart the loop if the system clock was changed; discord.py schedules runs by it.

        If the clock was set back by a day, the next run would be a day away; if it was set forward,
        missed runs would follow each other at once. Call it last in the loop's body: a restart ends
        the body.
        """
        planned = self.loop.next_iteration
        interval = timedelta(
            hours=self.loop.hours or 0,
            minutes=self.loop.minutes or 0,
            seconds=self.loop.seconds or 0,
        )
        if planned is not None and abs(planned - discord.utils.utcnow()) > 2 * interval:
            self.loop.restart()

    async def _until_ready(self) -> None:
        await self._bot.wait_until_ready()
