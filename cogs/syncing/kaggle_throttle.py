"""What people ask of Kaggle beside the syncs, so that no number of them can be in their way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

from cogs.framework.responses import UserError
from cogs.framework.services import Services
from cogs.syncing.kaggle_outage import KaggleOutage
from leaderboards.errors import RateLimited

T = TypeVar("T")

PAUSE = timedelta(minutes=10)
"""How long nothing is asked after Kaggle wanted fewer calls; the syncs have their own pause."""

_MOST_WAITING = 5
_EVERY = timedelta(seconds=30)
"""How often one member may press for an answer."""


class UserRequestLimiter:
    """Asks Kaggle one thing at a time, and nothing while it refuses."""

    def __init__(self, access: KaggleOutage, services: Services) -> None:
        self._access = access
        self._now = services.now
        self._one_at_a_time = asyncio.Lock()
        self._waiting = 0
        self._paused_until: datetime | None = None
        self._turns: dict[int, datetime] = {}

    def require_turn(self, user_id: int) -> None:
        """Take a member's turn; raises when the last one was a moment ago."""
        now = self._now()
        self._turns = {who: at for who, at in self._turns.items() if now - at < _EVERY}
        if user_id in self._turns:
            rest = (self._turns[user_id] + _EVERY - now).total_seconds()
            raise UserError(f"I looked a moment ago. Try again in {rest:.0f} s.")
        self._turns[user_id] = now

    async def ask(self, call: Callable[[], Awaitable[T]]) -> T:
        """Make a call when its turn comes; raises why it was not made, or why it failed."""
        self._require_calls()
        if self._waiting >= _MOST_WAITING:
            raise UserError("Many people ask Kaggle at this moment. Try again in a minute.")
        self._waiting += 1
        try:
            async with self._one_at_a_time:
                self._require_calls()
                return await call()
        except RateLimited:
            if self._paused_until is None or self._paused_until <= self._now():
                self._paused_until = self._now() + PAUSE
            raise
        finally:
            self._waiting -= 1

    def _require_calls(self) -> None:
        self._access.require_calls()
        if self._access.outage is not None:
            error = self._access.outage.error
            raise type(error)(str(error))
        if self._paused_until is not None and self._now() < self._paused_until:
            minutes = -(-(self._paused_until - self._now()) // timedelta(minutes=1))
            raise RateLimited(f"Kaggle asks for fewer calls; try again in {minutes} min.")
