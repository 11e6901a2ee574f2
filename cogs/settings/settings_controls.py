"""The switches, selects and modals of `/settings`, and the list of all its controls."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Self

import discord
from discord import ui

from cogs.framework.checks import require_manager
from cogs.framework.controls import ErrorHandlingItem, ErrorHandlingModal
from cogs.framework.layout import Item
from cogs.framework.responses import Interaction, UserError
from cogs.framework.texts import OUTDATED_CONTROL_TEXT
from cogs.members.role_changes import build_unverified_question
from cogs.settings.channel_controls import (
    ChannelModeSelect,
    ChannelSelect,
    ChannelToSetSelect,
    PublishButton,
    build_channel_controls,
)
from cogs.settings.event_controls import (
    EventsOffButton,
    build_events_question,
    prepare_events,
)
from cogs.settings.panel_data import PanelData
from cogs.settings.role_controls import RoleRemovalButton, RoleSelect, build_role_controls
from cogs.settings.settings_changes import change_settings, store_settings
from cogs.settings.settings_panel import (
    BackButton,
    PanelItem,
    SectionButton,
    SectionSelect,
    Selection,
    build_option,
    defer_for_manager,
    redraw,
)
from cogs.settings.settings_screen import Row
from cogs.settings.settings_sections import (
    MODALS,
    NONE,
    SECTIONS,
    Changes,
    Section,
    SectionSpec,
)
from cogs.settings.time_zone_controls import (
    TimeZoneSearchButton,
    TimeZoneSelect,
    build_time_zone_controls,
)
from records.guilds import GuildSettings


def _build_pattern(names: Callable[[SectionSpec], Iterable[str]]) -> str:
    """Return a regular expression for the settings of all sections, each after its section."""
    return "|".join(
        f"{section}:{name}" for section, spec in SECTIONS.items() for name in names(spec)
    )


class ToggleButton(
    PanelItem,
    ui.DynamicItem[ui.Button[Any]],
    template=rf"settings:toggle:(?P<setting>{_build_pattern(lambda spec: spec.toggles)})"
    r":(?P<value>on|off)(?P<confirmed>:confirmed)?",
):
    """Button that turns one setting on or off; its label and its custom_id say which."""

    def __init__(
        self, section: Section, name: str, *, turns_on: bool, confirmed: bool = False
    ) -> None:
        spec = SECTIONS[section].toggles[name]
        style = discord.ButtonStyle.success if turns_on else discord.ButtonStyle.secondary
        if confirmed:
            style = discord.ButtonStyle.danger
        super().__init__(
            ui.Button(
                label=spec.turn_on if turns_on else spec.turn_off,
                custom_id=f"settings:toggle:{section}:{name}:{'on' if turns_on else 'off'}"
                + (":confirmed" if confirmed else ""),
                style=style,
            )
        )
        self.confirmed = confirmed
        self.section = section
        self.name = name
        self.turns_on = turns_on

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the button from its custom_id."""
        section, _, name = match["setting"].partition(":")
        turns_on, confirmed = match["value"] == "on", match["confirmed"] is not None
        return cls(Section(section), name, turns_on=turns_on, confirmed=confirmed)

    async def ask(self, interaction: Interaction) -> ui.LayoutView | None:
        """Ask before unverified links stop counting, and what becomes of events turned off."""
        if self.name == "scheduled_events" and not self.turns_on:
            return await build_events_question(interaction)
        if self.confirmed or not self.turns_on or self.name != "require_verified":
            return None
        buttons: list[Item] = [
            ToggleButton(self.section, self.name, turns_on=True, confirmed=True),
            SectionButton(self.section, label="Go on counting every link"),
        ]
        return await build_unverified_question(interaction, buttons)

    async def change(self, interaction: Interaction) -> None:
        """Store the value that the label names."""
        if self.name == "scheduled_events" and self.turns_on:
            await prepare_events(interaction)
        await change_settings(interaction, **{self.name: self.turns_on})


class SettingSelect(
    PanelItem,
    ui.DynamicItem[ui.Select[Any]],
    template=rf"settings:choose:(?P<setting>{_build_pattern(lambda spec: spec.selects)})",
):
    """Select of an hour or a day of the week."""

    def __init__(self, section: Section, name: str, settings: GuildSettings | None = None) -> None:
        self.section = section
        self.name = name
        self.spec = SECTIONS[section].selects[name]
        current = getattr(settings, name, None)
        value = NONE if current is None else str(current)
        options = [
            build_option(key, option, default=key == value)
            for key, option in self.spec.options.items()
        ]
        super().__init__(ui.Select(custom_id=f"settings:choose:{section}:{name}", options=options))

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the select from its custom_id."""
        section, _, name = match["setting"].partition(":")
        return cls(Section(section), name)

    async def change(self, interaction: Interaction) -> None:
        """Store the selected value."""
        selected = self.item.values[0]
        value = None if selected == NONE else int(selected)
        build_changes = self.spec.build_changes or (lambda _settings, value: {self.name: value})
        await store_settings(interaction, lambda settings: build_changes(settings, value))


class ModalButton(
    ErrorHandlingItem,
    ui.DynamicItem[ui.Button[Any]],
    template=rf"settings:edit:(?P<section>{'|'.join(MODALS)}):(?P<values>.{{1,64}})",
):
    """Button that opens the modal of a section.

    Its custom_id holds the current values: a modal must open within three seconds, which is too
    short to wait for the database.
    """

    def __init__(self, section: Section, values: str) -> None:
        super().__init__(
            ui.Button(label=MODALS[section].button, custom_id=f"settings:edit:{section}:{values}")
        )
        self.section = section
        self.values = values

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the button from its custom_id."""
        return cls(Section(match["section"]), match["values"])

    async def on_use(self, interaction: Interaction) -> None:
        """Open the modal."""
        require_manager(interaction)
        values = self.values.split(":")
        if len(values) != len(MODALS[self.section].fields):
            raise UserError(OUTDATED_CONTROL_TEXT)
        await interaction.response.send_modal(SettingsModal(self.section, values))


class SettingsModal(ErrorHandlingModal):
    """The modal of a section, with one text field for each of its settings."""

    def __init__(self, section: Section, values: list[str]) -> None:
        self._section = section
        self._spec = MODALS[section]
        super().__init__(title=self._spec.title)
        self._inputs: dict[str, ui.TextInput[Any]] = {}
        self._opened_with: dict[str, str] = {}
        for (name, field), value in zip(self._spec.fields.items(), values, strict=True):
            default = value[: field.max_length]
            text_input = ui.TextInput[Any](default=default, max_length=field.max_length)
            self._inputs[name] = text_input
            self._opened_with[name] = default
            self.add_item(
                ui.Label(text=field.label, description=field.description, component=text_input)
            )

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Store the values of the modal."""
        await defer_for_manager(interaction)
        await change_settings(interaction, **self._parse())
        await redraw(interaction, self._section)

    def _parse(self) -> Changes:
        """Return the fields that differ from what the modal opened with.

        The others may have been changed elsewhere meanwhile.
        """
        return {
            name: field.parse(self._inputs[name].value)
            for name, field in self._spec.fields.items()
            if self._inputs[name].value != self._opened_with[name]
        }


async def build_controls(
    interaction: Interaction, data: PanelData, section: Section, selection: Selection
) -> list[Row]:
    """Build the controls of a section."""
    spec, settings = SECTIONS[section], data.settings
    rows: list[Row] = []
    if section is Section.ANNOUNCEMENTS:
        rows.append([ChannelSelect(settings.channel_id)])
    if section is Section.CHANNELS:
        rows += build_channel_controls(interaction, data, selection.channel_id)
    if section is Section.TIME_ZONE:
        rows += await build_time_zone_controls(interaction, settings.time_zone, selection.zones)
    if section is Section.ROLES:
        rows += build_role_controls(interaction, data.roles)
    rows += [
        [SettingSelect(section, name, settings)]
        for name, select in spec.selects.items()
        if select.is_shown(settings)
    ]
    buttons: list[Item] = [
        ToggleButton(section, name, turns_on=not getattr(settings, name)) for name in spec.toggles
    ]
    if spec.modal is not None:
        values = ":".join(str(getattr(settings, name)) for name in spec.modal.fields)
        buttons.append(ModalButton(section, values))
    buttons += [SectionButton(other, label) for other, label in spec.leads_to.items()]
    if buttons:
        rows.append(buttons)
    return rows


DYNAMIC_ITEMS = (
    SectionSelect,
    SectionButton,
    BackButton,
    ToggleButton,
    SettingSelect,
    ChannelSelect,
    ChannelToSetSelect,
    ChannelModeSelect,
    PublishButton,
    TimeZoneSelect,
    TimeZoneSearchButton,
    RoleSelect,
    RoleRemovalButton,
    EventsOffButton,
    ModalButton,
)
"""The dynamic items to register."""
