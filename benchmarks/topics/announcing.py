"""Cost of announcing: one sync told to thousands of servers, over a real socket."""

from __future__ import annotations

import asyncio
import gc
import logging
import math
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import astuple
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from benchmarks import Effort
from benchmarks.boards import FIRST
from benchmarks.figure import Figure
from bot.client import Podium, tune_garbage_collection
from bot.rate_limit import RateLimit
from cogs.announcements.screens.message_screen import message_view
from leaderboards.news.items import Item, NewsMessage, Reason
from leaderboards.news.messages import message_to_json
from records.guilds import GuildSettings
from records.outbox import Announcement
from storage.news import outbox
from storage.servers.guild_settings import UPSERT_SETTINGS
from storage.storage import Storage
from tests.faults.channels import NoKaggle, ready
from tests.wire.control.client import Wire
from tests.wire.redirect import redirected_clients, set_guild_ready_timeout

_ROUNDS = {500: 21, 1_500: 11, 5_000: 7}
"""By the number of servers."""
_UNCHECKED = ("--schema", "none")
"""Checking each request against Discord's description would take longer than answering it."""
_LOOK_AGAIN = 0.1
"""Seconds between two looks whether all is announced: one for a hundred messages at most."""
_ALONE = "discord.py's own"
_AT_ONCE = 50
"""Most messages in flight at once, as many as the bot allows itself."""


def figures(effort: Effort) -> Iterator[Figure]:
    """Announce to ever more servers without a rate limit, then with Podium's own."""
    logging.disable()
    sizes = {50: 1} if effort.short else _ROUNDS
    for servers, rounds in sizes.items():
        yield from asyncio.run(_measure_unpaced(effort.folder, servers, rounds))
    for servers in sizes:
        yield from asyncio.run(_measure_paced(effort.folder, servers))


async def _measure_unpaced(folder: Path, servers: int, rounds: int) -> list[Figure]:
    written: list[float] = []
    cpu: list[float] = []
    wall: list[float] = []
    alone: list[float] = []
    alone_wall: list[float] = []
    inserted: list[float] = []
    async with (
        Wire(arguments=_UNCHECKED) as wire,
        _online(wire, folder, servers, paced=False) as bot,
    ):
        for _ in range(rounds):
            began = perf_counter()
            await _write_announcements(bot.storage)
            written.append(perf_counter() - began)
            inserted.append(await _time_insert(bot.storage))
            gc.collect()
            began, busy = perf_counter(), process_time()
            await _announce(bot)
            wall.append(perf_counter() - began)
            cpu.append(process_time() - busy)
            gc.collect()
            began, busy = perf_counter(), process_time()
            await _send_by_discord_py(bot)
            alone_wall.append(perf_counter() - began)
            alone.append(process_time() - busy)
        await _check_made(wire, 2 * rounds * servers)
    each = 1000 / servers
    return [
        Figure(
            "writing the announcements, in one transaction",
            median(written) * 1000,
            "ms",
            servers,
            beside={"one executemany of as many rows": median(inserted) * 1000},
        ),
        Figure(
            "CPU of one announcement",
            median(cpu) * each,
            "ms",
            servers,
            1.0,
            beside={_ALONE: median(alone) * each},
        ),
        Figure(
            "announcing without limits",
            servers / median(wall),
            "a second",
            servers,
            beside={_ALONE: servers / median(alone_wall)},
        ),
    ]


async def _measure_paced(folder: Path, servers: int) -> list[Figure]:
    async with (
        Wire(arguments=_UNCHECKED) as wire,
        _online(wire, folder, servers, paced=True) as bot,
    ):
        await wire.set(strict=True)
        await _write_announcements(bot.storage)
        began = perf_counter()
        await _announce(bot)
        wall = perf_counter() - began
        await _check_made(wire, servers)
        seen = await wire.counters()
    return [
        Figure(
            "announcing at Podium's own rate limit",
            servers / wall,
            "a second",
            servers,
            beside={"Discord's limit": 50},
        ),
        Figure("… answers of 429", float(seen.exceeded + seen.ignored), "", servers, 0.0),
    ]


async def _announce(bot: Podium) -> None:
    bot.dispatch("messages_queued")
    while await bot.storage.outbox.count_waiting():  # noqa: ASYNC110 - nothing tells of the last one
        await asyncio.sleep(_LOOK_AGAIN)


async def _check_made(wire: Wire, count: int) -> None:
    made = (await wire.counters()).created
    if made != count:
        raise AssertionError(f"{made} messages were made, not {count}")


async def _write_announcements(storage: Storage) -> None:
    async with storage.database.write() as connection:
        rows = await connection.execute_fetchall("SELECT guild_id, channel_id FROM guilds")
        announcements = [
            Announcement(guild_id, channel_id, None, _build_news(number))
            for number, (guild_id, channel_id) in enumerate(rows)
        ]
        await outbox.add_all(connection, announcements, datetime.now(UTC))


async def _time_insert(storage: Storage) -> float:
    """Return the seconds that one `executemany` of as many serialised messages takes."""
    message = message_to_json(_build_news(0))
    async with storage.database.write() as connection:
        await connection.execute("CREATE TABLE written (guild_id, channel_id, message)")
    began = perf_counter()
    async with storage.database.write() as connection:
        rows = await connection.execute_fetchall("SELECT guild_id, channel_id FROM guilds")
        await connection.executemany(
            "INSERT INTO written VALUES (?, ?, ?)", [(*row, message) for row in rows]
        )
    seconds = perf_counter() - began
    async with storage.database.write() as connection:
        await connection.execute("DROP TABLE written")
    return seconds


def _build_news(number: int) -> NewsMessage:
    """Build news of a different member for each server."""
    item = Item(
        reasons=(Reason.BEST,),
        team_id=number,
        team_name=f"The quick foxes {number}",
        user_ids=(1_000_000 + number,),
        mention_ids=(),
        rank=10 + number,
        rank_before=14 + number,
        score_text="0.91000",
        score_text_before="0.90500",
        medal_zone=None,
        medal_zone_before=None,
        passed=(),
    )
    return NewsMessage(slug="titanic", taken_at=FIRST, team_count=15_739, items=(item,), more=0)


async def _send_by_discord_py(bot: Podium) -> None:
    """Send every server a message that is built once and kept nowhere."""
    view = message_view(1, _build_news(0))
    channels = iter(
        [
            bot.get_partial_messageable(channel.id, guild_id=guild.id)
            for guild in bot.guilds
            for channel in guild.text_channels
        ]
    )

    async def send() -> None:
        for channel in channels:
            await channel.send(view=view, nonce=secrets.token_urlsafe(16), silent=True)

    await asyncio.gather(*(send() for _ in range(_AT_ONCE)))


@asynccontextmanager
async def _online(wire: Wire, folder: Path, servers: int, *, paced: bool) -> AsyncIterator[Podium]:
    """Log the real bot in, with this many servers and a channel in each."""
    path = folder / "podium.db"
    storage = await Storage.open(path)
    try:
        guilds = [await wire.add_guild(f"Server {number}") for number in range(servers)]
        async with storage.database.write() as connection:
            await connection.executemany(
                UPSERT_SETTINGS,
                [
                    astuple(GuildSettings(guild.id, channel_id=guild.channels["general"]))
                    for guild in guilds
                ],
            )
        rate_limit = RateLimit() if paced else RateLimit(a_second=math.inf)
        bot = Podium(storage, NoKaggle(), shard_count=1, rate_limit=rate_limit)
        tune_garbage_collection(bot)
        set_guild_ready_timeout(bot, 0.5)
        async with redirected_clients(wire.base_url, wire.gateway_url):
            async with bot:
                running = asyncio.create_task(bot.start("a-token-for-nothing"))
                await ready(bot, running)
                yield bot
            await running
    finally:
        gc.unfreeze()  # This process goes on without these servers.
        await storage.close()
        path.unlink()
