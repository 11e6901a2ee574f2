"""Searches for team mates and the notes between members who search, as the database keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

from leaderboards.members.rank_group import RankGroup

MAX_SENTENCE_LENGTH = 200
MAX_LANGUAGES_LENGTH = 60
MAX_OPEN_NOTES = 5
"""Notes of a member in one server that wait for an answer at a time."""
NOTE_LIFETIME = timedelta(days=14)
"""How long an unanswered note counts towards `MAX_OPEN_NOTES`; it can be agreed to later, too."""


class SearchEnd(StrEnum):
    """Reason why a member cannot look for team mates, or not any more."""

    MERGERS_CLOSED = "mergers closed"
    """The team merger deadline has passed, or the competition is over."""
    NOT_ON_BOARD = "not on the board"
    """Also without a link that counts."""
    TEAM_FULL = "team full"
    EXCLUDED = "excluded"
    """A manager has excluded the member from the team search of the server."""


@dataclass(frozen=True, slots=True)
class TeammateProfile:
    """Description of themselves that a member gives while they look for team mates."""

    sentence: str
    languages: str = ""
    """As they were typed; empty if nothing was."""
    time_zone: str | None = None
    """A name of the tz database."""


@dataclass(frozen=True, slots=True)
class TeammateSearch:
    """A member's search for team mates in one competition."""

    id: int
    guild_id: int
    user_id: int
    competition_id: int
    profile: TeammateProfile
    takes_notes: bool
    """Whether others see it and can send a note."""
    created_at: datetime


@dataclass(frozen=True, slots=True)
class OpenSearch:
    """A search that has not ended, with the member's team as the board has it now."""

    search: TeammateSearch
    user_name: str
    verified: bool
    """Whether the member's link is verified."""
    team_id: int
    rank: int
    team_size: int
    """Members of the team."""
    max_team_size: int | None
    """The most members of a team; None if not known."""


class NoteState(StrEnum):
    """State of a note."""

    OPEN = "open"
    AGREED = "agreed"
    """Both know who the other is."""
    DECLINED = "declined"
    REPORTED = "reported"
    """By its recipient; managers have not decided yet what to do about its sender."""


class NoteOutcome(StrEnum):
    """The result of sending or answering a note."""

    SENT = "sent"
    AGREED = "agreed"
    """The other one had sent a note already, or the note was agreed to."""
    NOT_SEARCHING = "not searching"
    """The member has no open search in the competition."""
    OTHER_NOT_SEARCHING = "other not searching"
    SAME_TEAM = "same team"
    TEAMS_TOO_LARGE = "teams too large"
    """Both teams together would have more members than the competition allows."""
    WAITING = "waiting"
    """The member has sent a note to this one already."""
    ANSWERED = "answered"
    """There was a note between the two: it was answered, or it is deleted."""
    TOO_MANY = "too many"
    """The member has `MAX_OPEN_NOTES` open notes."""


@dataclass(frozen=True, slots=True)
class TeammateNote:
    """A note of a member who would like to team up with another one."""

    id: int
    guild_id: int
    competition_id: int
    sender_id: int
    recipient_id: int
    sentence: str
    """The sender's, as it was when the note was sent; empty once the note is declined."""
    state: NoteState
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class MemberSearch:
    """A member's search with the slug of its competition, for the member's own export."""

    slug: str
    search: TeammateSearch

    @property
    def guild_id(self) -> int:
        """The server of the search."""
        return self.search.guild_id


@dataclass(frozen=True, slots=True)
class MemberNote:
    """A note that a member sent or got, for the member's own export."""

    guild_id: int
    slug: str
    sent: bool
    """Whether the member sent it."""
    sentence: str | None
    """The member's own; None for that of another member, and once the note is declined."""
    state: NoteState
    sent_at: datetime
    other_id: int | None
    """The other member; None until both agree."""

    @property
    def is_refused(self) -> bool:
        """Whether the member sent it, and the other one declined or reported it."""
        return self.sent and self.state in (NoteState.DECLINED, NoteState.REPORTED)


@dataclass(frozen=True, slots=True)
class MemberExclusion:
    """A member's exclusion from the team search of a server."""

    guild_id: int
    excluded_at: datetime


@dataclass(frozen=True, slots=True)
class TeammateNoteReceived:
    """Somebody who looks for team mates would like to team up with the member."""

    note_id: int
    slug: str
    name: str | None
    """The server's own name for the competition or Kaggle's title; None if neither is known."""
    profile: TeammateProfile
    """The sender's."""
    group: RankGroup | None
    """Where the sender stands."""
    sent_at: datetime
    type: Literal["teammate_note"] = "teammate_note"

    def export(self) -> dict[str, Any]:
        """Describe the message as the file of `/privacy export` shows it."""
        return {"what": "a note about a team", "competition": self.slug}


@dataclass(frozen=True, slots=True)
class TeammatesAgreed:
    """Two members have agreed to talk about a team: who the other one is."""

    note_id: int
    slug: str
    name: str | None
    """As in `TeammateNoteReceived`."""
    other_id: int
    other_name: str
    """The Discord name: in a direct message a mention of somebody else may show as a number."""
    other_user_name: str
    other_verified: bool
    """Whether the other member's link is verified."""
    type: Literal["teammates_agreed"] = "teammates_agreed"

    def export(self) -> dict[str, Any]:
        """Describe the message as the file of `/privacy export` shows it."""
        return {
            "what": "both agreed to a note about a team",
            "competition": self.slug,
            "other_discord_user": str(self.other_id),
            "other_discord_name": self.other_name,
        }


@dataclass(frozen=True, slots=True)
class TeammateSearchEnded:
    """The member's search ended without their doing."""

    slug: str
    name: str | None
    """As in `TeammateNoteReceived`."""
    reason: SearchEnd
    type: Literal["teammate_search_ended"] = "teammate_search_ended"

    def export(self) -> dict[str, Any]:
        """Describe the message as the file of `/privacy export` shows it."""
        return {
            "what": "your search for team mates ended",
            "competition": self.slug,
            "reason": self.reason,
        }
