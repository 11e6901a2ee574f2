"""The panel of `/settings` and the card of `/announcements`."""

from __future__ import annotations

from collections.abc import Sequence

from discord import ui

from cogs.framework.layout import Item, card
from cogs.server.settings_sections import (
    SECTIONS,
    PanelData,
    Section,
    describe_announcements,
    describe_fall,
    describe_rise,
)
from records.guilds import GuildSettings


def settings_view(
    server: PanelData,
    section: Section | None,
    controls: Sequence[Sequence[Item]],
    note: str = "",
) -> ui.LayoutView:
    """Build the panel, with one section or, for None, all of them; `note` stands below."""
    if section is not None:
        spec = SECTIONS[section]
        lines = "\n".join(spec.describe(server))
        return card(f"### {spec.emoji} {spec.title}", lines, note, buttons=controls)
    sections = []
    for spec in SECTIONS.values():
        lines = "\n".join(f"-# {line}" for line in spec.describe(server))
        sections.append(f"{spec.emoji} **{spec.title}**\n{lines}")
    return card("### ⚙️ Settings of this server", "\n".join(sections), buttons=controls)


def announcements_view(settings: GuildSettings, *, changed: bool) -> ui.LayoutView:
    """Build the card of the settings that `/announcements` shows and changes."""
    lines = [
        *describe_announcements(settings),
        describe_rise(settings.smallest_rise),
        describe_fall(settings.smallest_fall),
    ]
    if settings.channel_id is None:
        lines.append("-# `/announcements channel:` chooses a channel.")
    return card("### ✅ Saved" if changed else "### 📣 Announcements", "\n".join(lines))
