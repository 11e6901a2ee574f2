"""Topics and notebooks: each is told once in a channel, or listed in a digest, or neither."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from leaderboards.feeds.posts import Post, PostKind
from leaderboards.news.channel_mode import ChannelMode
from leaderboards.news.messages import message_from_json
from leaderboards.news.new_posts import MAX_SHOWN, NewPostsMessage
from records.feeds import MAX_FEEDS, PostFeed
from storage.restore import suppress_past_announcements
from storage.storage import Storage
from tests.storage.examples import NOW, delete_guild

HOUR = timedelta(hours=1)


def topic(number: int, votes: int = 0, title: str = "", **values: object) -> Post:
    post = Post(
        PostKind.TOPIC,
        str(number),
        title or f"Topic {number}",
        "Ada",
        votes,
        f"https://www.kaggle.com/competitions/titanic/discussion/{number}",
        NOW + HOUR,
    )
    return replace(post, **values)  # type: ignore[arg-type]


OLD = topic(1, 3, posted_at=NOW - HOUR)


async def follow(storage: Storage, guild: int = 1, channel: int = 50, votes: int = 10) -> int:
    """Follow a competition with a feed of topics, whose first list was read; return its id."""
    competition = await storage.competitions.add_for_owner("titanic")
    await storage.guilds.follow(guild, competition.id, None, 7, NOW, None)
    assert await storage.post_feeds.save(PostFeed(guild, channel, PostKind.TOPIC, votes))
    return competition.id


async def read(storage: Storage, id_: int, at: datetime, *posts: Post) -> int:
    return await storage.posts.write(id_, PostKind.TOPIC, posts, at, at + HOUR)


async def select(storage: Storage, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
    async with storage.database.read() as connection:
        return [tuple(row) for row in await connection.execute_fetchall(sql, parameters)]


async def told(storage: Storage, channel: int = 50) -> list[list[str]]:
    """Return Kaggle's numbers in each message of the outbox."""
    rows = await select(
        storage, "SELECT message FROM outbox WHERE channel_id = ? ORDER BY id", channel
    )
    messages = [message_from_json(text) for (text,) in rows]
    return [
        [post.id for post in message.posts]
        for message in messages
        if isinstance(message, NewPostsMessage)
    ]


async def listed(storage: Storage, guild: int = 1) -> list[str]:
    """Return what a digest of the first day would list."""
    summaries = await storage.posts.load_untold(guild, NOW, NOW + 24 * HOUR)
    return [post.id for summary in summaries.values() for post in summary.posts]


async def test_hosts_and_votes_are_told_once_and_the_rest_is_for_digests(storage: Storage) -> None:
    id_ = await follow(storage)
    pinned = topic(2, 50, posted_at=NOW - 90 * HOUR, is_pinned=True, is_by_host=True)
    assert await read(storage, id_, NOW, OLD, pinned) == 0, "the first list is not announced"
    host, quiet, loved = topic(3, is_by_host=True), topic(4, 2), topic(5, 12)
    assert await read(storage, id_, NOW + HOUR, host, quiet, loved, OLD, pinned) == 1
    assert await told(storage) == [["3", "5"]]
    assert await listed(storage) == ["4"]
    renamed = replace(host, title="New title", votes=40, is_pinned=True)
    assert await read(storage, id_, NOW + 2 * HOUR, renamed, quiet, pinned) == 0
    assert await read(storage, id_, NOW + 3 * HOUR, host, replace(quiet, votes=10), loved) == 1
    assert await read(storage, id_, NOW + 4 * HOUR, replace(quiet, votes=9)) == 0
    assert await read(storage, id_, NOW + 5 * HOUR, replace(quiet, votes=11), loved) == 0
    assert await told(storage) == [["3", "5"], ["4"]], "it went, and came back"
    assert await listed(storage) == []


async def test_older_topic_is_told_when_it_gets_the_votes_but_is_never_new(
    storage: Storage,
) -> None:
    id_ = await follow(storage)
    await read(storage, id_, NOW, OLD)
    deep = topic(0, 99, posted_at=NOW - 50 * HOUR)
    assert await read(storage, id_, NOW + HOUR, OLD, deep) == 0, "others above it were deleted"
    assert await listed(storage) == []
    assert await read(storage, id_, NOW + 2 * HOUR, replace(OLD, votes=10)) == 1
    assert await told(storage) == [["1"]]


async def test_changed_number_of_votes_tells_nothing_twice(storage: Storage) -> None:
    id_ = await follow(storage, votes=10)
    await read(storage, id_, NOW, OLD)
    await read(storage, id_, NOW + HOUR, topic(5, 12), topic(6, 3))
    await storage.post_feeds.save(PostFeed(1, 50, PostKind.TOPIC, 20))
    assert await read(storage, id_, NOW + 2 * HOUR, topic(5, 30)) == 0
    await storage.post_feeds.save(PostFeed(1, 50, PostKind.TOPIC, 1))
    assert await read(storage, id_, NOW + 3 * HOUR, topic(5, 31), topic(6, 3)) == 0
    assert await told(storage) == [["5"]]


async def test_each_server_has_its_own_votes_and_mode(storage: Storage) -> None:
    id_ = await follow(storage)
    await follow(storage, guild=2, channel=60, votes=2)
    await follow(storage, guild=3, channel=70, votes=2)
    await storage.channels.set_mode(3, 70, ChannelMode.DIGEST)
    await read(storage, id_, NOW, OLD)
    assert await read(storage, id_, NOW + HOUR, topic(4, 5)) == 1
    assert [await told(storage, channel) for channel in (50, 60, 70)] == [[], [["4"]], []]
    assert [await listed(storage, guild) for guild in (1, 2, 3)] == [["4"], [], ["4"]]


async def test_quiet_hours_defer_and_merge(storage: Storage) -> None:
    id_ = await follow(storage)
    await storage.guilds.change_settings(1, time_zone="UTC", quiet_from=0, quiet_to=23)
    at = NOW.replace(hour=1)
    await read(storage, id_, at)
    late = at + 9 * HOUR
    assert await read(storage, id_, at + HOUR, topic(4, 10, posted_at=late)) == 0
    assert await read(storage, id_, at + 2 * HOUR, topic(5, is_by_host=True, posted_at=late)) == 0
    release = storage.feed_messages.release
    assert await release(at + 3 * HOUR) == 0
    assert await release(at.replace(hour=23)) == 1
    assert await release(at.replace(hour=23)) == 0
    assert await told(storage) == [["5", "4"]]


@pytest.mark.parametrize("end", ["pause", "unfollow", "announce", "feed", "channel"])
async def test_what_waits_is_dropped_when_it_is_not_wanted_any_more(
    storage: Storage, end: str
) -> None:
    id_ = await follow(storage)
    at = NOW.replace(hour=1)
    await storage.guilds.change_settings(1, time_zone="UTC", quiet_from=0, quiet_to=23)
    await read(storage, id_, at)
    await read(storage, id_, at + HOUR, topic(4, 10, posted_at=at + HOUR))
    match end:
        case "pause":
            await storage.guilds.pause(1, "titanic")
        case "unfollow":
            await storage.guilds.unfollow(1, "titanic", NOW)
        case "announce":
            await storage.guilds.change_settings(1, announce=False)
        case "feed":
            assert await storage.post_feeds.remove(1, 50, PostKind.TOPIC)
            assert not await storage.post_feeds.remove(1, 50, PostKind.TOPIC)
        case "channel":
            await storage.guilds.remove_channel(1, 50)
            assert await storage.post_feeds.load_by_guild(1) == []
    assert await storage.feed_messages.release(at.replace(hour=23)) == 0
    assert await told(storage) == []


async def test_messages_stay_in_the_channel_that_asked_for_them(storage: Storage) -> None:
    await storage.guilds.change_settings(1, channel_id=40)
    id_ = await follow(storage)
    await storage.post_feeds.save(PostFeed(1, 50, PostKind.NOTEBOOK, 1))
    await read(storage, id_, NOW)
    await read(storage, id_, NOW + HOUR, topic(4, 10))
    await storage.guilds.change_settings(1, channel_id=41)
    await storage.guilds.change_channel(1, id_, 42, NOW)
    await storage.post_feeds.remove(1, 50, PostKind.NOTEBOOK)
    assert await told(storage, 50) == [["4"]]
    await storage.post_feeds.remove(1, 50, PostKind.TOPIC)
    assert await told(storage, 50) == []


async def test_what_no_feed_wants_is_forgotten_and_the_next_first_list_is_not_told(
    storage: Storage,
) -> None:
    id_ = await follow(storage)
    feeds = storage.post_feeds
    (due,) = await feeds.find_due(NOW, tuple(PostKind), 10)
    assert (due.slug, due.kinds, due.since) == ("titanic", (PostKind.TOPIC,), NOW)
    await read(storage, id_, NOW)
    assert await feeds.find_due(NOW, tuple(PostKind), 10) == []
    (due,) = await feeds.find_due(NOW + HOUR, tuple(PostKind), 10)
    assert due.since == NOW
    await storage.guilds.pause(1, "titanic")
    assert await feeds.find_due(NOW + HOUR, tuple(PostKind), 10) == []
    await storage.guilds.resume(1, "titanic")
    assert await read(storage, id_, NOW + 9 * HOUR, topic(4, 99, is_by_host=True)) == 0
    assert await told(storage) == []


async def test_competition_is_read_for_some_days_after_its_end(storage: Storage) -> None:
    id_ = await follow(storage)
    async with storage.database.write() as connection:
        await connection.execute("UPDATE competitions SET ended_at = ?", (int(NOW.timestamp()),))
    assert await storage.post_feeds.find_due(NOW + timedelta(days=13), tuple(PostKind), 10)
    await read(storage, id_, NOW)
    assert not await storage.post_feeds.find_due(NOW + timedelta(days=15), tuple(PostKind), 10)


async def test_pauses_after_failures_grow_and_the_error_is_kept(storage: Storage) -> None:
    id_ = await follow(storage)
    feeds = storage.post_feeds
    at, pauses = NOW, []
    for _ in range(6):
        (due,) = await feeds.find_due(at, tuple(PostKind), 10)
        await feeds.record_failure(due, "Kaggle is down.", at, HOUR, 12 * HOUR)
        ((due_at,),) = await select(storage, "SELECT due_at FROM post_reads")
        pauses.append((due_at - at.timestamp()) / 3600)
        at = datetime.fromtimestamp(due_at, UTC)
    assert pauses == [1, 2, 4, 8, 12, 12]
    (one,) = await feeds.load_reads(1)
    assert (one.read_at, one.error) == (None, "Kaggle is down.")
    assert await read(storage, id_, at, topic(4, 99)) == 0, "the first list"
    (one,) = await feeds.load_reads(1)
    assert (one.read_at, one.error) == (at, None)


async def test_restored_database_tells_nothing_of_what_is_listed_then(storage: Storage) -> None:
    id_ = await follow(storage)
    await read(storage, id_, NOW)
    async with storage.database.write() as connection:
        await suppress_past_announcements(connection, NOW + HOUR)
    assert await read(storage, id_, NOW + 2 * HOUR, topic(4, 99)) == 0


async def test_more_than_fit_are_counted(storage: Storage) -> None:
    id_ = await follow(storage)
    await read(storage, id_, NOW)
    many = [topic(number, number) for number in range(100)]
    assert await read(storage, id_, NOW + HOUR, *many) == 1
    assert await told(storage) == [["99", "98", "97", "96", "95"]]
    rows = await select(storage, "SELECT message ->> '$.more' FROM outbox")
    assert [*rows] == [(90 - MAX_SHOWN,)]
    (summary,) = (await storage.posts.load_untold(1, NOW, NOW + 24 * HOUR)).values()
    assert (len(summary.posts), summary.more) == (MAX_SHOWN, 10 - MAX_SHOWN)


async def test_server_has_a_limited_number_of_feeds_of_a_kind(storage: Storage) -> None:
    for channel in range(MAX_FEEDS):
        assert await storage.post_feeds.save(PostFeed(1, channel, PostKind.TOPIC, 5))
    assert not await storage.post_feeds.save(PostFeed(1, 99, PostKind.TOPIC, 5))
    assert await storage.post_feeds.save(PostFeed(1, 99, PostKind.NOTEBOOK, 5))
    stored = PostFeed(1, 99, PostKind.NOTEBOOK, 5)
    default = PostFeed(1, 99, PostKind.NOTEBOOK, 20)
    assert await storage.post_feeds.save(default, changes_votes=False) == stored
    assert await storage.post_feeds.save(default) == default
    await delete_guild(storage, 1)
    assert await storage.post_feeds.load_by_guild(1) == []


async def marked(storage: Storage, id_: int, limit: int = 9, guild: int = 1) -> tuple[str, int]:
    """Return what is marked in a history of the first day, and how many posts there are."""
    end = NOW + 24 * HOUR
    posts, count = await storage.posts.load_most_voted(guild, id_, NOW, end, limit)
    return " ".join(post.id for post in posts), count


async def test_posts_with_most_votes_of_a_period_are_marked_in_their_order(
    storage: Storage,
) -> None:
    id_ = await follow(storage)
    late, day = topic(3, 9, posted_at=NOW + 5 * HOUR), timedelta(days=1)
    others = topic(4, 1), topic(5, 70, posted_at=NOW - day), topic(6, 80, posted_at=NOW + 2 * day)
    await read(storage, id_, NOW, late, topic(2, 5), *others)
    assert await marked(storage, id_) == ("2 4 3", 3)
    assert await marked(storage, id_, limit=2) == ("2 3", 3)
    await read(storage, id_, NOW + 3 * HOUR, topic(7, posted_at=None))
    assert await marked(storage, id_) == ("2 4 7 3", 4), "the time of the list counts"


async def test_marks_do_not_tell_what_another_server_reads(storage: Storage) -> None:
    id_ = await follow(storage)
    await read(storage, id_, NOW, topic(2, 5))
    other = 2
    await storage.guilds.follow(other, id_, None, 7, NOW, None)
    assert await marked(storage, id_, guild=other) == ("", 0)
    assert await storage.post_feeds.save(PostFeed(other, 60, PostKind.NOTEBOOK, 10))
    assert await marked(storage, id_, guild=other) == ("", 0), "not its kind"
    assert await storage.post_feeds.save(PostFeed(other, 60, PostKind.TOPIC, 10))
    assert await marked(storage, id_, guild=other) == ("2", 1)
    elsewhere = await storage.competitions.add_for_owner("spaceship")
    assert await marked(storage, elsewhere.id) == ("", 0)
