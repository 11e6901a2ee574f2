"""A whole sync, the Kaggle CLI included: what it costs of CPU, and how many fit in five minutes."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing.connection import Connection

from benchmarks import Effort
from benchmarks.boards import FIRST, real, usual, zip_of
from benchmarks.figure import Figure
from benchmarks.processes import children_of, cpu_ms
from benchmarks.sync import synced
from bot.intake import Intake
from demo.kaggle import CREDENTIALS, KaggleStandIn
from leaderboards.fork_server import ForkServer
from leaderboards.kaggle import KaggleCli
from leaderboards.process import Start, spawn
from leaderboards.sync import SyncReport
from storage.storage import Storage

_TEAMS = 2_000
_SYNCS = 60
_ROUNDS = 15
_FIVE_MINUTES_MS = 300_000
_GOAL_MS = 50
_START_THEN_MS = 250
"""What starting the CLI took where that goal was set."""


def figures(effort: Effort) -> Iterator[Figure]:
    """Measure against the stand-in for Kaggle, which has a process of its own."""
    if sys.platform != "linux":
        return
    logging.disable()
    with _stand_in(_slugs(effort)) as kaggle:
        yield from asyncio.run(_measured(effort, kaggle))


def _slugs(effort: Effort) -> list[str]:
    return [f"competition-{number}" for number in range(2 if effort.short else _SYNCS)]


async def _measured(effort: Effort, kaggle: KaggleStandIn) -> list[Figure]:
    storage = await Storage.open(effort.folder / "podium.db")
    board = real(_TEAMS)
    slugs = _slugs(effort)
    for slug in slugs:
        await synced(storage, zip_of(board, 0, slug), 0, slug)
    intake, forks = Intake(storage.database.path), ForkServer()
    cli = _cli(kaggle, forks)
    try:
        await cli.download(slugs[0])
        calls = await _calls(kaggle, forks, slugs[0], effort.rounds(_ROUNDS))
        await _sync(intake, cli, slugs[0])
        began, before = time.perf_counter(), _cpu()
        limit = asyncio.Semaphore(4)

        async def one(slug: str) -> None:
            async with limit:
                await _sync(intake, cli, slug)

        await asyncio.gather(*map(one, slugs[1:]))
        count = len(slugs) - 1
        wall = (time.perf_counter() - began) * 1000 / count
        spent = {pid: (ms - before[pid]) / count for pid, ms in _cpu().items()}
        bot, calls_cpu = spent.pop(os.getpid()), spent.pop(_pid_of(forks))
        shares = {"the bot": bot, "the call": calls_cpu, "taking in": sum(spent.values())}
        cpu = sum(shares.values())
    finally:
        cli.close()
        await forks.aclose()
        await intake.aclose()
        await storage.close()
    return [
        Figure(
            "a forked call of the CLI against one that is started",
            calls["forked"] / calls["started"],
            "of its CPU",
            _TEAMS,
            raw=calls,
        ),
        Figure("a whole sync: CPU of all processes", cpu, "ms", _TEAMS, _GOAL_MS, raw=shares),
        Figure(
            "a whole sync against a call that is started",
            cpu / calls["started"],
            "of its CPU",
            _TEAMS,
            _GOAL_MS / _START_THEN_MS,
        ),
        Figure(
            "competitions in five minutes, by the time it took",
            _FIVE_MINUTES_MS / wall,
            "competitions",
            _TEAMS,
            3_000,
            at_least=True,
            raw={"a sync": wall},
        ),
    ]


async def _calls(
    kaggle: KaggleStandIn, forks: ForkServer, slug: str, rounds: int
) -> dict[str, float]:
    """Give the CPU time of a call in either way."""
    spent = {"forked": 0.0, "started": 0.0}
    ways: dict[str, Start] = {"forked": forks, "started": spawn}
    for _ in range(rounds):
        for name, start in ways.items():
            cli = _cli(kaggle, start)
            before = sum(_cpu().values())
            await cli.download(slug)
            spent[name] += (sum(_cpu().values()) - before) / rounds
            cli.close()
    return spent


def _cli(kaggle: KaggleStandIn, start: Start) -> KaggleCli:
    cli = KaggleCli(
        credentials=CREDENTIALS, environment=kaggle.environment, start=start, concurrency=4
    )
    cli._checked = True  # noqa: SLF001 - the version is asked once in a bot's life
    return cli


async def _sync(intake: Intake, cli: KaggleCli, slug: str) -> SyncReport:
    return await intake(
        slug,
        download=cli.download,
        medals=True,
        announce=True,
        now=lambda: FIRST + timedelta(minutes=5),
        progress=lambda _: None,
    )


def _cpu() -> dict[int, float]:
    """Give the CPU time of this process and of each that it started, but the stand-in."""
    pids = [pid for pid in children_of(os.getpid()) if pid != _stand_in_pid]
    return {pid: cpu_ms(pid) for pid in (os.getpid(), *pids)}


def _pid_of(forks: ForkServer) -> int:
    assert forks._server is not None  # noqa: S101, SLF001 - it has forked
    return forks._server._process.pid  # noqa: SLF001


_stand_in_pid = 0


@contextmanager
def _stand_in(slugs: list[str]) -> Iterator[KaggleStandIn]:
    global _stand_in_pid  # noqa: PLW0603 - there is one
    context = multiprocessing.get_context("spawn")
    ours, its = context.Pipe()
    process = context.Process(target=_serve, args=(its, slugs), daemon=True)
    process.start()
    assert process.pid is not None  # noqa: S101
    _stand_in_pid = process.pid
    kaggle = KaggleStandIn()
    kaggle.port = ours.recv()
    try:
        yield kaggle
    finally:
        process.terminate()
        process.join()


def _serve(ours: Connection, slugs: list[str]) -> None:
    board = usual(real(_TEAMS))
    kaggle = KaggleStandIn()
    for slug in slugs:
        kaggle.serve(slug, zip_of(board, 1, slug))
    with kaggle.in_thread():
        ours.send(kaggle.port)
        time.sleep(3600)
