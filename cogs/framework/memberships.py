"""Who is still in which server; Discord is asked, and its answer kept for a while.

Links stay when people leave a server, and without a privileged intent nobody tells that they did.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import discord

_KEPT = timedelta(minutes=5)


class Memberships:
    """Asks who is in a server."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._answers: dict[tuple[int, int], tuple[bool, datetime]] = {}

    async def holds(self, guild: discord.Guild, user_id: int) -> bool:
        """Tell whether a user is in a server, or was so minutes ago."""
        now = self._now()
        self._answers = {
            key: answer for key, answer in self._answers.items() if now - answer[1] < _KEPT
        }
        known = self._answers.get((guild.id, user_id))
        if known is None:
            known = self._answers[guild.id, user_id] = await _ask(guild, user_id), now
        return known[0]


async def _ask(guild: discord.Guild, user_id: int) -> bool:
    try:
        await guild.fetch_member(user_id)
    except discord.NotFound:
        return False
    return True
