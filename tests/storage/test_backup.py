import asyncio
import errno
import os
import sqlite3
import time
from pathlib import Path

import aiosqlite
import pytest

from storage.backup import write_backup
from storage.database import Database
from storage.errors import BackupFailed, DatabaseUnusable
from tests.storage.test_database import files_in, keys, put, read_text, write_text


async def test_backup_during_a_write_is_complete(database: Database, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    write_text(target, "last night's")
    await put(database, "a")
    async with database.write() as connection:
        await connection.execute("INSERT INTO key_values VALUES ('b', 'not yet committed')")
        await write_backup(database.path, target)
    copy = await Database.open(target)
    assert await keys(copy) == ["a"]
    await copy.close()
    assert files_in(tmp_path) == [
        "copy.db",
        "podium.db",
        "podium.db-shm",
        "podium.db-wal",
    ]


async def test_backup_never_replaces_the_database_itself(database: Database) -> None:
    await put(database, "a")
    with pytest.raises(BackupFailed, match="that is the database itself"):
        await write_backup(database.path, database.path)
    assert await keys(database) == ["a"]


async def test_failed_backup_keeps_the_previous_one(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BackupFailed, match="missing does not exist: make it first"):
        await write_backup(database.path, tmp_path / "missing" / "copy.db")

    await put(database, "a")
    target = tmp_path / "copy.db"
    write_text(target, "last night's")

    async def full_disk(self: aiosqlite.Connection, sql: str, *_: object) -> None:
        if sql.startswith("VACUUM"):
            raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(aiosqlite.Connection, "execute", full_disk)
        with pytest.raises(BackupFailed, match="disk is full"):
            await write_backup(database.path, target)
    assert read_text(target) == "last night's"
    assert files_in(tmp_path) == ["copy.db", "podium.db", "podium.db-shm", "podium.db-wal"]


async def test_rescue_onto_a_disk_that_takes_no_changes_says_so(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Linux makes a disk with errors read-only; then a file cannot even be removed."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr("storage.database.create_file", refuse)
    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(DatabaseUnusable, match="cannot be copied: Read-only file system"):
        await database.write_rescue_copy()


async def test_cancelled_backup_leaves_no_file(database: Database, tmp_path: Path) -> None:
    async with database.write() as connection:
        await connection.executemany(
            "INSERT INTO key_values VALUES (?, ?)", ((str(n), "x" * 2_000) for n in range(10_000))
        )
    task = asyncio.create_task(write_backup(database.path, tmp_path / "copy.db"))
    await asyncio.sleep(0.005)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert files_in(tmp_path) == ["podium.db", "podium.db-shm", "podium.db-wal"]


async def test_cancelled_backup_does_not_wait_for_the_check_of_the_copy(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checking = asyncio.Event()
    fetch = aiosqlite.Connection.execute_fetchall

    async def check_for_long(self: aiosqlite.Connection, sql: str, *rest: object) -> object:
        checking.set()
        return await fetch(
            self,
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000000)"
            " SELECT count(*) FROM n",
        )

    monkeypatch.setattr(aiosqlite.Connection, "execute_fetchall", check_for_long)
    task = asyncio.create_task(write_backup(database.path, tmp_path / "copy.db"))
    await checking.wait()
    await asyncio.sleep(0.1)
    began = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - began < 3
    assert not any("copy" in name for name in files_in(tmp_path))
