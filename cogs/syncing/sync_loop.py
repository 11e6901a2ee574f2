"""Loops that sync due competitions, check ended ones after that, and check the bot's health.

Its listeners record when the connection to Discord is lost and made again.
"""

from __future__ import annotations

import logging

from discord.ext import commands, tasks

from cogs.framework.loop_cog import LoopCog
from cogs.framework.services import Services, get_services
from cogs.syncing.competition_end_service import CompetitionEndService
from cogs.syncing.health_service import HealthService
from cogs.syncing.sync_service import SyncService

logger = logging.getLogger(__name__)


class SyncLoop(LoopCog):
    """Starts a round of the sync service every few minutes."""

    def __init__(self, bot: commands.Bot, services: Services) -> None:
        super().__init__(bot, services)
        self._sync_service = services.get(SyncService)

    async def cog_load(self) -> None:
        """Start the loop with the interval of the settings."""
        self.loop.change_interval(minutes=self._services.sync_minutes)
        await super().cog_load()

    @tasks.loop(minutes=5, reconnect=False)
    async def loop(self) -> None:
        """Sync what is due; what was just synced is not due again."""
        try:
            await self._sync_service.sync_due()
            await self._sync_service.lockout.notify_owner()
        except Exception:
            logger.exception("The round of syncs failed")
        self._bot.dispatch("sync_round_finished")
        self.restart_after_clock_change()


class HealthCheck(LoopCog):
    """Checks the health of the bot every five minutes, however seldom boards are read.

    In a loop of its own: that of the syncs may hang.
    """

    @tasks.loop(minutes=5, reconnect=False)
    async def loop(self) -> None:
        """Log what is wrong, and tell the bot's owner."""
        try:
            await self._services.get(HealthService).check()
        except Exception:
            logger.exception("The health of the bot could not be checked")
        self.restart_after_clock_change()


class GatewayEvents(commands.Cog):
    """Reports to the health service which shards are connected to Discord."""

    def __init__(self, services: Services) -> None:
        self._health = services.get(HealthService)

    @commands.Cog.listener()
    async def on_shard_disconnect(self, shard_id: int) -> None:
        """Record a lost connection."""
        self._health.record_disconnect(shard_id)

    @commands.Cog.listener("on_shard_ready")
    @commands.Cog.listener("on_shard_resumed")
    async def record_connect(self, shard_id: int) -> None:
        """Record a connection that is there, or there again."""
        self._health.record_connect(shard_id)


class CompetitionEndCheck(commands.Cog):
    """Checks ended competitions after each round of syncs."""

    def __init__(self, services: Services) -> None:
        self._service = services.get(CompetitionEndService)
        self._checking = False

    @commands.Cog.listener()
    async def on_sync_round_finished(self) -> None:
        """Check what is due, unless the last check is still running."""
        if self._checking:
            return
        self._checking = True
        try:
            await self._service.check_due()
        except Exception:
            logger.exception("The checks of ended competitions failed")
        finally:
            self._checking = False


async def setup(bot: commands.Bot) -> None:
    """Add the cogs."""
    services = get_services(bot)
    await bot.add_cog(SyncLoop(bot, services))
    await bot.add_cog(HealthCheck(bot, services))
    await bot.add_cog(GatewayEvents(services))
    await bot.add_cog(CompetitionEndCheck(services))
