"""The controls of the panel of `/settings`. Their custom_ids hold all their state."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable
from typing import Any, Self

import discord
from discord import ui

from cogs.framework.channels import require_writable
from cogs.framework.checks import require_manager
from cogs.framework.controls import OUTDATED_CONTROL, ErrorHandlingItem, ErrorHandlingModal
from cogs.framework.layout import Item
from cogs.framework.responses import Interaction, UserError, defer_update, respond
from cogs.framework.services import get_services, require_guild_id
from cogs.members.role_rules import explain_problem
from cogs.members.roles_screen import CRITERION_NAMES
from cogs.server.settings_screen import settings_view
from cogs.server.settings_sections import (
    FORMS,
    MODE_NAMES,
    NONE,
    SECTIONS,
    Changes,
    PanelData,
    Section,
    SectionSpec,
)
from leaderboards.news.channel_mode import ChannelMode
from leaderboards.role_criteria import RoleCriterion
from records.guilds import GuildSettings, SettingValue


async def load_settings(interaction: Interaction) -> GuildSettings:
    """Load the settings of the server in which a command or control was used."""
    storage = get_services(interaction.client).storage
    return await storage.guilds.load_settings(require_guild_id(interaction))


async def change_settings(interaction: Interaction, **changes: SettingValue) -> GuildSettings:
    """Validate and store new values of a server's settings; return all settings.

    Raises `UserError` for a channel in which the bot cannot write.
    """
    channel_id = changes.get("channel_id")
    if isinstance(channel_id, int):
        require_writable(_find_text_channel(interaction, channel_id))
    storage = get_services(interaction.client).storage
    settings = await storage.guilds.change_settings(require_guild_id(interaction), **changes)
    # Waiting messages may have got another channel, or be due now.
    interaction.client.dispatch("settings_changed")
    if "require_verified" in changes:
        interaction.client.dispatch("links_changed", require_guild_id(interaction))
    return settings


async def show_panel(
    interaction: Interaction, section: Section | None, channel_id: int | None = None
) -> None:
    """Respond with a section of the panel; None shows an overview.

    `channel_id` is the channel selected in the section Channels.
    """
    guild_id = require_guild_id(interaction)
    storage = get_services(interaction.client).storage
    channel_modes = await storage.channels.load_modes(guild_id)
    if channel_id is not None:
        channel_modes.setdefault(channel_id, ChannelMode.EVERYTHING)
    server = PanelData(
        await storage.guilds.load_settings(guild_id),
        channel_modes,
        await storage.roles.load_roles(guild_id),
    )
    controls = _build_controls(server, section, channel_id)
    await respond(interaction, settings_view(server, section, controls))


class SectionSelect(ErrorHandlingItem, ui.DynamicItem[ui.Select[Any]], template="settings:section"):
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
            ui.Select(custom_id="settings:section", placeholder="Change something", options=options)
        )

    @classmethod
    def read(cls, _item: ui.Item[Any], _match: re.Match[str]) -> Self:
        """Build the select; its custom_id is always the same."""
        return cls()

    async def on_use(self, interaction: Interaction) -> None:
        """Show the selected section."""
        await _defer_for_manager(interaction)
        await show_panel(interaction, Section(self.item.values[0]))


def _build_pattern(names: Callable[[SectionSpec], Iterable[str]]) -> str:
    """Return a regular expression for the settings of all sections, each after its section."""
    return "|".join(
        f"{section}:{name}" for section, spec in SECTIONS.items() for name in names(spec)
    )


class ToggleButton(
    ErrorHandlingItem,
    ui.DynamicItem[ui.Button[Any]],
    template=rf"settings:toggle:(?P<setting>{_build_pattern(lambda spec: spec.toggles)})"
    r":(?P<value>on|off)",
):
    """Button that turns one setting on or off.

    Its custom_id says which: two managers who press it at the same time want the same.
    """

    def __init__(self, section: Section, name: str, *, on: bool = False) -> None:
        super().__init__(
            ui.Button(
                label=f"{SECTIONS[section].toggles[name]}: {'on' if on else 'off'}",
                custom_id=f"settings:toggle:{section}:{name}:{'off' if on else 'on'}",
                style=discord.ButtonStyle.success if on else discord.ButtonStyle.secondary,
            )
        )
        self.section = section
        self.name = name
        self.turns_on = not on

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the button from its custom_id."""
        section, _, name = match["setting"].partition(":")
        return cls(Section(section), name, on=match["value"] == "off")

    async def on_use(self, interaction: Interaction) -> None:
        """Store the value in the custom_id, the opposite of the one on the label."""
        await _defer_for_manager(interaction)
        await change_settings(interaction, **{self.name: self.turns_on})
        await show_panel(interaction, self.section)


class SettingSelect(
    ErrorHandlingItem,
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
            discord.SelectOption(label=label, value=key, default=key == value)
            for key, label in self.spec.options.items()
        ]
        super().__init__(ui.Select(custom_id=f"settings:choose:{section}:{name}", options=options))

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the select from its custom_id."""
        section, _, name = match["setting"].partition(":")
        return cls(Section(section), name)

    async def on_use(self, interaction: Interaction) -> None:
        """Store the selected value."""
        await _defer_for_manager(interaction)
        selected = self.item.values[0]
        value = None if selected == NONE else int(selected)
        changes: Changes = {self.name: value}
        if self.spec.build_changes is not None:
            changes = self.spec.build_changes(await load_settings(interaction), value)
        await change_settings(interaction, **changes)
        await show_panel(interaction, self.section)


class ChannelSelect(
    ErrorHandlingItem,
    ui.DynamicItem[ui.ChannelSelect[Any]],
    template=r"settings:channel:(?P<section>announcements|channels)",
):
    """Select of the channel for announcements, or of a channel whose mode is then selected."""

    def __init__(self, section: Section, channel_id: int | None = None) -> None:
        selected = [] if channel_id is None else [discord.Object(channel_id)]
        super().__init__(
            ui.ChannelSelect(
                custom_id=f"settings:channel:{section}",
                channel_types=[discord.ChannelType.text, discord.ChannelType.news],
                placeholder="Where to announce"
                if section is Section.ANNOUNCEMENTS
                else "Which channel",
                default_values=selected,
            )
        )
        self.section = section

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the select from its custom_id."""
        return cls(Section(match["section"]))

    async def on_use(self, interaction: Interaction) -> None:
        """Store the channel for announcements, or show the mode of the selected channel."""
        await _defer_for_manager(interaction)
        channel_id = _find_text_channel(interaction, self.item.values[0].id).id
        if self.section is Section.ANNOUNCEMENTS:
            await change_settings(interaction, channel_id=channel_id)
            await show_panel(interaction, self.section)
        else:
            await show_panel(interaction, self.section, channel_id)


class ChannelModeSelect(
    ErrorHandlingItem,
    ui.DynamicItem[ui.Select[Any]],
    template=r"settings:mode:(?P<channel>\d{1,20})",
):
    """Select of a channel's mode."""

    def __init__(self, channel_id: int, mode: ChannelMode = ChannelMode.EVERYTHING) -> None:
        options = [
            discord.SelectOption(label=label, value=key, default=key == mode)
            for key, label in MODE_NAMES.items()
        ]
        super().__init__(ui.Select(custom_id=f"settings:mode:{channel_id}", options=options))
        self.channel_id = channel_id

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the select from its custom_id."""
        return cls(int(match["channel"]))

    async def on_use(self, interaction: Interaction) -> None:
        """Store the mode."""
        await _defer_for_manager(interaction)
        guild_id = require_guild_id(interaction)
        if interaction.guild is None or interaction.guild.get_channel(self.channel_id) is None:
            raise UserError("That channel no longer exists.")
        storage = get_services(interaction.client).storage
        mode = ChannelMode(self.item.values[0])
        await storage.channels.set_mode(guild_id, self.channel_id, mode)
        await show_panel(interaction, Section.CHANNELS, self.channel_id)


class RoleSelect(
    ErrorHandlingItem,
    ui.DynamicItem[ui.RoleSelect[Any]],
    template=rf"settings:role:(?P<criterion>{'|'.join(RoleCriterion)})",
):
    """Select of the role that members get for a rank, or of none."""

    def __init__(self, criterion: RoleCriterion, role_id: int | None = None) -> None:
        kind = discord.SelectDefaultValueType.role
        selected = [] if role_id is None else [discord.SelectDefaultValue(id=role_id, type=kind)]
        super().__init__(
            ui.RoleSelect(
                custom_id=f"settings:role:{criterion}",
                placeholder=CRITERION_NAMES[criterion],
                min_values=0,
                default_values=selected,
            )
        )
        self.criterion = criterion

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the select from its custom_id."""
        return cls(RoleCriterion(match["criterion"]))

    async def on_use(self, interaction: Interaction) -> None:
        """Store the selected role; raise `UserError` for one that may not be given."""
        await _defer_for_manager(interaction)
        roles, guild = get_services(interaction.client).storage.roles, interaction.guild
        guild_id = require_guild_id(interaction)
        if not self.item.values:
            await roles.clear_role(guild_id, self.criterion)
        elif guild is not None and isinstance(interaction.user, discord.Member):
            (role,) = self.item.values
            problem = explain_problem(guild, interaction.user, role)
            if problem is not None:
                raise UserError(problem)
            await roles.set_role(guild_id, self.criterion, role.id)
        interaction.client.dispatch("roles_changed")
        await show_panel(interaction, Section.ROLES)


class FormButton(
    ErrorHandlingItem,
    ui.DynamicItem[ui.Button[Any]],
    template=rf"settings:edit:(?P<section>{'|'.join(FORMS)}):(?P<values>.{{1,64}})",
):
    """Button that opens the form of a section.

    Its custom_id holds the current values: a form must open within three seconds, too short to
    wait for the database.
    """

    def __init__(self, section: Section, values: str) -> None:
        super().__init__(
            ui.Button(
                label=f"{FORMS[section].button} …", custom_id=f"settings:edit:{section}:{values}"
            )
        )
        self.section = section
        self.values = values

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the button from its custom_id."""
        return cls(Section(match["section"]), match["values"])

    async def on_use(self, interaction: Interaction) -> None:
        """Open the form."""
        require_manager(interaction)
        values = self.values.split(":")
        if len(values) != len(FORMS[self.section].fields):
            raise UserError(OUTDATED_CONTROL)
        await interaction.response.send_modal(SettingsForm(self.section, values))


class SettingsForm(ErrorHandlingModal):
    """The form of a section, with one text field for each of its settings."""

    def __init__(self, section: Section, values: list[str]) -> None:
        self._section = section
        self._form = FORMS[section]
        super().__init__(title=self._form.title)
        self._inputs: dict[str, ui.TextInput[Any]] = {}
        self._opened_with: dict[str, str] = {}
        for (name, field), value in zip(self._form.fields.items(), values, strict=True):
            default = value[: field.max_length]
            text_input = ui.TextInput[Any](default=default, max_length=field.max_length)
            self._inputs[name] = text_input
            self._opened_with[name] = default
            self.add_item(
                ui.Label(text=field.label, description=field.description, component=text_input)
            )

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Store the values of the form."""
        await _defer_for_manager(interaction)
        # In a thread: the names of time zones are read from disk.
        changes = await asyncio.to_thread(self._parse)
        await change_settings(interaction, **changes)
        await show_panel(interaction, self._section)

    def _parse(self) -> Changes:
        """Return the fields that differ from what the form opened with.

        The others may have been changed elsewhere meanwhile.
        """
        return {
            name: field.parse(self._inputs[name].value)
            for name, field in self._form.fields.items()
            if self._inputs[name].value != self._opened_with[name]
        }


async def _defer_for_manager(interaction: Interaction) -> None:
    """Check the permission again: the panel may be older than the loss of it."""
    require_manager(interaction)
    await defer_update(interaction)


def _find_text_channel(interaction: Interaction, channel_id: int) -> discord.TextChannel:
    channel = interaction.guild.get_channel(channel_id) if interaction.guild else None
    if not isinstance(channel, discord.TextChannel):
        raise UserError("I can't see that channel. Pick one that I can see.")
    return channel


def _build_controls(
    server: PanelData, section: Section | None, channel_id: int | None
) -> list[list[Item]]:
    if section is None:
        return [[SectionSelect()]]
    spec, settings = SECTIONS[section], server.settings
    rows: list[list[Item]] = []
    if section is Section.ANNOUNCEMENTS:
        rows.append([ChannelSelect(section, settings.channel_id)])
    if section is Section.CHANNELS:
        rows.append([ChannelSelect(section, channel_id)])
        if channel_id is not None:
            rows.append([ChannelModeSelect(channel_id, server.channel_modes[channel_id])])
    if section is Section.ROLES:
        rows += [[RoleSelect(one, server.roles.get(one))] for one in RoleCriterion]
    rows += [
        [SettingSelect(section, name, settings)]
        for name, select in spec.selects.items()
        if select.is_shown(settings)
    ]
    buttons: list[Item] = [
        ToggleButton(section, name, on=getattr(settings, name)) for name in spec.toggles
    ]
    if spec.form is not None:
        values = ":".join(str(getattr(settings, name)) for name in spec.form.fields)
        buttons.append(FormButton(section, values))
    if buttons:
        rows.append(buttons)
    return [*rows, [SectionSelect(section)]]


CONTROLS = (
    SectionSelect,
    ToggleButton,
    SettingSelect,
    ChannelSelect,
    ChannelModeSelect,
    RoleSelect,
    FormButton,
)
"""The dynamic items to register."""
