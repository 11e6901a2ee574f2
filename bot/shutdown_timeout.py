"""A timeout for the shutdown, after which the process ends itself.

That loses nothing: the database is consistent at any moment.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

logger = logging.getLogger(__name__)

TIMEOUT: Final = 9.0
"""Seconds until the process is ended even if Discord or the database do not respond."""


@contextmanager
def shutdown_timeout() -> Iterator[Callable[[], None]]:
    """Yield the function that starts the countdown."""
    timer = threading.Timer(TIMEOUT, _end_process)
    timer.daemon = True
    started = threading.Event()

    def start_countdown() -> None:
        if not started.is_set():
            started.set()
            timer.start()

    try:
        yield start_countdown
    finally:
        timer.cancel()


def _end_process() -> None:
    logger.error("Not everything stopped in time; the process ends now")
    logging.shutdown()
    # SQLite rolls an uncommitted transaction back when the database is opened again.
    os._exit(1)
