"""Loading and changing a server's settings, for commands and controls."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from cogs.channels.target_channels import require_target_channel
from cogs.framework.responses import Interaction
from cogs.framework.services import get_services, require_guild_id
from cogs.settings.settings_sections import Changes
from cogs.settings.time_zones import parse_time_zone
from records.guilds import GuildSettings, SettingValue


async def load_settings(interaction: Interaction) -> GuildSettings:
    """Load the settings of the server in which a command or control was used."""
    storage = get_services(interaction.client).storage
    return await storage.guilds.load_settings(require_guild_id(interaction))


async def change_settings(interaction: Interaction, **changes: SettingValue) -> GuildSettings:
    """Validate and store new values of a server's settings; return all settings.

    Raises `UserError` for a channel in which the bot cannot write.
    """
    channel_id = changes.get("channel_id")
    if isinstance(channel_id, int):
        await require_target_channel(interaction, channel_id)
    settings = await store_settings(interaction, lambda _settings: changes)
    if "require_verified" in changes:
        interaction.client.dispatch("links_changed", require_guild_id(interaction))
    return settings


async def set_time_zone(interaction: Interaction, text: str) -> None:
    """Store the time zone that a text means; raises `UserError` if it fits none or several."""
    await change_settings(interaction, time_zone=await asyncio.to_thread(parse_time_zone, text))


async def store_settings(
    interaction: Interaction, build_changes: Callable[[GuildSettings], Changes]
) -> GuildSettings:
    """Store the values that a function returns for the present settings."""
    services, guild_id = get_services(interaction.client), require_guild_id(interaction)
    settings = await services.storage.guilds.change_settings_by(
        guild_id, build_changes, services.now()
    )
    # Waiting messages may have got another channel, or be due now.
    interaction.client.dispatch("settings_changed")
    return settings
