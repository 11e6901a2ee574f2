"""Board worker: the process that parses and stores boards, so that the event loop never blocks."""

from __future__ import annotations

import asyncio
import gc
import logging
import multiprocessing
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import replace
from functools import partial
from multiprocessing.connection import Connection, wait
from pathlib import Path

from bot import logs
from cogs.framework.log_context import log_subject
from leaderboards.errors import LeaderboardError
from leaderboards.sync import PrivateBoardRows, SyncOptions, SyncReport, sync_board
from storage.storage import Storage

logger = logging.getLogger(__name__)

LARGE_BOARD = 20_000
"""After a board of more teams the process is replaced, which returns its memory to the system."""

_TIMEOUT = 120.0
"""Seconds that a small board may take, the start of the process included."""

_TEAMS_PER_MEBIBYTE = 40_000
"""Teams in a mebibyte of a board's zip file, roughly."""

_SECONDS_PER_MEBIBYTE = 30.0
"""Added to the timeout for the size of a board."""

_CLOSE_SECONDS = 5.0
"""Seconds for the current board at a stop, and for a process to end."""

_NICENESS = 10
"""Added to the board worker's niceness, so that the bot answers members first."""


BoardSource = bytes | PrivateBoardRows
"""A downloaded zip file, or the rows of a private board's pages."""


class WorkerFailed(LeaderboardError):
    """The board worker ended or was killed, twice, before it had stored a board."""


class _WorkerLost(Exception):
    """The board worker ended, or did not store a board in time and was killed."""


class BoardWorker:
    """Parses and stores boards one after the other in one process.

    Each board is committed in one transaction, so a process that ends loses at most the current
    one; it is stored again by the next process. A process that does not store a board within
    `timeout` seconds, and some more for a large one, is killed.
    """

    def __init__(
        self,
        database: Path,
        *,
        timeout: float = _TIMEOUT,
        log_level: str = "WARNING",
        log_format: logs.LogFormat = logs.LogFormat.TEXT,
    ) -> None:
        """`log_level` and `log_format` are those of the bot, whose log the process shares."""
        self._initialize = partial(_initialize, database, log_level, log_format)
        self._timeout = timeout
        self._one_at_a_time = asyncio.Lock()
        self._tasks: set[asyncio.Task[SyncReport]] = set()
        self._process: _Process | None = None
        self._closing = False

    @property
    def pid(self) -> int:
        """The id of the process; 0 while there is none."""
        return 0 if self._process is None else self._process.pid

    async def sync_board(
        self, slug: str, data: BoardSource, *, options: SyncOptions, progress: Callable[[str], None]
    ) -> SyncReport:
        """Run `leaderboards.sync.sync_board` in the process; the report has no `changes`.

        Raises `WorkerFailed` if two processes were lost. If cancelled, the board is stored anyway.
        """
        task = asyncio.create_task(self._sync(slug, data, options, progress))
        self._tasks.add(task)
        task.add_done_callback(self._discard)
        return await asyncio.shield(task)

    async def aclose(self) -> None:
        """Stop the process after the current board, or kill it if that takes too long."""
        self._closing = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_CLOSE_SECONDS)
        if self._tasks and self._process is not None:
            await asyncio.to_thread(self._process.kill)
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._process is not None:
            await self._end(self._process.stop)

    def _discard(self, task: asyncio.Task[SyncReport]) -> None:
        self._tasks.discard(task)
        # After a cancellation nobody else retrieves the exception.
        if not task.cancelled():
            task.exception()

    async def _sync(
        self, slug: str, data: BoardSource, options: SyncOptions, progress: Callable[[str], None]
    ) -> SyncReport:
        timeout = self._timeout + _count_mebibytes(data) * _SECONDS_PER_MEBIBYTE
        async with self._one_at_a_time:
            progress("Reading the board")
            try:
                return await self._run(timeout, slug, data, options)
            except _WorkerLost as error:
                logger.warning("%s: the board worker %s; it is tried once more", slug, error)
            progress("Reading the board once more")
            try:
                return await self._run(timeout, slug, data, options)
            except _WorkerLost as error:
                raise WorkerFailed(
                    f"The board of {slug} could not be stored: the process for it {error}, twice."
                    " Look whether this machine is overloaded, or short of memory."
                ) from None

    async def _run(
        self, timeout: float, slug: str, data: BoardSource, options: SyncOptions
    ) -> SyncReport:
        if self._closing:
            raise asyncio.CancelledError
        if self._process is None:
            # Starting a process blocks.
            self._process = await asyncio.to_thread(_Process, self._initialize)
        process = self._process
        call = asyncio.ensure_future(asyncio.to_thread(process.call, slug, data, options))
        await asyncio.wait({call}, timeout=timeout)
        if not call.done():
            await self._end(process.kill)
            # A process that hangs in the operating system itself cannot be killed.
            await asyncio.wait({call}, timeout=_CLOSE_SECONDS)
            call.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
            raise _WorkerLost(f"did not store it within {timeout:.0f} seconds and was killed")
        try:
            report = call.result()
        except _WorkerLost:
            await self._end(process.kill)
            if self._closing:
                raise asyncio.CancelledError from None
            raise
        if report.teams > LARGE_BOARD:
            # It ends before the next one starts: two would take twice the memory.
            await self._end(process.stop)
        return report

    async def _end(self, end: Callable[[], None]) -> None:
        self._process = None
        await asyncio.to_thread(end)


def _count_mebibytes(data: BoardSource) -> float:
    if isinstance(data, PrivateBoardRows):
        return len(data.rows) / _TEAMS_PER_MEBIBYTE
    return len(data) / (1 << 20)


class _Process:
    """The process and the connection to it; all methods block."""

    def __init__(self, initialize: Callable[[], None]) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, initialize), daemon=True)
        with theirs:
            self._process.start()
        self.pid = self._process.pid or 0
        self._is_ready = False
        if sys.platform != "win32":
            # From outside, so that it is lowered before the process imports pandas.
            niceness = os.getpriority(os.PRIO_PROCESS, 0) + _NICENESS
            os.setpriority(os.PRIO_PROCESS, self.pid, niceness)

    def call(self, slug: str, data: BoardSource, options: SyncOptions) -> SyncReport:
        """Sync a board; raise `_WorkerLost` if the process ends."""
        try:
            self._wait_until_ready()
            self._connection.send((slug, data, options))
            answer, note = self._connection.recv()
        except (EOFError, OSError):
            self._process.join(_CLOSE_SECONDS)
            raise _WorkerLost(f"ended (exit code {self._process.exitcode})") from None
        if isinstance(answer, Exception):
            if note:
                answer.add_note(note)
            raise answer
        assert isinstance(answer, SyncReport)  # noqa: S101 - what `_serve` sends
        return answer

    def _wait_until_ready(self) -> None:
        """Wait for the first message of the process; raise `EOFError` if it ends before.

        On Windows a pipe does not break when the process ends during its imports, and `send` would
        wait for ever.
        """
        if not self._is_ready:
            if self._connection not in wait([self._connection, self._process.sentinel]):
                raise EOFError
            self._is_ready = bool(self._connection.recv())

    def stop(self) -> None:
        """End the process, which is idle."""
        self._connection.close()
        self._process.join(_CLOSE_SECONDS)
        self.kill()

    def kill(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()
        self._process.join(_CLOSE_SECONDS)


# What follows runs in the board worker.

_opened: tuple[asyncio.Runner, Storage]


def _serve(connection: Connection, initialize: Callable[[], None]) -> None:
    """Report that the process is ready, then answer calls until the bot closes the connection."""
    connection.send(True)
    initialized = False
    while True:
        try:
            arguments = connection.recv()
        except EOFError:
            return
        note = ""
        try:
            if not initialized:
                initialize()
            initialized = True
            answer: SyncReport | Exception = _sync_board(*arguments)
        except LeaderboardError as error:
            answer = error
        except Exception as error:  # noqa: BLE001 - the bot raises it
            # Apart from the error: some kinds lose their notes on the way.
            answer, note = error, f"In the board worker:\n{traceback.format_exc()}"
        connection.send((answer, note))


def _initialize(database: Path, log_level: str, log_format: logs.LogFormat) -> None:
    """Open log and database in the board worker, and end the process when the bot ends."""
    global _opened  # noqa: PLW0603 - the state of a process with one task
    logs.set_up(log_level, log_format=log_format)
    for signal_ in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signal_, signal.SIG_IGN)
    # A sync allocates objects by the ten thousand and leaves few cycles.
    gc.freeze()
    gc.set_threshold(100_000)
    runner = asyncio.Runner()
    _opened = runner, runner.run(Storage.open(database, blocking=True, create=False))
    threading.Thread(target=_exit_with_parent, daemon=True).start()


def _exit_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _sync_board(slug: str, data: BoardSource, options: SyncOptions) -> SyncReport:
    runner, storage = _opened
    with log_subject(competition=slug):
        report = runner.run(
            sync_board(slug, data, store=storage.board_writer, options=options),
            context=copy_context(),
        )
    return replace(report, changes=None)
