"""The time by which the stand-in lives, which a test can move, and the ids made of it."""

from __future__ import annotations

import time
from datetime import UTC, datetime

_EPOCH = 1_420_070_400_000
"""Discord counts milliseconds from the beginning of 2015."""


class Clock:
    """The machine's time, plus what a test has moved it by."""

    def __init__(self) -> None:
        self.ahead = 0.0
        self._last_id = 0

    def now(self) -> float:
        """Return the time in seconds since 1970."""
        return time.time() + self.ahead

    def timestamp(self) -> str:
        """Return the time in Discord's format."""
        return datetime.fromtimestamp(self.now(), UTC).isoformat()

    def next_id(self) -> int:
        """Return a new snowflake; each is greater than the one before."""
        made = int(self.now() * 1000) - _EPOCH << 22
        self._last_id = max(self._last_id + 1, made)
        return self._last_id
