"""Worker process that parses and stores boards, so that the bot's event loop is never blocked."""

from __future__ import annotations

import asyncio
import gc
import logging
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool, ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

from leaderboards.sync import SyncOptions, SyncReport, sync_board
from storage.storage import Storage

logger = logging.getLogger(__name__)

LARGE_BOARD = 20_000
"""Teams of a board after which the process is replaced, which returns its memory to the system."""

_NICENESS = 10
"""Added to the worker's niceness, so that the bot answers members first."""


class BoardWorker:
    """Parses and stores boards one after the other in one process.

    Each board is committed in one transaction, so a crash of the process loses at most the current
    one; it is stored again by the next process.
    """

    def __init__(self, database: Path) -> None:
        self._database = database
        self._starting = asyncio.Lock()
        self._pool: ProcessPoolExecutor | None = None

    async def sync_board(
        self, slug: str, data: bytes, *, options: SyncOptions, progress: Callable[[str], None]
    ) -> SyncReport:
        """Run `leaderboards.sync.sync_board` in the process; the report has no `changes`."""
        progress("Reading the board")
        try:
            return await self._run(slug, data, options)
        except BrokenProcessPool:
            logger.warning("The worker process died; %s is stored by another one", slug)
            return await self._run(slug, data, options)

    async def aclose(self) -> None:
        """Stop the process after the current board."""
        if self._pool is not None:
            await asyncio.to_thread(self._pool.shutdown, cancel_futures=True)

    async def _run(self, slug: str, data: bytes, options: SyncOptions) -> SyncReport:
        async with self._starting:
            if self._pool is None:
                # Starting a process blocks.
                self._pool = await asyncio.to_thread(_start_pool, self._database)
            pool = self._pool
        try:
            report = await asyncio.get_running_loop().run_in_executor(
                pool, _sync_board, slug, data, options
            )
        except BrokenProcessPool:
            await self._discard(pool)
            raise
        if report.teams > LARGE_BOARD:
            await self._discard(pool)
        return report

    async def _discard(self, pool: ProcessPoolExecutor) -> None:
        """Stop a process before the next one starts: two would take twice the memory."""
        async with self._starting:
            if self._pool is pool:
                self._pool = None
                await asyncio.to_thread(pool.shutdown)


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
    _opened = runner, runner.run(Storage.open(database, blocking=True))


def _exit_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _sync_board(slug: str, data: bytes, options: SyncOptions) -> SyncReport:
    runner, storage = _opened
    report = runner.run(sync_board(slug, data, store=storage.board_writer, options=options))
    return replace(report, changes=None)
