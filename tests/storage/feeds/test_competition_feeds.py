"""Feeds of new competitions: each competition is told once in a channel, or not at all."""

from dataclasses import replace
from datetime import timedelta

from leaderboards.competition_info import CompetitionInfo
from leaderboards.feeds.competition_filter import CompetitionFilter, FeedCategory
from leaderboards.news.messages import message_from_json
from leaderboards.news.new_competitions import MAX_SHOWN, NewCompetitionsMessage
from records.feeds import MAX_FEEDS, CompetitionFeed
from storage.key_values import RESTORED_AT
from storage.storage import Storage
from tests.storage.examples import NOW, delete_guild

OLD = CompetitionInfo("old", category="Featured")
HOUR = timedelta(hours=1)


def info(slug: str, category: str | None = "Featured") -> CompetitionInfo:
    return CompetitionInfo(slug, category=category)


async def add_feed(storage: Storage, guild: int = 1, channel: int = 50, **values: object) -> None:
    feed = CompetitionFeed(guild, channel, CompetitionFilter(**values))  # type: ignore[arg-type]
    assert await storage.competition_feeds.save(feed)


async def told(storage: Storage, channel: int | None = None) -> list[list[str]]:
    """Return the slugs of each message in the outbox."""
    async with storage.database.read() as connection:
        rows = await connection.execute_fetchall(
            "SELECT message FROM outbox WHERE channel_id = coalesce(?, channel_id) ORDER BY id",
            (channel,),
        )
    messages = [message_from_json(text) for (text,) in rows]
    assert all(isinstance(message, NewCompetitionsMessage) for message in messages)
    return [
        [one.slug for one in message.competitions]
        for message in messages
        if isinstance(message, NewCompetitionsMessage)
    ]


async def test_first_list_is_not_told_and_later_ones_tell_each_competition_once(
    storage: Storage,
) -> None:
    feeds = storage.competition_feeds
    await add_feed(storage)
    assert await feeds.write_list([OLD], NOW) == 0
    assert await feeds.write_list([info("new"), OLD, info("new")], NOW + HOUR) == 1
    assert await feeds.write_list([OLD], NOW + 2 * HOUR) == 0
    assert await feeds.write_list([info("new"), OLD], NOW + 3 * HOUR) == 0, "it came back"
    assert await told(storage) == [["new"]]
    assert await feeds.find_unknown(["new", "old", "other"]) == {"other"}
    assert await feeds.find_listed_at() == NOW + 3 * HOUR


async def test_channel_is_told_of_what_passes_its_filter(storage: Storage) -> None:
    feeds = storage.competition_feeds
    await add_feed(storage, channel=50)
    await add_feed(storage, channel=51, categories=frozenset({FeedCategory.COMMUNITY}))
    await add_feed(storage, guild=2, channel=52, words=("llm",))
    await feeds.write_list([OLD], NOW)
    new = [info("homework", "Community"), info("no-category", None), info("llm-prize")]
    assert await feeds.write_list(new, NOW + HOUR) == 3
    assert await told(storage, 50) == [["llm-prize", "no-category"]]
    assert await told(storage, 51) == [["homework"]]
    assert await told(storage, 52) == [["llm-prize"]]


async def test_what_does_not_fit_is_counted_and_ended_ones_are_left_out(storage: Storage) -> None:
    feeds = storage.competition_feeds
    await add_feed(storage, categories=frozenset(FeedCategory))
    await feeds.write_list([OLD], NOW)
    many = [info(f"homework-{n}", "Community") for n in range(500)]
    ended = CompetitionInfo("ended", NOW, "Featured")
    await feeds.write_list([*many, ended, info("prize")], NOW + HOUR)
    ((shown),) = await told(storage)
    assert shown == ["prize", *(f"homework-{n}" for n in range(MAX_SHOWN - 1))]
    async with storage.database.read() as connection:
        rows = await connection.execute_fetchall("SELECT message ->> '$.more' FROM outbox")
    assert [*rows] == [(501 - MAX_SHOWN,)]


async def test_quiet_hours_defer_and_merge(storage: Storage) -> None:
    feeds = storage.competition_feeds
    await storage.guilds.change_settings(1, time_zone="UTC", quiet_from=0, quiet_to=23)
    at = NOW.replace(hour=1)
    await add_feed(storage)
    await feeds.write_list([OLD], at)
    assert await feeds.write_list([info("one")], at + HOUR) == 0
    assert await feeds.write_list([info("two", "Research")], at + 2 * HOUR) == 0
    assert await storage.feed_messages.release(at + 3 * HOUR) == 0
    assert await storage.feed_messages.release(at.replace(hour=23)) == 1
    assert await storage.feed_messages.release(at.replace(hour=23)) == 0
    assert await told(storage) == [["one", "two"]]


async def test_server_that_announces_nothing_or_was_left_is_not_told_later(
    storage: Storage,
) -> None:
    feeds = storage.competition_feeds
    await storage.guilds.change_settings(1, announce=False)
    await add_feed(storage, guild=1)
    await add_feed(storage, guild=2, channel=60)
    await storage.guilds.mark_left(2, NOW)
    await feeds.write_list([OLD], NOW)
    assert await feeds.write_list([info("new")], NOW + HOUR) == 0
    await storage.guilds.change_settings(1, announce=True)
    await storage.guilds.mark_rejoined(2)
    assert await feeds.write_list([info("new")], NOW + 2 * HOUR) == 0
    assert await told(storage) == []


async def test_deleted_channel_has_no_feed_and_nothing_waits(storage: Storage) -> None:
    feeds = storage.competition_feeds
    await storage.guilds.change_settings(1, channel_id=40)
    await add_feed(storage, channel=50)
    await feeds.write_list([OLD], NOW)
    await feeds.write_list([info("new")], NOW + HOUR)
    await storage.guilds.change_settings(1, channel_id=41)
    assert await told(storage, 50) == [["new"]], "it stays in the channel that asked for it"
    await storage.guilds.remove_channel(1, 50)
    assert await feeds.load_by_guild(1) == []
    assert await told(storage) == []


async def test_removed_feed_and_deleted_server(storage: Storage) -> None:
    feeds = storage.competition_feeds
    await add_feed(storage)
    await add_feed(storage, guild=2)
    assert await feeds.remove(1, 50)
    assert not await feeds.remove(1, 50)
    assert await feeds.exist()
    await delete_guild(storage, 2)
    assert not await feeds.exist()


async def test_first_feed_after_a_time_without_any_is_not_told_what_nobody_read(
    storage: Storage,
) -> None:
    feeds = storage.competition_feeds
    await add_feed(storage)
    await feeds.write_list([OLD], NOW)
    await feeds.remove(1, 50)
    await add_feed(storage)
    assert await feeds.find_listed_at() is None
    assert await feeds.write_list([info("missed"), OLD], NOW + 90 * HOUR) == 0
    assert await feeds.write_list([info("new"), OLD], NOW + 91 * HOUR) == 1


async def test_what_is_new_since_a_backup_is_not_told_after_its_restore(storage: Storage) -> None:
    feeds = storage.competition_feeds
    await add_feed(storage)
    await feeds.write_list([OLD], NOW)
    await storage.key_values.set(RESTORED_AT, str(int((NOW + HOUR).timestamp())))
    assert await feeds.write_list([info("perhaps-told"), OLD], NOW + 2 * HOUR) == 0
    assert await feeds.write_list([info("new"), OLD], NOW + 3 * HOUR) == 1


async def test_server_has_a_limited_number_of_feeds(storage: Storage) -> None:
    for channel in range(MAX_FEEDS):
        await add_feed(storage, channel=channel)
    feed = CompetitionFeed(1, 99, CompetitionFilter())
    assert not await storage.competition_feeds.save(feed)
    await add_feed(storage, channel=0, words=("llm",))
    changed = await storage.competition_feeds.find(1, 0)
    assert changed is not None
    assert changed.filter.words == ("llm",)


async def test_words_and_categories_are_changed_without_losing_each_other(
    storage: Storage,
) -> None:
    feeds = storage.competition_feeds
    await add_feed(storage)
    read_before = await feeds.find(1, 50)
    assert read_before is not None
    chosen = frozenset({FeedCategory.RESEARCH})
    assert await feeds.change_categories(1, 51, chosen) is None
    changed = await feeds.change_categories(1, 50, chosen)
    words = replace(read_before, filter=replace(read_before.filter, words=("llm",)))
    assert await feeds.save(words)
    assert changed == CompetitionFeed(1, 50, replace(read_before.filter, categories=chosen))
    stored = CompetitionFeed(1, 50, CompetitionFilter(chosen, ("llm",)))
    assert await feeds.find(1, 50) == stored
    assert await feeds.save(read_before, changes_words=False) == stored
    assert await feeds.find(1, 50) == stored
