"""Feeds as stored: which channels are told of new competitions, topics and notebooks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from leaderboards.feeds.competition_filter import CompetitionFilter
from leaderboards.feeds.posts import PostKind

MAX_FEEDS = 10
"""The most channels of one server that have a feed of the same kind."""

DEFAULT_VOTES = {PostKind.TOPIC: 10, PostKind.NOTEBOOK: 20}
"""Votes that a post needs to be announced at once, until a manager sets another number."""

POSTS_AFTER_END = timedelta(days=14)
"""How long after its end a competition's topics and notebooks are read: solutions come then."""


class FeedKind(StrEnum):
    """Kind of feed; those about posts have the values of `PostKind`."""

    COMPETITION = "competition"
    TOPIC = "topic"
    NOTEBOOK = "notebook"


@dataclass(frozen=True, slots=True)
class CompetitionFeed:
    """A channel that is told of new competitions."""

    guild_id: int
    channel_id: int
    filter: CompetitionFilter


@dataclass(frozen=True, slots=True)
class PostFeed:
    """A channel that is told of topics or notebooks of the competitions that its server follows."""

    guild_id: int
    channel_id: int
    kind: PostKind
    min_votes: int
    """Votes that a post needs to be announced at once, if it is not by a host."""


@dataclass(frozen=True, slots=True)
class DuePosts:
    """A competition whose topics or notebooks are to be read now."""

    competition_id: int
    slug: str
    kinds: tuple[PostKind, ...]
    since: datetime
    """The last read, or now if there was none: the newest topics are read back to here."""


@dataclass(frozen=True, slots=True)
class PostRead:
    """Last time that the topics or notebooks of a competition were read."""

    competition_id: int
    kind: PostKind
    read_at: datetime | None
    error: str | None
    """Why the last attempt failed; None if it did not."""
