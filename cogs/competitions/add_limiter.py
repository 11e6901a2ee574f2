"""Limits for the competitions that servers and persons add."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

from cogs.competitions.follow_screen import server_limit_text, storage_limit_text, user_limit_text
from cogs.framework.clock import is_within
from cogs.framework.responses import UserError
from cogs.framework.services import Services

_HOUR = timedelta(hours=1)


class AddLimiter:
    """Limits the adds of an hour by server and person, and the competitions kept in all."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._adds: deque[tuple[datetime, int, int]] = deque()
        """Time, guild id and user id of the adds of the last hour, oldest first."""

    async def start_add(self, slug: str, guild_id: int, user_id: int) -> None:
        """Count an add; raise `UserError` if a limit is reached."""
        limits, now = self._services.limits, self._services.now()
        while self._adds and not is_within(self._adds[0][0], _HOUR, now):
            self._adds.popleft()
        for text, times in (
            (server_limit_text, [at for at, guild, _ in self._adds if guild == guild_id]),
            (user_limit_text, [at for at, _, user in self._adds if user == user_id]),
        ):
            if len(times) >= limits.adds_per_hour:
                again_at = times[-limits.adds_per_hour] + _HOUR
                raise UserError(text(limits.adds_per_hour, again_at))
        self._adds.append((now, guild_id, user_id))
        competitions = self._services.storage.competitions
        if (
            await competitions.find(slug) is None
            and await competitions.count() >= limits.competitions
        ):
            raise UserError(storage_limit_text(limits.competitions))
