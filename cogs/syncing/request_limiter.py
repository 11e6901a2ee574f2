"""Limits for calls to Kaggle that members cause, so that they cannot delay the syncs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

from cogs.framework.checks import Cooldown
from cogs.framework.responses import UserError
from cogs.framework.services import Services
from cogs.syncing.kaggle_lockout import KaggleLockout, require_pause_over
from cogs.syncing.syncing_screen import TOO_MANY_REQUESTS_TEXT, checked_just_now_text
from leaderboards.errors import RateLimited

T = TypeVar("T")

_RATE_LIMIT_PAUSE = timedelta(minutes=10)
"""Pause of members' calls after a rate limit; the syncs have their own."""

_MAX_WAITING = 5
_COOLDOWN = timedelta(seconds=30)
"""Shortest time between two requests of one member."""


class RequestLimiter:
    """Makes one call to Kaggle at a time, and none during a lockout."""

    def __init__(self, lockout: KaggleLockout, services: Services) -> None:
        self._lockout = lockout
        self._now = services.now
        self._lock = asyncio.Lock()
        self._waiting = 0
        self._paused_at: datetime | None = None
        self._cooldown = Cooldown(services, _COOLDOWN, checked_just_now_text)

    def start_cooldown(self, user_id: int) -> None:
        """Start a member's cooldown; raise `UserError` if the last one has not passed."""
        self._cooldown.start(user_id)

    async def call(self, call: Callable[[], Awaitable[T]]) -> T:
        """Await a call after those that wait already.

        Raises `UserError` if too many wait, and the lockout's error during a lockout.
        """
        self._require_available()
        if self._waiting >= _MAX_WAITING:
            raise UserError(TOO_MANY_REQUESTS_TEXT)
        self._waiting += 1
        try:
            async with self._lock:
                self._require_available()
                try:
                    return await call()
                except RateLimited:
                    self._paused_at = self._now()
                    raise
        finally:
            self._waiting -= 1

    def _require_available(self) -> None:
        self._lockout.require_no_rate_limit()
        if self._lockout.current is not None:
            error = self._lockout.current.error
            raise type(error)(str(error))
        if self._paused_at is not None:
            end = self._paused_at + _RATE_LIMIT_PAUSE
            require_pause_over(self._paused_at, end, self._now())
