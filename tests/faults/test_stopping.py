"""Stopping the real process in the middle of what it does."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.shutdown_timeout import TIMEOUT
from demo.kaggle import CREDENTIALS, KaggleStandIn
from demo.kaggle_faults import FAULTS, delay_until
from storage.storage import Storage
from tests.cogs.examples import crowd
from tests.cogs.world import build_zip
from tests.wire.bot_process import bot_process
from tests.wire.control.client import Wire

_PATIENCE = 120.0
"""Seconds until a test gives up; a start of the bot takes 20 on a machine that does much else."""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="it has other signals")


class Bot:
    """The real bot, with a competition that is synced as soon as it is ready."""

    def __init__(self, process: asyncio.subprocess.Process, folder: Path) -> None:
        self.process = process
        self.folder = folder

    async def stopped_by(self, number: signal.Signals) -> tuple[int, str]:
        """Return the exit code and the log.

        The code is 1 if the bot did not stop by itself before `bot.shutdown_timeout.TIMEOUT`. How
        long it takes is not measured here: on a busy machine that would measure the machine.
        """
        assert self.process.stderr is not None
        self.process.send_signal(number)
        async with asyncio.timeout(_PATIENCE):
            log = await self.process.stderr.read()
            return await self.process.wait(), log.decode()

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
        competition = await storage.competitions.add_for_owner("titanic")
        await storage.guilds.follow(
            guild.id, competition.id, guild.channels["general"], 1, datetime.now(UTC), None
        )
    finally:
        await storage.close()
    (folder / "temporary").mkdir()
    async with start(wire, kaggle, folder) as process:
        yield Bot(process, folder)


def start(
    wire: Wire, kaggle: KaggleStandIn, folder: Path
) -> AbstractAsyncContextManager[asyncio.subprocess.Process]:
    """Start the real bot with a temporary folder of its own."""
    return bot_process(
        wire,
        folder,
        "--kaggle-port",
        str(kaggle.port),
        environment={**CREDENTIALS, "TMPDIR": str(folder / "temporary")},
        stderr=asyncio.subprocess.PIPE,
    )


async def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + _PATIENCE
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
        kaggle.serve("titanic", build_zip("titanic", crowd(20)))
        kaggle.set_fault("titanic", FAULTS["silence before the answer"])
        async with running(wire, kaggle, tmp_path) as bot:
            await until(lambda: kaggle.download_counts["titanic"])
            assert len(bot.calls()) == 1
            code, log = await bot.stopped_by(number)
    assert code == 0
    assert log.splitlines()[-1].endswith("Stopped")
    assert "Traceback" not in log
    assert bot.calls() == []
    assert bot.cell("SELECT failures FROM competitions") == 0, "being stopped is no failure"
    assert bot.cell("PRAGMA integrity_check") == "ok"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of processes")
async def test_next_start_removes_what_two_bots_left_that_were_killed_within_a_second(
    wire: Wire, tmp_path: Path
) -> None:
    temporary = tmp_path / "temporary"

    def left(bot: asyncio.subprocess.Process) -> set[str]:
        """Return what is there that does not belong to a bot."""
        folders = {
            path.name
            for path in temporary.iterdir()
            if not any(f"{bot.pid}-" in name for name in (path.name, *_names_in(path)))
        }
        copies = {path.name for path in tmp_path.glob(".*") if "copy" in path.name}
        return folders | copies | _marked_processes(temporary, besides=f"{bot.pid}-")

    async with KaggleStandIn() as kaggle:
        kaggle.serve("titanic", build_zip("titanic", crowd(20)))
        kaggle.set_fault("titanic", FAULTS["silence before the answer"])
        async with running(wire, kaggle, tmp_path) as first:
            await until(lambda: kaggle.download_counts["titanic"])
            stop_children(first.process.pid)  # What ends with its bot cannot.
            first.process.kill()
            (tmp_path / f".copy.db.podium-{first.process.pid}-7-0a0b0c0d").touch()
            async with start(wire, kaggle, tmp_path) as second:
                await until(lambda: list(temporary.glob(f"pymp-*/podium-{second.pid}-*")))
                # A child that is stopped before it executes its program holds the bot's lock.
                await until(lambda: _have_executed(second.pid))
                stop_children(second.pid)
                second.kill()
                async with start(wire, kaggle, tmp_path) as third:
                    assert left(third)
                    await until(lambda: kaggle.download_counts["titanic"] >= 2)
                    await until(lambda: not left(third))
                    third.terminate()
                    assert await third.wait() == 0
    assert list(temporary.iterdir()) == []


def _have_executed(pid: int) -> bool:
    """Return whether a process has children, and all of them execute a program of their own."""
    own = Path(f"/proc/{pid}/cmdline").read_bytes()
    children = [
        child
        for thread in Path(f"/proc/{pid}/task").glob("*/children")
        for child in thread.read_text().split()
    ]
    return bool(children) and all(
        Path(f"/proc/{child}/cmdline").read_bytes() != own for child in children
    )


def _names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()] if folder.is_dir() else []


def _marked_processes(temporary: Path, *, besides: str) -> set[str]:
    """Return the processes that the bots of this test have started, besides those of one bot."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            variables = (process / "environ").read_bytes().decode().split("\0")
            runs = [one.partition("=")[2] for one in variables if one.startswith("PODIUM_RUN=")]
            if f"TMPDIR={temporary}" in variables and runs and not runs[0].startswith(besides):
                found.add(process.name)
    return found


def stop_children(pid: int) -> None:
    """Stop the processes that a process has started, and those that they have started."""
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(FileNotFoundError, ProcessLookupError):  # One may end meanwhile.
            for child in map(int, thread.read_text().split()):
                os.kill(child, signal.SIGSTOP)
                stop_children(child)


@pytest.mark.parametrize("moment", [0.0, 0.1])
async def test_stopped_sync_is_stored_whole_or_not_at_all(
    wire: Wire, tmp_path: Path, moment: float
) -> None:
    async with KaggleStandIn() as kaggle:
        kaggle.serve("titanic", build_zip("titanic", crowd(4_000)))
        async with running(wire, kaggle, tmp_path) as bot:
            await until(lambda: kaggle.download_counts["titanic"])
            await until(lambda: not bot.calls())
            await asyncio.sleep(moment)
            code, log = await bot.stopped_by(signal.SIGTERM)
    assert code == 0
    assert "Traceback" not in log
    snapshots, teams = (
        bot.cell("SELECT count(*) FROM log_segments"),
        bot.cell("SELECT count(*) FROM board_rows"),
    )
    assert (snapshots, teams) in {(0, 0), (1, 4_000)}
    assert bot.cell("PRAGMA integrity_check") == "ok"


async def test_stop_does_not_wait_for_a_silent_discord(wire: Wire, tmp_path: Path) -> None:
    async with KaggleStandIn() as kaggle:
        kaggle.serve("titanic", build_zip("titanic", crowd(20)))
        async with running(wire, kaggle, tmp_path) as bot:
            await until(lambda: kaggle.download_counts["titanic"])
            assert wire._process is not None
            wire._process.send_signal(signal.SIGSTOP)
            try:
                code, log = await bot.stopped_by(signal.SIGTERM)
            finally:
                wire._process.send_signal(signal.SIGCONT)
    assert code == 0
    assert "Traceback" not in log
    assert bot.cell("PRAGMA integrity_check") == "ok"


async def test_stop_does_not_wait_for_a_locked_database(wire: Wire, tmp_path: Path) -> None:
    held = asyncio.Event()
    async with KaggleStandIn() as kaggle:
        kaggle.serve("titanic", build_zip("titanic", crowd(20)))
        kaggle.set_fault("titanic", delay_until(held))
        async with running(wire, kaggle, tmp_path) as bot:
            await until(lambda: kaggle.download_counts["titanic"])
            with closing(sqlite3.connect(tmp_path / "podium.db", isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                held.set()
                await until(lambda: not bot.calls())
                await asyncio.sleep(0.5)
                code, log = await bot.stopped_by(signal.SIGTERM)
    assert (code, TIMEOUT < 10) == (1, True)
    assert log.splitlines()[-1].endswith("Not everything stopped in time; the process ends now")
    assert "Traceback" not in log
    assert bot.cell("SELECT count(*) FROM log_segments") == 0
    assert bot.cell("PRAGMA integrity_check") == "ok"
