"""The controls of the panel of `/settings`. Their custom_ids hold all their state."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import discord
from discord import ui

from cogs.framework.channels import require_writable
from cogs.framework.checks import require_manager
from cogs.framework.controls import (
    OUTDATED_CONTROL,
    ErrorHandlingItem,
    ErrorHandlingModal,
    read_options,
)
from cogs.framework.layout import MAX_CHOICE_LENGTH, MAX_CHOICES, Item
from cogs.framework.responses import Interaction, UserError, defer_update, respond
from cogs.framework.services import get_services, require_guild_id
from cogs.members.role_rules import explain_problem
from cogs.members.role_sync_service import RoleSyncService
from cogs.members.roles_screen import CRITERION_NAMES
from cogs.server.settings_screen import role_removal_view, settings_view, unverified_links_view
from cogs.server.settings_sections import (
    FORMS,
    MODES,
    NONE,
    SECTIONS,
    Changes,
    Option,
    PanelData,
    Section,
    SectionSpec,
    describe_found_zones,
    describe_news_channel,
)
from cogs.server.time_zones import (
    describe_time_zones,
    parse_time_zone,
    search_time_zones,
    show_name,
    suggest_time_zones,
)
from leaderboards.news.channel_mode import ChannelMode
from leaderboards.role_criteria import RoleCriterion
from records.guilds import GuildSettings, NewsChannel, SettingValue

_SECTION_ID = "settings:section"
_BACK_ID = "settings:back:"
_SECTIONS_BY_VALUE = {section.value: section for section in Section}


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
    settings = await _store_settings(interaction, lambda _settings: changes)
    if "require_verified" in changes:
        interaction.client.dispatch("links_changed", require_guild_id(interaction))
    return settings


async def set_time_zone(interaction: Interaction, text: str) -> None:
    """Store the time zone that a text means; raises `UserError` if it is none or one of several."""
    await change_settings(interaction, time_zone=await asyncio.to_thread(parse_time_zone, text))


async def _store_settings(
    interaction: Interaction, build_changes: Callable[[GuildSettings], Changes]
) -> GuildSettings:
    """Store the values that a function returns for the present settings."""
    storage = get_services(interaction.client).storage
    settings = await storage.guilds.change_settings_by(require_guild_id(interaction), build_changes)
    # Waiting messages may have got another channel, or be due now.
    interaction.client.dispatch("settings_changed")
    return settings


@dataclass(frozen=True, slots=True)
class Selection:
    """What was selected or found within a section, and is not stored."""

    channel_id: int | None = None
    """The channel whose mode is shown."""
    zones: Sequence[str] = ()
    """The time zones that were found; empty before a search."""
    note: str = ""
    """The result of the search."""


async def show_panel(
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
    rows = [] if section is None else await _build_controls(interaction, server, section, selection)
    rows.append([SectionSelect(section)])
    if section is not None:
        rows.append([BackButton(back), SectionButton(None, "Overview")])
    await respond(interaction, settings_view(server, section, rows, selection.note))


async def _redraw(
    interaction: Interaction,
    section: Section | None,
    selection: Selection = Selection(),
) -> None:
    """Respond with a section to the use of a control in the panel's message."""
    back = _find_back(interaction.message, section)
    await show_panel(interaction, section, back, selection)


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
        await _defer_for_manager(interaction)
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
        await _redraw(interaction, self.section)


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
        await _defer_for_manager(interaction)
        await _redraw(interaction, Section(self.item.values[0]))


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
        await _defer_for_manager(interaction)
        await _redraw(interaction, self.section)


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
        await _defer_for_manager(interaction)
        await show_panel(interaction, self.section)


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
        """Ask before links that are not verified no longer count."""
        if self.confirmed or not self.turns_on or self.name != "require_verified":
            return None
        links = get_services(interaction.client).storage.links
        counted = await links.load_counted_links(require_guild_id(interaction))
        unverified = sum(link.verification is None for link in counted)
        if not unverified:
            return None
        buttons: list[Item] = [
            ToggleButton(self.section, self.name, turns_on=True, confirmed=True),
            SectionButton(self.section, "Go on counting every link"),
        ]
        return unverified_links_view(unverified, len(counted), buttons)

    async def change(self, interaction: Interaction) -> None:
        """Store the value that the label names."""
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
            _build_option(key, option, default=key == value)
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
        await _store_settings(interaction, lambda settings: build_changes(settings, value))


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
                channel_types=[discord.ChannelType.text, discord.ChannelType.news],
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
        channel = _find_text_channel(interaction, self.item.values[0].id)
        await change_settings(interaction, channel_id=channel.id)


class NewsChannelSelect(
    ErrorHandlingItem, ui.DynamicItem[ui.Select[Any]], template="settings:channel:channels"
):
    """Select of a channel that gets news, whose mode is then selected."""

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
        """Show the mode of the selected channel."""
        await _defer_for_manager(interaction)
        await _redraw(interaction, Section.CHANNELS, Selection(_parse_id(self.item.values[0])))


class ChannelModeSelect(
    PanelItem,
    ui.DynamicItem[ui.Select[Any]],
    template=r"settings:mode:(?P<channel>\d{1,20})",
):
    """Select of a channel's mode."""

    section = Section.CHANNELS

    def __init__(self, channel_id: int, mode: ChannelMode | None = None) -> None:
        options = [_build_option(key, option, default=key == mode) for key, option in MODES.items()]
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
        if interaction.guild is None or interaction.guild.get_channel(self.channel_id) is None:
            raise UserError("That channel no longer exists.")
        channels = await storage.channels.load_news_channels(guild_id)
        if self.channel_id not in {channel.channel_id for channel in channels}:
            raise UserError(f"<#{self.channel_id}> gets no news any more, so nothing was changed.")
        mode = ChannelMode(self.item.values[0])
        await storage.channels.set_mode(guild_id, self.channel_id, mode)

    async def show(self, interaction: Interaction) -> None:
        """Show the section, with the channel still selected."""
        await _redraw(interaction, self.section, Selection(self.channel_id))


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
    """Button that opens the form in which a time zone is searched."""

    def __init__(self) -> None:
        super().__init__(ui.Button(label="Search …", custom_id="settings:search-zone"))

    @classmethod
    def read(cls, _item: ui.Item[Any], _match: re.Match[str]) -> Self:
        """Build the button; its custom_id is always the same."""
        return cls()

    async def on_use(self, interaction: Interaction) -> None:
        """Open the form."""
        require_manager(interaction)
        await interaction.response.send_modal(TimeZoneSearch())


class TimeZoneSearch(ErrorHandlingModal):
    """The form for a part of a time zone's name."""

    def __init__(self) -> None:
        super().__init__(title="Search a time zone")
        self._input = ui.TextInput[Any](max_length=64, placeholder="Berlin")
        self.add_item(
            ui.Label(
                text="City or name",
                description="For example New York, Europe/Berlin or UTC; a part of it is enough",
                component=self._input,
            )
        )

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Store the time zone that was found; if there are several, let the manager choose."""
        await _defer_for_manager(interaction)
        text = self._input.value
        found = await asyncio.to_thread(search_time_zones, text)
        if len(found) > 1:
            note = describe_found_zones(text, len(found))
            await _redraw(interaction, Section.TIME_ZONE, Selection(zones=found, note=note))
            return
        await set_time_zone(interaction, text)
        await _redraw(interaction, Section.TIME_ZONE)


class RoleSelect(
    PanelItem,
    ui.DynamicItem[ui.RoleSelect[Any]],
    template=rf"settings:role:(?P<criterion>{'|'.join(RoleCriterion)})",
):
    """Select of the role that members get for a rank, or of none."""

    section = Section.ROLES

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

    async def ask(self, interaction: Interaction) -> ui.LayoutView | None:
        """Ask before a role is removed, or replaced where members got it.

        Raises `UserError` for a role that may not be given.
        """
        new_id = _require_assignable(interaction, self.item.values[0]) if self.item.values else None
        roles, guild_id = (
            get_services(interaction.client).storage.roles,
            require_guild_id(interaction),
        )
        old_id = (await roles.load_roles(guild_id)).get(self.criterion)
        if old_id is None or old_id == new_id:
            return None
        role_sync = get_services(interaction.client).get(RoleSyncService)
        losing = await role_sync.count_losing(guild_id, self.criterion)
        if new_id is not None and not losing:
            return None
        buttons: list[Item] = [
            RoleRemovalButton(self.criterion, old_id, new_id),
            SectionButton(self.section, "Keep the role"),
        ]
        return role_removal_view(self.criterion, old_id, new_id, losing, buttons)

    async def change(self, interaction: Interaction) -> None:
        """Store the selected role, if any."""
        if self.item.values:
            roles = get_services(interaction.client).storage.roles
            role_id = self.item.values[0].id
            await roles.set_role(require_guild_id(interaction), self.criterion, role_id)
            interaction.client.dispatch("roles_changed")


class RoleRemovalButton(
    PanelItem,
    ui.DynamicItem[ui.Button[Any]],
    template=rf"settings:replace-role:(?P<criterion>{'|'.join(RoleCriterion)})"
    r":(?P<old>\d{1,20}):(?P<new>\d{1,20}|none)",
):
    """Button below the question whether a role is removed or replaced."""

    section = Section.ROLES

    def __init__(self, criterion: RoleCriterion, old_id: int, new_id: int | None) -> None:
        super().__init__(
            ui.Button(
                label="Remove the role" if new_id is None else "Replace the role",
                custom_id=f"settings:replace-role:{criterion}:{old_id}:{new_id or 'none'}",
                style=discord.ButtonStyle.danger,
            )
        )
        self.criterion = criterion
        self.old_id = old_id
        self.new_id = new_id

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the button from its custom_id."""
        new_id = None if match["new"] == "none" else int(match["new"])
        return cls(RoleCriterion(match["criterion"]), int(match["old"]), new_id)

    async def change(self, interaction: Interaction) -> None:
        """Remove or replace the role; raise `UserError` if it is another one now."""
        roles, guild_id = (
            get_services(interaction.client).storage.roles,
            require_guild_id(interaction),
        )
        if self.new_id is not None:
            role = interaction.guild.get_role(self.new_id) if interaction.guild else None
            if role is None:
                raise UserError("That role was deleted.")
            _require_assignable(interaction, role)
        if await roles.replace_role(guild_id, self.criterion, self.old_id, self.new_id):
            interaction.client.dispatch("roles_changed")
        elif (await roles.load_roles(guild_id)).get(self.criterion) != self.new_id:
            raise UserError("Somebody has chosen another role meanwhile. Nothing was changed.")


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
            ui.Button(label=FORMS[section].button, custom_id=f"settings:edit:{section}:{values}")
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
        await change_settings(interaction, **self._parse())
        await _redraw(interaction, self._section)

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


def _require_assignable(interaction: Interaction, role: discord.Role) -> int:
    """Return the id of a role; raises `UserError` if the manager may not choose it."""
    guild, member = interaction.guild, interaction.user
    if guild is None or not isinstance(member, discord.Member):
        raise discord.app_commands.NoPrivateMessage
    problem = explain_problem(guild, member, role)
    if problem is not None:
        raise UserError(problem)
    return role.id


def _find_text_channel(interaction: Interaction, channel_id: int) -> discord.TextChannel:
    channel = interaction.guild.get_channel(channel_id) if interaction.guild else None
    if not isinstance(channel, discord.TextChannel):
        raise UserError("I can't see that channel. Pick one that I can see.")
    return channel


def _build_option(value: str, option: Option, *, default: bool) -> discord.SelectOption:
    return discord.SelectOption(
        label=option.label, value=value, description=option.description, default=default
    )


def _parse_id(text: str) -> int:
    """Parse a Discord id; raises `UserError` for other text."""
    if not re.fullmatch(r"[0-9]{1,20}", text):
        raise UserError(OUTDATED_CONTROL)
    return int(text)


def _show_channel(interaction: Interaction, channel_id: int) -> str:
    """Return a channel's name as Discord shows it."""
    channel = interaction.guild and interaction.guild.get_channel(channel_id)
    return f"#{channel.name}" if channel else "A channel that I cannot see"


def _build_channel_controls(
    interaction: Interaction, channels: Sequence[NewsChannel], selected: int | None
) -> list[list[Item]]:
    """Build the select of channels that get news, and the mode of the selected or only one."""
    if not channels:
        return []
    if len(channels) == 1:
        selected = channels[0].channel_id
    options = [
        discord.SelectOption(
            label=_show_channel(interaction, channel.channel_id)[:MAX_CHOICE_LENGTH],
            value=str(channel.channel_id),
            description=describe_news_channel(channel),
            default=channel.channel_id == selected,
        )
        for channel in channels[:MAX_CHOICES]
    ]
    rows: list[list[Item]] = [[NewsChannelSelect(options)]]
    rows += [
        [ChannelModeSelect(channel.channel_id, channel.mode)]
        for channel in channels
        if channel.channel_id == selected
    ]
    return rows


async def _build_zone_controls(
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


async def _build_controls(
    interaction: Interaction, server: PanelData, section: Section, selection: Selection
) -> list[list[Item]]:
    """Build the controls of a section, in rows."""
    spec, settings = SECTIONS[section], server.settings
    rows: list[list[Item]] = []
    if section is Section.ANNOUNCEMENTS:
        rows.append([ChannelSelect(settings.channel_id)])
    if section is Section.CHANNELS:
        rows += _build_channel_controls(interaction, server.channels, selection.channel_id)
    if section is Section.TIME_ZONE:
        rows += await _build_zone_controls(interaction, settings.time_zone, selection.zones)
    if section is Section.ROLES:
        rows += [[RoleSelect(one, server.roles.get(one))] for one in RoleCriterion]
    rows += [
        [SettingSelect(section, name, settings)]
        for name, select in spec.selects.items()
        if select.is_shown(settings)
    ]
    buttons: list[Item] = [
        ToggleButton(section, name, turns_on=not getattr(settings, name)) for name in spec.toggles
    ]
    if spec.form is not None:
        values = ":".join(str(getattr(settings, name)) for name in spec.form.fields)
        buttons.append(FormButton(section, values))
    buttons += [SectionButton(other, label) for other, label in spec.leads_to.items()]
    if buttons:
        rows.append(buttons)
    return rows


CONTROLS = (
    SectionSelect,
    SectionButton,
    BackButton,
    ToggleButton,
    SettingSelect,
    ChannelSelect,
    NewsChannelSelect,
    ChannelModeSelect,
    TimeZoneSelect,
    TimeZoneSearchButton,
    RoleSelect,
    RoleRemovalButton,
    FormButton,
)
"""The dynamic items to register."""
