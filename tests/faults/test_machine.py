"""Faults of the machine under the bot: its clock, its disk, its files, its processes."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing, closing, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.board_worker import BoardWorker, WorkerFailed
from demo.kaggle import CREDENTIALS, KaggleStandIn
from demo.kaggle_faults import FAULTS
from leaderboards.errors import DiskFull, KaggleFailed
from leaderboards.kaggle.client import KaggleCli
from leaderboards.sync import Outcome, SyncReport
from records.competitions import Competition
from storage.backup import write_backup
from storage.boards.competitions import Competitions
from storage.database import Database
from storage.errors import DatabaseUnusable
from storage.storage import Storage
from tests.cogs.examples import SMALL, crowd
from tests.cogs.world import World, archive, open_world

PROJECT = Path(__file__).resolve().parents[2]

Observe = Callable[[str, str], None]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path / "podium.db") as world:
        yield world


@pytest.fixture
def observe(record_property: Callable[[str, object], None]) -> Observe:
    """Write down what was observed, for the table."""

    def write_down(fault: str, observed: str) -> None:
        record_property("fault", f"Machine: {fault}")
        record_property("observed", observed)

    return write_down


class MachineClock:
    """This machine's clock, which may be set; time itself, Discord's and Kaggle's, goes on."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.real_now = world.env.now
        self.wrong_by = timedelta(0)
        monkeypatch.setattr(world.env, "now", lambda: self.real_now() + self.wrong_by)

    def board(self, *, teams: int) -> bytes:
        return archive("titanic", crowd(teams), at=self.real_now())


@pytest.mark.parametrize(
    ("fault", "jump"),
    [
        ("clock set back by a minute", timedelta(minutes=-1)),
        ("clock set back by a day", timedelta(days=-1)),
        ("clock set back by five years", timedelta(days=-5 * 365)),
        ("clock set forward by an hour", timedelta(hours=1)),
        ("clock set forward by five years", timedelta(days=5 * 365)),
    ],
)
async def test_rounds_continue_after_the_clock_jumps(
    fault: str, jump: timedelta, world: World, monkeypatch: pytest.MonkeyPatch, observe: Observe
) -> None:
    rounds: list[datetime] = []
    load_due = Competitions.load_due

    async def counted(self: Competitions, now: datetime) -> list[Competition]:
        rounds.append(now)
        return await load_due(self, now)

    monkeypatch.setattr(Competitions, "load_due", counted)
    clock = MachineClock(world, monkeypatch)
    world.sync_every(minutes=15)
    world.kaggle.boards["titanic"] = clock.board(teams=20)
    await world.follow()
    await world.pass_time(minutes=50)
    for wrong_by in (jump, timedelta(0)):  # And set right again.
        clock.wrong_by = wrong_by
        world.kaggle.downloads.clear()
        rounds.clear()
        await world.pass_time(hours=2)
        assert 7 <= len(world.kaggle.downloads) <= 9
        assert 7 <= len(rounds) <= 10
        teams = 21 if wrong_by else 22
        world.kaggle.boards["titanic"] = clock.board(teams=teams)
        await world.pass_time(minutes=20)
        assert f"{teams} teams" in await world.ask(world.server.ada, "leaderboard")
    assert "All is well" in await world.ask(world.server.ada, "status")
    observe(fault, "one sync at each interval, no pause and no burst; new boards are taken in")


async def test_failing_competition_is_retried_after_the_clock_jumps(
    world: World, monkeypatch: pytest.MonkeyPatch, observe: Observe
) -> None:
    clock = MachineClock(world, monkeypatch)
    world.sync_every(minutes=30)
    world.serve("titanic", SMALL)
    await world.follow()
    world.kaggle.boards["titanic"] = OSError("a fault")
    await world.pass_time(hours=3)
    for wrong_by in (timedelta(days=-1), timedelta(days=1)):
        clock.wrong_by = wrong_by
        world.kaggle.downloads.clear()
        await world.pass_time(hours=6)
        assert 3 <= len(world.kaggle.downloads) <= 5, "tried at once, then every two hours"
    world.kaggle.boards["titanic"] = archive("titanic", SMALL, at=clock.real_now())
    await world.pass_time(hours=2, minutes=30)
    assert "All is well" in await world.ask(world.server.ada, "status")
    observe("clock jumps during a back-off", "tried at once, then the back-off goes on")


@contextmanager
def small_disk(folder: Path, kibibytes: int) -> Iterator[Path]:
    """A file system of so many kibibytes, in memory."""
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
    """Leave so many bytes of a file system."""
    state = os.statvfs(folder)
    filling = folder / "filling"
    filling.write_bytes(b"x" * (state.f_bavail * state.f_frsize - leave))
    return filling


async def kept(world: World) -> list[list[tuple[object, ...]]]:
    """Everything that is stored of boards, their history, and what is told of them."""
    async with world.storage.database.read() as connection:
        return [
            [tuple(row) for row in await connection.execute_fetchall(f"SELECT * FROM {table}")]  # noqa: S608
            for table in (
                "boards",
                "board_rows",
                "members",
                "log_segments",
                "news_baselines",
                "outbox",
            )
        ]


async def test_full_disk_changes_nothing_stored(
    tmp_path: Path, observe: Observe, caplog: pytest.LogCaptureFixture
) -> None:
    with small_disk(tmp_path / "disk", 4096) as disk:
        async with open_world(disk / "podium.db") as world:
            world.serve("titanic", crowd(50))
            await world.follow()
            await world.pass_time(minutes=11)
            before = await kept(world)
            filling = fill(disk, leave=0)
            world.serve("titanic", crowd(9_000))
            await world.pass_time(minutes=30)
            assert await kept(world) == before
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
    board = archive("titanic", crowd(40_000))
    assert len(board) > leave
    world.serve("titanic", SMALL)
    await world.follow()
    with small_disk(tmp_path / "disk", 8192) as disk:
        monkeypatch.setenv("TMPDIR", str(disk))
        monkeypatch.setattr(tempfile, "tempdir", str(disk))
        async with KaggleStandIn() as kaggle:
            kaggle.serve("titanic", board)
            cli = KaggleCli(credentials=CREDENTIALS, environment=kaggle.environment)
            world.bot.services.kaggle = cli
            try:
                await cli.check_version()
                competition = await world.storage.competitions.add("titanic")
                filling = fill(disk, leave=leave)
                # Not `TimedOut`, although the CLI goes on retrying.
                with pytest.raises(
                    DiskFull, match="disk of the temporary folder is full"
                ) as failed:
                    await world.sync_service.sync(competition)
                assert "temporary folder is full" in await world.ask(world.server.ada, "status")
                filling.unlink()
                later = world.env.now() + timedelta(minutes=1)
                kaggle.serve("titanic", archive("titanic", crowd(30), at=later))
                report = await world.sync_service.sync(competition)
                assert (report.outcome, report.teams) == (Outcome.STORED, 30)
            finally:
                cli.close()
                world.bot.services.kaggle = world.kaggle
    observe(f"temporary folder full but for {leave >> 10} KiB", f"at once: “{failed.value}”")


async def test_stopped_worker_is_killed_and_its_board_stored_by_another(
    world: World, observe: Observe
) -> None:
    async with aclosing(BoardWorker(world.storage.database.path, deadline=15)) as worker:
        world.bot.services.sync_board = worker.sync_board
        report = await sync_titanic(world, teams=20)
        assert report.outcome is Outcome.STORED
        stopped = worker.pid
        os.kill(stopped, signal.SIGSTOP)
        report = await sync_titanic(world, teams=30)
        assert (report.outcome, report.teams) == (Outcome.STORED, 30)
        assert worker.pid not in {0, stopped}
        with pytest.raises(ProcessLookupError):
            os.kill(stopped, 0)
    observe(
        "board worker stopped (SIGSTOP)",
        "killed at its deadline; another one stores the board",
    )


async def test_every_worker_being_stopped_is_a_failure_that_status_shows(
    world: World, observe: Observe
) -> None:
    world.serve("titanic", crowd(20))
    await world.follow()
    assert "All is well" in await world.ask(world.server.ada, "status")

    async with aclosing(BoardWorker(world.storage.database.path, deadline=1.5)) as worker:

        async def stop_each() -> None:
            while True:
                if worker.pid:
                    os.kill(worker.pid, signal.SIGSTOP)
                await asyncio.sleep(0.01)

        own, world.bot.services.sync_board = world.bot.services.sync_board, worker.sync_board
        stopping = asyncio.ensure_future(stop_each())
        try:
            with pytest.raises(WorkerFailed, match="could not be stored") as failed:
                await sync_titanic(world, teams=30)
        finally:
            stopping.cancel()
    status = await world.ask(world.server.ada, "status")
    assert "Not everything works" in status
    assert "the process for it did not store it within 2 seconds and was killed, twice." in status
    world.bot.services.sync_board = own
    await world.pass_time(minutes=15)
    assert "All is well" in await world.ask(world.server.ada, "status")
    observe("every board worker stopped", f"“{failed.value}”; the next sync succeeds")


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


async def sync_titanic(world: World, *, teams: int) -> SyncReport:
    """Sync a board of so many teams, without SimCord's clock: a real process takes real time."""
    world.serve("titanic", crowd(teams), at=world.env.now() + timedelta(seconds=teams))
    competition = await world.storage.competitions.add("titanic")
    return await world.sync_service.sync(competition)


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


def made(path: Path) -> None:
    """Make a database as the bot makes it."""

    async def make() -> None:
        await (await Storage.open(path)).close()

    asyncio.run(make())


def test_read_only_disk_is_reported(tmp_path: Path, observe: Observe) -> None:
    with small_disk(tmp_path / "disk", 4096) as disk:
        made(disk / "podium.db")
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)  # noqa: S603, S607
        for command in ("run", "sync"):
            ended = run_bot(disk, command, *(["titanic"] if command == "sync" else []))
            assert ended.returncode == 1
            assert "Read-only file system" in ended.stderr
            assert "Traceback" not in ended.stderr
    observe("read-only database", "refused: “… cannot be opened: Read-only file system.”")


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
        (not_a_database, "is not a SQLite database."),
        (newer, "was written by a newer Podium (its migration 0999_later is not known here);"),
    ],
)
def test_unusable_database_is_refused_and_kept(
    spoil: Callable[[Path], None], told: str, tmp_path: Path, observe: Observe
) -> None:
    path = tmp_path / "podium.db"
    made(path)
    spoil(path)
    before = path.read_bytes()
    ended = run_bot(tmp_path)
    assert ended.returncode == 1
    assert f"The database {path} {told}" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert path.read_bytes() == before
    observe(f"database {spoil.__name__.replace('_', ' ')}", f"refused, kept as it is: “{told}”")


@contextmanager
def no_more_files() -> Iterator[None]:
    """Lower the limit of open files to what is open now."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest_free = os.dup(0)
    os.close(lowest_free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def test_bot_survives_running_out_of_file_descriptors(
    world: World, observe: Observe, caplog: pytest.LogCaptureFixture
) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    await world.pass_time(minutes=6)
    async with KaggleStandIn() as kaggle:
        kaggle.serve("titanic", archive("titanic", crowd(30), at=world.env.now()))
        cli = KaggleCli(credentials=CREDENTIALS, environment=kaggle.environment)
        competition = await world.storage.competitions.find("titanic")
        assert competition is not None
        world.bot.services.kaggle = cli
        try:
            with no_more_files(), pytest.raises(KaggleFailed) as failed:
                await world.sync_service.sync(competition)
            assert "Too many open files" in str(failed.value)
            assert "free files and memory" in str(failed.value)
            stored = await world.storage.competitions.find("titanic")
            assert stored is not None
            assert stored.error == str(failed.value)
            report = await world.sync_service.sync(stored)
            assert (report.outcome, report.teams) == (Outcome.STORED, 30)
        finally:
            cli.close()
            world.bot.services.kaggle = world.kaggle
        assert world.sync_loop.is_running()
    observe("out of file descriptors", f"“{failed.value}”; the next sync succeeds")


async def test_killed_cli_changes_nothing_stored(world: World, observe: Observe) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    await world.pass_time(minutes=6)
    before = await kept(world)
    async with KaggleStandIn() as kaggle:
        kaggle.serve("titanic", archive("titanic", crowd(30), at=world.env.now()))
        kaggle.set_fault("titanic", FAULTS["silence before the answer"])
        cli = KaggleCli(credentials=CREDENTIALS, environment=kaggle.environment)
        await cli.check_version()
        competition = await world.storage.competitions.find("titanic")
        assert competition is not None
        world.bot.services.kaggle = cli
        try:
            syncing = asyncio.ensure_future(world.sync_service.sync(competition))
            while not kaggle.download_counts["titanic"]:  # noqa: ASYNC110 - the stand-in has no bell
                await asyncio.sleep(0.01)
            for process in children():
                os.kill(process, signal.SIGKILL)
            with pytest.raises(KaggleFailed) as failed:
                await syncing
            assert "ended from outside (signal 9)" in str(failed.value)
            assert await kept(world) == before
            kaggle.clear_fault("titanic")
            report = await world.sync_service.sync(competition)
            assert (report.outcome, report.teams) == (Outcome.STORED, 30)
        finally:
            cli.close()
            world.bot.services.kaggle = world.kaggle
    observe("a CLI that is killed", f"“{failed.value}”; the next sync succeeds")


def children() -> list[int]:
    """Return the Kaggle CLI processes that this process runs."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            command = (process / "cmdline").read_bytes().split(b"\0")
            if parent == os.getpid() and b"leaderboard" in command:
                found.append(int(process.name))
    return found


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
from tests.cogs.world import START, archive
async def write():
    storage = await Storage.open(Path(sys.argv[1]))
    for number in range(1, 100_000):
        data = archive("titanic", crowd(400 + number % 50), at=START + timedelta(minutes=number))
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
