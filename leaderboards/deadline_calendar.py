"""iCalendar file (RFC 5545) with the deadlines of competitions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from icalendar import TRANSP, Alarm, Calendar, Event

from leaderboards.display_text import clean, shorten
from leaderboards.kaggle_ids import competition_address
from leaderboards.news.deadlines import DAY, DeadlineKind

_PRODUCT = "-//Podium//Deadlines//EN"
_SUMMARY_WIDTH = 200
"""Columns of an event's name; longer ones are cut."""

_BACKSLASH = "\N{SET MINUS}"
"""Shown for a backslash, which icalendar takes for a line break where an n follows it."""


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """A deadline as an event of a calendar."""

    slug: str
    first_slug: str
    """The slug before the first rename; the present one if there was none."""
    kind: DeadlineKind
    at: datetime
    summary: str
    """The event's name as it is stored, of any characters; the file gets it cleaned and cut."""
    guild_id: int | None = None
    """The server that set the deadline; None for one of Kaggle's list."""

    @property
    def uid(self) -> str:
        """The id of the event, which stays the same when the deadline moves or the slug changes.

        Slugs have no dots, so deadlines of other slugs, kinds or servers never share it.
        """
        server = "" if self.guild_id is None else f".{self.guild_id}"
        return f"{self.first_slug}.{self.kind}{server}@podium"


def build_calendar(name: str, events: Iterable[CalendarEvent], now: datetime) -> bytes:
    """Return the file of a calendar with a name; each event has an alarm a day ahead.

    A calendar that already has an event updates it from a later file, which has a greater sequence
    number and a later stamp (RFC 5546, section 2.1.5).
    """
    calendar = Calendar.new(name=name, prodid=_PRODUCT, uid="deadlines@podium")
    for event in events:
        calendar.add_component(_build_event(event, now))
    file: bytes = calendar.to_ical()
    return file


def _build_event(event: CalendarEvent, now: datetime) -> Event:
    summary = shorten(clean(event.summary).replace("\\", _BACKSLASH), _SUMMARY_WIDTH)
    address = competition_address(event.slug)
    return Event.new(
        uid=event.uid,
        summary=summary,
        # Without an end it is a point in time.
        start=event.at.astimezone(UTC),
        description=address,  # Google's calendar does not show `url`.
        url=address,
        transparency=TRANSP.TRANSPARENT,
        stamp=now,
        last_modified=now,
        sequence=int(now.timestamp()) // 60,  # In minutes it stays within 32 bits.
        subcomponents=[Alarm.new_display(summary, -DAY)],
    )
