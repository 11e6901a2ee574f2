import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

import aiosqlite
import pytest

from storage import restore
from storage.backup import list_daily_backups, write_backup, write_daily_backup
from storage.connections import absolute_path_uri, close, connect
from storage.database import Database
from storage.drafts import remove_orphaned_drafts
from storage.errors import BackupFailed, RestoreRefused
from storage.lock import lock_database
from storage.upgrade import read_schema_state

IS_IN_USE = """
import sys
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from storage.errors import RestoreRefused
from storage.restore import _require_exclusive
try:
    _require_exclusive(Path(sys.argv[1]))
except RestoreRefused:
    print("in use")
"""


async def write_copy(database: Database, folder: Path) -> None:
    await write_backup(database.path, folder / "copy.db")


async def write_daily(database: Database, folder: Path) -> None:
    await write_daily_backup(database.path, folder, datetime(2026, 1, 2, tzinfo=UTC))
    assert len(list_daily_backups(database.path, folder)) == 1


async def back_up_to_itself(database: Database, _: Path) -> None:
    with pytest.raises(BackupFailed):
        await write_backup(database.path, database.path)


async def look_at_the_file(database: Database, folder: Path) -> None:
    await database.require_same_file()
    await database.size()
    await read_schema_state(database.path)
    remove_orphaned_drafts([folder])
    with lock_database(database.path):
        pass


async def rescue(database: Database, _: Path) -> None:
    await database.write_rescue_copy()


async def open_and_close_again(database: Database, _: Path) -> None:
    for blocking in (False, True):
        again = await Database.open(database.path, blocking=blocking, upgrade=True)
        await again.close()


async def restore_itself(database: Database, _: Path) -> None:
    with pytest.raises(RestoreRefused):
        restore.restore(database.path, database.path)


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        (PurePosixPath("/home/ada/a b?.db"), "file:///home/ada/a%20b%3F.db"),
        (PureWindowsPath("C:\\bot\\podium.db"), "file:///C:/bot/podium.db"),
        (PureWindowsPath(r"\\nas\share\podium.db"), "file:////nas/share/podium.db"),
    ],
)
def test_uri_of_an_absolute_path(path: PurePath, uri: str) -> None:
    assert absolute_path_uri(path) == uri


async def test_connection_creates_no_file(path: Path) -> None:
    for blocking in (False, True):
        opened: list[aiosqlite.Connection] = []
        with pytest.raises(sqlite3.OperationalError, match="unable to open"):
            await connect(path, opened, blocking=blocking)
        await close(opened)
    assert not await asyncio.to_thread(path.exists)


def is_in_use_for_another_process(path: Path) -> bool:
    found = subprocess.run(  # noqa: S603
        [sys.executable, "-c", IS_IN_USE, path],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return found.stdout == "in use\n"


@pytest.mark.parametrize(
    "use",
    [
        write_copy,
        write_daily,
        back_up_to_itself,
        look_at_the_file,
        rescue,
        open_and_close_again,
        restore_itself,
    ],
)
async def test_no_use_of_an_open_database_takes_its_locks_away(
    database: Database, tmp_path: Path, use: Callable[[Database, Path], Awaitable[None]]
) -> None:
    await database.change("INSERT INTO key_values VALUES ('a', 'here')")
    await use(database, tmp_path)
    assert is_in_use_for_another_process(database.path)
