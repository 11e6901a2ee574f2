"""Keeps to Discord's global limit before Discord has to say so."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import aiohttp

REQUESTS_A_SECOND = 40.0
"""Discord takes 50; what is sent evenly may arrive closer together by a fifth of a second."""

# https://discord.com/developers/docs/topics/rate-limits#global-rate-limit
_FREE = ("/interactions/", "/webhooks/")
"""Answers to members do not count."""


class RateLimit:
    """Lets requests go one by one, evenly; one that comes after a pause goes at once."""

    def __init__(self, a_second: float = REQUESTS_A_SECOND) -> None:
        self._gap = 1 / a_second
        self._order = asyncio.Lock()
        self._next = 0.0

    def trace(self) -> aiohttp.TraceConfig:
        """Give what has every request of a client wait for its turn, retries too."""
        config = aiohttp.TraceConfig()
        config.on_request_start.append(self._started)
        return config

    async def turn(self) -> None:
        """Wait for the next turn; who came first has it first."""
        loop = asyncio.get_running_loop()
        async with self._order:
            early = self._next - loop.time()
            if early > 0:
                await asyncio.sleep(early)
            # A turn that woke up late is made up for, but never by more than one.
            self._next = max(self._next, loop.time() - self._gap) + self._gap

    async def _started(
        self,
        _session: aiohttp.ClientSession,
        _context: SimpleNamespace,
        request: aiohttp.TraceRequestStartParams,
    ) -> None:
        if not any(part in request.url.path for part in _FREE):
            await self.turn()
