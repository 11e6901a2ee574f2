"""Pictures that were drawn, as many as fit; what was not asked for longest goes first."""

from __future__ import annotations

from collections import OrderedDict


class PictureCache:
    """Keeps at most so many bytes of PNGs; for one thread."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._pictures: OrderedDict[bytes, bytes] = OrderedDict()
        self._size = 0

    def get(self, key: bytes) -> bytes | None:
        """Give a picture that is still there."""
        if key not in self._pictures:
            return None
        self._pictures.move_to_end(key)
        return self._pictures[key]

    def put(self, key: bytes, picture: bytes) -> None:
        """Keep a picture that is not there yet, and let go of others until all fit."""
        self._pictures[key] = picture
        self._size += len(picture)
        while self._size > self._most_bytes:
            _, oldest = self._pictures.popitem(last=False)
            self._size -= len(oldest)
