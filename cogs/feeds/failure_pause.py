"""Growing pauses after failures, for feeds: they delay no board."""

from __future__ import annotations

from datetime import datetime, timedelta

from cogs.framework.clock import is_within

MAX_FEED_PAUSE = timedelta(hours=12)
"""Longest pause after failures, however many there were."""


class FailurePause:
    """Pauses the calls of a feed after failures: after each further one, for twice as long."""

    def __init__(self, first: timedelta) -> None:
        self._first = first
        self._failures = 0
        self._since: datetime | None = None
        self.length = timedelta(0)
        """The length of the last pause."""

    def begin(self, now: datetime) -> None:
        """Start a pause after a failure."""
        self.length = min(self._first * 2 ** min(self._failures, 12), MAX_FEED_PAUSE)
        self._failures += 1
        self._since = now

    def end(self) -> None:
        """Reset the number of failures after a success."""
        self._failures, self._since = 0, None

    def is_active(self, now: datetime) -> bool:
        """Return whether a pause lasts.

        It counts as slightly shorter, so that the loop's next run is never too early.
        """
        return is_within(self._since, self.length * 0.9, now)
