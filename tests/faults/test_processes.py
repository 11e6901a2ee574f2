"""Faults of the processes that the bot starts, and of what the system gives to them."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import aclosing, contextmanager, suppress
from pathlib import Path

import pytest

from bot.board_worker import BoardWorker, WorkerFailed
from demo.kaggle_faults import FAULTS
from leaderboards.errors import KaggleFailed
from leaderboards.sync import Outcome
from tests.cogs.examples import SMALL, crowd
from tests.cogs.world import World, build_zip
from tests.faults.machine import Observe, load_stored, real_kaggle, sync_titanic


async def test_stopped_worker_is_killed_and_its_board_stored_by_another(
    world: World, observe: Observe
) -> None:
    async with aclosing(BoardWorker(world.storage.database.path, timeout=15)) as worker:
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

    async with aclosing(BoardWorker(world.storage.database.path, timeout=1.5)) as worker:

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
    competition = await world.storage.competitions.find("titanic")
    assert competition is not None
    async with real_kaggle(world) as kaggle:
        kaggle.serve("titanic", build_zip("titanic", crowd(30), at=world.env.now()))
        with no_more_files(), pytest.raises(KaggleFailed) as failed:
            await world.sync_service.sync(competition)
        assert "Too many open files" in str(failed.value)
        assert "free files and memory" in str(failed.value)
        stored = await world.storage.competitions.find("titanic")
        assert stored is not None
        assert stored.error == str(failed.value)
        report = await world.sync_service.sync(stored)
        assert (report.outcome, report.teams) == (Outcome.STORED, 30)
    assert world.sync_loop.is_running()
    observe("out of file descriptors", f"“{failed.value}”; the next sync succeeds")


async def test_killed_cli_changes_nothing_stored(world: World, observe: Observe) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    await world.pass_time(minutes=6)
    before = await load_stored(world)
    competition = await world.storage.competitions.find("titanic")
    assert competition is not None
    async with real_kaggle(world) as kaggle:
        kaggle.serve("titanic", build_zip("titanic", crowd(30), at=world.env.now()))
        kaggle.set_fault("titanic", FAULTS["silence before the answer"])
        syncing = asyncio.ensure_future(world.sync_service.sync(competition))
        while not kaggle.download_counts["titanic"]:  # noqa: ASYNC110 - the stand-in has no bell
            await asyncio.sleep(0.01)
        for process in children():
            os.kill(process, signal.SIGKILL)
        with pytest.raises(KaggleFailed) as failed:
            await syncing
        assert "ended from outside (signal 9)" in str(failed.value)
        assert await load_stored(world) == before
        kaggle.clear_fault("titanic")
        report = await world.sync_service.sync(competition)
        assert (report.outcome, report.teams) == (Outcome.STORED, 30)
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
