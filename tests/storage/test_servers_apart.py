"""What one server sets, links, follows or announces never shows in another."""

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from leaderboards.feeds.competition_filter import CompetitionFilter
from leaderboards.feeds.posts import Post, PostKind
from leaderboards.news.deadlines import DeadlineKind
from leaderboards.news.follower import Follower, NewsBaseline, NewsDecision
from leaderboards.news.messages import ThreadMessage
from leaderboards.news.watches import Watch, WatchKind
from records.feeds import CompetitionFeed, PostFeed
from records.scheduled_events import StoredEvent
from records.teammates import TeammateProfile
from storage.errors import NameTaken, SearchRefused
from storage.storage import Storage
from tests.leaderboards.boards import board, entry
from tests.storage.examples import MESSAGE, NOW, commit_with_news, delete_guild

GUILDS = (1, 2)
SLUGS = ("digits", "titanic")

_users = st.integers(10, 12)
_slugs = st.sampled_from(SLUGS)
_arguments: dict[str, tuple[st.SearchStrategy[Any], ...]] = {
    "link": (_users, st.sampled_from(["ann", "Ann", "user1"])),
    "unlink": (_users,),
    "wants_ping": (_users, st.booleans()),
    "change": (st.integers(50, 52), st.booleans()),
    "follow": (st.sampled_from([1, 2]), st.sampled_from([None, 60])),
    "follow_in_thread": (st.sampled_from([1, 2]),),
    "open_thread": (st.sampled_from([1, 2]),),
    "move": (st.sampled_from([1, 2]), st.sampled_from([61, 70])),
    "live": (st.sampled_from([1, 2]), st.sampled_from([61, 70])),
    "delete_channel": (st.sampled_from([61, 70]),),
    "publish": (st.integers(50, 52), st.booleans()),
    "unfollow": (_slugs,),
    "pause": (_slugs,),
    "feed": (st.integers(50, 52),),
    "end_feed": (st.integers(50, 52),),
    "post_feed": (st.integers(50, 52), st.sampled_from(PostKind)),
    "end_post_feed": (st.integers(50, 52), st.sampled_from(PostKind)),
    "watch": (_users, st.sampled_from([None, 1, 2])),
    "unwatch": (_users, st.integers(1, 5)),
    "resume": (_slugs,),
    "events": (st.booleans(),),
    "event": (st.sampled_from([1, 2]), st.booleans()),
    "keep_events": (),
    "team": (_users, st.sampled_from([1, 2])),
    "end_team": (_users, st.sampled_from([1, 2])),
    "remove": (),
}
_steps = st.one_of(
    *(
        st.tuples(st.just(name), st.sampled_from(GUILDS), st.tuples(*arguments))
        for name, arguments in _arguments.items()
    )
)


async def run_step(storage: Storage, name: str, guild: int, arguments: tuple[Any, ...]) -> None:
    guilds, links = storage.guilds, storage.links
    actions: dict[str, Callable[..., Awaitable[object]]] = {
        "link": lambda user, user_name: links.link(guild, user, user_name, user, NOW),
        "unlink": lambda user: links.unlink(guild, user),
        "wants_ping": lambda user, wants_ping: links.set_wants_ping(guild, user, wants_ping),
        "change": lambda channel, on: guilds.change_settings(
            guild, channel_id=channel, announce=on
        ),
        "follow": lambda id_, channel: guilds.follow(guild, id_, channel, 7, NOW, MESSAGE),
        "follow_in_thread": lambda id_: guilds.follow(
            guild, id_, 60, 7, NOW, ThreadMessage("titanic", 1, 0)
        ),
        "open_thread": lambda id_: open_thread(storage, guild, id_),
        "move": lambda id_, channel: guilds.change_channel(guild, id_, channel, NOW),
        "live": lambda id_, channel: create_live_board(storage, guild, id_, channel),
        "delete_channel": lambda channel: guilds.remove_channel(guild, channel),
        "publish": lambda channel, publish: storage.channels.set_publish(
            guild, channel, publish=publish
        ),
        "unfollow": lambda slug: guilds.unfollow(guild, slug, NOW),
        "feed": lambda channel: storage.competition_feeds.save(
            CompetitionFeed(guild, channel, CompetitionFilter())
        ),
        "end_feed": lambda channel: storage.competition_feeds.remove(guild, channel),
        "post_feed": lambda channel, kind: storage.post_feeds.save(
            PostFeed(guild, channel, kind, 1)
        ),
        "end_post_feed": lambda channel, kind: storage.post_feeds.remove(guild, channel, kind),
        "events": lambda on: guilds.change_settings(guild, scheduled_events=on),
        "event": lambda id_, left_alone: storage.scheduled_events.save(
            StoredEvent(guild, id_, DeadlineKind.FINAL, NOW, left_alone=left_alone)
        ),
        "keep_events": lambda: storage.scheduled_events.turn_off_and_keep(guild),
        "watch": lambda user, competition: storage.watches.add(
            Watch(0, guild, user, WatchKind.RANK, competition, rank=1), NOW
        ),
        "unwatch": lambda user, id_: storage.watches.remove(guild, user, [id_]),
        "pause": lambda slug: guilds.pause(guild, slug),
        "resume": lambda slug: guilds.resume(guild, slug),
        "team": lambda user, id_: storage.teammate_searches.save(
            guild, user, id_, TeammateProfile("Hello"), NOW
        ),
        "end_team": lambda user, id_: storage.teammate_searches.end(guild, user, id_),
        "remove": lambda: delete_guild(storage, guild),
    }
    with suppress(NameTaken, SearchRefused):
        await actions[name](*arguments)


async def create_live_board(
    storage: Storage, guild: int, competition_id: int, channel: int
) -> None:
    """Create a live board of a competition that a server follows, with its message."""
    follows = await storage.guilds.load_follows(guild)
    if any(follow.competition.id == competition_id for follow in follows):
        await storage.live_boards.create(guild, competition_id, channel, NOW)
        board = await storage.live_boards.find(guild, competition_id)
        assert board is not None
        await storage.outbox.mark_delivered(board.outbox_id, board.outbox_id, NOW)


async def open_thread(storage: Storage, guild: int, competition_id: int) -> None:
    """Open the thread that a server's competition is to have, if it is."""
    thread = await storage.competition_threads.find(guild, competition_id)
    if thread is not None:
        await storage.competition_threads.mark_opened(thread, 70, is_forum_post=True, now=NOW)


async def load_everything(storage: Storage, guild: int) -> object:
    return (
        await storage.guilds.load_settings(guild),
        [
            (follow.competition.slug, follow.channel_id, follow.paused)
            for follow in await storage.guilds.load_follows(guild)
        ],
        await storage.links.load_counted_links(guild),
        await storage.outbox.count_waiting_by_guild(guild),
        await storage.competition_feeds.load_by_guild(guild),
        await storage.post_feeds.load_by_guild(guild),
        await storage.posts.load_untold(guild, NOW - timedelta(days=1), NOW + timedelta(days=1)),
        await storage.scheduled_events.load_by_guild(guild),
        [await storage.teammate_searches.load_open(guild, id_, NOW) for id_ in (1, 2)],
        [await storage.competition_threads.find(guild, id_) for id_ in (1, 2)],
        await storage.channels.load_published(guild),
        await storage.live_boards.load_by_guild(guild),
        [one for one in await storage.former_threads.load_settled() if one.guild_id == guild],
        [one for one in await storage.former_live_boards.load_settled() if one.guild_id == guild],
        await load_news_baselines(storage, guild),
        [await storage.watches.load(guild, user) for user in (10, 11, 12)],
    )


async def load_news_baselines(storage: Storage, guild: int) -> list[tuple[object, ...]]:
    async with storage.database.read() as connection:
        rows = await connection.execute_fetchall(
            "SELECT team_id, rank FROM news_baselines WHERE guild_id = ?", (guild,)
        )
    return [tuple(row) for row in rows]


def announce_own_rank(follower: Follower) -> NewsDecision:
    """Announce the server's id as a rank, and check the ranks that were announced before."""
    assert {announced.rank for announced in follower.baselines.values()} <= {follower.guild_id}
    return NewsDecision((), (NewsBaseline(1, follower.guild_id, 0.5, None, None),), None, None)


async def tell_posts(storage: Storage, hours: int) -> None:
    """Announce a new topic and a new notebook to all servers."""
    at = NOW + timedelta(hours=hours)
    for kind in PostKind:
        await storage.posts.write(
            1, kind, [Post(kind, str(hours), "New", "Ada", 5, "https://example.com", at)], at, at
        )


@settings(max_examples=25, deadline=None)
@given(steps=st.lists(_steps, min_size=1, max_size=12))
def test_no_step_of_one_server_shows_in_another(
    empty_database: Path,
    steps: list[tuple[str, int, tuple[Any, ...]]],
) -> None:
    async def play(path: Path) -> None:
        storage = await Storage.open(path)
        try:
            for slug in SLUGS:
                await storage.competitions.add_for_owner(slug)
            for hours, (name, guild, arguments) in enumerate(steps):
                other = GUILDS[1 - GUILDS.index(guild)]
                before = await load_everything(storage, other)
                await run_step(storage, name, guild, arguments)
                assert await load_everything(storage, other) == before
                await commit_with_news(storage, board(entry(1, 1), hours=hours), announce_own_rank)
                await tell_posts(storage, hours)
        finally:
            await storage.close()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(Path(shutil.copy(empty_database, folder))))
