"""Announcements, as the outbox keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from leaderboards.news.messages import Message, message_from_json


@dataclass(frozen=True, slots=True)
class Announcement:
    """A message that a channel is to be told."""

    guild_id: int
    channel_id: int
    competition_id: int | None
    message: Message


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A message that waits for its delivery."""

    id: int
    guild_id: int
    channel_id: int
    competition_id: int | None
    nonce: str
    """Tells Discord that a second attempt is the same message."""
    text: str
    """The message as it is kept."""
    created_at: datetime
    attempts: int
    attempted_at: datetime | None
    """When the first attempt began of which it is not known whether it made a message."""
    after_id: int | None
    """That message would be newer than this one; None: newer than the channel itself."""
    error: str | None
    doubtful_tries: int
    """How often in a row it failed in a way that may be its own fault."""
    set_aside_at: datetime | None
    """When it was given up; the error says why."""

    @property
    def message(self) -> Message:
        """What is to be told; raises `ValueError` where that is kept in a form not known here."""
        return message_from_json(self.text)


OUTBOX_RETENTION = timedelta(days=30)
"""How long a message is kept after it was delivered or set aside."""
