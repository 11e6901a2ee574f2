"""The deadlines of a competition, and when they are told ahead."""

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

_FORMS = ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d")


class DeadlineKind(StrEnum):
    """What ends."""

    FINAL = "final"
    """The competition itself."""
    ENTRY = "entry"
    """Until then the rules can be accepted."""
    MERGER = "merger"
    """Until then teams can merge."""


@dataclass(frozen=True, slots=True)
class ReminderMessage(NamesNobody, SentAtOnce):
    """Reminds a channel of a deadline; in quiet hours none is made, so that none is late."""

    slug: str
    kind: DeadlineKind
    at: datetime
    members_on_board: int
    type: Literal["reminder"] = "reminder"

    @classmethod
    def suits(cls, mode: ChannelMode) -> bool:
        """Return whether the channel is sent more than digests, which have the deadlines too."""
        return mode is not ChannelMode.DIGEST


def find_due_lead(
    at: datetime,
    now: datetime,
    leads: Iterable[timedelta],
    *,
    since: datetime,
    told: timedelta | None,
) -> timedelta | None:
    """Give how long ahead a deadline is to be told now, None when it is not.

    `leads` are those that are wanted, `told` the one that was told last for this deadline. Of
    several that are due, as after a pause, only the shortest is told. What was due before `since`,
    when the server began to follow the competition, is not.
    """
    if now >= at:
        return None
    due = [lead for lead in leads if since <= at - lead <= now]
    shortest = min(due, default=None)
    return shortest if shortest is not None and (told is None or shortest < told) else None


def parse_deadline(typed: str) -> datetime:
    """Read a date, or a date and time, in UTC; a date alone is the end of that day, as on Kaggle.

    Raises `InvalidName` with the forms that are understood.
    """
    text = typed.strip().removesuffix("UTC").strip()
    for form in _FORMS:
        try:
            moment = datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
        return moment if "%H" in form else moment.replace(hour=23, minute=59)
    raise InvalidName("Give the time in UTC as 2026-12-31 23:59, or only the day as 2026-12-31.")
