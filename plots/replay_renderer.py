"""Rendering of replays in a process at low priority, as it takes seconds.

Drawing with Pillow holds the GIL, so in a thread it would hold up the event loop.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import signal
import sys
import traceback
from collections.abc import Callable
from hashlib import blake2b
from multiprocessing.connection import Connection, wait
from time import monotonic

from plots.renderer import PictureCache
from plots.specs import Replay

logger = logging.getLogger(__name__)

_TIMEOUT = 120.0
"""Seconds; on a busy machine the process gets little of the processor."""
_CLOSE_SECONDS = 5.0
_NICENESS = 15
"""Added to the bot's: below the board worker, too."""
_MAX_WAITING = 10
"""Replays that wait for the one that is drawn; each takes some two seconds."""
_CACHE_BYTES = 16 << 20


class ReplayFailed(Exception):
    """A replay that could not be drawn; the log says why."""


class ReplayQueueFull(Exception):
    """Too many replays wait already."""


class ReplayRenderer:
    """Draws one replay after the other, each in a process of its own that is killed at a stop.

    The process writes no file: the finished picture comes through a pipe.
    """

    def __init__(self, *, timeout: float = _TIMEOUT) -> None:
        self._timeout = timeout
        self._cache = PictureCache(_CACHE_BYTES)
        self._one_at_a_time = asyncio.Lock()
        self._unfinished = 0
        self._process: _Process | None = None
        self._closed = False

    @property
    def is_busy(self) -> bool:
        """Whether a replay is being drawn."""
        return self._unfinished > 0

    async def find_drawn(self, replay: Replay) -> bytes | None:
        """Return a replay that was drawn a short time ago; None if it is not kept."""
        return self._cache.get(await asyncio.to_thread(_build_key, replay))

    async def render(
        self, replay: Replay, progress: Callable[[int], None], *, always: bool = False
    ) -> bytes:
        """Return the GIF; `progress` is called with the percentage that is done.

        Raises `ReplayFailed`, or `ReplayQueueFull` at once, unless it is `always` to be drawn: then
        it waits its turn, however many wait.
        """
        if self._unfinished > _MAX_WAITING and not always:
            raise ReplayQueueFull
        self._unfinished += 1
        try:
            async with self._one_at_a_time:
                key = await asyncio.to_thread(_build_key, replay)
                gif = self._cache.get(key)
                if gif is None:
                    gif = await self._draw(replay, progress)
                    self._cache.put(key, gif)
                return gif
        finally:
            self._unfinished -= 1

    def close(self) -> None:
        """Stop; a replay that is being drawn is dropped."""
        self._closed = True
        if self._process is not None:
            self._process.kill()

    async def _draw(self, replay: Replay, progress: Callable[[int], None]) -> bytes:
        loop = asyncio.get_running_loop()
        try:
            # Starting a process blocks.
            process = await asyncio.to_thread(_Process)
        except OSError as error:
            logger.exception("The process for a replay could not be started")
            raise ReplayFailed from error
        self._process = process
        try:
            if self._closed:
                raise ReplayFailed

            def report(percent: int) -> None:
                if not self._closed:
                    loop.call_soon_threadsafe(progress, percent)

            return await asyncio.to_thread(process.draw, replay, report, self._timeout)
        finally:
            # Also after a cancellation: then the thread that waits for the process ends with it.
            process.kill()
            self._process = None


def _build_key(replay: Replay) -> bytes:
    """Return a fingerprint; of thousands of points it takes some milliseconds."""
    return blake2b(repr(replay).encode("utf-8", "surrogatepass"), digest_size=16).digest()


class _Process:
    """The process and the connection to it."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        with theirs:
            self._process.start()
        if sys.platform != "win32" and self._process.pid is not None:
            # From outside, so that it is lowered before the process imports matplotlib.
            niceness = os.getpriority(os.PRIO_PROCESS, 0) + _NICENESS
            os.setpriority(os.PRIO_PROCESS, self._process.pid, niceness)

    def draw(self, replay: Replay, progress: Callable[[int], None], timeout: float) -> bytes:
        """Return the GIF; blocks. Raises `ReplayFailed`."""
        ends_at = monotonic() + timeout
        sent = False
        try:
            while True:
                # On Windows a pipe does not break when the process ends during its imports.
                ready = wait(
                    [self._connection, self._process.sentinel], max(ends_at - monotonic(), 0)
                )
                if not ready:
                    logger.warning("A replay was not drawn in %.0f seconds", timeout)
                    raise ReplayFailed
                if self._connection not in ready:
                    raise EOFError
                answer = self._connection.recv()
                if isinstance(answer, bytes):
                    return answer
                if isinstance(answer, str):
                    logger.error("A replay could not be drawn: %s", answer)
                    raise ReplayFailed
                if not sent:  # The first message: it has imported all it needs.
                    self._connection.send(replay)
                    sent = True
                else:
                    progress(answer)
        except (EOFError, OSError) as error:
            self._process.join(_CLOSE_SECONDS)
            logger.warning("The process for a replay ended (%s)", self._process.exitcode)
            raise ReplayFailed from error
        finally:
            self.kill()
            self._process.join(_CLOSE_SECONDS)
            self._connection.close()

    def kill(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()


# What follows runs in the process.


def _serve(connection: Connection) -> None:
    """Draw the replay that is sent; send what is done in per cent, then the GIF, or what failed."""
    for signal_ in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signal_, signal.SIG_IGN)
    try:
        from plots.drawing.elements.fonts import load_fonts  # noqa: PLC0415 - matplotlib
        from plots.drawing.replay import draw_replay  # noqa: PLC0415 - imports matplotlib

        load_fonts()
        connection.send(0)
        connection.send(draw_replay(connection.recv(), connection.send))
    except (EOFError, OSError):
        return  # The bot has ended, or dropped the replay.
    except Exception:  # noqa: BLE001 - the bot logs it
        connection.send(traceback.format_exc())
