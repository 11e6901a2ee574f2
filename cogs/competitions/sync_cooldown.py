"""The pause between two uses of `/competition sync`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from cogs.framework.responses import UserError
from cogs.framework.services import Services
from cogs.framework.texts import cooldown_text

_COOLDOWN = timedelta(minutes=1)


class SyncCooldown:
    """Allows one sync a minute to each server, and to each person in all servers together."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._started_at: dict[int, datetime] = {}
        """By guild id and user id; no two of these ids are the same."""

    def require_over(self, guild_id: int, user_id: int) -> None:
        """Raise `UserError` during the cooldown of a server or a person."""
        now = self._services.now()
        self._started_at = {
            id_: at for id_, at in self._started_at.items() if timedelta(0) <= now - at < _COOLDOWN
        }
        started = [self._started_at[id_] for id_ in (guild_id, user_id) if id_ in self._started_at]
        if started:
            rest = max(started) + _COOLDOWN - now
            raise UserError(cooldown_text(math.ceil(rest.total_seconds())))

    @contextmanager
    def start(self, guild_id: int, user_id: int) -> Iterator[None]:
        """Start the cooldown, and end it if the block fails; raise `UserError` during one."""
        self.require_over(guild_id, user_id)
        ids, now = (guild_id, user_id), self._services.now()
        self._started_at.update(dict.fromkeys(ids, now))
        try:
            yield
        except BaseException:
            for id_ in ids:
                if self._started_at.get(id_) == now:  # Else a later sync has begun its own.
                    del self._started_at[id_]
            raise
