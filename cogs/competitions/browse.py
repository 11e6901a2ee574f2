"""`/competition browse`: what there is on Kaggle, to be followed with a press."""

from __future__ import annotations

import re
from typing import Any, Self

import discord
from discord import app_commands, ui

from cogs.competitions.add import CompetitionAdd, adder_of
from cogs.competitions.browse_screen import PAGE, BrowseScreen, browse_view
from cogs.competitions.search_cache import LONGEST, Searches, searchable
from cogs.framework.checks import require_manager
from cogs.framework.components import ErrorHandlingItem
from cogs.framework.layout import Item
from cogs.framework.responses import Interaction, defer, defer_update, respond
from cogs.framework.services import Services, get_services, require_guild_id
from leaderboards.kaggle_ids import competition_slug


class CompetitionBrowse(CompetitionAdd):
    """Shows what Kaggle finds."""

    async def cog_load(self) -> None:
        """Take up what stands below the pages."""
        await super().cog_load()
        self._bot.add_dynamic_items(PageButton, FollowSelect)

    async def cog_unload(self) -> None:
        """Take that away again."""
        await super().cog_unload()
        self._bot.remove_dynamic_items(PageButton, FollowSelect)

    @app_commands.command()
    @app_commands.describe(words="What to look for; what is hot at present when nothing is given")
    async def browse(
        self, interaction: Interaction, words: app_commands.Range[str, 1, LONGEST] | None = None
    ) -> None:
        """Find competitions on Kaggle, with deadline, teams and reward."""
        await defer(interaction, private=True)
        await _show(interaction, self._services, self.searches, searchable(words or ""), 1)


class PageButton(
    ErrorHandlingItem,
    ui.DynamicItem[ui.Button[Any]],
    template=r"browse:(?P<page>\d{1,3}):(?P<words>.{0,40})",
):
    """A button that turns to a page."""

    def __init__(self, label: str, page: int, words: str, *, off: bool = False) -> None:
        super().__init__(ui.Button(label=label, custom_id=f"browse:{page}:{words}", disabled=off))
        self.page = page
        self.words = words

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Read the button from what Discord sends back."""
        return cls("", int(match["page"]), match["words"])

    async def on_use(self, interaction: Interaction) -> None:
        """Show the page."""
        await defer_update(interaction)
        require_manager(interaction)
        client = interaction.client
        searches = adder_of(client).searches
        await _show(interaction, get_services(client), searches, self.words, self.page)


class FollowSelect(ErrorHandlingItem, ui.DynamicItem[ui.Select[Any]], template="browse-follow"):
    """Follows the competition that a manager chooses."""

    def __init__(self, slugs: list[str] | None = None) -> None:
        options = [discord.SelectOption(label=slug[:100], value=slug) for slug in slugs or ["-"]]
        super().__init__(
            ui.Select(
                custom_id="browse-follow", placeholder="Follow one of these …", options=options
            )
        )

    @classmethod
    def read(cls, _item: ui.Item[Any], _match: re.Match[str]) -> Self:
        """Read the select from what Discord sends back."""
        return cls()

    async def on_use(self, interaction: Interaction) -> None:
        """Follow it, as `/competition add` does."""
        await defer(interaction, private=True)
        require_manager(interaction)
        slug = competition_slug(self.item.values[0])
        await adder_of(interaction.client).follow(interaction, slug, None)


async def _show(
    interaction: Interaction, services: Services, searches: Searches, words: str, page: int
) -> None:
    found = await searches.find(words)
    pages = max(1, -(-len(found) // PAGE))
    page = min(page, pages)
    follows = await services.storage.guilds.follows(require_guild_id(interaction))
    screen = BrowseScreen(
        words=words,
        found=found[(page - 1) * PAGE : page * PAGE],
        count=len(found),
        page=page,
        pages=pages,
        followed={follow.competition.slug for follow in follows},
        now=services.now(),
    )
    await respond(interaction, browse_view(screen, _buttons(screen)))


def _buttons(screen: BrowseScreen) -> list[list[Item]]:
    rows: list[list[Item]] = []
    new = [one.slug for one in screen.found if one.slug not in screen.followed]
    if new:
        rows.append([FollowSelect(new)])
    if screen.pages > 1:
        rows.append(
            [
                PageButton("◀", max(screen.page - 1, 1), screen.words, off=screen.page == 1),
                PageButton("▶", screen.page + 1, screen.words, off=screen.page == screen.pages),
            ]
        )
    return rows
