"""What keeps the database small: old history is folded, old announcements are cleared away."""

from __future__ import annotations

import asyncio
import logging
from time import perf_counter

from discord.ext import commands, tasks

from cogs.framework.clock_guard import restart_after_clock_change
from cogs.framework.loop_cog import LoopCog
from cogs.framework.services import get_services
from records.outbox import OUTBOX_RETENTION

logger = logging.getLogger(__name__)


class Housekeeping(LoopCog):
    """Works through what is due in small steps, once an hour."""

    @tasks.loop(hours=1, reconnect=False)
    async def loop(self) -> None:
        """Do all that is due, and rest after each step for as long as it took."""
        try:
            began = perf_counter()
            while await self._step():
                await asyncio.sleep(perf_counter() - began)
                began = perf_counter()
        except Exception:
            logger.exception("The database could not be kept small; the next try is in an hour")
        restart_after_clock_change(self.loop)

    async def _step(self) -> bool:
        storage, now = self._services.storage, self._services.now()
        return await storage.history_compaction.step(
            now, self._services.keep
        ) or await storage.outbox.delete_settled(now - OUTBOX_RETENTION)


async def setup(bot: commands.Bot) -> None:
    """Start keeping house."""
    await bot.add_cog(Housekeeping(bot, get_services(bot)))
