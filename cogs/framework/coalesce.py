"""Coalescing of concurrent calls."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

logger = logging.getLogger(__name__)


class Coalesced:
    """Runs an async function one at a time; calls during a run share one more run after it."""

    def __init__(self, work: Callable[[], Awaitable[object]]) -> None:
        self._work = work
        self._running = False
        self._again = False

    async def __call__(self) -> None:
        """Run the function; if it is running, request one more run and return at once.

        Raises what the last run raises. Errors of earlier ones are logged: whoever called meanwhile
        still gets a run.
        """
        self._again = True
        if self._running:
            return
        self._running = True
        try:
            while self._again:
                self._again = False
                await self._run()
        finally:
            self._running = False

    async def _run(self) -> None:
        try:
            await self._work()
        except Exception:
            if not self._again:
                raise
            logger.exception("A run failed; the next one follows")
