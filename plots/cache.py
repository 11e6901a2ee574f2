"""Least-recently-used cache of drawn PNGs."""

from __future__ import annotations

from collections import OrderedDict


class PictureCache:
    """Keeps PNGs up to a total size in bytes; not thread-safe."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._pictures: OrderedDict[bytes, bytes] = OrderedDict()
        self._size = 0

    def get(self, key: bytes) -> bytes | None:
        """Return a cached PNG; None if it is not cached."""
        if key not in self._pictures:
            return None
        self._pictures.move_to_end(key)
        return self._pictures[key]

    def put(self, key: bytes, picture: bytes) -> None:
        """Cache a PNG, and drop the least recently used ones until all fit."""
        self._pictures[key] = picture
        self._size += len(picture)
        while self._size > self._most_bytes:
            _, oldest = self._pictures.popitem(last=False)
            self._size -= len(oldest)
