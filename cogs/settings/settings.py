"""`/settings` and `/announcements`: what the managers of a server can set."""

from __future__ import annotations

import asyncio

from discord import app_commands
from discord.ext import commands

from cogs.channels.target_channels import ChannelOption
from cogs.framework.checks import in_servers, managers_only
from cogs.framework.layout import MAX_CHOICES
from cogs.framework.responses import Interaction, defer, respond
from cogs.framework.services import get_services, require_guild_id
from cogs.settings.settings_changes import change_settings, load_settings, set_time_zone
from cogs.settings.settings_controls import DYNAMIC_ITEMS, build_controls
from cogs.settings.settings_panel import SettingsPanel, load_channel_problems, show_panel
from cogs.settings.settings_screen import announcements_view
from cogs.settings.settings_sections import MAX_PLACES, MIN_FALL, MIN_RISE, Section
from cogs.settings.time_zones import search_time_zones, show_name, suggest_time_zones


class Settings(commands.Cog):
    """The panel of all settings, and a command for those of announcements."""

    @app_commands.command()
    @in_servers
    @managers_only
    @app_commands.describe(
        time_zone="Set the time zone of quiet hours and digests: type a city or country"
    )
    async def settings(self, interaction: Interaction, time_zone: str | None = None) -> None:
        """See and change the settings of this server (for managers)."""
        await defer(interaction, private=True)
        if time_zone is None:
            await show_panel(interaction, None)
        else:
            await set_time_zone(interaction, time_zone)
            await show_panel(interaction, Section.TIME_ZONE)

    @settings.autocomplete("time_zone")
    async def time_zone_choices(
        self, interaction: Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        """Return the time zones that match the typed text; suggestions before any."""
        if current.strip():
            found = await asyncio.to_thread(search_time_zones, current)
        else:
            stored = (await load_settings(interaction)).time_zone
            found = await asyncio.to_thread(suggest_time_zones, interaction.locale, stored)
        return [
            app_commands.Choice(name=show_name(name), value=name) for name in found[:MAX_CHOICES]
        ]

    @app_commands.command()
    @in_servers
    @managers_only
    @app_commands.describe(
        channel="Where to announce (a competition can have a channel of its own)",
        enabled="Turn announcements on or off",
        smallest_rise="How many places a new best score must gain to be announced (0: any)",
        smallest_fall="How many places a member must fall to be announced",
        mention="Whether members who turned on /pingme are pinged",
    )
    async def announcements(  # noqa: PLR0917 - one parameter per option
        self,
        interaction: Interaction,
        channel: ChannelOption | None = None,
        enabled: bool | None = None,
        smallest_rise: app_commands.Range[int, MIN_RISE, MAX_PLACES] | None = None,
        smallest_fall: app_commands.Range[int, MIN_FALL, MAX_PLACES] | None = None,
        mention: bool | None = None,
    ) -> None:
        """Set what is announced and where, or see the settings (for managers)."""
        await defer(interaction, private=True)
        options = {
            "channel_id": channel.id if channel else None,
            "announce": enabled,
            "smallest_rise": smallest_rise,
            "smallest_fall": smallest_fall,
            "mention": mention,
        }
        changes = {name: value for name, value in options.items() if value is not None}
        if changes:
            settings = await change_settings(interaction, **changes)
        else:
            settings = await load_settings(interaction)
        storage, guild_id = get_services(interaction.client).storage, require_guild_id(interaction)
        mode = await storage.channels.load_mode(guild_id, settings.channel_id or 0)
        channels = await storage.channels.load_news_channels(guild_id)
        problems = await load_channel_problems(interaction, settings, channels)
        view = announcements_view(settings, mode, channels, problems, changed=bool(changes))
        await respond(interaction, view)


async def setup(bot: commands.Bot) -> None:
    """Add the commands and the panel's controls."""
    get_services(bot).add(SettingsPanel(build_controls))
    bot.add_dynamic_items(*DYNAMIC_ITEMS)
    await bot.add_cog(Settings())


async def teardown(bot: commands.Bot) -> None:
    """Remove the panel's controls."""
    bot.remove_dynamic_items(*DYNAMIC_ITEMS)
