"""Faults of the disk and of the files under the bot."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import aclosing, closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.board_worker import BoardWorker
from leaderboards.errors import DiskFull
from leaderboards.sync import Outcome
from storage.backup import write_backup
from storage.database import Database
from storage.errors import DatabaseUnusable
from storage.storage import Storage
from tests.cogs.examples import SMALL, crowd
from tests.cogs.world import World, build_zip, open_world
from tests.faults.machine import PROJECT, Observe, load_stored, real_kaggle, sync_titanic


@contextmanager
def small_disk(folder: Path, kibibytes: int) -> Iterator[Path]:
    """Mount a file system of so many kibibytes, in memory."""
    folder.mkdir()
    if subprocess.run(  # noqa: S603
        ["mount", "-t", "tmpfs", "-o", f"size={kibibytes}k", "podium-test", folder],  # noqa: S607
        capture_output=True,
        check=False,
    ).returncode:
        pytest.skip("only root may mount a file system")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)  # noqa: S603, S607


def fill(folder: Path, *, leave: int) -> Path:
    """Fill a file system up to so many free bytes."""
    state = os.statvfs(folder)
    filling = folder / "filling"
    filling.write_bytes(b"x" * (state.f_bavail * state.f_frsize - leave))
    return filling


async def test_full_disk_changes_nothing_stored(
    tmp_path: Path, observe: Observe, caplog: pytest.LogCaptureFixture
) -> None:
    with small_disk(tmp_path / "disk", 4096) as disk:
        async with open_world(disk / "podium.db") as world:
            world.serve("titanic", crowd(50))
            await world.follow()
            await world.pass_time(minutes=11)
            before = await load_stored(world)
            filling = fill(disk, leave=0)
            world.serve("titanic", crowd(9_000))
            await world.pass_time(minutes=30)
            assert await load_stored(world) == before
            assert "The database cannot be written: the disk is full." in caplog.text
            answer = await world.ask(
                world.server.manager, "competition sync", competition="titanic"
            )
            assert "the disk is full." in answer
            assert "50 teams" in await world.ask(world.server.ada, "leaderboard")
            status = await world.ask(world.server.ada, "status")
            assert "Not everything works" in status
            assert "⚠️ The database cannot be written" in status
            assert "the disk is full." in status
            filling.unlink()
            world.serve("titanic", crowd(60))
            await world.pass_time(hours=2, minutes=15)
            assert "60 teams" in await world.ask(world.server.ada, "leaderboard")
            assert "All is well" in await world.ask(world.server.ada, "status")
            async with world.storage.database.read() as connection:
                (row,) = await connection.execute_fetchall("PRAGMA integrity_check")
                assert tuple(row) == ("ok",)
    observe(
        "disk full",
        "“The database cannot be written: the disk is full.”, in /status too; nothing stored"
        " changes, answers go on; with room again the next sync succeeds",
    )


@pytest.mark.parametrize("leave", [0, 1 << 20, 3 << 19])
async def test_full_temporary_folder_is_reported_at_once(
    leave: int, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, observe: Observe
) -> None:
    board = build_zip("titanic", crowd(40_000))
    assert len(board) > leave
    world.serve("titanic", SMALL)
    await world.follow()
    with small_disk(tmp_path / "disk", 8192) as disk:
        monkeypatch.setenv("TMPDIR", str(disk))
        monkeypatch.setattr(tempfile, "tempdir", str(disk))
        async with real_kaggle(world) as kaggle:
            kaggle.serve("titanic", board)
            competition = await world.storage.competitions.add_for_owner("titanic")
            filling = fill(disk, leave=leave)
            # Not `TimedOut`, although the CLI goes on retrying.
            with pytest.raises(DiskFull, match="disk of the temporary folder is full") as failed:
                await world.sync_service.sync(competition)
            assert "temporary folder is full" in await world.ask(world.server.ada, "status")
            filling.unlink()
            later = world.env.now() + timedelta(minutes=1)
            kaggle.serve("titanic", build_zip("titanic", crowd(30), at=later))
            report = await world.sync_service.sync(competition)
            assert (report.outcome, report.teams) == (Outcome.STORED, 30)
    observe(f"temporary folder full but for {leave >> 10} KiB", f"at once: “{failed.value}”")


async def test_deleted_database_is_reported_and_no_new_one_is_made(
    world: World, observe: Observe
) -> None:
    path = world.storage.database.path
    world.serve("titanic", crowd(20))
    await world.follow()
    async with aclosing(BoardWorker(path)) as worker:
        world.bot.services.sync_board = worker.sync_board
        path.unlink()
        with pytest.raises(DatabaseUnusable) as failed:
            await sync_titanic(world, teams=30)
        assert worker.pid == 0, "it would make a new database"
    assert not path.exists()
    status = await world.ask(world.server.ada, "status")
    assert "Not everything works" in status
    assert "⚠️ The database file was deleted, moved or replaced while the bot runs" in status
    observe("database file deleted under the bot", f"“{failed.value}”")


def run_bot(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as a process of its own."""
    return subprocess.run(  # noqa: S603
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(PROJECT),
            "DISCORD_TOKEN": "a-token-for-nothing",
            "DATABASE_PATH": str(folder / "podium.db"),
            "KAGGLE_API_TOKEN": "a-token-for-nothing",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def create_database(path: Path) -> None:
    """Create a database as the bot does."""

    async def make() -> None:
        await (await Storage.open(path)).close()

    asyncio.run(make())


def test_read_only_disk_is_reported(tmp_path: Path, observe: Observe) -> None:
    with small_disk(tmp_path / "disk", 4096) as disk:
        create_database(disk / "podium.db")
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)  # noqa: S603, S607
        for command in ("run", "sync"):
            ended = run_bot(disk, command, *(["titanic"] if command == "sync" else []))
            assert ended.returncode == 1
            assert "Read-only file system" in ended.stderr
            assert "Traceback" not in ended.stderr
    observe("read-only database", "refused: “… cannot be opened: Read-only file system.”")


def test_restore_onto_a_full_disk_blames_the_disk(tmp_path: Path, observe: Observe) -> None:
    with small_disk(tmp_path / "disk", 4096) as disk:
        create_database(disk / "podium.db")
        backup = shutil.move(disk / "podium.db", tmp_path / "backup.db")
        fill(disk, leave=128 << 10)
        ended = run_bot(disk, "restore", str(backup))
        assert ended.returncode == 1
        assert ended.stderr == f"Nothing was restored. The disk of {disk / 'podium.db'} is full.\n"
        assert sorted(file.name for file in disk.iterdir()) == ["filling", "podium.db.lock"]
    observe("restore onto a full disk", "refused: “The disk of … is full.”")


def damaged(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 4_000)


def not_a_database(path: Path) -> None:
    path.write_text("a letter " * 1_000)


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO migrations VALUES (999, '0999_later', 0, '')")


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (damaged, "is damaged; put a backup in its place."),
        (not_a_database, "is not a SQLite database; put a backup in its place, or change"),
        (newer, "was written by a newer Podium (its migration 0999_later is not known here);"),
    ],
)
def test_unusable_database_is_refused_and_kept(
    spoil: Callable[[Path], None], told: str, tmp_path: Path, observe: Observe
) -> None:
    path = tmp_path / "podium.db"
    create_database(path)
    spoil(path)
    before = path.read_bytes()
    ended = run_bot(tmp_path)
    assert ended.returncode == 1
    assert f"The database {path} {told}" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert path.read_bytes() == before
    observe(f"database {spoil.__name__.replace('_', ' ')}", f"refused, kept as it is: “{told}”")


async def test_backup_holds_whole_boards_while_others_write(
    tmp_path: Path, observe: Observe
) -> None:
    """A second process writes boards without a pause; each copy holds whole boards."""
    copy = tmp_path / "copy.db"
    states: set[int] = set()
    database = await Database.open(tmp_path / "podium.db")
    writer = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", WRITER, database.path), cwd=PROJECT
    )
    try:
        deadline = time.monotonic() + 60
        while len(states) < 4:
            assert time.monotonic() < deadline
            assert writer.returncode is None
            await write_backup(database.path, copy)
            states.add(await asyncio.to_thread(state_of, copy))
    finally:
        writer.kill()
        await writer.wait()
        await database.close()
    observe("backup while boards are stored", f"{len(states)} copies, each whole and consistent")


WRITER = """
import asyncio, sys
from datetime import timedelta
from pathlib import Path
from leaderboards.sync import SyncOptions, sync_board
from storage.database import Database
from storage.storage import Storage
from tests.cogs.examples import crowd
from tests.cogs.world import START, build_zip
async def write():
    storage = await Storage.open(Path(sys.argv[1]))
    await storage.competitions.add_for_owner("titanic")
    for number in range(1, 100_000):
        data = build_zip("titanic", crowd(400 + number % 50), at=START + timedelta(minutes=number))
        await sync_board("titanic", data, store=storage.board_writer, options=SyncOptions())
asyncio.run(write())
"""


def state_of(copy: Path) -> int:
    """Return the number of boards in a copy; all current rows must be of the last one."""
    with closing(sqlite3.connect(copy)) as connection:

        def cell(sql: str) -> int:
            return int(connection.execute(sql).fetchone()[0])

        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        snapshots = cell("SELECT count(*) FROM log_segments")
        if snapshots:
            teams = cell("SELECT team_count FROM boards")
            assert teams == 400 + snapshots % 50
            assert cell("SELECT count(*) FROM board_rows") == teams
            assert (
                cell("SELECT team_count FROM log_segments ORDER BY taken_at DESC LIMIT 1") == teams
            )
    return snapshots
