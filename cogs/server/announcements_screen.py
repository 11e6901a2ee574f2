"""The screen of `/announcements`."""

from __future__ import annotations

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.layout import card
from records.guilds import GuildSettings


def settings_view(settings: GuildSettings, *, changed: bool) -> ui.LayoutView:
    """Build what is set."""
    lines = [
        "### ✅ Saved" if changed else "### Announcements",
        f"**Announcements** {'on' if settings.announce else 'off'}",
        f"**Channel** {_channel(settings)}",
        f"**A new best score** is told {_rise(settings.smallest_rise)}",
        f"**A fall** is told from {fmt.plural(settings.smallest_fall, 'place')} on",
        f"**Pings** {_pings(settings)}",
    ]
    return card("\n".join(lines))


def _channel(settings: GuildSettings) -> str:
    if settings.channel_id is None:
        return "none yet; choose one with `/announcements channel:`"
    return f"<#{settings.channel_id}>"


def _rise(smallest: int) -> str:
    if smallest == 0:
        return "always"
    return f"when it gains {fmt.plural(smallest, 'place')} or more"


def _pings(settings: GuildSettings) -> str:
    if settings.mention:
        return "on, for those who asked for it with `/pingme`"
    return "off, for everybody"
