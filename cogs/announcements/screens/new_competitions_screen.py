"""The announcement of new competitions on Kaggle."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from cogs.framework import format as fmt
from cogs.framework.escape import escape
from cogs.framework.layout import MAX_CUSTOM_ID_LENGTH, Item, card
from cogs.framework.texts import DEADLINE_LABELS
from leaderboards.feeds.competition_filter import FeedCategory
from leaderboards.kaggle_ids import competition_address
from leaderboards.news.deadlines import DeadlineKind
from leaderboards.news.new_competitions import NewCompetition, NewCompetitionsMessage

CATEGORY_NAMES = {
    FeedCategory.FEATURED: "Featured",
    FeedCategory.RESEARCH: "Research",
    FeedCategory.SIMULATIONS: "Simulations",
    FeedCategory.HACKATHONS: "Hackathons",
    FeedCategory.PLAYGROUND: "Playground",
    FeedCategory.GETTING_STARTED: "Getting Started",
    FeedCategory.OTHER: "Other",
    FeedCategory.COMMUNITY: "Community",
}

_MEDALS = {True: "🏅 medals and points", False: "no medals", None: ""}


def follow_custom_id(slug: str) -> str:
    """Return the custom_id of `FollowNewButton` in `cogs/feeds/feed_controls.py`."""
    return f"feed-follow:{slug}"


def new_competitions_view(row_id: int, message: NewCompetitionsMessage) -> ui.LayoutView:
    """Build the announcement: each competition with its facts and two buttons."""
    count = len(message.competitions) + message.more
    head = "### 🆕 New competition on Kaggle"
    if count > 1:
        head = f"### 🆕 {fmt.number(count)} new competitions on Kaggle"
    parts: list[str | Item] = [head]
    for competition in message.competitions:
        parts += [_describe(competition), ui.ActionRow(*_build_buttons(competition))]
    if message.more:
        parts.append(
            f"-# {fmt.plural(message.more, 'further one is', 'further ones are')} not shown here:"
            " [Kaggle lists them](https://www.kaggle.com/competitions)."
        )
    return card(*parts, id=row_id)


def _describe(competition: NewCompetition) -> str:
    name = fmt.competition_name(competition.slug, competition.title)
    facts = [
        CATEGORY_NAMES[competition.category],
        escape(competition.prize, 40) if competition.prize else "",
        _MEDALS[competition.awards_medals],
    ]
    metric = f"metric: {escape(competition.metric, 60)}" if competition.metric else ""
    deadlines = {
        DeadlineKind.ENTRY: competition.entry_deadline,
        DeadlineKind.MERGER: competition.merger_deadline,
    }
    dates = [
        f"{DEADLINE_LABELS[kind]}: {fmt.date(at)}"
        for kind, at in deadlines.items()
        if at is not None and at != competition.deadline
    ]
    if competition.deadline is not None:
        at = competition.deadline
        label = DEADLINE_LABELS[DeadlineKind.FINAL]
        dates.insert(0, f"{label}: {fmt.date(at)}, {fmt.when(at)}")
    lines = [fmt.join_dotted(facts), metric, *dates]
    address = competition_address(competition.slug)
    return "\n".join([f"**[{name}]({address})**", *(f"-# {line}" for line in lines if line)])


def _build_buttons(competition: NewCompetition) -> list[Item]:
    link = ui.Button[Any](label="Open", url=competition_address(competition.slug))
    custom_id = follow_custom_id(competition.slug)
    if len(custom_id) > MAX_CUSTOM_ID_LENGTH:
        return [link]  # It can be followed with `/competition add` only.
    follow = ui.Button[Any](label="Follow", custom_id=custom_id, style=discord.ButtonStyle.primary)
    return [follow, link]
