"""Rules for deadlines: their kinds, how they are typed, and when a reminder is due."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Literal

from leaderboards.errors import InvalidName
from leaderboards.news.channel_mode import ChannelMode
from leaderboards.news.message_kind import NamesNobody, SentAtOnce

WEEK, DAY, HOUR = timedelta(days=7), timedelta(days=1), timedelta(hours=1)

_FORMATS = ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d")


class DeadlineKind(StrEnum):
    """What a deadline ends."""

    FINAL = "final"
    """The competition itself."""
    ENTRY = "entry"
    """The last moment to accept the rules."""
    MERGER = "merger"
    """The last moment to merge teams."""


@dataclass(frozen=True, slots=True)
class ReminderMessage(NamesNobody, SentAtOnce):
    """Reminds a channel of a deadline; not created during quiet hours, so never sent late."""

    slug: str
    kind: DeadlineKind
    at: datetime
    members_on_board: int
    type: Literal["reminder"] = "reminder"

    @classmethod
    def is_sent_in(cls, mode: ChannelMode) -> bool:
        """Return whether the channel is sent more than digests, which have the deadlines too."""
        return mode is not ChannelMode.DIGEST


def find_due_lead(
    at: datetime,
    now: datetime,
    leads: Iterable[timedelta],
    *,
    since: datetime,
    last_lead: timedelta | None,
) -> timedelta | None:
    """Return the lead of the reminder that is due now; None if none is.

    A lead is how long before its deadline a reminder is sent. `leads` are those that the server
    wants, `last_lead` is that of the last reminder of this deadline. Of several that are due, as
    after a pause, only the shortest counts. None is due that was due before `since`, when the
    server began to follow the competition.
    """
    if now >= at:
        return None
    due = [lead for lead in leads if since <= at - lead <= now]
    shortest = min(due, default=None)
    return (
        shortest if shortest is not None and (last_lead is None or shortest < last_lead) else None
    )


def parse_deadline(text: str) -> datetime:
    """Parse a date, or a date and time, in UTC; a date alone is the end of that day, as on Kaggle.

    Raises `InvalidName`, which names the accepted formats.
    """
    text = text.strip().removesuffix("UTC").strip()
    for format_ in _FORMATS:
        try:
            moment = datetime.strptime(text, format_).replace(tzinfo=UTC)
        except ValueError:
            continue
        return moment if "%H" in format_ else moment.replace(hour=23, minute=59)
    raise InvalidName("Give the time in UTC as 2026-12-31 23:59, or only the day as 2026-12-31.")
