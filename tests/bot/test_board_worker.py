"""The board worker: what it returns, and how it ends."""

import asyncio
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from bot import board_worker as module
from bot.board_worker import BoardWorker, WorkerFailed
from bot.logs import LogFormat
from leaderboards.board import BoardKind
from leaderboards.errors import NotALeaderboard
from leaderboards.kaggle.pages import Row
from leaderboards.sync import Outcome, PrivateBoardRows, ReportLog, SyncOptions, SyncReport
from storage.errors import DatabaseUnusable
from storage.storage import Storage
from tests.cogs.examples import crowd
from tests.cogs.world import build_zip
from tests.processes import is_running

pytestmark = pytest.mark.processes

NOW = datetime(2026, 1, 2, tzinfo=UTC)
PROJECT = Path(__file__).resolve().parents[2]
BOT = """
import asyncio, sys
from pathlib import Path
from bot.board_worker import BoardWorker
async def main():
    worker = BoardWorker(Path(sys.argv[1]))
    try:
        await worker.sync_board("titanic", b"", options=None, progress=lambda _: None)
    except Exception:
        print("ready", flush=True)
        import time
        time.sleep(60)
asyncio.run(main())
"""


@pytest.fixture
async def storage(storage: Storage) -> Storage:
    """Add the competition whose boards the worker stores."""
    await storage.competitions.add_for_owner("titanic")
    return storage


@pytest.fixture
async def worker(storage: Storage) -> AsyncIterator[BoardWorker]:
    worker = BoardWorker(storage.database.path)
    yield worker
    await worker.aclose()


async def sync(worker: BoardWorker, data: bytes, steps: list[str] | None = None) -> SyncReport:
    options = SyncOptions(medals=True, now=NOW)
    progress = (steps if steps is not None else []).append
    return await worker.sync_board("titanic", data, options=options, progress=progress)


async def test_board_is_stored_and_reported(
    storage: Storage, worker: BoardWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    report = await sync(worker, build_zip("titanic", crowd(30)), steps)
    assert (report.outcome, report.teams, report.new) == (Outcome.STORED, 30, 30)
    assert steps == ["Reading the board"]
    competition = await storage.competitions.find("titanic")
    assert competition is not None
    assert competition.synced_at == NOW
    info = await storage.boards.find_info(competition.id)
    assert info is not None
    assert len(await storage.boards.load_page(info.board_id, 1, 30)) == 30
    first = worker.pid
    same = await sync(worker, build_zip("titanic", crowd(30)))
    assert same.outcome is Outcome.UNCHANGED
    with pytest.raises(NotALeaderboard, match="not a zip file"):
        await sync(worker, b"noise")
    assert worker.pid == first
    # What a large board took of memory goes back to the system with its process.
    monkeypatch.setattr(module, "LARGE_BOARD", 20)
    await sync(worker, build_zip("titanic", crowd(31)))
    assert worker.pid == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows deletes no open file")
async def test_worker_makes_no_database_in_the_place_of_a_deleted_one(
    storage: Storage, worker: BoardWorker
) -> None:
    """It may have been deleted since the bot looked, before the download."""
    path = storage.database.path
    await asyncio.to_thread(path.unlink)
    for _ in range(2):
        with pytest.raises(DatabaseUnusable, match=r"podium\.db is missing"):
            await sync(worker, build_zip("titanic", crowd(30)))
    left = await asyncio.to_thread(lambda: {file.name for file in path.parent.iterdir()})
    assert left <= {"podium.db-wal", "podium.db-shm"}


async def test_error_of_the_worker_says_where_it_occurred(
    storage: Storage, worker: BoardWorker
) -> None:
    await sync(worker, build_zip("titanic", crowd(30)))
    await storage.database.change(
        "UPDATE encoded_columns SET data = X'00' WHERE board_id = 1 AND name = 'team_name'"
    )
    with pytest.raises(ValueError, match="JSON") as caught:
        await sync(worker, build_zip("titanic", crowd(31), at=NOW))
    assert "decode_column" in "".join(getattr(caught.value, "__notes__", ()))


async def test_lines_of_the_worker_have_the_form_of_the_bots_log(
    storage: Storage, capfd: pytest.CaptureFixture[str]
) -> None:
    competition = await storage.competitions.add_for_owner("titanic")
    await storage.guilds.change_settings(5, channel_id=7)
    await storage.guilds.follow(5, competition.id, None, 1, NOW, None)
    await storage.database.change(
        "INSERT INTO deferred_news (guild_id, competition_id, message, created_at)"
        " VALUES (5, ?, '{}', 0)",
        (competition.id,),
    )
    async with aclosing(BoardWorker(storage.database.path, log_format=LogFormat.JSON)) as worker:
        await sync(worker, build_zip("titanic", crowd(30)))
    (line,) = capfd.readouterr().err.splitlines()
    record = json.loads(line)
    assert record["message"] == "Server 5: a deferred message cannot be read and is dropped"
    assert record["competition"] == "titanic"


async def test_an_unknown_column_is_logged_once_for_each_competition(
    worker: BoardWorker, caplog: pytest.LogCaptureFixture
) -> None:
    def zipped(score: str, columns: str) -> bytes:
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as file:
            header = f"Rank,TeamId,TeamName,LastSubmissionDate,Score{columns}\n"
            values = columns.replace("T", "gold")
            file.writestr("titanic-publicleaderboard.csv", f"{header}1,1,a,,{score}{values}\n")
        return content.getvalue()

    log = ReportLog()
    for data in (zipped("1", ",Tier"), zipped("2", ",Tier"), zipped("3", ",Tier,Two\x1b")):
        log.log(await sync(worker, data))
    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [
        "titanic: Kaggle's file has a column 'tier' that is not read",
        "titanic: Kaggle's file has a column 'two\\x1b' that is not read",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no niceness")
async def test_worker_has_a_lower_priority_than_the_bot(worker: BoardWorker) -> None:
    await sync(worker, build_zip("titanic", crowd(30)))
    assert os.getpriority(os.PRIO_PROCESS, worker.pid) > os.getpriority(os.PRIO_PROCESS, 0)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
async def test_killed_worker_is_replaced(storage: Storage, worker: BoardWorker) -> None:
    await sync(worker, build_zip("titanic", crowd(30)))
    first = worker.pid
    os.kill(first, signal.SIGKILL)
    report = await sync(worker, build_zip("titanic", crowd(31), at=NOW))
    assert (report.outcome, report.teams) == (Outcome.STORED, 31)
    assert worker.pid != first


async def test_worker_that_ends_during_its_imports_is_noticed_although_the_pipe_does_not_break(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows, where the bot's own handle of the other end keeps the pipe open."""
    monkeypatch.setattr(module, "_serve", os._exit)
    kept: list[Connection] = []
    monkeypatch.setattr(Connection, "__exit__", lambda self, *_: kept.append(self))
    async with aclosing(BoardWorker(storage.database.path, timeout=20)) as worker:
        with pytest.raises(WorkerFailed, match=r"ended \(exit code 1\), twice"):
            await sync(worker, build_zip("titanic", crowd(30)) + bytes(1_000_000))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of processes")
def test_worker_ends_with_the_bot(tmp_path: Path, empty_database: Path) -> None:
    shutil.copy(empty_database, tmp_path / "podium.db")
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", BOT, tmp_path / "podium.db"], cwd=PROJECT, stdout=subprocess.PIPE
    ) as bot:
        assert bot.stdout is not None
        assert bot.stdout.readline() == b"ready\n"
        threads = Path(f"/proc/{bot.pid}/task").glob("*/children")
        children = [int(pid) for thread in threads for pid in thread.read_text().split()]
        assert children
        bot.kill()
    deadline = time.monotonic() + 60
    while any(map(is_running, children)):
        assert time.monotonic() < deadline
        time.sleep(0.02)


async def test_concurrent_syncs_run_one_after_the_other(worker: BoardWorker) -> None:
    data = build_zip("titanic", crowd(30))
    reports = await asyncio.gather(*(sync(worker, data) for _ in range(3)))
    assert sorted(report.outcome for report in reports) == ["stored", "unchanged", "unchanged"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGSTOP")
async def test_stopped_worker_is_killed_at_the_deadline_and_replaced(
    storage: Storage, caplog: pytest.LogCaptureFixture
) -> None:
    async with aclosing(BoardWorker(storage.database.path, timeout=20)) as worker:
        await sync(worker, build_zip("titanic", crowd(30)))
        first = worker.pid
        os.kill(first, signal.SIGSTOP)
        steps: list[str] = []
        report = await sync(worker, build_zip("titanic", crowd(31), at=NOW), steps)
        assert (report.outcome, report.teams) == (Outcome.STORED, 31)
        assert steps == ["Reading the board", "Reading the board once more"]
        assert worker.pid != first
        assert not is_running(first)
    assert (
        "titanic: the board worker did not store it within 20 seconds and was killed;"
        " it is tried once more" in caplog.text
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGSTOP")
async def test_board_that_no_worker_stores_is_a_failure_with_a_sentence(storage: Storage) -> None:
    async with aclosing(BoardWorker(storage.database.path, timeout=0.1)) as worker:
        with pytest.raises(WorkerFailed, match=r"could not be stored: .*, twice"):
            await sync(worker, build_zip("titanic", crowd(30)))
        assert worker.pid == 0
    assert await storage.board_writer.find_stored("titanic", BoardKind.PUBLIC) is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGSTOP")
async def test_stopped_worker_does_not_hold_up_the_end_of_the_bot(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_CLOSE_SECONDS", 0.5)
    worker = BoardWorker(storage.database.path)
    await sync(worker, build_zip("titanic", crowd(30)))
    pid = worker.pid
    os.kill(pid, signal.SIGSTOP)
    later = [asyncio.ensure_future(sync(worker, build_zip("titanic", crowd(n)))) for n in (31, 32)]
    await asyncio.sleep(0.1)
    async with asyncio.timeout(60):
        await worker.aclose()
    assert not is_running(pid)
    assert [one.cancelled() for one in later] == [True, True]


async def test_board_is_stored_although_nobody_waits_for_it_any_more(
    storage: Storage, worker: BoardWorker
) -> None:
    waiting = asyncio.ensure_future(sync(worker, build_zip("titanic", crowd(30))))
    await asyncio.sleep(0.1)
    waiting.cancel()
    report = await sync(worker, build_zip("titanic", crowd(30)))
    assert report.outcome is Outcome.UNCHANGED


FINAL = PrivateBoardRows(
    [Row(team.id, team.name, NOW, f"{team.id / 1000:.4f}") for team in reversed(crowd(30))],
    ended_at=NOW,
)


async def store_private(
    worker: BoardWorker, found: PrivateBoardRows, now: datetime = NOW
) -> SyncReport:
    return await worker.sync_board(
        "titanic", found, options=SyncOptions(now=now), progress=lambda _step: None
    )


async def test_private_board_is_stored_and_has_the_same_deadline(
    storage: Storage, worker: BoardWorker
) -> None:
    await sync(worker, build_zip("titanic", crowd(30)))
    report = await store_private(worker, FINAL)
    assert (report.outcome, report.teams, report.new) == (Outcome.STORED, 30, 30)
    competition = await storage.competitions.find("titanic")
    assert competition is not None
    assert competition.archived_at == NOW
    assert (await store_private(worker, FINAL)).outcome is Outcome.UNCHANGED
    removed = PrivateBoardRows(FINAL.rows[2:], ended_at=NOW)
    report = await store_private(worker, removed, NOW + timedelta(days=1))
    assert (report.outcome, report.gone, report.new) == (Outcome.STORED, 2, 0)
    async with aclosing(BoardWorker(storage.database.path, timeout=0.1)) as slow:
        with pytest.raises(WorkerFailed, match=r"within 0 seconds and was killed, twice"):
            await store_private(slow, FINAL)
