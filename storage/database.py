"""A SQLite database with one writer and several readers."""

from __future__ import annotations

import asyncio
import os
import secrets
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import Final, NamedTuple, Self, TypeVar, cast

import aiosqlite

from storage.blocking_connection import BlockingConnection
from storage.errors import BackupFailed, DatabaseUnusable
from storage.migrations import migrate

OLDEST_SQLITE: Final = (3, 38)
BUSY_SECONDS: Final = 10.0
"""How long to wait for another process that writes, such as the command line."""

_REASONS: Final = {
    sqlite3.SQLITE_NOTADB: "is not a SQLite database.",
    sqlite3.SQLITE_CORRUPT: "is damaged; put a backup in its place.",
    sqlite3.SQLITE_READONLY: "cannot be written: its file or folder is read-only.",
    sqlite3.SQLITE_BUSY: "is locked by another program.",
    sqlite3.SQLITE_FULL: "cannot be written: the disk is full.",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened: its folder is read-only, or too many files are open"
    " (ulimit -n).",
    sqlite3.SQLITE_IOERR: "cannot be read or written: its disk does not answer as it should.",
}

T = TypeVar("T")
Parameters = Sequence[object] | Mapping[str, object]


class Size(NamedTuple):
    """Bytes of the database file."""

    total: int
    free: int
    """Bytes of unused pages, which later writes reuse."""


class Database:
    """Transactions on one database file."""

    def __init__(
        self, path: Path, writer: aiosqlite.Connection, readers: list[aiosqlite.Connection]
    ) -> None:
        self.path = path
        self._writer = writer
        self._writing = asyncio.Lock()
        self._readers = readers
        self._idle: asyncio.Queue[aiosqlite.Connection] = asyncio.Queue()
        for reader in readers:
            self._idle.put_nowait(reader)

    @classmethod
    async def open(cls, path: Path, readers: int = 2, *, blocking: bool = False) -> Self:
        """Open a database file, created and migrated if needed; raises `DatabaseUnusable`.

        `blocking` is for a process that does one thing at a time: statements block its event loop.
        """
        if sqlite3.sqlite_version_info < OLDEST_SQLITE:
            raise DatabaseUnusable(
                "Podium needs SQLite {}.{} or newer; this Python brings {}.".format(
                    *OLDEST_SQLITE, sqlite3.sqlite_version
                )
            )
        opened: list[aiosqlite.Connection] = []
        try:
            await asyncio.to_thread(create, path)
            writer = await _connect(path, opened, blocking=blocking)
            await _write_ahead(writer)
            # Each commit reaches the disk before it returns, so that a loss of power takes back no
            # mark of a request that was sent after it. The worker process, the blocking one, sends
            # nothing: what it commits reaches the disk with the bot's next commit, as both write to
            # one log, or with the next checkpoint.
            await writer.execute(f"PRAGMA synchronous = {'NORMAL' if blocking else 'FULL'}")
            # 16 MiB: with less, a large board is written to disk twice in one transaction.
            await writer.execute("PRAGMA cache_size = -16384")
            await migrate(writer)
            # After the migrations, which may rebuild a table that others reference.
            await writer.execute("PRAGMA foreign_keys = ON")
            for _ in range(readers):
                reader = await _connect(path, opened, blocking=blocking)
                await reader.execute("PRAGMA query_only = ON")
        except BaseException as error:
            await _close(opened)
            reason = _reason(error)
            if reason is None:
                raise
            raise DatabaseUnusable(f"The database {path} {reason}") from error
        return cls(path, writer, opened[1:])

    @asynccontextmanager
    async def write(self) -> AsyncIterator[aiosqlite.Connection]:
        """Enter a transaction of the writer; commit at the end, roll back on an error."""
        async with self._writing:
            with _converting_errors():
                try:
                    await self._writer.execute("BEGIN IMMEDIATE")
                    yield self._writer
                    await _settle(self._writer.commit())
                except BaseException:
                    # Queued behind the statements that a cancelled task left.
                    await _settle(self._writer.rollback())
                    raise

    @asynccontextmanager
    async def read(self) -> AsyncIterator[aiosqlite.Connection]:
        """Enter a read transaction: all its queries see the same state."""
        async with self._reader() as reader:
            with _converting_errors():
                try:
                    await reader.execute("BEGIN")
                    yield reader
                finally:
                    await _settle(reader.rollback())

    async def change(self, statement: str, parameters: Parameters = ()) -> list[sqlite3.Row]:
        """Execute one writing statement as its own transaction; return its rows.

        Takes a quarter of the time of `write`, since it calls the writer's thread only once.
        """
        async with self._writing:
            with _converting_errors():
                return list(await self._writer.execute_fetchall(statement, parameters))

    async def query(self, statement: str, parameters: Parameters = ()) -> list[sqlite3.Row]:
        """Execute one reading statement, in a third of the time of `read`; return its rows."""
        async with self._reader() as reader:
            with _converting_errors():
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

    async def backup(self, target: Path) -> None:
        """Write a consistent, private copy to `target`; raises `BackupFailed`."""
        opened: list[aiosqlite.Connection] = []
        copy = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
        try:
            await _settle(asyncio.to_thread(_begin_copy, copy, target, self.path))
            source = await _connect(self.path, opened)
            try:
                await source.execute("VACUUM INTO ?", (str(copy),))
            except asyncio.CancelledError:
                await source.interrupt()
                raise
            await _settle(asyncio.to_thread(_put_in_place, copy, target))
        except (OSError, sqlite3.Error) as error:
            raise BackupFailed(f"No backup was written to {target}: {error}") from error
        finally:
            await _close(opened)
            copy.unlink(missing_ok=True)

    async def close(self) -> None:
        """Wait for running transactions, then close the database."""
        for _ in self._readers:
            await self._idle.get()
        async with self._writing:
            # The writer last: the last connection to close merges the write-ahead log.
            await _close([self._writer, *self._readers])
        # Later reads raise an error, as later writes do, instead of waiting for a reader.
        for reader in self._readers:
            self._idle.put_nowait(reader)


async def _connect(
    path: Path, opened: list[aiosqlite.Connection], *, blocking: bool = False
) -> aiosqlite.Connection:
    if blocking:
        connection = cast("aiosqlite.Connection", BlockingConnection(path, BUSY_SECONDS))
        opened.append(connection)
    else:
        connection = aiosqlite.connect(path, isolation_level=None, timeout=BUSY_SECONDS)
        opened.append(connection)
        await _settle(connection)
    await connection.execute("PRAGMA trusted_schema = OFF")
    return connection


async def _write_ahead(connection: aiosqlite.Connection) -> None:
    """Switch to write-ahead logging; wait if another process does so at the same time.

    SQLite does not apply its busy timeout here.
    """
    deadline = monotonic() + BUSY_SECONDS
    while True:
        try:
            await connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() > deadline:
                raise
            await asyncio.sleep(0.02)
        else:
            return


async def _close(connections: list[aiosqlite.Connection]) -> None:
    for connection in reversed(connections):
        await _settle(connection.close())


async def _settle(work: Awaitable[T]) -> T:
    """Await work to its end even if cancelled, then raise the cancellation."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        with suppress(Exception, asyncio.CancelledError):
            task.result()
        raise cancelled
    return task.result()


def create(path: Path) -> None:
    """Create a missing file that only its owner can read; SQLite would create a readable one."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _begin_copy(copy: Path, target: Path, source: Path) -> None:
    if target.exists() and target.samefile(source):
        raise FileExistsError("that is the database itself")
    create(copy)


def _put_in_place(copy: Path, target: Path) -> None:
    with copy.open("rb+") as file:
        os.fsync(file.fileno())
    copy.replace(target)


@contextmanager
def _converting_errors() -> Iterator[None]:
    """Convert errors of the machine to `DatabaseUnusable`; other SQLite errors are defects."""
    try:
        yield
    except sqlite3.Error as error:
        reason = _REASONS.get(_code(error))
        if reason is None:
            raise
        raise DatabaseUnusable(f"The database {reason}") from error


def _reason(error: BaseException) -> str | None:
    match error:
        case DatabaseUnusable():
            return str(error)
        case OSError():
            return f"cannot be opened: {error.strerror}."
        case sqlite3.Error():
            return _REASONS.get(_code(error), f"cannot be used: {error}.")
        case _:
            return None


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
