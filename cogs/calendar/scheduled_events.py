"""Scheduled Events: when those of the servers are updated."""

from __future__ import annotations

import discord
from discord.ext import commands

from cogs.calendar.scheduled_event_service import ScheduledEventService
from cogs.framework.services import get_services


class ScheduledEventUpdates(commands.Cog):
    """Updates the Scheduled Events after each round, and when a manager changes something."""

    def __init__(self, service: ScheduledEventService) -> None:
        self._service = service

    @commands.Cog.listener("on_competition_followed")
    @commands.Cog.listener("on_settings_changed")
    @commands.Cog.listener("on_sync_round_finished")
    async def update(self) -> None:
        """Update the events of all servers."""
        await self._service.update()

    @commands.Cog.listener()
    async def on_competition_named(self, _guild_id: int) -> None:
        """Update the names of events."""
        await self._service.update()

    @commands.Cog.listener()
    async def on_guild_role_update(self, _before: discord.Role, after: discord.Role) -> None:
        """End the pause of a server, as the bot's own role may have been repaired."""
        self._service.resume(after.guild.id)

    @commands.Cog.listener()
    async def on_member_update(self, _before: discord.Member, after: discord.Member) -> None:
        """End the pause of a server when the bot itself may have been given a role."""
        if after.id == after.guild.me.id:
            self._service.resume(after.guild.id)


async def setup(bot: commands.Bot) -> None:
    """Add the listeners."""
    await bot.add_cog(ScheduledEventUpdates(get_services(bot).get(ScheduledEventService)))
