"""`Memberships`: whether users are still members of a server."""

from __future__ import annotations

from datetime import datetime, timedelta

import discord

from cogs.framework.services import Services

_MEMBERSHIP_LIFETIME = timedelta(minutes=5)


class Memberships:
    """Checks whether a user is still a member of a server, and caches that for some minutes.

    Without the privileged members intent Discord does not report that somebody left, and their link
    stays.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._cache: dict[tuple[int, int], tuple[bool, datetime]] = {}

    async def is_member(self, guild: discord.Guild, user_id: int) -> bool:
        """Return whether a user is a member of a server, or was one some minutes ago."""
        now = self._services.now()
        self._cache = {
            key: cached
            for key, cached in self._cache.items()
            if now - cached[1] < _MEMBERSHIP_LIFETIME
        }
        cached = self._cache.get((guild.id, user_id))
        if cached is None:
            cached = self._cache[guild.id, user_id] = await _fetch_membership(guild, user_id), now
        return cached[0]


async def _fetch_membership(guild: discord.Guild, user_id: int) -> bool:
    try:
        await guild.fetch_member(user_id)
    except discord.NotFound:
        return False
    return True
