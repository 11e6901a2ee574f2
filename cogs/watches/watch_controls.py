"""The list of a member's watches, and the select that removes some."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Self

import discord
from discord import ui

from cogs.framework.controls import ErrorHandlingItem, read_options
from cogs.framework.responses import Interaction, defer_update, respond
from cogs.framework.services import get_services, require_guild_id
from cogs.options.visibility import get_server_visibility
from cogs.watches.watch_screen import WatchesData, watch_choice, watches_view
from leaderboards.news.deadlines import DeadlineKind
from leaderboards.news.watches import WatchKind


async def show_watches(interaction: Interaction, note: str = "") -> None:
    """Respond with what the user watches in the server, and the select that removes some.

    `note` is about the watch that was added.
    """
    guild_id = require_guild_id(interaction)
    storage, visibility = (
        get_services(interaction.client).storage,
        get_server_visibility(interaction),
    )
    follows = await visibility.load_follows()
    given = await storage.deadlines.load_all_given(guild_id)
    watches = await storage.watches.load(guild_id, interaction.user.id)
    has_rival = any(watch.kind is WatchKind.RIVAL for watch in watches)
    team_counts = {}
    if any(watch.kind is WatchKind.RANK for watch in watches):
        for follow in follows:
            info = await storage.boards.find_info(follow.competition.id)
            if info is not None:
                team_counts[follow.competition.id] = info.team_count
    data = WatchesData(
        watches=watches,
        competitions={follow.competition.id: follow.competition for follow in follows},
        is_linked=bool(await visibility.find_user_names(interaction.user.id)),
        paused={follow.competition.id for follow in follows if follow.paused},
        without_deadline={
            follow.competition.id
            for follow in follows
            if follow.competition.deadline is None
            and DeadlineKind.FINAL not in given.get(follow.competition.id, {})
        },
        team_counts=team_counts,
        links=await visibility.load_links_by_user_name() if has_rival else {},
    )
    controls = [WatchRemovalSelect.build(data)] if data.watches else []
    await respond(interaction, watches_view(data, controls, note))


class WatchRemovalSelect(
    ErrorHandlingItem, ui.DynamicItem[ui.Select[Any]], template="watch:remove"
):
    """Select of the watches to remove."""

    def __init__(self, options: Sequence[discord.SelectOption]) -> None:
        super().__init__(
            ui.Select(
                custom_id="watch:remove",
                placeholder="Remove watches …",
                min_values=1,
                max_values=max(len(options), 1),
                options=[*options],
            )
        )

    @classmethod
    def build(cls, data: WatchesData) -> Self:
        """Build the select of all watches of a member."""
        options = []
        for watch in data.watches:
            label, description = watch_choice(watch, data)
            options.append(
                discord.SelectOption(label=label, value=str(watch.id), description=description)
            )
        return cls(options)

    @classmethod
    def read(cls, item: ui.Item[Any], _match: re.Match[str]) -> Self:
        """Build the select from the one in the message."""
        return cls(read_options(item))

    async def on_use(self, interaction: Interaction) -> None:
        """Remove the selected watches, and show those that are left."""
        await defer_update(interaction)
        await get_services(interaction.client).storage.watches.remove(
            require_guild_id(interaction),
            interaction.user.id,
            [int(value) for value in self.item.values if value.isdecimal()],
        )
        await show_watches(interaction)
