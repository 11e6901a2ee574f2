import asyncio
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing, nullcontext
from pathlib import Path

import aiosqlite
import pytest

from storage.database import Database
from storage.errors import DatabaseUnusable, UnusableFile
from storage.migrations import FOLDER, migrate


async def tables(connection: aiosqlite.Connection) -> set[str]:
    rows = await connection.execute_fetchall("SELECT name FROM sqlite_schema WHERE type = 'table'")
    return {name for (name,) in rows}


def contents(path: Path) -> bytes:
    return path.read_bytes()


def write_first(folder: Path) -> None:
    folder.mkdir()
    (folder / "0001_first.sql").write_text(
        "-- Two statements; a comment with a semicolon.\n"
        "CREATE TABLE migrations (number INTEGER PRIMARY KEY, name, applied_at, checksum);\n"
        "CREATE TABLE numbers (number INTEGER); -- the end\n"
    )


async def test_all_tables_are_strict(database: Database) -> None:
    async with database.read() as connection:
        rows = await connection.execute_fetchall(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND NOT strict"
            " AND type = 'table'"
            " AND name NOT LIKE 'sqlite_%'"
        )
    assert list(rows) == []


def test_columns_that_are_added_have_a_value_in_the_rows_that_exist() -> None:
    """Without one SQLite refuses the column only in a table with rows: in an old database."""
    for file in sorted(FOLDER.glob("*.sql")):
        statements = re.sub("--.*", " ", file.read_text("utf-8"))
        for added in re.findall(r"(?i)ADD\s+(?:COLUMN\s+)?\w[^;]*\bNOT\s+NULL\b[^;]*", statements):
            assert "DEFAULT" in added.upper(), f"{file.name} lacks DEFAULT: {added}"


async def test_each_migration_is_recorded_once(path: Path) -> None:
    for _ in range(2):
        database = await Database.open(path)
        async with database.read() as connection:
            rows = await connection.execute_fetchall("SELECT number, name FROM migrations")
        await database.close()
        assert [name for _, name in rows] == [file.stem for file in sorted(FOLDER.glob("*.sql"))]


async def test_two_processes_may_open_a_new_file_at_once(path: Path) -> None:
    for database in await asyncio.gather(*(Database.open(path, readers=1) for _ in range(4))):
        await database.close()


async def test_a_later_migration_is_added(tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    write_first(folder)
    async with aiosqlite.connect(":memory:", isolation_level=None) as connection:
        await migrate(connection, folder)
        (folder / "0002_second.sql").write_text(
            "CREATE TRIGGER doubled AFTER INSERT ON numbers BEGIN\n"
            "    UPDATE numbers SET number = number * 2;\n"
            "    UPDATE numbers SET number = number + 1;\n"
            "END;\n"
            "-- nothing follows\n"
        )
        await migrate(connection, folder)
        await connection.execute("INSERT INTO numbers VALUES (4)")
        assert list(await connection.execute_fetchall("SELECT number FROM numbers")) == [(9,)]
        rows = await connection.execute_fetchall("SELECT number, name FROM migrations")
        assert list(rows) == [(1, "0001_first"), (2, "0002_second")]


async def test_failed_migration_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    write_first(folder)
    (folder / "0002_second.sql").write_text("CREATE TABLE letters (a);\nINSERT INTO nowhere;\n")
    async with aiosqlite.connect(":memory:", isolation_level=None) as connection:
        with pytest.raises(sqlite3.OperationalError):
            await migrate(connection, folder)
        assert await tables(connection) == {"migrations", "numbers"}
        (folder / "0002_second.sql").write_text("CREATE TABLE letters (a);\n")
        await migrate(connection, folder)
        assert await tables(connection) == {"migrations", "numbers", "letters"}


async def test_newer_database_is_refused_and_unchanged(path: Path) -> None:
    database = await Database.open(path)
    async with database.write() as connection:
        await connection.execute("INSERT INTO migrations VALUES (9000, '9000_future', 0, '')")
    await database.close()
    before = contents(path)
    with pytest.raises(
        DatabaseUnusable,
        match=r"podium\.db was written by a newer Podium \(its migration 9000_future is not known",
    ):
        await Database.open(path)
    assert contents(path) == before


async def test_database_of_edited_migration_is_refused_and_unchanged(path: Path) -> None:
    await (await Database.open(path)).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE migrations SET checksum = 'that of another file'")
    before = contents(path)
    for upgrade in (False, True):
        with pytest.raises(
            DatabaseUnusable,
            match=r"podium\.db was made by an earlier version of Podium:"
            r" its migration 0001_schema is not the one of this version\. It cannot be upgraded;"
            r" use another file",
        ):
            await Database.open(path, upgrade=upgrade)
    assert contents(path) == before


async def test_database_without_checksums_is_refused(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "CREATE TABLE migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL,"
            " applied_at INTEGER NOT NULL) STRICT"
        )
        connection.execute("INSERT INTO migrations VALUES (1, '0001_schema', 0)")
    with pytest.raises(DatabaseUnusable, match=r"was made by an earlier version of Podium"):
        await Database.open(path, upgrade=True)


@pytest.mark.parametrize(
    ("edit", "refused"),
    [
        (lambda text: text.replace("\n", "\r\n"), False),
        (lambda text: text.replace("-- the end", "-- another comment"), False),
        (lambda text: "-- A comment before all.\n\n" + text.replace("(number", "(  number"), False),
        (lambda text: text.replace("TABLE numbers (", "TABLE numbers (letter, "), True),
    ],
)
async def test_only_changed_statements_are_another_migration(
    tmp_path: Path, edit: Callable[[str], str], refused: bool
) -> None:
    folder = tmp_path / "migrations"
    write_first(folder)
    file = folder / "0001_first.sql"
    async with aiosqlite.connect(":memory:", isolation_level=None) as connection:
        await migrate(connection, folder)
        file.write_bytes(edit(file.read_text("utf-8")).encode())
        with pytest.raises(UnusableFile) if refused else nullcontext():
            await migrate(connection, folder)
