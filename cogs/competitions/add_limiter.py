"""Limits for the competitions that servers and persons add."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

from cogs.framework import format as fmt
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
        while self._adds and not now - _HOUR < self._adds[0][0] <= now:
            self._adds.popleft()
        for who, times in (
            ("This server has", [at for at, guild, _ in self._adds if guild == guild_id]),
            ("You have", [at for at, _, user in self._adds if user == user_id]),
        ):
            if len(times) >= limits.adds_per_hour:
                count = fmt.plural(limits.adds_per_hour, "competition")
                raise UserError(
                    f"{who} tried to add {count} within an hour, which is the limit. Try again"
                    f" {fmt.when(times[-limits.adds_per_hour] + _HOUR)}."
                )
        self._adds.append((now, guild_id, user_id))
        competitions = self._services.storage.competitions
        if (
            await competitions.find(slug) is None
            and await competitions.count() >= limits.competitions
        ):
            raise UserError(
                f"I already store {fmt.plural(limits.competitions, 'competition')}, the most that"
                " my owner allows. Those that no server follows are deleted after some days. You"
                " can also ask the owner to raise `MAX_COMPETITIONS`."
            )
