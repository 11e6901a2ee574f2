"""Room for the event loop while a thread works."""

from __future__ import annotations

from time import perf_counter, sleep


class Rest:
    """Lets the event loop run now and then while a thread works for long.

    Python takes its lock from a thread that works only after five milliseconds, and the loop has
    to get it anew after each of its own waits.
    """

    def __init__(self) -> None:
        self._since = perf_counter()

    def when_due(self) -> None:
        """Wait for a moment if the last time is two milliseconds ago."""
        if perf_counter() - self._since > 0.002:
            sleep(0.0001)
            self._since = perf_counter()
