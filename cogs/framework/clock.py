"""The current time, and periods that end early if the system clock is set back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def utc_now() -> datetime:
    """Return the current time, aware and in UTC."""
    return datetime.now(UTC)


def is_within(since: datetime | None, duration: timedelta, now: datetime) -> bool:
    """Return whether less than a duration has passed; false if the clock was set back since."""
    return since is not None and timedelta(0) <= now - since < duration
