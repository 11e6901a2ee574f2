"""The pages of `/competition browse`, and the controls below them."""

from __future__ import annotations

import re
from typing import Any, Self

import discord
from discord import ui

from cogs.competitions.browse_screen import BrowseData, browse_view, select_browse_page
from cogs.competitions.rename_controls import follow_or_offer_rename
from cogs.competitions.search_cache import SearchCache
from cogs.framework import format as fmt
from cogs.framework.checks import require_manager
from cogs.framework.controls import ErrorHandlingItem, read_options
from cogs.framework.layout import Item
from cogs.framework.pages import PageButton, build_page_template
from cogs.framework.responses import Interaction, defer, defer_update, respond
from cogs.framework.services import get_services, require_guild_id
from leaderboards.kaggle_ids import parse_competition


async def show_page(interaction: Interaction, words: str, number: int) -> None:
    """Respond with a page of what Kaggle finds for some words, the last one at most."""
    services = get_services(interaction.client)
    found = await services.get(SearchCache).find(words)
    follows = await services.storage.guilds.load_follows(require_guild_id(interaction))
    followed = {follow.competition.slug for follow in follows}
    data = BrowseData(words, found, followed, services.now())
    page = select_browse_page(data, number)
    options = [
        discord.SelectOption(label=fmt.competition_choice(one.slug, one.title), value=one.slug)
        for one in page.items
        if one.slug not in followed
    ]
    rows: list[list[Item]] = [[FollowSelect(options)]] if options else []
    rows += BrowsePageButton.build_rows(page, words)
    await respond(interaction, browse_view(data, page, rows))


class BrowsePageButton(PageButton, template=build_page_template("browse")):
    """Button that shows another page; its argument is the words of the search."""

    list_name = "browse"

    async def on_use(self, interaction: Interaction) -> None:
        """Show the page."""
        await defer_update(interaction)
        require_manager(interaction)
        await show_page(interaction, self.argument, self.number)


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
        return cls(read_options(item))

    async def on_use(self, interaction: Interaction) -> None:
        """Follow the selected competition, as `/competition add` does."""
        await defer(interaction, private=True)
        require_manager(interaction)
        slug = parse_competition(self.item.values[0])
        await follow_or_offer_rename(interaction, slug)
