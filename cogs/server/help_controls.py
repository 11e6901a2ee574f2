"""The response of `/help`, and the controls of the set-up, which the welcome message has too."""

from __future__ import annotations

import re
from typing import Any, Self

import discord
from discord import ui

from cogs.channels.target_channels import TARGET_CHANNEL_TYPES, find_channel_problems
from cogs.framework.checks import require_manager
from cogs.framework.controls import ErrorHandlingItem
from cogs.framework.layout import Item
from cogs.framework.responses import Interaction, defer_update_or_reply, respond
from cogs.framework.services import get_services, require_guild_id
from cogs.members.link_controls import LinkButton
from cogs.server.help_screen import HelpData, help_view
from cogs.settings.settings_changes import change_settings
from leaderboards.news.channel_mode import ChannelMode

FOLLOW_CUSTOM_ID = "setup:follow"
"""The custom_id of `FollowButton` in `cogs/competitions/follow_controls.py`."""


def build_follow_button() -> ui.Button[Any]:
    """Build the button that opens the modal in which managers enter a competition."""
    return ui.Button(
        label="Follow a competition",
        custom_id=FOLLOW_CUSTOM_ID,
        style=discord.ButtonStyle.primary,
    )


def build_setup_controls() -> list[list[Item]]:
    """Build a row for each of the three steps of the set-up."""
    return [[build_follow_button()], [NewsChannelSelect()], [LinkButton()]]


async def show_help(interaction: Interaction) -> None:
    """Respond with what is set up, what is left to do, and the commands."""
    storage, guild_id = get_services(interaction.client).storage, require_guild_id(interaction)
    follows = [
        follow
        for follow in await storage.guilds.load_follows(guild_id)
        if follow.competition.archived_at is None
    ]
    settings = await storage.guilds.load_settings(guild_id)
    link = await storage.links.find_link(guild_id, interaction.user.id)
    silent_count = sum((follow.channel_id or settings.channel_id) is None for follow in follows)
    # The server's own channel may get nothing: each competition can have a channel of its own.
    channels = await storage.channels.load_news_channels(guild_id)
    channels.sort(key=lambda channel: channel.channel_id != settings.channel_id)
    mode = channels[0].mode if channels else ChannelMode.EVERYTHING
    problems: dict[int, str] = {}
    if interaction.guild is not None and settings.announce:
        used = sorted(channel.channel_id for channel in channels)
        problems = await find_channel_problems(interaction.guild, used)
    data = HelpData(
        follow_count=len(follows),
        silent_count=silent_count,
        channel_ids=[channel.channel_id for channel in channels if channel.mode is mode],
        mode=mode,
        announce=settings.announce,
        channel_problem=next(iter(problems.values()), None),
        user_name=link.user_name if link else None,
        link_counts=link is not None
        and (link.verification is not None or not settings.require_verified),
        is_manager=interaction.permissions.manage_guild,
    )
    await respond(interaction, help_view(data, _build_controls(data)))


def _build_controls(data: HelpData) -> list[list[Item]]:
    """Build a row for each step that a control can do here.

    Managers can always follow one more competition.
    """
    rows: list[list[Item]] = []
    if data.is_manager:
        rows.append([build_follow_button()])
    if data.is_manager and data.announce and (not data.channel_ids or data.silent_count):
        rows.append([NewsChannelSelect()])
    if not data.link_counts:
        rows.append([LinkButton()])
    return rows


class NewsChannelSelect(
    ErrorHandlingItem, ui.DynamicItem[ui.ChannelSelect[Any]], template="setup:channel"
):
    """Select of the server's channel for news."""

    def __init__(self) -> None:
        super().__init__(
            ui.ChannelSelect(
                custom_id="setup:channel",
                channel_types=TARGET_CHANNEL_TYPES,
                placeholder="Choose a channel",
            )
        )

    @classmethod
    def read(cls, _item: ui.Item[Any], _match: re.Match[str]) -> Self:
        """Build the select from its custom_id."""
        return cls()

    async def on_use(self, interaction: Interaction) -> None:
        """Store the channel and show what is left to do."""
        require_manager(interaction)
        await defer_update_or_reply(interaction)
        await change_settings(interaction, channel_id=self.item.values[0].id)
        await show_help(interaction)


DYNAMIC_ITEMS = (NewsChannelSelect,)
"""The dynamic items to register."""
