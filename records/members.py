"""Members as stored: links, verification codes, role grants, and all data of one of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from leaderboards.members.verification_codes import LIFETIME, VerificationMethod
from leaderboards.news.follower import NewsBaseline
from leaderboards.news.messages import Message
from leaderboards.news.watches import Watch
from records.direct_messages import DirectMessage
from records.teammates import MemberExclusion, MemberNote, MemberSearch


@dataclass(frozen=True, slots=True)
class StoredLink:
    """The link of a server's member to a Kaggle user name."""

    guild_id: int
    user_id: int
    user_name: str
    wants_ping: bool
    """Whether the member asked to be pinged."""
    linked_by: int
    linked_at: datetime
    verification: VerificationMethod | None = None
    """None for a link that is only claimed."""
    verified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class VerificationCode:
    """A code for one member, Kaggle user name and server."""

    guild_id: int
    user_id: int
    user_name: str
    code: str
    issued_at: datetime

    @property
    def expires_at(self) -> datetime:
        """When the code becomes invalid."""
        return self.issued_at + LIFETIME


class GrantState(StrEnum):
    """The state of a role grant."""

    GIVING = "giving"
    """The request to Discord has begun; whether it succeeded is not known."""
    GIVEN = "given"
    MANUAL = "manual"
    """Somebody else gave the role or took it away: the bot leaves it as it is."""
    AWAY = "away"
    """The member has left the server."""


@dataclass(frozen=True, slots=True)
class RoleGrant:
    """State of a role that a member has earned."""

    guild_id: int
    user_id: int
    role_id: int
    state: GrantState
    confirmed_at: datetime
    """When the state was last confirmed."""


NOBODY = 0
"""Replaces the user id of a member whose data was deleted."""


@dataclass(frozen=True, slots=True)
class MemberNewsBaseline:
    """The news baseline of a member's team in a server."""

    guild_id: int
    slug: str
    baseline: NewsBaseline


@dataclass(frozen=True, slots=True)
class MemberNews:
    """The part of an announcement that is about a member."""

    guild_id: int
    channel_id: int
    created_at: datetime
    delivered_at: datetime | None
    """None until it is delivered."""
    message: Message | None
    """None if its form is not known."""


@dataclass(frozen=True, slots=True)
class MemberAction:
    """Something that a member did in a server."""

    guild_id: int
    description: str
    done_at: datetime


@dataclass(frozen=True, slots=True)
class MemberWatch:
    """A watch, with what `/privacy` shows of it besides."""

    watch: Watch
    slug: str | None
    """The competition's; None: all that the server follows."""
    created_at: datetime

    @property
    def guild_id(self) -> int:
        """The server."""
        return self.watch.guild_id


@dataclass(frozen=True, slots=True)
class MemberData:
    """All data stored of one member."""

    user_id: int
    links: tuple[StoredLink, ...]
    news_baselines: tuple[MemberNewsBaseline, ...]
    news: tuple[MemberNews, ...]
    actions: tuple[MemberAction, ...]
    codes: tuple[VerificationCode, ...]
    direct_messages: tuple[DirectMessage, ...]
    grants: tuple[RoleGrant, ...]
    teammate_searches: tuple[MemberSearch, ...]
    teammate_notes: tuple[MemberNote, ...]
    teammate_exclusions: tuple[MemberExclusion, ...]
    watches: tuple[MemberWatch, ...]

    @property
    def decision_count(self) -> int:
        """How many decisions others made about the member in the search for team mates.

        They are kept if the member is forgotten: otherwise that would undo them.
        """
        return len(self.teammate_exclusions) + sum(note.is_refused for note in self.teammate_notes)

    def select_deletable(self) -> MemberData:
        """Return the data without the decisions of others: what is deleted with the member."""
        notes = tuple(note for note in self.teammate_notes if not note.is_refused)
        return replace(self, teammate_notes=notes, teammate_exclusions=())

    @property
    def guild_ids(self) -> set[int]:
        """The servers in which there is any of it."""
        return {
            item.guild_id
            for items in (
                self.links,
                self.news_baselines,
                self.news,
                self.actions,
                self.codes,
                self.direct_messages,
                self.grants,
                self.teammate_searches,
                self.teammate_notes,
                self.teammate_exclusions,
                self.watches,
            )
            for item in items
        }
