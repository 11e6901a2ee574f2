"""Response times while a large board is synced, and the memory that it takes."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from time import perf_counter

from benchmarks import Effort
from benchmarks.boards import SLUG, build_board, build_next_board, build_zip
from benchmarks.figure import Figure
from benchmarks.measure import percentile
from benchmarks.processes import children_of, memory_mb
from benchmarks.topics.answers import answer_times
from bot.board_worker import BoardWorker
from leaderboards.sync import SyncOptions
from tests.cogs.world import START, open_world

_LOOK_EVERY = 0.001
_WATCHED, _ANSWERED = 5, 20
"""Syncs during which the event loop is watched, and during which members ask."""


def figures(effort: Effort) -> Iterator[Figure]:
    """Run the real bot on a simulated Discord, and sync as it does."""
    if sys.platform != "linux":
        return
    logging.disable()
    for teams in effort.sizes:
        yield from asyncio.run(_measure(effort, teams))


async def _measure(effort: Effort, teams: int) -> list[Figure]:
    watched, answered = (2, 1) if effort.short else (_WATCHED, _ANSWERED)
    first, *later = _build_zips(teams, watched + answered)
    small = [build_zip(build_board(1_744), number, "idle") for number in range(2)]
    async with open_world(effort.folder / f"{teams}.db") as world:
        worker = BoardWorker(world.storage.database.path)
        world.bot.services.sync_board = worker.sync_board
        world.kaggle.boards[SLUG] = first
        await world.follow(SLUG)
        await world.run(world.server.ada, "link", username=build_board(1_744)[900].members)
        await world.storage.competitions.add_for_owner("idle")
        await _sync(worker, small[0], "idle")
        await answer_times(world, "rank", 3)
        idle_mb = _memory()
        lags_idle: list[float] = []
        lags: list[float] = []
        peak = [idle_mb]
        async with _watched(lags_idle, []):
            await asyncio.sleep(0.1 if effort.short else 3)
        async with _watched(lags, peak):
            for zip_file in later[:watched]:
                await _sync(worker, zip_file, SLUG)
        await _sync(worker, small[1], "idle")
        after_mb = _memory()
        idle: list[float] = []
        busy: list[float] = []
        for zip_file in later[watched:]:
            idle += await answer_times(world, "rank", 3 if effort.short else 20)
            syncing = asyncio.create_task(_sync(worker, zip_file, SLUG))
            while not syncing.done():
                busy += await answer_times(world, "rank", 1)
            await syncing
        await worker.aclose()

    def goal(value: float) -> float | None:
        return value if teams == effort.sizes[-1] else None

    slowest = {"while it is synced": percentile(busy, 0.99), "idle": percentile(idle, 0.99)}
    return [
        Figure(
            "the event loop held up, p99",
            percentile(lags, 0.99),
            "ms",
            teams,
            goal(10),
            beside={"without a sync": percentile(lags_idle, 0.99)},
        ),
        Figure(
            "the event loop held up, worst",
            max(lags),
            "ms",
            teams,
            goal(30),
            beside={"without a sync": max(lags_idle)},
        ),
        Figure(
            "/rank until its answer, p99 against idle",
            slowest["while it is synced"] / slowest["idle"],
            "times",
            teams,
            goal(2),
            raw=slowest,
        ),
        Figure(
            "memory above idle, at most",
            max(peak) - idle_mb,
            "MB",
            teams,
            goal(150),
            beside={"idle": idle_mb},
        ),
        Figure(
            "memory above idle, afterwards",
            after_mb - idle_mb,
            "MB",
            teams,
            goal(10),
            beside={"idle": idle_mb},
        ),
    ]


def _build_zips(teams: int, syncs: int) -> Iterator[bytes]:
    board = build_board(teams)
    yield build_zip(board)
    for number in range(syncs):
        board = build_next_board(board, seed=number)
        yield build_zip(board, number + 1)


async def _sync(worker: BoardWorker, zip_file: bytes, slug: str) -> None:
    options = SyncOptions(medals=True, now=START + timedelta(hours=1))
    await worker.sync_board(slug, zip_file, options=options, progress=lambda _: None)


@asynccontextmanager
async def _watched(lags: list[float], peak: list[float]) -> AsyncIterator[None]:
    watching = asyncio.create_task(_watch(lags, peak))
    yield
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching


async def _watch(lags: list[float], peak: list[float]) -> None:
    """Record how late the event loop wakes up, and the memory in use."""
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
