"""Scheduled Events of servers: the deadlines that want one, and those that were created."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from leaderboards.news.deadlines import DeadlineKind

MAX_EVENTS = 100
"""Discord's limit of a server's Scheduled Events that are ahead or under way, people's included."""


@dataclass(frozen=True, slots=True)
class EventDeadline:
    """The deadlines of a competition at one time, for which a server wants one event."""

    competition_id: int
    slug: str
    name: str | None
    """The server's own name for the competition, or Kaggle's title; None without either."""
    kinds: tuple[DeadlineKind, ...]
    """Which deadlines; the event is known by the first."""
    at: datetime
    is_given: bool
    """Whether the server's managers set the deadline; else it is in Kaggle's list."""

    @property
    def key(self) -> tuple[int, DeadlineKind]:
        """What the event is known by within its server."""
        return self.competition_id, self.kinds[0]


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """A Scheduled Event that the bot has created, or is about to."""

    guild_id: int
    competition_id: int
    kind: DeadlineKind
    at: datetime
    """The deadline, at which the event ends."""
    event_id: int | None = None
    """None until the event was seen in the server's list."""
    fingerprint: str | None = None
    """Of the usual content for the deadline when the event was last brought up to date; None
    before."""
    left_alone: bool = False
    """Whether a person changed or deleted the event, so that the bot leaves it alone."""

    @property
    def key(self) -> tuple[int, DeadlineKind]:
        """What the event is known by within its server."""
        return self.competition_id, self.kind


@dataclass(frozen=True, slots=True)
class ServerEvents:
    """The deadlines of a server that want an event, soonest first, and its stored events."""

    guild_id: int
    wanted: Sequence[EventDeadline]
    stored: Sequence[StoredEvent]
