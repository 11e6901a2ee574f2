"""Hours and days of a server: when it is quiet, and when its digests are due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@cache
def load_time_zone(name: str) -> ZoneInfo:
    """Give a time zone of the tz database; UTC for one that it no longer has.

    `ZoneInfo` itself remembers eight and reads the others from their files again and again.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From which hour to which, in whose zone, a server wants to be left in peace."""

    time_zone: str
    start: int | None
    end: int | None

    def is_quiet(self, now: datetime) -> bool:
        """Tell whether it is quiet now; never where both hours are the same, or one is missing."""
        if self.start is None or self.end is None:
            return False
        hour = now.astimezone(load_time_zone(self.time_zone)).hour
        if self.start <= self.end:
            return self.start <= hour < self.end
        return hour >= self.start or hour < self.end

    def over(self, moment: datetime) -> datetime:
        """Give the end of the quiet hours that a moment falls into, or else the moment itself."""
        if self.end is None or not self.is_quiet(moment):
            return moment
        local = moment.astimezone(load_time_zone(self.time_zone))
        day = local.date() + timedelta(days=local.hour >= self.end)
        return datetime.combine(day, time(self.end), local.tzinfo).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Schedule:
    """When digests are due: at an hour of each day, or of one day of the week (0 is Monday)."""

    time_zone: str
    hour: int
    weekday: int | None = None

    @property
    def days(self) -> int:
        """How many days lie between two digests."""
        return 1 if self.weekday is None else 7

    def __str__(self) -> str:
        return f"{self.time_zone} {self.hour} {self.weekday}"

    def moment(self, day: date) -> datetime:
        """Give the moment of a day's digest, in UTC.

        An hour that the clocks skip is the moment at which they do so; of one that comes twice it
        is the first.
        """
        local = datetime.combine(day, time(self.hour), load_time_zone(self.time_zone))
        return local.astimezone(UTC)

    def last_due(self, now: datetime) -> date:
        """Give the last day whose digest has become due."""
        day = now.astimezone(load_time_zone(self.time_zone)).date()
        while not self._has(day) or self.moment(day) > now:
            day -= timedelta(days=1)
        return day

    def _has(self, day: date) -> bool:
        if self.weekday not in (None, day.weekday()):
            return False
        # A zone that crosses the date line leaves out a whole day.
        noon = datetime.combine(day, time(12), load_time_zone(self.time_zone))
        return noon.astimezone(UTC).astimezone(noon.tzinfo).date() == day
