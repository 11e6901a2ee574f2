"""`make month`: a simulated month of one server with everything on; count what it is told."""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import simcord

from cogs.framework.loop_cog import LoopCog
from demo.recording import read_recording
from leaderboards.competition_info import CompetitionInfo
from plots.specs import Plot
from tests.cogs.threads import create_parent
from tests.cogs.world import START, World, build_zip, open_world
from tests.month.boards import MonthBoard, read_changes
from tests.month.kaggle_lists import MonthPosts, PostRates, new_competitions
from tests.month.message_counts import MessageCounts

_SEED = 1
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_MEMBERS = 20


@dataclass
class _Competition:
    """A competition that the server follows for a month."""

    info: CompetitionInfo
    teams: int
    members: int
    """How many of the server's members are on its board."""
    rates: PostRates


_COMPETITIONS = (
    _Competition(
        CompetitionInfo(
            "harvest-forecast", START + 25 * _DAY, "Featured", title="Harvest", awards_points=True
        ),
        *(1200, 12),
        PostRates(topics=6, notebooks=12, by_hosts=0.3),
    ),
    _Competition(
        CompetitionInfo("bird-songs", START + 18 * _DAY, "Playground", title="Birds"),
        *(600, 8),
        PostRates(topics=5, notebooks=20, by_hosts=0.1),
    ),
    _Competition(
        CompetitionInfo(
            "soil-moisture", START + 50 * _DAY, "Research", title="Soil", awards_points=True
        ),
        *(300, 5),
        PostRates(topics=3, notebooks=5, by_hosts=0.2),
    ),
    _Competition(
        CompetitionInfo("titanic", None, "Getting Started", title="Titanic"),
        *(300, 6),
        PostRates(topics=4, notebooks=40),
    ),
)
_FEATURED = _COMPETITIONS[0].info


def main() -> int:
    """Simulate the month and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.month", description=__doc__)
    parser.add_argument("--days", type=int, default=30)
    days = parser.parse_args().days
    logging.disable(logging.CRITICAL)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        counts = asyncio.run(_play(Path(folder) / "podium.db", days))
    for line in counts.lines(days):
        _say(line)
    _say(f"played in {time.monotonic() - begun:.0f} s")
    return 0


async def _play(database: Path, days: int) -> MessageCounts:
    rng = random.Random(_SEED)  # noqa: S311 - the same each time
    recording = read_recording()
    changes = read_changes(recording)
    async with open_world(database, blocking=True) as world:
        world.env.settle_timeout = 300
        renderer = world.bot.services.plot_renderer
        renderer.render = _draw_nothing  # type: ignore[method-assign]
        _run_loops_hourly(world)
        boards = {
            each.info.slug: MonthBoard.build(
                recording[0], each.teams, [f"member{n}" for n in range(each.members)], number
            )
            for number, each in enumerate(_COMPETITIONS, 1)
        }
        posts = [MonthPosts(each.info.slug, each.rates) for each in _COMPETITIONS]
        _serve(world, boards, posts, rng)
        members = await _set_up(world)
        counts = MessageCounts(world.env.now())
        counts.record_direct_messages(world, {actor.id: actor.name for actor in members})
        for hour in range(days * 24):
            for slug, board in boards.items():
                if not _has_ended(slug, world.env.now()):
                    board.play_hour(changes[hour % len(changes)], world.env.now(), rng)
            _serve(world, boards, posts, rng)
            await world.pass_time(hours=1)
            _delete_requests(world)
        channels = {
            channel.id: f"#{channel.name}" for channel in world.env.backend.channels.values()
        }
        counts.count_announcements(database, channels, counts.begin + days * _DAY)
    return counts


async def _draw_nothing(plot: Plot, requester_id: int) -> bytes | None:
    """Return no picture: drawing takes longer than all else, and changes no count."""
    del plot, requester_id
    return None


def _run_loops_hourly(world: World) -> None:
    """Run all loops once an hour, as boards change: SimCord needs 50 ms for each round."""
    world.sync_every(minutes=60)
    for cog in world.bot.cogs.values():
        if isinstance(cog, LoopCog) and 0 < (cog.loop.minutes or 0) < 60:
            cog.loop.change_interval(minutes=60)


def _serve(
    world: World, boards: dict[str, MonthBoard], posts: list[MonthPosts], rng: random.Random
) -> None:
    """Serve the boards as they are now, and the next hour of Kaggle's lists."""
    now = world.env.now()
    for each in _COMPETITIONS:
        slug, teams = each.info.slug, boards[each.info.slug].teams
        world.kaggle.listed[slug] = each.info
        world.kaggle.boards[slug] = build_zip(slug, teams, at=now)
        if _has_ended(slug, now) and slug not in world.kaggle.private_boards:
            private = [
                replace(team, score=f"{float(team.score) + rng.gauss(0, 0.0001):.12f}")
                for team in teams
            ]
            private.sort(key=lambda team: -float(team.score))
            world.kaggle.private_boards[slug] = build_zip(slug, private, at=now, kind="private")
    for of_competition in posts:
        world.kaggle.posts[of_competition.slug] = of_competition.play_hour(now, rng)
    world.kaggle.newest[:0] = new_competitions(now, rng)


def _has_ended(slug: str, now: datetime) -> bool:
    (deadline,) = (each.info.deadline for each in _COMPETITIONS if each.info.slug == slug)
    return deadline is not None and deadline <= now


async def _set_up(world: World) -> list[simcord.MemberActor]:
    """Enable everything, as people would, and return the members."""
    manager, guild = world.server.manager, world.server.guild
    names = ("feed", "discussion", "live")
    feed, discussion, live = (guild.create_text_channel(name) for name in names)
    await _ask(world, manager, "announcements", channel=world.server.channel)
    await world.storage.guilds.change_settings(
        guild.id,
        daily_digest=True,
        weekly_digest_day=0,
        scheduled_events=True,
        replay_at_end=True,
    )
    featured, *others = (each.info.slug for each in _COMPETITIONS)
    await _ask(world, manager, "competition add", competition=featured, thread=create_parent(world))
    for slug in others:
        await world.follow(slug)
    await world.pass_time(hours=1)
    await _ask(world, manager, "competition live", competition="bird-songs", channel=live)
    await _ask(world, manager, "feed competitions", channel=feed)
    await _ask(world, manager, "feed discussion", channel=discussion)
    await _ask(world, manager, "feed notebooks", channel=discussion)
    members = [guild.add_member(world.env.create_user(f"member{n}")) for n in range(_MEMBERS)]
    for actor in members:
        await _ask(world, actor, "link", username=actor.name)
    await _add_watches(world, members)
    return members


async def _add_watches(world: World, members: list[simcord.MemberActor]) -> None:
    """Add watches of some members: one, several, or all that there are."""
    everything, careful, rival, late = members[:4]
    for actor in (everything, careful):
        await _ask(world, actor, "watch medals")
        await _ask(world, actor, "watch forecast")
        await _ask(world, actor, "watch rank", rank=100, competition=_FEATURED.slug)
        await _ask(world, actor, "watch deadline")
    await _ask(world, everything, "watch news")
    await _ask(world, everything, "watch rival", member=careful)
    await _ask(world, rival, "watch rival", member=everything)
    await _ask(world, late, "watch deadline")


async def _ask(world: World, actor: simcord.MemberActor, command: str, **options: object) -> None:
    answer = await world.ask(actor, command, **options)
    assert not answer.startswith("⚠️"), answer


def _delete_requests(world: World) -> None:
    """Delete from SimCord what would only fill its memory."""
    world.env.backend.http_requests.clear()
    world.env.backend.transcript.clear()


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
