import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from storage import migrations
from storage.database import Database
from storage.errors import DatabaseUnusable
from storage.upgrade import read_schema_state

NEWEST = max(migrations.FOLDER.glob("*.sql")).stem
NEXT = "9999_next"
"""A migration of a later version."""
COPY = f"podium-before-{NEXT}.db"


@pytest.fixture
def older(
    path: Path, tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Return a database with a row, from before the next migration."""
    shutil.copy(empty_database, path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO key_values VALUES ('a', 'here')")
    folder = tmp_path / "migrations"
    shutil.copytree(migrations.FOLDER, folder)
    (folder / f"{NEXT}.sql").write_text("ALTER TABLE key_values RENAME TO single_values;\n")
    monkeypatch.setattr(migrations.load_schema_state, "__defaults__", (folder,))
    monkeypatch.setattr(migrations.migrate, "__defaults__", (folder,))
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file())


def write_empty(path: Path) -> None:
    path.touch()


def contents(path: Path) -> bytes:
    return path.read_bytes()


def rows(path: Path, table: str) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608


async def test_older_database_is_refused_and_unchanged_without_upgrade(older: Path) -> None:
    before = contents(older)
    for blocking in (False, True):
        with pytest.raises(
            DatabaseUnusable,
            match=rf"has the older schema {NEWEST}; start the bot, which keeps .* {COPY}",
        ):
            await Database.open(older, blocking=blocking)
    assert contents(older) == before
    assert names(older.parent) == ["podium.db"]


async def test_upgrade_keeps_a_copy_from_before(older: Path) -> None:
    database = await Database.open(older, upgrade=True)
    assert database.schema_version == NEXT
    await database.close()
    assert rows(older, "single_values") == [("a", "here")]
    copy = older.with_name(COPY)
    assert rows(copy, "key_values") == [("a", "here")]
    assert names(older.parent) == [COPY, "podium.db"]


async def test_failed_copy_prevents_the_upgrade(older: Path) -> None:
    older.with_name(COPY).mkdir()
    with pytest.raises(DatabaseUnusable, match=r"was not upgraded\. No backup was written to"):
        await Database.open(older, upgrade=True)
    assert rows(older, "key_values") == [("a", "here")]


async def test_schema_state_says_what_an_upgrade_would_apply(older: Path) -> None:
    state = await read_schema_state(older)
    assert state.version == NEWEST
    assert [migration.name for migration in state.pending] == [NEXT]


@pytest.mark.parametrize("upgrade", [False, True])
async def test_empty_file_is_named_and_not_adopted(path: Path, upgrade: bool) -> None:
    write_empty(path)
    with pytest.raises(DatabaseUnusable, match=r"podium\.db is an empty file; put a backup"):
        await Database.open(path, upgrade=upgrade)
    assert contents(path) == b""


async def test_database_without_tables_is_not_adopted(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 7")
    with pytest.raises(DatabaseUnusable, match="has no tables"):
        await Database.open(path, upgrade=True)


async def test_interrupted_creation_leaves_no_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(draft: Path, target: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("storage.upgrade._put_in_place_if_missing", fail)
    with pytest.raises(KeyboardInterrupt):
        await Database.open(path)
    assert names(path.parent) == []


def test_new_database_behind_a_symbolic_link(path: Path, tmp_path: Path) -> None:
    async def create() -> None:
        await (await Database.open(path)).close()

    target = tmp_path / "elsewhere.db"
    path.symlink_to(target)
    asyncio.run(create())
    assert path.is_symlink()
    assert rows(target, "key_values") == []
