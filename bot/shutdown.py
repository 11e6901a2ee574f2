"""Stopping in time, whatever does not answer: what is stored is whole at every moment."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

logger = logging.getLogger(__name__)

STOPS_WITHIN: Final = 9.0
"""Seconds after which the process ends, whether or not Discord or the database answered."""


@contextmanager
def shutdown_deadline() -> Iterator[Callable[[], None]]:
    """Give what is to be called when the end begins; from then on the time runs."""
    timer = threading.Timer(STOPS_WITHIN, _end)
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
    # A transaction that was not committed is not there when the database is opened again.
    os._exit(1)
