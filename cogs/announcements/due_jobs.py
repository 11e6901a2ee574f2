"""What comes at its hour: the end of a server's quiet hours, deadlines ahead, digests."""

from __future__ import annotations

import logging
from datetime import UTC, time

from discord.ext import commands, tasks

from cogs.announcements.digest_builder import digests_of
from cogs.framework.coalesce import Coalesced
from cogs.framework.loop_cog import LoopCog
from cogs.framework.services import Services, get_services

logger = logging.getLogger(__name__)

_QUARTERS = [time(hour, minute, tzinfo=UTC) for hour in range(24) for minute in (0, 15, 30, 45)]
"""Each full hour of every time zone is one of these in UTC."""


class Hours(LoopCog):
    """Looks each quarter of an hour, and after each round, which server's hour has come."""

    def __init__(self, bot: commands.Bot, services: Services) -> None:
        super().__init__(bot, services)
        self.look = Coalesced(self._look)
        """Puts in the outbox what is due; what was put there is not due again."""

    @commands.Cog.listener()
    async def on_outbox_filled(self) -> None:
        """Look after rounds and changes of what is set, whatever the machine's clock did."""
        await self.look()

    @tasks.loop(time=_QUARTERS, reconnect=False)
    async def loop(self) -> None:
        """Look which hour has come."""
        await self.look()

    async def _look(self) -> None:
        told = 0
        for tell in (self._release, self._remind, self._write_digests):
            try:
                told += await tell()
            except Exception:
                logger.exception("What is due at an hour of a server could not be told")
        if told:
            self._bot.dispatch("outbox_filled")

    async def _release(self) -> int:
        released = await self._services.storage.deferred_news.release(self._services.now())
        if released:
            logger.info("%d messages were held in quiet hours", released)
        return released

    async def _remind(self) -> int:
        reminders = await self._services.storage.deadlines.remind(self._services.now())
        if reminders:
            logger.info("%d deadlines are near", reminders)
        return reminders

    async def _write_digests(self) -> int:
        """Write each server's digest by itself, so that what fails for one holds up no other."""
        digests, now, told = self._services.storage.digests, self._services.now(), 0
        for due in await digests.due(now):
            try:
                messages = await digests_of(self._services, due, now)
                if await digests.write(due, messages, now):
                    told += len(messages)
            except Exception:
                logger.exception("The digest of server %d could not be made", due.guild_id)
        return told


async def setup(bot: commands.Bot) -> None:
    """Start looking."""
    await bot.add_cog(Hours(bot, get_services(bot)))
