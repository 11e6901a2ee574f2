"""Rendering of plots in a thread, one at a time, with a cache."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b

from plots.cache import PictureCache
from plots.specs import Picture

logger = logging.getLogger(__name__)

_KEPT_BYTES = 32 << 20


class PlotRenderer:
    """Renders plots in its own thread.

    One thread, because matplotlib is not made for several. It holds up the event loop for no
    longer than Python lets any thread run, a few milliseconds. matplotlib is imported in it, with
    the first picture or `warm_up`, so that the bot starts without.
    """

    def __init__(self, kept_bytes: int = _KEPT_BYTES) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="studio")
        self._cache = PictureCache(kept_bytes)

    async def draw(self, picture: Picture) -> bytes | None:
        """Return the PNG of a specification; log the error and return None if drawing fails."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._executor, self._drawn, picture)
        except Exception:
            logger.exception("Could not draw a %s", type(picture).__name__)
            return None

    def warm_up(self) -> None:
        """Import matplotlib and load the fonts in the thread, without waiting."""
        self._executor.submit(_prepare)

    def close(self) -> None:
        """Stop; a running drawing is finished and dropped."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _drawn(self, picture: Picture) -> bytes:
        # Here, not in the caller, so that a picture asked for twice at once is drawn once.
        key = blake2b(repr(picture).encode("utf-8", "surrogatepass"), digest_size=16).digest()
        known = self._cache.get(key)
        if known is not None:
            return known
        from plots.drawing import draw  # noqa: PLC0415 - brings matplotlib

        png = draw(picture)
        self._cache.put(key, png)
        return png


def _prepare() -> None:
    try:
        from plots.drawing import prepare  # noqa: PLC0415 - brings matplotlib

        prepare()
    except Exception:
        logger.exception("Pictures cannot be drawn")
