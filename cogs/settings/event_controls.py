"""The controls of `/settings` that turn the Scheduled Events of a server on and off."""

from __future__ import annotations

import re
from typing import Any, Literal, Self, cast

import discord
from discord import ui

from cogs.calendar.event_permissions import explain_missing_event_permissions
from cogs.calendar.event_screen import turn_off_view
from cogs.calendar.scheduled_event_service import ScheduledEventService
from cogs.framework.responses import Interaction, UserError
from cogs.framework.services import get_services, require_guild_id
from cogs.settings.settings_changes import change_settings
from cogs.settings.settings_panel import PanelItem, SectionButton
from cogs.settings.settings_sections import Section

_Choice = Literal["delete", "keep"]


class EventsOffButton(
    PanelItem,
    ui.DynamicItem[ui.Button[Any]],
    template=r"settings:events-off:(?P<choice>delete|keep)",
):
    """Button that turns events off, and deletes or keeps those that the bot created."""

    section = Section.DEADLINES

    def __init__(self, choice: _Choice) -> None:
        deletes = choice == "delete"
        super().__init__(
            ui.Button(
                label="Delete them" if deletes else "Let them stay",
                custom_id=f"settings:events-off:{choice}",
                style=discord.ButtonStyle.danger if deletes else discord.ButtonStyle.secondary,
            )
        )
        self.choice = choice

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the button from its custom_id."""
        return cls(cast("_Choice", match["choice"]))

    async def change(self, interaction: Interaction) -> None:
        """Turn events off; those that are to be deleted are still stored until they are."""
        services, guild_id = get_services(interaction.client), require_guild_id(interaction)
        if self.choice == "keep":
            await services.storage.scheduled_events.turn_off_and_keep(guild_id)
        services.get(ScheduledEventService).resume(guild_id)
        await change_settings(interaction, scheduled_events=False)


async def build_events_question(interaction: Interaction) -> ui.LayoutView | None:
    """Return the question what becomes of the events that the bot created; None without any."""
    events = get_services(interaction.client).storage.scheduled_events
    stored = await events.load_by_guild(require_guild_id(interaction))
    count = sum(not event.left_alone for event in stored)
    if not count:
        return None
    stay_on = SectionButton(Section.DEADLINES, label="Go on with events")
    return turn_off_view(count, [EventsOffButton("delete"), EventsOffButton("keep"), stay_on])


async def prepare_events(interaction: Interaction) -> None:
    """Check the permissions for events; deadlines whose event was deleted get one again.

    Raises `UserError` with the permissions that are missing.
    """
    if interaction.guild is None:
        raise discord.app_commands.NoPrivateMessage
    problem = explain_missing_event_permissions(interaction.guild)
    if problem is not None:
        raise UserError(problem)
    services, guild_id = get_services(interaction.client), interaction.guild.id
    await services.storage.scheduled_events.delete_left_alone(guild_id)
    services.get(ScheduledEventService).resume(guild_id)
