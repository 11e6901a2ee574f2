"""Begins a process that works behind the bot: whoever asks something of the bot goes first."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from contextlib import suppress


def packed(begin: Callable[[], None]) -> bytes:
    """Pack what a process begins with, so that its modules are not imported too early."""
    return pickle.dumps(begin)


def start(begin: bytes) -> None:
    """Begin with what was packed, which alone may take a second for its imports.

    On Linux the scheduler lets such a process wait for all others of its service, so none of these
    should take every core for long: it may hold SQLite's lock. Elsewhere, and where the system
    refuses that, it is one like any other.
    """
    if hasattr(os, "SCHED_IDLE"):
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    pickle.loads(begin)()  # noqa: S301 - from the bot itself
