"""Hourly loop that keeps the database small: compacts history, deletes what nobody needs."""

from __future__ import annotations

import asyncio
import logging
from time import perf_counter

from discord.ext import commands, tasks

from cogs.framework.loop_cog import LoopCog
from cogs.framework.services import get_services
from records.outbox import OUTBOX_RETENTION

logger = logging.getLogger(__name__)


class Housekeeping(LoopCog):
    """Compacts and deletes in small steps, so that writers are never blocked for long."""

    @tasks.loop(hours=1, reconnect=False)
    async def loop(self) -> None:
        """Do all that is due; sleep after each step for as long as it took."""
        try:
            began = perf_counter()
            while await self._step():
                await asyncio.sleep(perf_counter() - began)
                began = perf_counter()
        except Exception:
            logger.exception("Housekeeping failed; the next run is in an hour")
        self.restart_after_clock_change()

    async def _step(self) -> bool:
        storage, now = self._services.storage, self._services.now()
        unfollowed_before = now - self._services.limits.keep_unfollowed
        slug = await storage.competitions.delete_unfollowed_since(unfollowed_before)
        if slug is not None:
            logger.info("Deleted %s, which no server follows", slug)
            return True
        return await storage.history_compaction.step(
            now, self._services.retention
        ) or await storage.outbox.delete_settled(now - OUTBOX_RETENTION)


async def setup(bot: commands.Bot) -> None:
    """Add the cog."""
    await bot.add_cog(Housekeeping(bot, get_services(bot)))
