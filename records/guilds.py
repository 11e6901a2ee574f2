"""Stored values of servers: settings, follows, live boards and seasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from leaderboards.news.channel_mode import ChannelMode
from leaderboards.news.schedules import QuietHours
from leaderboards.seasons.standings import Rule
from records.competitions import Competition

GUILD_RETENTION = timedelta(days=30)
"""How long a server's data is kept after the bot was removed from it."""

MAX_OWN_NAME_LENGTH = 40
"""Characters of a server's own name for a competition."""

SettingValue = bool | int | str | None
"""The type of a setting in `GuildSettings`."""


@dataclass(frozen=True, slots=True)
class GuildSettings:
    """A server's settings, named as the columns of the table `guilds`.

    New servers get the defaults from here; existing ones got theirs from the migration that added
    the setting. A new setting also needs a control and a sentence in
    `cogs/settings/settings_sections.py`.
    """

    guild_id: int
    announce: bool = True
    """Whether anything is announced."""
    channel_id: int | None = None
    """Where to announce competitions without a channel of their own; None for nowhere."""
    smallest_rise: int = 0
    """Places that a new best score must gain to be announced."""
    smallest_fall: int = 50
    """Places that a member must lose for it to be announced; see also `rules.MIN_FALL_PERCENT`."""
    mention: bool = False
    """Whether members who asked for it are pinged."""
    time_zone: str = "UTC"
    """A name of the tz database, for the hours and days below."""
    quiet_from: int | None = None
    """The hour at which quiet hours start; None for no quiet hours."""
    quiet_to: int | None = None
    """The hour at which they end; the news of each competition is then one message."""
    digest_hour: int = 9
    """The hour of daily and weekly digests."""
    daily_digest: bool = False
    weekly_digest_day: int | None = None
    """0 is Monday; None for no weekly digest."""
    remind_week: bool = True
    """Whether to remind of deadlines seven days ahead."""
    remind_day: bool = True
    """The same for 24 hours."""
    remind_hour: bool = True
    """The same for one hour."""
    require_verified: bool = False
    """Whether only verified links count."""
    scheduled_events: bool = False
    """Whether deadlines are Scheduled Events of the server."""
    replay_at_end: bool = False
    """Whether a replay follows the announcement that a competition has ended."""

    @property
    def quiet_hours(self) -> QuietHours:
        """The hours in which no news is announced."""
        return QuietHours(self.time_zone, self.quiet_from, self.quiet_to)


@dataclass(frozen=True, slots=True)
class NewsChannel:
    """A channel in which a server's news is announced."""

    channel_id: int
    mode: ChannelMode
    competitions: tuple[str, ...]
    """The names of the competitions that are announced there."""


@dataclass(frozen=True, slots=True)
class Follow:
    """A competition that a server follows."""

    guild_id: int
    competition: Competition
    channel_id: int | None
    """Where its news is announced; None for the server's own channel."""
    paused: bool


@dataclass(frozen=True, slots=True)
class LiveBoard:
    """A message that shows the top of a board and is edited after each sync."""

    guild_id: int
    competition: Competition
    channel_id: int
    outbox_id: int
    """The outbox row of the message; a replaced live board gets another one."""
    message_id: int | None
    """That of the outbox row until the first edit; None until the message is sent, or if it was
    deleted during sending."""
    fingerprint: str | None
    """A fingerprint of the message's content."""
    error: str | None
    is_undelivered: bool
    """Whether the message was not delivered: it waits in the outbox, or was abandoned there."""


@dataclass(frozen=True, slots=True)
class FormerLiveBoard:
    """The message of a live board that was moved or removed."""

    guild_id: int
    channel_id: int
    outbox_id: int
    message_id: int | None
    """None if there is none any more."""
    moved_to: int | None
    """The channel of the new live board; None if there is none."""
    error: str | None
    """Why it could not be deleted."""


@dataclass(frozen=True, slots=True)
class CompetitionThread:
    """A thread or forum post that the bot opens for a competition."""

    guild_id: int
    competition: Competition
    parent_id: int
    """The text channel or forum."""
    outbox_id: int
    """The outbox row of its first message."""
    thread_id: int | None
    """None until it is opened."""
    first_message_id: int | None
    """None until the first message is delivered, or if that was deleted."""
    live_board_id: int | None
    """The message of the live board in it."""
    pinned_id: int | None
    """The message that is pinned."""
    closed: bool
    """Whether it was closed after the end."""
    error: str | None
    has_waiting: bool
    """Whether announcements wait for it."""


@dataclass(frozen=True, slots=True)
class FormerThread:
    """A thread that its competition has left."""

    guild_id: int
    thread_id: int
    outbox_id: int
    """The outbox row of its last message."""
    is_closed_to_bot: bool
    """Whether that message waits, as Discord does not let the bot write there."""
    error: str | None
    """Why it could not be closed."""


@dataclass(frozen=True, slots=True)
class Season:
    """Competitions whose results a server adds up."""

    id: int
    name: str
    rule: Rule
    competitions: tuple[Competition, ...]
    """Ordered by deadline; those without one come last."""
