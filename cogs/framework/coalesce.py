"""Work that many ask for and that need not be done for each of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable


class Coalesced:
    """Runs a piece of work one at a time; all who ask while it runs share one further run."""

    def __init__(self, work: Callable[[], Awaitable[object]]) -> None:
        self._work = work
        self._running = False
        self._again = False

    async def __call__(self) -> None:
        """Do the work, or have who does it do it once more."""
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
