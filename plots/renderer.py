"""Rendering of plots in a thread, one at a time, with a cache."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b

from plots.specs import Plot

logger = logging.getLogger(__name__)

_CACHE_BYTES = 32 << 20


class PlotRenderer:
    """Renders plots in its own thread.

    One thread, because matplotlib is not made for several. It holds up the event loop for no
    longer than Python lets any thread run, a few milliseconds. matplotlib is imported in it, with
    the first picture or `warm_up`, so that the bot starts without.
    """

    def __init__(self, cache_bytes: int = _CACHE_BYTES) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="plots")
        self._cache = PlotCache(cache_bytes)

    async def render(self, plot: Plot) -> bytes | None:
        """Return the PNG of a specification; log the error and return None if drawing fails."""
        loop = asyncio.get_running_loop()
        try:
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


class PlotCache:
    """Keeps PNGs up to a total size in bytes; not thread-safe."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._pngs: OrderedDict[bytes, bytes] = OrderedDict()
        self._size = 0

    def get(self, key: bytes) -> bytes | None:
        """Return a cached PNG; None if it is not cached."""
        if key not in self._pngs:
            return None
        self._pngs.move_to_end(key)
        return self._pngs[key]

    def put(self, key: bytes, png: bytes) -> None:
        """Cache a PNG, and drop the least recently used ones until all fit."""
        self._pngs[key] = png
        self._size += len(png)
        while self._size > self._max_bytes:
            _, oldest = self._pngs.popitem(last=False)
            self._size -= len(oldest)
