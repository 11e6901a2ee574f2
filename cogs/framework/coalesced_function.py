"""Coalescing of concurrent calls."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable


class CoalescedFunction:
    """Runs an async function one at a time; calls during a run share one more run after it."""

    def __init__(self, work: Callable[[], Awaitable[object]]) -> None:
        self._work = work
        self._lock = asyncio.Lock()
        self._calls = 0
        self._served = 0
        """The number of the last call that has had its run, or shares the one that is running."""

    async def __call__(self) -> None:
        """Run the function, or wait until a run has ended that began after this call.

        If several calls share a run that fails, only one of them raises its error.
        """
        self._calls += 1
        number = self._calls
        async with self._lock:
            if number <= self._served:
                return
            served_before, self._served = self._served, self._calls
            try:
                await self._work()
            except asyncio.CancelledError:
                self._served = served_before  # The calls that shared it get another run.
                raise
