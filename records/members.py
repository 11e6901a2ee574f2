"""Members, as the database keeps them: links, verification codes, direct messages, roles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from leaderboards.news.messages import Message
from leaderboards.news.rules import LastAnnounced
from leaderboards.verification_codes import LIFETIME, VerificationMethod


@dataclass(frozen=True, slots=True)
class StoredLink:
    """A member of a server and their Kaggle user name."""

    guild_id: int
    user_id: int
    user_name: str
    mention: bool
    """Whether this member asked to be pinged."""
    linked_by: int
    linked_at: datetime
    verification: VerificationMethod | None = None
    """None for what the member only says."""
    verified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class VerificationCode:
    """A code that waits to turn up on Kaggle, good for one member, name and server."""

    guild_id: int
    user_id: int
    user_name: str
    code: str
    issued_at: datetime

    @property
    def expires_at(self) -> datetime:
        """When it is good for nothing any more."""
        return self.issued_at + LIFETIME


class LinkEvent(StrEnum):
    """What happened to a link."""

    VERIFIED = "proven"
    DISPLACED = "displaced"
    """Another member proved that the name is theirs."""


@dataclass(frozen=True, slots=True)
class DirectMessage:
    """What a member is to be told once, in private."""

    id: int
    guild_id: int
    user_id: int
    event: LinkEvent
    user_name: str
    created_at: datetime
    attempted: bool
    """Whether it may have reached its member already."""


class GrantState(StrEnum):
    """How far a role has come to a member."""

    GIVING = "giving"
    """Perhaps not given yet: the bot may have ended while it was giving."""
    GIVEN = "given"
    HAD = "had"
    """Somebody else gave it, or took it away by hand: it is not the bot's to change."""
    AWAY = "away"
    """The member has left the server."""


@dataclass(frozen=True, slots=True)
class RoleGrant:
    """A role that a member has earned."""

    guild_id: int
    user_id: int
    role_id: int
    state: GrantState
    since: datetime
    """When that was last known to be so."""


NOBODY = 0
"""Stands where a member did something and has asked to be forgotten."""


@dataclass(frozen=True, slots=True)
class AnnouncedRank:
    """What a server was last told of a member's team."""

    guild_id: int
    slug: str
    told: LastAnnounced


@dataclass(frozen=True, slots=True)
class MemberNews:
    """What a message says of a member."""

    guild_id: int
    channel_id: int
    created_at: datetime
    delivered_at: datetime | None
    """None while it waits."""
    message: Message


@dataclass(frozen=True, slots=True)
class MemberAction:
    """Something that a member did for a server."""

    guild_id: int
    what: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MemberData:
    """All that is kept of one member."""

    user_id: int
    links: tuple[StoredLink, ...]
    told: tuple[AnnouncedRank, ...]
    news: tuple[MemberNews, ...]
    deeds: tuple[MemberAction, ...]
    codes: tuple[VerificationCode, ...]
    notes: tuple[DirectMessage, ...]
    grants: tuple[RoleGrant, ...]

    @property
    def guild_ids(self) -> set[int]:
        """The servers of which something is kept."""
        return {
            kept.guild_id
            for part in (
                self.links,
                self.told,
                self.news,
                self.deeds,
                self.codes,
                self.notes,
                self.grants,
            )
            for kept in part
        }
