"""Cost of feeds and Scheduled Events beside the syncs, with 300 competitions and 5,000 servers.

All is done by the bot's own services, the calls of Kaggle in processes of their own. What they put
in the outbox is not sent: `announcing` measures that. No member is linked, which makes the syncs,
with which feeds are compared, as cheap as they can be.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import astuple, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import product
from statistics import median
from time import perf_counter

from benchmarks import Effort
from benchmarks.boards import FIRST, build_board, build_next_board, build_zip
from benchmarks.figure import Figure
from benchmarks.kaggle_process import KaggleProcess, start_stand_in
from benchmarks.measure import Work, hash_for, measure_lateness, percentile
from benchmarks.topics.sync import sync_zip
from bot.board_worker import BoardWorker
from bot.client import Podium, freeze_objects
from cogs.calendar.event_content import compute_fingerprint
from cogs.calendar.event_plan import is_up_to_date
from cogs.feeds.competition_list_service import CompetitionListService
from cogs.feeds.post_service import PostService
from cogs.syncing.sync_service import SyncService
from demo.kaggle import KaggleStandIn
from leaderboards.competition_info import CompetitionInfo
from leaderboards.feeds.posts import Host, Post, PostKind
from leaderboards.kaggle.fork_server import ForkServer
from leaderboards.sync import Outcome
from records.guilds import GuildSettings
from storage.servers.guild_settings import UPSERT_SETTINGS
from storage.storage import Storage
from storage.timestamps import to_seconds

_COMPETITIONS, _SERVERS, _FOLLOWED = 300, 5_000, 5
"""How many there are, and how many competitions each server follows."""
_TEAMS = 2_000
_ROUNDS = 5
_SYNCED, _READ = 20, 40
"""Competitions that are synced in a round, and that one of topics and notebooks reads at most."""
_AT_A_TIME = 2
"""Calls of Kaggle, as the settings have it by default."""
_POSTS = 40
"""Topics, and as many notebooks, of a competition before the hour that is measured."""
_SYNCS_AN_HOUR = 12
_HOUR = timedelta(hours=1)
_HOST = Host("host", "The Host")


@dataclass(slots=True)
class _Spent:
    """What was measured, in CPU milliseconds if nothing else is said."""

    sync: list[float] = field(default_factory=list)
    """Of one competition."""
    read: list[float] = field(default_factory=list)
    """Of the topics and notebooks of one competition."""
    list_: list[float] = field(default_factory=list)
    """Of the list of competitions, with a new one that all servers are told of."""
    events: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    """Milliseconds that the event loop was held up by feeds."""
    late_events: list[float] = field(default_factory=list)
    """The same by the look at Scheduled Events."""
    late_hashing: list[float] = field(default_factory=list)
    """The same while a thread hashes, which does not hold the GIL: the machine's share."""


def figures(effort: Effort) -> Iterator[Figure]:
    """Sync and read in turns, then at the same time as fast as in the bot."""
    if sys.platform != "linux":
        return
    logging.disable()
    competitions, servers = (60, 100) if effort.short else (_COMPETITIONS, _SERVERS)
    slugs = [f"competition-{number}" for number in range(competitions)]
    with start_stand_in(partial(_serve, slugs)) as kaggle:
        yield from asyncio.run(_measure(effort, kaggle, slugs, servers))


def _serve(slugs: list[str], kaggle: KaggleStandIn) -> None:
    board = build_next_board(build_board(_TEAMS))
    for slug in slugs:
        kaggle.serve(slug, build_zip(board, 1, slug))
        kaggle.serve_hosts(slug, [_HOST])
        kaggle.serve_posts(slug, [*_build_new_posts(slug), *_build_posts()])
    for info in _list_competitions(slugs):
        kaggle.add_competition(info)


async def _measure(
    effort: Effort, kaggle: KaggleProcess, slugs: list[str], servers: int
) -> list[Figure]:
    storage = await Storage.open(effort.folder / "podium.db")
    forks = ForkServer()
    cli = kaggle.build_cli(forks, _AT_A_TIME)
    spent = _Spent()
    try:
        await _fill(storage, slugs, servers)
        async with (
            aclosing(BoardWorker(storage.database.path)) as worker,
            Podium(storage, cli, sync_board=worker.sync_board, sync_minutes=1) as bot,
        ):
            freeze_objects()
            await _sync(bot, slugs[:1])
            await cli.list_posts(slugs[0], list(PostKind), FIRST)
            not_yet_synced = slugs[1:]
            for _ in range(effort.rounds(_ROUNDS)):
                due, not_yet_synced = not_yet_synced[:_SYNCED], not_yet_synced[_SYNCED:]
                await _measure_in_turns(bot, kaggle, spent, due)
            seconds = await _measure_round(bot, not_yet_synced[: len(slugs) // 5])
    finally:
        cli.close()
        await storage.close()
    hour = {
        "feeds": median(spent.read) * len(slugs) + median(spent.list_),
        "syncs": median(spent.sync) * len(slugs) * _SYNCS_AN_HOUR,
    }
    a_round = hour["syncs"] / _SYNCS_AN_HOUR
    return [
        Figure(
            "feeds of 300 competitions in an hour",
            hour["feeds"] / hour["syncs"],
            "of the syncs' CPU",
            servers,
            0.1,
            raw=hour,
        ),
        Figure(
            "reading topics and notebooks of one competition: CPU of all processes",
            median(spent.read),
            "ms",
            servers,
            beside={"a sync of 2,000 teams": median(spent.sync)},
        ),
        Figure(
            "reading the list, and telling all servers of a new competition: CPU",
            median(spent.list_),
            "ms",
            servers,
            beside={"a sync of 2,000 teams": median(spent.sync)},
        ),
        *_describe_lateness("the event loop held up by feeds", spent.late, spent, servers),
        Figure(
            "a round of 60 syncs in a minute, feeds being read meanwhile",
            seconds,
            "s",
            servers,
            60,
        ),
        Figure(
            "the look for Scheduled Events that are not up to date",
            median(spent.events) / a_round,
            "of a round's CPU",
            servers,
            0.05,
            raw={"look": median(spent.events), "syncs": a_round},
        ),
        *_describe_lateness("the event loop held up by it", spent.late_events, spent, servers),
    ]


def _describe_lateness(what: str, late: list[float], spent: _Spent, servers: int) -> list[Figure]:
    """Describe how long the event loop was held up, beside the same while a thread hashes."""
    hashing = spent.late_hashing
    return [
        Figure(
            f"{what}, p99",
            percentile(late, 0.99),
            "ms",
            servers,
            10,
            beside={"hashing": percentile(hashing, 0.99)},
        ),
        Figure("… the worst", max(late), "ms", servers, 30, beside={"hashing": max(hashing)}),
    ]


async def _measure_in_turns(
    bot: Podium, kaggle: KaggleProcess, spent: _Spent, due: list[str]
) -> None:
    async def cpu(work: Work, late: list[float] | None = None) -> float:
        before = kaggle.cpu_of_others()
        if late is None:
            await work
        else:
            late += await measure_lateness(work)
        return kaggle.cpu_of_others() - before

    now, services, storage = datetime.now(UTC), bot.services, bot.storage
    spent.sync.append(await cpu(_sync(bot, due)) / len(due))
    spent.read.append(await cpu(services.get(PostService).read_due(), spent.late) / _READ)
    # Kaggle's list was read an hour ago, and the newest competition was not in it.
    await storage.competition_feeds.write_list([], now - _HOUR)
    await storage.database.change("DELETE FROM known_competitions WHERE slug = 'newest'")
    spent.list_.append(await cpu(services.get(CompetitionListService).read_due(), spent.late))
    spent.events.append(await cpu(_look_at_events(storage, now), spent.late_events))
    spent.late_hashing += await measure_lateness(asyncio.to_thread(hash_for, 1))


async def _look_at_events(storage: Storage, now: datetime) -> None:
    """Run the service of Scheduled Events while it has nothing to do."""
    due = await storage.scheduled_events.load_all(now, lambda one: not is_up_to_date(one, now))
    if due:
        raise AssertionError(f"{len(due)} servers have no events")


async def _measure_round(bot: Podium, due: list[str]) -> float:
    """Return the seconds of a round of syncs, spread as always, while topics are read."""
    began = perf_counter()
    reading = asyncio.create_task(bot.services.get(PostService).read_due())
    await _sync(bot, due)
    seconds = perf_counter() - began
    await reading
    return seconds


async def _sync(bot: Podium, slugs: list[str]) -> None:
    """Sync these competitions in a round."""
    async with bot.storage.database.write() as connection:
        await connection.executemany(
            "UPDATE competitions SET next_sync_at = 0 WHERE slug = ?", [(slug,) for slug in slugs]
        )
    service = bot.services.get(SyncService)
    before = service.outcomes[Outcome.STORED]
    await service.sync_due()
    stored = service.outcomes[Outcome.STORED] - before
    if stored != len(slugs):
        raise AssertionError(f"{stored} of {len(slugs)} boards were stored: {service.outcomes}")


async def _fill(storage: Storage, slugs: list[str], servers: int) -> None:
    """Store boards, servers that want all, and what was posted and planned until now."""
    now = datetime.now(UTC).replace(microsecond=0)
    board = build_board(_TEAMS)
    for slug in slugs:
        await sync_zip(storage, build_zip(board, 0, slug), 0, slug)
    guilds = [(1 + number) << 22 for number in range(servers)]
    later = to_seconds(now + timedelta(days=1))
    async with storage.database.write() as connection:
        await connection.execute(
            "UPDATE competitions SET next_sync_at = ?1, info_due_at = ?1,"
            " deadline = ?2 + 3600 * id, merger_deadline = ?1 + 3600 * id,"
            " entry_deadline = ?1 + 3600 * id",
            (later, to_seconds(now + timedelta(days=30))),
        )
        await connection.executemany(
            UPSERT_SETTINGS,
            [
                astuple(GuildSettings(guild, channel_id=guild + 1, scheduled_events=True))
                for guild in guilds
            ],
        )
        await connection.executemany(
            "INSERT INTO follows (guild_id, competition_id, followed_by, followed_at)"
            " VALUES (?, ?, 1, 0)",
            [
                (guild, 1 + (number + 7 * more) % len(slugs))
                for number, guild in enumerate(guilds)
                for more in range(_FOLLOWED)
            ],
        )
        await connection.executemany(
            "INSERT INTO post_feeds (guild_id, channel_id, kind, min_votes) VALUES (?, ?, ?, 10)",
            [(guild, guild + 1, kind) for guild, kind in product(guilds, PostKind)],
        )
        await connection.executemany(
            "INSERT INTO competition_feeds (guild_id, channel_id, categories, words)"
            " VALUES (?, ?, '[\"featured\"]', '[]')",
            [(guild, guild + 1) for guild in guilds],
        )
    await storage.competition_feeds.write_list(_list_competitions(slugs), now - _HOUR)
    posts = _build_posts()
    for number in range(1, len(slugs) + 1):
        for kind in PostKind:
            listed = [post for post in posts if post.kind is kind]
            await storage.posts.write(number, kind, listed, now - _HOUR, now - _HOUR)
    wanted = [
        (server.guild_id, deadline)
        for server in await storage.scheduled_events.load_all(now)
        for deadline in server.wanted
    ]
    async with storage.database.write() as connection:
        await connection.executemany(
            "INSERT INTO scheduled_events (guild_id, competition_id, kind, at, event_id,"
            " fingerprint, left_alone) VALUES (?, ?, ?, ?, ?, ?, 0)",
            [
                (guild, *one.key, to_seconds(one.at), number, compute_fingerprint(one))
                for number, (guild, one) in enumerate(wanted, 1)
            ],
        )


def _build_posts() -> list[Post]:
    """Build what was posted long ago: as many topics as notebooks, none by a host."""
    return [_build_post(kind, number) for number in range(_POSTS) for kind in PostKind]


def _build_new_posts(slug: str) -> list[Post]:
    """Build what is posted in an hour: two topics and two notebooks.

    In one of ten competitions the host posts one, which is told at once.
    """
    new = [
        _build_post(kind, _POSTS + number, is_new=True) for number in range(2) for kind in PostKind
    ]
    if slug.endswith("7"):
        new.append(replace(_build_post(PostKind.TOPIC, 99, is_new=True), author=_HOST.display_name))
    return new


def _build_post(kind: PostKind, number: int, *, is_new: bool = False) -> Post:
    return Post(
        kind,
        str(1_000 + number),
        f"What I learned about the folds, part {number}",
        f"Author {number}",
        votes=number % 7,
        url=f"https://www.kaggle.com/code/author{number}/part-{number}",
        posted_at=datetime.now(UTC) - timedelta(minutes=1 if is_new else 10_000 - number),
        author_user_name=None if kind is PostKind.TOPIC else f"author{number}",
    )


def _list_competitions(slugs: list[str]) -> list[CompetitionInfo]:
    """Build Kaggle's list, the oldest first."""
    deadline = datetime.now(UTC) + timedelta(days=60)
    return [
        CompetitionInfo(slug, deadline, "Featured", "50,000 Usd", title=slug.capitalize())
        for slug in (*slugs, "newest")
    ]
