"""The panel of `/settings` and the card of `/announcements`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.layout import Item, card
from cogs.settings.panel_data import PanelData
from cogs.settings.settings_sections import (
    SECTIONS,
    Section,
    describe_announcements,
    describe_fall,
    describe_rise,
    explain_silence,
)
from leaderboards.news.channel_mode import ChannelMode
from records.guilds import GuildSettings, NewsChannel

Row = str | Sequence[Item]
"""A line of text, or the controls of a row."""

UNSEEN_CHANNEL_NAME = "A channel that I cannot see"
"""Stands for the name of a channel in a select."""

_MAX_CHANNELS = 3
"""Channels of competitions that are named."""

FEED_CHANNEL_TEXT = "Only what its feeds announce, no news"
"""Describes a channel in which nothing else is announced."""


def no_announcement_channel_text(channel_id: int) -> str:
    """Return that what is announced in a channel cannot be published."""
    return (
        f"<#{channel_id}> is not an announcement channel, so nothing can be published there: change"
        " that in the channel's settings first."
    )


def no_news_channel_text(channel_id: int) -> str:
    """Return that a channel gets no news, so that its mode was not changed."""
    return f"<#{channel_id}> gets no news any more, so nothing was changed."


def settings_view(
    data: PanelData,
    section: Section | None,
    controls: Sequence[Row],
    search_result: str = "",
) -> ui.LayoutView:
    """Build the panel, with one section or, for None, all of them; `search_result` stands below."""
    rows = [row if isinstance(row, str) else ui.ActionRow[Any](*row) for row in controls]
    if section is not None:
        spec = SECTIONS[section]
        lines = [*spec.describe(data), *explain_silence(data, section)]
        if section is Section.ANNOUNCEMENTS:
            lines += _own_channel_lines(data.settings, data.channels)
        return card(f"### {spec.emoji} {spec.title}", "\n".join(lines), search_result, *rows)
    sections = []
    for spec in SECTIONS.values():
        text = "\n".join(f"-# {line}" for line in spec.describe(data))
        sections.append(f"{spec.emoji} **{spec.title}**\n{text}")
    return card("### ⚙️ Settings of this server", "\n".join(sections), *rows)


def _own_channel_lines(settings: GuildSettings, channels: Sequence[NewsChannel]) -> list[str]:
    """Return which channels competitions have of their own; no line without any."""
    others = [one.channel_id for one in channels if one.channel_id != settings.channel_id]
    if not settings.announce or not others:
        return []
    names = fmt.join_some([f"<#{channel_id}>" for channel_id in others], _MAX_CHANNELS)
    return [f"Competitions with a channel of their own are announced in {names}"]


def announcements_view(
    settings: GuildSettings,
    mode: ChannelMode,
    channels: Sequence[NewsChannel],
    problems: Sequence[str],
    *,
    changed: bool,
) -> ui.LayoutView:
    """Build the card of the settings that `/announcements` shows and changes.

    `mode` is that of the server's channel; `channels` are all that get news, and `problems` say why
    the bot can send no messages, or no pictures, to some of them.
    """
    lines = [
        *describe_announcements(settings, mode),
        *(f"⚠️ {problem}" for problem in problems),
        *_own_channel_lines(settings, channels),
        describe_rise(settings.smallest_rise),
        describe_fall(settings.smallest_fall),
    ]
    if settings.channel_id is None:
        lines.append("-# `/announcements channel:` chooses a channel.")
    return card("### ✅ Saved" if changed else "### 📣 Announcements", "\n".join(lines))
