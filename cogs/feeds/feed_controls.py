"""The select of `/feed competitions`, and the button *Follow* of what it announces."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, Self

import discord
from discord import ui

from cogs.announcements.screens.new_competitions_screen import CATEGORY_NAMES, follow_custom_id
from cogs.competitions.rename_controls import follow_or_offer_rename
from cogs.feeds.feed_screen import FEED_GONE_TEXT, FeedData, feed_view
from cogs.framework.checks import require_manager
from cogs.framework.controls import ErrorHandlingItem, read_options
from cogs.framework.responses import Interaction, UserError, defer, defer_update, respond
from cogs.framework.services import get_services, require_guild_id
from cogs.framework.texts import OUTDATED_CONTROL_TEXT
from leaderboards.feeds.competition_filter import CATEGORY_ORDER, FeedCategory
from leaderboards.kaggle_ids import parse_competition
from records.feeds import CompetitionFeed


async def show_feed(interaction: Interaction, feed: CompetitionFeed) -> None:
    """Respond with a feed and the select of its categories."""
    storage = get_services(interaction.client).storage
    settings = await storage.guilds.load_settings(feed.guild_id)
    others = [
        one.channel_id
        for one in await storage.competition_feeds.load_by_guild(feed.guild_id)
        if one.channel_id != feed.channel_id
    ]
    select = CategorySelect.build(feed.channel_id, feed.filter.categories)
    await respond(interaction, feed_view(FeedData(feed, settings.announce, others), [select]))


class CategorySelect(
    ErrorHandlingItem, ui.DynamicItem[ui.Select[Any]], template=r"feed-categories:(?P<id>\d{1,20})"
):
    """Select of the categories of which a channel is told."""

    def __init__(self, channel_id: int, options: list[discord.SelectOption]) -> None:
        super().__init__(
            ui.Select(
                custom_id=f"feed-categories:{channel_id}",
                placeholder="Which categories …",
                min_values=1,
                max_values=max(len(options), 1),
                options=options,
            )
        )
        self.channel_id = channel_id

    @classmethod
    def build(cls, channel_id: int, chosen: Collection[FeedCategory]) -> Self:
        """Build the select with the chosen categories marked."""
        options = [
            discord.SelectOption(label=CATEGORY_NAMES[one], value=one, default=one in chosen)
            for one in CATEGORY_ORDER
        ]
        return cls(channel_id, options)

    @classmethod
    def read(cls, item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the select from the one in the message."""
        return cls(int(match["id"]), read_options(item))

    async def on_use(self, interaction: Interaction) -> None:
        """Store the selected categories."""
        await defer_update(interaction)
        require_manager(interaction)
        feeds = get_services(interaction.client).storage.competition_feeds
        guild_id = require_guild_id(interaction)
        known = {category.value: category for category in FeedCategory}
        chosen = frozenset(known[value] for value in self.item.values if value in known)
        if not chosen:
            raise UserError(OUTDATED_CONTROL_TEXT)
        feed = await feeds.change_categories(guild_id, self.channel_id, chosen)
        if feed is None:
            raise UserError(FEED_GONE_TEXT)
        await show_feed(interaction, feed)


class FollowNewButton(
    ErrorHandlingItem,
    ui.DynamicItem[ui.Button[Any]],
    template=r"feed-follow:(?P<slug>[a-z0-9][a-z0-9-]*)",
):
    """Button below a new competition with which managers follow it."""

    def __init__(self, slug: str) -> None:
        super().__init__(ui.Button(label="Follow", custom_id=follow_custom_id(slug)))
        self.slug = slug

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the button from its custom_id."""
        return cls(match["slug"])

    async def on_use(self, interaction: Interaction) -> None:
        """Follow the competition, as `/competition add` does."""
        await defer(interaction, private=True)
        require_manager(interaction)
        await follow_or_offer_rename(interaction, parse_competition(self.slug))


DYNAMIC_ITEMS = (CategorySelect, FollowNewButton)
"""The dynamic items to register."""
