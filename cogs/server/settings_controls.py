"""The controls of the panel of `/settings`; all that each must know stands in its custom_id."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Self, cast

import discord
from discord import ui

from cogs.framework.channels import require_writable
from cogs.framework.checks import require_manager
from cogs.framework.components import ErrorHandlingItem
from cogs.framework.layout import Item
from cogs.framework.responses import Interaction, UserError, defer_update, respond
from cogs.framework.services import get_services, require_guild_id
from cogs.members.role_rules import problem_with
from cogs.members.roles_screen import NAMES
from cogs.server.settings_forms import FORMS
from cogs.server.settings_screen import (
    MODES,
    NONE,
    ON_OFF,
    OPTIONS,
    TITLES,
    Section,
    SettingsScreen,
    settings_view,
)
from leaderboards.news.channel_mode import ChannelMode
from leaderboards.role_criteria import RoleCriterion
from records.guilds import GuildSettings, SettingsChange

_CHOICES: Mapping[Section, Sequence[str]] = {
    Section.QUIET: ("quiet_from", "quiet_to"),
    Section.DIGESTS: ("weekly_digest_day", "digest_hour"),
}


class SectionSelect(ErrorHandlingItem, ui.DynamicItem[ui.Select[Any]], template="settings:section"):
    """Turns to a section of the panel."""

    def __init__(self, current: Section | None = None) -> None:
        options = [
            discord.SelectOption(
                label=name, value=section, description=what, emoji=sign, default=section == current
            )
            for section, (sign, name, what) in TITLES.items()
        ]
        super().__init__(
            ui.Select(custom_id="settings:section", placeholder="Change something", options=options)
        )

    @classmethod
    def read(cls, _item: ui.Item[Any], _match: re.Match[str]) -> Self:
        """Read the select from what Discord sends back."""
        return cls()

    async def on_use(self, interaction: Interaction) -> None:
        """Show the section."""
        await _begin(interaction)
        await show(interaction, Section(self.item.values[0]))


class Toggle(
    ErrorHandlingItem,
    ui.DynamicItem[ui.Button[Any]],
    template=r"settings:toggle:(?P<section>[a-z]+):(?P<name>[a-z_]+)",
):
    """Turns one setting on or off."""

    def __init__(self, section: Section, name: str, *, on: bool = False) -> None:
        super().__init__(
            ui.Button(
                label=f"{ON_OFF[section][name]}: {'on' if on else 'off'}",
                custom_id=f"settings:toggle:{section}:{name}",
                style=discord.ButtonStyle.success if on else discord.ButtonStyle.secondary,
            )
        )
        self.section = section
        self.name = name

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Read the control from what Discord sends back."""
        return cls(Section(match["section"]), match["name"])

    async def on_use(self, interaction: Interaction) -> None:
        """Turn it."""
        await _begin(interaction)
        settings = await _settings_of(interaction)
        changed = {self.name: not getattr(settings, self.name)}
        await _change(interaction, cast("SettingsChange", changed))
        await show(interaction, self.section)


class Choice(
    ErrorHandlingItem,
    ui.DynamicItem[ui.Select[Any]],
    template=r"settings:choose:(?P<section>[a-z]+):(?P<name>[a-z_]+)",
):
    """Chooses an hour, or a day of the week."""

    def __init__(self, section: Section, name: str, settings: GuildSettings | None = None) -> None:
        chosen = getattr(settings, name, None)
        value = NONE if chosen is None else str(chosen)
        options = [
            discord.SelectOption(label=label, value=key, default=key == value)
            for key, label in OPTIONS[name].items()
        ]
        super().__init__(ui.Select(custom_id=f"settings:choose:{section}:{name}", options=options))
        self.section = section
        self.name = name

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Read the control from what Discord sends back."""
        return cls(Section(match["section"]), match["name"])

    async def on_use(self, interaction: Interaction) -> None:
        """Keep what was chosen."""
        await _begin(interaction)
        chosen = self.item.values[0]
        value = None if chosen == NONE else int(chosen)
        changed = cast("SettingsChange", {self.name: value})
        if self.name in _WHOLE:
            changed = _WHOLE[self.name](await _settings_of(interaction), value)
        await _change(interaction, changed)
        await show(interaction, self.section)


class ChannelChoice(
    ErrorHandlingItem,
    ui.DynamicItem[ui.ChannelSelect[Any]],
    template=r"settings:channel:(?P<section>announcements|channels)",
):
    """Chooses where to announce, or the channel whose mode is to be chosen."""

    def __init__(self, section: Section, channel_id: int | None = None) -> None:
        shown = [] if channel_id is None else [discord.Object(channel_id)]
        super().__init__(
            ui.ChannelSelect(
                custom_id=f"settings:channel:{section}",
                channel_types=[discord.ChannelType.text],
                placeholder="Where to announce"
                if section is Section.ANNOUNCEMENTS
                else "Which channel",
                default_values=shown,
            )
        )
        self.section = section

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Read the select from what Discord sends back."""
        return cls(Section(match["section"]))

    async def on_use(self, interaction: Interaction) -> None:
        """Keep the channel, or show what it is told."""
        await _begin(interaction)
        picked = self.item.values[0]
        channel = interaction.guild.get_channel(picked.id) if interaction.guild else None
        if not isinstance(channel, discord.TextChannel):
            raise UserError("I cannot see that channel. Pick one that I can see.")
        if self.section is Section.ANNOUNCEMENTS:
            require_writable(channel)
            await _change(interaction, {"channel_id": channel.id})
        await show(interaction, self.section, channel.id)


class RoleChoice(
    ErrorHandlingItem,
    ui.DynamicItem[ui.RoleSelect[Any]],
    template=r"settings:role:(?P<reward>first|gold|silver|bronze|top1|top10)",
):
    """Chooses which role is given for a rank, or none."""

    def __init__(self, reward: RoleCriterion, role_id: int | None = None) -> None:
        kind = discord.SelectDefaultValueType.role
        chosen = [] if role_id is None else [discord.SelectDefaultValue(id=role_id, type=kind)]
        super().__init__(
            ui.RoleSelect(
                custom_id=f"settings:role:{reward}",
                placeholder=NAMES[reward],
                min_values=0,
                default_values=chosen,
            )
        )
        self.reward = reward

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Read the select from what Discord sends back."""
        return cls(RoleCriterion(match["reward"]))

    async def on_use(self, interaction: Interaction) -> None:
        """Give the role from now on, or none."""
        await _begin(interaction)
        roles, guild = get_services(interaction.client).storage.roles, interaction.guild
        guild_id = require_guild_id(interaction)
        if not self.item.values:
            await roles.remove(guild_id, self.reward)
        elif guild is not None and isinstance(interaction.user, discord.Member):
            (role,) = self.item.values
            problem = problem_with(guild, interaction.user, role)
            if problem is not None:
                raise UserError(problem)
            await roles.set(guild_id, self.reward, role.id)
        interaction.client.dispatch("outbox_filled")
        await show(interaction, Section.ROLES)


class ModeChoice(
    ErrorHandlingItem,
    ui.DynamicItem[ui.Select[Any]],
    template=r"settings:mode:(?P<channel>\d{1,20})",
):
    """Chooses what a channel is told."""

    def __init__(self, channel_id: int, mode: ChannelMode = ChannelMode.EVERYTHING) -> None:
        options = [
            discord.SelectOption(label=label, value=key, default=key == mode)
            for key, label in MODES.items()
        ]
        super().__init__(ui.Select(custom_id=f"settings:mode:{channel_id}", options=options))
        self.channel_id = channel_id

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Read the select from what Discord sends back."""
        return cls(int(match["channel"]))

    async def on_use(self, interaction: Interaction) -> None:
        """Keep the mode."""
        await _begin(interaction)
        guild_id = require_guild_id(interaction)
        if interaction.guild is None or interaction.guild.get_channel(self.channel_id) is None:
            raise UserError("That channel is gone.")
        storage = get_services(interaction.client).storage
        mode = ChannelMode(self.item.values[0])
        await storage.channels.set_mode(guild_id, self.channel_id, mode)
        await show(interaction, Section.CHANNELS, self.channel_id)


class EditButton(
    ErrorHandlingItem,
    ui.DynamicItem[ui.Button[Any]],
    template=r"settings:edit:(?P<section>[a-z]+)(?::(?P<shown>.{1,64}))?",
):
    """Opens the form for what has to be typed, which shows what the panel does."""

    def __init__(self, section: Section, shown: str) -> None:
        super().__init__(
            ui.Button(
                label=f"{FORMS[section].name} …", custom_id=f"settings:edit:{section}:{shown}"
            )
        )
        self.section = section
        self.shown = shown

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Read the button from what Discord sends back."""
        # Buttons of earlier versions do not say what is set: their form opens empty.
        return cls(Section(match["section"]), match["shown"] or "")

    async def on_use(self, interaction: Interaction) -> None:
        """Show the form."""
        require_manager(interaction)
        await interaction.response.send_modal(FORMS[self.section](self._keep, self.shown))

    async def _keep(self, interaction: Interaction, changed: SettingsChange) -> None:
        await _change(interaction, changed)
        await show(interaction, self.section)


async def _begin(interaction: Interaction) -> None:
    """Let only managers through, also below a panel that was opened when they still were."""
    require_manager(interaction)
    await defer_update(interaction)


async def _settings_of(interaction: Interaction) -> GuildSettings:
    storage = get_services(interaction.client).storage
    return await storage.guilds.settings(require_guild_id(interaction))


async def _change(interaction: Interaction, changed: SettingsChange) -> None:
    storage = get_services(interaction.client).storage
    await storage.guilds.change(require_guild_id(interaction), **changed)
    interaction.client.dispatch("outbox_filled")  # What waited may have moved or be told now.


async def show(
    interaction: Interaction, section: Section | None, channel_id: int | None = None
) -> None:
    """Show a section of the panel as it is set now; None shows everything."""
    guild_id = require_guild_id(interaction)
    storage = get_services(interaction.client).storage
    screen = SettingsScreen(
        await storage.guilds.settings(guild_id),
        await storage.channels.modes(guild_id),
        await storage.roles.rewards(guild_id),
        section,
        channel_id if section is Section.CHANNELS else None,
    )
    await respond(interaction, settings_view(screen, _rows(screen)))


def _rows(screen: SettingsScreen) -> list[list[Item]]:
    section, settings = screen.section, screen.settings
    if section is None:
        return [[SectionSelect()]]
    rows: list[list[Item]] = []
    if section is Section.ANNOUNCEMENTS:
        rows.append([ChannelChoice(section, settings.channel_id)])
    if section is Section.CHANNELS:
        rows.append([ChannelChoice(section, screen.channel_id)])
        if screen.channel_id is not None:
            mode = screen.modes.get(screen.channel_id, ChannelMode.EVERYTHING)
            rows.append([ModeChoice(screen.channel_id, mode)])
    if section is Section.ROLES:
        rows += [[RoleChoice(reward, screen.roles.get(reward))] for reward in RoleCriterion]
    rows += [[Choice(section, name, settings)] for name in _choices(section, settings)]
    buttons: list[Item] = [
        Toggle(section, name, on=getattr(settings, name)) for name in ON_OFF.get(section, {})
    ]
    if section in FORMS:
        buttons.append(EditButton(section, FORMS[section].shown(settings)))
    return [*rows, *([buttons] if buttons else []), [SectionSelect(section)]]


def _choices(section: Section, settings: GuildSettings) -> Sequence[str]:
    names = _CHOICES.get(section, ())
    return names[:1] if section is Section.QUIET and settings.quiet_from is None else names


_NIGHT = 8
"""Hours that are quiet when only their beginning was chosen."""


def _quiet_from(settings: GuildSettings, start: int | None) -> SettingsChange:
    end = settings.quiet_to
    if start is None:
        end = None
    elif end in {None, start}:
        end = (start + _NIGHT) % 24
    return {"quiet_from": start, "quiet_to": end}


def _quiet_to(settings: GuildSettings, end: int | None) -> SettingsChange:
    if end == settings.quiet_from:
        raise UserError("Quiet hours cannot end in the hour in which they begin.")
    return {"quiet_to": end}


_WHOLE = {"quiet_from": _quiet_from, "quiet_to": _quiet_to}
"""How quiet hours are kept whole: with a beginning and another hour as their end, or not at all."""


CONTROLS = (SectionSelect, Toggle, Choice, ChannelChoice, RoleChoice, ModeChoice, EditButton)
"""All of them, for the bot to know."""
