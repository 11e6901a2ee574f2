"""`make soak`: a simulated day of 20 competitions in 50 servers, one call in twenty failing."""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import discord
from discord.ext import tasks

from demo.kaggle import CREDENTIALS, KaggleStandIn
from demo.kaggle_faults import FAULTS
from leaderboards.errors import LeaderboardError
from leaderboards.kaggle.client import KaggleCli
from tests.cogs.world import START, Server, Team, World, open_world
from tests.soak.announcement_log import AnnouncementLog
from tests.soak.failures import FailureInjector
from tests.soak.resource_usage import ResourceUsage

_HOURS, _COMPETITIONS, _SERVERS, _TEAMS = 24, 20, 50, 60
_SHARE, _SEED = 0.05, 1
_RECOVERY = timedelta(hours=3)
"""After the last failure: the longest back-off, and a round."""
_QUICK_FAULTS = ("401", "404", "429", "500", "HTML named zip")


def main() -> int:
    """Run the day and print figures; return 1 if anything was wrong."""
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "temporary").mkdir()
        tempfile.tempdir = str(folder / "temporary")
        with KaggleStandIn().in_thread() as stand_in:
            wrong = asyncio.run(_soak(folder / "podium.db", stand_in))
        tempfile.tempdir = None
    for line in wrong:
        _say(f"WRONG: {line}")
    _say("nothing was wrong" if not wrong else f"{len(wrong)} things were wrong")
    return 1 if wrong else 0


async def _soak(path: Path, stand_in: KaggleStandIn) -> list[str]:
    began, failing, wrong = time.monotonic(), FailureInjector(_SEED, _SHARE), []
    async with open_world(path) as world:
        world.expect(discord.DiscordServerError)
        world.env.settle_timeout = 300
        servers = await _set_up_servers(world, failing)
        log = AnnouncementLog(world, servers)
        await world.pass_time(minutes=15)
        failing.fail_kaggle(world)
        failing.fail_discord(world.bot)
        cli = KaggleCli(credentials=CREDENTIALS, environment=stand_in.environment)
        stand_in.serve("titanic", b"PK")
        await _run_real_cli(cli, stand_in, 0)
        _say("hour  tasks  descriptors  files  objects  MiB  waiting  sent  seconds")
        first: ResourceUsage | None = None
        for hour in range(_HOURS + 1):
            if hour % 6 == 0:
                usage = ResourceUsage.now()
                waiting = await world.storage.outbox.count_waiting()
                _say(
                    f"{hour:4}  {usage.tasks:5}  {usage.descriptors:11}  {usage.files:5}"
                    f"  {usage.objects:7}  {usage.mebibytes:3}  {waiting:7}  {len(log.row_ids()):4}"
                    f"  {time.monotonic() - began:7.0f}"
                )
                wrong += await _find_stopped(world)
                if first is not None:
                    wrong += [f"hour {hour}: {growth}" for growth in usage.growth_since(first)]
                # After the first hours caches are filled, and what draws plots is loaded.
                first = usage if hour == 6 else first
            if hour < _HOURS:
                failing.change_boards(world)
                await world.pass_time(hours=1)
                log.delete_old()
                await _run_real_cli(cli, stand_in, hour)
        failing.on = False
        await world.pass_time(seconds=_RECOVERY.total_seconds())
        wrong += await _find_stopped(world) + await _find_unrecovered(world, log)
        cli.close()
    for who in sorted(failing.calls):
        _say(f"{who}: {failing.calls[who]:,} calls, {failing.failed[who]:,} of them failed")
    return wrong


async def _set_up_servers(world: World, failing: FailureInjector) -> list[Server]:
    """Set up servers that follow three competitions, with two members on each board."""
    slugs = [f"competition-{number}" for number in range(_COMPETITIONS)]
    ids = []
    for slug in slugs:
        teams = [Team(n, f"Team {n}", f"{1 - n / 100:.5f}", f"user{n}") for n in range(1, _TEAMS)]
        failing.add_board(slug, teams)
        ids.append((await world.storage.competitions.add_for_owner(slug)).id)
    failing.change_boards(world)
    servers = [world.server, *(world.add_server(f"Server {n}") for n in range(1, _SERVERS))]
    for number, server in enumerate(servers):
        for step in (0, 7, 13):
            await world.storage.guilds.follow(
                server.guild.id,
                ids[(number + step) % _COMPETITIONS],
                server.channel.id,
                server.manager.id,
                START,
                None,
            )
        for member, user in ((server.ada, number % 50 + 1), (server.bob, (number + 5) % 50 + 1)):
            await world.storage.links.link(
                server.guild.id, member.id, f"user{user}", member.id, START
            )
    return servers


async def _run_real_cli(cli: KaggleCli, stand_in: KaggleStandIn, hour: int) -> None:
    """Run the real CLI with and without a fault, for the processes and files that it uses."""
    for fault in (None, _QUICK_FAULTS[hour % len(_QUICK_FAULTS)]):
        stand_in.clear_fault("titanic")
        if fault is not None:
            stand_in.set_fault("titanic", FAULTS[fault])
        try:
            await cli.download("titanic")
        except LeaderboardError:
            if fault is None:
                raise


async def _find_stopped(world: World) -> list[str]:
    """Return a line for each stopped loop and each overdue sync."""
    wrong = [
        f"the loop {name} of {cog.qualified_name} has stopped"
        for cog in world.bot.cogs.values()
        for name in dir(type(cog))
        if isinstance(getattr(type(cog), name), tasks.Loop)
        and (not getattr(cog, name).is_running() or getattr(cog, name).failed())
    ]
    now = world.env.now()
    if (
        world.sync_service.last_round_at is None
        or now - world.sync_service.last_round_at > timedelta(minutes=6)
    ):
        wrong.append(f"the last round was at {world.sync_service.last_round_at}, and it is {now}")
    if world.sync_service.lockout.current is None:
        wrong += [
            f"{competition.slug} was due at {competition.next_sync_at}, and it is {now}"
            for competition in await world.storage.competitions.load_followed()
            if competition.next_sync_at < now - timedelta(minutes=6)
        ]
    return wrong


async def _find_unrecovered(world: World, log: AnnouncementLog) -> list[str]:
    """Return a line for what did not recover after the last failure, and for repeated messages."""
    wrong = [
        f"{competition.slug} still fails: {competition.error}"
        for competition in await world.storage.competitions.load_followed()
        if competition.error is not None
    ]
    if waiting := await world.storage.outbox.count_waiting():
        wrong.append(f"{waiting} announcements still wait")
    row_ids = log.row_ids()
    sent = len(set(row_ids))
    _say(f"announcements: {sent:,} sent, {len(row_ids) - sent} of them twice")
    if not row_ids or sent < len(row_ids):
        wrong.append("announcements were sent twice, or none was sent")
    return wrong


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
