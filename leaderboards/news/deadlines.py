"""Rules for deadlines: their kinds, how they are typed, and when a reminder is due."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Literal, Self

from leaderboards.errors import InvalidInput
from leaderboards.news.message_kind import (
    NamesNobody,
    NotDeferrable,
    NotInDigestChannels,
    select_newest,
)
from leaderboards.news.schedules import NO_QUIET_HOURS, QuietHours

WEEK, DAY, HOUR = timedelta(days=7), timedelta(days=1), timedelta(hours=1)

SAME_DEADLINE = timedelta(minutes=10)
"""Two times that differ by less are the same deadline, such as 23:59 and 23:59:59."""

_CLOSE = timedelta(days=2)
"""How long before a deadline Kaggle's list is read hourly."""

_FIRST_YEAR, _LAST_YEAR = 2010, 2100
"""Kaggle's first competition was in 2010."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR, _DAY_OF_MONTH = r"(?P<year>\d{4})", r"(?P<day>\d{1,2})"
_MONTH_NAME = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,? )?"
_TIME = (
    r"(?:(?:t| ?,? |,? at |,? - )(?P<hour>\d{1,2})"
    r"(?::(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.\d+)?)?)?(?: ?(?P<half>[ap])\.?m\.?)?)?"
)
_ZONE = (
    r"(?: ?\(?(?:z|utc|gmt)?(?P<offset>[+-]\d\d:?\d\d)?\)?"
    r"| ?\(?(?:utc|gmt) ?(?P<short_offset>[+-]\d{1,2}(?::\d\d)?)\)?)"
)
_FORMS = [
    re.compile(date + _TIME + _ZONE, re.ASCII)
    for date in (
        rf"{_YEAR}(?P<sep>[-/.])(?P<month>\d{{1,2}})(?P=sep){_DAY_OF_MONTH}",
        rf"{_WEEKDAY}{_MONTH_NAME} {_DAY_OF_MONTH}(?:st|nd|rd|th)?,? {_YEAR}",
        rf"{_WEEKDAY}{_DAY_OF_MONTH}(?:st|nd|rd|th)?\.? {_MONTH_NAME},? {_YEAR}",
        rf"{_DAY_OF_MONTH}-{_MONTH_NAME}-{_YEAR}",
    )
]
_DISCORD_TIME = re.compile(r"<t:(\d{1,11})(?::[a-z])?>", re.ASCII)
_ANYWHERE_ON_EARTH = re.compile(r"\(?\baoe\)?$")
_DASHES = str.maketrans({"\u2012": "-", "\u2013": "-", "\u2212": "-"})
_SURROUNDING = " \"'`\u201c\u201d.,;"
"""Characters around a time that was pasted from a sentence."""


class DeadlineKind(StrEnum):
    """Kind of deadline, by what it ends."""

    FINAL = "final"
    """The competition itself."""
    ENTRY = "entry"
    """The last moment to accept the rules."""
    MERGER = "merger"
    """The last moment to merge teams."""


@dataclass(frozen=True, slots=True)
class ReminderMessage(NamesNobody, NotInDigestChannels, NotDeferrable):
    """Reminds a channel of a deadline; not created during quiet hours."""

    slug: str
    kind: DeadlineKind
    at: datetime
    members_on_board: int
    confirmed: bool = True
    """Whether Kaggle's list was read just before, and still had this deadline."""
    type: Literal["reminder"] = "reminder"

    @classmethod
    def merge(cls, waiting: Sequence[Self]) -> Sequence[Self]:
        """Return the newest reminder of each kind of deadline."""
        return select_newest(waiting, lambda message: message.kind)

    def filter_for_time(self, now: datetime) -> Self | None:
        """Return None once the deadline has passed."""
        return self if self.at > now else None


@dataclass(frozen=True, slots=True)
class DeadlineMove:
    """A deadline that Kaggle moved."""

    kind: DeadlineKind
    previous: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class DeadlineMovedMessage(NamesNobody, NotInDigestChannels):
    """Announces that Kaggle moved deadlines: an extension often moves all of a competition."""

    slug: str
    moves: tuple[DeadlineMove, ...]
    """In the order of `DeadlineKind`, at least one."""
    type: Literal["deadline_moved"] = "deadline_moved"

    def is_deferrable(self) -> bool:
        """Return True: a new deadline can wait for the morning."""
        return True

    @classmethod
    def merge(cls, waiting: Sequence[Self]) -> Sequence[Self]:
        """Return one message with a move for each kind, none for a deadline that is back again."""
        moves: dict[DeadlineKind, DeadlineMove] = {}
        for message in waiting:
            for move in message.moves:
                earlier = moves.get(move.kind, move)
                moves[move.kind] = replace(move, previous=earlier.previous)
        left = tuple(
            moves[kind]
            for kind in DeadlineKind
            if kind in moves and is_moved(moves[kind].previous, moves[kind].at)
        )
        return [replace(waiting[-1], moves=left)] if left else []

    def filter_for_time(self, now: datetime) -> Self | None:
        """Return the message with the deadlines that are still ahead; None if there are none."""
        ahead = tuple(move for move in self.moves if move.at > now)
        if ahead == self.moves:
            return self
        return replace(self, moves=ahead) if ahead else None


def is_moved(previous: datetime, at: datetime) -> bool:
    """Return whether a deadline is another one than before."""
    return abs(at - previous) >= SAME_DEADLINE


def pause_before_next_info(deadlines: Iterable[datetime], now: datetime) -> timedelta:
    """Return the pause until Kaggle's list is read again: a day, close to a deadline an hour."""
    ahead = min((at - now for at in deadlines if at > now), default=DAY + _CLOSE)
    return min(DAY, max(HOUR, ahead - _CLOSE))


def find_due_lead(
    at: datetime,
    now: datetime,
    leads: Iterable[timedelta],
    *,
    since: datetime,
    last_lead: timedelta | None,
    restored_at: datetime | None = None,
    quiet: QuietHours = NO_QUIET_HOURS,
) -> timedelta | None:
    """Return the lead of the reminder that is due now; None if none is.

    A lead is how long before its deadline a reminder is sent. `leads` are those that the server
    wants, `last_lead` is that of the last reminder of this deadline. Of several that are due, as
    after a pause, only the shortest counts. A reminder whose time was before `since`, when the
    server began to follow the competition, is never due. One that would fall into quiet hours is
    due before them; one that was due before the database was restored was sent by then.
    """
    if now >= at or quiet.is_quiet(now):
        return None
    due = [
        lead
        for lead in leads
        if since <= at - lead
        and (due_at := quiet.move_before_quiet_hours(at - lead)) <= now
        and (restored_at is None or restored_at <= due_at)
    ]
    shortest = min(due, default=None)
    return (
        shortest if shortest is not None and (last_lead is None or shortest < last_lead) else None
    )


def parse_moment(text: str) -> datetime:
    """Parse a date, or a date and time, that a person types or pastes.

    Accepts the forms of Kaggle's pages and of its CLI too. Without a time zone it is UTC; a date
    alone is the end of that day, as on Kaggle. Raises `InvalidInput` with the accepted formats.
    Refused is also what countries read differently: numeric dates that do not begin with the year,
    and most abbreviations of time zones. For a year out of range it names the accepted years.
    """
    text = " ".join(text.split()).strip(_SURROUNDING).translate(_DASHES).lower()
    if discord_time := _DISCORD_TIME.fullmatch(text):
        return _require_year(datetime.fromtimestamp(int(discord_time[1]), UTC))
    text = _ANYWHERE_ON_EARTH.sub("utc-12", text)
    matches = [found for form in _FORMS if (found := form.fullmatch(text))]
    for found in matches:
        moment = _build_moment(found)
        if moment is not None:
            return _require_year(moment)
    accepted = (
        "Give the time in UTC as 2026-12-31 23:59, that of another time zone with its offset as"
        " 2026-12-31 23:59 +02:00, or only the day as 2026-12-31."
    )
    if matches:
        raise InvalidInput(f"There is no such day or time: check its numbers. {accepted}")
    raise InvalidInput(accepted)


def _require_year(moment: datetime) -> datetime:
    """Return a moment in a year in which a competition can end."""
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        years = f"{_FIRST_YEAR} to {_LAST_YEAR}"
        raise InvalidInput(f"The year {moment.year} is out of range. Give one from {years}.")
    return moment


def _build_moment(found: re.Match[str]) -> datetime | None:
    """Return the moment that a text names; None for one that does not exist, such as 25:00."""
    year, month, day = found["year"], found["month"], found["day"]
    month_number = int(month) if month.isdigit() else _MONTHS.index(month[:3]) + 1
    time, offset = _parse_clock(found), _parse_offset(found["offset"] or found["short_offset"])
    if time is None or offset is None:
        return None
    try:
        return datetime(int(year), month_number, int(day), tzinfo=UTC) + time - offset
    except (ValueError, OverflowError):
        return None


def _parse_clock(found: re.Match[str]) -> timedelta | None:
    """Return the time of day, 23:59 if the text has none; None if it is invalid."""
    if found["hour"] is None:
        return timedelta(hours=23, minutes=59)
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    if found["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found["half"] == "p" else 0)
    elif found["minute"] is None:
        return None
    time = timedelta(hours=hour, minutes=minute, seconds=second)
    return time if minute <= 59 and second <= 59 and time <= DAY else None


def _parse_offset(offset: str | None) -> timedelta | None:
    """Return how far a time zone is ahead of UTC; None if it is further than any."""
    if not offset:
        return timedelta(0)
    hours, minutes = re.findall(r"\d\d?", offset + ":00")[:2]
    ahead = timedelta(hours=int(hours), minutes=int(minutes))
    if ahead >= DAY:
        return None
    return -ahead if offset[0] == "-" else ahead
