"""News as values: what the outbox keeps of one sync until a channel was told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

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
