"""A SQLite database: in each process one connection that writes, and several that read.

In WAL mode readers and writers do not wait for each other. Writers do: those of one process for a
lock in Python, those of two processes for SQLite's, `BUSY_SECONDS` at most.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import Final, NamedTuple, Self

import aiosqlite

from storage.blocking_connection import Parameters
from storage.connections import (
    BUSY_SECONDS,
    add_suffix,
    build_timed_path,
    check_file,
    close,
    connect,
    converting_errors,
    create_file,
    describe_error,
    finish_despite_cancel,
    is_busy,
)
from storage.drafts import choose_draft, put_in_place
from storage.errors import DatabaseMoved, DatabaseUnusable, UnusableFile
from storage.upgrade import create_database, upgrade_database

OLDEST_SQLITE: Final = (3, 38)


class Size(NamedTuple):
    """Bytes of the database file."""

    total: int
    free: int
    """Bytes of unused pages, which later writes reuse."""


class Database:
    """Transactions on one database file."""

    def __init__(
        self,
        path: Path,
        schema_version: str,
        writer: aiosqlite.Connection,
        readers: list[aiosqlite.Connection],
    ) -> None:
        self.path = path
        self.schema_version = schema_version
        """The name of the newest migration."""
        self._files = _find_files(path)
        self._writer = writer
        self._writing = asyncio.Lock()
        self._readers = readers
        self._idle: asyncio.Queue[aiosqlite.Connection] = asyncio.Queue()
        for reader in readers:
            self._idle.put_nowait(reader)

    @classmethod
    async def open(
        cls,
        path: Path,
        readers: int = 2,
        *,
        blocking: bool = False,
        create: bool = True,
        upgrade: bool = False,
    ) -> Self:
        """Open a database file; raises `DatabaseUnusable`, also if it is missing without `create`.

        `blocking` is for a process that does one thing at a time and sends nothing: statements
        block its event loop, and a loss of power can take back its last commits.
        With `upgrade` pending migrations are applied, after a copy was written beside the file;
        without it an older database is refused.
        """
        if sqlite3.sqlite_version_info < OLDEST_SQLITE:
            raise DatabaseUnusable(
                "Podium needs SQLite {}.{} or newer; this Python brings {}.".format(
                    *OLDEST_SQLITE, sqlite3.sqlite_version
                )
            )
        opened: list[aiosqlite.Connection] = []
        try:
            if not await asyncio.to_thread(check_file, path):
                if not create:
                    raise UnusableFile("is missing.")
                await create_database(path)
            writer = await connect(path, opened, blocking=blocking)
            schema_version = await upgrade_database(writer, path, allowed=upgrade)
            await _enable_wal(writer)
            # Each commit reaches the disk before it returns, so that a loss of power takes back no
            # record of an attempt whose request was sent. The board worker, the blocking one, sends
            # nothing: what it commits reaches the disk with the bot's next commit, as both write to
            # one log, or with the next checkpoint.
            await writer.execute(f"PRAGMA synchronous = {'NORMAL' if blocking else 'FULL'}")
            # 16 MiB: with less, a large board is written to disk twice in one transaction.
            await writer.execute("PRAGMA cache_size = -16384")
            # After the migrations, which may rebuild a table that others reference.
            await writer.execute("PRAGMA foreign_keys = ON")
            for _ in range(readers):
                reader = await connect(path, opened, blocking=blocking)
                await reader.execute("PRAGMA query_only = ON")
        except BaseException as error:
            await close(opened)
            reason = describe_error(error)
            if reason is None:
                raise
            raise DatabaseUnusable(f"The database {path} {reason}") from error
        return cls(path, schema_version, writer, opened[1:])

    @asynccontextmanager
    async def write(self) -> AsyncIterator[aiosqlite.Connection]:
        """Enter a transaction of the writer; commit at the end, roll back on an error."""
        async with self._writing:
            with converting_errors():
                try:
                    await self._writer.execute("BEGIN IMMEDIATE")
                    yield self._writer
                    await finish_despite_cancel(self._writer.commit())
                except BaseException:
                    # Queued after the statements that a cancelled task left.
                    await finish_despite_cancel(self._writer.rollback())
                    raise

    @asynccontextmanager
    async def read(self) -> AsyncIterator[aiosqlite.Connection]:
        """Enter a read transaction: all its queries see the same state."""
        async with self._reader() as reader:
            with converting_errors():
                try:
                    await reader.execute("BEGIN")
                    yield reader
                finally:
                    await finish_despite_cancel(reader.rollback())

    async def change(self, statement: str, parameters: Parameters = ()) -> list[sqlite3.Row]:
        """Execute one writing statement as its own transaction; return its rows.

        Takes a quarter of the time of `write`, since it calls the writer's thread only once.
        """
        async with self._writing:
            with converting_errors():
                return list(await self._writer.execute_fetchall(statement, parameters))

    async def query(self, statement: str, parameters: Parameters = ()) -> list[sqlite3.Row]:
        """Execute one reading statement, in a third of the time of `read`; return its rows."""
        async with self._reader() as reader:
            with converting_errors():
                return list(await reader.execute_fetchall(statement, parameters))

    @asynccontextmanager
    async def _reader(self) -> AsyncIterator[aiosqlite.Connection]:
        reader = await self._idle.get()
        try:
            yield reader
        finally:
            self._idle.put_nowait(reader)

    async def size(self) -> Size:
        """Return the size of the file."""
        async with self.read() as connection:
            ((page_bytes,),) = await connection.execute_fetchall("PRAGMA page_size")
            ((pages,),) = await connection.execute_fetchall("PRAGMA page_count")
            ((free,),) = await connection.execute_fetchall("PRAGMA freelist_count")
        return Size(pages * page_bytes, free * page_bytes)

    async def require_same_file(self) -> None:
        """Raise `DatabaseMoved` if the database or its log is not the opened file any more.

        SQLite does not notice: it writes on into a file that nobody can open again.
        """
        present = await asyncio.to_thread(_find_files, self.path)
        if any(present.get(suffix) != file for suffix, file in self._files.items()):
            raise DatabaseMoved(
                "The database file was deleted, moved or replaced while the bot runs, so no board"
                " is stored. Stop the bot, put the file or a copy in its place, and start the bot."
            )

    async def write_rescue_copy(self) -> Path:
        """Write what the opened file holds, wherever it is, to a new file; return its path.

        Raises `DatabaseUnusable`.
        """
        target = build_timed_path(self.path, "rescued")
        draft = choose_draft(target)
        try:
            async with self._writing:
                with converting_errors():
                    await asyncio.to_thread(create_file, draft)
                    await finish_despite_cancel(
                        self._writer.execute("VACUUM INTO ?", (str(draft),))
                    )
            await asyncio.to_thread(put_in_place, draft, target)
        except OSError as error:
            raise DatabaseUnusable(f"The database cannot be copied: {error.strerror}.") from error
        finally:
            with suppress(OSError):  # The disk may take no changes any more.
                await asyncio.to_thread(draft.unlink, missing_ok=True)
        return target

    async def close(self) -> None:
        """Wait for running transactions, then close the database."""
        for _ in self._readers:
            await self._idle.get()
        async with self._writing:
            # The writer last: the last connection to close merges the write-ahead log.
            await close([self._writer, *self._readers])
        # Later reads raise an error, as later writes do, instead of waiting for a reader.
        for reader in self._readers:
            self._idle.put_nowait(reader)


async def _enable_wal(connection: aiosqlite.Connection) -> None:
    """Switch to write-ahead logging, and create the log.

    Waits if another process does so at the same time: SQLite does not apply its busy timeout here.
    """
    deadline = monotonic() + BUSY_SECONDS
    while True:
        try:
            await connection.execute_fetchall("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if not is_busy(error) or monotonic() > deadline:
                raise
            await asyncio.sleep(0.02)
        else:
            # The first read creates the log, which `require_same_file` is to know.
            await connection.execute_fetchall("PRAGMA schema_version")
            return


def _find_files(path: Path) -> dict[str, tuple[int, int]]:
    """Return what identifies the database and its write-ahead log, as far as they exist."""
    found = {}
    for suffix in ("", "-wal"):
        with suppress(OSError):
            state = add_suffix(path, suffix).stat()
            found[suffix] = state.st_dev, state.st_ino
    return found
