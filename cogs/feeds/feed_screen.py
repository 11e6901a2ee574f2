"""The screen of `/feed competitions`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from discord import ui

from cogs.announcements.screens.new_competitions_screen import CATEGORY_NAMES
from cogs.framework import format as fmt
from cogs.framework.escape import escape
from cogs.framework.layout import Item, card
from leaderboards.feeds.competition_filter import CATEGORY_ORDER
from records.feeds import MAX_FEEDS, CompetitionFeed

FEED_GONE_TEXT = (
    "New competitions are no longer posted in that channel: use `/feed competitions` again."
)
NO_WORDS_TEXT = (
    "`words` has no words. Give some, such as LLM, vision; or - for all new competitions of the"
    " categories."
)
TOO_MANY_FEEDS_TEXT = (
    f"New competitions are posted in {MAX_FEEDS} channels of this server: more are not possible."
    " Turn one off with `/feed competitions enabled: False`."
)


@dataclass(frozen=True, slots=True)
class FeedData:
    """A feed, and what its server has set."""

    feed: CompetitionFeed
    announce: bool
    """Whether anything is announced in the server."""
    other_channel_ids: Sequence[int]
    """Other channels of the server that have such a feed."""


def feed_view(data: FeedData, controls: Sequence[Item]) -> ui.LayoutView:
    """Build the card of a feed with the select of its categories."""
    chosen = data.feed.filter
    names = [CATEGORY_NAMES[one] for one in CATEGORY_ORDER if one in chosen.categories]
    lines = [f"Categories: **{', '.join(names)}**"]
    if chosen.words:
        words = fmt.join_some([escape(word, 20) for word in chosen.words], len(chosen.words))
        lines.append(f"Only with one of these words in the title or the slug: **{words}**")
    lines.append(also_posted_text(data.other_channel_ids))
    lines.append(
        "-# I ask Kaggle about once an hour, and post each new competition once. What was there"
        " before is not announced."
    )
    if not data.announce:
        lines.append("⚠️ Announcements are off, so nothing is posted: turn them on in `/settings`.")
    head = f"### 🆕 New competitions are posted in <#{data.feed.channel_id}>"
    return card(head, "\n".join(filter(None, lines)), buttons=[controls])


def also_posted_text(other_channel_ids: Sequence[int]) -> str:
    """Return which other channels keep their feeds; empty if there are none."""
    if not other_channel_ids:
        return ""
    return f"They are also posted in {', '.join(f'<#{id_}>' for id_ in other_channel_ids)}."


def feed_removed_text(channel_id: int) -> str:
    """Return that the feed of a channel is removed."""
    return f"New competitions are no longer posted in <#{channel_id}>."


def no_feed_text(channel_id: int) -> str:
    """Return that a channel has no feed that could be turned off."""
    return f"New competitions are not posted in <#{channel_id}>."
