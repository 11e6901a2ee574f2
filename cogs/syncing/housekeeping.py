"""Hourly loop: compacts history, deletes what nobody needs, writes the daily backup."""

from __future__ import annotations

import asyncio
import logging
from time import perf_counter

from discord.ext import commands, tasks

from cogs.framework.loop_cog import LoopCog
from cogs.framework.services import get_services
from cogs.syncing.syncing_screen import BACKUP_BUG_TEXT
from records.competitions import FORMER_MEMBER_RETENTION
from records.outbox import OUTBOX_RETENTION
from storage.backup import write_daily_backup
from storage.errors import BackupFailed

logger = logging.getLogger(__name__)


class Housekeeping(LoopCog):
    """Compacts and deletes in small steps, so that writers are never blocked for long."""

    @tasks.loop(hours=1, reconnect=False)
    async def loop(self) -> None:
        """Run all jobs that are due; sleep after each step for as long as it took."""
        try:
            began = perf_counter()
            while await self._step():
                await asyncio.sleep(perf_counter() - began)
                began = perf_counter()
        except Exception:
            logger.exception("Housekeeping failed; the next run is in an hour")
        await self._back_up()
        self.restart_after_clock_change()

    async def _back_up(self) -> None:
        """Write the day's backup if there is none yet; `/status` shows a failure."""
        services = self._services
        if services.backup_folder is None:
            return
        path = services.storage.database.path
        try:
            backup = await write_daily_backup(path, services.backup_folder, services.now())
        except BackupFailed as error:
            logger.error("%s", error)  # noqa: TRY400 - the sentence says it all
            services.backup_error = str(error)
        except Exception:
            logger.exception("The backup failed")
            services.backup_error = BACKUP_BUG_TEXT
        else:
            services.backup_error = None
            if backup is not None:
                logger.info("Wrote the backup %s", backup)

    async def _step(self) -> bool:
        """Do a part of the first job that is due; return False if none is."""
        storage, now = self._services.storage, self._services.now()
        unfollowed_before = now - self._services.limits.keep_unfollowed
        slug = await storage.competitions.delete_one_unfollowed_before(unfollowed_before)
        if slug is not None:
            logger.info("Deleted %s, which no server follows", slug)
            return True
        return (
            await storage.history_compaction.step(now, self._services.retention)
            or await storage.outbox.delete_settled(now - OUTBOX_RETENTION)
            or await storage.teammate_notes.delete_archived()
            or await storage.board_writer.delete_former_members(now - FORMER_MEMBER_RETENTION)
        )


async def setup(bot: commands.Bot) -> None:
    """Add the cog."""
    await bot.add_cog(Housekeeping(bot, get_services(bot)))
