"""The permissions that the bot needs to manage Scheduled Events."""

from __future__ import annotations

import discord

from cogs.calendar.event_screen import missing_permissions_text


def explain_missing_event_permissions(guild: discord.Guild) -> str | None:
    """Return which permissions are missing and where to give them; None if all are there."""
    allowed = guild.me.guild_permissions
    needed = {"Create Events": allowed.create_events, "Manage Events": allowed.manage_events}
    missing = [f"*{name}*" for name, given in needed.items() if not given]
    return missing_permissions_text(missing) if missing else None
