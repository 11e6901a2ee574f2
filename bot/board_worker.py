"""Boards are taken in by a process of its own: the bot answers meanwhile as if nothing were."""

from __future__ import annotations

import asyncio
import gc
import logging
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures.process import BrokenProcessPool, ProcessPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from time import perf_counter

from leaderboards.sync import SyncReport, UnknownColumnLog, sync
from storage.storage import Storage

logger = logging.getLogger(__name__)

LARGE = 20_000
"""Teams of a board after which the process is given back to the system, with all its memory."""


_NICENESS = 10
"""Added to the worker's niceness, so that the bot answers members first."""


class BoardWorker:
    """Takes in downloads one after the other, on a connection of its own to the database.

    Whatever ends the process, a board is stored whole or not at all; the next one gets another.
    """

    def __init__(self, database: Path) -> None:
        self._database = database
        self._starting = asyncio.Lock()
        self._pool: ProcessPoolExecutor | None = None
        self._unknown_columns = UnknownColumnLog()

    async def __call__(
        self,
        slug: str,
        *,
        download: Callable[[str], Awaitable[bytes]],
        medals: bool,
        announce: bool,
        now: Callable[[], datetime],
        progress: Callable[[str], None],
    ) -> SyncReport:
        """Bring one competition's board up to date; raises what `leaderboards.sync.sync` does."""
        began = perf_counter()
        progress(f"Asking Kaggle for {slug}")
        data = await download(slug)
        downloaded = (perf_counter() - began) * 1000
        progress("Reading the board")
        arguments = (slug, data, medals, announce, now())
        try:
            report = await self._taken_in(arguments)
        except BrokenProcessPool:
            logger.warning("The process that takes boards in was lost; %s is tried again", slug)
            report = await self._taken_in(arguments)
        report.milliseconds["download"] = downloaded
        logger.info(report.line())
        self._unknown_columns.log(report)
        return report

    async def aclose(self) -> None:
        """End the process, after what it is at."""
        if self._pool is not None:
            await asyncio.to_thread(_stop_pool, self._pool)

    async def _taken_in(self, arguments: tuple[str, bytes, bool, bool, datetime]) -> SyncReport:
        async with self._starting:
            if self._pool is None:
                # Starting a process would hold up the event loop.
                self._pool = await asyncio.to_thread(_start_pool, self._database)
            pool = self._pool
        try:
            report = await asyncio.get_running_loop().run_in_executor(pool, _take_in, *arguments)
        except BrokenProcessPool:
            await self._end(pool)
            raise
        if report.teams > LARGE:
            await self._end(pool)
        return report

    async def _end(self, pool: ProcessPoolExecutor) -> None:
        """End one process before another is started: two would take twice the memory."""
        async with self._starting:
            if self._pool is pool:
                self._pool = None
                await asyncio.to_thread(_stop_pool, pool)


def _start_pool(database: Path) -> ProcessPoolExecutor:
    # The priority is lowered before the worker imports pandas, which takes a second.
    lower_priority = None if sys.platform == "win32" else partial(os.nice, _NICENESS)
    pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=lower_priority)
    try:
        pool.submit(_initialize, database).result()
    except BaseException:
        pool.shutdown(wait=False)
        raise
    return pool


def _stop_pool(pool: ProcessPoolExecutor) -> None:
    # The threads of open connections would keep the process from ending.
    try:
        with suppress(BrokenProcessPool):
            pool.submit(_close).result()
    finally:
        pool.shutdown()


# What follows runs in the worker process.

_opened: tuple[asyncio.Runner, Storage]


def _initialize(database: Path) -> None:
    """Open the database in the worker process, and end the process when the bot ends."""
    global _opened  # noqa: PLW0603 - the state of a process with one task
    for signal_ in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signal_, signal.SIG_IGN)
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    # A sync allocates objects by the ten thousand and leaves few cycles.
    gc.freeze()
    gc.set_threshold(100_000)
    runner = asyncio.Runner()
    _opened = runner, runner.run(Storage.open(database))


def _exit_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _close() -> None:
    runner, storage = _opened
    runner.run(storage.close())
    runner.close()


def _take_in(slug: str, data: bytes, medals: bool, announce: bool, now: datetime) -> SyncReport:
    runner, storage = _opened

    async def given(_slug: str) -> bytes:
        return data

    report = runner.run(
        sync(
            slug,
            download=given,
            store=storage.board_writer,
            medals=medals,
            announce=announce,
            now=lambda: now,
        )
    )
    return replace(report, changes=None)
