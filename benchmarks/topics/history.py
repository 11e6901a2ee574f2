"""Cost of the past: a team's history, a past board, and the room that a log takes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from statistics import median
from time import perf_counter

import numpy as np

from benchmarks import Effort
from benchmarks.boards import FIRST, SLUG, build_board, build_zip, format_csv
from benchmarks.figure import Figure
from benchmarks.generated_logs import A_DAY, EVERY, LIVELY, QUIET, Activity, store_log
from benchmarks.measure import Work, hash_for, measure_lateness, percentile
from bot.client import freeze_objects
from leaderboards.board import Board
from leaderboards.parsing.reader import read_board
from records.competitions import BoardInfo
from storage.storage import Storage

_DAYS = (10, 30, 90)
_BESIDE = "hashing"


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of competition, with what is to be reached for its log."""

    name: str
    teams: int
    activity: Activity
    history_ms: float
    log_mb: float


_KINDS = (
    _Kind("quiet, 15,000 teams", 15_000, QUIET, 40, 5),
    _Kind("lively, 3,800 teams", 3_800, LIVELY, 250, 150),
)


def figures(effort: Effort) -> Iterator[Figure]:
    """Measure logs of three lengths, quiet and lively."""
    days = (1,) if effort.short else _DAYS
    for kind in _KINDS:
        for count in days:
            yield from asyncio.run(_measure_log(kind, count, effort))


async def _measure_log(kind: _Kind, days: int, effort: Effort) -> list[Figure]:
    async with _open_log(kind, days, effort) as (storage, info):
        syncs = days * A_DAY
        rounds = effort.rounds(15)
        rng = np.random.default_rng(3)
        ranks = rng.integers(1, info.team_count, rounds + 10).tolist()
        teams = list((await storage.boards.find_teams_by_rank(info.board_id, ranks)).values())
        ids = [team.team_id for team in teams]

        def histories(*team_ids: int) -> Work:
            return storage.history.load_histories(info.board_id, team_ids)

        def board_at(share: float) -> Work:
            return storage.history.load_board_at(info, SLUG, FIRST + share * syncs * EVERY)

        one: list[float] = []
        log: list[float] = []
        for team_id in ids[:rounds]:
            one.append(await _time(histories(team_id)))
            log.append(await _time(_read_log(storage, info.board_id)))
        ten = [await _time(histories(*ids[:10])) for _ in range(effort.rounds(5))]
        past: list[float] = []
        current: list[float] = []
        for share in rng.random(rounds).tolist():
            again: list[float] = []
            for _ in range(effort.rounds(3)):
                again.append(await _time(board_at(share)))
                current.append(await _time(storage.board_writer.load_board(SLUG, info.kind)))
            past.append(median(again))
        freeze_objects()
        late: list[float] = []
        hashing: list[float] = []
        for _ in range(effort.rounds(20)):
            late += await measure_lateness(histories(ids[0]))
            hashing += await measure_lateness(asyncio.to_thread(hash_for, median(one) / 1000))
        whole = days == _DAYS[-1]

        def figure(
            what: str, value: float, unit: str, goal: float | None, **beside: float
        ) -> Figure:
            goal = goal if whole else None
            return Figure(f"{kind.name}: {what}", value, unit, syncs, goal, beside=beside)

        return [
            figure(
                "history of one team",
                median(one),
                "ms",
                kind.history_ms,
                **{"its log from SQLite": median(log)},
            ),
            figure("histories of ten teams", median(ten), "ms", None, one=median(one)),
            figure(
                "a past board, the slowest of fifteen",
                max(past),
                "ms",
                300,
                **{"today's from SQLite": median(current)},
            ),
            figure(
                "the log with its keyframes",
                await _measure_log_mb(storage),
                "MB",
                kind.log_mb,
                **{"one download": len(build_zip(build_board(kind.teams))) / 1e6},
            ),
            figure(
                "event loop held up by a history, p99",
                percentile(late, 0.99),
                "ms",
                10,
                **{_BESIDE: percentile(hashing, 0.99)},
            ),
            figure("… the worst", max(late), "ms", 30, **{_BESIDE: max(hashing)}),
        ]


@asynccontextmanager
async def _open_log(
    kind: _Kind, days: int, effort: Effort
) -> AsyncIterator[tuple[Storage, BoardInfo]]:
    path = effort.folder / f"{kind.activity.movers_an_hour}-{days}.db"
    storage = await Storage.open(path)
    try:
        await store_log(storage, build_first_board(kind.teams), kind.activity, days * A_DAY)
        competition = await storage.competitions.find(SLUG)
        info = await storage.boards.find_info(competition.id) if competition else None
        if info is None:
            raise LookupError("the log was not stored")
        yield storage, info
    finally:
        await storage.close()
        path.unlink()


def build_first_board(teams: int) -> Board:
    """Build the first board of a log of this many teams."""
    return replace(read_board(format_csv(build_board(teams)), slug=SLUG, taken_at=FIRST), slug=SLUG)


async def _time(work: Work) -> float:
    began = perf_counter()
    await work
    return (perf_counter() - began) * 1000


async def _read_log(storage: Storage, board_id: int) -> None:
    """Read what a history is walked through, and no more."""
    async with storage.database.read() as connection:
        await connection.execute_fetchall(
            "SELECT id, substr(moves, 1) FROM log_segments WHERE board_id = ? ORDER BY taken_at",
            (board_id,),
        )


async def _measure_log_mb(storage: Storage) -> float:
    async with storage.database.read() as connection:
        rows = await connection.execute_fetchall(
            "SELECT total(length(moves) + length(row_changes)) FROM log_segments"
            " UNION ALL SELECT total(length(board)) FROM keyframes"
        )
    return float(sum(size for (size,) in rows)) / 1e6
