"""What comes at an hour of a server's own day: the end of its quiet hours, and its digests."""

from __future__ import annotations

import logging
from datetime import UTC, time

from discord.ext import commands, tasks

from cogs.services import Services, services_of

logger = logging.getLogger(__name__)

_QUARTERS = [time(hour, minute, tzinfo=UTC) for hour in range(24) for minute in (0, 15, 30, 45)]
"""Each full hour of every time zone is one of these in UTC."""


class Hours(commands.Cog):
    """Looks each quarter of an hour, and after each sync, which server's hour has come."""

    def __init__(self, bot: commands.Bot, services: Services) -> None:
        self._bot = bot
        self._services = services

    async def cog_load(self) -> None:
        """Start looking."""
        self.loop.start()

    async def cog_unload(self) -> None:
        """Stop looking."""
        self.loop.cancel()

    @commands.Cog.listener()
    async def on_outbox_filled(self) -> None:
        """Look after each sync and each change of what is set, whatever the machine's clock did."""
        await self.look()

    # What escapes the body would end the loop for good, or make it run again at once.
    @tasks.loop(time=_QUARTERS, reconnect=False)
    async def loop(self) -> None:
        """Look which hour has come."""
        await self.look()

    @loop.before_loop
    async def _wait(self) -> None:
        await self._bot.wait_until_ready()

    async def look(self) -> None:
        """Put in the outbox what is due; what was put there is not due again."""
        try:
            released = await self._services.storage.held.release(self._services.now())
        except Exception:
            logger.exception("What was held in quiet hours could not be told")
            return
        if released:
            logger.info("%d messages were held in quiet hours", released)
            self._bot.dispatch("outbox_filled")


async def setup(bot: commands.Bot) -> None:
    """Start looking."""
    await bot.add_cog(Hours(bot, services_of(bot)))
