"""Servers that the bot leaves and rejoins: when their data is kept, resumed and deleted."""

from __future__ import annotations

import logging

import discord
from discord.ext import commands, tasks

from cogs.framework.log_context import log_subject
from cogs.framework.loop_cog import LoopCog
from cogs.framework.services import get_services
from records.guilds import GUILD_RETENTION

logger = logging.getLogger(__name__)


class GuildLifecycle(LoopCog):
    """Deletes a server's data `GUILD_RETENTION` after the bot left it."""

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Mark the server as left: nothing is synced or announced for it."""
        await self._services.storage.guilds.mark_left(guild.id, self._services.now())

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Resume a server that was left before; `help.py` welcomes a new one."""
        if await self._services.storage.guilds.mark_rejoined(guild.id):
            with log_subject(server=guild.id):
                logger.info("Back in server %s: its settings were kept", guild.id)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Mark the servers that were left or rejoined while the bot was offline."""
        guilds = self._services.storage.guilds
        present = {guild.id for guild in self._bot.guilds}
        for guild_id in await guilds.load_present_ids() - present:
            await guilds.mark_left(guild_id, self._services.now())
        for guild_id in await guilds.load_left_ids() & present:
            await guilds.mark_rejoined(guild_id)

    @tasks.loop(hours=24, reconnect=False)
    async def loop(self) -> None:
        """Delete the servers that were left too long ago."""
        try:
            now = self._services.now()
            deleted = await self._services.storage.guilds.delete_left(now - GUILD_RETENTION, now)
        except Exception:
            logger.exception("Servers that were left could not be deleted")
        else:
            for guild_id in deleted:
                with log_subject(server=guild_id):
                    logger.info(
                        "Deleted the data of server %s, left %d days ago",
                        guild_id,
                        GUILD_RETENTION.days,
                    )
        self.restart_after_clock_change()


async def setup(bot: commands.Bot) -> None:
    """Add the listeners and the loop."""
    await bot.add_cog(GuildLifecycle(bot, get_services(bot)))
