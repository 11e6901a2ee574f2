"""Memory of the real bot, with its board worker and the fork server of the Kaggle CLI.

It runs against the stand-ins, which have processes of their own, and syncs every minute, so that
each board is read twice. Pages that its processes share are counted once (PSS).
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from dataclasses import astuple
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks import Effort
from benchmarks.boards import build_board, build_zip
from benchmarks.figure import Figure
from benchmarks.kaggle_process import KaggleProcess, start_stand_in
from benchmarks.processes import descendants_of, proportional_memory_mb
from demo.kaggle import CREDENTIALS, KaggleStandIn
from records.guilds import GuildSettings
from storage.servers.guild_settings import UPSERT_SETTINGS
from storage.storage import Storage
from storage.timestamps import to_seconds
from tests.wire.bot_process import bot_process
from tests.wire.control.client import Wire

_TEAMS, _LARGE = 2_000, 15_739
"""Teams of the boards; one is large."""
_SECONDS, _WARM = 150, 60
"""How long it is watched, and from when on its memory counts as that between syncs: drawing is
loaded half a minute after the start."""
_LOOK_EVERY = 0.1


def figures(effort: Effort) -> Iterator[Figure]:
    """Run the bot with few and with many competitions."""
    if sys.platform != "linux":
        return
    for competitions in (2,) if effort.short else (5, 50):
        slugs = [f"competition-{number}" for number in range(competitions)]
        with start_stand_in(partial(_serve, slugs)) as kaggle:
            yield from asyncio.run(_measure(effort, kaggle, slugs))


def _serve(slugs: list[str], kaggle: KaggleStandIn) -> None:
    for number, slug in enumerate(slugs):
        kaggle.serve(slug, build_zip(build_board(_LARGE if number == 0 else _TEAMS), slug=slug))


async def _measure(effort: Effort, kaggle: KaggleProcess, slugs: list[str]) -> list[Figure]:
    folder = effort.folder / str(len(slugs))
    folder.mkdir()
    looks: list[tuple[int, float]] = []
    async with Wire() as wire:
        guild = await wire.add_guild("The server")
        await _fill(folder / "podium.db", guild.id, guild.channels["general"], slugs)
        environment = {**CREDENTIALS, "SYNC_MINUTES": "1"}
        arguments = ("--own-worker", "--kaggle-port", str(kaggle.port))
        async with bot_process(
            wire, folder, *arguments, environment=environment, stderr=asyncio.subprocess.DEVNULL
        ) as process:
            await _watch(process.pid, looks, 20 if effort.short else _SECONDS)
    synced = await _count_synced(folder / "podium.db")
    if synced != len(slugs):
        raise AssertionError(f"{synced} of {len(slugs)} boards were read")
    warm = looks if effort.short else looks[int(len(looks) * _WARM / _SECONDS) :]
    fewest = min(processes for processes, _ in warm)
    return [
        Figure(
            "memory of all processes between syncs",
            median(mb for processes, mb in warm if processes == fewest),
            "MB",
            len(slugs),
        ),
        Figure("… at most", max(mb for _, mb in looks), "MB", len(slugs)),
    ]


async def _fill(path: Path, guild_id: int, channel_id: int, slugs: list[str]) -> None:
    """Follow all competitions in one server."""
    storage = await Storage.open(path)
    try:
        now = datetime.now(UTC)
        for slug in slugs:
            await storage.competitions.add_for_owner(slug)
        async with storage.database.write() as connection:
            await connection.execute(
                "UPDATE competitions SET info_due_at = ?", (to_seconds(now + timedelta(days=1)),)
            )
            await connection.execute(
                UPSERT_SETTINGS, astuple(GuildSettings(guild_id, channel_id=channel_id))
            )
            await connection.execute(
                "INSERT INTO follows (guild_id, competition_id, followed_by, followed_at)"
                " SELECT ?, id, 1, ? FROM competitions",
                (guild_id, to_seconds(now)),
            )
    finally:
        await storage.close()


async def _watch(pid: int, looks: list[tuple[int, float]], seconds: int) -> None:
    """Record how many processes the bot has and their memory, for some seconds."""
    end = perf_counter() + seconds
    while perf_counter() < end:
        await asyncio.sleep(_LOOK_EVERY)
        family = [pid, *descendants_of(pid)]
        looks.append((len(family), sum(map(proportional_memory_mb, family))))


async def _count_synced(path: Path) -> int:
    storage = await Storage.open(path)
    try:
        ((synced,),) = await storage.database.query(
            "SELECT count(*) FROM competitions WHERE synced_at IS NOT NULL"
        )
        return int(synced)
    finally:
        await storage.close()
