"""The controls of the section *Time zone* of `/settings`."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import Any, Self

import discord
from discord import ui

from cogs.framework.checks import require_manager
from cogs.framework.controls import ErrorHandlingItem, ErrorHandlingModal, read_options
from cogs.framework.layout import MAX_CHOICES, Item
from cogs.framework.responses import Interaction
from cogs.framework.services import get_services
from cogs.settings.settings_changes import set_time_zone
from cogs.settings.settings_panel import PanelItem, Selection, defer_for_manager, redraw
from cogs.settings.settings_sections import Section
from cogs.settings.time_zone_screen import found_text
from cogs.settings.time_zones import (
    describe_time_zones,
    search_time_zones,
    show_name,
    suggest_time_zones,
)


class TimeZoneSelect(PanelItem, ui.DynamicItem[ui.Select[Any]], template="settings:zone"):
    """Select of a time zone, among those that are suggested or were found."""

    section = Section.TIME_ZONE

    def __init__(self, options: list[discord.SelectOption]) -> None:
        super().__init__(
            ui.Select(custom_id="settings:zone", placeholder="Choose a time zone", options=options)
        )

    @classmethod
    def read(cls, item: ui.Item[Any], _match: re.Match[str]) -> Self:
        """Build the select from the one in the message."""
        return cls(read_options(item))

    async def change(self, interaction: Interaction) -> None:
        """Store the time zone."""
        await set_time_zone(interaction, self.item.values[0])


class TimeZoneSearchButton(
    ErrorHandlingItem, ui.DynamicItem[ui.Button[Any]], template="settings:search-zone"
):
    """Button that opens the modal in which a time zone is searched."""

    def __init__(self) -> None:
        super().__init__(ui.Button(label="Search …", custom_id="settings:search-zone"))

    @classmethod
    def read(cls, _item: ui.Item[Any], _match: re.Match[str]) -> Self:
        """Build the button; its custom_id is always the same."""
        return cls()

    async def on_use(self, interaction: Interaction) -> None:
        """Open the modal."""
        require_manager(interaction)
        await interaction.response.send_modal(TimeZoneSearchModal())


class TimeZoneSearchModal(ErrorHandlingModal):
    """The modal for a part of a time zone's name."""

    def __init__(self) -> None:
        super().__init__(title="Search a time zone")
        self._input = ui.TextInput[Any](max_length=64, placeholder="Berlin")
        self.add_item(
            ui.Label(
                text="City, country or name",
                description="For example New York, Europe/Berlin or UTC; a part of it is enough",
                component=self._input,
            )
        )

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Store the time zone that was found; if there are several, let the manager choose."""
        await defer_for_manager(interaction)
        text = self._input.value
        found = await asyncio.to_thread(search_time_zones, text)
        if len(found) > 1:
            result = found_text(text, len(found))
            selection = Selection(zones=found, search_result=result)
            await redraw(interaction, Section.TIME_ZONE, selection)
            return
        await set_time_zone(interaction, text)
        await redraw(interaction, Section.TIME_ZONE)


async def build_time_zone_controls(
    interaction: Interaction, current: str, found: Sequence[str]
) -> list[list[Item]]:
    """Build the select of the time zones that were found, or else are suggested."""
    names = found or await asyncio.to_thread(suggest_time_zones, interaction.locale, current)
    now = get_services(interaction.client).now()
    lines = await asyncio.to_thread(describe_time_zones, names[:MAX_CHOICES], now)
    options = [
        discord.SelectOption(
            label=show_name(name), value=name, description=line, default=name == current
        )
        for name, line in lines.items()
    ]
    return [[TimeZoneSelect(options)], [TimeZoneSearchButton()]]
