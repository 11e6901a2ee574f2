"""The screens of `/feed discussion` and `/feed notebooks`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from discord import ui

from cogs.feeds.feed_screen import also_posted_text
from cogs.framework import format as fmt
from cogs.framework.escape import escape_sentence
from cogs.framework.layout import card
from leaderboards.feeds.posts import PostKind
from leaderboards.news.channel_mode import ChannelMode
from records.feeds import MAX_FEEDS, PostFeed
from records.guilds import GuildSettings

TOO_MANY_POST_FEEDS_TEXT = {
    PostKind.TOPIC: (
        f"Topics are posted in {MAX_FEEDS} channels of this server: more are not possible. Turn one"
        " off with `/feed discussion enabled: False`."
    ),
    PostKind.NOTEBOOK: (
        f"Notebooks are posted in {MAX_FEEDS} channels of this server: more are not possible. Turn"
        " one off with `/feed notebooks enabled: False`."
    ),
}


@dataclass(frozen=True, slots=True)
class PostFeedData:
    """A feed, and what else decides about it."""

    feed: PostFeed
    has_follows: bool
    """Whether the server follows any competition."""
    settings: GuildSettings
    mode: ChannelMode
    """What is announced in the channel."""
    error: str | None
    """Why nothing is read at present; None if it is."""
    other_channel_ids: Sequence[int]
    """Other channels of the server that have a feed of the same kind."""


def post_feed_view(data: PostFeedData) -> ui.LayoutView:
    """Build the card of a feed."""
    feed, settings = data.feed, data.settings
    channel, votes = f"<#{feed.channel_id}>", fmt.plural(feed.min_votes, "vote")
    if feed.kind is PostKind.TOPIC:
        head = f"### 💬 Topics of the followed competitions are posted in {channel}"
        lines = [f"At once: what hosts post, and topics with **{votes}** or more."]
    else:
        head = f"### 📓 Notebooks of the followed competitions are posted in {channel}"
        lines = [f"At once: what hosts publish, and notebooks with **{votes}** or more."]
    lines.append(also_posted_text(data.other_channel_ids))
    if settings.daily_digest or settings.weekly_digest_day is not None:
        lines.append("The digests list the others.")
    else:
        lines.append("The digests list the others, but none is turned on: see `/settings`.")
    lines.append(
        "-# I ask Kaggle about once an hour. What was there before is announced only if it reaches"
        " the votes later, and nothing is announced twice."
    )
    if not data.has_follows:
        lines.append("⚠️ This server follows no competition yet: use `/competition add`.")
    if not settings.announce:
        lines.append("⚠️ Announcements are off, so nothing is posted: turn them on in `/settings`.")
    elif data.mode is ChannelMode.DIGEST:
        lines.append(f"⚠️ {channel} gets digests only, so nothing is posted there at once.")
    if data.error is not None:
        lines.append(f"⚠️ {escape_sentence(data.error, 300)}")
    return card(head, "\n".join(filter(None, lines)))


def post_feed_removed_text(feed: PostFeed) -> str:
    """Return that the feed of a channel is removed."""
    if feed.kind is PostKind.TOPIC:
        return f"Topics are no longer posted in <#{feed.channel_id}>."
    return f"Notebooks are no longer posted in <#{feed.channel_id}>."


def no_post_feed_text(feed: PostFeed) -> str:
    """Return that a channel has no feed that could be turned off."""
    if feed.kind is PostKind.TOPIC:
        return f"Topics are not posted in <#{feed.channel_id}>."
    return f"Notebooks are not posted in <#{feed.channel_id}>."
