"""What members notice while a board of 100,000 teams is synced, and what it takes of memory."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from time import perf_counter

from benchmarks import Effort
from benchmarks.boards import SLUG, real, usual, zip_of
from benchmarks.figure import Figure
from benchmarks.measure import percentile
from benchmarks.processes import children_of, memory_mb
from bot.intake import Intake
from tests.cogs.world import START, World, open_world

_LOOK_EVERY = 0.001


def figures(effort: Effort) -> Iterator[Figure]:
    """Run the real bot on a simulated Discord, and sync as it does."""
    if sys.platform != "linux":
        return
    logging.disable()
    yield from asyncio.run(_measured(effort))


async def _measured(effort: Effort) -> list[Figure]:
    teams = effort.sizes[-1]
    board = real(teams)
    async with open_world(effort.folder / "podium.db") as world:
        intake = world.bot.services.intake = Intake(world.storage.database.path)
        world.kaggle.boards[SLUG] = zip_of(board)
        await world.follow(SLUG)
        await world.run(world.server.ada, "link", username=board[teams // 2].members)
        await _sync(intake, zip_of(board[:1_744], slug="idle"), "idle")
        await _commands(world, 3)
        idle_mb = _memory()
        idle = await _commands(world, 3 if effort.short else 100)
        lags: list[float] = []
        peak = [idle_mb]
        watching = asyncio.create_task(_watch(lags, peak))
        busy: list[float] = []
        for number in range(1 if effort.short else 5):
            board = usual(board, seed=number)
            syncing = asyncio.create_task(_sync(intake, zip_of(board, number + 1), SLUG))
            while not syncing.done():
                busy += await _commands(world, 1)
            await syncing
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
        await _sync(intake, zip_of(board[:1_744], 9, slug="idle"), "idle")
        after_mb = _memory()
        await intake.aclose()
    slowest = {"while it is synced": percentile(busy, 0.99), "idle": percentile(idle, 0.99)}
    return [
        Figure("the event loop held up, p99", percentile(lags, 0.99), "ms", teams, 10),
        Figure("the event loop held up, worst", max(lags), "ms", teams, 30),
        Figure(
            "/rank until its answer, p99 against idle",
            slowest["while it is synced"] / slowest["idle"],
            "times",
            teams,
            2,
            raw=slowest,
        ),
        Figure("memory above idle, at most", max(peak) - idle_mb, "MB", teams, 150),
        Figure("memory above idle, afterwards", after_mb - idle_mb, "MB", teams, 10),
    ]


async def _sync(intake: Intake, archive: bytes, slug: str) -> None:
    async def download(_: str) -> bytes:
        return archive

    await intake(
        slug,
        download=download,
        medals=True,
        announce=True,
        now=lambda: START + timedelta(hours=1),
        progress=lambda _: None,
    )


async def _commands(world: World, count: int) -> list[float]:
    times = []
    for _ in range(count):
        began = perf_counter()
        await world.run(world.server.ada, "rank")
        times.append((perf_counter() - began) * 1000)
        await asyncio.sleep(0)
    return times


async def _watch(lags: list[float], peak: list[float]) -> None:
    """Take note of how much later than asked for the event loop comes back, and of memory."""
    while True:
        began = perf_counter()
        await asyncio.sleep(_LOOK_EVERY)
        lags.append((perf_counter() - began - _LOOK_EVERY) * 1000)
        if len(lags) % 20 == 0:
            peak.append(_memory())


def _memory() -> float:
    total = memory_mb(os.getpid())
    for child in children_of(os.getpid()):
        with suppress(FileNotFoundError):
            total += memory_mb(child)
    return total
