"""From the end of a download to the messages of fifty servers, over a real socket."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import discord

from benchmarks import Effort
from benchmarks.boards import FIRST, SLUG, Row, build_board, build_zip
from benchmarks.figure import Figure
from benchmarks.measure import percentile
from bot.board_worker import BoardWorker
from bot.client import Podium
from bot.rate_limit import REQUESTS_A_SECOND
from storage.storage import Storage
from tests.faults.channels import NoKaggle, ready
from tests.wire.control.client import Wire
from tests.wire.control.results import Guild
from tests.wire.redirect import redirected_clients, set_guild_ready_timeout

_TEAMS = 2_000
_SERVERS = 50
_ROUNDS = 15
_SYNC_MINUTES = 0.1
"""Long enough for a round's messages to arrive before the next download."""


class _GrowingKaggle(NoKaggle):
    """Serves a new board at each download, and records when each download ended."""

    def __init__(self, boards: list[bytes]) -> None:
        self._boards = boards
        self.downloaded_at: list[datetime] = []

    async def download(self, slug: str) -> bytes:  # type: ignore[override]
        del slug
        board = self._boards[min(len(self.downloaded_at), len(self._boards) - 1)]
        self.downloaded_at.append(datetime.now(UTC))
        return board


def figures(effort: Effort) -> Iterator[Figure]:
    """Measure how long news takes from the download to Discord, with the real loop and worker."""
    logging.disable()
    rounds = effort.rounds(_ROUNDS)
    seconds = asyncio.run(_measure(effort.folder, rounds))
    whole = _SERVERS / REQUESTS_A_SECOND
    yield Figure(
        "from the download to the message, p99",
        percentile(seconds, 0.99),
        "s",
        _TEAMS,
        2.0,
        beside={"of sending as many at Podium's own rate limit": whole},
    )
    yield Figure("… median", median(seconds), "s", _TEAMS)


async def _measure(folder: Path, rounds: int) -> list[float]:
    """Return the seconds of every message of all rounds but the first sync."""
    rows = _spread(build_board(_TEAMS))
    followers = [row.members.split(",")[0] for row in _climbers(rows)]
    kaggle = _GrowingKaggle([build_zip(_climb(rows, step), step) for step in range(rounds + 1)])
    async with (
        Wire(arguments=("--schema", "none")) as wire,
        _online(wire, folder / "podium.db", kaggle, followers) as guilds,
    ):
        seconds: list[float] = []
        for guild in guilds:
            channel = guild.channels["general"]
            messages = await wire.messages(
                channel, count=rounds, wait=60 * _SYNC_MINUTES * (rounds + 5)
            )
            if len(messages) < rounds:
                raise AssertionError(f"{len(messages)} messages came to a channel, not {rounds}")
            seconds += [
                (discord.utils.snowflake_time(message.id) - downloaded_at).total_seconds()
                for message, downloaded_at in zip(messages, kaggle.downloaded_at[1:], strict=False)
            ]
    return seconds


def _spread(rows: list[Row]) -> list[Row]:
    """Build teams with distinct scores and members, best first."""
    return [
        replace(row, score=f"{2 - place * 4e-4:.5f}", members=f"member{place}")
        for place, row in enumerate(rows)
    ]


def _climbers(rows: list[Row]) -> list[Row]:
    """Return one team for each server, far enough apart that they never meet."""
    return rows[len(rows) // 2 :: len(rows) // 2 // _SERVERS][:_SERVERS]


def _climb(rows: list[Row], steps: int) -> list[Row]:
    """Build the board after each server's team has climbed `steps` ranks, one a submission."""
    climbers = {row.team_id for row in _climbers(rows)}
    moved = [
        replace(
            row,
            score=f"{float(row.score) + steps * 5e-4:.5f}",
            submissions=row.submissions + steps,
            submitted_at=f"2026-01-01 00:{steps:02}:00",
        )
        if steps and row.team_id in climbers
        else row
        for row in rows
    ]
    return sorted(moved, key=lambda row: -float(row.score))


@asynccontextmanager
async def _online(
    wire: Wire, path: Path, kaggle: _GrowingKaggle, followers: list[str]
) -> AsyncIterator[list[Guild]]:
    """Log the real bot in; every server follows the competition and has one linked member."""
    storage = await Storage.open(path)
    try:
        guilds = [await wire.add_guild(f"Server {number}") for number in range(_SERVERS)]
        competition = await storage.competitions.add_for_owner(SLUG)
        for number, (guild, user_name) in enumerate(zip(guilds, followers, strict=True)):
            await storage.guilds.change_settings(guild.id, channel_id=guild.channels["general"])
            await storage.guilds.follow(guild.id, competition.id, None, 1, FIRST, None)
            await storage.links.link(guild.id, 1_000 + number, user_name, 1_000 + number, FIRST)
        async with aclosing(BoardWorker(path)) as worker:
            bot = Podium(
                storage,
                kaggle,
                sync_board=worker.sync_board,
                sync_minutes=_SYNC_MINUTES,
                shard_count=1,
            )
            set_guild_ready_timeout(bot, 0.5)
            async with redirected_clients(wire.base_url, wire.gateway_url):
                async with bot:
                    running = asyncio.create_task(bot.start("a-token-for-nothing"))
                    await ready(bot, running)
                    yield guilds
                await running
    finally:
        await storage.close()
