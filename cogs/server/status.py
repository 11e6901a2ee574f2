"""`/status`: the state of syncs and announcements."""

from __future__ import annotations

from dataclasses import replace

from discord import app_commands
from discord.ext import commands

from cogs.framework.channels import channels_without_history
from cogs.framework.checks import in_servers
from cogs.framework.responses import Interaction, defer, respond
from cogs.framework.services import Services, get_services, require_guild_id
from cogs.members.role_sync import RoleSyncService
from cogs.server.status_screen import ABANDONED_SHOWN_FOR, KaggleError, StatusScreen, status_view
from cogs.syncing.health_service import HealthService
from cogs.syncing.kaggle_outage import Outage
from cogs.syncing.sync_service import SyncService


class Status(commands.Cog):
    """The command for what works and what does not."""

    def __init__(self, bot: commands.Bot, services: Services) -> None:
        self._bot = bot
        self._services = services
        self._sync_service = services.get(SyncService)
        self._health = services.get(HealthService)
        self._role_sync = services.get(RoleSyncService)

    @app_commands.command()
    @in_servers
    async def status(self, interaction: Interaction) -> None:
        """When each board was last read, what is wrong, and what still waits to be told."""
        await defer(interaction, private=True)
        storage, guild_id = self._services.storage, require_guild_id(interaction)
        follows = [
            replace(follow, competition=self._sync_service.with_last_failure(follow.competition))
            for follow in await storage.guilds.load_follows(guild_id)
        ]
        settings = await storage.guilds.load_settings(guild_id)
        channel_ids = {settings.channel_id, *(follow.channel_id for follow in follows)}
        guild, now = self._bot.get_guild(guild_id), self._services.now()
        outage = self._sync_service.outage.current
        size = await storage.database.size()
        screen = StatusScreen(
            follows=follows,
            pending_count=await storage.outbox.count_waiting_by_guild(guild_id),
            failing=await storage.outbox.load_failing(guild_id),
            abandoned=await storage.outbox.load_abandoned(guild_id, now - ABANDONED_SHOWN_FOR),
            unreadable_channel_ids=channels_without_history(guild, channel_ids),
            role_problems=await self._role_problems(interaction),
            kaggle_error=_kaggle_error(outage),
            bot_problems=await self._health.find_problems(),
            late_slugs={
                follow.competition.slug
                for follow in follows
                if not follow.paused and self._health.is_late(follow.competition)
            },
            latency_seconds=self._bot.latency,
            started_at=self._services.started_at,
            last_round_at=self._sync_service.last_round_at,
            database_bytes=size.total,
            database_free_bytes=size.free,
            schema_version=storage.database.schema_version,
            now=now,
        )
        await respond(interaction, status_view(screen))

    async def _role_problems(self, interaction: Interaction) -> dict[int, str]:
        if interaction.guild is None:
            return {}
        return await self._role_sync.find_problems(interaction.guild)


def _kaggle_error(outage: Outage | None) -> KaggleError | None:
    if outage is None:
        return None
    return KaggleError(str(outage.error), outage.since, outage.next_try_at)


async def setup(bot: commands.Bot) -> None:
    """Add the command."""
    await bot.add_cog(Status(bot, get_services(bot)))
