"""Tells servers of deadlines ahead."""

from __future__ import annotations

import logging

from discord.ext import commands, tasks

from cogs.services import Services, services_of

logger = logging.getLogger(__name__)


class Deadlines(commands.Cog):
    """Looks every few minutes which reminder is due."""

    def __init__(self, bot: commands.Bot, services: Services) -> None:
        self._bot = bot
        self._services = services

    async def cog_load(self) -> None:
        """Start looking."""
        self.loop.start()

    async def cog_unload(self) -> None:
        """Stop looking."""
        self.loop.cancel()

    # What escapes the body would end the loop for good, or make it run again at once.
    @tasks.loop(minutes=5, reconnect=False)
    async def loop(self) -> None:
        """Put what is due in the outbox."""
        try:
            count = await self._services.storage.deadlines.remind(self._services.now())
        except Exception:
            logger.exception("The deadlines could not be looked at")
            return
        if count:
            logger.info("%d reminders of deadlines are due", count)
            self._bot.dispatch("outbox_filled")

    @loop.before_loop
    async def _wait(self) -> None:
        await self._bot.wait_until_ready()


async def setup(bot: commands.Bot) -> None:
    """Start looking."""
    await bot.add_cog(Deadlines(bot, services_of(bot)))
