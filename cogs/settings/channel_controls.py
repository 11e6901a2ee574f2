"""The controls of `/settings` for channels: how much news each gets, whether it is published."""

from __future__ import annotations

import re
from typing import Any, Self

import discord
from discord import ui

from cogs.channels.target_channels import TARGET_CHANNEL_TYPES, is_announcement_channel
from cogs.framework.controls import ErrorHandlingItem, read_options
from cogs.framework.layout import MAX_CHOICE_LENGTH, MAX_CHOICES, Item
from cogs.framework.responses import Interaction, UserError
from cogs.framework.services import get_services, require_guild_id
from cogs.framework.texts import OUTDATED_CONTROL_TEXT
from cogs.settings.panel_data import PanelData
from cogs.settings.settings_changes import change_settings
from cogs.settings.settings_panel import (
    PanelItem,
    Selection,
    build_option,
    defer_for_manager,
    redraw,
)
from cogs.settings.settings_screen import (
    FEED_CHANNEL_TEXT,
    UNSEEN_CHANNEL_NAME,
    no_announcement_channel_text,
    no_news_channel_text,
)
from cogs.settings.settings_sections import MODES, Section, describe_news_channel
from leaderboards.news.channel_mode import ChannelMode


class ChannelSelect(
    PanelItem, ui.DynamicItem[ui.ChannelSelect[Any]], template="settings:channel:announcements"
):
    """Select of the channel for announcements."""

    section = Section.ANNOUNCEMENTS

    def __init__(self, channel_id: int | None = None) -> None:
        selected = [] if channel_id is None else [discord.Object(channel_id)]
        super().__init__(
            ui.ChannelSelect(
                custom_id="settings:channel:announcements",
                channel_types=TARGET_CHANNEL_TYPES,
                placeholder="Where to announce",
                default_values=selected,
            )
        )

    @classmethod
    def read(cls, _item: ui.Item[Any], _match: re.Match[str]) -> Self:
        """Build the select; its custom_id is always the same."""
        return cls()

    async def change(self, interaction: Interaction) -> None:
        """Store the channel."""
        await change_settings(interaction, channel_id=self.item.values[0].id)


class ChannelToSetSelect(
    ErrorHandlingItem, ui.DynamicItem[ui.Select[Any]], template="settings:channel:channels"
):
    """Select of a channel, for which something is then set."""

    def __init__(self, options: list[discord.SelectOption]) -> None:
        super().__init__(
            ui.Select(
                custom_id="settings:channel:channels", placeholder="Which channel", options=options
            )
        )

    @classmethod
    def read(cls, item: ui.Item[Any], _match: re.Match[str]) -> Self:
        """Build the select from the one in the message."""
        return cls(read_options(item))

    async def on_use(self, interaction: Interaction) -> None:
        """Show what is set for the selected channel."""
        await defer_for_manager(interaction)
        await redraw(interaction, Section.CHANNELS, Selection(_parse_id(self.item.values[0])))


class ChannelModeSelect(
    PanelItem,
    ui.DynamicItem[ui.Select[Any]],
    template=r"settings:mode:(?P<channel>\d{1,20})",
):
    """Select of a channel's mode."""

    section = Section.CHANNELS

    def __init__(self, channel_id: int, mode: ChannelMode | None = None) -> None:
        options = [build_option(key, option, default=key == mode) for key, option in MODES.items()]
        super().__init__(ui.Select(custom_id=f"settings:mode:{channel_id}", options=options))
        self.channel_id = channel_id

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the select from its custom_id."""
        return cls(int(match["channel"]))

    async def change(self, interaction: Interaction) -> None:
        """Store the mode."""
        guild_id = require_guild_id(interaction)
        storage = get_services(interaction.client).storage
        channels = await storage.channels.load_news_channels(guild_id)
        if self.channel_id not in {channel.channel_id for channel in channels}:
            raise UserError(no_news_channel_text(self.channel_id))
        mode = ChannelMode(self.item.values[0])
        await storage.channels.set_mode(guild_id, self.channel_id, mode)

    async def show(self, interaction: Interaction) -> None:
        """Show the section, with the channel still selected."""
        await redraw(interaction, self.section, Selection(self.channel_id))


class PublishButton(
    PanelItem,
    ui.DynamicItem[ui.Button[Any]],
    template=r"settings:publish:(?P<channel>\d{1,20}):(?P<value>on|off)",
):
    """Button that says whether what is announced in a channel is published."""

    section = Section.CHANNELS

    def __init__(self, channel_id: int, *, turns_on: bool) -> None:
        super().__init__(
            ui.Button(
                label="Publish to following channels" if turns_on else "Stop publishing",
                custom_id=f"settings:publish:{channel_id}:{'on' if turns_on else 'off'}",
                style=(discord.ButtonStyle.success if turns_on else discord.ButtonStyle.secondary),
            )
        )
        self.channel_id = channel_id
        self.turns_on = turns_on

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the button from its custom_id."""
        return cls(int(match["channel"]), turns_on=match["value"] == "on")

    async def change(self, interaction: Interaction) -> None:
        """Store what the label says."""
        if self.turns_on and not _is_announcement_channel(interaction, self.channel_id):
            raise UserError(no_announcement_channel_text(self.channel_id))
        channels = get_services(interaction.client).storage.channels
        await channels.set_publish(
            require_guild_id(interaction), self.channel_id, publish=self.turns_on
        )

    async def show(self, interaction: Interaction) -> None:
        """Show the section, with the channel still selected."""
        await redraw(interaction, self.section, Selection(self.channel_id))


def _is_announcement_channel(interaction: Interaction, channel_id: int) -> bool:
    guild = interaction.guild
    return guild is not None and is_announcement_channel(guild.get_channel(channel_id))


def _parse_id(text: str) -> int:
    """Parse a Discord id; raises `UserError` for other text."""
    if not re.fullmatch(r"[0-9]{1,20}", text):
        raise UserError(OUTDATED_CONTROL_TEXT)
    return int(text)


def _show_channel(interaction: Interaction, channel_id: int) -> str:
    """Return a channel's name as Discord shows it."""
    channel = interaction.guild and interaction.guild.get_channel_or_thread(channel_id)
    return f"#{channel.name}" if channel else UNSEEN_CHANNEL_NAME


def build_channel_controls(
    interaction: Interaction, data: PanelData, selected: int | None
) -> list[list[Item]]:
    """Build the select of channels, and what can be set for the selected or only one.

    Channels that only have a feed are among them if what is told there can be published.
    """
    described = {
        channel.channel_id: describe_news_channel(channel) for channel in data.channels
    } | {
        id_: FEED_CHANNEL_TEXT
        for id_ in data.feeds
        if _is_announcement_channel(interaction, id_)
        and id_ not in {channel.channel_id for channel in data.channels}
    }
    if not described:
        return []
    if len(described) == 1:
        (selected,) = described
    options = [
        discord.SelectOption(
            label=_show_channel(interaction, channel_id)[:MAX_CHOICE_LENGTH],
            value=str(channel_id),
            description=description,
            default=channel_id == selected,
        )
        for channel_id, description in described.items()
    ][:MAX_CHOICES]
    rows: list[list[Item]] = [[ChannelToSetSelect(options)]]
    rows += [
        [ChannelModeSelect(channel.channel_id, channel.mode)]
        for channel in data.channels
        if channel.channel_id == selected
    ]
    if selected in described:
        is_published = selected in data.published
        if is_published or _is_announcement_channel(interaction, selected):
            rows.append([PublishButton(selected, turns_on=not is_published)])
    return rows
