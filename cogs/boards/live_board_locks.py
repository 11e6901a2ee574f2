"""Locks of the messages of live boards."""

from __future__ import annotations

import asyncio
from weakref import WeakValueDictionary


class LiveBoardLocks:
    """Locks of live boards' messages while they are edited, by the messages' rows of the outbox.

    If the live board is moved or removed meanwhile, `FormerLiveBoards` leaves the message until
    this edit has ended: else the edit under way could overwrite the last one.
    """

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    def find_lock(self, outbox_id: int) -> asyncio.Lock:
        """Return the lock of a message."""
        return self._locks.setdefault(outbox_id, asyncio.Lock())

    def is_locked(self, outbox_id: int) -> bool:
        """Return whether a message is being edited."""
        lock = self._locks.get(outbox_id)
        return lock is not None and lock.locked()
