"""Servers, as the database keeps them: settings, followed competitions, live boards, seasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from leaderboards.seasons import Rule
from records.competitions import Competition

GUILD_RETENTION = timedelta(days=30)
"""How long a server's data is kept after the bot was removed from it."""


SettingValue = bool | int | str | None
"""The type of a setting in `GuildSettings`."""


@dataclass(frozen=True, slots=True)
class GuildSettings:
    """A server's settings: columns of the table `guilds`. Their defaults stand only here."""

    guild_id: int
    announce: bool = True
    channel_id: int | None = None
    """Where to announce unless a competition says otherwise."""
    smallest_rise: int = 0
    smallest_fall: int = 50
    mention: bool = False
    """Whether members who asked for it are pinged."""
    time_zone: str = "UTC"
    """Its name in the tz database; the hours and days below are in it."""
    quiet_from: int | None = None
    """The hour from which nothing is announced; None when there are no quiet hours."""
    quiet_to: int | None = None
    """The hour from which it is announced again, summed up."""
    digest_hour: int = 9
    daily_digest: bool = False
    weekly_digest_day: int | None = None
    """0 is Monday; None for no weekly digest."""
    remind_week: bool = True
    """Whether a deadline is told seven days ahead."""
    remind_day: bool = True
    remind_hour: bool = True
    require_verified: bool = False
    """Whether only proven links count."""


@dataclass(frozen=True, slots=True)
class Follow:
    """A competition that a server follows."""

    guild_id: int
    competition: Competition
    channel_id: int | None
    """Where this competition is announced; None for the server's own channel."""
    paused: bool
    followed_by: int
    followed_at: datetime


@dataclass(frozen=True, slots=True)
class LiveBoard:
    """A board in a channel."""

    guild_id: int
    competition: Competition
    channel_id: int
    outbox_id: int
    """Of the row that makes the message; by it a board is told from one that took its place."""
    message_id: int | None
    """None while the message is still to be made, or was deleted while it was made."""
    shown: str | None
    """What it shows, as a fingerprint."""
    error: str | None
    waits: bool
    """Whether the outbox has still to make the message."""


@dataclass(frozen=True, slots=True)
class Season:
    """Competitions that a server has put together."""

    id: int
    name: str
    rule: Rule
    competitions: tuple[Competition, ...]
    """By deadline, those without one last."""
