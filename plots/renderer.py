"""Rendering of plots in a thread, one at a time and fairly by requester, with a cache."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from hashlib import blake2b

from plots.specs import Plot

logger = logging.getLogger(__name__)

_CACHE_BYTES = 32 << 20


class PlotRenderer:
    """Renders plots in its own thread.

    One thread, because matplotlib is not made for several. It holds up the event loop for no
    longer than Python's switch interval, a few milliseconds. matplotlib is imported in it, with the
    first picture or `warm_up`, so that the bot starts without.
    """

    def __init__(self, cache_bytes: int = _CACHE_BYTES) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="plots")
        self._cache = PictureCache(cache_bytes)
        self._lock = FairLock()

    async def render(self, plot: Plot, requester_id: int) -> bytes | None:
        """Return the PNG of a specification; log the error and return None if drawing fails.

        `requester_id` is the id of the member or server for whom it is drawn: they take turns, so
        that nobody waits for all the pictures of one who asks for many.
        """
        loop = asyncio.get_running_loop()
        try:
            async with self._lock.hold(requester_id):
                return await loop.run_in_executor(self._executor, self._render, plot)
        except Exception:
            logger.exception("Could not draw a %s", type(plot).__name__)
            return None

    def warm_up(self) -> None:
        """Import matplotlib and load the fonts in the thread, without waiting."""
        self._executor.submit(_load)

    def close(self) -> None:
        """Stop; a running drawing is finished and dropped."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _render(self, plot: Plot) -> bytes:
        # Here, not in the caller, so that a picture asked for twice at once is drawn once.
        key = blake2b(repr(plot).encode("utf-8", "surrogatepass"), digest_size=16).digest()
        cached = self._cache.get(key)
        if cached is not None:
            return cached
        from plots.drawing import render_plot  # noqa: PLC0415 - imports matplotlib

        png = render_plot(plot)
        self._cache.put(key, png)
        return png


def _load() -> None:
    try:
        from plots.drawing import load_fonts  # noqa: PLC0415 - imports matplotlib

        load_fonts()
    except Exception:
        logger.exception("Fonts for plots could not be loaded")


class FairLock:
    """Lock for which requesters wait in turn, each with their own queue."""

    def __init__(self) -> None:
        self._is_held = False
        self._queues: OrderedDict[int, deque[asyncio.Future[None]]] = OrderedDict()
        """By requester's id; the first one is next."""

    @asynccontextmanager
    async def hold(self, requester_id: int) -> AsyncIterator[None]:
        """Hold the lock for a requester."""
        if self._is_held:
            turn = asyncio.get_running_loop().create_future()
            self._queues.setdefault(requester_id, deque()).append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if not turn.cancelled():  # The lock was passed on to this one already.
                    self._pass_on()
                raise
        self._is_held = True
        try:
            yield
        finally:
            self._pass_on()

    def _pass_on(self) -> None:
        while self._queues:
            requester_id, queue = self._queues.popitem(last=False)
            turn = queue.popleft()
            if queue:
                self._queues[requester_id] = queue  # Behind all others who wait.
            if not turn.cancelled():
                turn.set_result(None)
                return
        self._is_held = False


class PictureCache:
    """Caches PNGs or GIFs up to a total size in bytes; not thread-safe."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._pictures: OrderedDict[bytes, bytes] = OrderedDict()
        self._size = 0

    def get(self, key: bytes) -> bytes | None:
        """Return a cached picture; None if it is not cached."""
        if key not in self._pictures:
            return None
        self._pictures.move_to_end(key)
        return self._pictures[key]

    def put(self, key: bytes, picture: bytes) -> None:
        """Cache a picture, and drop the least recently used ones until all fit."""
        self._pictures[key] = picture
        self._size += len(picture)
        while self._size > self._max_bytes:
            _, oldest = self._pictures.popitem(last=False)
            self._size -= len(oldest)
