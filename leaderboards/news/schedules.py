"""Quiet hours, schedules of digests, and the cooldown of changes that no submission caused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

COOLDOWN = timedelta(hours=6)
"""Minimum time between two announcements of a change that no submission caused.

Teams at the border of a zone or rank, or with nearly the same score, would otherwise be news at
every sync.
"""

_MARGIN = timedelta(minutes=30)
"""A reminder that would fall into quiet hours is due this long before they begin.

Due reminders are looked for every quarter of an hour.
"""


def is_cooldown_over(announced_at: datetime | None, now: datetime) -> bool:
    """Return whether what no submission caused can be told again, given when it was last told."""
    return announced_at is None or now - announced_at >= COOLDOWN


@cache
def load_time_zone(name: str) -> ZoneInfo:
    """Load a time zone of the tz database; UTC if it is not there any more.

    `ZoneInfo` itself caches only eight.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """The hours, in a server's time zone, in which news is deferred and no reminder is sent."""

    time_zone: str
    start: int | None
    end: int | None

    def is_quiet(self, now: datetime) -> bool:
        """Return whether it is quiet; never if both hours are the same or one is missing."""
        return self.includes(now.astimezone(load_time_zone(self.time_zone)).hour)

    def includes(self, hour: int) -> bool:
        """Return whether an hour of the server's time zone is among them."""
        if self.start is None or self.end is None:
            return False
        if self.start <= self.end:
            return self.start <= hour < self.end
        return hour >= self.start or hour < self.end

    def end_after(self, moment: datetime) -> datetime:
        """Return the end of the quiet hours that a moment is in; the moment if it is in none."""
        if self.end is None or not self.is_quiet(moment):
            return moment
        local = moment.astimezone(load_time_zone(self.time_zone))
        day = local.date() + timedelta(days=local.hour >= self.end)
        return datetime.combine(day, time(self.end), local.tzinfo).astimezone(UTC)

    def move_before_quiet_hours(self, moment: datetime) -> datetime:
        """Return the moment, or half an hour before the quiet hours that it lies in."""
        if self.start is None or not self.is_quiet(moment):
            return moment
        local = moment.astimezone(load_time_zone(self.time_zone))
        day = local.date() - timedelta(days=local.hour < self.start)
        begin = datetime.combine(day, time(self.start), local.tzinfo)
        return begin.astimezone(UTC) - _MARGIN


NO_QUIET_HOURS = QuietHours("UTC", None, None)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Schedule of digests: at an hour of each day, or of one weekday (0 is Monday)."""

    time_zone: str
    hour: int
    weekday: int | None = None

    @property
    def days(self) -> int:
        """Days between two digests."""
        return 1 if self.weekday is None else 7

    def __str__(self) -> str:
        return f"{self.time_zone} {self.hour} {self.weekday}"

    def due_at(self, day: date) -> datetime:
        """Return when the digest of a day is due, in UTC.

        An hour that the clocks skip becomes the moment at which they do; one that comes twice is
        its first occurrence.
        """
        local = datetime.combine(day, time(self.hour), load_time_zone(self.time_zone))
        return local.astimezone(UTC)

    def day_of(self, moment: datetime) -> date:
        """Return the day that it is at a moment, in the time zone of the digests."""
        return moment.astimezone(load_time_zone(self.time_zone)).date()

    def last_due(self, now: datetime) -> date:
        """Return the last day whose digest is due."""
        day = self.day_of(now)
        while not self._has_day(day) or self.due_at(day) > now:
            day -= timedelta(days=1)
        return day

    def _has_day(self, day: date) -> bool:
        if self.weekday not in (None, day.weekday()):
            return False
        # A time zone that moves across the date line skips a whole day.
        noon = datetime.combine(day, time(12), load_time_zone(self.time_zone))
        return noon.astimezone(UTC).astimezone(noon.tzinfo).date() == day
