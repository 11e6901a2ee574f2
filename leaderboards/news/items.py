"""News as values: what the outbox keeps of one sync until a channel was told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal

from leaderboards.medals import MedalZone
from leaderboards.news.channel_mode import ChannelMode
from leaderboards.news.milestones import Milestone

MOST_ITEMS = 12
"""How many teams one message tells of; fits Discord's 4,000 characters with the longest names."""

_WORSE = (MedalZone.GOLD, MedalZone.SILVER, MedalZone.BRONZE, None)


class Reason(StrEnum):
    """Why a team is in the news, the more important first."""

    LEADER = "leader"
    ZONE = "zone"
    FIRST = "first"
    BEST = "best"
    MILESTONE = "milestone"
    PASSED = "passed"
    FALL = "fall"


@dataclass(frozen=True, slots=True)
class Passed:
    """Another linked member's team that was passed."""

    user_ids: tuple[int, ...]
    team_name: str
    rank: int


@dataclass(frozen=True, slots=True)
class Item:
    """One team's news, all its reasons together."""

    reasons: tuple[Reason, ...]
    team_id: int
    team_name: str
    user_ids: tuple[int, ...]
    """Linked members of this server in the team; empty for a leader who is no member."""
    mention_ids: tuple[int, ...]
    """Those among them who are pinged."""
    rank: int
    rank_before: int | None
    score_text: str
    score_text_before: str | None
    medal_zone: MedalZone | None
    medal_zone_before: MedalZone | None
    passed: tuple[Passed, ...]
    milestones: tuple[Milestone, ...] = ()
    """What the team reached for the first time."""


@dataclass(frozen=True, slots=True)
class NewsMessage:
    """All news of one sync for one channel; becomes one Discord message."""

    slug: str
    taken_at: datetime
    team_count: int
    items: tuple[Item, ...]
    more: int
    """How many further teams had news that did not fit."""
    since: datetime | None = None
    """For news of several syncs, summed up: the time of the first of their boards."""
    type: Literal["news"] = "news"


@dataclass(frozen=True, slots=True)
class FollowedMessage:
    """Tells a channel that a competition is followed from now on."""

    slug: str
    team_count: int
    members_on_board: int
    type: Literal["followed"] = "followed"


def entered_zone(item: Item) -> bool:
    """Tell whether a team is in a better medal zone than the one last told."""
    return Reason.ZONE in item.reasons and _WORSE.index(item.medal_zone) < _WORSE.index(
        item.medal_zone_before
    )


def left_zone(item: Item) -> bool:
    """Tell whether a team is in a worse medal zone than the one last told, or in none."""
    return Reason.ZONE in item.reasons and not entered_zone(item)


def is_big(item: Item) -> bool:
    """Tell whether it is big news: the lead, a better medal zone, or one or the top 10 % at last.

    A best rank alone is not: whoever climbs has one again and again.
    """
    return (
        Reason.LEADER in item.reasons
        or entered_zone(item)
        or any(milestone is not Milestone.BEST_RANK for milestone in item.milestones)
    )


def wants(mode: ChannelMode, item: Item) -> bool:
    """Tell whether news reach a channel at once that is told so much."""
    return mode is ChannelMode.EVERYTHING or (mode is ChannelMode.BIG and is_big(item))


def filter_for_mode(mode: ChannelMode, message: NewsMessage) -> NewsMessage | None:
    """Give what of a message reaches a channel that is told so much; None for nothing."""
    items = tuple(item for item in message.items if wants(mode, item))
    if len(items) == len(message.items):
        return message if items else None
    return replace(message, items=items, more=0) if items else None


def most_important(items: Iterable[Item]) -> tuple[tuple[Item, ...], int]:
    """Give the items that one message tells of, in its order, and how many more there are."""
    order = list(Reason)
    ordered = sorted(items, key=lambda item: (order.index(item.reasons[0]), item.rank))
    return tuple(ordered[:MOST_ITEMS]), max(0, len(ordered) - MOST_ITEMS)
