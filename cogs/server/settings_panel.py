"""The panel of `/settings`: its sections, the way between them, and the base of their controls.

The custom_ids of the controls, and the message, hold all state.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import discord
from discord import ui

from cogs.framework.checks import require_manager
from cogs.framework.controls import ErrorHandlingItem
from cogs.framework.layout import Item
from cogs.framework.responses import Interaction, UserError, defer_update, respond
from cogs.framework.services import get_services, require_guild_id
from cogs.server.settings_screen import settings_view
from cogs.server.settings_sections import SECTIONS, Option, PanelData, Section

_SECTION_ID = "settings:section"
_BACK_ID = "settings:back:"
_SECTIONS_BY_VALUE = {section.value: section for section in Section}


@dataclass(frozen=True, slots=True)
class Selection:
    """What was selected or found within a section, and is not stored."""

    channel_id: int | None = None
    """The channel whose mode is shown."""
    zones: Sequence[str] = ()
    """The time zones that were found; empty before a search."""
    note: str = ""
    """The result of the search."""


BuildControls = Callable[[Interaction, PanelData, Section, Selection], Awaitable[list[list[Item]]]]
"""Builds the controls of a section, in rows."""


@dataclass(frozen=True, slots=True)
class SettingsPanel:
    """The service that shows the panel.

    It is given what builds the controls, because these need it to show the panel anew.
    """

    build_controls: BuildControls

    async def show(
        self,
        interaction: Interaction,
        section: Section | None,
        back: Section | None = None,
        selection: Selection = Selection(),
    ) -> None:
        """Respond with a section of the panel as it is stored now; None shows an overview.

        `back` is the section to which *Back* leads, None the overview.
        """
        guild_id = require_guild_id(interaction)
        storage = get_services(interaction.client).storage
        server = PanelData(
            await storage.guilds.load_settings(guild_id),
            await storage.channels.load_news_channels(guild_id),
            await storage.roles.load_roles(guild_id),
        )
        rows: list[list[Item]] = [[SectionSelect(section)]]
        if section is not None:
            controls = await self.build_controls(interaction, server, section, selection)
            rows = [*controls, *rows, [BackButton(back), SectionButton(None, "Overview")]]
        await respond(interaction, settings_view(server, section, rows, selection.note))


async def show_panel(interaction: Interaction, section: Section | None) -> None:
    """Respond to a command with a section of the panel; None shows an overview."""
    await get_services(interaction.client).get(SettingsPanel).show(interaction, section)


async def redraw(
    interaction: Interaction,
    section: Section | None,
    selection: Selection = Selection(),
) -> None:
    """Respond with a section to the use of a control in the panel's message."""
    back = _find_back(interaction.message, section)
    panel = get_services(interaction.client).get(SettingsPanel)
    await panel.show(interaction, section, back, selection)


def _find_back(message: discord.Message | None, section: Section | None) -> Section | None:
    """Return the section to which *Back* leads from a section: the one that was shown before."""
    shown = back = None
    view = ui.LayoutView.from_message(message) if message else ui.LayoutView()
    for item in view.walk_children():
        if isinstance(item, ui.Select) and item.custom_id == _SECTION_ID:
            shown = next((option.value for option in item.options if option.default), None)
        elif isinstance(item, ui.Button) and (item.custom_id or "").startswith(_BACK_ID):
            back = (item.custom_id or "").removeprefix(_BACK_ID)
    return _SECTIONS_BY_VALUE.get((back if shown == section else shown) or "")


class PanelItem(ErrorHandlingItem):
    """Control that changes what is stored, and draws its section anew.

    It stores the value that its label names, never the opposite of what is stored: of two managers
    who use it at the same time, or with an old panel, each gets what they chose.
    """

    section: Section

    async def on_use(self, interaction: Interaction) -> None:
        """Change what is stored, and show it, also if nothing could be changed.

        What takes something from members is asked first.
        """
        await defer_for_manager(interaction)
        try:
            question = await self.ask(interaction)
            if question is None:
                await self.change(interaction)
        except UserError:
            await self.show(interaction)
            raise
        if question is None:
            await self.show(interaction)
        else:
            await respond(interaction, question)

    async def ask(self, interaction: Interaction) -> ui.LayoutView | None:  # noqa: ARG002
        """Return a question that must be answered before anything is changed; None for none."""
        return None

    async def change(self, interaction: Interaction) -> None:
        """Change what is stored; raise `UserError` if that cannot be."""
        raise NotImplementedError

    async def show(self, interaction: Interaction) -> None:
        """Show the section."""
        await redraw(interaction, self.section)


class SectionSelect(ErrorHandlingItem, ui.DynamicItem[ui.Select[Any]], template=_SECTION_ID):
    """Select of the section to show."""

    def __init__(self, current: Section | None = None) -> None:
        options = [
            discord.SelectOption(
                label=spec.title,
                value=section,
                description=spec.summary,
                emoji=spec.emoji,
                default=section == current,
            )
            for section, spec in SECTIONS.items()
        ]
        super().__init__(
            ui.Select(custom_id=_SECTION_ID, placeholder="Choose what to change", options=options)
        )

    @classmethod
    def read(cls, _item: ui.Item[Any], _match: re.Match[str]) -> Self:
        """Build the select; its custom_id is always the same."""
        return cls()

    async def on_use(self, interaction: Interaction) -> None:
        """Show the selected section."""
        await defer_for_manager(interaction)
        await redraw(interaction, Section(self.item.values[0]))


class SectionButton(
    ErrorHandlingItem,
    ui.DynamicItem[ui.Button[Any]],
    template=rf"settings:show:(?P<section>overview|{'|'.join(Section)})",
):
    """Button that shows a section, or the overview."""

    def __init__(self, section: Section | None, label: str) -> None:
        custom_id = f"settings:show:{section or 'overview'}"
        super().__init__(ui.Button(label=label, custom_id=custom_id))
        self.section = section

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the button from its custom_id; its label is that in the message."""
        return cls(_SECTIONS_BY_VALUE.get(match["section"]), "")

    async def on_use(self, interaction: Interaction) -> None:
        """Show the section."""
        await defer_for_manager(interaction)
        await redraw(interaction, self.section)


class BackButton(
    ErrorHandlingItem,
    ui.DynamicItem[ui.Button[Any]],
    template=rf"{_BACK_ID}(?P<section>overview|{'|'.join(Section)})",
):
    """Button that shows the section which was shown before, or else the overview."""

    def __init__(self, section: Section | None) -> None:
        super().__init__(ui.Button(label="◀ Back", custom_id=f"{_BACK_ID}{section or 'overview'}"))
        self.section = section

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the button from its custom_id."""
        return cls(_SECTIONS_BY_VALUE.get(match["section"]))

    async def on_use(self, interaction: Interaction) -> None:
        """Show the section; from there, *Back* leads to the overview."""
        await defer_for_manager(interaction)
        await show_panel(interaction, self.section)


async def defer_for_manager(interaction: Interaction) -> None:
    """Check the permission again: the panel may be older than the loss of it."""
    require_manager(interaction)
    await defer_update(interaction)


def build_option(value: str, option: Option, *, default: bool) -> discord.SelectOption:
    """Return an option of a select, with the line that explains it."""
    return discord.SelectOption(
        label=option.label, value=value, description=option.description, default=default
    )
