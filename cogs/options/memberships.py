"""Memberships: whether users are still members of a server.

Without the privileged members intent Discord does not report that somebody left, and their link
stays.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import datetime, timedelta

import discord

from cogs.framework.clock import is_within
from cogs.framework.services import Services

_LIFETIME = timedelta(minutes=5)
_MAX_QUERIED = 100
"""Discord's limit for the members that one request through the gateway names."""


async def query_members(
    guild: discord.Guild, user_ids: Iterable[int]
) -> AsyncIterator[list[discord.Member]]:
    """Yield which of some users are members of a server, up to a hundred at a time.

    One request through the gateway asks for many, and needs no privileged intent. Raises
    `TimeoutError` if Discord does not answer in half a minute.
    """
    wanted = sorted(set(user_ids))
    for start in range(0, len(wanted), _MAX_QUERIED):
        chunk = wanted[start : start + _MAX_QUERIED]
        yield await guild.query_members(user_ids=chunk, limit=_MAX_QUERIED, cache=False)


class Memberships:
    """Checks whether users are still members of a server, and caches that for some minutes."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._cache: dict[tuple[int, int], tuple[bool, datetime]] = {}

    async def is_member(self, guild: discord.Guild, user_id: int) -> bool:
        """Return whether a user is a member of a server, or was one some minutes ago."""
        now = self._services.now()
        self._drop_expired(now)
        cached = self._cache.get((guild.id, user_id))
        if cached is None:
            cached = self._cache[guild.id, user_id] = await _fetch_membership(guild, user_id), now
        return cached[0]

    async def find_members(self, guild: discord.Guild, user_ids: Iterable[int]) -> set[int]:
        """Return which of some users are members of a server, or were some minutes ago.

        Raises `TimeoutError` if Discord does not answer.
        """
        now, wanted = self._services.now(), set(user_ids)
        self._drop_expired(now)
        # Read before the request: what is cached may expire while Discord answers.
        cached = {
            user_id: self._cache[guild.id, user_id][0]
            for user_id in wanted
            if (guild.id, user_id) in self._cache
        }
        unknown = wanted - cached.keys()
        found = {one.id async for members in query_members(guild, unknown) for one in members}
        for user_id in unknown:
            self._cache[guild.id, user_id] = user_id in found, now
        return found | {user_id for user_id, is_member in cached.items() if is_member}

    def _drop_expired(self, now: datetime) -> None:
        self._cache = {
            key: cached
            for key, cached in self._cache.items()
            if is_within(cached[1], _LIFETIME, now)
        }


async def _fetch_membership(guild: discord.Guild, user_id: int) -> bool:
    try:
        await guild.fetch_member(user_id)
    except discord.NotFound:
        return False
    return True
