"""Signal that wakes waiters at every change of the stand-in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class ChangeSignal:
    """Wakes waiters at every change, so that they check their conditions."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def notify(self) -> None:
        """Wake all waiters, which check their conditions again."""
        for future in self._waiting:
            if not future.done():
                future.set_result(None)

    async def wait_for(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait until the condition holds; False when it does not within the time."""
        try:
            async with asyncio.timeout(seconds):
                while not condition():
                    await self._wait_once()
        except TimeoutError:
            return condition()
        return True

    async def _wait_once(self) -> None:
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await future
        finally:
            self._waiting.discard(future)
