"""Connections to a database file, and what its errors mean to a person."""

from __future__ import annotations

import asyncio
import errno
import os
import sqlite3
import stat
import sys
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import Final, TypeVar, cast
from urllib.parse import quote

import aiosqlite

from storage.blocking_connection import BlockingConnection
from storage.errors import DatabaseUnusable, UnusableFile, path_hint

BUSY_SECONDS: Final = 10.0
"""How long to wait for a process that writes: the bot, the board worker or the command line."""

_REASONS: Final = {
    sqlite3.SQLITE_NOTADB: "is not a SQLite database; put a backup in its place, or change"
    " DATABASE_PATH.",
    sqlite3.SQLITE_CORRUPT: "is damaged; put a backup in its place.",
    sqlite3.SQLITE_READONLY: "cannot be written: its file or folder is read-only.",
    sqlite3.SQLITE_BUSY: "is locked by another program.",
    sqlite3.SQLITE_FULL: "cannot be written: the disk is full.",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened: its folder is read-only, or too many files are open"
    " (ulimit -n).",
    sqlite3.SQLITE_IOERR: "cannot be read or written: its disk does not answer as it should.",
}

SIDE_SUFFIXES: Final = ("-wal", "-shm")
"""Suffixes of the files beside a database that is open or was not closed."""

T = TypeVar("T")


async def connect(
    path: Path, opened: list[aiosqlite.Connection], *, blocking: bool = False
) -> aiosqlite.Connection:
    """Connect to an existing file, and add the connection to `opened`, even if it then fails."""
    uri = existing_file_uri(path, mode="rw")
    if blocking:
        connection = cast("aiosqlite.Connection", BlockingConnection(uri, BUSY_SECONDS))
        opened.append(connection)
    else:
        connection = aiosqlite.connect(uri, uri=True, isolation_level=None, timeout=BUSY_SECONDS)
        opened.append(connection)
        await finish_despite_cancel(connection)
    await connection.execute("PRAGMA trusted_schema = OFF")
    return connection


def existing_file_uri(path: Path, *, mode: str) -> str:
    """Return the URI by which SQLite opens a file; without a mode it would create a missing one."""
    return f"{absolute_path_uri(path.absolute())}?mode={mode}"


def absolute_path_uri(path: PurePath) -> str:
    """Return the URI of an absolute path, as SQLite reads it."""
    # SQLite accepts no host but localhost: in a network path of Windows, which begins with two
    # slashes, the host belongs to the path (https://www.sqlite.org/uri.html).
    text = path.as_posix()
    root = "" if text.startswith("/") else "/"
    return f"file://{root}{quote(os.fsencode(text), safe='/:')}"


async def close(connections: list[aiosqlite.Connection]) -> None:
    """Close connections, the last opened first."""
    for connection in reversed(connections):
        await finish_despite_cancel(connection.close())


async def finish_despite_cancel(work: Awaitable[T]) -> T:
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


def check_file(path: Path) -> bool:
    """Return whether there is a file.

    Raises `UnusableFile` if it is empty, and `OSError` if it is a folder or may not be read and
    written.

    It is not opened: on POSIX systems, closing any descriptor of a file releases all locks that the
    process has on it, SQLite's included (https://www.sqlite.org/howtocorrupt.html, section 2.2).
    Another process could then delete the write-ahead log of a database that is open here.
    """
    try:
        state = path.stat()
    except FileNotFoundError:
        return False
    if stat.S_ISDIR(state.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not os.access(path, os.R_OK | os.W_OK):
        reason = errno.EROFS if _is_read_only(path) else errno.EACCES
        raise OSError(reason, os.strerror(reason), str(path))
    if state.st_size == 0:
        raise UnusableFile(
            "is an empty file; put a backup in its place, or delete it and a new one is made."
        )
    return True


if sys.platform == "win32":  # pragma: no cover

    def _is_read_only(path: Path) -> bool:
        del path
        return False

else:

    def _is_read_only(path: Path) -> bool:
        """Return whether the file system is read-only."""
        return bool(os.statvfs(path).f_flag & os.ST_RDONLY)


def create_file(path: Path) -> None:
    """Create a missing file that only its owner can read; SQLite's is readable by everybody."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def set_wal_aside(path: Path) -> None:
    """Rename the write-ahead log of a deleted database: SQLite would apply it to the next one."""
    kept = build_timed_path(path, "lost")
    for suffix in SIDE_SUFFIXES:
        left = add_suffix(path, suffix)
        if left.exists() and not path.exists():
            left.replace(add_suffix(kept, suffix))


def build_timed_path(path: Path, word: str) -> Path:
    """Return the path beside a database for what is kept of it: `podium-WORD-TIME.db`."""
    return path.with_name(f"{path.stem}-{word}-{datetime.now(UTC):%Y-%m-%dT%H-%M-%SZ}{path.suffix}")


def add_suffix(path: Path, suffix: str) -> Path:
    """Return the path of a file beside a database, such as that of its write-ahead log."""
    return path.with_name(path.name + suffix)


@contextmanager
def converting_errors() -> Iterator[None]:
    """Convert errors of the machine to `DatabaseUnusable`; other SQLite errors are defects."""
    try:
        yield
    except sqlite3.Error as error:
        reason = _REASONS.get(_code(error))
        if reason is None:
            raise
        raise DatabaseUnusable(f"The database {reason}") from error


def describe_error(error: BaseException) -> str | None:
    """Return how a sentence ends that begins with "The database PATH"; None for a defect."""
    match error:
        case UnusableFile():
            return str(error)
        case OSError():
            return f"cannot be opened: {error.strerror}.{path_hint(error)}"
        case sqlite3.Error():
            return _REASONS.get(_code(error), f"cannot be used: {error}.")
        case _:
            return None


def is_busy(error: sqlite3.Error) -> bool:
    """Return whether another connection holds a lock, or is recovering the write-ahead log."""
    return _code(error) == sqlite3.SQLITE_BUSY


def is_disk_full(error: sqlite3.Error) -> bool:
    """Return whether there was no room to write."""
    return _code(error) == sqlite3.SQLITE_FULL


def _code(error: sqlite3.Error) -> int:
    """Return the primary result code (https://www.sqlite.org/rescode.html)."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
