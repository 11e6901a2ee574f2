"""From the start of the process until the bot is there, with much in the database."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks import Effort
from benchmarks.boards import FIRST, SLUG, build_board, format_csv
from benchmarks.figure import Figure
from benchmarks.generated_logs import A_DAY, QUIET, store_log
from leaderboards.parsing.reader import read_board
from records.guilds import GuildSettings
from storage.servers.guild_settings import UPSERT_SETTINGS
from storage.storage import Storage
from tests.wire.bot_process import bot_process
from tests.wire.control.client import Wire

_SIZES = {100: 500, 300: 1_500, 1_000: 5_000}
"""Competitions, and servers that follow them."""
_DAYS, _TEAMS = 90, 500
_FIRST_SERVER = 1 << 22
_COPIED = {
    "teams": "team_id, team_name, score, score_text, submissions, last_submission_at, members",
    "ranks": "rank, team_id",
    "members": "user_name, team_id",
    "keyframes": "taken_at, board",
    "log_segments": "taken_at, team_count, moves, row_changes",
}


def figures(effort: Effort) -> Iterator[Figure]:
    """Start the real bot on a stand-in for Discord, with a log stored for each competition."""
    for competitions, servers in ({10: 20} if effort.short else _SIZES).items():
        yield from asyncio.run(_measure(effort, competitions, servers))


async def _measure(effort: Effort, competitions: int, servers: int) -> list[Figure]:
    database = effort.folder / "podium.db"
    await _fill(database, competitions, servers, days=1 if effort.short else _DAYS)
    async with Wire() as wire:
        for number in range(servers):
            await wire.add_guild(f"Server {number}", guild_id=_FIRST_SERVER + (number << 22))
        async with Wire() as nobody:
            times: list[float] = []
            empty: list[float] = []
            for _ in range(effort.rounds(5)):
                times.append(await _start(wire, effort.folder))
                with TemporaryDirectory(dir=effort.folder) as folder:
                    empty.append(await _start(nobody, Path(folder)))
    megabytes = database.stat().st_size >> 20
    for path in effort.folder.iterdir():
        path.unlink()
    return [
        Figure(
            f"start to ready, {competitions:,} competitions, {servers:,} servers, a database of"
            f" {megabytes:,} MB",
            median(times),
            "s",
            servers,
            3 if competitions == max(_SIZES) else None,
            beside={"in no server, with no database": median(empty)},
        )
    ]


async def _fill(path: Path, competitions: int, servers: int, *, days: int) -> None:
    """Store one log, copy it for every other competition, and let each server follow two."""
    storage = await Storage.open(path)
    try:
        await _fill_in(storage, competitions, servers, days)
    finally:
        await storage.close()


async def _fill_in(storage: Storage, competitions: int, servers: int, days: int) -> None:
    board = read_board(format_csv(build_board(_TEAMS)), slug=SLUG, taken_at=FIRST)
    await store_log(storage, board, QUIET, days * A_DAY)
    async with storage.database.write() as connection:
        numbers = [(number,) for number in range(2, competitions + 1)]
        # Due long after the measurement: what is measured is the start.
        await connection.execute("UPDATE competitions SET next_sync_at = unixepoch() + 86400")
        await connection.executemany(
            "INSERT INTO competitions (id, slug, synced_at, next_sync_at, info_due_at)"
            " SELECT ?1, 'competition-' || ?1, synced_at, next_sync_at, next_sync_at"
            " FROM competitions WHERE id = 1",
            numbers,
        )
        await connection.executemany(
            "INSERT INTO boards (id, competition_id, kind, score_order, ranks_derived, taken_at,"
            " stored_at, checksum, team_count) SELECT ?1, ?1, kind, score_order, ranks_derived,"
            " taken_at, stored_at, checksum, team_count FROM boards WHERE id = 1",
            numbers,
        )
        for table, columns in _COPIED.items():
            await connection.executemany(
                f"INSERT INTO {table} (board_id, {columns})"  # noqa: S608 - own names
                f" SELECT ?1, {columns} FROM {table} WHERE board_id = 1",
                numbers,
            )
        guilds = [_FIRST_SERVER + (number << 22) for number in range(servers)]
        await connection.executemany(
            UPSERT_SETTINGS,
            [astuple(GuildSettings(guild, channel_id=guild + 1)) for guild in guilds],
        )
        await connection.executemany(
            "INSERT INTO follows (guild_id, competition_id, followed_by, followed_at)"
            " VALUES (?, ?, 1, 0)",
            [
                (guild, 1 + (number + more) % competitions)
                for number, guild in enumerate(guilds)
                for more in (0, 7)
            ],
        )


async def _start(wire: Wire, folder: Path) -> float:
    """Return the seconds until the bot logs that it is ready."""
    began = perf_counter()
    async with bot_process(wire, folder, "--own-worker", stderr=asyncio.subprocess.PIPE) as process:
        while line := await process.stderr.readline():  # type: ignore[union-attr]
            if b"Ready as" in line:
                return perf_counter() - began
    raise RuntimeError("the bot ended before it was ready")
