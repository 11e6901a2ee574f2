"""A deadline for the shutdown: the database is consistent at any moment."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

logger = logging.getLogger(__name__)

DEADLINE: Final = 9.0
"""Seconds until the process is ended even if Discord or the database do not respond."""


@contextmanager
def shutdown_deadline() -> Iterator[Callable[[], None]]:
    """Yield the function that starts the countdown."""
    timer = threading.Timer(DEADLINE, _end)
    timer.daemon = True
    begun = threading.Event()

    def begin() -> None:
        if not begun.is_set():
            begun.set()
            timer.start()

    try:
        yield begin
    finally:
        timer.cancel()


def _end() -> None:
    logger.error("Not everything stopped in time; the process ends now")
    logging.shutdown()
    # SQLite rolls an uncommitted transaction back when the database is opened again.
    os._exit(1)
