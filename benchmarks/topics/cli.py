"""A whole sync, the Kaggle CLI included: what it costs of CPU, and how many fit in five minutes."""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import islice

from benchmarks import Effort
from benchmarks.boards import FIRST, build_board, build_next_board, build_zip
from benchmarks.figure import Figure
from benchmarks.kaggle_process import KaggleProcess, start_stand_in
from benchmarks.processes import cpu_ms
from benchmarks.topics.sync import sync_zip
from bot.board_worker import BoardWorker
from demo.kaggle import KaggleStandIn
from leaderboards.kaggle.client import KaggleCli
from leaderboards.kaggle.fork_server import ForkServer
from leaderboards.kaggle.process import CommandStarter, spawn
from leaderboards.sync import SyncOptions, SyncReport
from storage.storage import Storage

_SIZES = {2_000: 12, 15_739: 3, 100_000: 1}
"""Teams of the boards, with the number of syncs with forked calls in a round; at most `_AT_ONCE`
syncs with started calls follow."""
_TEAMS = min(_SIZES)
"""Those of the boards for which there are goals."""
_ROUNDS = 5
_CALLS = 15
_AT_ONCE = 4
_STARTED = "with a call in a new Python"
_FIVE_MINUTES_MS = 300_000
_GOAL = 0.25
"""Most CPU of a whole sync, as a share of that of a call in a new Python."""


@dataclass(slots=True)
class _Spent:
    """What the syncs with forked calls, or those with started ones, took in milliseconds."""

    wall: float = 0
    bot: float = 0
    """CPU of the bot's own process."""
    call: float = 0
    """CPU of the CLI, where it is forked."""
    all: float = 0
    """CPU of all processes."""
    syncs: int = 0

    @property
    def shares(self) -> dict[str, float]:
        """The CPU milliseconds of one sync by process."""
        rest = self.all - self.bot - self.call
        named = {"the bot": self.bot, "the call": self.call, "parsing and storing": rest}
        return {name: ms / self.syncs for name, ms in named.items()}


def figures(effort: Effort) -> Iterator[Figure]:
    """Measure against the stand-in for Kaggle, which has a process of its own."""
    if sys.platform != "linux":
        return
    logging.disable()
    for teams, in_a_row in ({_TEAMS: 1} if effort.short else _SIZES).items():
        count = 1 + _ROUNDS * (in_a_row + min(in_a_row, _AT_ONCE))
        slugs = [f"competition-{number}" for number in range(count)]
        with start_stand_in(partial(_serve_boards, teams, slugs)) as kaggle:
            yield from asyncio.run(_measure(effort, kaggle, teams, slugs, in_a_row))


async def _measure(
    effort: Effort, kaggle: KaggleProcess, teams: int, slugs: list[str], in_a_row: int
) -> list[Figure]:
    path = effort.folder / f"{teams}.db"
    storage = await Storage.open(path)
    board = build_board(teams)
    for slug in slugs:
        await sync_zip(storage, build_zip(board, 0, slug), 0, slug)
    first, *others = slugs
    not_yet_synced = iter(others)
    worker, forks = BoardWorker(storage.database.path), ForkServer()
    forking = kaggle.build_cli(forks, _AT_ONCE)
    starting = kaggle.build_cli(spawn, _AT_ONCE)
    forked, started = _Spent(), _Spent()
    try:
        await forking.download(first)
        calls = await _measure_calls(kaggle, forks, first, effort.rounds(_CALLS))
        await _sync(worker, forking, first)
        for _ in range(effort.rounds(_ROUNDS)):
            row = list(islice(not_yet_synced, in_a_row))
            await _measure_syncs(kaggle, forked, worker, forking, row, forks=forks)
            row = list(islice(not_yet_synced, min(in_a_row, _AT_ONCE)))
            await _measure_syncs(kaggle, started, worker, starting, row, forks=forks)
    finally:
        forking.close()
        starting.close()
        await worker.aclose()
        await storage.close()
    path.unlink()
    cpu, cpu_started = forked.all / forked.syncs, started.all / started.syncs
    wall, wall_started = forked.wall / forked.syncs, started.wall / started.syncs

    def goal(value: float) -> float | None:
        return value if teams == _TEAMS else None

    return [
        Figure(
            "a forked call of the CLI against one in a new Python",
            calls["forked"] / calls["started"],
            "of its CPU",
            teams,
            raw=calls,
        ),
        Figure(
            "a whole sync: CPU of all processes",
            cpu,
            "ms",
            teams,
            raw=forked.shares,
            beside={_STARTED: cpu_started},
        ),
        Figure(
            "a whole sync against a call in a new Python",
            cpu / calls["started"],
            "of its CPU",
            teams,
            goal(_GOAL),
            raw={"sync": cpu, "started": calls["started"]},
        ),
        Figure(
            "competitions in five minutes, by the time it took",
            _FIVE_MINUTES_MS / wall,
            "competitions",
            teams,
            goal(3_000),
            at_least=True,
            raw={"a sync": wall},
            beside={_STARTED: _FIVE_MINUTES_MS / wall_started},
        ),
    ]


async def _measure_syncs(
    kaggle: KaggleProcess,
    spent: _Spent,
    worker: BoardWorker,
    cli: KaggleCli,
    slugs: list[str],
    *,
    forks: ForkServer,
) -> None:
    """Sync these competitions, some of them at once, and add to `spent` what it took."""
    began, bot, all_, call = (
        time.perf_counter(),
        _own_cpu(),
        kaggle.cpu_of_others(),
        cpu_ms(forks.pid),
    )
    limit = asyncio.Semaphore(_AT_ONCE)

    async def one(slug: str) -> None:
        async with limit:
            await _sync(worker, cli, slug)

    await asyncio.gather(*map(one, slugs))
    spent.wall += (time.perf_counter() - began) * 1000
    spent.bot += _own_cpu() - bot
    spent.call += cpu_ms(forks.pid) - call
    spent.all += kaggle.cpu_of_others() - all_
    spent.syncs += len(slugs)


async def _measure_calls(
    kaggle: KaggleProcess, forks: ForkServer, slug: str, rounds: int
) -> dict[str, float]:
    """Measure the CPU time of a forked and of a started call."""
    spent = {"forked": 0.0, "started": 0.0}
    ways: dict[str, CommandStarter] = {"forked": forks, "started": spawn}
    for _ in range(rounds):
        for name, start in ways.items():
            cli = kaggle.build_cli(start, _AT_ONCE)
            before = kaggle.cpu_of_others()
            await cli.download(slug)
            spent[name] += (kaggle.cpu_of_others() - before) / rounds
            cli.close()
    return spent


async def _sync(worker: BoardWorker, cli: KaggleCli, slug: str) -> SyncReport:
    options = SyncOptions(medals=True, now=FIRST + timedelta(minutes=5))
    data = await cli.download(slug)
    return await worker.sync_board(slug, data, options=options, progress=lambda _: None)


def _own_cpu() -> float:
    return time.process_time() * 1000


def _serve_boards(teams: int, slugs: list[str], kaggle: KaggleStandIn) -> None:
    board = build_next_board(build_board(teams))
    for slug in slugs:
        kaggle.serve(slug, build_zip(board, 1, slug))
