"""Cost of members' watches in the sync of a large board or once an hour, and without any."""

from __future__ import annotations

import asyncio
import gc
import logging
import shutil
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from itertools import count
from pathlib import Path
from time import process_time
from typing import Any

from benchmarks import Effort
from benchmarks.baseline import settle
from benchmarks.boards import (
    FIRST,
    SLUG,
    Row,
    build_board,
    build_drifted_board,
    build_next_board,
    build_zip,
)
from benchmarks.figure import Figure
from benchmarks.measure import Case, interleaved
from benchmarks.topics.sync import sync_zip
from leaderboards.forecast.rank_forecast import forecast_day
from leaderboards.news.watches import NOTHING_WATCHED, WatchKind
from leaderboards.sync import Outcome
from records.guilds import GuildSettings
from storage.members.watches import load_watch_states, store_watch_decisions
from storage.servers.guild_settings import UPSERT_SETTINGS
from storage.storage import Storage

_TEAMS = 15_739
_SERVERS, _MEMBERS = 250, 20
"""Servers, and linked members of each; each of them has one watch: 5,000 in all."""
_ROUNDS = 9
_KINDS = [kind for kind in WatchKind if kind not in (WatchKind.LAST_DAY, WatchKind.ZONE_EXIT)]
"""What a sync can tell: the last day of a competition and forecasts are told without one."""
_A_DAY = 288
"""Syncs in a day."""
_LOOKS = 10
"""So many in one transaction, which would take longer than the look."""
_numbers = count()
_Work = Callable[[Storage], Coroutine[Any, Any, None]]


def figures(effort: Effort) -> Iterator[Figure]:
    """Measure the CPU of syncs with and without watches, of the same servers and members."""
    logging.disable()
    # As in the board worker.
    gc.freeze()
    gc.set_threshold(100_000)
    first = build_board(1_744 if effort.short else _TEAMS)
    servers = 5 if effort.short else _SERVERS
    watches = servers * _MEMBERS
    without = asyncio.run(_fill(effort.folder / "without.db", first, servers, ()))
    watched = asyncio.run(_fill(effort.folder / "watched.db", first, servers, _KINDS))
    forecasts = asyncio.run(
        _fill(effort.folder / "forecasts.db", first, servers, [WatchKind.ZONE_EXIT])
    )
    usual, lively = (
        build_zip(board, 1) for board in (build_next_board(first), build_drifted_board(first))
    )
    ms = interleaved(
        {
            "usual": _sync(without, usual),
            "usual, watched": _sync(watched, usual),
            "lively": _sync(without, lively),
            "lively, watched": _sync(watched, lively),
            "look": _look(without),
            "look for forecasts": _on_copy(without, _look_for_forecasts),
            "look for forecasts, watched": _on_copy(forecasts, _look_for_forecasts),
            "forecasts": _forecast(forecasts, build_zip(build_next_board(first), _A_DAY)),
        },
        effort.rounds(_ROUNDS),
        process_time,
    )

    for name in ("look", "look for forecasts", "look for forecasts, watched"):
        ms[name] /= _LOOKS

    def compared(what: str, name: str, goal: float) -> Figure:
        raw = {"with watches": ms[f"{name}, watched"], "without": ms[name]}
        ratio = raw["with watches"] / raw["without"]
        return Figure(what, ratio, "times one without", watches, goal, raw=raw)

    yield compared("the usual sync of 15,739 teams with watches: CPU", "usual", 1.5)
    yield compared("a lively sync of 15,739 teams with watches: CPU", "lively", 2)
    yield Figure(
        "looking for watches where there are none: CPU",
        ms["look"] / ms["usual"],
        "of the usual sync",
        0,
        0.01,
        raw={"look": ms["look"], "sync": ms["usual"]},
    )
    yield Figure(
        "… for forecasts that are watched, after each round: CPU",
        ms["look for forecasts"] / ms["usual"],
        "of the usual sync",
        0,
        0.01,
        raw={"look": ms["look for forecasts"], "sync": ms["usual"]},
    )
    yield Figure("the same with watches: CPU", ms["look for forecasts, watched"], "ms", watches)
    yield Figure(
        "watched forecasts of a board of 15,739 teams, once an hour: CPU",
        ms["forecasts"] / ms["usual"],
        "of the usual sync",
        watches,
        1,
        raw={"forecasts": ms["forecasts"], "sync": ms["usual"]},
    )


async def _fill(path: Path, first: list[Row], servers: int, kinds: Sequence[WatchKind]) -> Path:
    """Store a board with servers, their members and, if there are kinds, a watch of each member."""
    storage = await Storage.open(path, blocking=True)
    try:
        competition = await storage.competitions.add_for_owner(SLUG)
        guilds = [(1 + number) << 22 for number in range(servers)]
        teams = [row for row in first if row.members][: servers * _MEMBERS]
        members = [
            (guild, number, row)
            for number, (guild, row) in enumerate(
                zip((guild for guild in guilds for _ in range(_MEMBERS)), teams, strict=True), 1
            )
        ]
        async with storage.database.write() as connection:
            await connection.executemany(
                UPSERT_SETTINGS,
                [astuple(GuildSettings(guild, channel_id=guild + 1)) for guild in guilds],
            )
            await connection.executemany(
                "INSERT INTO follows (guild_id, competition_id, followed_by, followed_at)"
                " VALUES (?, ?, 1, 0)",
                [(guild, competition.id) for guild in guilds],
            )
            await connection.executemany(
                "INSERT INTO links (guild_id, user_id, user_name, linked_by, linked_at)"
                " VALUES (?, ?, ?, 1, 0)",
                [(guild, user, row.members.split(",")[0]) for guild, user, row in members],
            )
            if kinds:
                await connection.executemany(
                    "INSERT INTO watches (guild_id, user_id, kind, competition_id, rank,"
                    " rival_user_name, created_at) VALUES (?, ?, ?, ?, ?, ?, 0)",
                    [
                        (guild, user, *_describe_watch(competition.id, user, first, kinds))
                        for guild, user, _ in members
                    ],
                )
        await sync_zip(storage, build_zip(first), 0)
    finally:
        await storage.close()
    settle(path)
    return path


def _describe_watch(
    competition_id: int, user: int, first: list[Row], kinds: Sequence[WatchKind]
) -> tuple[WatchKind, int, int | None, str | None]:
    """Return kind, competition, rank and rival of a member's watch: the kinds in turn."""
    kind = kinds[user % len(kinds)]
    return (
        kind,
        competition_id,
        1 + user // 2 if kind is WatchKind.RANK else None,
        first[user].members.split(",")[0] if kind is WatchKind.RIVAL else None,
    )


def _sync(filled: Path, zip_file: bytes) -> Case:
    """Sync on a copy of a filled database."""

    async def sync(storage: Storage) -> None:
        report = await sync_zip(storage, zip_file, 1)
        if report.outcome is not Outcome.STORED:
            raise AssertionError(report.format_line())

    return _on_copy(filled, sync)


def _look(filled: Path) -> Case:
    """Read and write some times what a sync does of watches, where there are none."""

    async def look(storage: Storage) -> None:
        async with storage.database.write() as connection:
            guilds = await connection.execute_fetchall("SELECT guild_id FROM guilds")
            decisions = {guild: NOTHING_WATCHED for (guild,) in guilds}
            for _ in range(_LOOKS):
                if await load_watch_states(connection, 1, 1):
                    raise AssertionError("there are watches")
                await store_watch_decisions(connection, 1, decisions, FIRST)

    return _on_copy(filled, look)


async def _look_for_forecasts(storage: Storage) -> None:
    """Search some times for competitions in which somebody watches forecasts."""
    for _ in range(_LOOKS):
        await storage.watches.find_zone_exit_competitions()


def _forecast(filled: Path, zip_file: bytes) -> Case:
    """Forecast the ranks of all members on a board, and compare with what their watches told."""

    async def sync(storage: Storage) -> None:
        await sync_zip(storage, zip_file, _A_DAY)

    async def forecast(storage: Storage) -> None:
        info = await storage.boards.find_info(1)
        if info is None:
            raise AssertionError("there is no board")
        teams = await storage.watches.find_zone_exit_teams(1, info.board_id)
        ranks = await storage.boards.find_ranks(info.board_id, teams)
        board = await storage.history.load_forecast_board(info.board_id, info.taken_at)
        if board is None:
            raise AssertionError("there is no board")
        pace = await asyncio.to_thread(board.measure_pace, [*ranks.values()])
        if pace is None or len(forecast_day(pace)) != len(teams):
            raise AssertionError("there are no forecasts")
        await storage.watches.queue_zone_exits(1, info.board_id, {}, FIRST)

    return _on_copy(filled, forecast, sync)


def _on_copy(filled: Path, work: _Work, before: _Work | None = None) -> Case:
    @contextmanager
    def prepare() -> Iterator[Callable[[], object]]:
        path = filled.with_name(f"copy-{next(_numbers)}.db")
        shutil.copy(filled, path)
        with asyncio.Runner() as runner:
            storage = runner.run(Storage.open(path, blocking=True))
            try:
                if before is not None:
                    runner.run(before(storage))
                yield lambda: runner.run(work(storage))
            finally:
                runner.run(storage.close())
        path.unlink()

    return prepare
