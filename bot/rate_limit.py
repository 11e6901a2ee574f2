"""Client-side rate limit below Discord's global one."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import aiohttp

REQUESTS_A_SECOND = 40.0
"""Discord's limit is 50; 40 leaves room for 0.2 s of network jitter."""

# https://discord.com/developers/docs/topics/rate-limits#global-rate-limit
_UNLIMITED_PATHS = ("/interactions/", "/webhooks/")
"""Responses to interactions do not count."""


class RateLimit:
    """Spaces requests evenly; one after a pause is sent at once."""

    def __init__(self, a_second: float = REQUESTS_A_SECOND) -> None:
        self._gap = 1 / a_second
        self._lock = asyncio.Lock()
        self._next = 0.0

    def trace(self) -> aiohttp.TraceConfig:
        """Return an aiohttp trace that delays every request of a client, also retries."""
        config = aiohttp.TraceConfig()
        config.on_request_start.append(self._on_request_start)
        return config

    async def wait(self) -> None:
        """Wait for the next slot, in order of arrival."""
        loop = asyncio.get_running_loop()
        async with self._lock:
            delay = self._next - loop.time()
            if delay > 0:
                await asyncio.sleep(delay)
            # If a sleep ends late, the next request comes earlier by that time, at most by one gap.
            self._next = max(self._next, loop.time() - self._gap) + self._gap

    async def _on_request_start(
        self,
        _session: aiohttp.ClientSession,
        _context: SimpleNamespace,
        request: aiohttp.TraceRequestStartParams,
    ) -> None:
        if not any(part in request.url.path for part in _UNLIMITED_PATHS):
            await self.wait()
