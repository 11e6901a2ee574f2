import asyncio
from dataclasses import fields

import pytest

from leaderboards.news.follower import Follower, NewsBaseline, NewsDecision
from records.guilds import GuildSettings
from records.members import MemberAction
from storage.storage import Storage
from tests.leaderboards.boards import board, entry
from tests.storage.examples import (
    LATER,
    MESSAGE,
    NOW,
    commit,
    commit_with_news,
    count,
    delete_guild,
    follow,
    load_message,
    load_next_rows,
)


def announce_a_team(follower: Follower) -> NewsDecision:
    return NewsDecision((), (NewsBaseline(1, 1, 0.5, None, None),), 1, NOW)


async def test_settings_have_defaults_before_and_after_the_first_row(storage: Storage) -> None:
    assert await storage.guilds.load_settings(1) == GuildSettings(1)
    await storage.links.link(1, 10, "alice", linked_by=10, now=NOW)
    assert await count(storage, "guilds") == 1
    assert await storage.guilds.load_settings(1) == GuildSettings(1)


async def test_sql_has_no_other_defaults_of_settings_than_python(storage: Storage) -> None:
    # SQLite wants a default for a NOT NULL column that a later migration adds.
    rows = await storage.database.query(
        "SELECT name, dflt_value FROM pragma_table_info('guilds') WHERE dflt_value IS NOT NULL"
    )
    defaults = {field.name: field.default for field in fields(GuildSettings)}
    for name, sql in rows:
        default = defaults[name]
        assert sql == (f"'{default}'" if isinstance(default, str) else f"{default:d}"), name


async def test_change_settings_leaves_other_settings(storage: Storage) -> None:
    await storage.guilds.change_settings(1, channel_id=50, smallest_fall=10)
    changed = await storage.guilds.change_settings(1, announce=False, mention=True, smallest_rise=3)
    assert changed == GuildSettings(
        1, announce=False, channel_id=50, smallest_rise=3, smallest_fall=10, mention=True
    )
    assert await storage.guilds.load_settings(1) == changed
    assert (await storage.guilds.change_settings(1, channel_id=None)).channel_id is None
    assert await storage.guilds.load_settings(2) == GuildSettings(2)


async def test_unknown_setting_raises_type_error(storage: Storage) -> None:
    with pytest.raises(TypeError):
        await storage.guilds.change_settings(1, colour="red")


async def test_follow_is_announced_in_its_own_or_the_servers_channel(
    storage: Storage,
) -> None:
    await storage.guilds.change_settings(1, channel_id=50)
    await follow(storage, 1, "digits", channel_id=60)
    await follow(storage, 1, "titanic")
    rows = await load_next_rows(storage)
    assert [row.channel_id for row in rows] == [60, 50]
    assert [await load_message(storage, row) for row in rows] == [MESSAGE, MESSAGE]
    assert [
        (f.competition.slug, f.channel_id, f.paused) for f in await storage.guilds.load_follows(1)
    ] == [
        ("digits", 60, False),
        ("titanic", None, False),
    ]


async def test_follow_is_not_announced_without_a_channel_or_with_announcements_off(
    storage: Storage,
) -> None:
    await follow(storage, 1)
    await storage.guilds.change_settings(2, channel_id=50, announce=False)
    await follow(storage, 2)
    competition = await storage.competitions.add_for_owner("titanic")
    await storage.guilds.follow(3, competition.id, 60, 7, NOW, message=None)
    assert await storage.outbox.count_waiting() == 0


async def test_second_follow_changes_nothing(storage: Storage) -> None:
    competition = await follow(storage, 1, channel_id=50)
    assert not await storage.guilds.follow(1, competition.id, 60, 8, LATER, MESSAGE)
    (only,) = await storage.guilds.load_follows(1)
    assert only.channel_id == 50
    first, second = [await storage.privacy.load_member_data(user_id) for user_id in (7, 8)]
    assert first.actions == (MemberAction(1, "followed titanic", NOW),)
    assert second.actions == ()
    assert await storage.outbox.count_waiting() == 1


async def test_find_follow_by_slug(storage: Storage) -> None:
    await follow(storage, 1)
    found = await storage.guilds.find_follow(1, "titanic")
    assert found is not None
    assert [found] == await storage.guilds.load_follows(1)
    assert await storage.guilds.find_follow(1, "digits") is None
    assert await storage.guilds.find_follow(2, "titanic") is None


async def test_unfollow_deletes_news_baselines_but_not_the_board(storage: Storage) -> None:
    await follow(storage, 1)
    await follow(storage, 2)
    await commit_with_news(storage, board(entry(1, 1)), announce_a_team)
    assert await count(storage, "news_baselines") == 2
    assert await storage.guilds.unfollow(1, "titanic", NOW)
    assert not await storage.guilds.unfollow(1, "titanic", NOW)
    assert await count(storage, "news_baselines") == 1
    assert await storage.guilds.load_follows(1) == []
    assert len(await storage.guilds.load_follows(2)) == 1
    assert await count(storage, "board_rows") == 1


async def test_resume_deletes_news_baselines(storage: Storage) -> None:
    await follow(storage, 1)
    await follow(storage, 2)
    await commit_with_news(storage, board(entry(1, 1)), announce_a_team)
    assert not await storage.guilds.resume(1, "titanic")
    assert await storage.guilds.pause(1, "titanic")
    assert not await storage.guilds.pause(1, "titanic")
    assert [follow.paused for follow in await storage.guilds.load_follows(1)] == [True]
    assert await count(storage, "news_baselines") == 2
    assert await storage.guilds.resume(1, "titanic")
    assert [follow.paused for follow in await storage.guilds.load_follows(1)] == [False]

    known: dict[int, tuple[int, int | None]] = {}

    def ask(follower: Follower) -> NewsDecision:
        known[follower.guild_id] = (len(follower.baselines), follower.leader_team_id)
        return announce_a_team(follower)

    await commit_with_news(storage, board(entry(1, 1), hours=1), ask)
    assert known == {1: (0, None), 2: (1, 1)}


async def test_delete_removes_all_data_of_a_server(storage: Storage) -> None:
    for guild_id in (1, 2):
        await storage.links.link(guild_id, 10, "alice", linked_by=10, now=NOW)
        await follow(storage, guild_id, channel_id=50 + guild_id)
    await commit_with_news(storage, board(entry(1, 1)), announce_a_team)
    await delete_guild(storage, 1)
    for table in ("guilds", "follows", "links", "news_baselines", "outbox"):
        assert await count(storage, table) == 1, table
    assert await storage.links.load_counted_links(1) == []
    assert await storage.links.find_counted_link(2, 10) is not None
    assert await storage.board_writer.find_stored("titanic", board(entry(1, 1)).kind) is not None


async def test_follows_are_limited_in_one_transaction(storage: Storage) -> None:
    async def follow(slug: str) -> bool:
        competition = await storage.competitions.add_for_owner(slug)
        return await storage.guilds.follow(1, competition.id, None, 7, NOW, None, max_running=2)

    results = await asyncio.gather(*(follow(f"competition-{n}") for n in range(4)))
    assert sorted(results) == [False, False, True, True]


async def test_waiting_message_of_an_unknown_form_does_not_keep_a_competition(
    storage: Storage,
) -> None:
    await storage.guilds.change_settings(1, channel_id=50)
    await follow(storage, 1)
    await storage.database.change(
        "UPDATE outbox SET competition_id = NULL, message = ? WHERE guild_id = 1",
        ('{"type": "news_summary"}',),
    )
    assert await storage.guilds.unfollow(1, "titanic", NOW)
    assert await count(storage, "outbox") == 1, "it is abandoned when it is sent"


async def test_unknown_competition_cannot_be_unfollowed_or_paused(storage: Storage) -> None:
    assert not await storage.guilds.pause(1, "titanic")
    assert not await storage.guilds.resume(1, "titanic")
    assert not await storage.guilds.unfollow(1, "titanic", NOW)
    await commit(storage, board(entry(1, 1)))
    assert not await storage.guilds.pause(1, "titanic")
