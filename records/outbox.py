"""Announcements and the rows of the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

from leaderboards.news.messages import Message, message_from_json


class DeliveryOutcome(StrEnum):
    """Outcome of one attempt to deliver an announcement."""

    DELIVERED = "delivered"
    FAILED = "failed"
    """It is tried again later."""
    ABANDONED = "abandoned"
    """Discord refused it for good, or its attempts failed too often."""
    DROPPED = "dropped"
    """It waited until nothing of it was true any more."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """A message for a channel."""

    guild_id: int
    channel_id: int
    competition_id: int | None
    message: Message


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """The delivery state of an announcement, without its message."""

    id: int
    guild_id: int
    channel_id: int
    competition_id: int | None
    kind: str
    """The `type` of its message."""
    created_at: datetime
    failures: int
    """Failed attempts to deliver it, also those that failed while its message was searched for."""
    attempted_at: datetime | None
    """When the first attempt of unknown outcome began; None if there is none."""
    after_id: int | None
    """The search for a message that was perhaps sent begins after this id; None: the whole
    channel."""
    error: str | None
    suspect_failures: int
    """Consecutive failures of which the message itself may be the cause."""
    abandoned_at: datetime | None
    """When delivery was given up; `error` has the reason."""


@dataclass(frozen=True)
class OutboxMessage:
    """An announcement that is about to be sent."""

    row: OutboxRow
    nonce: str
    """Discord returns the earlier message for a nonce that it has seen in the last minutes."""
    text: str
    """The message as JSON."""
    names: dict[str, str | None]
    """The server's own names, or else Kaggle's titles, by slug: of the competition of the row, or
    of all that the server follows if the row has none."""

    @cached_property
    def content(self) -> Message:
        """What is announced; raises `ValueError` if it has a form that is not known here."""
        return message_from_json(self.text)


@dataclass(frozen=True, slots=True)
class Publication:
    """A delivered message that is still to be published in its announcement channel."""

    outbox_id: int
    guild_id: int
    channel_id: int
    message_id: int
    error: str | None
    """Why the last attempt failed."""


OUTBOX_RETENTION = timedelta(days=30)
"""How long a message is kept after it was delivered or abandoned."""
