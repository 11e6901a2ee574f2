"""What is worth telling a Discord server about one sync."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import TypeAdapter

from leaderboards.medals import Zone


class Reason(StrEnum):
    """Why a team is in the news, the more important first."""

    LEADER = "leader"
    ZONE = "zone"
    FIRST = "first"
    BEST = "best"
    PASSED = "passed"
    FALL = "fall"


@dataclass(frozen=True, slots=True)
class Link:
    """A Discord member and the Kaggle user name that they linked."""

    user_id: int
    user_name: str
    mention: bool
    """Whether this member asked to be pinged."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a server was last told of a team: the point from which news counts."""

    team_id: int
    rank: int
    best_score: float
    zone: Zone | None
    zone_told_at: datetime | None


@dataclass(frozen=True, slots=True)
class Follower:
    """A server that follows a competition, with all that decides what it is told."""

    guild_id: int
    channel_id: int | None
    """Where this competition is announced; None where no channel was chosen."""
    announce: bool
    smallest_rise: int
    """Places that a new best score must gain to be told."""
    smallest_fall: int
    """Places that a member must fall, since they were last told of, to be told."""
    mention: bool
    """Whether the server's managers allow pings at all."""
    leader_team_id: int | None
    leader_told_at: datetime | None
    links: tuple[Link, ...]
    told: dict[int, Told]
    """By team id."""


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
    zone: Zone | None
    zone_before: Zone | None
    passed: tuple[Passed, ...]


@dataclass(frozen=True, slots=True)
class NewsMessage:
    """All news of one sync for one channel; becomes one Discord message."""

    slug: str
    taken_at: datetime
    team_count: int
    items: tuple[Item, ...]
    more: int
    """How many further teams had news that did not fit."""
    type: Literal["news"] = "news"


@dataclass(frozen=True, slots=True)
class FollowedMessage:
    """Tells a channel that a competition is followed from now on."""

    slug: str
    team_count: int
    members_on_board: int
    type: Literal["followed"] = "followed"


Message = NewsMessage | FollowedMessage
_MESSAGE: TypeAdapter[Message] = TypeAdapter(Message)


def message_to_json(message: Message) -> str:
    """Write a message as the outbox keeps it."""
    return _MESSAGE.dump_json(message).decode()


def message_from_json(text: str) -> Message:
    """Read a message that the outbox kept."""
    return _MESSAGE.validate_json(text)


@dataclass(frozen=True, slots=True)
class Telling:
    """What one follower is told, and what it then knows."""

    message: NewsMessage | None
    told: tuple[Told, ...]
    """Only those that changed or are new."""
    leader_team_id: int | None
    leader_told_at: datetime | None
