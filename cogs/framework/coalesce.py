"""Coalescing of concurrent calls."""

from __future__ import annotations

from collections.abc import Awaitable, Callable


class Coalesced:
    """Runs an async function one at a time; calls during a run share one more run after it."""

    def __init__(self, work: Callable[[], Awaitable[object]]) -> None:
        self._work = work
        self._running = False
        self._again = False

    async def __call__(self) -> None:
        """Run the function; if it is running, request one more run and return at once."""
        self._again = True
        if self._running:
            return
        self._running = True
        try:
            while self._again:
                self._again = False
                await self._work()
        finally:
            self._running = False
