"""The messages of live boards that are being edited."""

from __future__ import annotations

import asyncio
from weakref import WeakValueDictionary


class LiveBoardEdits:
    """Locks a message, by its row of the outbox, while its board is read and shown.

    If the live board is moved or removed meanwhile, its message is not deleted, or edited for the
    last time, before that has ended: the edit under way could overwrite it.
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
