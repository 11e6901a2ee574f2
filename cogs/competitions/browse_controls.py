"""The pages of `/competition browse`, and the controls below them."""

from __future__ import annotations

import re
from typing import Any, Self, cast

import discord
from discord import ui

from cogs.competitions.browse_screen import PAGE_SIZE, BrowseData, browse_view
from cogs.competitions.rename_controls import follow_or_offer_rename
from cogs.competitions.search_cache import SearchCache
from cogs.framework.checks import require_manager
from cogs.framework.errors import ErrorHandlingItem
from cogs.framework.layout import Item
from cogs.framework.responses import Interaction, defer, defer_update, respond
from cogs.framework.services import get_services, require_guild_id
from leaderboards.kaggle_ids import parse_competition


async def show_page(interaction: Interaction, words: str, page: int) -> None:
    """Respond with a page of what Kaggle finds for some words, the last one at most."""
    services = get_services(interaction.client)
    found = await services.get(SearchCache).find(words)
    page_count = max(1, -(-len(found) // PAGE_SIZE))
    page = min(page, page_count)
    follows = await services.storage.guilds.load_follows(require_guild_id(interaction))
    data = BrowseData(
        words=words,
        competitions=found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE],
        count=len(found),
        page=page,
        page_count=page_count,
        followed={follow.competition.slug for follow in follows},
        now=services.now(),
    )
    await respond(interaction, browse_view(data, _build_controls(data)))


class PageButton(
    ErrorHandlingItem,
    ui.DynamicItem[ui.Button[Any]],
    template=r"browse:(?P<page>[1-9][0-9]{0,2}):(?P<words>.{0,40})",
):
    """Button that shows another page."""

    def __init__(self, label: str, page: int, words: str, *, disabled: bool = False) -> None:
        super().__init__(
            ui.Button(label=label, custom_id=f"browse:{page}:{words}", disabled=disabled)
        )
        self.page = page
        self.words = words

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the button from its custom_id."""
        return cls("", int(match["page"]), match["words"])

    async def on_use(self, interaction: Interaction) -> None:
        """Show the page."""
        await defer_update(interaction)
        require_manager(interaction)
        await show_page(interaction, self.words, self.page)


class FollowSelect(ErrorHandlingItem, ui.DynamicItem[ui.Select[Any]], template="browse-follow"):
    """Select of a competition to follow."""

    def __init__(self, options: list[discord.SelectOption]) -> None:
        super().__init__(
            ui.Select(
                custom_id="browse-follow", placeholder="Follow one of these …", options=options
            )
        )

    @classmethod
    def read(cls, item: ui.Item[Any], _match: re.Match[str]) -> Self:
        """Build the select from the one in the message."""
        return cls(cast("ui.Select[Any]", item).options)

    async def on_use(self, interaction: Interaction) -> None:
        """Follow the selected competition, as `/competition add` does."""
        await defer(interaction, private=True)
        require_manager(interaction)
        slug = parse_competition(self.item.values[0])
        await follow_or_offer_rename(interaction, slug)


CONTROLS = (PageButton, FollowSelect)
"""The dynamic items to register."""


def _build_controls(data: BrowseData) -> list[list[Item]]:
    rows: list[list[Item]] = []
    slugs = [one.slug for one in data.competitions if one.slug not in data.followed]
    if slugs:
        options = [discord.SelectOption(label=slug[:100], value=slug) for slug in slugs]
        rows.append([FollowSelect(options)])
    page, words = data.page, data.words
    if data.page_count > 1:
        rows.append(
            [
                PageButton("◀", max(page - 1, 1), words, disabled=page == 1),
                PageButton("▶", page + 1, words, disabled=page == data.page_count),
            ]
        )
    return rows
