import asyncio
import os
import sqlite3
import stat
import threading
import time
from collections.abc import Iterable
from pathlib import Path

import aiosqlite
import pytest

from storage.backup import write_backup
from storage.database import Database
from storage.errors import DatabaseMoved, DatabaseUnusable


async def put(database: Database, key: str) -> None:
    async with database.write() as connection:
        await connection.execute("INSERT INTO key_values VALUES (?, 'here')", (key,))


async def keys(database: Database) -> list[str]:
    async with database.read() as connection:
        rows = await connection.execute_fetchall("SELECT key FROM key_values ORDER BY key")
    return [key for (key,) in rows]


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def files_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def write_text(path: Path, text: str) -> None:
    path.write_text(text)


def read_text(path: Path) -> str:
    return path.read_text()


def delete_but_leave(path: Path, log: Path, left: bytes) -> None:
    path.unlink()
    log.write_bytes(left)


def damage(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 1_000)


async def test_data_persists_after_reopening(path: Path) -> None:
    database = await Database.open(path)
    await put(database, "a")
    await database.close()
    database = await Database.open(path)
    assert await keys(database) == ["a"]
    await database.close()


async def test_log_of_a_deleted_database_is_kept_and_not_applied_to_the_new_one(path: Path) -> None:
    log = path.with_name(f"{path.name}-wal")
    database = await Database.open(path)
    await put(database, "a")
    left = log.read_bytes()
    await database.close()
    delete_but_leave(path, log, left)
    database = await Database.open(path)
    assert await keys(database) == []
    await database.close()
    (kept,) = path.parent.glob("podium-lost-*Z.db-wal")
    assert kept.read_bytes() == left


async def test_deleted_log_of_a_new_database_is_noticed(path: Path) -> None:
    database = await Database.open(path)
    await put(database, "a")
    await asyncio.to_thread(path.with_name("podium.db-wal").unlink)
    with pytest.raises(DatabaseMoved):
        await database.require_same_file()
    await database.close()


async def test_pragmas_of_the_writer(database: Database) -> None:
    wanted = {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "synchronous": 2,
        "trusted_schema": 0,
        "busy_timeout": 10_000,
    }
    for pragma, value in wanted.items():
        (row,) = await database._writer.execute_fetchall(f"PRAGMA {pragma}")
        assert row[0] == value, pragma


async def test_only_the_owner_can_read_the_files(path: Path) -> None:
    before = os.umask(0)
    try:
        database = await Database.open(path)
        await put(database, "a")
        assert files_in(path.parent) == ["podium.db", "podium.db-shm", "podium.db-wal"]
        assert {mode_of(path.with_name(name)) for name in files_in(path.parent)} == {0o600}
        await write_backup(database.path, path.with_name("copy.db"))
        assert mode_of(path.with_name("copy.db")) == 0o600
        await database.close()
    finally:
        os.umask(before)


async def test_closing_twice_leaves_one_file_and_no_thread(path: Path) -> None:
    before = set(threading.enumerate())
    database = await Database.open(path)
    await put(database, "a")
    await database.close()
    await database.close()
    assert files_in(path.parent) == ["podium.db"]
    deadline = time.monotonic() + 60
    while {t for t in threading.enumerate() if t not in before and "asyncio" not in t.name}:
        assert time.monotonic() < deadline, threading.enumerate()
        await asyncio.sleep(0.001)


async def test_using_a_closed_database_raises_an_error(path: Path) -> None:
    database = await Database.open(path, readers=1)
    await database.close()
    for use in (put(database, "a"), keys(database), keys(database)):
        with pytest.raises(ValueError, match=r"no active connection|Connection closed"):
            await use


async def test_an_error_rolls_back_the_whole_transaction(database: Database) -> None:
    async def write_twice() -> None:
        async with database.write() as connection:
            await connection.execute("INSERT INTO key_values VALUES ('a', 'here')")
            await connection.execute("INSERT INTO key_values VALUES ('a', 'again')")

    with pytest.raises(sqlite3.IntegrityError):
        await write_twice()
    assert await keys(database) == []
    await put(database, "b")
    assert await keys(database) == ["b"]


async def test_a_blocking_database_commits_or_rolls_back(blocking_database: Database) -> None:
    async def write_and_fail() -> None:
        async with blocking_database.write() as connection:
            await connection.executemany("INSERT INTO key_values VALUES (?, 'here')", [("b",)])
            raise LookupError

    await put(blocking_database, "a")
    with pytest.raises(LookupError):
        await write_and_fail()
    assert await keys(blocking_database) == ["a"]


async def test_parameters_have_names_or_an_order(
    database: Database, blocking_database: Database
) -> None:
    for one in (database, blocking_database):
        assert await one.query("SELECT :first, :second", {"second": 2, "first": 1}) == [(1, 2)]
        assert await one.query("SELECT ?, ?", (1, 2)) == [(1, 2)]
    async with blocking_database.write() as connection:
        values = {"value": "here", "key": "a"}
        await connection.execute("INSERT INTO key_values VALUES (:key, :value)", values)
    assert await keys(database) == ["a"]


async def test_a_blocking_database_starts_no_thread(path: Path) -> None:
    await (await Database.open(path)).close()
    before = set(threading.enumerate())
    database = await Database.open(path, blocking=True)
    # The event loop's executor looks at the files.
    assert not {t for t in threading.enumerate() if t not in before and "asyncio" not in t.name}
    await put(database, "a")
    await database.close()


async def test_writers_wait_for_each_other(database: Database) -> None:
    running = 0

    async def write(number: int) -> None:
        nonlocal running
        async with database.write() as connection:
            running += 1
            assert running == 1
            await connection.execute("INSERT INTO key_values VALUES (?, 'here')", (str(number),))
            await asyncio.sleep(0)
            running -= 1

    await asyncio.gather(*(write(number) for number in range(20)))
    assert len(await keys(database)) == 20


async def test_a_reader_sees_one_state_while_others_write(database: Database) -> None:
    await put(database, "a")
    async with database.read() as connection:
        before = await connection.execute_fetchall("SELECT count(*) FROM key_values")
        await put(database, "b")
        assert await connection.execute_fetchall("SELECT count(*) FROM key_values") == before
    assert await keys(database) == ["a", "b"]


async def test_uncommitted_changes_are_invisible_to_readers(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute("INSERT INTO key_values VALUES ('a', 'here')")
        assert await keys(database) == []
    assert await keys(database) == ["a"]


async def test_readers_cannot_write(database: Database) -> None:
    with pytest.raises(DatabaseUnusable, match="read-only"):
        async with database.read() as connection:
            await connection.execute("INSERT INTO key_values VALUES ('a', 'here')")


async def test_more_readers_than_connections_take_turns(database: Database) -> None:
    assert await asyncio.gather(*(keys(database) for _ in range(20))) == [[]] * 20


async def test_cancelled_writer_rolls_back_and_lets_others_write(database: Database) -> None:
    inside = asyncio.Event()

    async def write() -> None:
        async with database.write() as connection:
            await connection.execute("INSERT INTO key_values VALUES ('a', 'here')")
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await put(database, "b")
    assert await keys(database) == ["b"]


@pytest.mark.parametrize("moment", range(12))
async def test_cancelled_transaction_is_complete_or_absent(database: Database, moment: int) -> None:
    async def write() -> None:
        async with database.write() as connection:
            await connection.execute("INSERT INTO key_values VALUES ('a', 'here')")
            await connection.executemany(
                "INSERT INTO key_values VALUES (?, 'here')",
                ((str(number),) for number in range(3_000)),
            )

    task = asyncio.create_task(write())
    await asyncio.sleep(moment * 0.0005)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert len(await keys(database)) in {0, 3_001}
    await put(database, "b")
    assert "b" in await keys(database)


async def test_a_commit_that_has_begun_ends_before_the_next_writer(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    committing, go_on = asyncio.Event(), asyncio.Event()
    commit = database._writer.commit

    async def slow_commit() -> None:
        committing.set()
        await go_on.wait()
        await commit()

    monkeypatch.setattr(database._writer, "commit", slow_commit)
    first = asyncio.create_task(put(database, "a"))
    await committing.wait()
    first.cancel()
    second = asyncio.create_task(put(database, "b"))
    await asyncio.sleep(0.01)
    first.cancel()
    await asyncio.sleep(0.01)
    assert not first.done()
    assert not second.done()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await first
    await second
    assert await keys(database) == ["a", "b"]


async def test_reader_returns_to_the_pool_after_a_cancellation(path: Path) -> None:
    database = await Database.open(path, readers=1)
    inside = asyncio.Event()

    async def read() -> None:
        async with database.read():
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(read())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await keys(database) == []
    await database.close()


async def test_closing_waits_for_the_running_writer(path: Path) -> None:
    database = await Database.open(path)
    inside = asyncio.Event()

    async def write() -> None:
        async with database.write() as connection:
            inside.set()
            await asyncio.sleep(0.02)
            await connection.execute("INSERT INTO key_values VALUES ('a', 'here')")

    task = asyncio.create_task(write())
    await inside.wait()
    await database.close()
    await task
    database = await Database.open(path)
    assert await keys(database) == ["a"]
    await database.close()


async def test_write_waits_for_another_process(database: Database) -> None:
    other = sqlite3.connect(database.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    task = asyncio.create_task(put(database, "a"))
    await asyncio.sleep(0.05)
    assert not task.done()
    other.execute("COMMIT")
    other.close()
    await task


async def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        DatabaseUnusable,
        match=r"opened: No such file .*\. Its folder is missing: make",
    ):
        await Database.open(tmp_path / "missing" / "podium.db")


async def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable, match=r"Is a directory\. DATABASE_PATH must name a file,"):
        await Database.open(tmp_path)


async def test_file_that_is_no_database_is_refused_and_unchanged(path: Path) -> None:
    letter = "A letter, longer than the header of a database. " * 100
    write_text(path, letter)
    with pytest.raises(DatabaseUnusable, match="is not a SQLite database; put a backup"):
        await Database.open(path)
    assert read_text(path) == letter


async def test_a_damaged_database_is_refused(path: Path) -> None:
    database = await Database.open(path)
    await put(database, "a")
    await database.close()
    damage(path)
    with pytest.raises(DatabaseUnusable, match="is damaged; put a backup in its place"):
        await Database.open(path)


async def test_another_programs_database_is_refused(path: Path) -> None:
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE urls (url TEXT)")
    other.close()
    with pytest.raises(DatabaseUnusable, match="is the database of another program"):
        await Database.open(path)


async def test_a_locked_database_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await (await Database.open(path)).close()
    monkeypatch.setattr("storage.connections.BUSY_SECONDS", 0.01)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(DatabaseUnusable, match="is locked by another program"):
        await Database.open(path)
    other.close()


async def test_an_old_sqlite_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    monkeypatch.setattr(sqlite3, "sqlite_version", "3.34.1")
    with pytest.raises(DatabaseUnusable, match=r"needs SQLite 3\.38 or newer; .* brings 3\.34\.1"):
        await Database.open(path)
    assert files_in(path.parent) == []


async def test_an_unforeseen_error_while_opening_is_not_hidden(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(connection: aiosqlite.Connection) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("storage.upgrade.migrate", fail)
    with pytest.raises(ZeroDivisionError):
        await Database.open(path)


async def test_open_waits_for_another_process_that_opens_the_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute = aiosqlite.Connection.execute_fetchall
    refusals = [sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY_RECOVERY]

    async def busy_at_first(
        self: aiosqlite.Connection, sql: str, *_: object
    ) -> Iterable[sqlite3.Row]:
        if "journal_mode" in sql and refusals:
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode = refusals.pop()
            raise error
        return await execute(self, sql)

    await (await Database.open(path)).close()
    with monkeypatch.context() as patch:
        patch.setattr(aiosqlite.Connection, "execute_fetchall", busy_at_first)
        database = await Database.open(path)
    assert refusals == []
    await database.close()
