"""Stopping the real process in the middle of what it does."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from demo.kaggle import CREDENTIALS, KaggleStandIn
from demo.kaggle_faults import FAULTS, delay_until
from storage.storage import Storage
from tests.cogs.examples import crowd
from tests.cogs.world import archive
from tests.wire.bot_process import bot_process
from tests.wire.client import Wire

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="it has other signals")


class Bot:
    """The real bot, with a competition that is synced as soon as it is ready."""

    def __init__(self, process: asyncio.subprocess.Process, folder: Path) -> None:
        self.process = process
        self.folder = folder

    async def stopped_by(self, number: signal.Signals) -> tuple[int, float, str]:
        """Return the exit code, the seconds until the end, and the log."""
        assert self.process.stderr is not None
        began = time.monotonic()
        self.process.send_signal(number)
        log = await self.process.stderr.read()
        code = await self.process.wait()
        return code, time.monotonic() - began, log.decode()

    def calls(self) -> list[Path]:
        """Return the folders of the calls to Kaggle that are running or left over."""
        return list((self.folder / "temporary").glob("podium-kaggle-*"))

    def cell(self, sql: str) -> object:
        with closing(sqlite3.connect(self.folder / "podium.db")) as connection:
            (cell,) = connection.execute(sql).fetchone()
        return cell


@asynccontextmanager
async def running(wire: Wire, kaggle: KaggleStandIn, folder: Path) -> AsyncIterator[Bot]:
    guild = await wire.add_guild("Kagglers")
    storage = await Storage.open(folder / "podium.db")
    try:
        competition = await storage.competitions.add("titanic")
        await storage.guilds.follow(
            guild.id, competition.id, guild.channels["general"], 1, datetime.now(UTC), None
        )
    finally:
        await storage.close()
    (folder / "temporary").mkdir()
    async with bot_process(
        wire,
        folder,
        "--kaggle-port",
        str(kaggle.port),
        environment={**CREDENTIALS, "TMPDIR": str(folder / "temporary")},
        stderr=asyncio.subprocess.PIPE,
    ) as process:
        yield Bot(process, folder)


async def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with Wire() as wire:
        yield wire


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_running_cli_call_ends_with_the_bot(
    wire: Wire, tmp_path: Path, number: signal.Signals
) -> None:
    async with KaggleStandIn() as kaggle:
        kaggle.serve("titanic", archive("titanic", crowd(20)))
        kaggle.set_fault("titanic", FAULTS["silence before the answer"])
        async with running(wire, kaggle, tmp_path) as bot:
            await until(lambda: kaggle.download_counts["titanic"])
            assert len(bot.calls()) == 1
            code, seconds, log = await bot.stopped_by(number)
    assert (code, seconds < 5) == (0, True)
    assert log.splitlines()[-1].endswith("Stopped")
    assert "Traceback" not in log
    assert bot.calls() == []
    assert bot.cell("SELECT failures FROM competitions") == 0, "being stopped is no failure"
    assert bot.cell("PRAGMA integrity_check") == "ok"


@pytest.mark.parametrize("moment", [0.0, 0.1])
async def test_stopped_sync_is_stored_whole_or_not_at_all(
    wire: Wire, tmp_path: Path, moment: float
) -> None:
    async with KaggleStandIn() as kaggle:
        kaggle.serve("titanic", archive("titanic", crowd(4_000)))
        async with running(wire, kaggle, tmp_path) as bot:
            await until(lambda: kaggle.download_counts["titanic"])
            await until(lambda: not bot.calls())
            await asyncio.sleep(moment)
            code, seconds, log = await bot.stopped_by(signal.SIGTERM)
    assert (code, seconds < 10) == (0, True)
    assert "Traceback" not in log
    snapshots, teams = (
        bot.cell("SELECT count(*) FROM log_segments"),
        bot.cell("SELECT count(*) FROM board_rows"),
    )
    assert (snapshots, teams) in {(0, 0), (1, 4_000)}
    assert bot.cell("PRAGMA integrity_check") == "ok"


async def test_stop_does_not_wait_for_a_silent_discord(wire: Wire, tmp_path: Path) -> None:
    async with KaggleStandIn() as kaggle:
        kaggle.serve("titanic", archive("titanic", crowd(20)))
        async with running(wire, kaggle, tmp_path) as bot:
            await until(lambda: kaggle.download_counts["titanic"])
            assert wire._process is not None
            wire._process.send_signal(signal.SIGSTOP)
            try:
                code, seconds, log = await bot.stopped_by(signal.SIGTERM)
            finally:
                wire._process.send_signal(signal.SIGCONT)
    assert (code, seconds < 10) == (0, True)
    assert "Traceback" not in log
    assert bot.cell("PRAGMA integrity_check") == "ok"


async def test_stop_does_not_wait_for_a_locked_database(wire: Wire, tmp_path: Path) -> None:
    held = asyncio.Event()
    async with KaggleStandIn() as kaggle:
        kaggle.serve("titanic", archive("titanic", crowd(20)))
        kaggle.set_fault("titanic", delay_until(held))
        async with running(wire, kaggle, tmp_path) as bot:
            await until(lambda: kaggle.download_counts["titanic"])
            with closing(sqlite3.connect(tmp_path / "podium.db", isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                held.set()
                await until(lambda: not bot.calls())
                await asyncio.sleep(0.5)
                code, seconds, log = await bot.stopped_by(signal.SIGTERM)
    assert (code, seconds < 10) == (1, True)
    assert log.splitlines()[-1].endswith("Not everything stopped in time; the process ends now")
    assert "Traceback" not in log
    assert bot.cell("SELECT count(*) FROM log_segments") == 0
    assert bot.cell("PRAGMA integrity_check") == "ok"
