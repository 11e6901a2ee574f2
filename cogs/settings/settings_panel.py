"""The panel of `/settings`: its sections, the way between them, and the base of their controls.

The custom_ids of the controls, and the message, hold all state.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import discord
from discord import ui

from cogs.channels.target_channels import find_channel_problems, find_channels_without_files
from cogs.framework.checks import require_manager
from cogs.framework.controls import ErrorHandlingItem
from cogs.framework.responses import Interaction, UserError, defer_update, respond
from cogs.framework.services import get_services, require_guild_id
from cogs.framework.texts import no_pictures_text
from cogs.settings.panel_data import PanelData
from cogs.settings.settings_screen import Row, settings_view
from cogs.settings.settings_sections import SECTIONS, Option, Section
from records.feeds import FeedKind
from records.guilds import GuildSettings, NewsChannel
from storage.storage import Storage

_SECTION_ID = "settings:section"
_BACK_PATTERN = (
    rf"settings:back:(?P<shown>{'|'.join(Section)}):(?P<back>overview|{'|'.join(Section)})"
)
_SECTIONS_BY_VALUE = {section.value: section for section in Section}


@dataclass(frozen=True, slots=True)
class Selection:
    """Values that were selected or found within a section, and are not stored."""

    channel_id: int | None = None
    """The channel whose settings are shown."""
    zones: Sequence[str] = ()
    """The time zones that were found; empty before a search."""
    search_result: str = ""
    """The sentence on what a search found; empty before one."""


BuildControls = Callable[[Interaction, PanelData, Section, Selection], Awaitable[list[Row]]]
"""Builds the controls of a section."""


@dataclass(frozen=True, slots=True)
class SettingsPanel:
    """The service that shows the panel.

    The function that builds the controls is handed in: their modules import this one, to show the
    panel anew.
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
        settings = await storage.guilds.load_settings(guild_id)
        channels = await storage.channels.load_news_channels(guild_id)
        data = PanelData(
            settings,
            channels,
            await storage.roles.load_roles(guild_id),
            await storage.channels.load_mode(guild_id, settings.channel_id or 0),
            await _load_feeds(storage, guild_id),
            await storage.channels.load_published(guild_id),
            await load_channel_problems(interaction, settings, channels),
        )
        rows: list[Row] = [[SectionSelect(is_overview=section is None)]]
        if section is not None:
            controls = await self.build_controls(interaction, data, section, selection)
            rows = [*controls, *rows, [BackButton(section, back), SectionButton(None, "Overview")]]
        await respond(interaction, settings_view(data, section, rows, selection.search_result))


async def load_channel_problems(
    interaction: Interaction, settings: GuildSettings, channels: Sequence[NewsChannel]
) -> list[str]:
    """Return why the bot can send no messages, or no pictures, to channels for news."""
    guild = interaction.guild
    if guild is None or not settings.announce:
        return []
    ids = [channel.channel_id for channel in channels]
    problems = await find_channel_problems(guild, ids)
    without_pictures = find_channels_without_files(
        guild, [channel_id for channel_id in ids if channel_id not in problems]
    )
    return [*problems.values(), *map(no_pictures_text, without_pictures)]


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


async def _load_feeds(storage: Storage, guild_id: int) -> dict[int, list[FeedKind]]:
    """Return the kinds of feeds by channel."""
    found: defaultdict[int, list[FeedKind]] = defaultdict(list)
    for feed in await storage.competition_feeds.load_by_guild(guild_id):
        found[feed.channel_id].append(FeedKind.COMPETITION)
    for post_feed in await storage.post_feeds.load_by_guild(guild_id):
        found[post_feed.channel_id].append(FeedKind(post_feed.kind))
    return found


def _find_back(message: discord.Message | None, section: Section | None) -> Section | None:
    """Return the section to which *Back* leads from a section: the one that was shown before.

    The button in the message says which is shown, and to which it leads.
    """
    view = ui.LayoutView.from_message(message) if message else ui.LayoutView()
    for item in view.walk_children():
        match = re.fullmatch(_BACK_PATTERN, getattr(item, "custom_id", None) or "")
        if match is not None:
            shown, back = (_SECTIONS_BY_VALUE.get(match[name]) for name in ("shown", "back"))
            return back if shown == section else shown
    return None


class PanelItem(ErrorHandlingItem):
    """Control that changes what is stored, and draws its section anew.

    It stores the value that its label names, never the opposite of what is stored: of two managers
    who use it at the same time, or with an old panel, each gets what they chose.
    """

    section: Section

    async def on_use(self, interaction: Interaction) -> None:
        """Change what is stored, and show it, also if nothing could be changed.

        `ask` returns the question of a change that takes something away from members.
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

    def __init__(self, *, is_overview: bool = True) -> None:
        options = [
            discord.SelectOption(
                label=spec.title, value=section, description=spec.summary, emoji=spec.emoji
            )
            for section, spec in SECTIONS.items()
        ]
        super().__init__(
            ui.Select(
                custom_id=_SECTION_ID,
                placeholder="Choose what to change" if is_overview else "Go to another section",
                options=options,
            )
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


class BackButton(ErrorHandlingItem, ui.DynamicItem[ui.Button[Any]], template=_BACK_PATTERN):
    """Button that shows the section which was shown before, or else the overview."""

    def __init__(self, shown: Section, back: Section | None) -> None:
        custom_id = f"settings:back:{shown}:{back or 'overview'}"
        super().__init__(ui.Button(label="← Back", custom_id=custom_id))
        self.back = back

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the button from its custom_id."""
        return cls(Section(match["shown"]), _SECTIONS_BY_VALUE.get(match["back"]))

    async def on_use(self, interaction: Interaction) -> None:
        """Show the section; from there, *Back* leads to the overview."""
        await defer_for_manager(interaction)
        await show_panel(interaction, self.back)


async def defer_for_manager(interaction: Interaction) -> None:
    """Defer; raise `MissingPermissions` if the user may no longer use the panel."""
    require_manager(interaction)
    await defer_update(interaction)


def build_option(value: str, option: Option, *, default: bool) -> discord.SelectOption:
    """Return an option of a select, with the line that explains it."""
    return discord.SelectOption(
        label=option.label, value=value, description=option.description, default=default
    )
